"""A few seconds of the soak: kills, full disks and crowds, against a model of the store. An hour: python -m tests.soak."""

import random

import pytest

from tests.effort import EFFORT
from tests.soak.__main__ import soak, summary


def test_nothing_that_was_reported_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PKM_NOW", raising=False)
    seed = str(random.SystemRandom().randrange(10**9))
    tally, lost = soak(seed, seconds=7.0 * EFFORT, small_disk=False, shrink_s=20)
    assert not lost, f"{lost}\n{summary(tally, seed, lost, 0)}"
    assert tally.commands
