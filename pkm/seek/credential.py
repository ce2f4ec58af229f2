"""Secrets of private feeds: the header that carries one. Where it is and how it is read says pkm.secret.

The secret is read when its source is fetched and lives no longer than the run; it stands in no message and no log.
Knows no store and no network.
"""

import base64
import re
import threading
from collections.abc import Mapping

from pkm import secret as secrets
from pkm.errors import Invalid, PkmError
from pkm.secret import check_place

__all__ = ["Credentials", "as_headers", "check_place", "read_secret"]

FORMS = "user:password, Bearer TOKEN, or Header-Name: value"

_RIGHT = f"write the secret, at the place that --credential names, as {FORMS}"

_SCHEMES = re.compile(r"(?:bearer|token|basic|apikey|api-key|key)[ \t]+\S", re.IGNORECASE)
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9_-]*):[ \t]+(\S.*)")
_NOT_TO_SET = {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "upgrade"}


def read_secret(place: str) -> str:
    """The secret at the place: the first line that is not empty. Raises as pkm.secret.read_secret does."""
    return secrets.read_secret(place, FORMS)


def as_headers(secret: str) -> dict[str, str]:
    """The header that carries the secret: Basic for user:password, a scheme or a header of its own as it stands.

    Raises Invalid, without the secret, where it is none of these or can stand in no header.
    """
    if not secret.isprintable():
        raise Invalid("its credential", "the secret holds characters that cannot be sent", next=_RIGHT)
    if not secret.isascii() and (_SCHEMES.match(secret) or _HEADER.fullmatch(secret)):
        raise Invalid("its credential", "the secret holds characters that no header can hold", next=_RIGHT)
    if _SCHEMES.match(secret):
        return {"Authorization": secret}
    if header := _HEADER.fullmatch(secret):
        if header[1].lower() in _NOT_TO_SET:
            raise Invalid("its credential", "the secret names a header that no feed needs")
        return {header[1]: header[2]}
    user, colon, _ = secret.partition(":")
    if not colon or not user:
        raise Invalid("its credential", f"the secret is not {FORMS}", next=_RIGHT)
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


class Credentials:
    """The secrets of one run, each read once however many sources share it, and threads ask for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[str, threading.Lock] = {}
        self._known: dict[str, Mapping[str, str] | PkmError] = {}

    def headers(self, place: str) -> Mapping[str, str]:
        """What to send for the place, nothing for "". Raises as read_secret and as_headers do, each time the same."""
        if not place:
            return {}
        with self._lock:
            lock = self._places.setdefault(place, threading.Lock())
        with lock:
            if place not in self._known:
                try:
                    self._known[place] = as_headers(read_secret(place))
                except PkmError as error:
                    self._known[place] = error
        known = self._known[place]
        if isinstance(known, PkmError):
            raise known
        return known
