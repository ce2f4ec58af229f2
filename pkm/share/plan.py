"""A share's plan: which circle gets it when, what each stage waits for, who said yes or no, and what is on hold.

Decisions are gate.py's; what leaves is due.py's. Sends nothing.
"""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from shlex import quote
from typing import TYPE_CHECKING, Any

from pkm import dates
from pkm.config import Home
from pkm.delivery import UNSETTLED, may_go, may_have_left
from pkm.errors import Invalid, Refused
from pkm.ids import Row, existing, make
from pkm.markdown import without_comments
from pkm.share import approval, draft, gate, origin, page_names, worded
from pkm.store import circles, deliveries, plans, shares, tags
from pkm.store.erasing import FORGOTTEN
from pkm.store.session import Store
from pkm.text import clean, one_line

if TYPE_CHECKING:
    from pkm.store.session import Unit


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stage as the person wants it: the circle (a row with its number), what it waits for."""

    circle: Row
    gate: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a plan as it stands: its row, what it waits for.

    leaving: letters of it wait until then. unsettled: ids of what nobody knows of, where nothing else of it may go. tried: what
    waits of it has met a server already.
    """

    row: Row
    verdict: gate.Verdict
    leaving: str = ""
    unsettled: tuple[str, ...] = ()
    tried: bool = False

    @property
    def held(self) -> str | None:
        """Why it is on hold, None where it is not."""
        held = self.row["gate"].get("held")
        return None if not held else one_line(held.get("because") or "", 200)

    @property
    def state(self) -> str:
        """Sent, held, waits, leaving or due."""
        if self.row["passed_at"]:
            return "sent"
        if self.held is not None:
            return "held"
        return "waits" if self.verdict.waits or self.unsettled else "leaving" if self.leaving else "due"

    @property
    def waits(self) -> list[str]:
        """What it waits for, in words."""
        if self.row["passed_at"]:
            return []
        return [*self.verdict.waits, *(f"for {one} to be settled" for one in self.unsettled)]


def steps(db: sqlite3.Connection, share: int, now: datetime) -> list[Step]:
    """The stages of a share in order, each judged by what has happened up to now."""
    row = existing(shares.row(db, share), "share", share)
    answers = tuple(dates.parse_stamp(at) for at in plans.answers(db, share) if dates.parse_stamp(at) <= now)
    against = tuple(plans.contradicting(db, share))
    told: list[Step] = []
    before: Row | None = None
    for stage in shares.stages(db, share):
        words = approval.hashes(db, share, stage) if stage["gate"].get("approved") else ()
        facts = gate.Facts(
            now=now, planned_at=dates.parse_stamp(stage["gate"].get("planned_at") or row["created_at"]),
            before=(before or {}).get("circle") or "", words=words,
            before_at=dates.parse_stamp(before["passed_at"]) if before and before["passed_at"] else None,
            answers=answers, against=against,
        )  # fmt: skip
        rows = deliveries.of(db, share, stage["id"])
        leaving = max((one["not_before"] for one in rows if one["state"] == "waiting" and one["not_before"]), default="")
        tried = any(one["state"] == "waiting" and one["attempts"] for one in rows)
        rest = any(one["state"] == "sending" or may_go(one["state"], one["error"]) for one in rows)
        unsettled = () if rest else tuple(one["id"] for one in reversed(rows) if one["state"] in UNSETTLED)
        told.append(Step(stage, gate.judge(stage["gate"], facts), leaving, unsettled, tried))
        before = stage
    return told


def as_rows(db: sqlite3.Connection, share: int, now: datetime) -> list[Row]:
    """The stages as the JSON contract has them; those of a share that was taken back go nowhere any more."""
    retracted = existing(shares.row(db, share), "share", share)["state"] == "retracted"
    return [
        {
            "id": f"{make('share', share)}.{number}", "kind": "stage",
            "title": f"{step.row['circle'] or 'people by name'} {gate.told(step.row['gate'])}", "share": make("share", share),
            "position": number, "circle": step.row["circle"], "circle_kind": step.row["circle_kind"],
            "state": "cancelled" if (off := retracted and not step.row["passed_at"]) else step.state,
            "gate": gate.told(step.row["gate"]), "waits": [] if off else step.waits,
            "until": dates.stamp(step.verdict.until) if step.verdict.until and not off else None,
            "held": None if off else step.held, "leaves_at": None if off else step.leaving or None,
            "passed_at": step.row["passed_at"],
            "because": step.row["gate"].get("because") or None, "approved": step.row["gate"].get("approved"),
            "objections": step.row["gate"].get("objections") or [],
            "notes": [make("note", note["id"]) for note in worded.notes_for(db, share, step.row)],
            "words": sorted(step.row["gate"].get("words") or {}),
        }
        for number, step in enumerate(steps(db, share, now), 1)
    ]  # fmt: skip


def set_plan(store: Store, home: Home, share: int, wanted: Sequence[Wanted], because: str = "") -> None:
    """The share goes by these stages, in order; those that have begun to leave stay as they are, in front.

    Where they name none but those, the plan ends there. What is on hold stays so, and what somebody objects to stays back, also
    where its circle is left out and comes in again: a plan answers neither. A correction stays one: for those alone who got what
    it corrects.
    because: why it goes to a network without a community before it; kept for the history.
    Raises NotFound, Invalid (a circle twice, nothing left to plan), Refused (a note may not go to a circle).
    """
    names = [one.circle["name"] for one in wanted]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise Invalid(f"a plan with {twice} twice", "a circle has one stage", next=f"pkm share plan {make('share', share)}")
    with store.unit() as unit:
        row = changeable(unit.connection, share)
        if row["type"] == "introduction":
            raise Invalid(row["id"], "an introduction is for two people by name; it has no plan",
                          next=f"pkm share send {row['id']}")  # fmt: skip
        origin.plan(unit.connection, home, share, unit.at)
        there = {stage["circle_id"] for stage in shares.stages(unit.connection, share)}
        _lay(unit, share, wanted, because)
        page_names.name_page(unit, share)  # it may be for others from now on, who may not read all of its title
        stages = shares.stages(unit.connection, share)
        passed = [stage["passed_at"] for stage in stages]
        unit.update("share", share, state="sent" if all(passed) else "planned", sent_at=max(passed) if all(passed) else None)
        unit.flush()
        ahead = [stage["id"] for stage in stages if not stage["passed_at"]]  # what has gone has gone, whatever its notes are now
        findings = [one for stage in ahead for one in draft.check_share(unit.connection, share, stage, there=there)]
        if findings:
            raise Refused(f"the plan of {row['id']}", "something in it may not go there",
                          findings=list(dict.fromkeys(findings)), kept="The plan is as it was.")  # fmt: skip
        unit.summarize(f"planned {row['id']} {row['title']}")


def changeable(db: sqlite3.Connection, share: int) -> Row:
    """The share's row. Raises NotFound; Invalid where it has gone everywhere, or was taken back."""
    row = existing(shares.row(db, share), "share", share)
    if row["state"] in ("sent", "retracted"):
        why = "it has gone everywhere it was meant for" if row["state"] == "sent" else "it was taken back"
        raise Invalid(row["id"], why,
                      next=f"pkm share draft NOTE --to CIRCLE, for others; who has it: pkm share log {row['id']}")  # fmt: skip
    return row


_KEPT = ("notes", "words", "objections")
"""What of a stage stays where the plan is laid anew and its circle is still in it. A yes does not: it was to the other plan."""


def _lay(unit: "Unit", share: int, wanted: Sequence[Wanted], because: str) -> None:
    from pkm.store.model import Stage

    db = unit.connection
    before = {stage["circle_id"]: stage for stage in shares.stages(db, share)}
    begun = [stage for stage in before.values() if stage["passed_at"] or has_begun(db, share, stage["id"])]
    fixed = {stage["circle_id"] for stage in begun}
    new = [one for one in wanted if one.circle["number"] not in fixed]
    if not new and len(begun) == len(before):
        raise Invalid(f"the plan of {make('share', share)}", "all these circles have got it, or are getting it",
                      next=f"pkm share plan {make('share', share)}")  # fmt: skip
    corrects = next((stage["gate"]["replies_to"] for stage in before.values() if stage["gate"].get("replies_to")), None)
    if corrects:
        _check_reached(db, share, corrects, new)
    for stage in before.values():
        if stage in begun:
            continue
        if stage["circle_id"] not in {one.circle["number"] for one in new}:
            unit.delete(unit.get(Stage, stage["id"]))
        else:  # out of the way: a position is there once
            unit.get(Stage, stage["id"]).position = -stage["id"]
    unit.flush()
    # what a delivery is called names its place: no place is given to another circle, and a circle keeps its own where it can
    last = max((stage["position"] for stage in begun), default=0)
    highest = max((stage["position"] for stage in before.values()), default=0)
    ahead = [stage["gate"] for stage in before.values() if not stage["passed_at"]]
    held = next((state["held"] for state in ahead if state.get("held")), None)
    always = {key: value for key, value in (("held", held), ("replies_to", corrects)) if value}  # also of a new circle
    aside = _objections(list(before.values()))
    for one in new:
        old = before.get(one.circle["number"])
        position = old["position"] if old and old["position"] > last else highest + 1
        last, highest = position, max(highest, position)
        kept = {key: value for key, value in (old["gate"] if old else {}).items() if key in _KEPT}
        kept |= _objected(aside.get(str(one.circle["number"]), ()), unit.at)
        said = {"because": clean(because).strip()} if because.strip() else {}
        text = json.dumps({**kept, **always, **one.gate, **said, "planned_at": unit.at}, ensure_ascii=False)
        if old:
            row = unit.get(Stage, old["id"])
            row.position, row.gate = position, text
        else:
            unit.add(Stage(share_id=share, circle_id=one.circle["number"], position=position, gate=text))
    unit.flush()
    stages = shares.stages(db, share)
    out = {circle: said for circle, said in aside.items() if said and circle not in {str(one["circle_id"]) for one in stages}}
    for place, stage in enumerate(stages):
        apart = out if place == 0 else {}
        if apart != stage["gate"].get("aside", {}):
            set_gate(unit, stage, {key: value for key, value in {**stage["gate"], "aside": apart}.items() if value})


def _objections(stages: Collection[Row]) -> dict[str, list[Row]]:
    """Circle, by number -> who objects to its getting it: of the plan as it is, and of what was left out of it before."""
    found: dict[str, list[Row]] = {}
    for stage in stages:
        found |= stage["gate"].get("aside", {})
    return found | {str(stage["circle_id"]): stage["gate"].get("objections", []) for stage in stages}


def _objected(objections: Collection[Row], at: str) -> dict[str, Any]:
    """The same as a stage's gate has it; that of somebody who was forgotten since, of which nothing is left, is a hold."""
    known = [one for one in objections if one]
    held = {"held": {"at": at, "because": FORGOTTEN}} if len(known) < len(objections) else {}
    return held | ({"objections": known} if known else {})


def _check_reached(db: sqlite3.Connection, share: int, corrects: int, wanted: Sequence[Wanted]) -> None:
    """Raises Invalid where a correction is to go to a circle that got no letter of what it corrects."""
    keys = set(deliveries.keys_of_letters(db, corrects).values())
    stages = {row["stage_id"] for row in deliveries.frozen(db, corrects) if row["key"] in keys}
    reached = {stage["circle_id"] for stage in shares.stages(db, corrects) if stage["id"] in stages}
    if other := next((one.circle for one in wanted if one.circle["number"] not in reached), None):
        raise Invalid(f"{make('share', share)} for {one_line(other['name'], 60)}",
                      f"it corrects {make('share', corrects)}, of which no letter went there",
                      next=f"pkm share plan {make('share', share)}")  # fmt: skip


def has_begun(db: sqlite3.Connection, share: int, stage: int) -> bool:
    """Whether something of a stage has left, or may have."""
    return any(may_have_left(row["state"], row["error"]) for row in deliveries.of(db, share, stage))


def approve(store: Store, share: int, who: Row, *, circle: int | None = None, against: bool = False, because: str = "") -> Row:
    """Who said yes to the next stage that waits for it, or to that of a circle; or objects to it. Its stage's row.

    A yes takes an objection of the same person back, also where the stage has passed since and what was refused of it stays;
    it holds for the words as they are now. who: {"id", "name"}.
    Raises NotFound; Invalid where no stage waits for a yes of theirs.
    """
    with store.unit() as unit:
        row = existing(shares.row(unit.connection, share), "share", share)
        stage = _asked(unit.connection, row, who, circle, against)
        said = {"by": who["id"], "name": who["name"], "at": unit.at, "because": clean(because).strip()}
        state = dict(stage["gate"])
        others = [one for one in state.get("objections", ()) if one["by"] != who["id"]]
        state["objections"] = [*others, said] if against else others
        if against:
            if (state.get("approved") or {}).get("by") == who["id"]:
                del state["approved"]
        elif state.get("approval") and state.get("by") in (None, who["id"]) and not stage["passed_at"]:
            state["approved"] = {**said, "words": approval.hashes(unit.connection, share, stage)[0]}
        set_gate(unit, stage, {key: value for key, value in state.items() if value})
        verb = "objects to" if against else "approved"
        unit.summarize(f"{who['name']} {verb} {row['id']} for {stage['circle']}")
    return stage


def _asked(db: sqlite3.Connection, share: Row, who: Row, circle: int | None, against: bool) -> Row:
    """The stage that a yes or no is for."""
    every = [stage for stage in shares.stages(db, share["number"]) if circle in (None, stage["circle_id"])]
    found = [stage for stage in every if not stage["passed_at"]]
    objected = [stage for stage in every if any(one["by"] == who["id"] for one in stage["gate"].get("objections", ()))]
    if against or not objected:
        changeable(db, share["number"])
    if against:
        asked = [stage for stage in found if stage["gate"].get("no_objection") or stage["gate"].get("approval")]
        if asked:
            return asked[0]
    else:
        mine = [stage for stage in found if stage["gate"].get("approval") and stage["gate"].get("by") in (None, who["id"])]
        waits = [one for one in every if one in objected or (one in mine and not _is_approved(db, share["number"], one))]
        if waits or mine:
            return (waits or mine)[0]
        other = next((stage for stage in found if stage["gate"].get("approval")), None)
        if other:
            raise Invalid(f"a yes of {who['name']}", f"{other['circle']} waits for that of {other['gate'].get('by_name')}",
                          next=f"pkm share plan {share['id']}")  # fmt: skip
    raise Invalid(share["id"], "no stage of it that is still to come waits for a yes", next=f"pkm share plan {share['id']}")


def _is_approved(db: sqlite3.Connection, share: int, stage: Row) -> bool:
    """Whether somebody said yes to a stage as it is now: one to other words is asked for again before that to a later stage."""
    said = stage["gate"].get("approved")
    return bool(said) and said["words"] in approval.hashes(db, share, stage)


def hold(store: Store, share: int, because: str = "") -> Row:
    """Nothing more of the share leaves, also of a stage whose letters wait for their time. Raises NotFound, Invalid."""
    with store.unit() as unit:
        row = changeable(unit.connection, share)
        for stage in shares.stages(unit.connection, share):
            if not stage["passed_at"]:
                hold_stage(unit, stage, clean(because).strip() or "you put it on hold")
        unit.summarize(f"put {row['id']} {row['title']} on hold")
    return row


def release(store: Store, share: int) -> Row:
    """What was on hold may leave again, and is not late from now on: also what was refused of a stage that has passed since.

    Raises NotFound; Invalid where nothing is on hold.
    """
    with store.unit() as unit:
        row = existing(shares.row(unit.connection, share), "share", share)
        held = [stage for stage in shares.stages(unit.connection, share) if stage["gate"].get("held")]
        if not held:
            changeable(unit.connection, share)
            raise Invalid(row["id"], "it is not on hold", next=f"pkm share plan {row['id']}")
        for stage in held:
            state = {key: value for key, value in stage["gate"].items() if key != "held"}
            set_gate(unit, stage, {**state, "released_at": unit.at})
        unit.summarize(f"released {row['id']} {row['title']}")
    return row


def hold_stage(unit: "Unit", stage: Row, because: str) -> None:
    """The stage is on hold, with the reason."""
    set_gate(unit, stage, {**stage["gate"], "held": {"at": unit.at, "because": because}})


def set_gate(unit: "Unit", stage: Row, state: Mapping[str, Any]) -> None:
    """The stage's gate is that."""
    from pkm.store.model import Stage

    unit.get(Stage, stage["id"]).gate = json.dumps(state, ensure_ascii=False)
    unit.flush()


def reword(
    store: Store, share: int, circle: Row, *, title: str | None = None, text: str | None = None, note: int | None = None,
    only: Sequence[int] | None = None,
) -> Row:  # fmt: skip
    """The stage for a circle has a title, words in front or words for a note of its own, or fewer notes; "" takes one back.

    Raises NotFound; Invalid where that circle has no stage, it has begun to leave, or a note is not in the share.
    """
    with store.unit() as unit:
        db = unit.connection
        row = changeable(db, share)
        stage = next((one for one in shares.stages(db, share) if one["circle_id"] == circle["number"]), None)
        if stage is None:
            raise Invalid(f"{row['id']} for {circle['name']}", "it does not go there",
                          next=f"pkm share plan {row['id']} --stage {quote(circle['name'] + ' now')}")  # fmt: skip
        if stage["passed_at"] or has_begun(db, share, stage["id"]):
            raise Invalid(f"{row['id']} for {circle['name']}", "it has begun to leave; what others got stays as it is",
                          next=f"pkm share log {row['id']}")  # fmt: skip
        for number in [*(only or ()), *([note] if note else ())]:
            if make("note", number) not in row["notes"]:
                raise Invalid(make("note", number), f"it is not in {row['id']}", next=f"pkm share preview {row['id']}")
        words = dict(stage["gate"].get("words") or {})
        key = make("note", note) if note else "introduction"
        words |= {"title": one_line(without_comments(title), 200)} if title is not None else {}
        words |= {key: clean(text).strip()} if text is not None else {}
        state = {**stage["gate"], "words": {name: said for name, said in words.items() if said}}
        if only is not None:
            state["notes"] = list(only) or None
        set_gate(unit, stage, {name: value for name, value in state.items() if value})
        unit.summarize(f"changed {row['id']} for {circle['name']}")
    return row


def community_first(db: sqlite3.Connection, share: int) -> Row | None:
    """A plan by way of a community, where a share is for a network at once with notes that no community got yet.

    {"notes": rows, "circle": its name, "stages": as they are typed}; None where there is nothing to offer.
    """
    ahead = shares.stages(db, share)
    network = next((stage for stage in ahead if stage["circle_kind"] == "network"), None)
    if network is None or any(stage["circle_kind"] == "community" for stage in ahead) or network["gate"].get("because"):
        return None
    return offer(db, [note["id"] for note in worded.notes_for(db, share, network)], network["circle"])


def offer(db: sqlite3.Connection, numbers: Sequence[int], network: str) -> Row | None:
    """The same, for notes that are to go to the network circle of that name."""
    notes = plans.never_to_community(db, numbers)
    offered = [row for row in circles.rows(db) if row["circle_kind"] == "community" and row["channels"]]
    if not notes or not offered:
        return None
    about = {tag for note in notes for tag in tags.of(db, "note", int(note["id"][1:]))}
    best = max(offered, key=lambda row: (len(about & set(row["tags"])), row["members"]))
    stages = [f"{best['name']} now", f"{network} +14d after approval"]
    return {"notes": notes, "circle": best["name"], "stages": stages}
