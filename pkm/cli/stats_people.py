"""The measures of people in words and small plots: no score, no rank; names stand in the order of the alphabet."""

from collections.abc import Callable, Mapping, Sequence

from pkm.cli.plots import percent, sparkline
from pkm.dates import day
from pkm.ids import Row
from pkm.text import count, listed, one_line

FILTERS = {"person": "people you chose", "network": "sources you follow", "rule": "your rules", "score": "the order",
           "chance": "chance"}  # fmt: skip
"""What each filter is called."""


def things(named: Sequence[str], total: int, limit: int) -> list[str]:
    """A line a thing, then how many more there are."""
    shown = named[:limit]
    more = [f"  and {total - len(shown):,} more (-n for more)"] if total > len(shown) else []
    return [*(f"  {line}" for line in shown), *more]


def concentration(values: Row, verdict: str, limit: int, noun: str) -> list[str]:
    """How few sources, or people, are behind what was kept, in plain words."""
    plural = "people" if noun == "person" else f"{noun}s"
    if not values["cases"]:
        return []
    said = f"{count(values['cases'], 'kept item')} of {count(values['parts'], noun, plural)}"
    if values["effective"] is None:
        return [f"{said}: too few to tell how evenly."]
    half = [one_line(name, 40) for name in values["half"]]
    named = f"{len(half)} of them, {listed(half, len(half), limit)}" if len(half) <= limit else f"{values['half_of']:,} of them"
    even = f"as if {values['effective']:.1f} had an equal part (Σp² = {values['index']:.2f})"
    lines = [f"{said}, {even}.", f"Half of what you kept is by {named}."]
    return [*lines, "That is few: most of what you keep comes from hardly anybody."] if verdict == "warn" else lines


def _circles(values: Row, verdict: str, limit: int) -> list[str]:
    rows = values["circles"]
    if not rows:
        return ["No circles yet."]
    lines = [f"Members by month, the last {len(values['months'])}:"]
    return lines + [
        f"{row['id']:<4} {one_line(row['title'], 22):<22} {row['circle_kind']:<10} {sparkline(row['by_month'])}  "
        f"{row['by_month'][0]:,} → {row['by_month'][-1]:,}"
        for row in rows
    ]  # fmt: skip


def _reciprocity(values: Row, verdict: str, limit: int) -> list[str]:
    gave = _counted(values, (("shares", "share"), ("introductions", "introduction"),
                             ("promises", "promise kept", "promises kept")))  # fmt: skip
    back = _counted(values, (("answers", "answer"), ("met_through", "person met through somebody", "people met through others"),
                             ("their_promises", "promise kept", "promises kept")))  # fmt: skip
    between = _counted(values, (("interactions", "interaction"),))
    lines = [f"You gave: {gave or 'nothing yet'}.", f"Came back: {back or 'nothing yet'}."]
    lines += [f"Between you: {between}, which went both ways."] if between else []
    if values["both"] or values["given_only"] or values["back_only"]:
        lines.append(f"Both ways with {count(values['both'], 'person', 'people')}; only from you to "
                     f"{values['given_only']:,}, only from them {values['back_only']:,}.")  # fmt: skip
    if values["back_only"]:
        names = [f"{one_line(row['name'], 40)} ({row['id']})" for row in values["from_them_only"]]
        lines.append(f"They gave, and you not yet: {listed(names, values['back_only'], limit)}.")
    if gave or back or between:
        lines.append("Counted as given: shares, introductions, promises you kept; as come back: answers, people met through "
                     "them, promises they kept; what you logged: as both.")  # fmt: skip
    if values["answers_of_nobody"]:
        lines.append(f"{count(values['answers_of_nobody'], 'answer')} came from people who are no contact yet: pkm seek people")
    return lines


def _counted(values: Row, sorts: Sequence[Sequence[str]]) -> str:
    told = [count(values[name], *words) for name, *words in sorts if values[name]]
    return listed(told, len(told), len(told))


def _unanswered(values: Row, verdict: str, limit: int) -> list[str]:
    if not values["total"]:
        return []
    named = [
        f"{row['id']} {one_line(row['name'], 30) or 'somebody'} on {day(row['at'])}: “{one_line(row['title'], 40)}”"
        for row in values["things"]
    ]
    verb = "waits" if values["total"] == 1 else "wait"
    return [f"{count(values['total'], 'answer')} {verb} for a word of yours.", *things(named, values["total"], limit)]


def _heard(values: Row, verdict: str, limit: int) -> list[str]:
    return [
        f"{row['id']:<4} {one_line(row['title'], 22):<22} last item or answer {_weeks(row['heard_weeks'])}{_mark(row, 'heard')}, "
        f"last share {_weeks(row['given_weeks'])}{_mark(row, 'given')}"
        for row in values["circles"] if row["members"] or row["heard_at"] or row["given_at"]
    ]  # fmt: skip


def _weeks(weeks: int | None) -> str:
    return "never" if weeks is None else "this week" if weeks == 0 else f"{count(weeks, 'week')} ago"


def _mark(row: Row, side: str) -> str:
    """Says where something is longer ago than the circle's cadence."""
    return " (late)" if row[f"late_{side}"] and row[f"{side}_weeks"] is not None else ""


def _read_only(values: Row, verdict: str, limit: int) -> list[str]:
    if not values["total"]:
        return []
    names = [f"{one_line(row['name'], 40)} ({row['kept']:,})" for row in values["things"]]
    return [f"You kept items of {count(values['of'], 'contact')}; {values['total']:,} of them you never answered: "
            f"{listed(names, values['total'], limit)}."]  # fmt: skip


def _from_few(values: Row, verdict: str, limit: int) -> list[str]:
    lines = concentration(values, verdict, limit, "person")
    if lines and values["unknown"]:
        lines.append(f"Who wrote {count(values['unknown'], 'other')} is not known.")
    return lines


def _bridging(values: Row, verdict: str, limit: int) -> list[str]:
    if not values["cases"]:
        return []
    part = f" ({percent(values['part'])})" if values["part"] is not None else ""
    named = [f"{row['id']} {one_line(row['title'], 40)}: {', '.join(row['worlds'])}" for row in values["things"]]
    verb = "joins" if values["total"] == 1 else "join"
    return [f"{values['total']:,} of {count(values['cases'], 'note')} about people {verb} two of network, community, team "
            f"and life{part}.", *things(named, values["total"], min(limit, 3))]  # fmt: skip


def _from_few_sources(values: Row, verdict: str, limit: int) -> list[str]:
    return concentration(values, verdict, limit, "source")


WORDS: Mapping[str, Callable[[Row, str, int], list[str]]] = {
    "circles": _circles, "reciprocity": _reciprocity, "unanswered": _unanswered, "heard": _heard, "read_only": _read_only,
    "concentration_people": _from_few, "concentration_sources": _from_few_sources, "bridging": _bridging,
}  # fmt: skip
