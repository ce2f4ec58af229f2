"""What comes in by any door (feed, page, card, list, folder, letter, a file's name) leaves by none as more than text."""

import json
import os
import re
import unicodedata
from pathlib import Path

from tests.conftest import CommandLine, Editor
from tests.edge.cases.conftest import entry, rss
from tests.server import FeedServer

OSC = "\x1b]8;;http://evil.example\x07here\x1b]8;;\x07\x1b]52;c;aGk=\x07"
HOSTILE = f"Needle{OSC}\x1b[31m\u202egpj\u2066\x9b2J[bold red]<script>alert(1)</script>{{{{7*7}}}}"
"""Controls of terminals (CSI in both spellings, links, the clipboard), of direction, Rich's markup, a script, a template."""
IN_NO_XML = "\x1b\x07\x9b"
REFERRED = "".join(char if char.isalnum() else f"&#{ord(char)};" for char in HOSTILE if char not in IN_NO_XML)
IN_XML = REFERRED.replace("&#60;", "&amp;lt;").replace("&#62;", "&amp;gt;")
SHOWN = ("seek list", "sense inbox", "contact list", "find needle*", "sense garden", "tag list", "log", "seek discover",
         "seek people", "contact due", "share log", "stats", "share who n1", "doctor", "", "circle show network")  # fmt: skip


def _feed(pkm: CommandLine, server: FeedServer, folder: Path) -> None:
    posts = [{"id": "1", "title": HOSTILE, "content_text": HOSTILE, "url": "https://e.org/\x1b[2J", "tags": [HOSTILE]}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": HOSTILE, "authors": [{"name": HOSTILE}], "items": posts}
    pkm("seek", "add", server.add("/j", json.dumps(feed), content_type="application/feed+json"))
    pkm("seek", "add", server.add("/x", rss(entry("1", IN_XML, text=IN_XML), channel=f"<title>{IN_XML}</title>")))
    pkm("seek", "pull")


def _page(pkm: CommandLine, server: FeedServer, folder: Path) -> None:
    words = "<p>Needle words of a page that is long enough to be one. </p>" * 20
    html = f"<html><head><title>{HOSTILE}</title></head><body><article><h1>{HOSTILE}</h1>{words}{HOSTILE}</article></body></html>"
    pkm("seek", "clip", server.add("/p", html, content_type="text/html; charset=utf-8"))


def _cards(pkm: CommandLine, server: FeedServer, folder: Path) -> None:
    path = folder / "people.vcf"
    path.write_text(
        f"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:{HOSTILE}\r\nORG:{HOSTILE}\r\nNOTE:{HOSTILE}\r\nNICKNAME:{HOSTILE}\r\n"
        f"URL:javascript:alert(1)\r\nEMAIL:needle@example.org\r\nCATEGORIES:{HOSTILE}\r\nEND:VCARD\r\n", newline="",
    )  # fmt: skip
    pkm("import", path)


def _table(pkm: CommandLine, server: FeedServer, folder: Path) -> None:
    path = folder / "connections.csv"
    path.write_text(
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        f'"{HOSTILE}",Needle,https://www.linkedin.com/in/x,n@example.org,"{HOSTILE}","{HOSTILE}",01 Nov 2026\n'
    )
    pkm("import", path)


def _outline(pkm: CommandLine, server: FeedServer, folder: Path) -> None:
    path = folder / "feeds.opml"
    path.write_text(f'<opml version="2.0"><body><outline text="{REFERRED}"><outline type="rss" text="{REFERRED}" '
                    'xmlUrl="https://needle.example/feed"/></outline></body></opml>')  # fmt: skip
    pkm("import", path)


def _vault(pkm: CommandLine, server: FeedServer, folder: Path) -> None:
    vault = folder / "vault"
    vault.mkdir()
    name = re.sub("[/<>]", "", HOSTILE)
    front = f"---\ntitle: {json.dumps(HOSTILE)}\n---\n"
    (vault / f"{name}.md").write_text(f"{front}# {HOSTILE}\n\n{HOSTILE} [x](javascript:alert(1))\n")
    pkm("import", vault, ok=4)  # the name is told of


def _letter(pkm: CommandLine, server: FeedServer, folder: Path) -> None:
    for part in ("new", "cur", "tmp"):
        (folder / "maildir" / part).mkdir(parents=True)
    words = HOSTILE.replace("\n", " ")
    (folder / "maildir" / "new" / "1.eml").write_bytes(
        f"From: {words} <needle@example.org>\nSubject: {words}\nList-Id: <needle.example.org>\nMessage-ID: <1@e.org>\n"
        f"Date: Mon, 23 Nov 2026 08:00:00 +0000\nContent-Type: text/html; charset=utf-8\n\n<p>{words}</p>".encode()
    )
    pkm("seek", "add", folder / "maildir")
    pkm("seek", "pull", ok=(0, 4))  # 4: a list that came in before names a host that is not there


def _typed(pkm: CommandLine, server: FeedServer, folder: Path) -> None:
    pkm("sense", "note", "-", stdin=HOSTILE)
    pkm("contact", "add", HOSTILE, "--org", HOSTILE)


DOORS = {"feed": _feed, "page": _page, "cards": _cards, "table": _table, "outline": _outline, "vault": _vault,
         "letter": _letter, "typed": _typed}  # fmt: skip


def test_no_control_leaves_by_any_command(pkm: CommandLine, server: FeedServer, tmp_path: Path, home: Path) -> None:
    there: dict[str, dict[str, object]] = {}
    for name, door in DOORS.items():
        door(pkm, server, tmp_path)
        listed = [*pkm.json("find", "needle*", "-n", 99), *pkm.json("seek", "list"), *pkm.json("contact", "list")]
        new = [row for row in listed if row["id"] not in there]
        assert "eedle" in str(new), f"nothing came in by {name}"
        there |= {row["id"]: row for row in new}
    commands = [words.split() for words in SHOWN] + [["why", number] for number in there]
    for words in commands:  # of a chain, the one that a person reads
        for more in ([],) if words[0:1] == ["why"] else ([], ["--json"]):
            ran = pkm(*words, *more, ok=None)
            strange = {char for char in ran.out + ran.err if char != "\n" and unicodedata.category(char) in ("Cc", "Cf")}
            assert not strange, f"pkm {words} {more} shows {strange}"
            for value in _texts(json.loads(ran.out)) if more and ran.out else ():
                assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", value), f"pkm {words} --json"


def test_no_control_in_a_name_of_a_file_leaves_raw_in_json(pkm: CommandLine, home: Path, tmp_path: Path) -> None:
    """A file is called as it is called, and a program may need its name; a terminal gets none of it."""
    name = re.sub("[/<>]", "", HOSTILE)
    people, copies, drafts = tmp_path / "people", home / "backups", home / "drafts"
    for folder in (people, copies, drafts):
        folder.mkdir(parents=True)
    (people / f"{name}.vcf").write_text("no card")
    (people / "good.vcf").write_text("BEGIN:VCARD\nVERSION:4.0\nFN:Ann\nEND:VCARD\n")
    pkm("contact", "import", people, ok=4)
    pkm("backup")
    (copies / f"pkm-{name}.db").write_text("x")
    (drafts / f"note-{name}.md").write_text("x")
    (home / "config.toml").write_text(f"{json.dumps(name)} = 'x'\n")
    pkm("seek", "rules", "add", "mute", f"title:{name}")
    for words in (["contact", "import", str(people)], ["import", "--failed"], ["doctor"], ["backup", "--list"],
                  ["seek", "rules", "list"], ["why", "u1"]):  # fmt: skip
        ran = pkm(*words, "--json", ok=None)
        assert "eedle" in ran.out, words
        strange = {char for char in ran.out + ran.err if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs")}
        assert not strange, f"pkm {words} --json gives {strange}"
        assert any(name in text for text in _texts(json.loads(ran.out))), f"pkm {words} --json says another name"


def _texts(value: object) -> "list[str]":
    """Every text in a JSON value, names as well."""
    if isinstance(value, str):
        return [value]
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for one in inner for text in _texts(one)]


def test_what_came_in_by_every_door_is_dead_on_the_site_and_in_the_export(
    pkm: CommandLine, server: FeedServer, tmp_path: Path, home: Path
) -> None:
    for door in DOORS.values():
        door(pkm, server, tmp_path)
    notes = [row["id"] for row in pkm.json("find", "kind:note needle*")]
    items = [row["id"] for row in pkm.json("find", "kind:item needle*")]
    notes += [pkm.json("sense", "note", f"About it {number}", "--from", number)["id"] for number in items]
    pkm("sense", "reach", *notes, "network")
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(home)}
    pkm("share", "--yes", ok=(0, 3))
    pkm("share", "draft", *notes, "--to", "network", ok=None)
    pkm("share", "site", "build")
    pages = [path for path in (home / "site").rglob("*") if path.suffix in (".html", ".xml", ".json")]
    assert len(pages) > 4
    for path in pages:
        text = path.read_text("utf-8")
        if path.suffix == ".json":  # where only content_html is more than text
            items_there = json.loads(text)["items"] if path.name == "feed.json" else []
            text = " ".join(item.get("content_html", "") for item in items_there)
        assert "<script>alert" not in text, path
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), path
        for scheme in re.findall(r"""(?:href|src)=["']?\s*([a-zA-Z][\w+.-]*):""", text):
            assert scheme in ("http", "https", "mailto"), f"{path} leads to {scheme}:"
    pkm("export", tmp_path / "out")
    written = pkm("export", "--notes", tmp_path / "notes", "--json", ok=(0, 4)).out
    assert not [text for text in _texts(json.loads(written)) if any(unicodedata.category(char) in ("Cc", "Cf") for char in text)]
    after = {path for path in tmp_path.rglob("*") if not path.is_relative_to(home)} - before
    assert all(path.relative_to(tmp_path).parts[0] in ("out", "notes") for path in after), "written elsewhere"
    brought = {path.name for path in (tmp_path / "vault").iterdir()}  # a file of the person's goes back under its own name
    odd = [path.name for path in after if any(unicodedata.category(char) in ("Cc", "Cf") for char in path.name)]
    assert set(odd) <= brought


def test_what_is_written_is_for_its_owner_only_whatever_the_umask_says(
    pkm: CommandLine, server: FeedServer, tmp_path: Path, home: Path, editor: Editor
) -> None:
    editor('printf "kept words" > "$1"; exit 1')
    mask = os.umask(0)
    try:
        for door in (_feed, _cards, _vault, _typed):
            door(pkm, server, tmp_path)
        pkm("sense", "edit", "n1", ok=1)  # its draft stays
        pkm("config", "name", "Ann")
        pkm("backup")
        pkm("share", "log")
    finally:
        os.umask(mask)
    private = [path for path in (home, *home.rglob("*")) if not path.is_relative_to(home / "site")]
    assert any("drafts" in path.parts for path in private if path.is_file())
    assert {str(path.relative_to(home)) for path in private if path.stat().st_mode & 0o077} == set()
