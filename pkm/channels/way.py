"""What a channel is that posts by an API over HTTP: the values it gets and gives, and the verdict on what a server answers.

Each such channel is a file beside this one with the functions of Adapter, and a row in share/channels.py. Knows no store.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pkm.errors import StoreError, Unreachable

if TYPE_CHECKING:
    from pkm.channels.http import Reply


class Picture(NamedTuple):
    """A picture of a post: the hash of its bytes, its kind, what is read in its place, how large it is (0: unknown)."""

    sha256: str
    media_type: str
    alt: str
    size_bytes: int
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Post:
    """A digest as a channel may tell it.

    at: the stamp that it is dated with. text: plain, with addresses; html: the same as a fragment. short: its title and
    first words. url: its page, "" where none is live. warning: what readers are warned of, "" for nothing. digest: all of
    it as JSON. pictures: what it shows, in order.
    """

    title: str
    at: str
    text: str
    html: str = ""
    short: str = ""
    url: str = ""
    warning: str = ""
    language: str = "en"
    digest: Mapping[str, Any] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()


def no_picture(sha256: str) -> bytes:
    """Raises StoreError: there is nowhere to read a picture from."""
    raise StoreError(sha256, "no picture goes with this")


@dataclass(frozen=True, slots=True)
class Job:
    """One delivery on its way. began: the stamp of when it last began to leave, "" where nobody knows.

    others: the remote ids of what else was posted there.

    parent, root: the remote ids of the part before it and of the first, "" for the first. remote_id: its own, once known.
    read: the bytes of a picture that the payload names by its hash; raises StoreError where they are missing.
    """

    key: str
    payload: bytes
    frozen_at: str
    recipient: str = ""
    part: int = 1
    parent: str = ""
    root: str = ""
    remote_id: str = ""
    began: str = ""
    others: frozenset[str] = frozenset()
    read: Callable[[str], bytes] = no_picture


class Outcome(NamedTuple):
    """What became of one delivery.

    state: sent, refused (for good), waiting (nothing was taken: it may be tried again), unknown. wait_s: how long the
    server asks to be left alone.
    """

    state: str
    why: str = ""
    remote_id: str = ""
    remote_url: str = ""
    wait_s: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered there: its id, who (the names that the channel knows them by), the words, when (a stamp)."""

    remote_id: str
    names: tuple[str, ...]
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Given:
    """What the person says of a channel when they add it. credential: where its secret is."""

    login: str = ""
    credential: str = ""
    room: str = ""
    visibility: str = ""


class Room(NamedTuple):
    """How much of a post is used, of how much, counted in what; link: what any link counts as, 0 where it counts as it is."""

    used: int
    limit: int
    unit: str
    link: int = 0


class Way(Protocol):
    """An open channel."""

    def send(self, job: Job, /) -> Outcome:
        """It was handed in once, or not."""

    def settle(self, job: Job, /, *, repeat: bool) -> Outcome:
        """What the channel says of one that is unknown. repeat: it may be handed in again where that makes no second one."""

    def remove(self, job: Job, /) -> Outcome:
        """`sent` where it is not there any more; else why not."""

    def answers(self, job: Job, /) -> list[Answer]:
        """What was answered to it, as far as the channel tells."""

    def probe(self, key: str, /) -> str:
        """What was tried to see that the channel works, in words; nobody but oneself got anything."""


class Adapter(Protocol):
    """What the file of such a channel has."""

    def check(self, address: str, given: Given) -> tuple[str, dict[str, Any]]:
        """(address, options) as they are stored. Raises Invalid."""

    def learn(self, address: str) -> dict[str, Any]:
        """Options that only the server knows, as its limit; {} where there are none. Raises Unreachable, Silent."""

    def compose(self, post: Post, name: Callable[[int], str], options: Mapping[str, Any]) -> list[bytes]:
        """The bodies that are sent, a part each. name: a part's key. Raises Invalid where it cannot be told there."""

    def shown(self, payload: bytes) -> str:
        """A body as its reader sees it."""

    def measure(self, payload: bytes, options: Mapping[str, Any]) -> str:
        """How long a body is, as the channel counts, of how much: "287 of 300 characters"; "" where there is no limit."""

    def room(self, payload: bytes, options: Mapping[str, Any]) -> Room | None:
        """How much of a post a body takes, and how much there is; None where there is no limit."""

    def connect(self, address: str, options: Mapping[str, Any], secret: str) -> AbstractContextManager[Way]:
        """The channel, to be entered. Raises Unreachable there."""


def verdict(reply: "Reply") -> Outcome:
    """What a status says of a delivery: only a definite answer is sent or refused.

    A server that asks to wait has taken nothing; another that failed (500 and beyond) may have taken it before.
    """
    if reply.ok:
        return Outcome("sent")
    if reply.status in (408, 425, 429) or (reply.status == 503 and reply.wait_s is not None):
        return Outcome("waiting", reply.words, wait_s=reply.wait_s)
    if 300 <= reply.status < 400:
        return Outcome("refused", f"{reply.status}: it points elsewhere, and what is sent follows no pointer")
    return Outcome("refused" if reply.status < 500 else "unknown", reply.words)


def taken(reply: "Reply", name: str, what: str, url: str) -> Outcome:
    """The verdict on what was handed in, with what the server calls it: what has no name may stand there, and nobody finds it.

    name: the field that has it; what: what it is of. url: where it is read.
    """
    if reply.ok and not reply.said(name):
        return Outcome("unknown", f"the server's answer names no {what}")
    return verdict(reply)._replace(remote_id=reply.said(name), remote_url=url) if reply.ok else verdict(reply)


def firm(reply: "Reply", place: object, *none: str) -> "Reply":
    """The answer to a question, where it is one. none: errors that mean only that there is no such thing.

    Raises Unreachable otherwise: what a server cannot say is not taken for a no.
    """
    if not reply.ok and reply.status not in (404, 410) and reply.said("error") not in none:
        raise Unreachable(str(place), f"the server does not say what is there: {reply.words}")
    return reply


def as_body(value: Any) -> bytes:
    """The value as JSON: the same bytes every time, members in the order given."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def texts(payload: bytes) -> Iterator[str]:
    """Every text in a body, however deep: what somebody there can read."""
    try:
        yield from _texts(json.loads(payload))
    except ValueError:
        yield payload.decode("utf-8", "replace")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
