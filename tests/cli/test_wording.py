"""What the command line says: whole words at a terminal's edge, what is true, and a next step that can be taken."""

import re
import shlex
from pathlib import Path

import pytest

from tests import letters
from tests.cli.test_choosing import site
from tests.cli.test_find import Terminal
from tests.cli.test_sense import run_on_pty
from tests.conftest import CommandLine
from tests.edge.test_pull import rss
from tests.imap_server import Folder, ImapServer
from tests.imap_server import imap as imap
from tests.server import FeedServer


class TestAtTheEdge:
    def test_an_error_is_broken_between_words_and_whole_in_a_pipe(
        self, pkm: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        words = ["seek", "list", "--sort", "a-very-long-name-of-an-order-that-there-is-not", "--state", "active"]
        whole = pkm(*words, ok=2).err
        assert len(whole.splitlines()[0]) > 80
        shown = run_on_pty(home, words)
        lines = shown.splitlines()
        assert all(len(line) <= 80 for line in lines)
        for word in whole.split():
            assert word in shown.split()

    def test_a_question_and_its_answer_stand_on_whole_words(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from pkm.cli import render

        screen, keys = Terminal(), Terminal("y\n")
        monkeypatch.setattr("sys.stderr", screen)
        monkeypatch.setattr("sys.stdin", keys)
        monkeypatch.setenv("COLUMNS", "60")
        question = "u1: mute items with “sponsored” in the title or the text. Change twelve items of them?"
        assert render.confirm(question, yes=False)
        assert screen.getvalue().endswith("[y/N] ")
        assert all(len(line) <= 60 for line in screen.getvalue().splitlines())
        assert screen.getvalue().split() == [*question.split(), "[y/N]"]

    def test_the_help_of_the_walk(self, pkm: CommandLine, server: FeedServer, home: Path) -> None:
        pkm("seek", "add", server.add("/f", rss("a")))
        pkm("seek", "pull")
        shown = run_on_pty(home, ["sense", "--plain"], [("[q]uit ?", "?"), ("quit (so", "q")])
        assert all(len(line) <= 80 for line in shown.splitlines())
        assert "an empty line cancels" in " ".join(shown.split())

    def test_a_long_rule_gives_way_to_its_id_and_counts(
        self, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        words = " OR ".join(f"title:sponsored{number}" for number in range(30))
        pkm("seek", "rules", "add", "mute", words)
        screen = Terminal()
        monkeypatch.setattr("sys.stdout", screen)
        monkeypatch.setenv("COLUMNS", "80")
        pkm("seek", "rules")
        row = screen.getvalue().splitlines()[-1]
        assert "u1" in row
        assert "…" in row
        assert row.rstrip().endswith("0")
        assert "items" in screen.getvalue()


    def test_a_long_name_gives_way_to_the_id_and_the_state(self, pkm: CommandLine, home: Path) -> None:
        for number in range(12):
            pkm("contact", "add", f"Bartholomew Maximilian Featherstonehaugh {number}", "--circle", "network", "--org",
                "The International Society of Very Long Names", "--nick", f"a-long-nick-{number}", "--every", "1d")  # fmt: skip
        for words, state in ((["list"], "2026-"), (["due", "--in", "2w"], "later")):
            rows = [line for line in run_on_pty(home, ["contact", *words]).splitlines() if "Bartholomew" in line]
            assert len(rows) == 12
            assert all(re.search(r"\bc\d+\b", re.sub(r"\x1b\[[\d;]*m", " ", row)) for row in rows)
            assert all(state in row and "2026-11-24" in row for row in rows)


class TestAdding:
    def test_a_folder_that_is_called_maildir(
        self, pkm: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        letters.maildir(tmp_path / "Maildir", letters.plain(1))
        monkeypatch.chdir(tmp_path)
        assert pkm("seek", "add", "Maildir").out == f"s1  Maildir  maildir://{tmp_path}/Maildir\n"

    def test_the_hint_of_a_mailbox_is_the_command(self, pkm: CommandLine, tmp_path: Path) -> None:
        box = letters.maildir(tmp_path / "my mail", letters.plain(1), letters.PERSONAL.encode())
        pkm("seek", "add", box)
        assert f"To take them as well: pkm seek add '{box}' --all-mail" in pkm("seek", "pull").err

    def test_all_mail_of_a_followed_imap_folder_needs_no_secret_again(
        self, pkm: CommandLine, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LETTERS", "s3cret")
        imap.folders["News"] = Folder()
        imap.folders["News"].add(letters.plain(1))
        imap.folders["News"].add(letters.PERSONAL.encode())
        pkm("seek", "add", f"{imap.url}/News", "--credential", "env:LETTERS")
        hint = pkm("seek", "pull").err
        assert f"pkm seek add {imap.url}/News --all-mail" in hint
        pkm("seek", "add", f"{imap.url}/News", "--all-mail")
        assert pkm("seek", "pull").out.startswith("1 new")

    def test_a_secret_that_is_missing_or_wrong(
        self, pkm: CommandLine, server: FeedServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = server.add("/private", status=401)
        assert f"Next: pkm seek add {url} --credential env:NAME" in pkm("seek", "add", url, ok=1).err
        monkeypatch.setenv("SECRET", "justaword")
        told = pkm("seek", "add", url, "--credential", "env:SECRET", ok=2).err
        assert "Next: write the secret, at the place that --credential names, as user:password" in told
        monkeypatch.setenv("SECRET", "ann:wrong")
        told = pkm("seek", "add", url, "--credential", "env:SECRET", ok=1).err
        assert "Next: see that the secret at env:SECRET is right" in told

    def test_the_doctor_says_which_variable_to_set(
        self, pkm: CommandLine, server: FeedServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SECRET", "ann:right")
        pkm("seek", "add", server.add("/f", rss("a")), "--credential", "env:SECRET")
        monkeypatch.delenv("SECRET")
        pkm("seek", "pull", ok=4)
        assert pkm.json("doctor", ok=1)[0]["next"] == "export SECRET=…, then: pkm seek pull s1"

    def test_a_list_of_sources_is_imported(self, pkm: CommandLine, tmp_path: Path) -> None:
        path = tmp_path / "mine.opml"
        path.write_text("<?xml version='1.0'?><opml version='2.0'><body><outline xmlUrl='https://a.org/f'/></body></opml>")
        assert f"Next: pkm import {path}\n" in pkm("seek", "add", path, ok=1).err

    def test_what_is_followed_already_has_not_failed(self, pkm: CommandLine, server: FeedServer) -> None:
        urls = [server.add(f"/{name}", rss("a", name=name)) for name in ("one", "two", "three")]
        pkm("seek", "add", *urls[:2])
        again = pkm("seek", "add", *urls)
        assert f"{urls[0]}: followed already as s1 (one)" in again.err
        assert again.out.endswith("1 new source, 2 followed already; 0 failed\n")
        counts = pkm.json("seek", "add", *urls)
        assert (counts["new"], counts["unchanged"], counts["failed"]) == (0, 3, 0)

    def test_a_host_of_this_machine_needs_no_scheme(self, pkm: CommandLine, server: FeedServer) -> None:
        url = server.add("/cyn", rss("a", name="Cyn"))
        assert pkm.json("seek", "add", url.removeprefix("http://"))["url"] == url

    @pytest.mark.parametrize(
        ("typed", "address"),
        [
            ("localhost/feed", "http://localhost/feed"), ("localhost:8123", "http://localhost:8123"),
            ("nas:8080/rss?x=1", "http://nas:8080/rss?x=1"), ("192.168.1.9/f", "http://192.168.1.9/f"),
            ("example.org:8443/f", "https://example.org:8443/f"), ("example.org", "https://example.org"),
        ],
    )  # fmt: skip
    def test_what_was_typed_as_an_address(self, typed: str, address: str) -> None:
        from pkm.seek.sources import as_address

        assert as_address(typed) == address


class TestChoosing:
    def test_a_wrong_answer_is_asked_about_once_more(self, pkm: CommandLine, server: FeedServer, home: Path) -> None:
        page = site(server)
        shown = run_on_pty(home, ["seek", "add", page], [("leave it]", "7\n"), ("none of them", "2\n")])
        assert f"{page} has 2 feeds:" in shown
        assert pkm.json("seek", "list")[0]["url"] == f"{server.url}/links"

    def test_enter_leaves_it_and_the_others_are_added(self, pkm: CommandLine, server: FeedServer, home: Path) -> None:
        page = site(server)
        shown = run_on_pty(home, ["seek", "add", page, server.add("/f", rss("a", name="F"))], [("leave it]", "\n")])
        assert "none of its feeds was chosen" in " ".join(shown.split())
        assert "exit 4" in shown
        assert [row["title"] for row in pkm.json("seek", "list")] == ["F"]

    def test_ctrl_c_ends_the_line_and_the_command(self, pkm: CommandLine, server: FeedServer, home: Path) -> None:
        shown = run_on_pty(home, ["seek", "add", site(server)], [("leave it]", "\x03")])
        assert shown.endswith("^C\r\nStopped. Nothing was changed in the store.\r\n\nexit 130")
        assert pkm.json("seek", "list") == []


class TestNextSteps:
    def test_an_inbox_of_one_source(self, pkm: CommandLine, server: FeedServer) -> None:
        pkm("seek", "add", server.add("/f", rss("a", name="Full")), server.add("/g", rss(name="Bare")))
        pkm("seek", "pull")
        told = pkm("sense", "inbox", "--source", "Bare").err
        assert told == "Nothing of Bare in the inbox. Next: pkm seek show s2\n"

    def test_how_much_is_kept_is_said_as_it_is_understood(self, pkm: CommandLine) -> None:
        told = pkm("config", "keep.items", "5").err
        assert "go items beyond the newest 5 of a source, but never what you used, nor the last 50" in told
        both = pkm("config", "keep.items", "1y 500").err
        assert "more than 1 year ago and items beyond the newest 500" in both
        wrong = pkm("config", "keep.items", "sixty", ok=2).err
        assert "a length of time (1y), a number of items of a source (500), or one of each (1y 500)" in wrong
        unset = pkm("config", "keep.items", "--unset").err
        assert unset.startswith("That is the default: none.\nAll items stay for ever.\n")
        assert pkm("config", "seek.every", "--unset").out == "seek.every  1h\n"

    def test_what_would_go_for_good_is_counted_before_it_does(
        self, pkm: CommandLine, server: FeedServer, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PKM_NOW", "2024-11-23T09:00:00Z")
        pkm("seek", "add", server.add("/f", rss(*(f"g{n}" for n in range(70)))))
        pkm("seek", "pull")
        assert "As things are, that is" not in pkm("config", "keep.items", "2y").err
        monkeypatch.setenv("PKM_NOW", "2026-12-23T09:00:00Z")
        for setting, number in (("60", 10), ("2y", 20)):
            assert f"As things are, that is {number} items, and no undo" in pkm("config", "keep.items", setting).err
        assert pkm.json("seek", "pull")["purged"] == 20
        (home / "pkm.db").write_bytes(b"no store at all " * 500)
        assert pkm("config", "keep.items", "2y").out == "keep.items  2y\n"

    def test_a_rule_is_written_once(self, pkm: CommandLine) -> None:
        pkm("seek", "rules", "add", "mute", "title:sponsored", "--tag", "news")
        again = pkm("seek", "rules", "add", "mute", " title:sponsored ", "--tag", "news", ok=1).err
        assert "There already is u1 (mute items with “sponsored” in the title, from sources tagged #news)" in again
        pkm("seek", "rules", "add", "mute", "title:sponsored", "--tag", "fun")
        pkm("seek", "rules", "add", "tag", "ads", "title:sponsored", "--tag", "news")
        assert [row["id"] for row in pkm.json("seek", "rules")] == ["u1", "u2", "u3"]

    def test_a_rule_for_nobody_says_how_to_add_them(self, pkm: CommandLine) -> None:
        told = pkm("seek", "rules", "add", "assign", "Bob", "author:Bob", ok=1).err
        assert "Next: pkm contact add Bob" in told

    def test_a_command_means_the_very_address_or_folder_that_it_names(self, pkm: CommandLine, tmp_path: Path) -> None:
        """Also where a stranger chose it: pasted into a shell it is one word."""
        hostile = "https://x.example/?a=1&b=$(touch${IFS}here);`id`"
        (tmp_path / "marks.html").write_text(
            f'<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p>\n<DT><A HREF="{hostile}">A page</A>\n</DL><p>\n'
        )
        pkm("import", tmp_path / "marks.html")
        kept = pkm.json("sense", "show", "i1")["url"]
        told = pkm("sense", "show", "i1", "--page", "out", ok=1).err
        assert shlex.split(told.partition("Next: ")[2]) == ["pkm", "seek", "clip", kept, "--keep-page"]
        assert "$(" in kept
        (tmp_path / "two words").mkdir()
        (tmp_path / "two words" / "a.md").write_text("# A\n")
        told = pkm("import", tmp_path / "two words" / "a.md", "--as", "vault", ok=1).err
        assert shlex.split(told.partition("Next: ")[2]) == ["pkm", "import", str(tmp_path / "two words"), "--as", "vault"]

    def test_a_file_that_is_not_there(self, pkm: CommandLine) -> None:
        for command in ("clip", "add"):
            told = pkm("seek", command, "nofile.html", ok=1).err
            assert "nofile.html: there is no such file" in told
            assert f"Next: pkm seek {command} -h" in told

    @pytest.mark.parametrize(
        ("word", "instead"),
        [("pause", "seek edit SOURCE --pause"), ("unfollow", "seek remove SOURCE"), ("follow", "seek add URL")],
    )
    def test_words_of_other_readers(self, pkm: CommandLine, word: str, instead: str) -> None:
        assert f"Next: pkm {instead}" in pkm("seek", word, "s1", ok=2).err

    def test_what_is_kept_already(self, pkm: CommandLine, server: FeedServer) -> None:
        pkm("seek", "add", server.add("/f", rss("a")))
        pkm("seek", "pull")
        assert pkm("sense", "keep", "i1").out == "i1  a  kept\n"
        assert pkm("sense", "keep", "i1").out == "i1  a  kept already\n"

    def test_the_article_fits_the_kind(self, pkm: CommandLine) -> None:
        assert "it is an item; this takes" in pkm("sense", "edit", "i1", ok=2).err

    def test_a_number_of_another_list(self, pkm: CommandLine, home: Path) -> None:
        import json

        pkm("seek", "list")
        (home / "last.json").write_text(json.dumps({"rows": ["person:name:ann https://a.org/"], "touched": ""}))
        told = pkm("seek", "discover", "--accept", "1", ok=1).err
        assert "the last list was that of pkm seek people" in told
        assert "Next: pkm seek discover, then count from 1" in told


class TestHelp:
    @pytest.mark.parametrize("group", ["seek", "sense", "share", "contact", "circle", "tag", "seek rules"])
    def test_no_sentence_is_cut(self, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch, group: str) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        lines = pkm(*group.split(), "--help").out.splitlines()
        assert not [line for line in lines[2:] if line.endswith("...")]
        assert "Commands:" in lines

    def test_the_tour_begins_with_one_indent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from pkm.cli import tour

        screen = Terminal()
        monkeypatch.setattr("sys.stdout", screen)
        monkeypatch.setenv("COLUMNS", "100")
        tour._say_filled("A sentence of several words that goes on and on. " * 6)
        assert len(screen.getvalue().splitlines()) > 2
        assert not [line for line in screen.getvalue().splitlines() if line != line.strip()]


class TestPull:
    def test_a_few_that_were_updated_are_named(self, pkm: CommandLine, server: FeedServer) -> None:
        names = [f"t{number}" for number in range(7)]
        url = server.add("/f", rss(*names))
        pkm("seek", "add", url)
        pkm("seek", "pull")
        changed = rss(*names).replace("words", "other words", 2)
        server.add("/f", changed)
        ran = pkm("seek", "pull", "s1")
        assert "2 updated" in ran.out
        listed = {row["title"]: row["id"] for row in pkm.json("find", "kind:item", "-n", "20")}
        assert f"Updated: {listed['t0']}, {listed['t1']}. What they said before: pkm sense show" in ran.err
        server.add("/f", rss(*names, text="all anew"))
        many = pkm("seek", "pull", "s1")
        assert "7 updated" in many.out
        assert "Updated:" not in many.err


class TestWhatIsMeant:
    def test_a_number_is_an_id_without_its_letter_and_no_part_of_a_title(self, pkm: CommandLine, server: FeedServer) -> None:
        pkm("seek", "add", server.add("/f", rss("a", "the year 2")))
        pkm("seek", "pull")
        assert "Next: name it by its id: i2" in pkm("sense", "keep", "2", ok=2).err
        assert pkm.json("find", "is:kept") == []

    def test_a_tag_that_was_not_there_is_said(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "A thought #org")
        assert pkm("sense", "tag", "n1", "-draft").err == "#draft was not there to be taken away.\n"
        told = pkm("sense", "tag", "n1", "+new", "-org").err
        assert told == "#org still stands in the text of n1; its next edit puts it back.\n"

    def test_every_value_in_a_help_has_a_name_in_capitals_and_every_example_its_line(self, pkm: CommandLine) -> None:
        page = pkm("help", "--man").out
        assert not re.findall(r"<(?:str|path|int range|float)>|\[x>=", page)
        assert not re.findall(r"^pkm .*\{.*\}$", page, re.M)

    @pytest.mark.parametrize("words", [("import",), ("export",), ("export", "--notes"), ("backup",), ("contact", "import")])
    def test_an_empty_word_is_no_path(self, pkm: CommandLine, words: tuple[str, ...], home: Path) -> None:
        assert "Cannot use an empty path" in pkm(*words, "", ok=2).err
