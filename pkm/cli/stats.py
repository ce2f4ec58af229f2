"""`pkm stats`: the loop and its people in words and small plots; each fact with the command that helps."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from pkm.cli import current, render, stats_people
from pkm.cli.app import group
from pkm.cli.options import JsonFlag
from pkm.cli.plots import bar, percent, sparkline
from pkm.dates import day, format_span, now
from pkm.ids import Row
from pkm.text import count, listed, one_line
from pkm.typed_dates import parse_span

app = group("Stats.")

PARTS = {
    "seek": "Seek: what comes in, and what is kept of it",
    "sense": "Sense: what becomes of it",
    "share": "Share: what goes out, and what comes back",
    "people": "People: circles, and what passes",
}


@app.command(epilog="Example:  pkm stats\n\n          pkm stats people --window 1y")
def stats(
    part: Annotated[str, typer.Argument(help="seek, sense, share or people; none: the first three in short.")] = "",
    window: Annotated[str, typer.Option("--window", help="How far back: 90d, 6mo, 1y.")] = "90d",
    limit: Annotated[int | None, typer.Option("-n", "--limit", min=1, help="How many of a list are named.")] = None,
    json: JsonFlag = False,
) -> None:
    """Tell how the loop goes: seek, sense, share and people, in counts and small plots."""
    from pkm.whole.measures import Span

    chosen = _part(part)
    span = Span(now(), parse_span(window).total_seconds() / 86_400)
    found = _measure(chosen, span)
    if json:
        told = [measure.as_dict() for measures in found.values() for measure in measures]
        title = PARTS.get(chosen, "Seek : sense : share")
        render.emit_json({"id": chosen or "all", "kind": "stats", "title": title, "since": span.since,
                          "days": span.days, "measures": told})  # fmt: skip
        return
    render.say(f"The last {format_span(span.days * 86_400)}, since {day(span.since)}")
    for name, measures in found.items():
        render.say()
        render.say(PARTS.get(name, "Seek : sense : share"))
        for measure in measures:
            _show(measure, limit or (LONG if chosen else SHORT), short=not chosen)
    render.tell("Next: pkm stats seek, sense, share or people, for more of each" if not chosen else "No number here is a goal.")


def _part(text: str) -> str:
    """The part that is meant; a beginning of its name is enough."""
    found = [name for name in PARTS if text and name.startswith(text.strip().lower())]
    if text and len(found) != 1:
        from pkm.spelling import none_of

        raise none_of(f"“{one_line(text, 40)}” as a part of the statistics", text, PARTS, next="pkm stats people")
    return found[0] if found else ""


def _measure(part: str, span: Any) -> dict[str, list[Any]]:
    from pkm.whole import stats as loop

    store = current.store()
    if part == "people":
        from pkm.whole.balance import measure_people

        return {part: measure_people(store, span)}
    verbs = {"seek": loop.measure_seek, "sense": loop.measure_sense, "share": loop.measure_share}
    if part:
        return {part: verbs[part](store, span)}
    return {"": [loop.measure_loop(store, span)], **{name: verb(store, span) for name, verb in verbs.items()}}


def _show(measure: Any, limit: int, *, short: bool) -> None:
    """The measure's lines, then the command that helps; in short only what there is something to say of."""
    lines = WORDS[measure.id](measure.values, measure.verdict, limit)
    if not lines or (short and measure.id in LONG_ONLY):
        return
    for line in lines:
        render.say(f"  {line}")
    if measure.next:
        render.say(f"      {measure.next}")


SHORT, LONG = 3, 6
"""So many of a list are named where all three verbs are told at once, and where one is."""
LONG_ONLY = {"shared_of_kept", "filters", "growing", "narrow", "came_back"}
"""Measures that only their own part tells."""


def _ratio(values: Row, verdict: str, limit: int) -> list[str]:
    weeks = values["by_week"]
    width = max(len(f"{values[name]:,}") for name in ("kept", "notes", "shares"))
    told = (
        ("seek", "kept", "items kept"), ("sense", "notes", "notes with own words"),
        ("share", "shares", "shares with own words"),
    )  # fmt: skip
    lines = [
        f"{verb:<6} {values[name]:>{width},} {words:<22} {sparkline(weeks[verb][-40:])}" for verb, name, words in told
    ]  # fmt: skip
    shown = min(40, len(values["weeks"]))
    return [*lines, f"       by week, the last {shown} of them; {values['kept']:,} : {values['notes']:,} : {values['shares']:,}"]


def _kept_of_came_in(values: Row, verdict: str, limit: int) -> list[str]:
    if not (values["came_in"] or values["decided"] or values["clips"]):
        return ["Nothing came in."]
    clips = f", and {count(values['clips'], 'page')} you clipped" if values["clips"] else ""
    came = f"{count(values['came_in'], 'item')} came in; you decided on {values['decided']:,} and kept {values['kept']:,}{clips}."
    lines = [came]
    rows = values["sources"]["things"][:limit]
    most = max((row["came_in"] for row in rows), default=0)
    lines += [
        f"{row['id']:<6} {one_line(row['title'], 30):<30} {bar(row['came_in'], most, 12):<12} "
        f"{row['came_in']:,} came in, {row['kept']:,} kept"
        for row in rows
    ]  # fmt: skip
    if values["sources"]["total"] > len(rows):
        lines.append(f"of {count(values['sources']['total'], 'source')}, those that bring most (-n for more)")
    if values["told"]:
        lines.append("What several sources told counts once in all, and for each of them here.")
    idle = values["nothing_kept"]
    if idle["total"]:
        lines.append(f"Nothing kept of {idle['least']} or more decided on: {listed(_titles(idle), idle['total'], limit)}.")
    return lines


def _titles(values: Row) -> list[str]:
    return [f"{one_line(row['title'], 40)} ({row['id']})" for row in values["things"]]


def _filters(values: Row, verdict: str, limit: int) -> list[str]:
    if not values["cases"]:
        return []
    by = ", ".join(f"{number:,} by {stats_people.FILTERS[via]}" for via, number in values["by"].items())
    part = f" ({percent(values['part'])} by people)" if values["part"] is not None else ""
    return [f"Of what you kept came {by}{part}."]


def _echo(values: Row, verdict: str, limit: int) -> list[str]:
    if not values["cases"] or not values["circles"]:
        return []
    names = listed([one_line(name, 40) for name in values["circles"]], len(values["circles"]), limit)
    through = f"{values['number']:,} of {values['cases']:,} kept came through {names}"
    if verdict == "warn":
        return [f"{through}: you hear mostly what they hear."]
    return [f"{through}."]


def _unchallenged(values: Row, verdict: str, limit: int) -> list[str]:
    if not values["tags"]:
        return []
    names = listed([f"#{name}" for name in values["tags"]], values["total"], limit)
    return [f"You learn about {names}, and no source that you read disagrees there."]


def _stages(values: Row, verdict: str, limit: int) -> list[str]:
    names = {"week": "of the last week", "month": "up to a month old", "quarter": "up to 3 months", "year": "up to a year",
             "older": "older"}  # fmt: skip
    most = max(stage["total"] for stage in values.values())
    if not most:
        return ["No notes yet."]
    lines = []
    for stage, ages in values.items():
        told = ", ".join(f"{ages[age]:,} {word}" for age, word in names.items() if ages[age])
        lines.append(f"{stage + 's':<12} {bar(ages['total'], most, 12):<12} {ages['total']:,}{f': {told}' if told else ''}")
    return lines


def _named(words: str, one: str = "") -> Callable[[Row, str, int], list[str]]:
    """Lines for a measure that names things: how many, in those words, and which. one: the words for one of them.

    Where the measure has a figure of its own (days), the words name it.
    """

    def told(values: Row, verdict: str, limit: int) -> list[str]:
        if not values["total"]:
            return []
        named = [f"{row['id']} {one_line(row['title'], 50)}" if isinstance(row, Mapping) else row for row in values["things"]]
        said = one if one and values["total"] == 1 else words
        return [said.format_map({**values, "count": f"{values['total']:,}"}), *stats_people.things(named, values["total"], limit)]

    return told


def _growing(values: Row, verdict: str, limit: int) -> list[str]:
    lines = []
    for stage, before in (("idea", "observation"), ("practice", "idea")):
        cases, median = values[stage]["cases"], values[stage]["median_days"]
        if cases:
            how = f"; half of them within {median:g} days" if median is not None else ""
            lines.append(f"{count(cases, before)} became {_article(cases, stage)}{how}.")
    return lines


def _article(number: int, stage: str) -> str:
    return f"{stage}s" if number != 1 else f"an {stage}" if stage[0] in "aeiou" else f"a {stage}"


def _shared_of_kept(values: Row, verdict: str, limit: int) -> list[str]:
    return [f"You kept {count(values['kept'], 'item')}, wrote {count(values['notes'], 'note')} in your own words, "
            f"and shared {count(values['shares'], 'time')} with words of your own."]  # fmt: skip


def _answers(values: Row, verdict: str, limit: int) -> list[str]:
    return [
        f"{row['id']:<4} {one_line(row['title'], 30)} got {count(row['shares'], 'share')} and gave "
        f"{count(row['answers'], 'answer')}."
        for row in values["circles"]
    ] or ["Nothing went to a circle."]


def _gone_quiet(values: Row, verdict: str, limit: int) -> list[str]:
    if not values["total"]:
        return []
    named = [f"{row['id']} {one_line(row['title'], 40)}: nothing either way for {count(row['weeks'], 'week')}"
             for row in values["things"]]  # fmt: skip
    said = f"{count(values['total'], 'circle')} {'has' if values['total'] == 1 else 'have'} gone quiet."
    return [said, *stats_people.things(named, values["total"], limit)]


def _promises(values: Row, verdict: str, limit: int) -> list[str]:
    if not values["open"]:
        return []
    named = [f"{row['id']} {one_line(row['title'], 50)} (until {day(row['due_at'])})" for row in values["things"]]
    late = f", {values['total']:,} past their day" if values["total"] else ""
    return [f"{count(values['open'], 'promise')} of yours {'is' if values['open'] == 1 else 'are'} open{late}.",
            *stats_people.things(named, values["total"], limit)]  # fmt: skip


WORDS: Mapping[str, Callable[[Row, str, int], Sequence[str]]] = {
    "ratio": _ratio, "kept_of_came_in": _kept_of_came_in, "filters": _filters, "echo": _echo,
    "unchallenged": _unchallenged, "stages": _stages,
    "never_tried": _named("{count} ideas are older than {days} days and were not tried.",
                          "One idea is older than {days} days and was not tried."),
    "unsupported": _named("{count} practices rest on no trial.", "One practice rests on no trial."),
    "questions": _named("{count} questions are open for more than {days} days.",
                        "One question is open for more than {days} days."),
    "growing": _growing, "shared_of_kept": _shared_of_kept, "answers": _answers,
    "gone_quiet": _gone_quiet,
    "taken_back": _named("{count} shares were taken back, and count as not shared.",
                         "One share was taken back, and counts as not shared."),
    "unreached": _named("{count} ideas reached no community in {days} days.",
                        "One idea reached no community in {days} days."),
    "skipped": _named("{count} notes went to a network before any community saw them.",
                      "One note went to a network before any community saw it."),
    "narrow": _named("{count} practices were not seen by a network.", "One practice was not seen by a network."),
    "came_back": _named("{count} notes grew to a practice after they were shared.",
                        "One note grew to a practice after it was shared."),
    "promises": _promises, **stats_people.WORDS,
}  # fmt: skip
"""Each measure in words: (its values, its verdict, how many are named) to lines."""
