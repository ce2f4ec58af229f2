"""A draft that waits: what it keeps from every other digest is said, and a note can be taken out of it, or put into it."""

from pathlib import Path
from sqlite3 import Connection

import pytest

from pkm.store.session import Store
from tests.conftest import CommandLine, kept_home


@kept_home
def world(pkm: CommandLine, tmp_path: Path) -> None:
    """A community with a folder, three notes that may go there, and one that may not; x1, a draft of the first two."""
    pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    pkm("circle", "add", "practice", "--kind", "community", "--channel", "drop")
    for words in ("Walking retros work", "Silence is a signal", "Boards fill by themselves"):
        pkm("sense", "note", words, "--reach", "network")
    pkm("sense", "note", "The boss hates it")
    pkm("share", "draft", "n1", "n2", "--to", "practice", "--title", "Finds")


def test_what_a_forgotten_draft_keeps_back_is_said_wherever_a_digest_is_made(
    world: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = "2 notes wait in x1 (a draft of 23 Nov)"
    step = "pkm share send x1, or pkm share drop x1"
    assert f"share    {waits}: {step}" in world().out
    assert f"{waits}: {step}" in world("share", "--to", "practice", "--yes").err  # n3 goes
    made = world("share", "draft", "--to", "practice", ok=2).err
    assert f"{waits}." in made
    assert f"Next: {step}" in made
    nothing = world("share", "--to", "practice", "--yes").err
    assert f"{waits}: {step}" in nothing
    assert "All that may go to practice has gone" not in nothing
    monkeypatch.setenv("PKM_NOW", "2027-01-04T09:00:00Z")
    assert "2 notes wait in x1 (a draft of 23 Nov 2026)" in world("share", "--to", "practice", "--yes").err
    world("share", "drop", "x1")
    assert "wait" not in world("share", "draft", "--to", "practice").err
    world("share", "send", "x3", "--yes")
    assert "all that may go there has gone, last on 2027-01-04" in world("share", "draft", "--to", "practice", ok=2).err


def test_what_would_go_to_a_circle_twice_is_said_by_draft_and_send(world: CommandLine) -> None:
    twice = world("share", "draft", "n2", "n3", "--to", "practice", "--title", "Again").err
    assert "n2: waits for practice in x1 as well (pkm share send x1, or pkm share drop x1)" in twice
    assert "n2: waits for practice in x2 as well" in world("share", "send", "x1", "--yes").err
    went = "n2: went to practice in x1 already (pkm share log x1)"
    for words in (("preview",), ("check",), ("send", "--dry-run"), ("send", "--yes")):
        assert went in world("share", words[0], "x2", *words[1:]).err
    assert "already" not in world("share", "draft", "n2", "--to", "network").err  # another circle
    world("share", "retract", "x1")
    world("share", "retract", "x2")
    assert "already" not in world("share", "draft", "n2", "--to", "practice").err


def test_a_circle_without_a_way_out_is_offered_one_that_is_there(world: CommandLine, tmp_path: Path) -> None:
    world("circle", "add", "peers", "--kind", "community")
    step = "pkm circle edit peers --channel drop"
    assert f"peers has no way out yet: {step}\n" in world("share", "draft", "n3", "--to", "peers").err
    assert f"Next: {step}\n" in world("share", "send", "x2", "--yes", ok=2).err
    assert f"Next: {step}\n" in world("share", "--to", "peers", "--yes", ok=2).err
    world("share", "channel", "add", "other", f"files:{tmp_path / 'other'}")
    assert f"Next: {step} (or another of pkm share channel list)" in world("share", "send", "x2", "--yes", ok=2).err


def test_what_would_go_is_shown_unasked_and_nothing_is_kept(world: CommandLine, tmp_path: Path) -> None:
    log = world("log").out
    shown = world("share", "--to", "practice", "--dry-run")
    assert shown.out.splitlines()[1:] == ["  n3  Boards fill by themselves"]
    assert "Nothing was published and nothing was kept." in shown.err
    (going,) = world.json("share", "--to", "practice", "--dry-run")["would_go"]
    assert (going["kind"], going["title"], going["notes"]) == ("circle", "practice", ["n3"])
    assert (world("log").out, (tmp_path / "drop").exists()) == (log, False)
    world("share", "--to", "practice", "--yes")
    assert world.json("share", "--to", "practice", "--dry-run")["would_go"] == []


def notes(pkm: CommandLine) -> list[list[str]]:
    """The notes of x1, and of each of its stages."""
    stages = pkm.json("share", "plan", "x1")
    return [next(row for row in pkm.json("share", "plan") if row["id"] == "x1")["notes"], *(row["notes"] for row in stages)]


def test_a_note_is_taken_out_and_another_put_in(world: CommandLine, tmp_path: Path) -> None:
    assert "x1  Finds  n2, n3" in world("share", "edit", "x1", "--without", "n1", "--with", "n3").out
    world("undo")
    assert notes(world) == [["n1", "n2"], ["n1", "n2"]]
    world("share", "edit", "x1", "--with", "n3", "--without", "n1", "--without", "n2")
    world("share", "send", "x1", "--yes")
    (page,) = (tmp_path / "drop").glob("*.md")
    assert "Boards" in page.read_text()
    assert "retros" not in page.read_text()
    for words in (("edit", "x1", "--with", "n1"), ("plan", "x1", "--stage", "network +14d")):
        gone = world("share", *words, ok=2).err
        assert "it has gone everywhere" in gone
        assert "Next: pkm share draft NOTE --to CIRCLE, for others; who has it: pkm share log x1" in gone


@pytest.mark.parametrize(("words", "code", "said"), [
    (["--with", "n4"], 3, "its reach is private; practice is for community"), (["--without", "n3"], 2, "n3: it is not in x1"),
    (["--without", "n1", "--without", "n2"], 2, "no note would be left"), (["--without", "n1", "-m", "x"], 2, "not its words"),
    (["--without", "n1", "--for", "network"], 2, "it does not go there"),
])  # fmt: skip
def test_what_cannot_be_taken_out_or_put_in_changes_nothing(world: CommandLine, words: list[str], code: int, said: str) -> None:
    assert said in world("share", "edit", "x1", *words, ok=code).err
    assert notes(world) == [["n1", "n2"], ["n1", "n2"]]


def test_a_circle_that_has_it_keeps_what_it_got(world: CommandLine, home: Path) -> None:
    world("share", "plan", "x1", "--stage", "practice now", "--stage", "network after approval")
    world("share", "send", "x1", "--yes")
    world("share", "edit", "x1", "--without", "n2", "--with", "n3")
    assert notes(world) == [["n1", "n2", "n3"], ["n1", "n2"], ["n1", "n3"]]
    assert world("share", "edit", "x1", "--for", "network", "--without", "n3").out == "x1  for network: n1\n"
    assert [row["circle"] for row in world.json("share", "log", "n2")] == ["practice", "practice"]
    assert world.json("share", "log", "n3") == []
    assert "it has begun to leave" in world("share", "edit", "x1", "--for", "practice", "--with", "n3", ok=2).err
    assert notes(world) == [["n1", "n2"], ["n1", "n2"], ["n1"]]


def test_what_must_not_go_there_is_taken_out_before_the_decision_is_taken_back(world: CommandLine) -> None:
    world("share", "not", "n2", "practice", "--because", "theirs to tell")
    (found,) = world.json("share", "check", "x1", ok=3)
    assert found["next"] == "pkm share edit x1 --without n2"
    assert found["why"].endswith("(it may go after all: pkm share not n2 practice --take-back)")
    refused = world("share", "draft", "n2", "--to", "practice", ok=3).err  # no such draft is there
    assert "--take-back" in refused
    assert "--without" not in refused
    world("share", "not", "n2", "practice", "--take-back")
    world("share", "plan", "x1", "--stage", "network now", "--stage", "practice +1d")
    world("share", "not", "n2", "practice", "--because", "theirs to tell")
    assert world.json("share", "check", "x1", ok=3)[0]["next"] == "pkm share edit x1 --for practice --without n2"
    world("share", "edit", "x1", "--for", "practice", "--without", "n2")
    assert world.json("share", "check", "x1") == []
    assert notes(world) == [["n1", "n2"], ["n1", "n2"], ["n1"]]


def test_a_page_takes_its_name_from_pages_alone_and_no_file_is_lost(world: CommandLine, home: Path, tmp_path: Path) -> None:
    """x1 is for a community; what nobody else reads makes no page's address longer."""
    for note in ("n1", "n2"):
        world("share", "draft", note, "--to", "network", "--title", "Finds")
    world("share", "draft", "n3", "--to", "practice", "--to", "network", "--title", "Finds")
    for share in ("x2", "x3", "x1", "x4"):
        world("share", "send", share, "--yes")
    pages = sorted(path.parent.name for path in (home / "site" / "2026").glob("*/index.html"))
    assert pages == ["finds-11-23", "finds-11-23-2", "finds-11-23-3"]
    assert len(list((tmp_path / "drop").glob("*.md"))) == 2


def test_what_becomes_public_by_its_plan_gets_a_name_that_is_free_there(world: CommandLine, home: Path) -> None:
    world("share", "draft", "n3", "--to", "network", "--title", "Finds")
    world("share", "send", "x2", "--yes")
    world("share", "plan", "x1", "--stage", "network now")
    world("share", "send", "x1", "--yes")
    assert {path.parent.name for path in (home / "site" / "2026").glob("*/index.html")} == {"finds-11-23", "finds-11-23-2"}


@pytest.fixture
def marked(world: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Ann is in the community and Bo is not; n5 has marks for its writer alone, and names both; so has the share's title."""
    world("contact", "add", "Ann Berg", "--nick", "annie")
    world("contact", "add", "Bo Dahl", "--nick", "bodahl")
    world("circle", "join", "practice", "annie", "--because", "peer")
    world("sense", "note", "Asked @annie, and @bodahl objected. It holds. @bodahl #retro", "--reach", "network")
    world("share", "draft", "n5", "--to", "practice", "--to", "network", "--title", "With @bodahl and @annie")
    return world


def test_no_nick_goes_out_and_a_name_only_to_those_who_know_it(marked: CommandLine, home: Path, tmp_path: Path) -> None:
    shown = marked("share", "preview", "x2").out
    marked("share", "send", "x2", "--yes")
    near = "\n".join(path.read_text() for path in (tmp_path / "drop").iterdir())
    far = "\n".join(path.read_text() for path in (home / "site").rglob("*") if path.is_file())
    for text in (shown, near, far):
        said = text.replace("@media", "").replace("@page", "")
        assert not [mark for mark in ("@", "annie", "bodahl", "Bo Dahl") if mark in said]
        assert "#retro" in text
    assert "Asked Ann Berg, and somebody objected. It holds.\n" in near
    assert "With somebody and Ann Berg" in near
    assert "Ann Berg" not in far
    assert "Asked somebody, and somebody objected. It holds." in far
    assert {path.parent.name for path in (home / "site" / "2026").glob("*/index.html")} == {"with-somebody-and-somebody-11-23"}


def test_an_author_whom_the_digest_names_anyway_is_named(marked: CommandLine) -> None:
    from pkm.cli import current
    from pkm.share.called import Naming

    naming = Naming(current.store().read())
    assert naming.text("@bodahl said so", (), ("Bo Dahl",)) == "Bo Dahl said so"
    assert naming.text("@bodahl said so", (), ("Ann Berg",)) == "Somebody said so"


def test_who_has_a_note_that_may_not_go_is_not_named(marked: CommandLine, tmp_path: Path) -> None:
    marked("sense", "note", "Ann Berg\n\nWhat she said of the boss")
    marked("share", "send", "x2", "--yes")
    assert "Asked somebody, and somebody" in next((tmp_path / "drop").glob("*.md")).read_text()


def test_a_note_page_says_its_title_once_and_its_tags_lead_to_their_pages(marked: CommandLine, home: Path) -> None:
    marked("sense", "note", "One sentence that says it all", "--reach", "network")
    marked("sense", "note", "It is **bold** here. And so on", "--reach", "network")
    marked("share", "draft", "n6", "n7", "--to", "network")
    for share in ("x2", "x3"):
        marked("share", "send", share, "--yes")
    first, bold, alone = (path.read_text() for path in sorted((home / "site" / "notes").glob("*/index.html")))
    assert first.split("<main")[1].count("Asked somebody, and somebody objected") == 1
    assert "<p>It holds.</p>" in first
    assert '<a rel="tag" href="../../tags/retro/index.html">#retro</a>' in first
    assert '<h1 class="visually-hidden">It is bold here</h1>' in bold
    assert "<p>It is <strong>bold</strong> here. And so on</p>" in bold
    assert alone.split("<main")[1].count("One sentence that says it all") == 1
    assert ".tags a:" not in (home / "site" / "style.css").read_text()


def test_what_is_said_of_a_trial_a_word_and_who_only_got_shares(world: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = world("sense", "try", "n1", "--where", "team blue", "--outcome", "worked").out
    assert tried.startswith("t1  worked  team blue  with n1")
    assert "Next: pkm sense, which opens the desk" in world("desk", ok=2).err
    assert "Usage: pkm share not [OPTIONS] NOTE" in " ".join(world("share", "not", "-h").out.split())
    world("contact", "add", "Ann Berg")
    world("circle", "join", "practice", "c1", "--because", "peer")
    world("share", "send", "x1", "--yes")
    monkeypatch.setenv("PKM_NOW", "2027-06-01T09:00:00Z")
    assert "Ann Berg is due (no touch logged; got 1 share)" in world().out


def test_many_circles_are_told_in_few_lines_and_few_questions(pkm: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    pkm("share", "channel", "add", "letters", "files:letters")
    pkm("sense", "note", "for all of them", "--reach", "network")
    asked: list[str] = []
    read = Store.read

    def listened_to(store: Store) -> Connection:
        db = read(store)
        db.set_trace_callback(asked.append)
        return db

    questions = []
    for names in ("abc", "defghij"):
        for name in names:
            pkm("circle", "add", f"circle {name}", "--kind", "team", "--channel", "letters")
        with monkeypatch.context() as patched:
            patched.setattr(Store, "read", listened_to)
            asked.clear()
            told = pkm().out
        questions.append(len(asked))
    lines = [line for line in told.splitlines() if line.startswith("share ")]
    assert len(lines) == 4
    assert lines[2:] == [
        "share    1 note may go to circle c: pkm share --to 'circle c'",
        "share    and 8 more circles that notes may go to: pkm share --to CIRCLE",
    ]
    assert len(pkm.json()["to_share"]) == 11
    assert questions[1] - questions[0] <= 3 * 7  # the reach that is wide enough, what may go, what a draft holds


def test_a_share_of_one_note_is_called_as_the_note_is(world: CommandLine) -> None:
    assert "x2  Boards fill by themselves  1 note" in world("share", "draft", "n3", "--to", "practice").out
    assert "x3  Say it  1 note" in world("share", "draft", "n3", "--to", "practice", "--title", "Say it").out
    assert "x4  Finds, 23 November 2026  2 notes" in world("share", "draft", "n2", "n3", "--to", "practice").out
    world("share", "edit", "x2", "--for", "practice", "--note", "n3", "-m", "Boards fill. Try it.")
    assert "# Boards fill\n" in world("share", "preview", "x2").out
    world("share", "edit", "x3", "--for", "practice", "--note", "n3", "-m", "Boards fill. Try it.")
    assert "# Say it\n" in world("share", "preview", "x3").out
    world("sense", "note", "Try it on Monday.", "--title", "A walk a week", "--reach", "network")
    assert "x5  A walk a week  1 note" in world("share", "draft", "n5", "--to", "practice").out
    assert world("share", "preview", "x5").out.count("A walk a week") == 1  # not once more as the note's heading


def test_the_title_taken_from_a_note_names_no_note_that_may_not_go_there(world: CommandLine) -> None:
    world("sense", "note", "As [[The boss hates it]] says, boards fill", "--reach", "network")
    made = world("share", "draft", "n5", "--to", "practice")
    assert "x2  As … says, boards fill  1 note" in made.out
    assert "boss" not in world("share", "preview", "x2").out
