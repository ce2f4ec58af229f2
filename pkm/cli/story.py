"""`pkm contact story`: what passed between the person and a contact, in the order of time."""


from pkm.cli import current, render, selectors
from pkm.cli.options import JsonFlag, LimitOption, WhoArgument
from pkm.dates import day
from pkm.ids import Row
from pkm.text import one_line

_ARROWS = {"to": "→", "from": "←", "between": "↔", "about": ""}


def story(who: WhoArgument, limit: LimitOption = 50, json: JsonFlag = False) -> None:
    """Tell what passed between you and a contact, oldest first: what you kept of theirs, noted, logged, promised, shared;
    what they answered.
    """
    from pkm.people.story import tell

    found = selectors.one(who, ("contact",))
    events = tell(current.store().read(), found.number)
    current.remember(touched=found.id)
    rows = events[-limit:] if limit >= 0 else events
    columns: render.Columns = (
        ("when", lambda row: day(row["at"])),
        ("", lambda row: _ARROWS[row["direction"]]),
        ("id", lambda row: row["id"]),
        ("what", _said),
    )
    empty = f"Nothing passed between you and {found.title} yet. Next: pkm contact next {found.id}"
    render.emit_list(rows, columns, as_json=json, noun="event", total=len(events), empty=empty)


def _said(row: Row) -> str:
    title, detail = one_line(row["title"], 90), one_line(row["detail"], 60)
    if row["what"] in ("joined", "left"):
        return f"{row['what']} {title}" + (f": {detail}" if detail else "")
    if row["what"] == "quoted":
        return f"“{title}” of {detail}"
    if row["what"] == "answered":
        return f"on {detail}: {title}"
    said = f"{row['what']}: {title}" if row["kind"] == "promise" else title
    return f"{said} ({detail})" if detail else said
