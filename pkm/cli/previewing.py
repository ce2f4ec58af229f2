"""`pkm share preview`: the very bytes that would go, for each circle and channel; in a browser; two circles beside each other."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli import complete, current, outgoing, render, selectors
from pkm.cli.options import JsonFlag, ShareArgument
from pkm.delivery import NO_ADDRESS
from pkm.errors import Invalid, NotFound
from pkm.ids import Row
from pkm.spelling import near
from pkm.store import deliveries, shares
from pkm.text import count, one_line

if TYPE_CHECKING:
    from pkm.share.rendered import Rendered

NAMED = 5
"""How many notes that somebody had before are named."""


def preview(
    what: ShareArgument,
    to: Annotated[
        str, typer.Option("--to", help="Only for this circle.", autocompletion=complete.complete_circles)
    ] = "",
    channel: Annotated[
        str, typer.Option("--channel", help="Only on this channel.", autocompletion=complete.complete_channels)
    ] = "",
    diff: Annotated[
        tuple[str, str],
        typer.Option("--diff", metavar="CIRCLE CIRCLE", help="What the second circle gets, as a unified diff of the first's.",
                     autocompletion=complete.complete_circles),
    ] = ("", ""),
    open_: Annotated[bool, typer.Option("--open", help="In a browser, as HTML.")] = False,
    json: JsonFlag = False,
) -> None:
    """Show the very bytes that would go, for each circle and channel, who gets them, and their hash."""
    from pkm.share.rendered import look_at

    if any(diff) and (to or open_):
        raise Invalid("--diff", "it goes with neither --to nor --open", next=f"pkm share preview {what} --diff CIRCLE CIRCLE")
    found = selectors.one(what, ("share",))
    circle = selectors.one(to, ("circle",)).title if to else ""
    stages = _stages(found, circle, channel)
    sides = [selectors.one(name, ("circle",)).title for name in diff] if any(diff) else []
    at = outgoing.instant(found.id)
    row = shares.row(current.store().read(), found.number)
    try:
        store, home = current.store(), current.home()
        rendered = [one for stage in stages for one in look_at(store, home, found.number, at, stage, channel)]
    except Invalid as error:
        if row is None or row["type"] != "introduction":
            raise
        outgoing.show_to_copy(row, error, json)
        return
    shown = _part(found, rendered, circle, channel)
    current.remember(touched=found.id, seen=(found.id, at))
    if sides:
        _show_diff(found, [_part(found, shown, name, channel) for name in sides], sides, json)
        return
    rows = outgoing.as_json(found, shown)
    if open_:
        _open(rows, shown)
    if json:
        render.emit_json(rows)
    elif not open_:
        render.show_text("\n".join(lines(rows, shown, row is not None and row["type"] == "introduction")))
        outgoing.tell_otherwise(found.number)
        if row is not None and row["state"] == "draft":
            outgoing.tell_untimely(found.number)


def _stages(found: Any, circle: str, channel: str) -> list[int | None]:
    """The stages that are asked for; [None]: all. Raises NotFound, with those there are, where the share knows no such."""
    from pkm.share.recipients import channels_for

    db = current.store().read()
    stages = shares.stages(db, found.number)
    asked = [stage for stage in stages if circle in ("", stage["circle"])]
    if not asked and stages:
        named = [stage["circle"] or "people by name" for stage in stages]
        raise NotFound(f"{found.id} for {circle}", f"it is for {', '.join(named)}", next=f"pkm share preview {found.id}")
    gone = [row for row in deliveries.of(db, found.number) if circle in ("", row["circle"])]
    carried = [one["name"] for stage in asked for one in channels_for(db, stage)]
    ways = dict.fromkeys([*carried, *(row["channel"] for row in gone)])
    if channel and channel not in ways:
        goal = f" for {circle}" if circle else ""
        raise NotFound(f"{found.id}{goal} on {channel}", f"it goes by {', '.join(ways) or 'no channel yet'}",
                       near=near(channel, ways), next=f"pkm share preview {found.id}")  # fmt: skip
    return [stage["id"] for stage in asked] if circle else [None]


def _part(found: Any, rendered: "Sequence[Rendered]", circle: str, channel: str) -> "list[Rendered]":
    """What of it goes to that circle on that channel; "": any. Raises NotFound."""
    shown = [
        one for one in rendered
        if (not circle or one.circle == circle) and (not channel or one.channel == channel)
    ]  # fmt: skip
    if not shown:
        raise NotFound(f"{found.id} for {circle or 'any circle'} on {channel or 'any channel'}", "it does not go there")
    return shown


def _show_diff(found: Any, shown: "Sequence[Sequence[Rendered]]", names: Sequence[str], json: bool) -> None:
    from pkm.share.preview import compare

    told = compare(shown[0], shown[1])
    if json:
        render.emit_json({"id": found.id, "kind": "share", "title": found.title, "from": names[0], "to": names[1],
                          "same": not told, "diff": told})  # fmt: skip
    elif told:
        render.show_text("\n".join(told))
    else:
        render.say(f"{found.id}  {one_line(found.title, 60)}  {names[0]} and {names[1]} get the same words")


def _open(rows: Sequence[Row], shown: "Sequence[Rendered]") -> None:
    from pkm.channels.folder import write
    from pkm.cli.browser import open_file
    from pkm.config import ensure_folder
    from pkm.share.preview import pages

    home = current.home()
    ensure_folder(home.preview)
    write(pages(home, rows, shown), home.preview)
    open_file(home.preview / "index.html")
    render.tell(f"Opened {home.preview / 'index.html'}. It stays there until the next one.")


def lines(rows: Sequence[Row], shown: "Sequence[Rendered]", introduces: bool) -> list[str]:
    """Each with its hash, then its text; letters that say the same to several people show it once."""
    told: list[str] = []
    pairs = zip(rows, shown, strict=True)
    for (_, _, letters), group in itertools.groupby(
        pairs, lambda pair: (pair[1].stage_id, pair[1].channel_id, pair[1].recipient != "")
    ):
        part = list(group)
        told += _letters(part, introduces) if letters else _files(part)
    return told


def _files(part: "Sequence[tuple[Row, Rendered]]") -> list[str]:
    """What goes to a channel itself: each file or post, then whom that tells and what can be taken back."""
    told = []
    for row, one in part:
        name = f"post {_measured(row)}" if one.is_post else one.file_name
        state = f"  [{one.state}]" if one.is_post and one.state else ""
        told.append(f"— for {one.circle} by {one.channel}: {name}, {one.size:,} bytes, sha256 {one.sha256}{state}")
        told.append(row["text"])
    row = part[0][0]
    people = [one_line(one["name"], 40) + (" (new)" if one["new"] else "") for one in row["people"]]
    readers = f"Goes to {outgoing.named(people)}" if people else f"Read by {row['readers']}"
    return [*told, f"  {readers}; {row['recall']}.", *(line for one in row["people"] for line in _had(one))]


def _measured(row: Row) -> str:
    """Which of how many parts a post is, how long it is, and how much is left."""
    part = f"{row['part']} of {row['parts']}" if row["parts"] > 1 else str(row["part"])
    left = ""
    if row["room"]:
        link = f", a link counts as {row['room']['link']}" if row["room"]["link"] else ""
        left = f", {row['room']['left']:,} left{link}"
    return f"{part}, {row['measure']}{left}" if row["measure"] else part


def _had(person: Row) -> list[str]:
    """Which of the notes somebody had before, in one line; none where all are new."""
    if not person["had"]:
        return []
    named = [f"{one['id']} “{one_line(one['title'], 40)}” ({one['share']})" for one in person["had"][:NAMED]]
    more = len(person["had"]) - NAMED
    return [f"  {one_line(person['name'], 40)} had before: {', '.join(named)}" + (f" and {more} more" if more > 0 else "")]


def _letters(part: "Sequence[tuple[Row, Rendered]]", introduces: bool) -> list[str]:
    going = [one for _, one in part if one.payload]
    first = part[0][1]
    goal = f"for {first.circle} " if first.circle else ""
    told = [f"— {goal}by {first.channel}: {count(len(going), 'letter')}, one a recipient; mail cannot be recalled"]
    for row, one in part:
        new = "  (new: got nothing before)" if one.new else ""
        state = f"  [{one.state}]" if one.state else ""
        size = f"{one.size:,} bytes, sha256 {one.sha256}" if one.payload else NO_ADDRESS
        told.append(f"  {one_line(one.name, 40)} <{one.recipient}>{new}{state}  {size}" if one.payload else
                    f"  {one_line(one.name, 40)} (c{one.contact_id}): {size}")  # fmt: skip
        told += [f"  {line}" for person in row["people"] for line in _had(person)]
    if introduces:
        told.append("  Both get the same letter, and each sees the other's address: that is what an introduction is for.")
    if going:
        told += [next(row["text"] for row, one in part if one is going[0]), ""]
    return told
