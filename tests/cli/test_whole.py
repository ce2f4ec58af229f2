"""Export, import, backup, doctor, config, completion: what serves the whole."""

import contextlib
import filecmp
import json
import os
import resource
import shlex
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pkm.cli import dashboard
from tests.cli.test_sense import run_on_pty
from tests.conftest import CommandLine, KeptHomes
from tests.server import FeedServer

FEED = """<rss version="2.0"><channel><title>Feed</title><link>http://example.org</link>
<item><guid>1</guid><title>One</title><link>http://example.org/1</link><description>First &amp;amp; best</description></item>
<item><guid>2</guid><title>Two</title><link>http://example.org/2</link><description>Second</description></item>
</channel></rss>"""


@pytest.fixture
def lived_in(pkm: CommandLine, server: FeedServer, home: Path, kept_homes: KeptHomes) -> CommandLine:
    """A home in which everything has happened at least once."""
    server.add("/feed.xml", FEED, content_type="application/rss+xml")
    kept_homes.fill(home, "whole", lambda: live(pkm, server))
    return pkm


def live(pkm: CommandLine, server: FeedServer) -> None:
    pkm("seek", "add", f"{server.url}/feed.xml", "--tag", "news")
    pkm("seek", "pull", "--all")
    pkm("contact", "add", "Maria Silva", "--nick", "maria", "--email", "maria@example.org")
    pkm("contact", "log", "maria", "call: demo", "--when", "yesterday")
    pkm("circle", "add", "practice", "--kind", "community")
    pkm("circle", "join", "practice", "maria", "--because", "co-hosts")
    pkm("sense", "keep", "i1", "--note", "My own words #org/design @maria", "--reach", "network")
    odd = "---\nnot: front matter\n---\n\n  indented\n\ttab [[My own words]]\n"
    pkm("sense", "note", "-", "--title", 'Odd / name: "x"', stdin=odd)
    pkm("sense", "note", "Café ﬁn 日本語 🙂\n\n\n")
    pkm("sense", "annotate", "i1", "-q", "Second", "-m", "yes")
    pkm("sense", "annotate", "n1", "-m", "a later thought")
    pkm("sense", "drop", "i2")
    pkm("config", "name", "Ann Example")
    pkm("share", "--yes")


def same(one: Path, two: Path) -> bool:
    files = [sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file()) for root in (one, two)]
    assert files[0] == files[1]
    _, different, odd = filecmp.cmpfiles(one, two, [str(path) for path in files[0]], shallow=False)
    assert (different, odd) == ([], [])
    return bool(files[0])


def test_export_import_export_is_equal_byte_for_byte(
    lived_in: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    told = lived_in.json("export", first)
    assert told["rows"]["note"] == 3
    again = lived_in.json("export", first)
    assert (again["new"], again["unchanged"]) == (0, told["new"])
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "other"))
    lived_in("import", first)
    lived_in("export", second)
    assert same(first, second)
    assert lived_in.json("find", "kind:note own")[0]["id"] == "n1"
    assert lived_in("sense", "note", "the next one").out.startswith("n4"), "an id was given twice"


def test_the_export_can_be_read_by_other_tools(lived_in: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    lived_in("export", folder)
    note = (folder / "notes/n1 My own words.md").read_text(encoding="utf-8")
    assert note.startswith("---\nid: n1\n")
    assert note.endswith("My own words #org/design @maria")
    assert "xmlUrl=" in (folder / "sources.opml").read_text(encoding="utf-8")
    assert "FN:Maria Silva" in (folder / "contacts.vcf").read_text(encoding="utf-8")
    for path in (folder / "tables").iterdir():
        json.loads(path.read_text(encoding="utf-8"))


def test_an_import_needs_an_empty_store(lived_in: CommandLine, tmp_path: Path) -> None:
    lived_in("export", tmp_path / "out")
    assert "the store is not empty" in lived_in("import", tmp_path / "out", ok=3).err


def test_an_export_never_touches_a_folder_that_it_did_not_make(lived_in: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("mine")
    lived_in("export", tmp_path / "mine", ok=3)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("damage", ["tables/note.json", "tables/tagging.json", "pkm.json", "notes/n1 My own words.md"])
def test_a_damaged_export_changes_nothing(
    lived_in: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    folder = tmp_path / "out"
    lived_in("export", folder)
    path = folder / damage
    path.unlink() if damage.startswith(("notes", "tables/tag")) else path.write_text(path.read_text(encoding="utf-8")[:-9])
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "other"))
    assert "Kept:" in lived_in("import", folder, ok=1).err
    assert lived_in.json("find", "kind:note") == []


@pytest.mark.parametrize("again", [False, True], ids=["the first", "over an earlier one"])
def test_an_export_that_was_cut_short_is_no_whole_one_and_can_be_done_again(
    lived_in: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    folder = tmp_path / "out"
    (tmp_path / "lawn.txt").write_text("grass")
    if again:
        lived_in("export", folder)
        lived_in("sense", "attach", "n1", tmp_path / "lawn.txt")
        lived_in("tag", "rename", "news", "olds")
    # The disk has no room for what is larger than this: the tables of items are.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    lived_in("sense", "note", "long " * 20_000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        lived_in("export", folder, ok=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("PKM_HOME", str(tmp_path / "other"))
        assert "Nothing was imported" in lived_in("import", folder, ok=1).err
    lived_in("export", folder)
    lived_in("export", tmp_path / "fresh")
    assert same(folder, tmp_path / "fresh")
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "other"))
    lived_in("import", folder)


def test_a_file_is_no_folder_to_export_to(pkm: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert "it is a file" in pkm("export", tmp_path / "mine.txt", ok=3).err


def test_a_folder_that_is_no_export(pkm: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no pkm.json" in pkm("import", tmp_path / "empty", ok=1).err
    assert "no such file" in pkm("import", tmp_path / "nothing", ok=1).err


def test_a_copy_is_made_listed_and_put_back(lived_in: CommandLine) -> None:
    copy = lived_in("backup").out.split()[0]
    assert [row["id"] for row in lived_in.json("backup", "--list")] == [copy]
    lived_in("sense", "note", "afterwards")
    assert "there is no terminal" in lived_in("backup", "--restore", copy, ok=3).err
    lived_in("backup", "--restore", copy, "--yes")
    assert lived_in.json("find", "afterwards") == []


def test_the_doctor_finds_nothing_in_a_whole_home(lived_in: CommandLine) -> None:
    assert lived_in.json("doctor") == []


def test_the_doctor_mends_open_modes_and_a_stale_index(lived_in: CommandLine, home: Path) -> None:
    from pkm.store.connection import connect

    raw = connect(home / "pkm.db")
    raw.execute("INSERT INTO note_fts(note_fts) VALUES ('delete-all')")
    raw.close()
    os.chmod(home / "pkm.db", 0o644)
    assert lived_in.json("find", "own kind:note") == []
    assert {row["state"] for row in lived_in.json("doctor")} == {"mended"}
    assert lived_in.json("find", "own kind:note")[0]["id"] == "n1"
    assert lived_in.json("doctor") == []


def test_the_doctor_takes_away_what_a_killed_run_did_not_finish(lived_in: CommandLine, home: Path) -> None:
    old, new = home / "pkm-1.db.77.part", home / "pkm-2.db.78.part"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (1_000_000, 1_000_000))
    (found,) = lived_in.json("doctor")
    assert (found["state"], old.exists(), new.exists()) == ("mended", False, True)  # the new one may still be written
    assert old.name in found["title"]


def test_the_doctor_names_a_damaged_store(lived_in: CommandLine, home: Path) -> None:
    from pkm.store.connection import connect

    raw = connect(home / "pkm.db")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    data = bytearray((home / "pkm.db").read_bytes())
    data[4096 * 6 : 4096 * 9] = b"\xff" * (4096 * 3)
    (home / "pkm.db").write_bytes(bytes(data))
    told = lived_in("doctor", ok=1)
    assert "damaged" in told.out + told.err
    assert "backup" in told.out + told.err


@pytest.mark.parametrize(("table", "column"), [("note", "text"), ("item", "title"), ("contact", "name")])
def test_one_damaged_letter_bars_no_way_out(lived_in: CommandLine, home: Path, tmp_path: Path, table: str, column: str) -> None:
    """The doctor puts a mark where a text cannot be read any more, and keeps it as it was: all else can leave."""

    def first(store: Path, sql: str = f"SELECT CAST({column} AS BLOB) FROM {table} WHERE id = 1") -> Any:
        with contextlib.closing(sqlite3.connect(store, isolation_level=None)) as db:
            return (db.execute(sql).fetchone() or [None])[0]

    whole = first(home / "pkm.db")
    broken = whole[:2] + b"\xff" + whole[3:]
    first(home / "pkm.db", f"UPDATE {table} SET {column} = CAST(x'{broken.hex()}' AS TEXT) WHERE id = 1")
    assert "damaged" in lived_in("export", tmp_path / "out", ok=1).err
    (told,) = [row for row in lived_in.json("doctor") if row["id"] == f"{table} 1"]
    assert told["state"] == "mended"
    lived_in("export", tmp_path / "out")
    assert first(home / "pkm.db").decode() == broken.decode("utf-8", "replace")
    (kept,) = (home / "backups").iterdir()
    assert kept.name in told["next"]
    assert first(kept) == broken
    assert lived_in.json("doctor") == []


def test_an_undo_of_much_counts_what_it_does_not_list(pkm: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    for number in range(25):
        (tmp_path / f"vault/note {number}.md").write_text(f"Words {number} #tag{number}")
    pkm("import", tmp_path / "vault")
    told = pkm("undo")
    assert len([line for line in told.out.splitlines() if line.startswith("  n")]) == 20
    assert told.err.startswith("and 5 more, and ")
    assert "rows that belong to them" in told.err


def test_settings_are_shown_changed_and_checked(pkm: CommandLine, home: Path) -> None:
    assert pkm("config", "name", "Ann").err == "Take it back: pkm config name --unset\n"  # no page is there yet
    assert pkm("config", "name", "Ann").err == ""
    assert pkm("config", "name", "Ann B").err == "Take it back: pkm config name Ann\n"
    assert pkm("config", "name", "Ann").err == "Take it back: pkm config name 'Ann B'\n"
    assert pkm.json("config", "name")["value"] == "Ann"
    assert "name = " in (home / "config.toml").read_text(encoding="utf-8")
    pkm("config", "seek.every", "soon", ok=2)
    assert "Did you mean name?" in pkm("config", "nane", ok=2).err
    pkm("config", "name", "--unset")
    assert pkm.json("config", "name")["value"] == ""


def test_a_setting_is_shown_with_its_meaning_and_an_example_that_can_be_set(pkm: CommandLine) -> None:
    shown = pkm("config", "share.quiet")
    assert shown.out == "share.quiet  (none)\n"
    assert shown.err == (
        'Meaning: hours without mail: "22:00-07:00; practice 20:00-09:00"\n'
        "Example: pkm config share.quiet '22:00-07:00; practice 20:00-09:00'\n"
    )
    for row in pkm.json("config"):
        words = shlex.split(pkm("config", row["id"]).err.splitlines()[-1].removeprefix("Example: pkm "))
        assert pkm(*words).out == f"{row['id']}  {words[2]}\n"


def test_on_a_terminal_the_list_of_settings_cuts_no_meaning(pkm: CommandLine, home: Path) -> None:
    shown = run_on_pty(home, ["config"]).replace("\r", "")
    assert max(len(line) for line in shown.splitlines() if line.startswith("    ")) <= 80
    told = " ".join(shown.split())
    assert [row["id"] for row in pkm.json("config") if row["title"] not in told] == []


@pytest.mark.parametrize(("words", "offered"), [
    (["sen"], "sense"), (["sense", "sh"], "show"), (["sense", "show", "n"], "n1"), (["circle", "join", "pra"], "practice"),
    (["circle", "join", "practice", "ma"], "maria"), (["sense", "tag", "n1", "+or"], "+org/design"),
    (["why", "i"], "i1"), (["seek", "pull", "s"], "s1"), (["config", "kee"], "keep.items"),
    (["backup", "--restore", "pkm-"], "pkm-2"),
])  # fmt: skip
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes_commands_ids_and_names(
    lived_in: CommandLine, monkeypatch: pytest.MonkeyPatch, shell: str, words: list[str], offered: str
) -> None:
    if words[0] == "backup":
        lived_in("backup")
    line = " ".join(["pkm", *words])
    monkeypatch.setenv("_PKM_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    assert offered in lived_in(ok=None).out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_gets_nothing_to_run_with_what_it_completes(
    pkm: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shell: str
) -> None:
    """zsh evaluates what is offered, with its description; bash puts the word on the line as it stands."""
    odd = "costs \\$(touch caught) \\`touch caught` $(touch caught) \"it's\" [/b] [[x"
    pkm("sense", "note", odd, "-t", odd)
    pkm("sense", "tag", "n1", "+a&touch${IFS}caught", "+plain/tag-1")
    pkm("circle", "add", "$(touch caught)", "--kind", "community")
    card = tmp_path / "c.vcf"
    card.write_text("BEGIN:VCARD\nVERSION:4.0\nFN:Ann $(x)\nNICKNAME:$(touch${IFS}caught)\nEND:VCARD\n")
    pkm("contact", "import", card)
    given = {}
    for words in ("sense show n", "tag show ", "circle show ", "contact show ", "tag show a"):
        for name, value in {"_PKM_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": f"pkm {words}",
                            "_TYPER_COMPLETE_FISH_ACTION": "get-args", "COMP_WORDS": f"pkm {words}", "COMP_CWORD": "3"}.items():
            monkeypatch.setenv(name, value)
        given[words] = pkm(ok=None).out
        monkeypatch.delenv("_PKM_COMPLETE")
    told = "".join(given.values()).replace("\\\\:", ":")
    for offered in ("n1", "plain/tag-1", "o2", "c1"):
        assert offered in told
    assert not set(told) & set("\\`$&"), "something that a shell would read"
    assert "caught" in given["sense show n"] or shell == "bash"


def test_completion_without_a_home_offers_nothing_and_makes_nothing(
    pkm: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_PKM_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "pkm why n")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert pkm(ok=None).out.strip() == ""
    assert not home.exists()


@pytest.mark.parametrize(("name", "content"), [
    ("pkm.json", '{"format": 1, "schema": "abc"}'), ("pkm.json", '{"format": 1, "schema": null}'), ("pkm.json", "[]"),
    ("pkm.json", '{"format": 1, "schema": 1, "sequences": [1]}'), ("tables/note.json", "[" * 100_000),
    ("tables/tag.json", '[{"id": 1180591620717411303424, "name": "x", "created_at": "x"}]'),
    ("tables/tag.json", '[{"id": 1, "name": ["x"], "created_at": "x"}]'), ("tables/tag.json", '[{"id": 1, "name": "x"}]'),
    ("tables/circle.json", '[{"id": 1, "name": "x", "kind": "club", "purpose": "", "created_at": "x"}]'),
    ("tables/tag.json", '[{"id": 1, "name": {"base64": "%%%"}, "created_at": "x"}]'),
])  # fmt: skip
def test_an_export_edited_by_hand_is_refused_whole(
    lived_in: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str
) -> None:
    lived_in("export", tmp_path / "out")
    (tmp_path / "out" / name).write_text(content, encoding="utf-8")
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "other"))
    told = lived_in("import", tmp_path / "out", ok=1).err
    assert "did not foresee" not in told
    assert "Kept:" in told
    assert lived_in.json("find", "kind:note") == []


def test_an_import_follows_no_link_out_of_the_folder(
    lived_in: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_in("export", tmp_path / "out")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "out/home/templates").mkdir()
    (tmp_path / "out/home/templates/digest.md").symlink_to(tmp_path / "secret")
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "other"))
    lived_in("import", tmp_path / "out")
    assert not (tmp_path / "other/templates/digest.md").exists()


def test_an_import_that_cannot_write_the_settings_imports_nothing(
    lived_in: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_in("export", tmp_path / "out")
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "other"))
    (tmp_path / "out/home/templates").mkdir()
    (tmp_path / "out/home/templates/digest.md").write_text("x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/templates").write_text("in the way")
    assert "Nothing was imported" in lived_in("import", tmp_path / "out", ok=1).err
    (tmp_path / "other/templates").unlink()
    lived_in("import", tmp_path / "out")


def test_a_damaged_text_is_named_and_never_shown(lived_in: CommandLine, home: Path) -> None:
    from pkm.store.connection import connect

    raw = connect(home / "pkm.db")
    raw.execute("UPDATE note SET text = CAST(x'ff' || CAST(text AS BLOB) AS TEXT) WHERE id = 1")
    raw.close()
    told = lived_in("find", "kind:note", ok=1)
    assert "not UTF-8" in told.err
    assert "My own words" not in told.err + told.out
    assert "note 1" in lived_in("doctor").out


@pytest.mark.parametrize("rubbish", ["[" * 200_000, "{", '{"rows": 7, "touched": []}', ""])
def test_rubbish_in_what_was_last_listed_does_no_harm(lived_in: CommandLine, home: Path, rubbish: str) -> None:
    (home / "last.json").write_text(rubbish)
    lived_in("sense", "show", "%1", ok=1)
    lived_in("find", "own")
    lived_in("sense", "show", "%1")


def test_a_list_can_be_piped_into_a_command(lived_in: CommandLine) -> None:
    listed = lived_in("find", "kind:note", "-n", "10").out
    lived_in("sense", "reach", "-", "team", stdin=listed)
    assert {row["reach"] for row in lived_in.json("find", "kind:note")} == {"team"}


def test_an_export_that_brings_commands_is_taken_only_with_a_yes(
    lived_in: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_in("config", "editor", "touch /tmp/never")
    lived_in("seek", "edit", "s1", "--credential", "command:pass show feeds")
    lived_in("share", "channel", "edit", "site", "--publish", "rsync -a . host:")
    lived_in("export", tmp_path / "out")
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "other"))
    told = lived_in("import", tmp_path / "out", ok=3).err
    for command in ("touch /tmp/never", "command:pass show feeds", "rsync -a . host:"):
        assert command in told
    assert lived_in.json("find", "kind:note") == []
    assert "s1 (http" in told, "which host would get it is not said"
    assert not (tmp_path / "other" / "config.toml").exists()
    lived_in("import", tmp_path / "out", "--yes")
    assert lived_in.json("find", "kind:note") != []


def test_an_editor_behind_a_byte_order_mark_is_a_command_too(
    lived_in: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings are read without the mark, so what stands behind it would be run."""
    lived_in("export", tmp_path / "out")
    (tmp_path / "out/home/config.toml").write_text("\ufeffeditor = 'touch /tmp/never'\n", encoding="utf-8")
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "other"))
    assert "touch /tmp/never" in lived_in("import", tmp_path / "out", ok=3).err


@pytest.mark.parametrize("place", ["env:HOME_TOKEN", "file:~/.netrc", "keyring:mail ann"])
def test_an_export_that_says_which_secret_to_send_is_taken_only_with_a_yes(
    lived_in: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Else a folder of a stranger would have a token of this machine sent to the stranger's host."""
    lived_in("export", tmp_path / "out")
    table = tmp_path / "out/tables/source.json"
    rows = json.loads(table.read_text())
    table.write_text(json.dumps([{**rows[0], "credential": place}]))
    channels = json.loads((tmp_path / "out/tables/channel.json").read_text())
    channels[0] |= {"options": json.dumps({"webmentions": "https://there.example/", "webmentions_credential": place})}
    (tmp_path / "out/tables/channel.json").write_text(json.dumps(channels))
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "other"))
    told = lived_in("import", tmp_path / "out", ok=3).err
    assert f"s1 ({rows[0]['url']}): {place}" in told
    assert f"webmentions_credential: {place}" in told
    assert lived_in.json("find", "kind:note") == []


def test_an_export_writes_and_removes_nothing_by_way_of_a_link(lived_in: CommandLine, tmp_path: Path) -> None:
    lived_in("export", tmp_path / "out")
    outside = tmp_path / "outside"
    (tmp_path / "out/notes").rename(outside)
    (outside / "n9 gone.md").write_text("somebody's")
    (tmp_path / "out/notes").symlink_to(outside)
    mark = json.loads((tmp_path / "out/pkm.json").read_text())
    mark["files"].append("notes/n9 gone.md")
    (tmp_path / "out/pkm.json").write_text(json.dumps(mark))
    lived_in("sense", "edit", "n1", "--text", "other words")
    before = {path.name: path.read_bytes() for path in outside.iterdir()}
    told = lived_in("export", tmp_path / "out", ok=3).err
    assert "symbolic link" in told
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == before


def test_the_doctor_makes_the_store_small(lived_in: CommandLine, home: Path) -> None:
    """The room of what is gone is given back; ids stay, and what is searched for is found."""
    with contextlib.closing(sqlite3.connect(home / "pkm.db")) as db:
        db.execute("CREATE TABLE filler (words)")
        db.execute("INSERT INTO filler VALUES (zeroblob(3000000))")
        db.execute("DROP TABLE filler")
        db.commit()
    before = lived_in.json("find", "words")
    told = lived_in("doctor", "--compact").out
    assert "+ store: its file has" in told
    assert (home / "pkm.db").stat().st_size < 2_000_000
    assert "none of it empty" in lived_in("doctor", "--compact").out
    assert lived_in.json("find", "words") == before


DUE = [{"id": f"n{number}", "title": f"Note {number}"} for number in (1, 2, 3)]
PAST = [{"id": "n2", "title": "Note 2", "why": "1 year ago today"}]
HELD = [{"id": f"x{number}", "state": "draft", "notes": 2, "at": "2026-11-20T09:00:00Z"} for number in range(1, 6)]
LINES = [  # (what stands there, the beginning of its lines, and the lines)
    ({"to_review": DUE, "at": "2026-11-23T09:00:00Z"}, "review", ["review   n3  Note 3 and 2 more: pkm sense review"]),
    ({"to_review": DUE, "at": "2026-11-24T09:00:00Z"}, "review", ["review   n1  Note 1 and 2 more: pkm sense review"]),
    ({"to_review": DUE[:1]}, "review", ["review   n1  Note 1: pkm sense review"]),
    ({"to_review": DUE, "years_ago": PAST, "at": "2026-11-23T09:00:00Z"}, "review", [
        "review   n2  Note 2  (1 year ago today): pkm sense show n2", "review   n3  Note 3 and 1 more: pkm sense review"]),
    ({"inbox": 5, "new": 2, "new_since": "2026-11-20T09:00:00Z"}, "inbox", [
        "inbox    5 items to look at, 2 new since 2026-11-20"]),
    ({"inbox": 5, "new": 5, "new_since": "2026-11-20T09:00:00Z"}, "inbox", ["inbox    5 items to look at"]),
    ({"drafts": 5, "to_send": HELD}, "share    2 drafts", ["share    2 drafts not sent yet: pkm share plan"]),
    ({"drafts": 1, "to_send": HELD[:1]}, "share    ", [
        "share    2 notes wait in x1 (a draft of 20 Nov): pkm share send x1, or pkm share drop x1"]),
]  # fmt: skip


@pytest.mark.parametrize(("stands", "start", "told"), LINES)
def test_the_dashboard_says_each_thing_in_a_line(
    lived_in: CommandLine, stands: dict[str, Any], start: str, told: list[str]
) -> None:
    facts = lived_in.json() | {"to_share": [], **stands}
    assert sorted(line for line in dashboard.lines(facts) if line.startswith(start)) == told
