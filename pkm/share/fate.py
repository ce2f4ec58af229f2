"""What became of a delivery whose share was taken back, in words. Pure: from the row as store.shares.deliveries() has it."""

from collections.abc import Mapping
from typing import Any

from pkm.dates import day
from pkm.delivery import BEGAN, NOT_LEFT, came_back
from pkm.share.channels import KINDS, is_letters, is_mirror
from pkm.store.posts import REMOVED
from pkm.text import one_line


def taken_back(row: Mapping[str, Any]) -> str:
    """What could be done about it: withdrawn, removed, deleted, cannot be recalled; "" where its share was not taken back."""
    if not row["retracted"]:
        return ""
    if row["state"] == "held" and row["error"].startswith(BEGAN):
        return "may have left: ask them"
    if came_back(row["state"], row["error"]):
        return "cannot be recalled, if it arrived"
    if row["state"] in NOT_LEFT:
        return "did not leave"
    if row["error"] == REMOVED:
        return "deleted there"
    if row["state"] == "cancelled":
        return "did not leave"
    kind = row["channel_kind"]
    if is_letters(kind):
        return "cannot be recalled: they have it" if row["state"] == "sent" else "cannot be recalled, if it left"
    if is_mirror(kind):
        return "withdrawn: its page says so" if kind == "site" else "removed from the folder"
    if kind in KINDS and KINDS[kind].deletes:
        return f"may still stand there: pkm share retract {row['share']}"
    return "cannot be recalled: who receives there has it"


def told(row: Mapping[str, Any]) -> str:
    """The same with the day and the reason; "" where its share was not taken back."""
    done = taken_back(row)
    if not done:
        return ""
    because = one_line(row["retracted"].get("because") or "", 120)
    return f"{done} (taken back {day(row['retracted']['at'])}{f': {because}' if because else ''})"
