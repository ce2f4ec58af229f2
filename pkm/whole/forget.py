"""Things forgotten for good: what goes with them, what stays and is told, and what stands in the way.

Gathers from the store and the home, decides in a pure function, and applies in one transaction that cannot be undone.
"""

import contextlib
import json
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pkm.config import Home
from pkm.dates import day, now
from pkm.delivery import BEGAN, came_back
from pkm.errors import Refused
from pkm.ids import make
from pkm.store import erasing, forgetting
from pkm.store.erasing import Erasure
from pkm.store.forgetting import Rows
from pkm.store.lookup import Found
from pkm.store.session import Store
from pkm.text import count, one_line

Row = dict[str, Any]

KINDS = ("contact", "note", "annotation", "item", "response", "interaction", "promise", "trial", "circle")
"""What can be forgotten."""

TOLD_AS = {
    "handle": "address or name of theirs", "membership": "stay in a circle", "tagging": "tag on it", "link": "link",
    "note_alias": "other name", "note_file": "tie to a file", "version": "earlier version", "page": "page that was kept",
    "enclosure": "file it names", "growth": "step of growth", "share_contact": "share they are named in", "rule": "rule",
    "share_note": "share it was in", "merger": "merger", "citation": "citation", "circle_source": "source of the circle",
    "circle_channel": "channel of the circle", "stage": "stage of a plan",
}  # fmt: skip
"""How rows of a table are told; others by their kind."""
PLURALS = {
    "handle": "addresses and names of theirs", "membership": "stays in circles", "tagging": "tags on it",
    "note_file": "ties to files", "page": "pages that were kept", "enclosure": "files it names", "growth": "steps of growth",
    "share_contact": "shares they are named in", "share_note": "shares it was in",
    "circle_source": "sources of the circle", "circle_channel": "channels of the circle", "stage": "stages of plans",
}  # fmt: skip
UNTOLD = ("interaction_contact", "entry", "delivery", "share_note", "merger", "dismissal")
"""Tables whose rows say nothing to anybody, or are told of elsewhere."""

MOST_TOLD = 20
"""So many things that mention what is forgotten are named, the rest is counted."""


class Stays(NamedTuple):
    """Something that stays: its id or path, what it is, what to do about it ("": nothing)."""

    what: str
    why: str
    next: str = ""


@dataclass(slots=True)
class Facts:
    """What the store and the home say of the things. rows: all that hangs on them, now or in the journal; now: of
    these what is there. deliveries: those that held them, or went to them. planned, public:
    shares that stand in the way. waits: shares that wait for an approval of theirs. served: deliveries to a circle.
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
    blanked: Rows = field(default_factory=dict)
    former: set[int] = field(default_factory=set)
    waits: list[int] = field(default_factory=list)
    served: int = 0
    attachments: dict[int, tuple[str, str]] = field(default_factory=dict)
    stays: list[Stays] = field(default_factory=list)
    copies: list[tuple[Path, bool]] = field(default_factory=list)
    marks: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ForgetPlan:
    """What is forgotten. goes: how many rows, by table; ids: of those that have one. out: what went out and stays there.

    findings: why it cannot be done now. copies: of the store that hold it, and whether that is known. uids: of people.
    """

    things: tuple[Found, ...]
    goes: Mapping[str, int]
    ids: tuple[str, ...]
    emptied: int
    stays: tuple[Stays, ...]
    out: tuple[Stays, ...]
    copies: tuple[tuple[Path, bool], ...]
    findings: tuple[tuple[str, str, str], ...]
    uids: frozenset[str]
    erasure: Erasure

    @property
    def told(self) -> list[str]:
        """What goes, in words."""
        return [count(number, TOLD_AS.get(table, table), PLURALS.get(table)) for table, number in self.goes.items()]

    def as_dict(self) -> Row:
        """The plan in the JSON contract's shape."""
        return {
            "things": [{"id": one.id, "kind": one.kind, "title": one.title} for one in self.things],
            "goes": dict(self.goes), "ids": list(self.ids), "emptied": self.emptied,
            "stays": [one._asdict() for one in self.stays], "out": [one._asdict() for one in self.out],
            "backups": [str(path) for path, _ in self.copies],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten. unwiped: why the file may still hold its bytes, "" where it does not; removed, made: copies."""

    plan: ForgetPlan
    unwiped: str = ""
    removed: tuple[Path, ...] = ()
    made: Path | None = None


def preview(store: Store, home: Home, things: Sequence[Found]) -> ForgetPlan:
    """What would be forgotten with these things, and what stays. Raises Refused where something stands in the way."""
    plan = decide(gather(store, home, things))
    if plan.findings:
        named = ", ".join(one.id for one in things)
        raise Refused(named, "it cannot be forgotten yet", findings=plan.findings, kept="Nothing was changed.",
                      next=f"do that, then pkm forget {' '.join(one.id for one in things)}")  # fmt: skip
    return plan


def forget(store: Store, home: Home, things: Sequence[Found], shown: ForgetPlan, *, backups: bool = False) -> Forgotten:
    """The things are gone, with their words, from the store, its log and the home's files: no more than was shown.

    shown: what the person said yes to; Refused where something else hangs on the things by now. backups: the copies in
    the home that hold them are removed as well, and a new one is made. Raises as preview does; StoreError where the
    store or a file cannot be written: nothing is forgotten then.
    """
    with store.unit(journal=False) as unit:
        plan = preview(store, home, things)
        if (plan.goes, plan.ids, plan.emptied) != (shown.goes, shown.ids, shown.emptied):
            named = " ".join(one.id for one in things)
            raise Refused(named, "what hangs on it has changed since it was shown", kept="Nothing was changed.",
                          next=f"pkm forget {named} --dry-run")  # fmt: skip
        before = erasing.attachment_hashes(unit.connection)
        sent_to = _folders(store, plan)
        erasing.erase(unit, plan.erasure, [one.id for one in things])
        gone = before - erasing.attachment_hashes(unit.connection)
        _clean_home(home, plan)
        _release(sent_to)
        _rebuild_sites(store, home, plan)
    for sha256 in gone:  # only now: where the store keeps the note, it keeps what the note shows
        if re.fullmatch("[0-9a-f]{64}", sha256):
            (home.attachments / sha256).unlink(missing_ok=True)
    unwiped = erasing.wipe(store)
    if not backups:
        return Forgotten(plan, unwiped)
    from pkm.store.backup import back_up

    made = back_up(home, now())  # first, so that there is a copy at every moment
    for path, _ in plan.copies:
        path.unlink(missing_ok=True)
    return Forgotten(plan, unwiped, tuple(path for path, _ in plan.copies), made)


# --- gather


def gather(store: Store, home: Home, things: Sequence[Found]) -> Facts:
    """All that is to be known of these things."""
    past = forgetting.Past(store.read())
    db: Any = past
    facts = Facts(tuple(things))
    forgetting.teach(past.db, None)
    for kind in KINDS:
        if numbers := {one.number for one in things if one.kind == kind}:
            facts.asked.setdefault(kind, set()).update(numbers)
            if look := _OF_KIND.get(kind):
                look(db, facts, numbers)
    facts.rows = forgetting.hanging(db, facts.asked)
    facts.blanked = {"share": (met := {row["id"] for row in facts.introductions}),
                     "interaction": forgetting.told_of(db, met) - facts.rows.get("interaction", set())}  # fmt: skip
    said = forgetting.words_in(db, facts.rows)
    facts.needles |= set(_needles(said, facts.asked))
    known = forgetting.pattern(facts.needles)
    facts.rows["dismissal"] = forgetting.dismissals_of(db, facts.asked, known)
    facts.now = forgetting.there_now(past.db, facts.rows)
    said |= forgetting.words_in(db, {"dismissal": facts.rows["dismissal"]})
    told = [*said.values(), *forgetting.words_in(db, facts.blanked).values()]
    facts.words |= {word for table in told for image in table for value in image.values()
                    if isinstance(value, str) for word in re.findall(r"\w{3,}", value.casefold())}  # fmt: skip
    facts.marks = {kind: forgetting.marks(db, kind, numbers) for kind, numbers in facts.asked.items()}
    _gather_what_stays(db, home, facts)
    facts.copies = erasing.copies_with(sorted(home.backups.glob("*.db")), facts.marks) if home.backups.is_dir() else []
    return facts


def _contact(db: Any, facts: Facts, numbers: set[int]) -> None:
    ids = {one for number in numbers for one in forgetting.merged_into(db, number)}
    facts.asked["contact"] |= ids
    alone, others = forgetting.interactions_of(db, ids)
    facts.asked.setdefault("interaction", set()).update(alone)
    answers = forgetting.answers_of(db, ids)
    facts.asked.setdefault("response", set()).update(answers)
    facts.deliveries += (to := forgetting.deliveries_to(db, ids))
    facts.nameless |= {row["id"] for row in to}
    facts.introductions += (met := [row for row in forgetting.shares_of(db, "share_contact", "contact_id", ids)
                                    if row["type"] == "introduction"])  # fmt: skip
    known = {row["id"] for row in to}
    facts.deliveries += [row for row in forgetting.deliveries_of_shares(db, (row["id"] for row in met)) if row["id"] not in known]
    facts.former |= {row["id"] for row in met}
    facts.waits += forgetting.waiting_for(db, ids)
    facts.stays += [
        Stays(make("interaction", number), f"{', '.join(one_line(name, 40) for name in who)} took part: its words stay")
        for number, who in others.items()
    ]
    for row in forgetting.of_contact(db, ids, "source"):
        number = make("source", row["id"])
        facts.stays.append(Stays(number, f"“{one_line(row['title'], 60)}” stays followed", f"pkm seek remove {number}"))
    for row in forgetting.of_contact(db, ids, "trial"):
        number = make("trial", row["id"])
        facts.stays.append(Stays(number, "they tried it; what came of it stays", f"pkm forget {number}"))
    _made_from(db, facts, "response", answers)


def _note(db: Any, facts: Facts, numbers: set[int]) -> None:
    facts.former |= forgetting.former_shares(db, numbers)
    facts.shares += (held := forgetting.shares_of(db, "share_note", "note_id", numbers))
    rows = forgetting.deliveries_of_shares(db, (row["id"] for row in held))
    facts.deliveries += [row for row in rows if _carries(row, numbers)]
    facts.attachments |= forgetting.shown_alone(db, numbers)
    emptied = {row["id"] for row in facts.deliveries}
    whole = {row["share_id"] for row in rows} - {row["share_id"] for row in rows if row["full"] and row["id"] not in emptied}
    facts.attachments |= forgetting.sent_with(db, whole)
    for root, path in forgetting.files_of(db, numbers):
        facts.stays.append(Stays(str(Path(root) / path), "an import leaves this file out from now on", "remove it there"))


def _carries(delivery: Row, notes: Collection[int]) -> bool:
    """Whether a stage's deliveries hold one of these notes: it may be for some of the share's notes alone."""
    try:
        chosen = json.loads(delivery["gate"]).get("notes")
    except (ValueError, AttributeError):
        chosen = None
    return not isinstance(chosen, list) or bool(set(chosen) & set(notes))


def _item(db: Any, facts: Facts, numbers: set[int]) -> None:
    _made_from(db, facts, "item", numbers)


def _response(db: Any, facts: Facts, numbers: set[int]) -> None:
    _made_from(db, facts, "response", numbers)


def _made_from(db: Any, facts: Facts, kind: str, numbers: set[int]) -> None:
    for row in forgetting.notes_from(db, kind, numbers):
        number = make("note", row["id"])
        facts.stays.append(Stays(number, f"“{one_line(row['title'], 60)}” was made from it and stays", f"pkm forget {number}"))


def _circle(db: Any, facts: Facts, numbers: set[int]) -> None:
    from pkm.store import shares

    facts.served += sum(len(shares.deliveries(db, circle=number, limit=-1)) for number in numbers)
    facts.shares += [row for number in numbers for row in forgetting.shares_of(db, "stage", "circle_id", {number})
                     if row["state"] in ("draft", "planned")]  # fmt: skip


_OF_KIND: Mapping[str, Callable[[Any, Facts, set[int]], None]] = {
    "contact": _contact, "note": _note, "item": _item, "response": _response, "circle": _circle,
}  # fmt: skip
"""What is to be known of things of a kind beside their rows."""

_NAMES = {"contact": ("name", "nick"), "note": ("title", "text"), "item": ("title", "url"), "handle": ("value",),
          "note_alias": ("name",), "annotation": ("exact", "comment"), "response": ("text",), "interaction": ("text",),
          "promise": ("text", "because"), "trial": ("text",), "circle": ("name",)}  # fmt: skip
"""Columns that are looked for elsewhere as they stand."""


def _needles(said: Mapping[str, Iterable[Row]], asked: Rows) -> Iterator[str]:
    """The words that are looked for in what stays: whole names and texts that say enough to be no one else's."""
    for table, columns in _NAMES.items():
        for image in said.get(table, ()):
            for column in columns:
                text = str(image.get(column) or "").strip()
                if column == "nick" or (table == "handle" and image.get("kind") == "alias" and " " not in text):
                    yield from [f"@{text}"] if text else []
                elif len(text) >= (3 if table in ("contact", "handle") else 8):
                    yield text


def _gather_what_stays(db: Any, home: Home, facts: Facts) -> None:
    """What mentions it, in the store and in the home's drafts, and what memory of folders of cards names."""
    found = forgetting.mentions(db.db, facts.rows, facts.needles)
    known = {one.what for one in facts.stays}
    told = [row for row in found if make(row["kind"], row["number"]) not in known]
    for row in told[:MOST_TOLD]:
        number, step = make(row["kind"], row["number"]), "forget" if row["kind"] in KINDS else "why"
        facts.stays.append(Stays(number, f"“{one_line(row['title'], 60)}” names it and stays as it is", f"pkm {step} {number}"))
    if len(told) > MOST_TOLD:
        facts.stays.append(Stays("more", f"{count(len(told) - MOST_TOLD, 'more thing names', 'more things name')} it"))
    if "contact" in facts.asked:
        names = [str(image["name"]) for image in forgetting.images(db, "contact", facts.asked["contact"])]
        if written := forgetting.written_by(db, names):
            facts.stays.append(Stays("items", f"{count(written, 'item says', 'items say')} that they wrote it: that is public"))
        facts.stays += [Stays(str(folder / name), "their card stays there and would bring them back as somebody new",
                              "remove it there") for folder, name, _ in _cards(home, _uids(facts))]  # fmt: skip
        facts.stays.append(Stays("cards", "an import of a card or table of theirs makes them somebody new",
                                 "remove the card where it comes from"))  # fmt: skip
    known_words = forgetting.pattern(facts.needles)
    for path in sorted(home.drafts.glob("*")) if home.drafts.is_dir() and known_words else []:
        with contextlib.suppress(OSError):
            if path.is_file() and known_words and known_words.search(path.read_text("utf-8", "replace")):
                facts.stays.append(Stays(str(path), "a draft that holds it stays", "remove it there"))


def _uids(facts: Facts) -> set[str]:
    return {value for _, _, value in facts.marks.get("contact", ())}


def _cards(home: Home, uids: Collection[str]) -> Iterator[tuple[Path, str, Path]]:
    """(folder, file name, the memory that names it) of cards of these people in folders of cards."""
    for path in sorted(home.folders.glob("*.json")) if home.folders.is_dir() else []:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            memory = json.loads(path.read_text(encoding="utf-8"))
            for name, entry in memory["files"].items():
                if entry["uid"] in uids:
                    yield Path(memory["folder"]), name, path


# --- decide


def decide(facts: Facts) -> ForgetPlan:
    """What is done about these facts. Pure."""
    asked = {make(kind, number) for kind, numbers in facts.now.items() if kind in KINDS for number in numbers}
    rows = {table: len(numbers) for table, numbers in facts.now.items() if table not in UNTOLD}
    first = {one.kind: sum(other.kind == one.kind for other in facts.things) for one in facts.things}
    goes = {table: number - first.get(table, 0) for table, number in sorted(rows.items())}
    emptied = {row["id"] for row in facts.deliveries}
    goes |= {"attachment": len(facts.attachments)} if facts.attachments else {}
    return ForgetPlan(
        facts.things, {table: number for table, number in goes.items() if number > 0},
        tuple(sorted(asked - {one.id for one in facts.things}, key=lambda one: (one[0], int(one[1:])))), len(emptied),
        tuple(dict.fromkeys(facts.stays)), tuple(_out(facts)), tuple(facts.copies), tuple(dict.fromkeys(_findings(facts))),
        frozenset(_uids(facts)),
        Erasure(
            facts.asked, facts.rows, emptied, facts.nameless, {row["id"] for row in facts.shares},
            facts.blanked, facts.former, set(facts.attachments), frozenset(facts.needles),
            frozenset(facts.words),
        ),
    )  # fmt: skip


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
    by_way: dict[tuple[int, str, str], list[Row]] = {}
    for row in facts.deliveries:
        if (row["state"] == "sent" or came_back(row["state"], row["error"])) and row["channel_kind"] != "site":
            by_way.setdefault((row["share_id"], row["channel"], row["channel_kind"]), []).append(row)
    for (number, channel, kind), rows in by_way.items():
        share = make("share", number)
        on = day(max(row["sent_at"] or "" for row in rows)) if any(row["sent_at"] for row in rows) else ""
        if kind == "files":
            folder = Path(rows[0]["address"].partition(":")[2])
            named = [folder / row["file_name"] for row in rows if not row["media_type"].startswith("image/")]
            if rows[0]["share_state"] != "retracted":
                yield from (Stays(str(path), f"{share} went there on {on}", "remove it there") for path in named)
            continue
        who = ", ".join(dict.fromkeys(one_line(row["name"] or row["recipient"] or channel, 40) for row in rows))
        urls = " ".join(row["remote_url"] for row in rows if row["remote_url"])
        yield Stays(share, f"went out by {channel} on {on}: {who} {'has' if len(rows) == 1 else 'have'} it",
                    f"ask for it to be deleted: {urls}" if urls else "ask them to delete it")  # fmt: skip


# --- apply


def _folders(store: Store, plan: ForgetPlan) -> list[tuple[Path, list[str]]]:
    """The folders with files that are not taken down, each with their names: pkm knows them no longer."""
    rows = forgetting.deliveries_of_shares(store.read(), {*plan.erasure.shares, *plan.erasure.blanked["share"]})
    found: dict[Path, list[str]] = {}
    for row in rows:
        there = row["id"] in plan.erasure.emptied and row["channel_kind"] == "files" and row["state"] == "sent"
        if there and not row["media_type"].startswith("image/"):
            found.setdefault(Path(row["address"].partition(":")[2]), []).append(row["file_name"])
    return list(found.items())


def _release(folders: Iterable[tuple[Path, list[str]]]) -> None:
    from pkm.channels.folder import disown

    for folder, names in folders:
        disown(folder, names)


def _rebuild_sites(store: Store, home: Home, plan: ForgetPlan) -> None:
    """No page of a site that was taken back tells of it any more."""
    rows = forgetting.deliveries_of_shares(store.read(), {*plan.erasure.shares, *plan.erasure.blanked["share"]})
    channels = {row["channel_id"] for row in rows if row["channel_kind"] == "site" and row["id"] in plan.erasure.emptied}
    if channels:
        from pkm.share.mirror import mirror

        for channel in sorted(channels):
            mirror(store.read(), home, channel)


def _clean_home(home: Home, plan: ForgetPlan) -> None:
    """Nothing holds it that is only remembered to save time, nor the last list."""
    names = ["words.json", *(["signals.json"] if "item" in plan.erasure.things else [])]
    for path in [*(home.data / name for name in names), *home.data.glob("site-*.json"), home.state / "links.json", home.last]:
        path.unlink(missing_ok=True)
    shutil.rmtree(home.preview, ignore_errors=True)
    for path in {memory for _, _, memory in _cards(home, plan.uids)}:
        _forget_cards(path, plan.uids)


def _forget_cards(path: Path, uids: Collection[str]) -> None:
    from pkm.files import write_atomic

    memory = json.loads(path.read_text(encoding="utf-8"))
    memory["files"] = {name: entry for name, entry in memory["files"].items() if entry["uid"] not in uids}
    write_atomic(path, (json.dumps(memory, ensure_ascii=False) + "\n").encode())
