"""A body that takes its reader too long, or kills it: its source fails, and the next bodies are read."""

import os
import signal
import sys
import time
from collections.abc import Iterator

import pytest

from pkm.seek import reading
from pkm.seek.decide import Fetched
from pkm.seek.reading import Body, Reader, start_readers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="readers have processes of their own on Linux only")
SMALL, LARGE = b"<rss/>", b" " * reading.LARGE


def _read(body: Body) -> Fetched:
    if body.url == "busy":
        while True:
            pass
    if body.url == "asleep":
        time.sleep(3600)
    if body.url == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    return Fetched(title=str(os.getpid()))


@pytest.fixture(params=[1, reading.PAYS_FROM + 1], ids=["few", "many"])
def readers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Reader]]:
    monkeypatch.setattr(reading, "read_body", _read)
    monkeypatch.setattr(reading, "READ_S", 0.2)
    started = start_readers(request.param)
    yield started
    for each in started:
        each.close()


@pytest.mark.parametrize(
    ("trap", "why"),
    [("busy", "reading it took too long"), ("asleep", "reading it took too long"),
     ("killed", "reading it took too much memory or broke the parser")],
)  # fmt: skip
def test_a_trap_costs_its_own_source_only(readers: list[Reader], trap: str, why: str) -> None:
    for reader in readers:
        for _ in range(2):
            assert reader.read(Body(trap, "", LARGE, None)).failure == why
            after = reader.read(Body("whole", "", LARGE, None))
            assert after.failure is None
            assert after.title != str(os.getpid())  # a new process reads it, not this one


def test_a_small_body_of_few_sources_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "read_body", _read)
    readers = start_readers(1)
    try:
        assert {reader.read(Body("whole", "", SMALL, None)).title for reader in readers} == {str(os.getpid())}
    finally:
        for each in readers:
            each.close()
