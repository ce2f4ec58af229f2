"""A page of anything is a feed of entries, or none: it never raises, and its entries have web addresses only."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkm.seek.hfeed import read_h_feed

_PIECES = st.sampled_from(
    ["<html>", '<div class="h-feed">', '<p class="h-entry">', "</p>", "</div>", '<a class="u-url p-name" href="', '">x</a>',
     '<time class="dt-published" datetime="2026-99-99">', '<b class="p-name">', "</b>", '<i class="e-content">', "</i>",
     '<img class="u-photo" src="javascript:x">', '<a class="p-author h-card" href="//[">A</a>', "\x00", "\ud800", "words"]
)  # fmt: skip


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_PIECES, max_size=50).map("".join), st.binary(max_size=20))
def test_any_page(page: str, more: bytes) -> None:
    found = read_h_feed(page.encode("utf-8", "replace") + more, "https://a.example/")
    for entry in found.entries if found else ():
        assert entry.url == "" or entry.url.startswith("http")
        assert all(file.url.startswith("http") for file in entry.enclosures)
