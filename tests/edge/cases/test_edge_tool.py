"""The edge cases of the field, 58 to 69: the tool itself. Each test bears its number in the list."""

import json
import os
import re
import signal
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from pkm.errors import PkmError
from pkm.seek.pull import pull
from pkm.store.session import Store
from tests.cli.test_find import Terminal
from tests.conftest import CommandLine
from tests.edge.cases.conftest import Reader, entry, rss
from tests.server import FeedServer


def test_58_of_two_pulls_at_once_the_second_is_told(reader: Reader) -> None:
    reader.give(rss("a"))
    told: list[str] = []

    def meanwhile(done: int, total: int, what: str) -> None:
        other = Store(reader.store.home)
        with pytest.raises(PkmError) as error:
            pull(other)
        told.append(f"{error.value.why}; {error.value.next}")
        other.close()

    assert pull(reader.store, progress=meanwhile).new == 1
    assert told == ["another pull is running; wait until it is done, then: pkm seek list"]
    assert reader.pull(hours=1).failed == 0


def test_59_ctrl_c_keeps_the_feeds_that_are_finished(reader: Reader) -> None:
    reader.follow(reader.server.add("/a", rss("a")), reader.server.add("/b", rss("b"), delay_s=60))

    def stop(done: int, total: int, what: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    report = pull(reader.store, progress=stop)
    assert (report.interrupted, report.new, report.left, reader.titles) == (True, 1, 1, ["a"])
    reader.server.add("/b", rss("b"))
    assert (reader.pull(all=False).new, reader.titles) == (1, ["a", "b"])


HOSTILE = "a\x1b[31mb\x1b]8;;http://evil.example\x07c\x1b]8;;\x07\u202egpj.exe\u2066 \x9b2Jend"


def test_60_terminal_sequences_and_bidi_controls_reach_no_terminal(pkm: CommandLine, server: FeedServer) -> None:
    referred = HOSTILE.replace("\x1b", "&#27;").replace("\x07", "&#7;")
    feed = json.dumps({
        "version": "https://jsonfeed.org/version/1.1", "title": HOSTILE,
        "items": [{"id": "1", "title": HOSTILE, "content_text": HOSTILE, "url": "https://e.org/\x1b[2J"}],
    })  # fmt: skip
    pkm("seek", "add", server.add("/j", feed, content_type="application/feed+json"))
    pkm("seek", "add", server.add("/x", rss(entry("1", referred, text=referred), channel=f"<title>{referred}</title>")))
    commands = ("seek pull", "seek list", "seek show s1", "sense inbox", "sense show i1", "sense show i2", "why i1",
                "find end", "sense inbox --json")  # fmt: skip
    shown = "".join(ran.out + ran.err for ran in (pkm(*words.split()) for words in commands))
    assert shown.count("abcgpj.exe") > 5
    assert not [char for char in shown if char != "\n" and unicodedata.category(char) in ("Cc", "Cf")]


@pytest.mark.parametrize(
    "address", ["https://e.org/;touch$IFS'pwned'", 'https://e.org/"$(touch pwned)"', "https://e.org/`touch pwned`&x=|y"]
)
def test_61_an_address_reaches_the_browser_as_one_word(
    pkm: CommandLine, server: FeedServer, tmp_path: Path, address: str
) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$#" "$@" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    posts = [{"id": "1", "title": "t", "url": address}]
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": posts})
    pkm("seek", "add", server.add("/j", feed, content_type="application/feed+json"))
    pkm("seek", "pull")
    environment = {**os.environ, "BROWSER": f"{browser} %s"}
    command = [sys.executable, "-m", "pkm", "sense", "show", "i1", "--open", "0"]
    subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert (tmp_path / "opened").read_text().splitlines() == ["1", address.replace(" ", "%20")]
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("link", ["javascript:alert(1)", "JAVA\tSCRIPT:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_62_a_link_that_is_a_script_is_none(reader: Reader, link: str) -> None:
    (item,) = reader.read(rss(entry("1", "a", link, f"&lt;a href='{link}'&gt;words&lt;/a&gt;")))
    assert item["url"] == ""
    html = reader.store.read().execute("SELECT html FROM item").fetchone()[0]
    assert "words" in html
    assert "alert" not in html + "".join(html.split("href"))
    assert "href" not in html


def test_63_brackets_in_a_title_are_no_markup(
    pkm: CommandLine, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = "[bold red]Sale[/bold red] [link=http://evil.example]here[/link] [/] :smile:"
    pkm("seek", "add", server.add("/f", rss(entry("1", title))))
    pkm("seek", "pull")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr("sys.stdout", screen := Terminal())
    pkm("sense", "inbox")
    assert title[:40] in screen.getvalue()
    assert "evil.example\x1b" not in screen.getvalue()


def test_64_wide_letters_and_emoji_keep_the_columns(
    pkm: CommandLine, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = ["日本語の長い題名です" * 6, "plain", "👩🏽‍💻 at work " * 6, "한국어"]
    pkm("seek", "add", server.add("/f", rss(*titles, channel="<title>Source</title>")))
    pkm("seek", "pull")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdout", screen := Terminal())
    pkm("sense", "inbox")
    from rich.cells import cell_len

    plain = re.sub(r"\x1b\[\d*m", "", screen.getvalue())
    lines = [line for line in plain.splitlines() if "Source" in line]
    assert len(lines) == 4
    assert len({cell_len(line.partition("Source")[0]) for line in lines}) == 1
    assert all(cell_len(line) <= 60 for line in lines)


OUTLINE = '<outline text="{0}" xmlUrl="http://{0}.org/f"/>'


@pytest.mark.parametrize(
    ("name", "data", "tags"),
    [
        ("utf8 misspelt", "<?xml version='1.0' encoding='utf8'?><opml><body>{a}</body></opml>", [[]]),
        ("no type", "<opml version='2.0'><body>{a}</body></opml>", [[]]),
        ("nested five deep", "<opml><body>" + "".join(f"<outline text='{n}x'>" for n in "abcde") + "{a}"
         + "</outline>" * 5 + "</body></opml>", [["ax/bx/cx/dx/ex"]]),
        ("byte order mark", "\ufeff<?xml version='1.0'?><opml><body>{a}</body></opml>", [[]]),
        ("twice", "<opml><body>{a}<outline text='dir'>{a}</outline></body></opml>", [["dir"]]),
    ],
)  # fmt: skip
def test_65_lists_as_they_are_written(pkm: CommandLine, tmp_path: Path, name: str, data: str, tags: list[list[str]]) -> None:
    path = tmp_path / "list.opml"
    path.write_text(data.format(a=OUTLINE.format("ann")), "utf-8")
    assert pkm.json("seek", "import", path)["new"] == 1
    assert [row["tags"] for row in pkm.json("seek", "list")] == tags
    assert pkm.json("seek", "import", path)["new"] == 0


def test_66_a_rule_that_matches_nothing_or_everything_says_so(pkm: CommandLine, server: FeedServer) -> None:
    pkm("seek", "add", server.add("/f", rss(*(f"story {number}" for number in range(30)))))
    pkm("seek", "pull")
    nothing = pkm("seek", "rules", "add", "mute", "nowhere")
    assert "It matches 0 of 30 stored items in its scope.\nThat is none of them" in nothing.err
    everything = pkm("seek", "rules", "add", "mute", "story", ok=3)
    assert "it would mute whatever comes, from every source: all 30 stored items" in everything.err
    for words in (["mute", "*"], ["keep", "nowhere"], ["mute", "NOT nowhere"]):
        assert "--force" in pkm("seek", "rules", "add", *words, ok=3).err
    assert [row["id"] for row in pkm.json("seek", "rules")] == ["u1"]
    assert "That is all of them" in pkm("seek", "rules", "add", "mute", "story", "--source", "s1").err
    assert "That is all of them" in pkm("seek", "rules", "add", "mute", "story", "--force").err


def test_67_a_catastrophic_regex_is_given_up_and_told_and_its_item_comes_in(
    pkm: CommandLine, server: FeedServer
) -> None:
    endless = "a" * 5000 + "b"
    pkm("seek", "rules", "add", "mute", "text:/(a|aa)+$/")
    pkm("seek", "rules", "add", "keep", "text:/(a|aa)+$/")
    pkm("seek", "add", server.add("/f", rss(entry("1", "One", text=endless), entry("2", "Two", text="aaa"))))
    ran = pkm("seek", "pull")
    told = "its regular expression took too long over 1 item, which it did not touch."
    assert [line for line in ran.err.splitlines() if "regular" in line] == [f"u1: {told}", f"u2: {told}"]
    assert [row["title"] for row in pkm.json("sense", "inbox")] == ["One"]
    assert [row["title"] for row in pkm.json("sense", "inbox", "--muted")] == ["Two"]
    assert "u1: its regular expression" in pkm("seek", "rules", "test", "u1").err


def test_68_a_clock_that_is_set_back_stops_no_source(reader: Reader) -> None:
    reader.give(rss("a"))
    reader.give(path="/b", status=503, headers={"Retry-After": "86400"})
    reader.pull(days=400)
    assert reader.source()["next_at"] > "2027"
    reader.give(rss("a", "b"))
    reader.give(rss("c"), "/b")
    assert (reader.pull(all=False, days=-400).new, reader.titles) == (2, ["a", "b", "c"])
    assert reader.source()["next_at"] == "2026-11-23T10:00:00Z"


def test_69_json_is_clean_where_some_feeds_fail(pkm: CommandLine, server: FeedServer) -> None:
    pkm("seek", "add", server.add("/f", rss("a")))
    for path in ("/none", "/gone"):
        pkm("seek", "add", server.url + path, "--force")
    ran = pkm("seek", "pull", "--all", "--json", ok=4)
    summary = json.loads(ran.out)
    assert (summary["new"], summary["failed"]) == (1, 2)
    assert [failure["id"] for failure in summary["failures"]] == ["s2", "s3"]
    assert ran.err.count("the server answered 404") == 2
