"""Addresses of mail as they are on the wire, so that two spellings of one are the same, and no two addresses are.

A domain that is not ASCII goes by its ASCII form (RFC 5890), made as UTS #46 has it without its transitional rules: ß is not
ss. Python's own codec follows the older IDNA 2003, where it is. What stands before the @ is the server's: only ASCII letters
are compared without their case.
"""

import re
import unicodedata
from functools import lru_cache

from pkm.text import fold, seen

NO_SIGNS = r"\s<>()\[\]\\,;:@\""
"""What stands in no address that is written without quotes (RFC 5322, 3.2.3), for a class of signs in a pattern."""

_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_KEPT = {"ß": "ß", "ẞ": "ß", "ς": "ς", "\u200c": "\u200c", "\u200d": "\u200d"}
"""Letters that IDNA 2003 made others of, or nothing."""

_IGNORED = re.compile("[\u00ad\u200b\u2060\ufeff\ufe00-\ufe0f]")
_DOTS = re.compile("[\u3002\uff0e\uff61]")
_LABEL = re.compile(r"[a-z0-9_-]+")
_MOST = 63
"""Letters of one part of a domain (RFC 1035, 2.3.4)."""


def wire_address(address: str) -> str:
    """The address as a server gets it: its domain in ASCII. Raises UnicodeError where that cannot be."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else wire_domain(domain)}"


@lru_cache(maxsize=4096)
def wire_domain(domain: str) -> str:
    """The domain in ASCII and lower case. Raises UnicodeError where it cannot be written so."""
    if domain.isascii():
        return domain.translate(_LOWER)
    return ".".join(map(_wire_label, _mapped(domain).split(".")))


def is_plain(domain: str) -> bool:
    """Whether every server reads that domain as it is compared here: but for case and composed letters nothing is mapped."""
    if domain.isascii():
        return True
    try:
        mapped = readable(wire_domain(domain))
    except UnicodeError:
        return False
    if any(unicodedata.normalize("NFC", sign) != sign for sign in domain):  # the sign for Kelvin is no k
        return False
    lower = "".join(sign.lower() for sign in unicodedata.normalize("NFC", domain))  # a sigma by itself is no final one
    return readable(unicodedata.normalize("NFC", lower)) == mapped


def _mapped(domain: str) -> str:
    text = unicodedata.normalize("NFKC", _DOTS.sub(".", _IGNORED.sub("", domain)))
    return unicodedata.normalize("NFC", "".join(_KEPT.get(sign) or sign.casefold() for sign in text))


def _wire_label(label: str) -> str:
    label = label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
    if not _LABEL.fullmatch(label) or len(label) > _MOST:
        raise UnicodeError(f"no part of a domain: {label[:_MOST]!r}")
    return label


@lru_cache(maxsize=4096)
def address_key(address: str) -> str:
    """The address as addresses are compared; one whose domain cannot be written is like no other."""
    local, at, domain = "".join(address.split()).rpartition("@")
    try:
        domain = wire_domain(domain)
    except UnicodeError:
        domain = domain.translate(_LOWER)
    return f"{local.translate(_LOWER)}{at}{domain}"


def spellings(address: str) -> tuple[str, ...]:
    """The key, then the address as names are folded where that means the same: as older versions kept it."""
    key = address_key(address)
    folded = (one for one in (fold(address), fold(readable(key))) if address_key(one) == key)
    return tuple(dict.fromkeys([key, *folded]))


def alike(address: str) -> str:
    """What the address has in common with all that are folded alike, as older rules have it (IDNA 2003): ß with ss, σ with ς.

    It may only ever keep something back: these may be several people's.
    """
    return fold(seen(readable(address_key(address))))


def others(address: str) -> tuple[str, ...]:
    """What older versions kept of the address that another's has now, too: they had ss for ß. It may only ever stop a letter."""
    known = spellings(address)
    return tuple(dict.fromkeys(one for one in (fold(address), fold(readable(known[0]))) if one not in known))


def readable(address: str) -> str:
    """The address with its domain's own letters in place of xn--, as far as they can be told."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{'.'.join(map(_readable_label, domain.split('.')))}"


def _readable_label(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
