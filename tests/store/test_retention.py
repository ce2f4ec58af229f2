"""What is old and unused goes, by age and by number, and nothing else."""

import pytest

from pkm.store import retention
from pkm.store.session import Store
from pkm.vocabulary import ITEM_STATES

ALWAYS = retention.ALWAYS_KEPT
AT = "2026-01-01T00:00:00Z"


def test_every_state_but_kept_is_looked_through() -> None:
    assert set(retention._STATES) == set(ITEM_STATES) - {"kept"}


@pytest.mark.parametrize(
    ("before", "number", "limit", "going"),
    [
        ("2024-01-01T00:00:00Z", None, 99, []),
        ("2026-01-03T00:00:00Z", None, 99, [1, 3, 4]),  # of 54 in the first source four are not among the last 50
        ("2026-01-01T00:00:30Z", None, 99, [1]),
        (None, 5, 99, [1, 3, 4]),
        (None, ALWAYS + 3, 99, [1]),
        ("2026-01-03T00:00:00Z", 1, 2, [1, 3]),
    ],
)
def test_the_old_go(store: Store, before: str | None, number: int | None, limit: int, going: list[int]) -> None:
    """The second item is kept; the other source has too few to lose any."""
    with store.unit(journal=False) as unit:
        db = unit.connection
        for source in (1, 2):
            db.execute("INSERT INTO source (id, url, title, site_url, description, state, created_at, failures, opml) "
                       "VALUES (?, ?, '', '', '', 'active', ?, 0, '{}')", (source, f"http://{source}.example/", AT))  # fmt: skip
        for id in range(1, ALWAYS + 7):
            state = "kept" if id == 2 else "dropped" if id == 3 else "inbox"
            db.execute("INSERT INTO item (id, source_id, state, title, url, canonical_url, author, received_at, hash, via, "
                       "summary, text, html) VALUES (?, ?, ?, '', '', '', '', ?, '', '', '', '', '')",
                       (id, 1 if id <= ALWAYS + 4 else 2, state, f"2026-01-01T00:{id - 1:02}:00Z"))  # fmt: skip
    assert retention.find_old(store.read(), [1, 2], before=before, number=number, limit=limit) == going
