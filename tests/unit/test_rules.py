"""A rule in words, as it is echoed when it is written."""

import pytest

from pkm.seek.rules import describe

ROW = {
    "action": "mute", "pattern": "", "argument": "org", "person_name": "Ann Lee", "source_id": None, "source_title": "",
    "tag_id": None, "tag_name": None, "contact_id": None, "contact_name": None,
}  # fmt: skip


@pytest.mark.parametrize(("given", "words"), [
    ({"pattern": "title:a OR b"}, "mute items with “a” in the title or “b”"),
    ({"pattern": "NOT a"}, "mute items without “a”"),
    ({"pattern": "NOT a b"}, "mute items with not “a” and “b”"),
    ({"pattern": "a OR (b c)", "action": "up"}, "rank up items with “a” or (“b” and “c”)"),
    ({"action": "tag", "source_id": 7, "source_title": "City"}, "tag #org all items, from s7 City"),
    ({"action": "assign", "pattern": "by:ann", "tag_id": 1, "tag_name": "news"},
     "assign to Ann Lee: items with “ann” in the author, from sources tagged #news"),
    ({"action": "keep", "pattern": "/x/", "contact_id": 1, "contact_name": "Bob"},
     "keep only items with /x/, from the sources of Bob"),
    ({"pattern": "/(/"}, "mute items with /(/ (not understood: it is no regular expression: missing ))"),
])  # fmt: skip
def test_a_rule_in_words(given: dict[str, object], words: str) -> None:
    assert describe({**ROW, **given}) == words
