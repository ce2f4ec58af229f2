"""`pkm doctor --links`: whether the pages that notes and kept items lead to are still there."""


from pkm.cli import current, render
from pkm.dates import day, now
from pkm.ids import Row
from pkm.text import count, one_line, some


def check_links(limit: int, *, mend: bool, json: bool) -> None:
    """What was found is printed; with mend the notes lead to where pages that moved are now."""
    from pkm.whole.dead_links import look

    done = look(current.store(), current.home(), now(), limit, mend=mend)
    if json:
        render.emit_json({"asked": done.asked, "known": done.known, "rows": list(done.rows), "mended": list(done.mended)})
        return
    for row in done.mended:
        render.say(f"{row['id']}  {one_line(row['title'], 60)}: {row['from']} → {row['to']}")
    for row in done.rows:
        _say(row)
    render.tell(done.line)
    if done.mended:
        render.tell_undo(f"{count(len({row['id'] for row in done.mended}), 'note')} changed.")
    elif any(row["state"] == "moved" and _notes(row) for row in done.rows):
        render.tell("Next: pkm doctor --links --mend, so that notes lead to where those that moved are now")


def _notes(row: Row) -> list[str]:
    return [lead["id"] for lead in row["leads"] if lead["id"].startswith("n")]


def _say(row: Row) -> None:
    since = f" since {day(row['since'])}" if row["since"] else ""
    why = f": {one_line(row['why'], 100)}" if row["why"] else ""
    told = {"dead": f"dead{since}{why}", "moved": f"moved to {row['moved_to']}", "unreached": f"not reached{since}{why}"}
    render.say(f"{row['id']}  {told[row['state']]}")
    leads = [f"{lead['id']} {one_line(lead['title'], 40)}" for lead in row["leads"]]
    render.say(f"    from {some(leads, 5)}")
    if row["state"] == "dead":
        render.say(f"    {'its text is kept: pkm sense show ' + row['kept'] if row['kept'] else 'no text of it is kept'}; "
                   f"perhaps {row['archive']}")  # fmt: skip
        if notes := _notes(row):
            render.say(f"    pkm sense edit {notes[0]}")
