"""A reader of feeds for the cases: the real pull over a real server into a real store, and a clock that is moved."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pkm.dates import parse_stamp, stamp
from pkm.seek.pull import Keep, PullReport, pull
from pkm.store import intake, items, sources
from pkm.store.session import Store
from tests.server import FeedServer

HTML = "text/html; charset=utf-8"
LOOPBACK = Path(__file__).parents[2] / "data" / "loopback.pem"


def entry(guid: str = "", title: str = "", link: str = "", text: str = "", date: str = "", more: str = "") -> str:
    """An RSS item with what is given."""
    named = {"guid": guid, "title": title, "link": link, "description": text, "pubDate": date}
    attribute = {"guid": " isPermaLink='false'"}
    fields = "".join(f"<{name}{attribute.get(name, '')}>{value}</{name}>" for name, value in named.items() if value)
    return f"<item>{fields}{more}</item>"


def rss(*entries: str, channel: str = "<title>Feed</title>", ns: str = "") -> str:
    """An RSS feed of these items; plain words become items with that guid and title."""
    found = "".join(each if each.startswith("<") else entry(each, each, text="words") for each in entries)
    return f"<rss version='2.0' {ns}><channel>{channel}{found}</channel></rss>"


class Reader:
    """Follows, pulls, and shows what came of it. `server` gives the feeds."""

    def __init__(self, store: Store, server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store = store
        self.server = server
        self._monkeypatch = monkeypatch
        self._now = parse_stamp("2026-11-23T09:00:00Z")

    def follow(self, *urls: str) -> None:
        """These are followed, and all that they hold comes into the inbox."""
        with self.store.unit() as unit:
            intake.add_sources(unit, [{"url": url, "title": "", "site_url": "", "opml": "{}", "backlog": 1} for url in urls])

    def give(self, body: bytes | str = b"", path: str = "/f", **options: Any) -> str:
        """The path is answered so, and followed; the URL."""
        url = self.server.add(path, body, **options)
        if intake.source_at(self.store.read(), url) is None:
            self.follow(url)
        return url

    def pull(
        self, *, all: bool = True, ids: list[int] | None = None, keep: Keep = (None, None), **later: float
    ) -> PullReport:
        """One pull of all sources, or of the due ones, so much `later` (days=8)."""
        self.now = self._now + timedelta(**later)
        return pull(self.store, due_only=not all, ids=ids, keep=keep)

    @property
    def now(self) -> datetime:
        return self._now

    @now.setter
    def now(self, at: datetime) -> None:
        self._now = at
        self._monkeypatch.setenv("PKM_NOW", stamp(at))

    def read(self, body: bytes | str, **options: Any) -> list[dict[str, Any]]:
        """The items, oldest first, that one feed of this body gives."""
        self.give(body, **options)
        self.pull()
        return self.items()

    def items(self) -> list[dict[str, Any]]:
        """All items with their text, by number."""
        db = self.store.read()
        return [items.row(db, row[0]) or {} for row in db.execute("SELECT id FROM item ORDER BY id").fetchall()]

    @property
    def titles(self) -> list[str]:
        return sorted(item["title"] for item in self.items())

    def source(self, number: int = 1) -> dict[str, Any]:
        return sources.polled(self.store.read(), [number])[0]

    def asked(self, name: str) -> str | None:
        """A header of the latest request."""
        return self.server.requests[-1].headers.get(name)

    def decide(self, title: str, state: str = "kept") -> None:
        """The person has decided on an item."""
        with self.store.unit() as unit:
            unit.connection.execute("UPDATE item SET state = ?, decided_at = ? WHERE title = ?",
                                    (state, stamp(self._now), title))  # fmt: skip


@pytest.fixture
def reader(store: Store, server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> Reader:
    return Reader(store, server, monkeypatch)


@pytest.fixture
def secure() -> Iterator[FeedServer]:
    """A server that speaks https with a certificate that nobody trusts."""
    with FeedServer(LOOPBACK) as running:
        yield running
