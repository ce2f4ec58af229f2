"""What a stage of a plan waits for: read from words, told in words, decided from facts. Pure.

    practice now        network +14d after approval        team on friday after approval by ann, no objection
    network after 3 responses

A gate is kept as JSON. Its conditions: "after_s" (since the stage before went), "at" (not before), "approval" with "by"
and "by_name", "responses", "no_objection". What the person said of the stage stands beside them: "planned_at", "because"
(why a step is skipped), "approved", "objections", "held", "notes" (those that this circle gets), "words"; "aside": the
objections to circles that are left out of the plan, by circle.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pkm.dates import day, format_span, local, parse_stamp, stamp
from pkm.errors import Invalid, Malformed
from pkm.text import count, one_line
from pkm.typed_dates import parse_span, parse_when

Gate = Mapping[str, Any]

_NEXT = r"(?=\s*(?:,|$)|\s+(?:and\b|after\b|no\s+objection|\+))"
_FORMS = tuple(
    (name, re.compile(pattern + _NEXT, re.IGNORECASE)) for name, pattern in (
        ("now", r"now"),
        ("span", r"\+\s*(?P<value>\d+\s*[a-z]+)"),
        ("approval", r"after\s+(?:an?\s+)?approval(?:\s+by\s+(?P<value>[^\s,]+))?"),
        ("responses", r"after\s+(?P<value>\d{1,4})\s+(?:responses?|answers?)"),
        ("objection", r"no\s+objections?"),
        ("date", r"(?:(?:on|from|at)\s+)?(?P<value>(?!after\b|no\s+objection)[^,+]+?)"),
    )
)  # fmt: skip
_BETWEEN = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s+|$", re.IGNORECASE)

GATES = ("now", "tomorrow", "after approval", "no objection", "after 3 answers", "after 3 responses")
"""Words of a gate, to offer one for what was mistyped."""
FORMS = "CIRCLE, then now, a date, +14d, after approval [by WHO], after 3 responses, no objection"


@dataclass(frozen=True, slots=True)
class Facts:
    """What has happened to a share, as far as a gate asks for it.

    before: the circle of the stage before ("": there is none); before_at: when that had gone, None where it has not.
    answers: when each came, in order. against: who contradicted it in an answer. words: hashes of what would be said.
    """

    now: datetime
    planned_at: datetime
    before: str = ""
    before_at: datetime | None = None
    answers: tuple[datetime, ...] = ()
    against: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a stage may go: what it waits for, in words (empty: nothing); since when it might have gone; the next day
    on which time alone opens something, where it is known.
    """

    waits: tuple[str, ...]
    since: datetime
    until: datetime | None = None


def read_stage(text: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """(the circle as it was typed, the gate's conditions). Raises Malformed where no beginning of it leaves a gate."""
    words = one_line(text).split()
    for split in range(1, len(words) + 1):
        gate = _read_gate(" ".join(words[split:]), now)
        if gate is not None:
            return " ".join(words[:split]), gate
    raise Malformed(f"the stage “{one_line(text, 80)}”", f"it should be {FORMS}",
                    next='pkm share plan SHARE --stage "practice now" --stage "network +14d after approval"')  # fmt: skip


def not_understood(text: str, now: datetime) -> str:
    """What of a gate's words is none, from the first of them on: "after aproval" of "+14d after aproval"."""
    words = one_line(text).split()
    known = max(split for split in range(len(words) + 1) if _read_gate(" ".join(words[:split]), now) is not None)
    return " ".join(words[known:])


def _read_gate(text: str, now: datetime) -> dict[str, Any] | None:
    gate: dict[str, Any] = {}
    at = 0
    while at < len(text):
        found = next(((name, match) for name, form in _FORMS if (match := form.match(text, at))), None)
        if found is None or not _add(gate, *found, now):
            return None
        between = _BETWEEN.match(text, found[1].end())
        if between is None or (between.end() == at):
            return None
        at = between.end()
    return gate


def _add(gate: dict[str, Any], name: str, match: re.Match[str], now: datetime) -> bool:
    """Whether the condition is one, and not there yet."""
    before = len(gate)
    try:
        if name == "now":
            return True
        if name == "span":
            gate.setdefault("after_s", int(parse_span(match["value"]).total_seconds()))
        elif name == "approval":
            gate |= {"approval": True} | ({"by": match["value"]} if match["value"] else {})
        elif name == "responses":
            gate.setdefault("responses", int(match["value"]))
        elif name == "objection":
            gate.setdefault("no_objection", True)
        else:
            gate.setdefault("at", stamp(parse_when(match["value"], now)))
    except Invalid:
        return False
    return len(gate) > before


def told(gate: Gate) -> str:
    """The conditions in words, as they are typed: "+14 days after approval by Ann"."""
    parts = []
    if gate.get("at"):
        parts.append(f"from {_moment(parse_stamp(gate['at']))}")
    if gate.get("after_s"):
        parts.append(f"+{format_span(gate['after_s'])}")
    if gate.get("approval"):
        parts.append("after approval" + (f" by {one_line(gate['by_name'], 40)}" if gate.get("by_name") else ""))
    if gate.get("responses"):
        parts.append(f"after {count(gate['responses'], 'response')}")
    if gate.get("no_objection"):
        parts.append("no objection")
    return ", ".join(parts) or "now"


def judge(gate: Gate, facts: Facts) -> Verdict:
    """Whether the stage may go now."""
    waits: list[str] = []
    opened = [facts.planned_at]
    days: list[datetime] = []
    if facts.before and facts.before_at is None:
        then = f", then {format_span(gate['after_s'])}" if gate.get("after_s") else ""
        waits.append(f"for {facts.before} to get it first{then}")
    if facts.before_at is not None:
        opened.append(facts.before_at)
    if gate.get("at"):
        days.append(parse_stamp(gate["at"]))
    if gate.get("after_s"):
        start = facts.before_at if facts.before else facts.planned_at
        span = timedelta(seconds=gate["after_s"])
        days += [start + span] if start is not None else []
    until = max(days, default=None)
    if until is not None and until > facts.now:
        waits.append(f"until {_moment(until)}")
    opened += days
    waits += _people(gate, facts, opened)
    return Verdict(tuple(waits), max(opened), until)


def stopped(gate: Gate, share: str) -> str:
    """Why nothing more of a stage of that share leaves, whatever of it has begun to, with what lets it go on; "" where it may."""
    if gate.get("held"):
        return f"its share was put on hold (pkm share hold {share} --release)"
    if against := gate.get("objections"):
        who = ", ".join(one_line(one.get("name") or "somebody", 40) for one in against)
        return f"it waits for the objection of {who} to be settled (pkm share approve {share} --by WHO)"
    return ""


def _people(gate: Gate, facts: Facts, opened: list[datetime]) -> list[str]:
    """What is waited for from people; what they said already is put into `opened`."""
    waits = []
    if gate.get("approval"):
        given = gate.get("approved")
        who = one_line(gate.get("by_name") or "", 40)
        if not given:
            waits.append("for approval" + (f" by {who}" if who else ""))
        elif given.get("words") not in facts.words:
            waits.append(f"for a new approval: the words changed since {one_line(given.get('name') or '', 40)} said yes")
        else:
            opened.append(parse_stamp(given["at"]))
    if wanted := int(gate.get("responses") or 0):
        if len(facts.answers) < wanted:
            waits.append(f"for {count(wanted - len(facts.answers), 'more response')}")
        else:
            opened.append(facts.answers[wanted - 1])
    # who said that they object is heard whatever it waits for; an answer counts as a no only where that was asked for
    against = [*(one["name"] for one in gate.get("objections", ())), *(facts.against if gate.get("no_objection") else ())]
    if against:
        waits.append(f"for the objection of {', '.join(one_line(name, 40) for name in dict.fromkeys(against))} to be settled")
    return waits


def _moment(at: datetime) -> str:
    here = local(at)
    return day(at) if (here.hour, here.minute) == (0, 0) else f"{day(at)} {here:%H:%M}"
