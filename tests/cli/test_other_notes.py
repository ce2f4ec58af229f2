"""What other tools wrote comes in: Readwise's highlights, a notebook of nb, a journal of jrnl as text."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CommandLine

HEAD = (
    "Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,Highlighted at,Document tags\n"
)
FIRST = '"First words, over\ntwo lines",The Book,Ann,B00A,A thought .idea,,favorite,page,3,2024-05-01 10:00:00+00:00,shelf\n'
SECOND = "Second words,The Book,Ann,B00A,.h1,,,page,4,2024-05-02 10:00:00+00:00,shelf\n"


def counts(told: dict[str, Any]) -> tuple[int, int, int, int]:
    return told["new"], told["updated"], told["unchanged"], told["failed"]


class TestReadwise:
    @pytest.fixture
    def table(self, tmp_path: Path) -> Path:
        (tmp_path / "highlights.csv").write_text(HEAD + FIRST + SECOND, encoding="utf-8")
        return tmp_path / "highlights.csv"

    def test_highlights_are_quotes_of_a_kept_item_and_come_in_once(self, pkm: CommandLine, table: Path) -> None:
        would = pkm.json("import", table, "--as", "readwise", "--dry-run")
        told = pkm.json("import", table)
        assert counts(told) == counts(would) == (1, 0, 0, 0)
        book = pkm.json("sense", "show", "i1")
        assert (book["title"], book["author"], book["state"], book["via"]) == ("The Book", "Ann", "kept", "import")
        assert book["tags"] == ["favorite", "idea", "shelf"]
        assert [(one["exact"], one["comment"], one["created_at"], one["state"]) for one in book["annotations"]] == [
            ("First words, over\ntwo lines", "A thought .idea", "2024-05-01T10:00:00Z", "anchored"),
            ("Second words", "", "2024-05-02T10:00:00Z", "anchored"),
        ]  # fmt: skip
        assert counts(pkm.json("import", table, "--as", "readwise")) == (0, 0, 1, 0)

    def test_a_note_that_changed_there_changes_here_unless_it_was_changed_here(
        self, pkm: CommandLine, home: Path, table: Path
    ) -> None:
        pkm("import", table)
        pkm("sense", "annotate", "i1", "-q", "Second words", "-m", "mine")
        table.write_text(HEAD + FIRST.replace("A thought .idea", "Another thought") + SECOND)
        assert counts(pkm.json("import", table, "--dry-run")) == (0, 1, 0, 0)
        assert counts(pkm.json("import", table)) == (0, 1, 0, 0)
        assert counts(pkm.json("import", table)) == (0, 0, 1, 0)
        said = [one["comment"] for one in pkm.json("sense", "show", "i1")["annotations"]]
        assert said == ["Another thought", "", "mine"]
        with closing(sqlite3.connect(home / "pkm.db", isolation_level=None)) as db:
            db.execute("UPDATE annotation SET comment = 'changed here', updated_at = '2026-11-24T09:00:00Z' WHERE id = 1")
        table.write_text(HEAD + FIRST.replace("A thought .idea", "A third thought") + SECOND)
        told = pkm.json("import", table)
        assert (counts(told), told["differing"]) == ((0, 0, 1, 0), 1)
        assert pkm.json("sense", "show", "i1")["annotations"][0]["comment"] == "changed here"

    def test_broken_rows_are_named_and_the_rest_comes_in(self, pkm: CommandLine, table: Path) -> None:
        rows = [
            FIRST, "Shifted,The, Book,Ann,B00A,,,,page,4,2024-05-02,\n", '"a "bad" quote",The Book,Ann,B00A,,,,,,,\n',
            "No time,The Book,Ann,B00A,,,,page,5,2024-13-45,\n", ",,Ann,,,,,,,,\n", SECOND,
            '"never closed,The Book,Ann,B00A,,,,,,,\nlast,The Book,Ann,B00A,,,,,,,\n',
        ]  # fmt: skip
        table.write_text(HEAD + "".join(rows))
        told = pkm.json("import", table, ok=4)
        named = {failure["what"].partition(",")[0]: failure["why"] for failure in told["failures"]}
        assert list(named) == ["row 2", "row 3", "row 4", "row 5", "row 7"]
        for row, why in {"row 2": "12 cells", "row 3": "broken", "row 4": "2024-13-45", "row 7": "never closed"}.items():
            assert why in named[row]
        exact = [one["exact"] for one in pkm.json("sense", "show", "i1")["annotations"]]
        assert exact == ["First words, over\ntwo lines", "No time", "Second words"]
        assert counts(pkm.json("import", table, ok=4)) == (0, 0, 1, 5)

    def test_utf_16_is_read_and_what_is_no_export_is_refused(self, pkm: CommandLine, table: Path, tmp_path: Path) -> None:
        table.write_text(HEAD + FIRST.replace("thought", "Gedanke für später"), encoding="utf-16")
        assert pkm.json("import", table)["new"] == 1
        assert pkm.json("sense", "show", "i1")["annotations"][0]["comment"] == "A Gedanke für später .idea"
        (tmp_path / "other.csv").write_text("Quote,Book\nwords,The Book\n")
        assert "Highlight and Book Title" in pkm("import", tmp_path / "other.csv", "--as", "readwise", ok=1).err

    def test_its_markdown_is_the_same_as_its_table(self, pkm: CommandLine, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text(HEAD + FIRST.replace("B00A", ""))
        pages = tmp_path / "Readwise"
        pages.mkdir()
        (pages / "Book.md").write_text(
            "# Book\n\n![rw-book-cover](https://x.example/c.png)\n\n## Metadata\n- Author: [[Ann]]\n- Full Title: The Book\n"
            "- Category: #books\n- Document Tags: #[[long read]]\n\n## Highlights\n"
            "- First words, over\n  two lines ([Location 3](https://readwise.io/to_kindle?x=1))\n    - Tags: [[favorite]]\n"
            "    - Note: A thought .idea\n\n## New highlights added May 30, 2024 at 4:29 PM\n"
            "- More ([View Highlight](https://read.readwise.io/read/01a))\n"
        )
        (pages / "own.md").write_text("# My own\n\n## Highlights\n- of the year\n")
        pkm("import", tmp_path / "t.csv")
        told = pkm.json("import", pages, "--as", "readwise")
        assert (counts(told), told["left_out"]) == ((0, 1, 0, 0), 1)
        assert counts(pkm.json("import", pages, "--as", "readwise")) == (0, 0, 1, 0)
        book = pkm.json("sense", "show", "i1")
        assert [(one["exact"], one["comment"]) for one in book["annotations"]] == [
            ("First words, over\ntwo lines", "A thought .idea"), ("More", ""),
        ]  # fmt: skip
        assert "long-read" in book["tags"]


BOOKMARK = """\
# Example Domain (example.com)

<https://example.com/page>

## Description

Its meta description.

## Quote

> a sentence of it

## Comment

My comment.

## Tags

#tag1 #tag2

## Content

There is a sentence of it here.

## Comment

not mine
"""


class TestNb:
    @pytest.fixture
    def notebook(self, tmp_path: Path) -> Path:
        book = tmp_path / "home"
        (book / ".git").mkdir(parents=True)
        (book / "sub").mkdir()
        for name, text in {
            ".index": "a.md\n", ".git/x.md": "no note", "20260102090000.md": "A thought. See [[Deep]].",
            "sub/deep.md": "# Deep\n",
            "ink.todo.md": "# [ ] Buy ink\n\n## Tags\n\n#shop\n", "20260103101500.bookmark.md": BOOKMARK,
            "sub/min.bookmark.md": "<https://example.org/min>\n", "sub/bad.bookmark.md": "no address",
        }.items():  # fmt: skip
            (book / name).write_text(text, encoding="utf-8")
        return book

    def test_notes_are_notes_and_bookmarks_are_items(self, pkm: CommandLine, notebook: Path) -> None:
        would = pkm.json("import", notebook, "--dry-run", ok=4)
        told = pkm.json("import", notebook, ok=4)
        assert counts(told) == counts(would) == (5, 0, 0, 1)
        assert told["failures"][0]["what"] == "sub/bad.bookmark.md"
        assert told["bookmarks"] == {"new": 2, "updated": 0, "unchanged": 0, "failed": 1}
        assert {row["title"]: row["tags"] for row in pkm.json("find", "kind:note")} == {
            "A thought": [], "Buy ink": ["shop", "todo"], "Deep": [],
        }  # fmt: skip
        thought = pkm.json("sense", "show", "A thought")
        assert (thought["created_at"][:10], [link["to_title"] for link in thought["links"]]) == ("2026-01-02", ["Deep"])
        page = pkm.json("sense", "show", "Example Domain")
        assert (page["url"], page["state"], page["tags"]) == ("https://example.com/page", "kept", ["tag1", "tag2"])
        assert page["text"].startswith("There is a sentence of it here.")
        assert [(one["exact"], one["comment"], one["state"]) for one in page["annotations"]] == [
            ("a sentence of it", "", "anchored"), ("", "My comment.", "anchored"),
        ]  # fmt: skip

    def test_again_it_changes_what_changed_and_one_undo_takes_it_back(self, pkm: CommandLine, notebook: Path) -> None:
        pkm("import", notebook, "--as", "nb", ok=4)
        assert counts(pkm.json("import", notebook, ok=4)) == (0, 0, 5, 1)
        assert len(pkm.json("log")) == 1
        pkm("undo")
        assert pkm.json("find", "kind:note") + pkm.json("find", "kind:item") == []
        pkm("import", notebook, ok=4)
        (notebook / "ink.todo.md").write_text("# [x] Buy ink\n\n## Tags\n\n#shop\n")
        (notebook / "20260103101500.bookmark.md").write_text(BOOKMARK.replace("My comment", "My second comment"))
        assert counts(pkm.json("import", notebook, ok=4)) == (0, 2, 3, 1)
        assert pkm.json("sense", "show", "Buy ink")["tags"] == ["done", "shop"]
        page = pkm.json("sense", "show", "Example Domain")
        assert page["annotations"][1]["comment"] == "My second comment."

    def test_what_is_no_notebook(self, pkm: CommandLine, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        assert "neither a note" in pkm("import", tmp_path / "empty", "--as", "nb", ok=1).err


JOURNAL = """\
[2024-02-29 10:30] Met @maria about the @maps-project. *

[1] is no entry, nor is a@example.org a tag.

[2024-02-29 10:30] The same minute.
[2024-13-45 09:00] A day that is none
[09/10/2024 09:00] A day that may be two
[05.03.2024 08:00 PM] In the evening
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_journal_of_jrnl_as_text_comes_in_once(pkm: CommandLine, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "journal.txt"
    path.write_text(JOURNAL, encoding=encoding)
    pkm("contact", "add", "Maria")
    assert counts(pkm.json("import", path, "--dry-run", ok=4)) == (3, 0, 0, 2)
    told = pkm.json("import", path, ok=4)
    assert counts(told) == (3, 0, 0, 2)
    assert [failure["what"] for failure in told["failures"]] == ["journal.txt, line 6", "journal.txt, line 7"]
    first = pkm.json("sense", "show", "n1")
    assert first["text"] == (
        "Met @maria about the @maps-project.\n\n[1] is no entry, nor is a@example.org a tag."
    )  # fmt: skip
    assert (first["at"], first["tags"]) == ("2024-02-29T10:30:00Z", ["maps-project", "starred"])
    assert pkm.json("sense", "show", "n3")["at"] == "2024-03-05T20:00:00Z"
    assert counts(pkm.json("import", path, "--as", "jrnl", ok=4)) == (0, 0, 3, 2)
    path.write_text(JOURNAL.replace("same minute.", "same minute, changed."), encoding=encoding)
    assert counts(pkm.json("import", path, ok=4)) == (0, 1, 2, 2)


def test_an_entry_of_the_same_minute_never_takes_the_place_of_a_note(pkm: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "k.txt"
    path.write_text("[2024-03-01 09:15] A talk worth sharing\nfor all\n")
    pkm("import", path, "--as", "jrnl")
    pkm("sense", "reach", "n1", "network")
    path.write_text("[2024-03-01 09:15] My diagnosis, for nobody\nprivate words\n" + path.read_text())
    assert counts(pkm.json("import", path, "--as", "jrnl")) == (1, 0, 1, 0)
    notes = {row["id"]: (row["title"], row["reach"]) for row in pkm.json("find", "kind:note")}
    assert notes == {
        "n1": ("A talk worth sharing for all", "network"), "n2": ("My diagnosis, for nobody private words", "private"),
    }  # fmt: skip
    path.write_text(path.read_text().replace("for all", "for all of us"))
    assert counts(pkm.json("import", path, "--as", "jrnl")) == (0, 1, 1, 0)
    assert "for all of us" in pkm.json("sense", "show", "n1")["text"]
    assert counts(pkm.json("import", path, "--as", "jrnl")) == (0, 0, 2, 0)


def test_tags_that_an_entry_no_longer_has_go_with_the_next_import(pkm: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "k.txt"
    path.write_text("[2024-03-01 09:15] One thing @work @home *\n")
    pkm("import", path, "--as", "jrnl")
    pkm("sense", "tag", "n1", "+mine")
    path.write_text("[2024-03-01 09:15] One thing @home\n")
    pkm("import", path, "--as", "jrnl")
    assert pkm.json("sense", "show", "n1")["tags"] == ["home", "mine"]


def test_what_is_no_journal_is_refused(pkm: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("[1] a list\n")
    (tmp_path / "b.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x01\x02")
    assert "no line begins with a time" in pkm("import", tmp_path / "a.txt", "--as", "jrnl", ok=1).err
    assert "it is a picture (PNG)" in pkm("import", tmp_path / "b.txt", "--as", "jrnl", ok=1).err
