"""The walk through the inbox: one item after the other, one key each. Plain lines, so that any terminal can show it.

Each decision is a command of its own: `u` or `pkm undo` takes back the last one, and Ctrl-C loses none.
"""

import contextlib
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from pkm.cli import current, drafts, editor, render
from pkm.cli.keys import Keys
from pkm.cli.ranked import empty_inbox
from pkm.cli.thing import head, print_fitting, print_place
from pkm.dates import now
from pkm.ids import Row, make
from pkm.store import items
from pkm.store.session import Store
from pkm.text import count, one_line

if TYPE_CHECKING:
    from pkm.seek.rank import Placed

KEYS = "k keep · d drop · n note · e in your editor · t tag · o open · + more · - less · s skip · u undo · q quit · ? help"
SHORT = "[k]eep [d]rop [n]ote [t]ag [o]pen [s]kip [u]ndo [q]uit ?"
HELP = """k  keep it
d  drop it
n  keep it with words of your own: a note is made from it (an empty line cancels, e opens your editor)
e  the same, in your editor
t  tag it: org/design, or +org -draft
o  open its page in the browser
+  more of its source: a rule ranks it up from now on, whatever is inferred (- takes that back)
-  less of its source (+ takes that back)
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
    queue: "list[Placed]" = field(default_factory=list)  # best first, as it was when the walk began
    placed: "Placed | None" = None  # of the item that is shown
    left_out: list[int] = field(default_factory=list)  # items that wait for their writer's day

    @property
    def number(self) -> int:
        """The number of the item that is shown."""
        return int(self.item["id"][1:])


def walk(sort: str = "best") -> bool:
    """Every item of the inbox was shown (True), or the person quit; what they decided is in the store."""
    store = current.store()
    total = items.count_inbox(store.read())
    if not total:
        render.tell(empty_inbox())
        return True
    through = False
    with Keys() as keys:
        state = Walk(store, keys, sort, total)
        if sort == "best":
            _order(state)
        try:
            through = _go(state)
        except KeyboardInterrupt:
            print()
    _tell_end(state)
    return through


def _order(state: Walk) -> None:
    """The walk goes from the best on; the order stays what it is now, whatever is decided on the way."""
    from pkm.cli.ranked import tell_order
    from pkm.seek.order import order_inbox

    order = order_inbox(state.store, now())
    state.queue = list(order.placed)
    state.left_out = list(order.waiting)
    state.total -= len(order.waiting)
    tell_order(order, json=False)


def _go(state: Walk) -> bool:
    while _next(state):
        _show(state)
        if not state.keys.decide(SHORT, partial(_act, state)):
            return False
    return True


def _next(state: Walk) -> bool:
    """The next item is the one to be shown; False where there is none left."""
    db = state.store.read()
    again, state.again = state.again, None
    found = items.row(db, again) if again else _next_placed(state) or _next_left(state)
    state.item = found or {}
    if state.placed is not None and found is not None and state.placed.item != state.number:
        state.placed = None
    return found is not None


def _next_placed(state: Walk) -> Row | None:
    """The next one in the order that nobody decided about meanwhile."""
    while state.queue:
        state.placed = state.queue.pop(0)
        found = items.row(state.store.read(), state.placed.item)
        if found is not None and found["state"] == "inbox":
            return found
    return None


def _next_left(state: Walk) -> Row | None:
    """The next one that has no place in an order, newest first unless the person wants it otherwise."""
    sort = "newest" if state.sort == "best" else state.sort
    return items.next_in_inbox(state.store.read(), [*state.skipped, *state.left_out], sort=sort)


def _act(state: Walk, key: str) -> bool:
    """What the key says is done; True where the next item is to be shown."""
    action = ACTIONS.get(key)
    if action is None:
        render.tell(KEYS)
        return False
    return action(state)


def _show(state: Walk) -> None:
    """Title, where it is from, and as much of the text as fits on the screen."""
    size = shutil.get_terminal_size((80, 24))
    place = min(len(state.decided) + len(state.skipped) + 1, state.total)
    why = f" · {one_line(state.placed.why, 50)}" if state.placed and state.placed.why else ""
    print_place(f"{place}/{state.total}{why}", size.columns)
    lines = head(state.item)
    print("\n".join(lines))
    room = max(3, size.lines - len(lines) - 5)
    print_fitting(state.item["text"] or state.item["summary"], state.item["id"], room, size.columns)
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
        keep(state.store, [state.number], filters=_filters(state))
    return True


def _filters(state: Walk) -> dict[int, str]:
    """What is to be remembered of why the item stood where it did."""
    from pkm.seek.order import filter_of

    via = filter_of(state.placed) if state.placed else ""
    return {state.number: via} if via else {}


def _drop(state: Walk) -> bool:
    from pkm.sense.inbox import drop

    with _decision(state, "drop", "dropped"):
        drop(state.store, [("item", state.number)], filters=_filters(state))
    return True


def _note(state: Walk) -> bool:
    words = state.keys.ask("Your words (empty: cancel, e: editor): ")
    if state.keys.broken_off.strip():
        path = drafts.keep(state.keys.broken_off, drafts.name_for("note", state.item["id"]))
        render.tell(f"Not noted. What you typed is in {path}")
        render.tell(f"Next: pkm sense note --draft last --from {state.item['id']}")
        return False
    if words.strip() == "e":
        return _write(state)
    return _make_note(state, words, None) if words.strip() else False


def _write(state: Walk) -> bool:
    with state.keys.lines():
        text, path = editor.edit("", f"note-{state.item['id']}", instead=f'pkm sense keep {state.item["id"]} --note "…"')
    if not text.strip():
        path.unlink(missing_ok=True)
        return False
    return _make_note(state, text, path)


def _make_note(state: Walk, words: str, path: Any) -> bool:
    from pkm.cli.noted import emit_note

    with _decision(state, "keep --note", "noted"), drafts.kept(words, drafts.name_for("note", state.item["id"]), path):
        from pkm.sense.inbox import keep
        from pkm.sense.notes import add_note

        with state.store.unit():
            keep(state.store, [state.number], filters=_filters(state))
            added = add_note(state.store, words, item_id=state.number)
    emit_note(added, as_json=False)
    return True


def _tag(state: Walk) -> bool:
    from pkm.cli.noted import tell_new
    from pkm.sense.tags import change_tags, new_with_likes

    words = state.keys.ask("Tags (+ adds, - takes away): ").replace(",", " ").split()
    add = [word.lstrip("+#") for word in words if not word.startswith("-")]
    take = [word.lstrip("-#") for word in words if word.startswith("-")]
    if add or take:
        likes = new_with_likes(state.store, [name for name in add if name])
        with _command(state, f"sense tag {state.item['id']} {' '.join(words)}"):
            changed = change_tags(state.store, [("item", state.number)], [n for n in add if n], [n for n in take if n])
        print(" ".join(f"#{name}" for name in changed[0].tags) or "no tags")
        tell_new(likes)
    return False


def _open(state: Walk) -> bool:
    from pkm.cli.browser import open_page

    with state.keys.lines():
        open_page(state.item["url"])
    return False


def _prefer(by: int, state: Walk) -> bool:
    """The item's source ranks higher or lower from now on; the item itself is still to be decided about."""
    from pkm.seek.prefer import prefer_source

    word = "More" if by > 0 else "Less"
    if not state.item["source"]:
        render.tell("It has no source: it was clipped.")
        return False
    with _command(state, f"sense ({'+' if by > 0 else '-'}) {state.item['source']}"):
        done = prefer_source(state.store, int(state.item["source"][1:]), by)
    name = one_line(state.item["source_title"], 60)
    if not done.changed:
        render.say(f"{word} of {name} already, by rule u{done.rule}.")
        return False
    told = f"{word} of {name} by rule u{done.rule}" if done.rule else f"As before: neither more nor less of {name}"
    told += f" ({count(done.items, 'item')} rank{'s' if done.items == 1 else ''} anew)."
    render.say(f"{told} Take it back: {'-' if by > 0 else '+'}, or pkm undo {state.store.operation}")
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
    render.say(f"Taken back: {last.what} i{last.item}.{gone} Do it again: pkm undo {undone.number}")
    state.decided.pop()
    if state.placed is not None:
        state.queue.insert(0, state.placed)  # the one that was on the screen comes after the one that came back
    state.again = last.item
    return True


def _help(state: Walk) -> bool:
    for line in HELP.splitlines():
        render.say(line)
    return False


ACTIONS: dict[str, Callable[[Walk], bool]] = {
    "k": _keep, "d": _drop, "n": _note, "e": _write, "t": _tag, "o": _open, "+": partial(_prefer, 1),
    "-": partial(_prefer, -1), "s": _skip, "\n": _skip, "\r": _skip, "u": _undo, "?": _help, "h": _help,
}  # fmt: skip


def _tell_end(state: Walk) -> None:
    left = items.count_inbox(state.store.read())
    counted = Counter(decision.what for decision in state.decided)
    names = (("kept", "kept"), ("noted", "kept with a note"), ("dropped", "dropped"))
    done = [f"{counted[what]} {name}" for what, name in names if counted[what]]
    render.say(f"{', '.join(done) or 'Nothing decided'}; {left:,} left in the inbox.")
