"""Clipping: one page that the person chose becomes an item. The same page twice is one item."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pkm.errors import BadInput
from pkm.html import canonical_url
from pkm.ids import Row, existing
from pkm.net.fetch import ACCEPT_PAGE, MAX_BYTES, Fetcher, read_file
from pkm.seek.clip import Page, find_own_address, read_page
from pkm.seek.entry import hash_of
from pkm.seek.fulltext import TextsFilled, fill_imported
from pkm.seek.sources import as_address
from pkm.seek.waits import read_waits
from pkm.store import intake, items, pages, tags
from pkm.store.session import Store


@dataclass(frozen=True, slots=True)
class Clipped:
    """The item of a page; `new`: it was not in the store before."""

    row: Row
    new: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A page that was read, with the bytes that it came as."""

    page: Page
    body: bytes
    content_type: str = ""


def fetch_page(address: str, *, url: str = "") -> Given:
    """The page at a web address or in a file, read. The network only.

    url: where a page in a file is from, if that is known; else what the page says of itself, else the file.
    Raises Unreachable, NotFound, Invalid, or BadInput where it is no page.
    """
    at = as_address(address)
    if at.startswith("file:"):
        return read_given(read_file(at), url, at)
    with Fetcher() as fetcher:
        response = fetcher.fetch(at, accept=ACCEPT_PAGE)
    body = response.body or b""
    page = read_page(body, url=response.final_url, content_type=response.content_type)
    return Given(page, body, response.content_type)


def read_given(body: bytes, url: str = "", file: str = "") -> Given:
    """The page that was handed over, read. url: where it is from; file: the address of the file that holds it.

    Raises BadInput where it is no page, is too large, or where nothing says where it is from.
    """
    if len(body) > MAX_BYTES:
        raise BadInput(file or "stdin", "it is larger than 10 MB")
    if url:
        return Given(read_page(body, url=as_address(url)), body)
    stated = find_own_address(body)
    page = read_page(body, url=stated or file or "stdin:")
    if not (stated or file):
        raise BadInput("stdin", "the page does not say where it is from",
                       next="pkm seek clip - --url https://example.org/page")  # fmt: skip
    return Given(page, body)


def keep_page(store: Store, given: Given, *, tag_names: tuple[str, ...] = (), archive: bool = False) -> Clipped:
    """The page is an item, kept: it was chosen. An item that is there already, from a source or a clip, is that item;
    its text is the page's where that is longer. archive: its bytes are kept as well, as they came.
    """
    page = given.page
    with store.unit() as unit:
        addresses = [address for address in (page.canonical_url, canonical_url(page.url)) if address]
        number = intake.find_page(unit.connection, addresses)
        new = number is None
        brought = _brought(page)
        if number is None:
            number = intake.add_clip(unit, brought)
        else:
            intake.fill_clip(unit, number, brought)
            items.decide(unit, number, "kept")
        if archive:
            pages.archive(unit, number, given.body, given.content_type)
        if tag_names:
            tags.put(unit, "item", number, tag_names)
        unit.flush()
        row = existing(items.row(unit.connection, number), "item", number)
        unit.summarize(f"clipped {row['title']}")
        return Clipped({**row, "number": number}, new)


def _brought(page: Page) -> intake.Brought:
    return intake.Brought(
        key="", hash=hash_of(page.title, page.html, page.url), title=page.title, url=page.url,
        canonical_url=page.canonical_url or canonical_url(page.url), author=page.author, published_at=page.published,
        summary=page.excerpt, text=page.text, html=page.html,
    )  # fmt: skip


def fill_missing(
    store: Store, limit: int, at: datetime, progress: Callable[[int, int, str], None] | None = None
) -> tuple[TextsFilled, int]:
    """Imported bookmarks that have no text have their page's, at most `limit`; (what was done, how many are left)."""
    waits = read_waits(store.path.with_name("waits.json"), at)
    done = fill_imported(store, limit, at, waits, progress)
    return done, len(pages.imported_without_text(store.read(), 100_000))
