"""Saved pages come in by the command line: once, with tags, comments and quotes; and an undo takes them back."""

from pathlib import Path

import pytest

from tests.conftest import CommandLine

FILES = Path(__file__).parent.parent / "data" / "bookmarks"


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
def test_a_second_import_changes_nothing(pkm: CommandLine, name: str) -> None:
    first = pkm.json("import", FILES / name, ok=(0, 4))
    assert first["new"] >= 2
    shown = pkm.json("find", "kind:item", "-n", 50)
    second = pkm.json("seek", "import", FILES / name, ok=(0, 4))
    assert (second["new"], second["updated"]) == (0, 0)
    assert pkm.json("find", "kind:item", "-n", 50) == shown
    pkm("undo")
    assert pkm.json("find", "kind:item", "-n", 50) == []


def test_what_waits_is_in_the_inbox_and_the_rest_is_kept(pkm: CommandLine) -> None:
    report = pkm.json("import", FILES / "pocket.html")
    assert (report["new"], report["waiting"], report["list"]) == (2, 1, "pocket")
    (waiting,) = pkm.json("sense", "inbox")
    assert (waiting["title"], waiting["via"], waiting["tags"]) == ("Great & useful", "import", ["design", "tools"])
    assert waiting["received_at"] == "2020-10-05T12:13:20Z"
    kept = pkm.json("sense", "show", "Archived one")
    assert (kept["state"], kept["decided_at"]) == ("kept", "2020-10-05T12:15:00Z")


def test_quotes_stand_in_the_text_and_come_only_once(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("import", FILES / "readwise.csv")
    book = pkm.json("sense", "show", "The Book")
    assert book["text"] == "First words, with a comma\n\nSecond words"
    assert [(one["exact"], one["comment"], one["state"]) for one in book["annotations"]] == [
        ("First words, with a comma", "My thought .idea", "anchored"), ("Second words", "", "anchored"),
    ]  # fmt: skip
    more = (FILES / "readwise.csv").read_text() + "Third words,The Book,Ann Author,B00ABC,,,,location,9,,books\n"
    (tmp_path / "more.csv").write_text(more)
    report = pkm.json("import", tmp_path / "more.csv")
    assert (report["new"], report["updated"]) == (0, 1)
    assert pkm.json("sense", "show", "The Book")["text"].endswith("\n\nSecond words\n\nThird words")


def test_a_quote_that_is_no_longer_in_the_list_is_told_and_stays(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("import", FILES / "readwise.csv")
    assert "Not in the list" not in pkm("import", FILES / "readwise.csv").err
    fewer = [line for line in (FILES / "readwise.csv").read_text().splitlines() if "Second words" not in line]
    (tmp_path / "fewer.csv").write_text("\n".join(fewer) + "\n")
    book = pkm.json("sense", "show", "The Book")
    assert f"the quote “Second words” of {book['id']}. They stay here." in pkm("import", tmp_path / "fewer.csv").err
    assert pkm.json("import", tmp_path / "fewer.csv")["unlisted"] == [{"item": book["id"], "quote": "Second words"}]
    assert [one["exact"] for one in pkm.json("sense", "show", "The Book")["annotations"]][1:] == ["Second words"]


def test_an_item_that_is_there_gets_what_is_new_and_keeps_what_was_decided(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("import", FILES / "pinboard.json")
    pkm("sense", "drop", "i1")
    html = tmp_path / "b.html"
    html.write_text(
        "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT><H3>Tools</H3><DL>"
        '<DT><A HREF="https://example.org/pin?utm_source=x" TAGS="craft">Pin</A></DL></DL>'
    )
    report = pkm.json("import", html)
    assert (report["new"], report["updated"]) == (0, 1)
    item = pkm.json("sense", "show", "i1")
    assert (item["state"], set(item["tags"])) == ("dropped", {"sewing", "craft", "Tools"})


def test_dry_run_stdin_and_a_named_kind(pkm: CommandLine, tmp_path: Path) -> None:
    assert pkm.json("seek", "import", FILES / "firefox.html", "--dry-run")["new"] == 3
    assert pkm.json("find", "kind:item") == []
    assert pkm.json("seek", "import", "-", stdin=(FILES / "chrome.html").read_text())["new"] == 3
    page = tmp_path / "page.html"
    page.write_text("<html><p>a page</p></html>")
    assert "no list of bookmarks" in pkm("import", page, "--as", "bookmarks", ok=1).err
    assert "pkm seek import" in pkm("seek", "clip", FILES / "firefox.html", ok=1).err
