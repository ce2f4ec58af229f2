"""The commands of a soak: each made from the model by a random number, with what it must have changed if it was done."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.soak.facts import Diff, Facts

NOTE_TABLES = {"note", "tag", "tagging", "link", "note_alias", "note_file"}
PEOPLE_TABLES = {"contact", "handle", "tag", "tagging", "link", "membership", "interaction", "interaction_contact",
                 "promise", "circle", "circle_channel", "channel", "source", "circle_source", "note", "dismissal"}  # fmt: skip
SEEK_TABLES = {"source", "item", "entry", "version", "enclosure", "page", "citation", "tag", "tagging", "link", "contact",
               "circle_source", "dismissal", "annotation", "handle", "rule"}  # fmt: skip
SHARE_TABLES = {"share", "share_note", "share_contact", "stage", "delivery", "interaction", "interaction_contact", "note"}
HOSTILE = ("\x1b]52;c;aGk=\x07", "\u202egnp", "[bold red]x[/]", "'; DROP TABLE note; --", "$(touch pwned)", "../../x",
           "\x00", "{{7*7}}", "<script>alert(1)</script>", "ünï \U0001f3f4 字", "NEAR(\"", "-- --help",
           "n999999", "%5", ".", "")  # fmt: skip


@dataclass(frozen=True)
class Command:
    """A command line; `done` says what is amiss with what it changed, "" where that is what it reports."""

    args: list[str]
    done: Callable[[Diff, str], str]
    stdin: str = ""
    tables: set[str] = field(default_factory=set)
    whole: bool = True  # all of it or nothing; False where it works in several units
    reads: bool = False


@dataclass(frozen=True)
class World:
    """What a command is made from."""

    facts: Facts
    rng: random.Random
    mark: str  # a word that nothing else has
    feeds: list[str]
    beside: Path

    def number(self, table: str) -> int:
        """One of the rows of that table; one that is not there where there is none, and now and then."""
        numbers = sorted(key[1] for key in self.facts if key[0] == table)
        return self.rng.choice(numbers) if numbers and self.rng.random() < 0.97 else 424242

    def name(self, letter: str) -> str:
        """The id of a thing of that kind."""
        tables = {"n": "note", "c": "contact", "o": "circle", "i": "item", "s": "source", "x": "share", "a": "annotation"}
        return f"{letter}{self.number(tables[letter])}"


def is_new(table: str, column: str, value: str, many: int = 1) -> Callable[[Diff, str], str]:
    """Exactly so many rows of the table are new, and the word stands in that column of each."""

    def check(diff: Diff, out: str) -> str:
        rows = diff.added(table)
        if len(rows) != many or not all(value in str(row[column]) for row in rows.values()):
            return f"{many} new rows of {table} with {value!r} in {column} were to be there: {rows}"
        return f"rows went: {diff.gone()}" if diff.gone() else ""

    return check


def becomes(table: str, number: int, **wanted: object) -> Callable[[Diff, str], str]:
    """That row, if it changed, has those values now, and no other row of its table changed."""

    def check(diff: Diff, out: str) -> str:
        for key, (_, new) in diff.changed(table).items():
            if key[1] != number or any(new[name] != value for name, value in wanted.items()):
                return f"only {table} {number} was to change, to {wanted}"
        return ""

    return check


def anything(diff: Diff, out: str) -> str:
    return ""


def note(w: World) -> Command:
    extra = w.rng.choice(["", " #alpha", " #beta/gamma", " [[mark1]]", " @ann", " " + "long words " * w.rng.randrange(1, 400)])
    text = f"{w.mark} first words{extra}"
    if w.rng.random() < 0.3:
        return Command(["sense", "note", "-"], is_new("note", "text", w.mark), stdin=text, tables=NOTE_TABLES)
    more = w.rng.choice([[], ["--tag", "delta"], ["--reach", "network"], ["--from", w.name("i")]])
    return Command(["sense", "note", text, *more], is_new("note", "text", w.mark), tables=NOTE_TABLES | {"item", "page"})


def edit(w: World) -> Command:
    number = w.number("note")
    text = f"{w.mark} other words {'more ' * w.rng.randrange(200)}#edited".strip()
    args = ["sense", "edit", f"n{number}", "--text", text]
    return Command(args, becomes("note", number, text=text), tables=NOTE_TABLES | {"annotation"})


def reach(w: World) -> Command:
    number, how = w.number("note"), w.rng.choice(["private", "team", "community", "network"])
    return Command(["sense", "reach", f"n{number}", how], becomes("note", number, reach=how), tables={"note"})


def put_away(w: World) -> Command:
    number = w.number("note")
    return Command(["sense", w.rng.choice(["drop", "restore"]), f"n{number}"], becomes("note", number), tables={"note"})


def grow(w: World) -> Command:
    number = w.number("note")
    args = ["sense", "grow", f"n{number}", "--title", f"{w.mark} says what is so", "--because", "it was seen again"]
    return Command(args, becomes("note", number), tables=NOTE_TABLES | {"growth"})


def try_out(w: World) -> Command:
    return Command(["sense", "try", w.name("n"), f"{w.mark} came of it", "--outcome", "worked"],
                   is_new("trial", "text", w.mark), tables={"trial", "note", "growth"})  # fmt: skip


def annotate(w: World) -> Command:
    on = w.name(w.rng.choice("ni"))
    return Command(["sense", "annotate", on, "-m", f"{w.mark} said"], is_new("annotation", "comment", w.mark),
                   tables={"annotation", "item", "tag", "tagging", "link"})  # fmt: skip


def link(w: World) -> Command:
    return Command(["sense", "link", w.name("n"), w.name(w.rng.choice("nic"))], anything, tables=NOTE_TABLES | {"item"})


def tag(w: World) -> Command:
    sign, name = w.rng.choice("++-"), w.rng.choice(["alpha", "beta", "delta", f"new/{w.mark}"])
    tables = NOTE_TABLES | {"source", "contact", "item", "circle"}
    return Command(["sense", "tag", w.name(w.rng.choice("nics")), f"{sign}{name}"], anything, tables=tables)


def rename_tag(w: World) -> Command:
    names = sorted({row["name"] for key, row in w.facts.items() if key[0] == "tag"}) or ["alpha"]
    args = ["tag", "rename", w.rng.choice(names), f"re{w.mark}"]
    return Command(args, anything, tables=NOTE_TABLES | {"saved_search", "rule", "dismissal"})


def decide(w: World) -> Command:
    verb = w.rng.choice(["keep", "drop", "restore"])
    number = w.number("item")
    return Command(["sense", verb, f"i{number}"], becomes("item", number), tables={"item", "page"})


def add_contact(w: World) -> Command:
    more = w.rng.choice([[], ["--email", f"{w.mark}@example.org"], ["--tag", "people"]])
    return Command(["contact", "add", f"Ann {w.mark}", *more], is_new("contact", "name", w.mark), tables=PEOPLE_TABLES)


def edit_contact(w: World) -> Command:
    number = w.number("contact")
    args = ["contact", "edit", f"c{number}", "--name", f"Ben {w.mark}"]
    return Command(args, becomes("contact", number, name=f"Ben {w.mark}"), tables=PEOPLE_TABLES)


def log_contact(w: World) -> Command:
    args = ["contact", "log", w.name("c"), f"{w.mark} talked", "--promise", "the paper by fri"]
    return Command(args, is_new("interaction", "text", w.mark), tables=PEOPLE_TABLES)


def merge_contacts(w: World) -> Command:
    tables = PEOPLE_TABLES | {"merger", "share_contact", "delivery", "response", "trial", "item", "entry"}
    return Command(["contact", "merge", w.name("c"), w.name("c"), "--yes"], anything, tables=tables)


def add_circle(w: World) -> Command:
    args = ["circle", "add", f"circle {w.mark}", "--kind", w.rng.choice(["team", "community", "network"])]
    return Command(args, is_new("circle", "name", w.mark), tables=PEOPLE_TABLES)


def join(w: World) -> Command:
    verb = w.rng.choice(["join", "join", "leave"])
    return Command(["circle", verb, w.name("o"), w.name("c"), "--because", w.mark], anything, tables={"membership", "contact"})


def follow(w: World) -> Command:
    return Command(["seek", "add", w.rng.choice(w.feeds)], anything, tables=SEEK_TABLES, whole=False)


def pull(w: World) -> Command:
    def as_told(diff: Diff, out: str) -> str:
        import json

        told, there = json.loads(out)["new"], len(diff.added("item"))
        return "" if told == there else f"{told} new items were told of, {there} are there"

    return Command(["seek", "pull", "--all"], as_told, tables=SEEK_TABLES, whole=False)


def unfollow(w: World) -> Command:
    return Command(["seek", "remove", w.name("s"), "--yes"], anything, tables=SEEK_TABLES | {"note"})


def share(w: World) -> Command:
    if w.rng.random() < 0.6 or not any(key[0] == "share" for key in w.facts):
        args = ["share", "draft", w.name("n"), "--to", "network"]
        return Command(args, is_new("share", "state", "draft"), tables=SHARE_TABLES)
    return Command(["share", "send", w.name("x"), "--yes"], anything, tables=SHARE_TABLES, whole=False)


def look(w: World) -> Command:
    args = w.rng.choice([
        ["find", w.rng.choice(["words", "mark*", '"first words"', "tag:alpha", "-x", *HOSTILE])], ["log"], ["tag", "list"], [],
        ["sense", "inbox"], ["why", w.name(w.rng.choice("nicsxa"))], ["contact", "list"], ["circle", "list"], ["stats"],
        ["sense", "show", w.name("n")], ["contact", "show", w.name("c")], ["sense", "related", w.name("n")],
        ["sense", "garden"], ["seek", "list"], ["seek", "discover"], ["contact", "due"], ["config"],
        ["sense", "suggest", w.name("n")],
    ])  # fmt: skip
    return Command(args, lambda diff, out: "a read changed something" if diff else "", reads=True)


def nonsense(w: World) -> Command:
    words = ["sense", "note", "seek", "add", "contact", "edit", "tag", "rename", "share", "send", "undo", "log", "find", "--json"]
    args = [w.rng.choice([*words, *HOSTILE]).replace("\x00", "\x01") for _ in range(w.rng.randrange(1, 6))]
    tables = NOTE_TABLES | PEOPLE_TABLES | SEEK_TABLES | SHARE_TABLES
    tables |= {key[0] for key in w.facts}  # `undo` alone may take any command back
    return Command(args, anything, stdin=w.rng.choice(HOSTILE), tables=tables, whole=False)


WRITES: dict[Callable[[World], Command], int] = {
    note: 14, edit: 8, reach: 4, put_away: 3, grow: 3, try_out: 2, annotate: 5, link: 4, tag: 6, rename_tag: 2, decide: 5,
    add_contact: 6, edit_contact: 2, log_contact: 4, merge_contacts: 1, add_circle: 2, join: 4, follow: 3, pull: 5,
    unfollow: 1, share: 5,
}  # fmt: skip
"""Each with how often it comes."""


def random_write(world: World) -> Command:
    """One of the commands that write."""
    made: Any = world.rng.choices(list(WRITES), list(WRITES.values()))[0]
    command: Command = made(world)
    return command
