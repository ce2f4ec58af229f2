"""`pkm circle candidates`: who may join a closer circle, with the evidence, and which members are silent. Moves nobody."""

from shlex import quote
from typing import Annotated, Any

import typer

from pkm import ids
from pkm.cli import complete, current, render, selectors
from pkm.cli.options import BecauseOption, CircleArgument, JsonFlag, LimitOption
from pkm.dates import ago, day, now
from pkm.errors import Invalid
from pkm.ids import Row
from pkm.store import exchange
from pkm.text import count, one_line

SHOWN_IDS = 6
"""So many ids of each part are told; --json has all."""
SHOWN_SILENT = 5

WhoOption = Annotated[str, typer.Option("--dismiss", metavar="WHO[,WHO]", autocompletion=complete.complete_contacts,
                                        help="Not to be proposed again until new evidence comes.")]  # fmt: skip
BackOption = Annotated[str, typer.Option("--take-back", metavar="WHO[,WHO]", autocompletion=complete.complete_contacts,
                                         help="To be proposed again, though dismissed before.")]  # fmt: skip


def candidates(
    which: CircleArgument,
    every: Annotated[
        bool, typer.Option("--all", help="Also those whom you only read: nothing has come from them yet.")
    ] = False,
    silent: Annotated[bool, typer.Option("--silent", help="Only the members who have been silent for long.")] = False,
    dismissed: Annotated[bool, typer.Option("--dismissed", help="Only those whom you dismissed, and why.")] = False,
    dismiss: WhoOption = "",
    take_back: BackOption = "",
    because: BecauseOption = "",
    limit: LimitOption = 10,
    json: JsonFlag = False,
) -> None:
    """List who may join a circle from the ring around it, with the evidence; and who in it is silent. Moves nobody."""
    found = selectors.one(which, ("circle",))
    if sum(map(bool, (silent, dismissed, dismiss, take_back))) > 1:
        raise Invalid("--silent, --dismissed, --dismiss and --take-back", "one of them at a time", next="give one")
    if because and not dismiss:
        raise Invalid("--because", "it is the reason of a --dismiss", next=f'pkm circle join {found.id} WHO --because "…"')
    if dismiss:
        _dismiss(found.number, _numbers(dismiss), because, json)
    elif take_back:
        _take_back(found.number, _numbers(take_back), json)
    elif dismissed:
        _list_dismissed(found.number, limit, json)
    elif silent:
        _list_silent(found, limit, json)
    else:
        _list(found.number, every, limit, json)


def _numbers(text: str) -> list[int]:
    """The contacts named; a number is that row of the last list."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    parts = [selectors.recalled(f"%{part}") if part.isdecimal() else part for part in parts]
    return [one.number for one in selectors.many(parts, ("contact",))]


def _list(number: int, every: bool, limit: int, json: bool) -> None:
    from pkm.people.candidates import describe, find_candidates, find_silent

    at = now()
    found = find_candidates(current.store(), number, at)
    chosen = [*found.candidates, *(found.one_way if every else ())]
    rows = [one.as_dict() for one in describe(current.store(), found, chosen[:limit], at)]
    if json:
        render.emit_list(rows, (), as_json=True, noun="candidate")
        return
    quiet = [one.as_dict() for one in find_silent(current.store(), number, at)]
    current.remember(rows=[row["id"] for row in [*rows, *quiet[:SHOWN_SILENT]]])
    left = exchange.left_since(current.store().read(), number)
    for row in rows:
        _show(row, left.get(int(row["id"][1:]), ("", ""))[0])
    if quiet:
        _show_silent(quiet, at, apart=bool(rows))
    _tell(found, len(rows), len(chosen), every)


def _show(row: Row, left: str = "") -> None:
    """A candidate: the sum, and below it each part in words with what it rests on. left: when they left the circle."""
    ring = ", ".join(row["circles"]) or "in no circle"
    back = ""
    if since := row["dismissed_at"]:
        back = f"; {'left on' if since == left else 'turned down'} {day(since)}, new since"
    render.say(f"{row['id']}  {one_line(row['name'], 40)}  ({one_line(ring, 30)}{back})  {row['score']:.2f}")
    parts = [(one["what"], _ids(one["ids"]), f"last {day(one['last'])}" if one["last"] else "") for one in row["because"]]
    wide, next_wide = (max(len(part[place]) for part in parts) for place in (0, 1))
    for what, told, last in parts:
        render.say(f"    {one_line(what):{wide}}  {told:{next_wide}}  {last}".rstrip())


def _ids(told: list[str]) -> str:
    more = f" +{len(told) - SHOWN_IDS}" if len(told) > SHOWN_IDS else ""
    return " ".join(told[:SHOWN_IDS]) + more


def _show_silent(rows: list[Row], at: Any, *, apart: bool) -> None:
    more = f"; {len(rows) - SHOWN_SILENT} more: --silent" if len(rows) > SHOWN_SILENT else ""
    if apart:
        render.say()
    render.say(f"In it, and silent for long ({count(len(rows), 'member')}{more})")
    for row in rows[:SHOWN_SILENT]:
        render.say(f"  {silent_line(row, at)}")


def silent_line(row: Row, at: Any) -> str:
    """A silent member: since when, and what they last did."""
    last = row["last"]
    did = f"last {last['id']} “{one_line(last['title'], 30)}”, {ago(last['at'], at)}" if last else "nothing came since"
    return f"{row['id']}  {one_line(row['name'], 30)}  in it since {day(row['member_since'])}; {did}"


def _tell(found: Any, shown: int, total: int, every: bool) -> None:
    name = one_line(found.circle["name"], 40)
    if total:
        part = f"{shown} of " if shown < total else ""
        more = " (-n for more)" if shown < total else ""
        render.tell(f"{part}{count(total, 'candidate')} for {name}, of {_people(found.around)} around it{more}")
    else:
        render.tell(_nobody(found))
    if found.one_way and not every:
        render.tell(f"{_people(len(found.one_way))} you read and quote, from whom nothing has come yet: --all")
    if found.hidden:
        render.tell(f"{_people(len(found.hidden))} left or dismissed, and nothing new since: --dismissed")
    if total and not found.circle["tags"]:
        render.tell(f"{name} has no interests to share. Next: pkm circle edit {found.circle['id']} --tag NAME")
    first = next(iter((*found.candidates, *(found.one_way if every else ()))), None)
    if first is not None:
        render.tell(f'Next: pkm circle join {quote(found.circle["name"])} {ids.make("contact", first.number)} --because "…"')


def _nobody(found: Any) -> str:
    name = one_line(found.circle["name"], 40)
    if not found.around:
        return f"Nobody is around {name}: you have no contact in a wider circle, or in none. Next: pkm contact add NAME"
    return (
        f"Nobody to propose for {name}: of {_people(found.around)} around it, with none has enough passed between you. "
        'What counts: answers to what you shared (pkm share heard x1 --from WHO "…"), talks (pkm contact log WHO "…"), '
        "ideas they tried, quotes of theirs that you kept, notes that mention them (@nick); two kinds of it at least."
    )


def _people(number: int) -> str:
    return count(number, "person", "people")


def _list_silent(found: Any, limit: int, json: bool) -> None:
    from pkm.people.candidates import find_silent

    at = now()
    rows = [one.as_dict() for one in find_silent(current.store(), found.number, at)]
    if json or not rows:
        empty = f"Nobody in {one_line(found.title, 40)} has been silent for long."
        render.emit_list(rows[:limit], (), as_json=json, noun="member", empty=empty)
        return
    current.remember(rows=[row["id"] for row in rows[:limit]])
    for row in rows[:limit]:
        render.say(silent_line(row, at))
    more = f"{limit} of " if len(rows) > limit else ""
    render.tell(f"{more}{count(len(rows), 'member')} silent for long. Next: pkm contact show {rows[0]['id']}")


def _list_dismissed(number: int, limit: int, json: bool) -> None:
    from pkm.people.candidates import list_dismissed

    rows = list_dismissed(current.store(), number)
    columns: render.Columns = (
        ("id", lambda row: row["id"]), ("name", lambda row: one_line(row["name"], 40)), ("on", lambda row: day(row["at"])),
        ("why", lambda row: row["because"]),
    )  # fmt: skip
    render.emit_list(rows[:limit], columns, as_json=json, noun="candidate", total=len(rows), empty="Nobody was dismissed.")
    if rows and not json:
        render.tell(f"Take one back: pkm circle candidates {ids.make('circle', number)} --take-back {rows[0]['id']}")


def _dismiss(number: int, numbers: list[int], because: str, json: bool) -> None:
    from pkm.people.candidates import dismiss

    turned_down = dismiss(current.store(), number, numbers, because, now())
    if json:
        render.emit_json([{**one.as_dict(), "dismissed": True} for one in turned_down])
        return
    for one in turned_down:
        render.say(f"{one.person['id']}  {one_line(one.person['name'], 60)}  is not proposed until new evidence comes")
    render.tell(f"{render.way_back()}, or pkm circle candidates {ids.make('circle', number)} "
                f"--take-back {turned_down[0].person['id']}")  # fmt: skip


def _take_back(number: int, numbers: list[int], json: bool) -> None:
    from pkm.people.candidates import take_back

    rows = take_back(current.store(), number, numbers)
    if json:
        render.emit_json([{**row, "dismissed": False} for row in rows])
        return
    for row in rows:
        render.say(f"{row['id']}  {one_line(row['name'], 60)}  may be proposed again")
