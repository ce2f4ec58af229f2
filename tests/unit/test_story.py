"""New, changed, or an old entry under a new key: entries and what is known in, the three kinds out."""

from datetime import UTC, datetime

import pytest

from pkm.seek.entry import ParsedEntry
from pkm.seek.story import find_compared, sort_entries
from pkm.store.intake import Known, Standing

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = "2026-11-20T10:00:00Z"
LATER = "2026-11-21T10:00:00Z"


def entry(
    title: str = "T", url: str = "https://e.org/1", hash: str = "h", published: str | None = DAY
) -> ParsedEntry:  # fmt: skip
    return ParsedEntry(title=title, url=url, hash=hash, published=published)


OLD = {"old": Known("h", 7)}
ITEM = Standing(7, "T", "https://e.org/1", DAY)


@pytest.mark.parametrize(
    ("given", "same"),
    [
        (entry(), True),
        (entry(hash="other"), True),  # title, page and date agree
        (entry(url="http://e.org/1", hash="other"), True),
        (entry(published=None), True),  # the very content, and no date against it
        (entry(published=LATER), False),  # "Backup done" of another day
        (entry(hash="other", published=None), False),  # a page for all, a title for all, another text
        (entry(title="U", hash="other"), False),
        (entry(url="https://e.org/2", hash="other"), False),
    ],
)
def test_an_entry_under_a_new_key(given, same):
    found = sort_entries([("new", given)], OLD, [ITEM], NOW)
    assert (list(found.known_as), len(found.new)) == ((["new"], 0) if same else ([], 1))
    assert [number for number, _ in found.changed] == ([7] if same and given.hash != "h" else [])


def test_two_that_are_given_together_are_two():
    found = sort_entries([("new", entry()), ("old", entry())], OLD, [ITEM], NOW)
    assert ([one.key for one in found.new], found.known_as) == (["new"], {})
    twice = sort_entries([("b", entry()), ("a", entry())], OLD, [ITEM], NOW)
    assert (list(twice.known_as), [one.key for one in twice.new]) == (["a"], ["b"])


def test_a_tombstone_is_known_under_a_new_key_as_well():
    found = sort_entries([("new", entry())], {"old": Known("h", None)}, [], NOW)
    assert (found.new, found.changed, found.known_as) == ((), (), {"new": Known("h", None)})


@pytest.mark.parametrize(
    ("given", "another"),
    [
        (entry("U", "https://e.org/2", "x", LATER), True),
        (entry("U", "https://e.org/1", "x", LATER), False),
        (entry("T", "https://e.org/2", "x", LATER), False),
        (entry("U", "https://e.org/2", "x", DAY), False),
        (entry("U", "https://e.org/2", "x", None), False),
    ],
)
def test_a_key_that_is_used_again(given, another):
    found = sort_entries([("old", given)], OLD, [ITEM], NOW)
    assert (len(found.new), len(found.changed)) == ((1, 0) if another else (0, 1))


def test_only_what_is_new_or_changed_is_looked_up():
    known = {"same": Known("h", 1), "changed": Known("x", 2), "gone": Known("g", 3), "purged": Known("x", None)}
    entries = [(key, entry()) for key in ("same", "changed", "purged")]
    assert find_compared(entries, known) == ([2], [])
    ids, pages = find_compared([*entries, ("new", entry(hash="g", url="http://e.org/9"))], known)
    assert (ids, sorted(pages)) == ([2, 3], ["http://e.org/9", "https://e.org/9"])
    assert find_compared(entries, {}) == ([], [])
