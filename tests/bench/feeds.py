"""A thousand feeds from a fixed seed, and the server that gives them: 250 loopback addresses, 20 ms before each answer.

Half are RSS with content in CDATA, a quarter RSS with an escaped description, a quarter Atom: what blogs give. An entry
has some 2.6 KB with paragraphs, links, a list, an image; 30 entries a feed make 78 MB for a thousand. Every answer has
an ETag and a Last-Modified, and a question with either is answered 304 while nothing changed.
"""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from tests.bench.large import Writer

ADDRESSES = 250
LATENCY_S = 0.02
ENTRIES = 30
LAST = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
_FORMS = ("rss", "rss", "described", "atom")


class Served:
    """A server under way. news(n): every n-th feed has one entry more from now on, and other validators."""

    def __init__(self, pipe: Connection, port: int, number: int) -> None:
        self._pipe = pipe
        self.urls = [f"http://127.0.1.{1 + n % ADDRESSES}:{port}/{n}.xml" for n in range(number)]

    def news(self, every: int = 10) -> None:
        """Every so many feeds have one new entry."""
        self._pipe.send(every)
        self._pipe.recv()


@contextmanager
def serve(number: int, entries: int = ENTRIES, seed: int = 7) -> Iterator[Served]:
    """So many feeds are served by a process of its own."""
    context = get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, number, entries, seed), daemon=True)
    process.start()
    theirs.close()  # one that dies is told of by the end of the pipe
    try:
        yield Served(ours, ours.recv(), number)
    finally:
        process.terminate()
        process.join()


class Feeds:
    """The bytes of the feeds; the same seed gives the same ones."""

    def __init__(self, number: int, entries: int, seed: int) -> None:
        self._writer = Writer(seed)
        self._entries = [[self._entry(feed, n) for n in range(entries + 1)] for feed in range(number)]
        self.bodies = [self._body(feed, 0) for feed in range(number)]
        self.rounds = [0] * number

    def news(self, every: int) -> None:
        """Every so many feeds have their newest entry as well, once."""
        for feed in range(0, len(self.bodies), every):
            self.bodies[feed], self.rounds[feed] = self._body(feed, 1), 1

    def _entry(self, feed: int, number: int) -> dict[str, Any]:
        title, text = self._writer.write(self._writer.choose_topics(), 105)
        at = LAST - timedelta(hours=9 * number, minutes=feed % 540)
        return {
            "url": f"https://blog{feed}.example.org/{at:%Y/%m}/{number}-{feed}", "title": title, "at": at,
            "author": f"Author {feed % 97}", "html": _as_html(self._writer.random, text, feed, number),
        }  # fmt: skip

    def _body(self, feed: int, more: int) -> bytes:
        entries = self._entries[feed][1 - more :]
        write = _atom if _FORMS[feed % 4] == "atom" else _rss
        return write(feed, entries, _FORMS[feed % 4]).encode()


def _as_html(chance: random.Random, text: str, feed: int, number: int) -> str:
    """Paragraphs with what a blog's editor puts into them: links, emphasis, a list, an image, an entity."""
    parts = []
    for position, paragraph in enumerate(text.split("\n\n")):
        words = [escape(word) for word in paragraph.split()] or ["end"]
        if len(words) > 12:
            words[3] = f'<a href="https://site{chance.randrange(5000)}.example.com/{words[3]}?utm_source=rss">{words[3]}</a>'
            words[7] = f"<em>{words[7]}</em>"
            words[9] = f"<strong>{words[9]}</strong> &amp;"
        parts.append(f"<p>{' '.join(words)}</p>")
        if position == 1:
            parts.append(f'<p><img src="/images/{feed}-{number}.jpg" alt="{words[0]}" width="640" height="480" /></p>')
        if position == 2:
            parts.append("<ul>" + "".join(f"<li>{word}</li>" for word in words[:4]) + "</ul>")
    return "\n".join(parts)


def _rss(feed: int, entries: list[dict[str, Any]], form: str) -> str:
    items = []
    for entry in entries:
        if form == "rss":
            content = f"<description>{escape(entry['title'])}</description>\n<content:encoded><![CDATA[{entry['html']}]]></content:encoded>"
        else:
            content = f"<description>{escape(entry['html'])}</description>"
        items.append(
            f"<item>\n<title>{escape(entry['title'])}</title>\n<link>{entry['url']}</link>\n"
            f"<dc:creator><![CDATA[{entry['author']}]]></dc:creator>\n<pubDate>{format_datetime(entry['at'], usegmt=True)}</pubDate>\n"
            f'<category><![CDATA[topic {feed % 40}]]></category>\n<guid isPermaLink="false">{entry["url"]}</guid>\n{content}\n</item>'
        )  # fmt: skip
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
        f"<title>Blog {feed}</title>\n"
        f'<atom:link href="https://blog{feed}.example.org/feed" rel="self" type="application/rss+xml"/>\n'
        f"<link>https://blog{feed}.example.org/</link>\n<description>What {feed} says</description>\n<language>en</language>\n"
        + "\n".join(items) + "\n</channel>\n</rss>\n"
    )  # fmt: skip


def _atom(feed: int, entries: list[dict[str, Any]], form: str) -> str:
    written = [
        f"<entry>\n<title>{escape(entry['title'])}</title>\n<link href=\"{entry['url']}\" rel=\"alternate\" type=\"text/html\"/>\n"
        f"<id>{entry['url']}</id>\n<published>{entry['at'].isoformat()}</published>\n<updated>{entry['at'].isoformat()}</updated>\n"
        f"<author><name>{entry['author']}</name></author>\n<category term=\"topic {feed % 40}\"/>\n"
        f"<content type=\"html\">{escape(entry['html'])}</content>\n</entry>"
        for entry in entries
    ]  # fmt: skip
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n<title>Blog {feed}</title>\n'
        f'<link href="https://blog{feed}.example.org/"/>\n<link href="https://blog{feed}.example.org/feed" rel="self"/>\n'
        f"<id>https://blog{feed}.example.org/</id>\n<updated>{entries[0]['at'].isoformat()}</updated>\n"
        + "\n".join(written) + "\n</feed>\n"
    )  # fmt: skip


def _run(pipe: Connection, number: int, entries: int, seed: int) -> None:
    feeds = Feeds(number, entries, seed)
    asyncio.run(_serve(pipe, feeds))


async def _serve(pipe: Connection, feeds: Feeds) -> None:
    loop = asyncio.get_running_loop()
    hosts = [f"127.0.1.{n}" for n in range(1, 1 + ADDRESSES)]
    first = await loop.create_server(lambda: _Answering(feeds), hosts[0], 0, backlog=1024)
    port = first.sockets[0].getsockname()[1]
    others = await loop.create_server(lambda: _Answering(feeds), hosts[1:], port, backlog=1024)

    def be_told() -> None:
        feeds.news(pipe.recv())
        pipe.send("done")

    loop.add_reader(pipe.fileno(), be_told)
    pipe.send(port)
    await others.serve_forever()


class _Answering(asyncio.Protocol):
    """One connection, kept open: GET /N.xml, after the latency."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        while b"\r\n\r\n" in self._data:
            head, _, self._data = self._data.partition(b"\r\n\r\n")
            asyncio.get_running_loop().call_later(LATENCY_S, self._answer, head)

    def _answer(self, head: bytes) -> None:
        if self._transport.is_closing():
            return
        lines = head.split(b"\r\n")
        number = int(lines[0].split()[1].strip(b"/").removesuffix(b".xml"))
        given = dict(line.lower().split(b": ", 1) for line in lines[1:] if b": " in line)
        at = LAST + timedelta(days=self._feeds.rounds[number])
        etag, modified = f'"{number}-{self._feeds.rounds[number]}"', format_datetime(at, usegmt=True)
        same = {given.get(b"if-none-match"), given.get(b"if-modified-since")} & {etag.encode(), modified.lower().encode()}
        body = b"" if same else self._feeds.bodies[number]
        self._transport.write(
            f"HTTP/1.1 {'304 Not Modified' if same else '200 OK'}\r\nETag: {etag}\r\nLast-Modified: {modified}\r\n"
            f"Content-Type: application/xml; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        )  # fmt: skip
