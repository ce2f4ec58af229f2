"""A webhook: the digest as JSON to an address of one's own, signed (Standard Webhooks 1.0: id, timestamp, HMAC-SHA256).

The id is the delivery's key, the same on every try; what the receiver does with a repeat is its own. Nothing can be asked
or taken back there. Sources: standardwebhooks.com, "Webhook metadata" and "Signature scheme".
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

from pkm.channels.account import Receiver
from pkm.channels.http import Place, call, listen, read_place
from pkm.channels.way import Answer, Given, Job, Outcome, Post, Room, as_body, verdict
from pkm.dates import now
from pkm.errors import Invalid
from pkm.secret import remember

EXAMPLE = "webhook+https://example.org/in"

_FEWEST = 16
"""A shorter secret is none."""


def check(address: str, given: Given) -> tuple[str, dict[str, Any]]:
    """The address behind webhook+; where the secret is."""
    place = read_place(address.removeprefix("webhook+"), EXAMPLE)
    if not given.credential:
        raise Invalid("a webhook", "it is not said where the secret is that it signs with",
                      next=f"pkm share channel add NAME {EXAMPLE} --secret-env VARIABLE")  # fmt: skip
    return f"webhook+{place}", {"credential": given.credential}


def learn(address: str) -> dict[str, Any]:
    """There is nothing to learn."""
    return {}


def compose(post: Post, name: Callable[[int], str], options: Mapping[str, Any]) -> list[bytes]:
    """One body: its type, when, and the digest with its page."""
    return [as_body({"type": "digest.published", "timestamp": post.at, "data": {**post.digest, "url": post.url}})]


def shown(payload: bytes) -> str:
    """The JSON, a member a line."""
    import json

    return json.dumps(json.loads(payload), ensure_ascii=False, indent=1)


def measure(payload: bytes, options: Mapping[str, Any]) -> str:
    """A webhook has no limit."""
    return ""


def room(payload: bytes, options: Mapping[str, Any]) -> Room | None:
    """A webhook has no limit."""
    return None


def connect(address: str, options: Mapping[str, Any], secret: str) -> "Webhook":
    """The receiver, to be entered. Raises Invalid, without the secret, where it is none."""
    return Webhook(read_place(address.removeprefix("webhook+"), EXAMPLE), _key(secret))


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(remember(secret.removeprefix("whsec_")), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < _FEWEST:
        raise Invalid("its secret", f"it should be whsec_ and at least {_FEWEST} bytes in base64",
                      next="openssl rand -base64 32, and put whsec_ in front")  # fmt: skip
    return key


def sign(key: bytes, name: str, at: int, body: bytes) -> str:
    """The signature of a body under its id and time."""
    return "v1," + base64.b64encode(hmac.digest(key, f"{name}.{at}.".encode() + body, hashlib.sha256)).decode()


class Webhook(Receiver):
    """A receiver of digests."""

    def __init__(self, place: Place, key: bytes) -> None:
        self.place = place
        self._key = key

    def _hand_in(self, job: Job, body: bytes) -> Outcome:
        """The body is posted byte for byte."""
        at = int(now().timestamp())
        headers = {"webhook-id": job.key, "webhook-timestamp": str(at),
                   "webhook-signature": sign(self._key, job.key, at, body)}  # fmt: skip
        return verdict(call(self.place, "POST", "", body, headers))

    def settle(self, job: Job, *, repeat: bool) -> Outcome:
        """Nobody can be asked."""
        return Outcome("unknown")

    def remove(self, job: Job) -> Outcome:
        """What was told is told."""
        return Outcome("refused", "the receiver was told once, and has it")

    def answers(self, job: Job) -> list[Answer]:
        """A webhook does not answer."""
        return []

    def probe(self, key: str) -> str:
        """The secret was read, and somebody listens there; nothing is posted, for somebody else may get it."""
        listen(self.place)
        return "somebody listens there, and the secret is one; nothing was posted, for nobody knows who else would get it"
