"""What is said of a delivery whose share was taken back."""

from typing import Any

import pytest

from pkm.delivery import BEGAN
from pkm.share.fate import taken_back


@pytest.mark.parametrize(("row", "said"), [
    ({"state": "sent"}, "cannot be recalled: they have it"), ({"state": "unknown"}, "cannot be recalled, if it left"),
    ({"state": "waiting"}, "did not leave"), ({"state": "refused"}, "did not leave"),
    ({"state": "held", "error": "you hold it"}, "did not leave"),
    ({"state": "held", "error": f"{BEGAN} on 2026-01-01; this store is older than that"}, "may have left: ask them"),
    ({"state": "refused", "error": "it came back: 550 no such user"}, "cannot be recalled, if it arrived"),
    ({"state": "sent", "retracted": None}, ""),
])  # fmt: skip
def test_what_may_have_left_is_never_told_as_kept_back(row: dict[str, Any], said: str) -> None:
    whole = {"error": "", "retracted": {"at": "2026-01-02", "because": ""}, "channel_kind": "mail", "share": "x1", **row}
    assert taken_back(whole) == said
