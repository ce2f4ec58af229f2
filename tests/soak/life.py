"""One home from its first command to its last: each step is taken, and the store compared with the model after it."""

import contextlib
import json
import os
import random
import shutil
import stat
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak import commands, machine
from tests.soak.commands import Command, World
from tests.soak.facts import Diff, Facts, ailments, difference, observe, survey
from tests.soak.machine import Result

KINDS = {
    "write": 40, "look": 8, "nonsense": 4, "undo": 8, "publish": 5, "dies": 16, "killed": 2, "full": 5, "readonly": 3,
    "crowd": 2, "typed": 4, "backup": 2, "restore": 1, "moved": 1, "flipped": 1, "process": 2,
}  # fmt: skip
"""What a step is, with how often it comes; what is a fault is named in FAULTS."""
FAULTS = ("dies", "killed", "full", "readonly", "crowd", "typed", "flipped")


@dataclass(frozen=True)
class Step:
    """What is done, and the number that its choices come from."""

    kind: str
    number: int


OF_A_NEW_STORE = {("channel", 1), ("circle", 1), ("circle_channel", 1)}
"""What a store has from its making on, whichever command made it: no undo takes that back."""


MADE_FIRST = {("circle", 1), ("channel", 1), ("circle_channel", 1)}
"""What stands in a store from the start."""


def _on_hold(facts: Facts, after: Facts) -> Facts:
    """What a copy held, with what leaves by itself on hold where it was put back: what was said of it since is not in it."""
    held = {
        key: {**row, "gate": after[key]["gate"]} for key, row in facts.items()
        if key[0] == "stage" and "was put back from a copy" in after.get(key, {}).get("gate", "")
    }  # fmt: skip
    return {**facts, **held}


class Loss(AssertionError):
    """The store is not what was reported."""


@dataclass
class Tally:
    """What was run."""

    commands: int = 0
    kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)


class Life:
    """A home, its model, and how steps change both."""

    def __init__(self, folder: Path, tally: Tally, *, small_disk: bool = False) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.db = self.home / "pkm.db"
        self.beside = folder / "beside"
        self.tally = tally
        self.small_disk = small_disk
        self.facts: Facts = {}
        self.operation = 0
        self.known: dict[int, Diff] = {}  # operation to what it changed
        self.copies: list[tuple[Path, Facts, dict[int, Diff], int]] = []
        self.steps = 0
        self.said: list[str] = []
        self.beside.mkdir(parents=True)
        (folder / "feeds").mkdir(exist_ok=True)

    # -- what all steps share -------------------------------------------------------------------------------------

    def take(self, step: Step) -> None:
        """The step is taken, and the store is what the model says. Raises Loss where it is not."""
        self.steps += 1
        self.rng = random.Random(step.number)
        self.said = []
        getattr(self, f"_{step.kind}")()
        if step.kind in FAULTS:
            self.tally.faults[step.kind] += 1
            self._is_whole()

    def world(self) -> World:
        """What a command is made from now."""
        feeds = sorted(os.environ.get("PKM_SOAK_FEEDS", "").split())
        return World(self.facts, self.rng, f"mark{self.steps}", feeds, self.beside)

    def _run(self, command: Command, how: machine.Child | None = None) -> Result:
        self.tally.commands += 1
        self.said.append(f"pkm {' '.join(map(repr, command.args))}")
        args = [*command.args, *([] if command.args[:1] == [""] or "--json" in command.args else ["--json"])]
        return how.wait() if how else machine.inside(args, command.stdin)

    def _forked(self, command: Command, before: Callable[[], None] | None = None) -> Result:
        args = [*command.args, "--json"]
        child = machine.fork(args, command.stdin, before or (lambda: None))
        return self._run(command, child)

    def _settle(self, command: Command, result: Result) -> Diff:
        """The store has what that command reports, and nothing else changed; the model knows it."""
        after, made = survey(self.db, self.operation)
        diff = difference(self.facts, after)
        if (wrong := self._amiss(command, result, diff, len(made))):
            self._lose(f"{wrong}\n{diff}", result)
        if len(made) == 1:
            self.known[made[0][0]] = diff
        self.operation = max([self.operation, *(number for number, _ in made)])
        self.facts = after
        return diff

    def _amiss(self, command: Command, result: Result, diff: Diff, made: int) -> str:
        if not self.facts:  # the store is made, with its first circle, by whatever comes first
            diff = Diff({key: change for key, change in diff.rows.items() if key not in MADE_FIRST})
        if result.code == 99 or "Traceback" in result.err or "unforeseen" in result.err.lower():
            return "a traceback instead of a message"
        if strange := diff.tables() - command.tables:
            return f"it touched {sorted(strange)}"
        if command.whole and made > 1:
            return f"{made} operations of one command"
        if result.code == 0:
            return command.done(diff, result.out)
        if result.killed:
            return self._half(command, diff, result.out) if command.whole and made else ""
        if diff and command.whole and result.code != 4:
            return f"exit {result.code}, and yet it changed something"
        return "" if result.code in (1, 2, 3, 4) else f"exit {result.code}"

    def _half(self, command: Command, diff: Diff, out: str) -> str:
        wrong = command.done(diff, out)
        return f"killed, and half of it is there: {wrong}" if wrong else ""

    def _lose(self, why: str, result: Result | None = None) -> None:
        told = f"\n  exit {result.code}\n  stdout: {result.out[:500]!r}\n  stderr: {result.err[:3000]}" if result else ""
        ran = "\n  ".join(self.said[-8:])
        raise Loss(f"{why}\n  {ran}{told}")

    def _is_whole(self) -> None:
        """After a fault: SQLite finds nothing wrong, the doctor neither, or it says what it mended; no row is another."""
        if not self.db.exists():
            return
        if found := ailments(self.db):
            self._lose(f"the store is damaged: {found[:5]}")
        result = self._run(Command(["doctor"], commands.anything))
        if result.code not in (0, 1):
            self._lose("the doctor failed", result)
        wrong = [one for one in result.json() if one["state"] == "wrong" and not one["id"].startswith(("x", "s"))]
        if wrong:
            self._lose(f"the doctor says: {wrong}", result)
        self._settle(Command(["doctor"], commands.anything), Result("", "", 0))
        loose = [path for path in self.home.rglob("*") if path.is_file() and not path.is_relative_to(self.home / "site")
                 and stat.S_IMODE(path.stat().st_mode) & 0o077 and path.suffix != ".part"]  # fmt: skip
        if loose:
            self._lose(f"others can read {loose}")

    # -- the steps ------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        command = commands.random_write(self.world())
        self._settle(command, self._run(command))

    def _look(self) -> None:
        command = commands.look(self.world())
        self._settle(command, self._run(command))

    def _nonsense(self) -> None:
        command = commands.nonsense(self.world())
        self._settle(command, self._run(command))

    def _process(self) -> None:
        command = commands.random_write(self.world())
        self.tally.commands += 1
        self.said.append(f"(process) pkm {command.args}")
        self._settle(command, machine.process([*command.args, "--json"], self.home, command.stdin))

    def _publish(self) -> None:
        """The feeds have entries that they did not have."""
        folder = Path(os.environ["PKM_SOAK_FOLDER"])
        name = self.rng.choice(sorted(folder.glob("*.xml")))
        publish(name, self.rng.randrange(1, 30))

    def _undo(self) -> None:
        known = sorted(self.known)
        wanted = self.rng.choice(known) if known and self.rng.random() < 0.5 else None
        command = Command(["undo", *([str(wanted)] if wanted else [])], commands.anything)
        facts = self.facts
        result = self._run(command)
        done = Command(command.args, commands.anything, tables={key[0] for key in {**facts, **observe(self.db)}})
        diff = self._settle(done, result)
        if result.code:
            return
        number = result.json()["undone"]
        expected = self.known.get(number)
        for key, (old, _) in (expected.rows if expected else {}).items():
            if self.facts.get(key) != old and not (old is None and key in OF_A_NEW_STORE):
                self._lose(f"command {number} was undone, and {key} is {self.facts.get(key)}, not {old}", result)
        if expected and (more := set(diff.rows) - set(expected.rows)):
            self._lose(f"command {number} was undone, and more than it had changed: {sorted(more, key=str)[:5]}\n{diff}", result)

    def _dies(self) -> None:
        brought_back = {table for diff in self.known.values() for table in diff.tables()}  # the last source of all, say
        tables = {key[0] for key in self.facts} | brought_back | {"tag", "tagging", "link"}
        undo = Command(["undo"], commands.anything, tables=tables)
        command = commands.random_write(self.world()) if self.rng.random() < 0.85 else undo
        how = self.rng.choice([self._at_an_event(), self._at_a_moment()])
        result = self._forked(command, how)
        self.tally.kills += result.killed
        self._settle(command, result)

    def _at_an_event(self) -> Callable[[], None]:
        return machine.die_at(self.rng.randrange(1, 90))

    def _at_a_moment(self) -> Callable[[], None]:
        return machine.die_in(self.rng.uniform(1e-4, 0.02))

    def _killed(self) -> None:
        command = commands.random_write(self.world())
        self.tally.commands += 1
        self.said.append(f"(process, killed) pkm {command.args}")
        result = machine.process([*command.args, "--json"], self.home, command.stdin, self.rng.uniform(0.15, 1.2))
        self.tally.kills += result.killed
        self._settle(command, result)

    def _full(self) -> None:
        command = commands.random_write(self.world())
        if self.small_disk:
            with machine.full_disk(self.folder.parent, self.rng.randrange(0, 60) * machine.PAGE):
                result = self._forked(command)
        else:
            size = self.db.stat().st_size if self.db.exists() else 0
            most = self.rng.choice([0, 4096, size, self.rng.randrange(1, size + 40_000)])
            result = self._forked(command, machine.small_files(most))
        self._settle(command, result)

    def _readonly(self) -> None:
        if not self.db.exists():
            return
        world = self.world()
        command = self.rng.choice([commands.random_write, commands.look])(world)
        with machine.only_readable(self.home) as unprivileged:
            result = self._forked(command, unprivileged)
        if result.code == 0 and not command.reads and difference(self.facts, observe(self.db)):
            self._lose("a home that cannot be written was written", result)
        # what needs nothing written may well say that it is done
        self._settle(Command(command.args, commands.anything, reads=True), result)

    def _crowd(self) -> None:
        """Eight writers and two pulls at once: each that said so has written, and no other."""
        self._settle(look := Command(["log"], commands.anything, tables=set()), self._run(look))
        marks = [f"mark{self.steps}w{number}" for number in range(8)]
        lines = [["sense", "note", f"{mark} said"] for mark in marks[:4]]
        lines += [["contact", "add", f"Ann {mark}"] for mark in marks[4:]]
        lines += [["seek", "pull", "--all"]] * 2
        self.rng.shuffle(lines)
        running = [machine.fork([*line, "--json"]) for line in lines]
        results = [self._run(Command(line, commands.anything), child) for line, child in zip(lines, running, strict=True)]
        after, made = survey(self.db, self.operation)
        diff = difference(self.facts, after)
        texts = [row["text"] for row in diff.added("note").values()] + [row["name"] for row in diff.added("contact").values()]
        for line, result in zip(lines, results, strict=True):
            there = sum(line[2] in text for text in texts)
            if line[0] != "seek" and there != (result.code == 0):
                self._lose(f"{line}: exit {result.code}, and it is there {there} times", result)
            if result.code not in (0, 1, 4):
                self._lose(f"{line}: exit {result.code}", result)
        new = sum(result.json()["new"] for line, result in zip(lines, results, strict=True) if line[0] == "seek" and result.out)
        if new != len(diff.added("item")) or (diff.gone() and not new):
            self._lose(f"two pulls told of {new} new items, {len(diff.added('item'))} are there\n{diff}")
        for key in diff.gone():
            if key[0] not in ("entry", "citation", "enclosure"):
                self._lose(f"{key} went\n{diff}")
        self.facts = after
        self.operation = max([self.operation, *(number for number, _ in made)])

    def _typed(self) -> None:
        """What was typed in an editor is in the store or in a draft, whatever came after it was saved."""
        mark = f"mark{self.steps}typed"
        ran = self.folder / "ran"
        ran.unlink(missing_ok=True)
        editor = self.folder / "editor"
        end = self.rng.choice(["exit 0", "exit 0", "exit 1", "kill -9 $PPID"])
        editor.write_text(f'#!/bin/sh\nprintf "%s" "{mark} words" > "$1"\ntouch {ran}\n{end}\n')
        editor.chmod(0o700)
        kill = self.rng.choice([None, self._at_an_event(), self._at_a_moment()])

        def before() -> None:
            os.environ["EDITOR"] = os.environ["VISUAL"] = str(editor)
            if kill:
                kill()

        number = self.world().number("note")
        done, tables = commands.becomes("note", number, text=f"{mark} words"), commands.NOTE_TABLES | {"annotation"}
        command = Command(["sense", "edit", f"n{number}"], done, tables=tables)
        result = self._run(command, machine.fork([*command.args, "--json"], "", before))
        self.tally.kills += result.killed
        stored = bool(self._settle(command, result).changed("note"))
        drafts = [path for path in self.home.glob("drafts/*") if path.is_file() and mark in path.read_text("utf-8", "replace")]
        if ran.exists() and not stored and not drafts:
            self._lose("what was typed is neither in the store nor in a draft", result)
        if drafts and not stored:
            again = Command(["sense", "edit", f"n{number}", "--draft", str(drafts[0])], done, tables=tables)
            result = self._run(again)
            if result.code or not self._settle(again, result).changed("note"):
                self._lose("the draft cannot be taken up", result)
            if drafts[0].exists():
                self._lose("a draft that was taken up is still there", result)

    def _backup(self) -> None:
        if not self.db.exists():
            return
        path = self.beside / f"copy-{self.steps}.db"
        command = Command(["backup", str(path)], commands.anything)
        kill = self.rng.choice([None, None, machine.die_at(self.rng.randrange(1, 40))])
        result = self._forked(command, kill)
        self._settle(command, result)
        self.tally.kills += result.killed
        if result.killed:  # the same again must do it
            if path.exists():
                return
            result = self._run(command)
            self._settle(command, result)
        if result.code:
            self._lose("no copy could be made", result)
        if observe(path) != self.facts or ailments(path):
            self._lose("the copy is not what the store holds", result)
        self.copies.append((path, self.facts, dict(self.known), self.operation))

    def _restore(self) -> None:
        if not self.copies:
            return
        path, facts, known, operation = self.rng.choice(self.copies)
        kill = self.rng.choice([None, self._at_an_event(), self._at_a_moment()])
        result = self._forked(Command(["backup", "--restore", str(path), "--yes"], commands.anything), kill)
        self.tally.kills += result.killed
        after, made = survey(self.db, 0)
        held = _on_hold(facts, after)
        last = max((number for number, _ in made), default=0)
        there = last == operation + (held != facts)  # the same may stand in both, by other ways
        if after == held and (there if result.killed else not result.code):
            self.facts, self.known, self.operation = after, dict(known), last
        elif not (result.killed and after == self.facts):
            self._lose(f"restored, and not what the copy held\n{difference(facts, after)}", result)
        self._is_whole()

    def _moved(self) -> None:
        """All of it, exported and imported into a fresh home, is the same there; exported from there, to the byte."""
        if not self.db.exists():
            return
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            out, again, home = (Path(name) / word for word in ("out", "again", "home"))
            self._done(Command(["export", str(out)], commands.anything))
            with environment(PKM_HOME=str(home)):
                self._done(Command(["import", str(out), "--yes"], commands.anything))
                self._done(Command(["export", str(again)], commands.anything))
            if found := [path for path in names(out) | names(again) if read(out / path) != read(again / path)]:
                self._lose(f"exported again, these differ: {sorted(found)[:5]}")
            if (diff := difference(self.facts, observe(home / "pkm.db"))) or ailments(home / "pkm.db"):
                self._lose(f"moved into a fresh home, it is another\n{diff}")

    def _done(self, command: Command) -> None:
        if (result := self._run(command)).code:
            self._lose("it was to be done", result)

    def _flipped(self) -> None:
        """A bit of a copy of the home is not as it was: no traceback; the doctor says so, or it was where nothing is."""
        if not self.db.exists():
            return
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            home = Path(name) / "home"
            good = Path(name) / "good.db"
            shutil.copytree(self.home, home)
            with environment(PKM_HOME=str(home)):
                self._done(Command(["backup", str(good)], commands.anything))
                for end in ("-wal", "-shm"):
                    (home / f"pkm.db{end}").unlink(missing_ok=True)
                place = machine.flip_byte(home / "pkm.db", self.rng)
                self.said.append(f"(a bit flipped at {place})")
                world = self.world()
                for command in (commands.look(world), commands.random_write(world), Command(["doctor"], commands.anything)):
                    result = self._forked(command)
                    if result.code not in (0, 1, 2, 3, 4) or "Traceback" in result.err:
                        self._lose("a damaged store gives a traceback", result)
                self._done(Command(["backup", "--restore", str(good), "--yes"], commands.anything))
                after = observe(home / "pkm.db")
                if after != _on_hold(self.facts, after) or ailments(home / "pkm.db"):
                    self._lose("a damaged store cannot be put right from its copy")


def names(folder: Path) -> set[str]:
    """The files below it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def read(path: Path) -> bytes | None:
    """Its bytes; None where there is none."""
    return path.read_bytes() if path.is_file() else None


@contextlib.contextmanager
def environment(**values: str) -> Iterator[None]:
    """The variables have these values meanwhile."""
    kept = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def publish(path: Path, more: int) -> None:
    """The feed has so many entries that it did not have, at its beginning; its date says so."""
    state = path.with_suffix(".json")
    count = json.loads(state.read_text()) if state.exists() else 0
    count += more
    items = "".join(
        f"<item><title>Entry {number} of {path.stem}</title><link>https://example.org/{path.stem}/{number}</link>"
        f"<guid>{path.stem}-{number}</guid><description>Words {number} and more words about paths.</description></item>"
        for number in range(count, max(0, count - 40), -1)
    )
    part = path.with_suffix(".new")
    part.write_text(f'<rss version="2.0"><channel><title>{path.stem}</title><link>https://example.org/</link>{items}</channel></rss>')
    os.utime(part, (1_000_000_000 + count, 1_000_000_000 + count))
    part.replace(path)
    state.write_text(json.dumps(count))
