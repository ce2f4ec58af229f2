"""What stands in the way of forgetting, from plain facts."""

from typing import Any

import pytest

from pkm.delivery import BEGAN
from pkm.store.lookup import Found
from pkm.whole.forget_plan import Facts, decide


def delivery(**more: object) -> dict[str, Any]:
    return {"id": 4, "share_id": 1, "state": "sent", "channel_kind": "mail", "share_state": "sent", "channel": "post",
            "sent_at": "", "name": "Ann", "recipient": "ann@example.org", "remote_url": "", "error": "", **more}  # fmt: skip


@pytest.mark.parametrize(("row", "step"), [
    (delivery(), ""), (delivery(state="held"), ""), (delivery(state="refused"), ""), (delivery(state="waiting"), ""),
    (delivery(state="held", error=f"{BEGAN} on 2026-01-01"), "pkm share log --resolve d4 sent|refused"),
    (delivery(state="unknown"), "pkm share log --resolve d4 sent|refused"),
    (delivery(state="sending"), "pkm share log --resolve d4 sent|refused"),
    (delivery(channel_kind="site"), "pkm share retract x1"), (delivery(channel_kind="site", share_state="retracted"), ""),
])  # fmt: skip
def test_what_nobody_knows_of_or_everybody_reads_is_settled_first(row: dict[str, Any], step: str) -> None:
    plan = decide(Facts((Found("note", 1, "A note"),), deliveries=[row]))
    assert [finding[2] for finding in plan.findings] == ([step] if step else [])


@pytest.mark.parametrize(("state", "step"), [
    ("draft", "pkm share drop x1"), ("planned", "pkm share drop x1, or pkm share retract x1 where a part has left"), ("sent", ""),
])  # fmt: skip
def test_what_is_under_way_is_dropped_first(state: str, step: str) -> None:
    plan = decide(Facts((Found("note", 1, "A note"),), shares=[{"id": 1, "state": state}]))
    assert [finding[2] for finding in plan.findings] == ([step] if step else [])
