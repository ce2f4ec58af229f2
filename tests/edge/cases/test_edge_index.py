"""None of the 69 cases is without a test that bears its number."""

import re
from pathlib import Path


def test_every_case_has_a_test_with_its_number() -> None:
    held: set[int] = set()
    for path in Path(__file__).parent.glob("test_edge_*.py"):
        for name in re.findall(r"(?m)^def test_((?:\d\d_)+)", path.read_text(encoding="utf-8")):
            held |= {int(number) for number in name.strip("_").split("_")}
    assert held == set(range(1, 70))
