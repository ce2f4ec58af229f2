"""How a contact's card lies on one screen: pure, from the gathered facts to lines.

Each part has its name in front of its first line. Every part that has something is there; the room that is left goes round
among them, line by line, and what does not fit is counted: "… 12 more".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pkm import first
from pkm.dates import ago, day, format_span, parse_stamp
from pkm.ids import Row
from pkm.text import count, one_line, with_kind

LABEL = 10
"""Characters that the name of a part takes."""
MIDDLE = 58
"""Characters of a line whose end must be seen, with the count of what is left out, on a screen of 80."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the card: its name, its lines in order, and how many things there are in all."""

    name: str
    lines: Sequence[str]
    total: int = 0

    @property
    def size(self) -> int:
        """How many lines it would have if all were there."""
        return max(self.total, len(self.lines))


def lay_out(card: Row, now: datetime, *, columns: int, lines: int | None) -> list[str]:
    """The card's lines. columns: characters of a line at most; lines: as many at most where that is possible, None: all."""
    top = [one_line_from(head(card), columns)]
    for part in _facts(card, now, whole=lines is None):
        top += shown(part, len(part.lines), columns)
    parts = [part for part in _parts(card, now) if part.lines]
    room = None if lines is None else lines - len(top)
    for part, size in zip(parts, share_room([len(part.lines) for part in parts], room), strict=True):
        top += shown(part, size, columns)
    return top


def share_room(wanted: Sequence[int], room: int | None) -> list[int]:
    """How many lines each part gets: one at least, the rest in turn; None: all that they want."""
    if room is None:
        return list(wanted)
    given = [min(one, 1) for one in wanted]
    while sum(given) < room and given != list(wanted):
        for place, one in enumerate(wanted):
            if given[place] < one and sum(given) < room:
                given[place] += 1
    return given


def shown(part: Part, size: int, columns: int) -> list[str]:
    """The first lines of a part; the last of them says how many more there are."""
    hidden = part.size - size
    more = f"  … {hidden:,} more" if hidden > 0 else ""
    told = []
    for place, line in enumerate(part.lines[:size]):
        rest = more if place == size - 1 else ""
        name = part.name if place == 0 else ""
        told.append(f"{name:<{LABEL}}{one_line_from(line, columns - LABEL - len(rest))}{rest}".rstrip())
    return told


def one_line_from(line: str, limit: int) -> str:
    """The line cut to a limit; the spaces that set its parts off stay."""
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def head(row: Row) -> str:
    """Who it is, on one line: id, name, nick, what they do and where."""
    nick = f"  @{row['nick']}" if row["nick"] else ""
    work = ", ".join(part for part in (row["role"], row["org"]) if part)
    return f"{row['id']}  {row['name']}{nick}" + (f"  ({work})" if work else "")


def _facts(card: Row, now: datetime, *, whole: bool) -> list[Part]:
    """What stands above all: who they are and when to be in touch."""
    met = ", ".join(part for part in (card["met"], _through(card)) if part)
    about = [line for line in card["about"].split("\n") if line.strip()]
    told = [
        Part("handles", _handles(card["handles"], 3 if not whole else None)),
        Part("met", [met] if met else []),
        Part("born", [card["birthday"]] if card["birthday"] else []),
        Part("tags", [" ".join(f"#{tag}" for tag in card["tags"])] if card["tags"] else []),
        Part("about", about if whole else about[:2], len(about)),
        Part("last", [last_touch(card, now)]),
        Part("due", [next_touch(card, now)]),
    ]
    return [part for part in told if part.lines]


def _through(card: Row) -> str:
    return f"through {card['through']} {card['through_name']}" if card["through"] else ""


def _handles(handles: Sequence[Row], limit: int | None) -> list[str]:
    """The handles, as many to a line as fit; the last line counts those that are left out."""
    lines: list[str] = []
    for place, handle in enumerate(handles):
        told = _handle(handle)
        if lines and len(lines[-1]) + len(told) + 3 <= 70 - LABEL:
            lines[-1] += f" · {told}"
        elif limit is not None and len(lines) == limit:
            lines[-1] += f"  … {len(handles) - place} more"
            break
        else:
            lines.append(told)
    return lines


def _handle(handle: Row) -> str:
    label = f" ({handle['label']})" if handle["label"] else ""
    name = {"email": "", "url": "", "alias": "also "}.get(handle["kind"], f"{handle['kind']} ")
    return f"{name}{handle['value']}{label}"


def last_touch(row: Row, now: datetime) -> str:
    """When one was last in touch."""
    return f"{day(row['last'])} ({ago(row['last'], now)})" if row["last"] else "not in touch yet"


def next_touch(row: Row, now: datetime) -> str:
    """When one is due to be in touch again, and why then."""
    if not row["due"]:
        return f"never: pkm circle join CIRCLE {row['id']}, or pkm contact edit {row['id']} --every 6w"
    snoozed = ", snoozed" if row["snoozed_until"] == row["due"] else ""
    return f"{day(row['due'])} ({ago(row['due'], now)}; every {format_span(row['every_s'])}{snoozed})"


def _parts(card: Row, now: datetime) -> list[Part]:
    """What hangs on them, in the order of the card; `total` where not all was gathered."""
    counts = card["counts"]
    circles = [_membership(one) for one in card["memberships"]] + [_left(one) for one in card["left"]]
    written = [*_pace(card, now), *map(_source, card["sources"]), *map(item, card["newest"])]
    hidden = counts["newest"] - len(card["newest"])
    shared = [line for share in card["shares"] for line in _share(share)]
    return [
        Part("circles", circles),
        Part("promises", [promise(one, now, MIDDLE) for one in card["promises"]], counts["promises"]),
        Part("lately", [interaction(one) for one in card["interactions"]], counts["interactions"]),
        Part("writes", written or [_unfollowed(card)], len(written) + hidden),
        Part("notes", [note(one) for one in card["notes"]], counts["notes"]),
        Part("linked", [f"{one['from']}  {one['type']}  {one_line(one['from_title'])}" for one in card["links"]]),
        Part("shared", shared, len(shared) + counts["shares"] - len(card["shares"])),
        Part("through", [f"{one['id']}  {one_line(one['title'])}" for one in card["introduced"]]),
    ]


def _membership(one: Row) -> str:
    because = f": {one_line(one['because'])}" if one["because"] else ""
    return f"{one['id']}  {with_kind(one['name'], one['circle_kind'])} since {day(one['since'])}{because}"


def _left(stay: Row) -> str:
    because = f": {one_line(stay['left_because'])}" if stay["left_because"] else ""
    return f"{stay['circle']}  {stay['circle_name']} left {day(stay['left_at'])}{because}"


def _pace(row: Row, now: datetime) -> list[str]:
    """How what they write shows up, and whether they have fallen quiet."""
    shows = f"shows up every {format_span(row['read_every_s'])}" if row["read_every_s"] else ""
    quiet = f"quiet: the last is of {day(row['quiet_since'])} ({ago(row['quiet_since'], now)})" if row["quiet_since"] else ""
    return [line for line in (shows, quiet) if line and row["sources"]]


def _unfollowed(card: Row) -> str:
    url = next((handle["value"] for handle in card["handles"] if handle["kind"] == "url"), "URL")
    return f"not followed: {first.follow(url, card['id'])}"


def _source(source: Row) -> str:
    paused = "" if source["state"] == "active" else f"  ({source['state']})"
    return f"{source['id']}  {one_line(source['title'], 48)}  {count(source['items'], 'item')}{paused}"


def item(row: Row) -> str:
    """An item of theirs on one line."""
    return f"{row['id']}  {day(row['at'])}  {one_line(row['title'])}"


def note(row: Row) -> str:
    """A note on one line."""
    return f"{row['id']}  {one_line(row['title'])}"


def interaction(row: Row) -> str:
    """What passed, on one line."""
    return f"{row['id']}  {day(row['at'])}  {one_line(row['text'])}"


def _share(share: Row) -> list[str]:
    """A share, and below it what they answered."""
    via = f"  (with {one_line(share['via'], 24)})" if share["via"] else ""
    start = f"{share['id']}  {day(share['at'])}  " if share["at"] else f"{share['id']}  "
    title = one_line(share["title"], max(MIDDLE - len(start) - len(via), 16))
    return [f"{start}{title}{via}", *(f"  {answer(one)}" for one in share["responses"])]


def answer(row: Row) -> str:
    """What they answered, on one line."""
    return f"{row['id']}  {day(row['at'])}  “{one_line(row['text'])}”"


def promise(row: Row, now: datetime, width: int = 0) -> str:
    """A promise on one line: who owes what until when. width: where given, the words give way to what stands around."""
    start, end = f"{row['id']}  {owes(row)}: ", until(row, now)
    return start + one_line(row["text"], width and max(width - len(start) - len(end), 16)) + end


def owes(row: Row) -> str:
    """Who has to keep it."""
    return "you owe" if row["owed_by"] == "me" else "owed to you"


def until(row: Row, now: datetime) -> str:
    """Until when, and whether that is past or today; "" where nothing was said."""
    if not row["due_at"]:
        return ""
    late = ", overdue" if row["state"] == "open" and parse_stamp(row["due_at"]) < now else ""
    today = ", today" if row["state"] == "open" and not late and day(row["due_at"]) == day(now) else ""
    return f"  (by {day(row['due_at'])}{late}{today})"
