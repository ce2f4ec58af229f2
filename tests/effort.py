"""How much the suite tries where more tries prove more: random inputs, killed runs, runs at once.

`PKM_TEST_EFFORT=10 python -m pytest tests/properties` tries ten times as much as a plain run, which is to be over in
minutes; what is tried differs from run to run, so that plain runs together go as far. A test says what a plain run tries:

    @settings(max_examples=tries(30))
    for round in range(tries(2)): ...
"""

import os

EFFORT = max(1, int(os.environ.get("PKM_TEST_EFFORT") or 1))


def tries(plain: int) -> int:
    """So many tries: `plain` of them in a plain run, and as many times more as the effort says."""
    return plain * EFFORT
