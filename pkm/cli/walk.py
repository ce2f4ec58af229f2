"""The walk through the inbox: one item after the other, one key each. Plain lines, so that any terminal can show it.

Each decision is a command of its own: `u` or `pkm undo` takes back the last one, and Ctrl-C loses none.
"""

import contextlib
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pkm.cli import current, drafts, editor, render
from pkm.cli.keys import Keys
from pkm.cli.thing import head, styled, wrap
from pkm.errors import PkmError
from pkm.ids import make
from pkm.store import items
from pkm.store.session import Store
from pkm.text import count, one_line

Row = dict[str, Any]

KEYS = "k keep · d drop · n note · e note in your editor · t tag · o open · s skip · u undo · q quit · ? help"
SHORT = "[k]eep [d]rop [n]ote [t]ag [o]pen [s]kip [u]ndo [q]uit ?"
HELP = """k  keep it
d  drop it
n  keep it with words of your own: a note is made from it (an empty line cancels, e opens your editor)
e  the same, in your editor
t  tag it: org/design, or +org -draft
o  open its page in the browser
s  skip it; it stays in the inbox (so does Enter)
u  undo the last decision
q  quit (so does Ctrl-C); what was decided stays decided
"""


class Decision(NamedTuple):
    """What was decided about an item, and the command's number in the log. what: kept, dropped, noted."""

    item: int
    operation: int
    what: str


@dataclass
class Walk:
    """Where one stands: the item that is shown, what was skipped, what was decided."""

    store: Store
    keys: Keys
    sort: str
    total: int
    skipped: list[int] = field(default_factory=list)
    decided: list[Decision] = field(default_factory=list)
    item: Row = field(default_factory=dict)
    again: int | None = None  # an item that an undo brought back: it is shown next

    @property
    def number(self) -> int:
        """The number of the item that is shown."""
        return int(self.item["id"][1:])


def walk(sort: str = "newest") -> None:
    """Every item of the inbox was shown, or the person quit; what they decided is in the store."""
    store = current.store()
    total = items.count_inbox(store.read())
    if not total:
        render.tell("The inbox is empty. Next: pkm seek")
        return
    with Keys() as keys:
        state = Walk(store, keys, sort, total)
        try:
            _go(state)
        except KeyboardInterrupt:
            print()
    _tell_end(state)


def _go(state: Walk) -> None:
    while _next(state):
        _show(state)
        while True:
            print(f"{SHORT} ", end="", flush=True)
            key = state.keys.read()
            print(key if key.isprintable() else "")
            if key in ("q", ""):
                return
            if _act(state, key):
                break


def _next(state: Walk) -> bool:
    """The next item is the one to be shown; False where there is none left."""
    db = state.store.read()
    again, state.again = state.again, None
    found = items.row(db, again) if again else items.next_in_inbox(db, state.skipped, sort=state.sort)
    state.item = found or {}
    return found is not None


def _act(state: Walk, key: str) -> bool:
    """What the key says is done; True where the next item is to be shown."""
    action = ACTIONS.get(key)
    if action is None:
        render.tell(KEYS)
        return False
    try:
        return action(state)
    except PkmError as error:
        from pkm.cli.messages import show

        show(error)
        return False


def _show(state: Walk) -> None:
    """Title, where it is from, and as much of the text as fits on the screen."""
    size = shutil.get_terminal_size((80, 24))
    place = min(len(state.decided) + len(state.skipped) + 1, state.total)
    print(styled(f"── {place}/{state.total} ".ljust(min(size.columns, 88) - 1, "─"), dim=True))
    lines = head(state.item)
    print("\n".join(lines))
    room = max(3, size.lines - len(lines) - 5)
    text = [line for line in wrap(state.item["text"] or state.item["summary"], min(size.columns, 88)) if line.strip()]
    if text:
        print()
        print("\n".join(text[:room]))
    if len(text) > room:
        print(styled(f"… {count(len(text) - room, 'more line')}: pkm sense show {state.item['id']}", dim=True))
    sys.stdout.flush()


@contextlib.contextmanager
def _command(state: Walk, words: str) -> Iterator[None]:
    """A command of its own in the log, that an undo takes back."""
    state.store.operation, before = None, state.store.command
    state.store.command = f"pkm {one_line(words, 120)}"
    try:
        yield
    finally:
        state.store.command = before


@contextlib.contextmanager
def _decision(state: Walk, command: str, what: str) -> Iterator[None]:
    with _command(state, f"sense {command} {state.item['id']}"):
        yield
    if state.store.operation is not None:
        state.decided.append(Decision(state.number, state.store.operation, what))


def _keep(state: Walk) -> bool:
    from pkm.sense.inbox import keep

    with _decision(state, "keep", "kept"):
        keep(state.store, [state.number])
    return True


def _drop(state: Walk) -> bool:
    from pkm.sense.inbox import drop

    with _decision(state, "drop", "dropped"):
        drop(state.store, [("item", state.number)])
    return True


def _note(state: Walk) -> bool:
    words = state.keys.ask("Your words (empty: cancel, e: editor): ")
    if state.keys.broken_off.strip():
        path = drafts.keep(state.keys.broken_off, drafts.name_for(f"{state.item['id']}-note"))
        render.tell(f"Not noted. What you typed is in {path}")
        render.tell(f"Next: pkm sense note --draft last --from {state.item['id']}")
        return False
    if words.strip() == "e":
        return _write(state)
    return _make_note(state, words, None) if words.strip() else False


def _write(state: Walk) -> bool:
    name = drafts.name_for(f"{state.item['id']}-note")
    with state.keys.lines():
        text, path = editor.edit("", name, instead=f'pkm sense keep {state.item["id"]} --note "…"')
    if not text.strip():
        path.unlink(missing_ok=True)
        return False
    return _make_note(state, text, path)


def _make_note(state: Walk, words: str, path: Any) -> bool:
    from pkm.cli.rework import emit_note

    with _decision(state, "keep --note", "noted"), drafts.kept(words, drafts.name_for(), path):
        from pkm.sense.notes import add_note

        added = add_note(state.store, words, item_id=state.number)
    emit_note(added, as_json=False)
    return True


def _tag(state: Walk) -> bool:
    from pkm.sense.tags import change_tags

    words = state.keys.ask("Tags (+ adds, - takes away): ").replace(",", " ").split()
    add = [word.lstrip("+#") for word in words if not word.startswith("-")]
    take = [word.lstrip("-#") for word in words if word.startswith("-")]
    if add or take:
        with _command(state, f"sense tag {state.item['id']} {' '.join(words)}"):
            changed = change_tags(state.store, [("item", state.number)], [n for n in add if n], [n for n in take if n])
        print(" ".join(f"#{name}" for name in changed[0].tags) or "no tags")
    return False


def _open(state: Walk) -> bool:
    from pkm.cli.browser import open_page

    with state.keys.lines():
        open_page(state.item["url"])
    return False


def _skip(state: Walk) -> bool:
    state.skipped.append(state.number)
    return True


def _undo(state: Walk) -> bool:
    from pkm.store.journal import undo

    if not state.decided:
        render.tell("Nothing was decided yet in this walk; pkm undo takes back what was before it.")
        return False
    last = state.decided[-1]
    with _command(state, f"undo {last.operation}"):
        undone = undo(state.store, last.operation)
    made = [make(row.table, row.number) for row in undone.rows if row.table == "note" and row.what == "removed"]
    gone = f" {', '.join(made)} is removed." if made else ""
    render.say(f"Taken back: {last.what} i{last.item}.{gone} Do it again with: pkm undo {undone.number}")
    state.decided.pop()
    state.again = last.item
    return True


def _help(state: Walk) -> bool:
    print(HELP, end="")
    return False


ACTIONS: dict[str, Callable[[Walk], bool]] = {
    "k": _keep, "d": _drop, "n": _note, "e": _write, "t": _tag, "o": _open, "s": _skip, "\n": _skip, "\r": _skip,
    "u": _undo, "?": _help, "h": _help,
}  # fmt: skip


def _tell_end(state: Walk) -> None:
    left = items.count_inbox(state.store.read())
    counted = Counter(decision.what for decision in state.decided)
    names = (("kept", "kept"), ("noted", "kept with a note"), ("dropped", "dropped"))
    done = [f"{counted[what]} {name}" for what, name in names if counted[what]]
    render.say(f"{', '.join(done) or 'Nothing decided'}; {left:,} left in the inbox.")
