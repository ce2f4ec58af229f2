"""The entries of a feed as bytes: which of them were read before, and the document without those. Pure.

Most of a feed that changed is as it was: of thirty entries one is new. What was read is known again by its bytes, and cut
out before a parser sees it. Only where it is plain where each entry begins and ends: RSS and Atom, no entry in another.
"""

import re
from hashlib import blake2b
from typing import NamedTuple

SIZE = 8
"""Bytes of a hash. Whoever finds two entries of one hash hides the second of them, in a feed of their own."""

_TOKEN = re.compile(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<(?P<open>item|entry)(?=[\s>])|</(?P<close>item|entry)\s*>", re.S)


class Cut(NamedTuple):
    """A document without the entries that are known. hashes: of all its entries, in order; left: how many are still in it."""

    document: bytes
    hashes: bytes
    left: int


def cut_known(document: bytes, known: bytes) -> Cut | None:
    """The document without the entries whose hashes are among `known`; None where it is not plain what its entries are."""
    spans = _spans(document)
    if not spans:
        return None
    hashes = [blake2b(document[start:end], digest_size=SIZE).digest() for start, end in spans]
    there = {known[at : at + SIZE] for at in range(0, len(known), SIZE)}
    kept, at = [], 0
    for (start, end), its in zip(spans, hashes, strict=True):
        if its in there:
            kept.append(document[at:start])
            at = end
    kept.append(document[at:])
    return Cut(b"".join(kept), b"".join(hashes), sum(its not in there for its in hashes))


def _spans(document: bytes) -> list[tuple[int, int]]:
    """Where each entry begins and ends; empty where one is in another, or one has no end."""
    found: list[tuple[int, int]] = []
    start, name = -1, b""
    for token in _TOKEN.finditer(document):
        if token["open"]:
            if start >= 0:
                return []
            start, name = token.start(), token["open"]
        elif token["close"]:
            if start < 0 or token["close"] != name:
                return []
            found.append((start, token.end()))
            start = -1
    return found if start < 0 else []
