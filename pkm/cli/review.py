"""`pkm sense review`: a few notes to look at again, one key each on a terminal, a list without one."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import typer

from pkm.cli import complete, current, drafts, editor, render, selectors
from pkm.cli.app import group
from pkm.cli.keys import Keys
from pkm.cli.options import JsonFlag, NotesLimitOption
from pkm.cli.thing import print_fitting, print_place, styled, wrap
from pkm.dates import now
from pkm.ids import Row, existing, parse
from pkm.store import notes
from pkm.text import count, one_line

app = group("Reviewing.")

SHORT = "Enter [s]oon [l]ater [e]ventually ne[v]er [w]rite [g]row [d]rop [u]ndo [q] ?"
HELP = """s  soon: again in a week          l  later: in two weeks
e  eventually: in four weeks     v  never: only when you look for it
Enter  seen: it comes back in its own rhythm
w  write on: opens your editor
g  grow: observation to idea, idea to practice
d  drop: put it away
u  undo the last of these
q  quit (so does Ctrl-C); what was decided stays decided
"""
NOTHING = "Nothing is due to be looked at again."
SHOWN = 5
"""So many of several that were marked are named."""
COLUMNS = (
    ("id", lambda row: row["id"]), ("title", lambda row: one_line(row["title"], 80)),
    ("stage", lambda row: row["stage"]), ("why", lambda row: one_line(row["why"])),
)  # fmt: skip


@app.command(
    epilog="Example:  pkm sense review\n\n          pkm sense review n98 --as later"
    "\n\n          pkm sense review 'kind:note title:template' --as never"
)
def review(
    note: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NOTE...]", help="Notes that you looked at just now, or a search.", autocompletion=complete.complete_notes
        ),
    ] = None,
    half_life: Annotated[
        str, typer.Option("--as", help="When it comes back: soon (7 days), later (14), eventually (28) or never.")
    ] = "",
    only: Annotated[
        str, typer.Option("--only", help="All of one part: due, stale, question, contradiction, day or chance.")
    ] = "",
    list_only: Annotated[bool, typer.Option("--list", help="List them on a terminal too.")] = False,
    limit: NotesLimitOption = 5,
    json: JsonFlag = False,
) -> None:
    """Look again at a few notes: what is due, open questions, contradictions, one by chance."""
    if note:
        _mark(note, half_life, json)
        return
    from pkm.errors import Invalid
    from pkm.sense import review as work

    if half_life:
        raise Invalid("--as", "say which note you looked at", next="pkm sense review n98 --as later")
    db, at = current.store().read(), now()
    if only:
        rows, left = work.only(work.gather(db, at), only, at)[:limit], 0
    else:
        rows, left = (found := work.today(db, at, limit)).rows, found.left
    if sys.stdin.isatty() and sys.stdout.isatty() and not (json or list_only):
        walk(rows, left)
        return
    nothing = f"No {only}. Next: pkm sense review" if only else NOTHING
    render.emit_list(rows, COLUMNS, as_json=json, noun="note", empty=nothing)
    if not json:
        _tell_left(left)


def _mark(texts: list[str], half_life: str, json: bool) -> None:
    from pkm.errors import Invalid
    from pkm.sense.review import mark_many_seen, mark_quote_seen

    if len(texts) == 1 and (named := parse(texts[0])) and named[0] == "annotation":
        if half_life:
            raise Invalid("--as", "a quote comes back on its day, in a year", next=f"pkm sense review {texts[0]}")
        render.emit_made(mark_quote_seen(current.store(), named[1]), as_json=json, also=["seen"])
        return
    found = selectors.many(texts, ("note",))
    rows = mark_many_seen(current.store(), [one.number for one in found], half_life or None)
    if len(rows) == 1:
        render.emit_made(rows[0], as_json=json, also=["seen", comes_back(rows[0]["half_life"])])
        return
    current.remember(touched=rows[-1]["id"])
    if json:
        render.emit_json(rows)
        return
    for row in rows[:SHOWN]:
        render.say(f"{row['id']}  {one_line(row['title'], 80)}")
    more = f"and {len(rows) - SHOWN:,} more; " if len(rows) > SHOWN else ""
    what = f"they {comes_back(rows[0]['half_life'], verb='come')}" if half_life else "they come back in their own rhythm"
    render.tell_undo(f"{more}{count(len(rows), 'note')} seen; {what}.")


def _tell_left(left: int) -> None:
    if left:
        render.tell(f"{count(left, 'more note')} due, for other days (-n for more).")


@dataclass
class Sitting:
    """One review: the notes, which of them is shown, what was decided (operation, words)."""

    rows: tuple[Row, ...]
    keys: Keys
    at: int = 0
    done: int = 0
    last: tuple[int, int] | None = None  # the operation that an undo takes back, and the place it was made at

    @property
    def number(self) -> int:
        """The number of the note that is shown."""
        return int(self.rows[self.at]["id"][1:])


def walk_due() -> None:
    """What is due today was reviewed; nothing is said where nothing is."""
    from pkm.sense.review import today

    found = today(current.store().read(), now())
    if found.rows:
        render.tell(f"Now the review: {count(len(found.rows), 'note')} to look at again.")
        walk(found.rows, found.left)


def walk(rows: tuple[Row, ...], left: int) -> None:
    """The notes were shown one after the other, or the person quit; what they decided is in the store."""
    if not rows:
        render.tell(NOTHING)
        return
    with Keys() as keys:
        sitting = Sitting(rows, keys)
        try:
            _go(sitting)
        except KeyboardInterrupt:
            print()
    render.say(f"{count(sitting.done, 'note')} looked at; {left + max(0, len(rows) - sitting.at):,} left.")


def _go(sitting: Sitting) -> None:
    while sitting.at < len(sitting.rows):
        if not _show(sitting):
            sitting.at += 1
        elif not sitting.keys.decide(SHORT, partial(_act, sitting)):
            return


def _show(sitting: Sitting) -> bool:
    """Why it is shown, its title, and as much of the text as fits; False where it is gone meanwhile."""
    row = sitting.rows[sitting.at]
    if row["kind"] == "annotation":
        return _show_quote(sitting, row)
    note = notes.row(current.store().read(), sitting.number)
    if note is None or note["dropped_at"]:
        return False
    size = shutil.get_terminal_size((80, 24))
    _print_place(sitting, row, size.columns)
    tags = " ".join(f"#{name}" for name in note["tags"])
    print(styled(one_line(f"{note['id']}  {note['title']}", size.columns - 1), bold=True))
    print(one_line(f"{note['stage']} · {note['reach']}  {tags}", size.columns - 1))
    print_fitting(note["text"], note["id"], max(3, size.lines - 7), size.columns, known=note["title"])
    for answer in row.get("answers", ()):
        print(f"  {answer['id']}  {one_line(answer['title'], size.columns - 12)}")
    sys.stdout.flush()
    return True


def _print_place(sitting: Sitting, row: Row, columns: int) -> None:
    print_place(f"{sitting.at + 1}/{len(sitting.rows)} · {one_line(row['why'], columns - 16)}", columns)


def _show_quote(sitting: Sitting, row: Row) -> bool:
    """The quote, its comment and what it was quoted from."""
    columns = shutil.get_terminal_size((80, 24)).columns
    _print_place(sitting, row, columns)
    for line in wrap(f"{row['id']}  “{row['title']}”", min(columns, 88)):
        print(styled(line, bold=True))
    if row["comment"]:
        print("\n".join(wrap(row["comment"], min(columns, 88))))
    print(f"a quote: Enter, and it was seen; pkm sense show {row['item']}")
    sys.stdout.flush()
    return True


def _act(sitting: Sitting, key: str) -> bool:
    """What the key says is done; True where the next note is to be shown."""
    quote = sitting.rows[sitting.at]["kind"] == "annotation"
    action = (OF_QUOTES if quote else ACTIONS).get(key)
    if action is None:
        render.tell("Of a quote: Enter, [u]ndo, [q] ?" if quote else "No such key here; ? says what each does.")
        return False
    store, before = current.store(), current.store().command
    store.operation, store.command = None, f"pkm sense review ({key if key.isprintable() else 'Enter'})"
    try:
        on = action(sitting)
    finally:
        store.command = before
    if on and key != "u":
        sitting.last = (store.operation, sitting.at) if store.operation is not None else None
        sitting.at, sitting.done = sitting.at + 1, sitting.done + 1
    return on


def comes_back(half_life: str, verb: str = "comes") -> str:
    """When a note is looked at again, in words."""
    from pkm.store.review import DAYS

    if half_life == "never":
        return f"{verb} back no more, only when you look for it"
    return f"{verb} back {half_life}: in {DAYS[half_life]} days" if half_life else f"{verb} back in its stage's rhythm"


def _seen(half_life: str | None) -> Callable[[Sitting], bool]:
    def mark(sitting: Sitting) -> bool:
        from pkm.sense.review import mark_seen

        row = mark_seen(current.store(), sitting.number, half_life)
        render.say(f"{row['id']} {comes_back(row['half_life'])}")
        return True

    return mark


def _seen_quote(sitting: Sitting) -> bool:
    from pkm.sense.review import mark_quote_seen

    mark_quote_seen(current.store(), sitting.number)
    return True


def _write(sitting: Sitting) -> bool:
    """The note was written on in the editor and counts as seen; it is shown again where nothing was changed."""
    from pkm.cli.noted import emit_note
    from pkm.sense.notes import edit_note
    from pkm.sense.review import mark_seen

    store = current.store()
    base = existing(notes.row(store.read(), sitting.number), "note", sitting.number)
    with sitting.keys.lines():
        text, path = editor.edit(
            base["text"] + "\n", f"edit-{base['id']}", instead=f"pkm sense edit {base['id']}", changed_at=base["updated_at"]
        )
    if text.strip() == base["text"].strip():
        path.unlink(missing_ok=True)
        return False
    with drafts.kept(text, drafts.name_for("edit", base["id"]), path), store.unit():
        added = edit_note(store, sitting.number, text=text, base=base)
        mark_seen(store, sitting.number)
    emit_note(added, as_json=False)
    return True


def _grow(sitting: Sitting) -> bool:
    from pkm.sense.grow import grow
    from pkm.sense.review import mark_seen

    store = current.store()
    with store.unit():
        row = grow(store, sitting.number)
        mark_seen(store, sitting.number)
    render.say(f"{row['id']} is {'an' if row['stage'][0] in 'aeiou' else 'a'} {row['stage']} now.")
    return True


def _drop(sitting: Sitting) -> bool:
    from pkm.sense.inbox import drop

    drop(current.store(), [("note", sitting.number)])
    return True


def _undo(sitting: Sitting) -> bool:
    from pkm.store.journal import undo

    if sitting.last is None:
        render.tell("Nothing was decided yet in this review; pkm undo takes back what was before it.")
        return False
    undone = undo(current.store(), sitting.last[0])
    render.say(f"Taken back. Do it again: pkm undo {undone.number}")
    sitting.at, sitting.last = sitting.last[1], None
    sitting.done -= 1
    return True


def _help(sitting: Sitting) -> bool:
    for line in HELP.splitlines():
        render.say(line)
    return False


ACTIONS: dict[str, Callable[[Sitting], bool]] = {
    "s": _seen("soon"), "l": _seen("later"), "e": _seen("eventually"), "v": _seen("never"), "\n": _seen(None),
    "\r": _seen(None), "w": _write, "g": _grow, "d": _drop, "u": _undo, "?": _help, "h": _help,
}  # fmt: skip
OF_QUOTES: dict[str, Callable[[Sitting], bool]] = {
    "\n": _seen_quote, "\r": _seen_quote, "u": _undo, "?": _help, "h": _help,
}  # fmt: skip
