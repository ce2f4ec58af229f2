"""What is forgotten with things, what stays and is told, and what stands in the way: decided from plain facts. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pkm.dates import day
from pkm.delivery import BEGAN, came_back
from pkm.grouped import grouped
from pkm.ids import Row, make
from pkm.store.erasing import Erasure, has_no_name
from pkm.store.forgetting import Rows
from pkm.store.lookup import Found
from pkm.text import count, one_line

KINDS = ("contact", "note", "annotation", "item", "response", "interaction", "promise", "trial", "circle")
"""What can be forgotten."""

TOLD_AS = {
    "handle": "address or name of theirs", "membership": "membership in a circle", "tagging": "tag on it", "link": "link",
    "note_alias": "other name", "note_file": "tie to a file", "version": "earlier version", "page": "page that was kept",
    "enclosure": "file it names", "growth": "step of growth", "share_contact": "share they are named in", "rule": "rule",
    "share_note": "share it was in", "merger": "merger", "citation": "citation", "circle_source": "source of the circle",
    "circle_channel": "channel of the circle", "stage": "stage of a plan",
}  # fmt: skip
"""How rows of a table are told; others by their kind."""
PLURALS = {
    "handle": "addresses and names of theirs", "membership": "memberships in circles", "tagging": "tags on it",
    "note_file": "ties to files", "page": "pages that were kept", "enclosure": "files it names", "growth": "steps of growth",
    "share_contact": "shares they are named in", "share_note": "shares it was in",
    "circle_source": "sources of the circle", "circle_channel": "channels of the circle", "stage": "stages of plans",
}  # fmt: skip
UNTOLD = ("interaction_contact", "entry", "delivery", "share_note", "merger", "dismissal")
"""Tables whose rows say nothing to anybody, or are told of elsewhere."""


class Stays(NamedTuple):
    """Something that stays: its id or path, what it is, what to do about it ("": nothing)."""

    what: str
    why: str
    next: str = ""


@dataclass(slots=True)
class Facts:
    """What the store and the home say of the things.

    asked: the rows that go by themselves; rows: these with all that hangs on them, now or in the journal; now: of these what
    is there. needles, words: as in Erasure. deliveries: those that held the things, or went to them; nameless: of these
    whose recipient goes. shares: that hold them now, introductions: for them; alone: shares that never held anything else;
    former: all that ever held them. waits: shares that wait for an approval of theirs. served: deliveries to a circle.
    attachments: number -> (name, hash); copies: of the store; marks: what the things are known by there. lost: commands that
    cannot be undone any more.
    """

    things: tuple[Found, ...]
    rows: Rows = field(default_factory=dict)
    now: Rows = field(default_factory=dict)
    asked: Rows = field(default_factory=dict)
    needles: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    deliveries: list[Row] = field(default_factory=list)
    nameless: set[int] = field(default_factory=set)
    shares: list[Row] = field(default_factory=list)
    introductions: list[Row] = field(default_factory=list)
    alone: set[int] = field(default_factory=set)
    blanked: Rows = field(default_factory=dict)
    former: set[int] = field(default_factory=set)
    waits: list[int] = field(default_factory=list)
    served: int = 0
    attachments: dict[int, tuple[str, str]] = field(default_factory=dict)
    stays: list[Stays] = field(default_factory=list)
    copies: list[tuple[Path, bool]] = field(default_factory=list)
    marks: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    lost: int = 0


@dataclass(frozen=True, slots=True)
class ForgetPlan:
    """What is forgotten. goes: how many rows, by table; ids: of those that have one; files: names of attachments that go.

    emptied: how many deliveries lose their words; lost: how many commands cannot be undone any more. out: what went out and
    stays there. findings: why it cannot be done now. copies: of the store that hold it, and whether that is known. uids: of
    people.
    """

    things: tuple[Found, ...]
    goes: Mapping[str, int]
    ids: tuple[str, ...]
    files: tuple[str, ...]
    emptied: int
    lost: int
    stays: tuple[Stays, ...]
    out: tuple[Stays, ...]
    copies: tuple[tuple[Path, bool], ...]
    findings: tuple[tuple[str, str, str], ...]
    uids: frozenset[str]
    erasure: Erasure

    @property
    def extent(self) -> tuple[object, ...]:
        """How much goes: what the person says yes to."""
        return self.goes, self.ids, self.files, self.emptied, self.lost

    @property
    def told(self) -> list[str]:
        """What goes, in words."""
        return [count(number, TOLD_AS.get(table, table), PLURALS.get(table)) for table, number in self.goes.items()]

    def as_dict(self) -> Row:
        """The plan in the JSON contract's shape."""
        return {
            "things": [{"id": one.id, "kind": one.kind, "title": one.title} for one in self.things],
            "goes": dict(self.goes), "ids": list(self.ids), "files": list(self.files), "emptied": self.emptied,
            "not_undone": self.lost,
            "stays": [one._asdict() for one in self.stays], "out": [one._asdict() for one in self.out],
            "backups": [str(path) for path, _ in self.copies],
        }  # fmt: skip


def decide(facts: Facts) -> ForgetPlan:
    """What is done about these facts."""
    asked = {make(kind, number) for kind, numbers in facts.now.items() if kind in KINDS for number in numbers}
    rows = {table: len(numbers) for table, numbers in facts.now.items() if table not in UNTOLD}
    first = {one.kind: sum(other.kind == one.kind for other in facts.things) for one in facts.things}
    goes = {table: number - first.get(table, 0) for table, number in sorted(rows.items())}
    goes |= {"attachment": len(facts.attachments)} if facts.attachments else {}
    return ForgetPlan(
        facts.things, {table: number for table, number in goes.items() if number > 0},
        tuple(sorted(asked - {one.id for one in facts.things}, key=lambda one: (one[0], int(one[1:])))),
        tuple(sorted({name for name, _ in facts.attachments.values()})), len({row["id"] for row in facts.deliveries}), facts.lost,
        tuple(dict.fromkeys(facts.stays)), tuple(_out(facts)), tuple(facts.copies), tuple(dict.fromkeys(_findings(facts))),
        frozenset(uids_of(facts)), erasure_of(facts),
    )  # fmt: skip


def erasure_of(facts: Facts) -> Erasure:
    """What is to go from the store."""
    return Erasure(
        facts.asked, facts.rows, {row["id"] for row in facts.deliveries}, facts.nameless, {row["id"] for row in facts.shares},
        facts.blanked, facts.former, set(facts.attachments), frozenset(facts.needles), frozenset(facts.words),
    )  # fmt: skip


def uids_of(facts: Facts) -> set[str]:
    """What the people among the things are called in cards."""
    return {value for _, _, value in facts.marks.get("contact", ())}


def _findings(facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Why it cannot be forgotten now, each with the command that changes that."""
    circles = [one for one in facts.things if one.kind == "circle"]
    if facts.served:
        listed = ", ".join(one.id for one in circles)
        yield (listed, f"{count(facts.served, 'delivery', 'deliveries')} went to it: that is part of what you shared",
               f"pkm circle leave {circles[0].id} WHO, and pkm circle edit {circles[0].id} --name NAME")  # fmt: skip
    if any(one.number == 1 for one in circles):
        yield "o1", "a home has one network that its site is for", "pkm circle edit o1 --name NAME"
    for row in [*facts.shares, *facts.introductions]:
        number = make("share", row["id"])
        if row["state"] == "draft":
            yield number, "it is in this draft", f"pkm share drop {number}"
        elif row["state"] == "planned":
            yield number, "it is in this plan", f"pkm share drop {number}, or pkm share retract {number} where a part has left"
    for waiting in facts.waits:
        share = make("share", waiting)
        yield share, "a stage of it waits for their approval", f"pkm share plan {share}"
    for row in facts.deliveries:
        named, delivery = make("share", row["share_id"]), make("delivery", row["id"])
        if row["state"] in ("sending", "unknown") or (row["state"] == "held" and row["error"].startswith(BEGAN)):
            why = f"nobody knows whether it arrived (it is {row['state']})"
            yield delivery, why, f"pkm share log --resolve {delivery} sent|refused"
        elif row["channel_kind"] == "site" and row["state"] == "sent" and row["share_state"] != "retracted":
            yield named, "it is on the site", f"pkm share retract {named}"


def _out(facts: Facts) -> Iterator[Stays]:
    """What went out and cannot be taken back from here: by share and way, and who has it."""
    by_way = grouped(
        ((row["share_id"], row["channel"], row["channel_kind"]), row) for row in facts.deliveries
        if (row["state"] == "sent" or came_back(row["state"], row["error"])) and row["channel_kind"] != "site"
    )  # fmt: skip
    for (number, channel, kind), rows in by_way.items():
        share = make("share", number)
        on = day(max(row["sent_at"] or "" for row in rows)) if any(row["sent_at"] for row in rows) else ""
        if kind == "files":
            if rows[0]["share_state"] != "retracted":
                files = [row for row in rows if not row["media_type"].startswith("image/")]
                yield from dict.fromkeys(_in_folder(row, f"{share} went there on {on}") for row in files)
            continue
        who = ", ".join(dict.fromkeys(one_line(row["name"] or row["recipient"] or channel, 40) for row in rows))
        urls = " ".join(row["remote_url"] for row in rows if row["remote_url"])
        yield Stays(share, f"went out by {channel} on {on}: {who} {'has' if len(rows) == 1 else 'have'} it",
                    f"ask for it to be deleted: {urls}" if urls else "ask them to delete it")  # fmt: skip


def _in_folder(delivery: Row, why: str) -> Stays:
    """The file that stays there; the folder, where the file's name was forgotten with another part of the share."""
    folder, name = Path(delivery["address"].partition(":")[2]), delivery["file_name"]
    if has_no_name(name):
        return Stays(str(folder), f"{why}, by a name that was forgotten", "look for it there, and remove it")
    return Stays(str(folder / name), why, "remove it there")
