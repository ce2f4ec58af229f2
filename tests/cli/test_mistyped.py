"""A mistyped name is asked about, wherever one can be typed: by one measure, in one wording, and nothing acts on the guess."""

import re
import shlex
from pathlib import Path

import pytest

from pkm.spelling import did_you_mean, near
from pkm.store import lookup
from pkm.store.session import Store
from tests.conftest import CommandLine, KeptHomes
from tests.test_docs import ALL

MEANT = {
    "c1 Harold Jarche": """
        contact show haorld | contact show jarhce | contact edit haorld --org x | contact log haorld coffee
        contact promises haorld | contact story haorld | contact next haorld | contact snooze haorld 1w
        contact merge haorld c2 | contact introduce haorld c2 | contact add Zed --through haorld | contact dupes --dismiss haorld
        contact merge c1 c2 --take name=c1 jarhce | circle join practice haorld | circle leave practice haorld
        circle candidates practice --dismiss haorld | seek add e.org --contact haorld | seek edit s1 --contact haorld
        seek rules add mute x --contact haorld | seek rules test mute x --contact haorld
        seek rules add assign haorld x | sense link n1 haorld | sense try n1 --by haorld --outcome worked x
        share log --contact haorld | share approve x1 --by haorld | share not n1 haorld | share heard x1 --from haorld hello
        share plan x1 --stage 'practice after approval by haorld' | why haorld | forget haorld""",
    "harold": "map haorld",
    "c2 Ken Ito": "contact show kne",
    "c3 Maria Silva (zoe)": "contact show zeo | contact edit @zeo --org x",
    "o2 practice": """
        circle show practise | circle edit practise --kind team | circle join practise c1 | circle leave practise c1
        circle candidates practise | contact list --circle practise | contact add Zed --circle practise
        contact import people.csv --circle practise | seek add e.org --circle practise | seek edit s1 --circle practise
        seek edit s1 --leave practise | share --to practise | share draft n1 --to practise | share log --circle practise
        share edit x1 --for practise --only n1 | share preview x1 --to practise | share preview x1 --diff network practise
        share plan x1 --stage practise | share plan x1 --stage 'practise +14d' | share approve x1 --for practise
        share not n1 practise | why practise""",
    "s1 Jarche Weekly": """
        seek pull weeklyy | seek list weeklyy | seek show weeklyy | seek edit weeklyy --pause | seek remove weeklyy --yes
        seek rules add mute x --source weeklyy | seek rules test mute x --source weeklyy | sense inbox --source weeklyy""",
    "n1 Desire paths beat roadmaps": """
        sense show desrie | sense edit desrie -m x | sense reach desrie community | sense tag desrie +x
        sense annotate desrie -m x | sense attach desrie people.csv | sense link desrie n2 | sense suggest desrie
        sense related desrie | sense grow desrie
        sense try desrie --outcome worked x | sense review desrie --as soon | sense shrink desrie | share draft desrie
        sense drop desrie | sense show 'desrie pahts' | share who desrie | share not desrie practice | share log desrie
        share edit x1 --for practice --only desrie | share edit x1 --with desrie""",
    "i1 A page on lichens": """
        sense show lihcens | sense keep lihcens | sense restore lihcens | sense note hello --from lihcens
        seek rules unmute lihcens | sense annotate lihcens -m x""",
    "x1 Finds of May": """
        share send fidns --yes | share edit fidns -t x | share preview fidns | share plan fidns | share drop fidns
        share approve fidns | share hold fidns | share retract fidns --yes | share check fidns
        share heard fidns --from c1 hi""",
    "u1 mute title:sponsored": "seek rules apply sponsroed | seek rules remove sponsroed",
    "p1 the paper": "contact log c1 --kept papre | contact promises --kept papre",
    "#park": """
        tag show prak | tag rename prak x | tag merge prak x
        tag split prak --into a=n1 | sense inbox --tag prak | sense tag n2 -prak
        tag alias plaza pakr | tag edit prak --learning""",
    "park": "find tag:prak | find #prak",
    "practice": "find circle:practise",
    "Jarche Weekly": "find from:weeklyy",
    "Harold Jarche": "find person:haorld | contact list haorld",
    "#news": "seek edit s1 --tag -nesw | seek rules add mute x --tag nesw",
    ":cop": "find :cpo | find --forget cpo",
    "desire paths": "find 'dseire paths'",
    "kind:": "find knd:note",
    "kind:note": "find kind:ntoe",
    "title:": "seek rules add mute titel:x",
    "mute": "seek rules add mtue x",
    "audio": "seek rules add mute has:aduio",
    "letters": """
        share channel edit lettres --address files:x | share channel remove lettres | share channel test lettres
        share channel edit lettres --publish ls | circle add y --kind team --channel lettres
        circle edit practice --channel lettres | share preview x1 --channel lettres""",
    "site": "share site build stie | share site open stie | share site verify stie",
    "community": """
        sense reach n1 comunity | sense note hello --reach comunity | sense keep i1 -m x --reach comunity
        circle add x --kind comunity | circle edit practice --kind comunity""",
    "after approval": "share plan x1 --stage 'practice after aproval'",
    "tomorrow": "contact snooze c1 tomorow | contact log c1 hi --promise 'the paper by tomorow' --when tomorow",
    "worked": "sense try n1 --outcome wroked x",
    "supports": "sense link n1 n2 --as supprots",
    "contradiction": "sense review --only contradicton",
    "soon": "sense review n1 --as sooon",
    "orphans": "sense garden orphnas",
    "people": "stats peopel",
    "newest": "sense --sort nweest | sense inbox --sort nweest | find x --sort nweest",
    "refused": "share log --resolve older refsued | share log --resolve copy refsued",
    "silent": "seek edit s1 --updates silnet | seek add e.org --updates silnet",
    "noise": "seek list --sort nosie",
    "paused": "seek list --state pausd",
    "html": "map --format hmtl",
    "vcard": "import people.csv --as vcrad",
    "email": "contact merge c1 c2 --yes --take emial=both",
    "unlisted": "share channel add a mastodon+https://m.example --token-env T --visibility unlistd",
    "share.quiet": "config share.quite | config quiet.hour 22:00-07:00 | config queit",
    "search": "help serch",
    "selectors": "help selectros",
    "reach": "help reahc",
    "seek pull": "help seek plul",
    "share channel": "help chanel",
    "sense": "sesne inbox",
    "pull": "seek plul",
    "--quiet": "seek --quite",
    "--reach": "sense note hello --raech team",
}  # fmt: skip
"""What is asked ("Did you mean …?"), and the command lines that are answered so."""

LINES = {meant: re.split(r"\s*[|\n]\s*", lines.strip()) for meant, lines in MEANT.items()}
DONE = ("sense tag n2 -prak", "seek edit s1 --tag -nesw", "seek rules add mute x --tag nesw",
        "sense link n1 n2 --as supprots", "tag edit prak --learning", "tag alias plaza pakr")  # fmt: skip
"""What is done all the same: the name is one that may be new, or the rest of it is right."""


@pytest.fixture
def known(pkm: CommandLine, home: Path, tmp_path: Path, kept_homes: KeptHomes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text("name\nZed\n", encoding="utf-8")
    Path("page.html").write_text("<title>A page on lichens</title><p>They grow on stone.</p>", encoding="utf-8")
    kept_homes.fill(home, "mistyped", lambda: live(pkm))


def live(pkm: CommandLine) -> None:
    for line in (
        "contact add 'Harold Jarche'", "contact add 'Ken Ito'", "contact add 'Maria Silva' --nick zoe",
        "circle add practice --kind community", "circle join practice c1", "contact log c1 call --promise 'the paper'",
        "sense note 'Desire paths beat roadmaps' --reach community", "sense note 'Other words #park'",
        "seek add https://example.org/feed --force --title 'Jarche Weekly' --tag news", "find --save cop tag:park",
        "seek clip page.html --url https://example.org/lichens", "seek rules add mute title:sponsored",
        "share channel add letters files:letters", "circle edit practice --channel letters",
        "share draft n1 --to practice --title 'Finds of May'",
    ):  # fmt: skip
        pkm(*shlex.split(line))


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("meant", LINES)
def test_the_near_name_is_asked_about_and_nothing_is_done(pkm: CommandLine, meant: str) -> None:
    log = pkm("log").out
    for line in LINES[meant]:
        told = " ".join(pkm(*shlex.split(line), ok=None).err.split())
        assert f"Did you mean {meant}?" in told, line
        assert told.count("id you mean") == 1, line
        assert line in DONE or pkm("log").out == log, line
        log = pkm("log").out


PUT = """
    sense note 'Two #pakr' | sense note two --tag pakr | sense edit n1 -m 'Two #pakr' | sense keep i1 --tag pakr
    sense keep i1 -m 'Two #pakr' | sense tag n1 +pakr | seek clip page.html --url https://e.org/2 --tag pakr
    seek clip page.html --url https://e.org/2 -m 'Two #pakr' | contact add 'Zed Q' --tag pakr
    contact edit c1 --tag +pakr | circle add zz --kind team --tag pakr | circle edit practice --tag pakr
    seek add https://e.org/feed --force --tag pakr | seek add https://e.org/feed --force --challenges pakr
    seek edit s1 --tag pakr | seek edit s1 --tag +pakr | seek edit s1 --challenges pakr | tag rename news pakr
    tag edit pakr --learning | tag alias plaza pakr"""
"""Command lines that put a new tag on something, or make one: #pakr, where there is #park."""


@pytest.mark.usefixtures("known")
def test_a_new_tag_that_nearly_was_there_is_asked_about_wherever_it_is_put(pkm: CommandLine) -> None:
    question = "#pakr is new. Did you mean #park? If so: pkm tag merge pakr park\n"
    for line in re.split(r"\s*[|\n]\s*", PUT.strip()):
        assert pkm(*shlex.split(line)).err.count(question) == 1, line
        pkm("undo")
    assert question not in pkm("circle", "add", "practice", "--kind", "team", "--tag", "pakr", ok=None).err  # was not made


def test_where_nothing_could_change_nothing_is_said_to_be_kept(pkm: CommandLine) -> None:
    assert "Kept" not in pkm("help", "serch", ok=1).err
    assert "Kept: Nothing was changed." in pkm("contact", "show", "haorld", ok=1).err


def test_a_name_that_is_mistyped_in_a_file_is_asked_about_by_the_doctor(pkm: CommandLine, home: Path) -> None:
    pkm("config", "share.quiet", "22:00-07:00")
    path = home / "config.toml"
    path.write_text(path.read_text().replace("quiet", "quite"))
    (home / "templates").mkdir()
    for name in ("digset.html", "mine.html", "index.html"):
        (home / "templates" / name).write_text('{% extends "digset.md" %}')
    told = {row["id"]: row["title"] for row in pkm.json("doctor", ok=1)}
    assert told == {
        "setting share.quite": "there is no such setting. Did you mean share.quiet?",
        "template digset.html": "nothing is made from a file of that name. Did you mean digest.html?",
    }
    assert "it is out of" in pkm("config", "--unset", "share.quite").err
    assert "quite" not in path.read_text()
    assert pkm("config", "--unset", "share.quite", ok=2).err.startswith("Cannot use share.quite")
    (home / "templates" / "digest.md").write_text('{% extends "digset.md" %}')
    pkm("sense", "note", "words", "--reach", "network")
    pkm("share", "channel", "add", "drop", "files:drop")
    pkm("circle", "edit", "network", "--channel", "drop")
    pkm("share", "draft", "n1")
    assert "there is no template digset.md. Did you mean digest.md?" in pkm("share", "preview", "x1", ok=2).err


def test_every_command_that_takes_a_name_is_in_the_table() -> None:
    names = re.compile(r"SOURCE|WHO|CIRCLE|TAG|NOTE|ITEM|THING|SHARE|RULE|REACH|STAGE|ORDER|STATE|OUTCOME|PART\b|KEY|TOPIC")
    typed = [" ".join(shlex.split(line)[:3]) for lines in LINES.values() for line in lines]
    takes = [name for name, command in ALL.items() if any(
        names.search(str(one.metavar)) and (one.metavar != "TAG" or one.param_type_name == "argument") for one in command.params
    )]  # fmt: skip
    assert len(takes) > 60
    assert [name for name in takes if not any(f"{line} ".startswith(f"{name} ") for line in typed)] == []


@pytest.mark.parametrize(("typed", "step"), [
    ("sense write i170", 'pkm sense note "your words"'), ("write", 'pkm sense note "your words"'),
    ("seek sight", "pkm seek show sight"), ("sense sitee", "pkm share site"),
])  # fmt: skip
def test_what_is_elsewhere_is_offered_for_a_slip_and_not_for_another_word(pkm: CommandLine, typed: str, step: str) -> None:
    assert f"Next: {step}" in pkm(*typed.split(), ok=2).err


@pytest.mark.parametrize(("typed", "names", "found"), [
    ("kne", ["ken", "kneebone", "cop"], ["ken"]),
    ("jarhce", ["Harold Jarche", "Jar"], ["Harold Jarche"]),
    ("serch", ["search", "reach"], ["search"]),  # of two that are near, the nearer
    ("orgg", ["org/design", "org"], ["org"]),  # the whole goes before a part
    ("ab", ["ac", "ba"], []),  # of two letters, one is too much
    ("zoe", ["Zoë"], ["Zoë"]),
    ("desrie pahts", ["Desire paths beat roadmaps"], ["Desire paths beat roadmaps"]),
    ("desrie stone", ["Desire paths beat roadmaps"], []),  # each word that was typed is near
    ("brook", ["break"], ["break"]), ("balk", ["park"], []),  # two letters, of five and of four
    ("cat", ["bat", "hat", "mat", "rat"], ["bat", "hat", "mat"]),  # of equals the first
    ("", ["a", ""], [""]), ("!!", ["ok"], []),
])  # fmt: skip
def test_near(typed: str, names: list[str], found: list[str]) -> None:
    assert near(typed, names) == found


@pytest.mark.parametrize(("names", "asked"), [
    ([], ""), (["a"], "Did you mean a?"), (["a", "b"], "Did you mean a or b?"), (["a", "b", "c"], "Did you mean a, b or c?"),
])  # fmt: skip
def test_the_question(names: list[str], asked: str) -> None:
    assert did_you_mean(names) == asked


@pytest.mark.parametrize("words", ["harxld smith", "har"])
def test_all_that_may_be_meant_is_offered_where_nothing_is_guessed(pkm: CommandLine, words: str) -> None:
    for name in ("Harold Smith", "Harald Smith", "Zed"):
        pkm("contact", "add", name, "--no-follow")
    told = pkm("contact", "merge", words, "c3", "--yes", ok=2).err
    assert "can mean several things" in told
    assert ("c1  Harold Smith" in told, "c2  Harald Smith" in told) == (True, True)


@pytest.mark.parametrize(("kind", "called"), [
    ("note", {"New": 3, "Old": 1, "An old name": 1}), ("contact", {"Ann": 1, "annie": 1, "Aunt Ann": 1}),
    ("source", {"https://e.example/feed": 1}),
])  # fmt: skip
def test_what_things_are_called(store: Store, kind: str, called: dict[str, int]) -> None:
    from pkm.store.model import Contact, Handle, Note, NoteAlias, Source

    at = "2026-11-20T08:00:00Z"
    with store.unit() as unit:
        unit.add(Source(url="https://ann:secret@e.example/feed", created_at=at))
        for uid, title in enumerate(("Old", "New", "New")):
            unit.add(Note(uid=str(uid), title=title, text="x", created_at=at, updated_at=at))
        unit.add(NoteAlias(note_id=1, name="An old name", folded="an old name"))
        unit.add(Contact(uid="c", name="Ann", nick="annie", created_at=at, updated_at=at))
        unit.add(Handle(contact_id=1, kind="alias", value="Aunt Ann", folded="aunt ann"))
    assert lookup.names(store.read(), kind) == called


@pytest.mark.parametrize(("typed", "written", "step"), [
    ("find --tag cop", "tag:cop", "find tag:cop"), ("find walk --tag=cop -n 5", "tag:cop", "find walk tag:cop -n 5"),
    ("find --kind note --tag 'two words'", "kind:note", "find kind:note 'tag:\"two words\"'"),
    ("find --since 3d", "after:3d", "find after:3d"), ("find --contact maria", "person:maria", "find person:maria"),
    ("find walk --tag", "tag:…", "find walk 'tag:…'"), ("map --tags cop", "tag:cop", "map tag:cop"),
    ("sense drop --tag cop", "tag:cop", "sense drop tag:cop"),
    ("sense review --stage idea --as later", "stage:idea", "sense review stage:idea --as later"),
])  # fmt: skip
def test_an_option_that_is_written_in_the_search_here_is_shown_as_it_is_written(
    pkm: CommandLine, typed: str, written: str, step: str
) -> None:
    said = pkm(*shlex.split(typed), ok=2).err
    assert f"takes a search, and there it is written {written}" in said
    assert f"Next: pkm {step}\n" in said


@pytest.mark.parametrize(("typed", "step"), [
    ("circle add x --kind comunity", "circle add x --kind community"), ("sense reach n1 netwrk", "sense reach n1 network"),
    ("find x --sort=newst", "find x --sort=newest"), ("sense tag n1 retro", "sense tag n1 +retro"),
    ("share --to practise", "circle add practise --kind community, or pkm circle list"),
    ("circle add x --kind sect", "circle add -h"), ("sense reach netwrk netwrk", "sense reach -h"),
])  # fmt: skip
def test_the_next_step_after_a_mistyped_word_is_the_command_with_the_word_that_was_meant(
    pkm: CommandLine, typed: str, step: str
) -> None:
    pkm("sense", "note", "one")
    assert f"Next: pkm {step}\n" in pkm(*shlex.split(typed), ok=(1, 2)).err


@pytest.mark.parametrize("command", [["contact", "show"], ["why"], ["sense", "review"], ["circle", "join", "network"]])
def test_words_that_are_no_utf8_are_named(pkm: CommandLine, command: list[str]) -> None:
    """As a shell gives them, of a file's name of another system for one."""
    told = pkm(*command, "a\udcffb", ok=2).err
    assert "it is not UTF-8" in told
    assert "did not foresee" not in told
