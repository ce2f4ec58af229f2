"""`pkm share log --resolve`: what became of letters of which nobody knows whether they arrived."""

from pkm import ids
from pkm.cli import current, render, selectors
from pkm.errors import Invalid
from pkm.text import count


def settle(which: str, outcome: str, json: bool) -> None:
    """The delivery, or all that are held in an older store or a copy, count as the outcome says."""
    from pkm.share import outbox

    if which in ("older", "copy"):
        _resolve_held(which, outcome, json)
        return
    kind, number = ids.parse(selectors.recalled(which)) or ("", 0)
    if kind != "delivery":
        raise Invalid(f"“{which}”", "it is the id of a delivery, as d212", next="pkm share log")
    row, report = outbox.resolve(current.store(), current.home(), number, outcome)
    render.emit_made(row, as_json=json, also=[f"counts as {row['state']}"])
    if not json and report.interaction:
        render.say(f"{report.interaction['id']}  {report.interaction['text']}")
    if not json and row["state"] == "refused":
        render.tell(f"Next: pkm share send {row['share']}, to try it again")


def _resolve_held(which: str, outcome: str, json: bool) -> None:
    """Those that are held in a store that is older than its ledger, or in a home that may be a copy, are settled at once."""
    from pkm.share import outbox

    settle = outbox.resolve_older if which == "older" else outbox.resolve_copy
    rows = settle(current.store(), current.home(), outcome)
    if json:
        render.emit_json(rows)
        return
    rest = "what else left is settled" if which == "older" else "what is queued from now on leaves from this home"
    said = f"as {outcome}" if which == "older" or outcome == "sent" else "as not sent yet"
    render.say(f"{count(len(rows), 'held letter')} {'counts' if len(rows) == 1 else 'count'} {said}; {rest}")
    if outcome == "refused":
        for share in dict.fromkeys(row["share"] for row in rows):
            render.tell(f"Next: pkm share send {share}")
