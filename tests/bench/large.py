"""A large store from a fixed seed: notes and items of realistic length about some hundred topics, linked, tagged, dated.

    python -m tests.bench.large FOLDER --notes 50000 --items 100000

Words follow Zipf's law over an invented vocabulary; a text is about one to three topics, each with words of its own, so
that what is related can be told. Lengths are log-normal, as those of real notes are. The same seed gives the same store.
"""

import argparse
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from pkm.config import Home
from pkm.dates import stamp
from pkm.store.session import Store

TOPICS = 400
WORDS = 30_000
OF_TOPIC = 60
"""Words of a topic's own."""
LENGTH = 130
"""The median number of words of a note; an item has twice as many."""
END = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_ONSETS = tuple("b br c ch cl d dr f fl g gr h j k l m n p pl pr qu r s sh sl st str t th tr v w".split())  # noqa: SIM905
_NUCLEI = ("a", "e", "i", "o", "u", "ai", "ea", "ou", "io")
_CODAS = ["", "", "n", "r", "l", "s", "t", "m", "nd", "st", "ck"]
_ENDINGS = ["", "", "", "s", "ing", "ed", "ation", "ment", "ly", "er"]


class Subject(NamedTuple):
    """A topic: the words that are its own, and the tag that things about it have."""

    words: list[str]
    tag: int


class Writer:
    """Writes texts about topics, the same ones for the same seed."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        made = (self._word() for _ in range(WORDS * 3))
        self.words = list(dict.fromkeys(made))[:WORDS]
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))
        rare = self.words[400:]
        self.subjects = [
            Subject(self.random.sample(rare, OF_TOPIC), 1 + topic % 120) for topic in range(TOPICS)
        ]  # fmt: skip
        self.of_topic = list(accumulate(1 / (rank + 3) for rank in range(OF_TOPIC)))

    def _word(self) -> str:
        choose = self.random.choice
        syllables = self.random.choices((1, 2, 3), (3, 5, 2))[0]
        return "".join(choose(_ONSETS) + choose(_NUCLEI) + choose(_CODAS) for _ in range(syllables)) + choose(_ENDINGS)

    def choose_topics(self) -> list[int]:
        """One to three topics; some are written about far more often than others."""
        number = self.random.choices((1, 2, 3), (6, 3, 1))[0]
        return [min(TOPICS - 1, int(self.random.paretovariate(0.6)) - 1) for _ in range(number)]

    def write(self, topics: list[int], median: int = LENGTH) -> tuple[str, str]:
        """(title, text) about the topics."""
        number = max(8, min(4000, round(self.random.lognormvariate(0, 0.9) * median)))
        common = self.random.choices(self.words, cum_weights=self.weights, k=number)
        own = self.subjects[self.random.choice(topics)].words
        of_own = self.random.choices(own, cum_weights=self.of_topic, k=3)
        title = " ".join([*of_own, *self.random.choices(self.words, cum_weights=self.weights, k=2)]).capitalize()
        text = []
        for position, word in enumerate(common):
            if self.random.random() < 0.3:
                own = self.subjects[self.random.choice(topics)].words
                word = self.random.choices(own, cum_weights=self.of_topic)[0]
            text.append(word + ".\n\n" if position % 60 == 59 else word + "." if position % 15 == 14 else word)
        return title, " ".join(text)


Row = dict[str, Any]


def notes(writer: Writer, number: int) -> Iterator[tuple[Row, list[int]]]:
    """(a note's row, its topics), oldest first."""
    for position in range(number):
        topics = writer.choose_topics()
        title, text = writer.write(topics)
        at = stamp(END - timedelta(minutes=20 * (number - position)))
        yield {
            "id": position + 1, "uid": f"note-{position}", "title": title, "text": text, "at": at,
            "stage": writer.random.choices(("observation", "idea", "practice"), (7, 2, 1))[0],
            "reach": writer.random.choices(("private", "community", "network"), (7, 2, 1))[0],
        }, topics  # fmt: skip


def items(writer: Writer, number: int) -> Iterator[tuple[Row, list[int]]]:
    """(an item's row, its topics), oldest first."""
    for position in range(number):
        topics = writer.choose_topics()
        title, text = writer.write(topics, LENGTH * 2)
        at = stamp(END - timedelta(minutes=10 * (number - position)))
        yield {
            "id": position + 1, "source": 1 + position % 50, "title": title, "text": text, "at": at,
            "url": f"https://example.org/{position}", "author": f"Author {position % 97}",
            "state": writer.random.choices(("inbox", "kept", "dropped"), (5, 3, 2))[0],
        }, topics  # fmt: skip


def fill(store: Store, number_notes: int, number_items: int = 0, seed: int = 7) -> None:
    """The store holds so many notes and items with links, tags, sources and people."""
    writer = Writer(seed)
    with store.unit(journal=False) as unit:
        db = unit.connection
        at = stamp(END)
        db.executemany(
            "INSERT INTO contact (id, uid, name, nick, org, role, met, about, birthday, vcard, created_at, updated_at) "
            "VALUES (?, ?, ?, ?, '', '', '', '', '', '', ?, ?)",
            [(n, f"c{n}", f"Person {n} Surname{n}", f"nick{n}", at, at) for n in range(1, 101)],
        )
        db.executemany(
            "INSERT INTO source (id, url, title, site_url, description, state, created_at, failures, opml) "
            "VALUES (?, ?, ?, '', '', 'active', ?, 0, '{}')",
            [(n, f"https://example.org/feed{n}", f"Source {n}", at) for n in range(1, 51)],
        )
        db.executemany("INSERT INTO tag (id, name, created_at) VALUES (?, ?, ?)",
                       [(n, f"area{n % 12}/tag{n}", at) for n in range(1, 121)])  # fmt: skip
        _fill_notes(db, writer, number_notes)
        _fill_items(db, writer, number_items)


def _fill_notes(db: Any, writer: Writer, number: int) -> None:
    latest: dict[int, list[int]] = {}
    for row, topics in notes(writer, number):
        db.execute("INSERT INTO note (id, uid, title, text, stage, reach, created_at, updated_at) "
                   "VALUES (:id, :uid, :title, :text, :stage, :reach, :at, :at)", row)  # fmt: skip
        for topic in dict.fromkeys(topics):
            others = latest.setdefault(topic, [])
            if others and writer.random.random() < 0.7:
                _link(db, row, "note", writer.random.choice(others[-200:]))
            others.append(row["id"])
            if writer.random.random() < 0.6:
                _tag(db, writer.subjects[topic].tag, "note", row["id"])
        if writer.random.random() < 0.1:
            _link(db, row, "contact", writer.random.randint(1, 100))


def _fill_items(db: Any, writer: Writer, number: int) -> None:
    for row, topics in items(writer, number):
        db.execute(
            "INSERT INTO item (id, source_id, state, title, url, canonical_url, author, received_at, published_at, hash, via, "
            "summary, text, html) VALUES (:id, :source, :state, :title, :url, :url, :author, :at, :at, '', '', '', :text, '')",
            row,
        )
        if row["state"] == "kept":
            _tag(db, writer.subjects[topics[0]].tag, "item", row["id"])


def _link(db: Any, row: Row, kind: str, number: int) -> None:
    db.execute("INSERT INTO link (from_kind, from_id, to_kind, to_id, type, written, sentence, origin, created_at) "
               "VALUES ('note', ?, ?, ?, 'related', '', '', 'hand', ?)", (row["id"], kind, number, row["at"]))  # fmt: skip


def _tag(db: Any, tag: int, kind: str, number: int) -> None:
    sql = "INSERT INTO tagging (tag_id, kind, entity_id, origin) VALUES (?, ?, ?, 'hand') ON CONFLICT DO NOTHING"
    db.execute(sql, (tag, kind, number))


def main() -> None:
    """Make the store that the command line asks for."""
    asked = argparse.ArgumentParser(description="Make a large store from a fixed seed.")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--notes", type=int, default=50_000)
    asked.add_argument("--items", type=int, default=0)
    asked.add_argument("--seed", type=int, default=7)
    given = asked.parse_args()
    os.environ["PKM_HOME"] = str(given.folder)
    store = Store(Home.find(), "large")
    fill(store, given.notes, given.items, given.seed)
    store.close()


if __name__ == "__main__":
    main()
