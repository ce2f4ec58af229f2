"""The words of a draft, changed: by options, or in the person's own editor."""

from shlex import quote
from typing import Any

from pkm.cli import current, drafts, render, selectors
from pkm.errors import Invalid, NotFound
from pkm.ids import Row
from pkm.store import shares


def edit_share(found: Any, title: str | None, text: str | None, json: bool) -> None:
    """The draft has the title and the words that are given; where none are, those that the editor leaves."""
    from pkm.share.introduction import edit

    row = shares.row(current.store().read(), found.number)
    if row is None:
        raise NotFound(found.id, "there is no such share", next="pkm share log")
    if text == "-":
        text = drafts.typed()
    if title is None and text is None:
        changed = _in_editor(row)
    else:
        with drafts.kept(text or "", drafts.name_for("letter", found.id)):
            changed = edit(current.store(), found.number, title=title, text=text)
    same = (changed["title"], changed["introduction"]) == (row["title"], row["introduction"])
    render.emit_made(changed, as_json=json, also=["nothing changed" if same else "changed"])
    if not json:
        render.tell(f"Next: pkm share preview {changed['id']}")


def edit_for_circle(
    found: Any, circle: Row, title: str | None, text: str | None, note: str, only: list[str] | None, json: bool
) -> None:
    """What one circle gets has a title, words in front, words for a note, or fewer notes of its own; the others' stay.

    An empty text takes such words back.
    """
    from pkm.share.plan import reword

    if text == "-":
        text = drafts.typed()
    number = selectors.one(note, ("note",), guess=False).number if note else None
    if title is None and text is None and only is None:
        step = f'pkm share edit {found.id} --for {quote(circle["name"])} --note NOTE -m "the short version"'
        raise Invalid(f"{found.id} for {circle['name']}", "it is not said what is to be different there", next=step)
    chosen = None if only is None else [] if only == ["all"] else [
        one.number for one in selectors.many(only, ("note",), guess=False)
    ]  # fmt: skip
    with drafts.kept(text or "", drafts.name_for("words", f"{found.id}-{circle['name']}")):
        reword(current.store(), found.number, circle, title=title, text=text, note=number, only=chosen)
    _show_for(found, circle, json)


def change_notes(found: Any, circle: Row | None, into: list[str], out: list[str], json: bool) -> None:
    """These notes are in the share, and those are not; circle: only for that one."""
    from pkm.share.contents import change

    ids = [[one.number for one in selectors.many(names, ("note",), guess=False)] if names else [] for names in (into, out)]
    changed = change(current.store(), found.number, into=ids[0], out=ids[1], circle=circle)
    current.remember(touched=found.id)
    if circle:
        _show_for(found, circle, json)
        return
    render.emit_made(changed, as_json=json, also=[", ".join(changed["notes"])])
    if not json:
        render.tell(f"Next: pkm share preview {changed['id']}")


def _show_for(found: Any, circle: Row, json: bool) -> None:
    """What one circle gets, as it stands now."""
    from pkm.dates import now
    from pkm.share.plan import as_rows

    rows = as_rows(current.store().read(), found.number, now())
    row = next(one for one in rows if one["circle"] == circle["name"])
    if json:
        render.emit_json(row)
        return
    own = f", own words: {', '.join(row['words'])}" if row["words"] else ""
    render.say(f"{found.id}  for {circle['name']}: {', '.join(row['notes'])}{own}")
    render.tell(f"Next: pkm share preview {found.id} --to {quote(circle['name'])}")


def _in_editor(row: Row) -> Row:
    from pkm.cli.editor import edit as open_editor
    from pkm.people.introducing import read_form, write_form
    from pkm.share.introduction import edit

    form = write_form(row["title"], row["introduction"])
    typed, path = open_editor(
        form, f"share-{row['id']}", older=f"share {row['title']}", instead=f'pkm share edit {row["id"]} -m "…"'
    )
    with drafts.kept(typed, path.name, path):
        title, words = read_form(typed, row["title"])
        return edit(current.store(), row["number"], title=title, text=words)
