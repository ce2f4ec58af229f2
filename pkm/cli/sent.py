"""What became of sends: told, and as the contract has it."""

from typing import Any

import typer

from pkm.cli import current, outgoing, render
from pkm.ids import Row
from pkm.text import count


def report_all(reports: list[Any], json: bool) -> None:
    """What became of each send is told, and what stays refused; leaves with 4 where something failed or is unknown."""
    summaries = [emit_report(report, json=json) for report in reports]
    for number in dict.fromkeys(report.share["number"] for report in reports):
        outgoing.tell_refused(outgoing.refused(number))
    if json:
        render.emit_json(summaries[0] if len(summaries) == 1 else summaries)
    if any(report.failures or report.unknown for report in reports):
        raise typer.Exit(4)


def emit_report(report: Any, *, json: bool, unsettled: bool = True) -> Row:
    """What became of a send, told; returns it as the contract has it. unsettled: False where that is told for all at the end."""
    current.remember(touched=report.share["id"])
    summary = {
        **report.share, "new": len(report.sent), "updated": 0, "unchanged": report.already,
        "failed": len(report.failures), "failures": [{"what": what, "why": why} for what, why in report.failures],
        "deliveries": list(report.sent), "places": list(report.places), "unknown": list(report.unknown),
        "interaction": report.interaction,
    }  # fmt: skip
    for what, why in report.failures:
        render.tell(f"{what}: {why}")
    if report.unknown and unsettled:
        outgoing.tell_unsettled(report.unknown)
    if json:
        return summary
    if report.sent:
        channels = ", ".join(_by_channel(report.sent))
        render.say(f"{report.share['id']}  {report.share['title']}  sent by {channels}")
        _say_to_whom(report.sent)
    elif report.already:
        render.say(f"{report.share['id']}  {report.share['title']}  was sent before; nothing was sent again")
    elif report.interaction:
        render.say(f"{report.share['id']}  {report.share['title']}  counts as sent, by hand")
    for place in report.places:
        render.say(f"  {place}")
    if report.interaction:
        render.say(f"{report.interaction['id']}  {report.interaction['text']}")
    return summary


def _say_to_whom(rows: Any) -> None:
    if people := [outgoing.addressed(row["name"] or "", row["recipient"]) for row in rows if row["contact"] is not None]:
        render.say(f"  to {outgoing.named(people)}")


def _by_channel(rows: Any) -> list[str]:
    """Each channel that something went by, with to how many people."""
    channels = dict.fromkeys(row["channel"] for row in rows)
    people = {name: sum(row["contact"] is not None for row in rows if row["channel"] == name) for name in channels}
    return [f"{name} to {count(people[name], 'person', 'people')}" if people[name] else name for name in channels]
