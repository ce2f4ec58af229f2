"""Clipping: one page that the person chose becomes an item. The same page twice is one item."""

from dataclasses import dataclass
from typing import Any

from pkm.html import canonical_url
from pkm.net.fetch import ACCEPT_PAGE, Fetcher, read_file
from pkm.seek.clip import Page, read_page
from pkm.seek.entry import hash_of
from pkm.seek.sources import as_address
from pkm.store import intake, items, tags
from pkm.store.session import Store

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Clipped:
    """The item of a page; `new`: it was not in the store before."""

    row: Row
    new: bool


def fetch_page(address: str) -> Page:
    """The page at a web address or in a file, read. The network only.

    Raises Unreachable, NotFound, Invalid, or BadInput where it is no page.
    """
    url = as_address(address)
    if url.startswith("file:"):
        return read_page(read_file(url), url=url)
    with Fetcher() as fetcher:
        response = fetcher.fetch(url, accept=ACCEPT_PAGE)
    return read_page(response.body or b"", url=response.final_url, content_type=response.content_type)


def keep_page(store: Store, page: Page, *, tag_names: tuple[str, ...] = ()) -> Clipped:
    """The page is an item, kept: it was chosen. An item that is there already, from a source or a clip, is that item;
    its text is the page's where that is longer.
    """
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
        if tag_names:
            tags.put(unit, "item", number, tag_names)
        unit.flush()
        row = items.row(unit.connection, number)
        assert row is not None
        unit.summarize(f"clipped {row['title']}")
        return Clipped({**row, "number": number}, new)


def _brought(page: Page) -> intake.Brought:
    return intake.Brought(
        key="", hash=hash_of(page.title, page.html, page.url), title=page.title, url=page.url,
        canonical_url=page.canonical_url or canonical_url(page.url), author=page.author, published_at=page.published,
        summary=page.excerpt, text=page.text, html=page.html,
    )  # fmt: skip
