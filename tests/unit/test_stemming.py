"""A stem is the term that SQLite's full-text index has for the word: else nothing would be found by it."""

import re
import sqlite3
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pkm.stemming import stem

_LISTED = (
    "ational tional enci anci izer logi bli alli entli eli ousli ization ation ator alism iveness fulness ousness aliti "
    "iviti biliti ical ness icate iciti ful ative alize al ance ence er ic able ible ant ement ment ent ion ou ism ate iti "
    "ous ive ize ed ing s es eed y e ll sses ies"
)
ENDINGS = _LISTED.split()


def terms(words: list[str]) -> list[str]:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE words USING fts5(word, tokenize='porter unicode61 remove_diacritics 2')")
    db.executemany("INSERT INTO words (rowid, word) VALUES (?, ?)", enumerate(words, 1))
    db.execute("CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'instance')")
    found = dict(db.execute("SELECT doc, term FROM vocabulary"))
    db.close()
    return [found[number] for number in range(1, len(words) + 1)]


letters = st.text("aeioybcdlnrstwxz", min_size=1, max_size=6)


@given(st.lists(st.builds(str.__add__, letters, st.sampled_from(["", *ENDINGS])), min_size=1, max_size=40))
def test_any_word_has_the_index_s_term(words: list[str]) -> None:
    assert [stem(word) for word in words] == terms(words)


def test_the_words_of_real_notes_have_the_index_s_terms(shared: Path) -> None:
    texts = [path.read_text(errors="ignore").lower() for path in (shared / "vaults").rglob("*.md")]
    words = sorted({word for text in texts for word in re.findall("[a-zäöüéèñçß]+", text)})
    assert len(words) > 4000
    assert [stem(word) for word in words] == terms(words)


def test_words_of_other_languages_keep_together() -> None:
    assert stem("straße") == terms(["straße"])[0] == "straß"
    assert stem("naïve") == stem("naive")
    assert len({stem(word) for word in ("路径", "道路", "город", "города")}) == 4
