"""Which ways out there are, with what each can do."""

import importlib
import shlex
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pkm.config import Home
from pkm.reach import wide_enough
from pkm.store import shares
from pkm.text import one_line

if TYPE_CHECKING:
    from pkm.channels.way import Adapter


@dataclass(frozen=True, slots=True)
class Powers:
    """What a kind of channel can do: take back, correct, be repeated safely; who can read it.

    way: "mirror": its folder is made to hold what was sent, again and again; "letters": one to each recipient, handed in
    once; "posts": handed in once to the channel itself, by the file `module` of channels/. limit: of one post, in words, {}
    being how much its server says, else `usual`.
    asks: whether it can be asked what became of a delivery; answers: whether what people answer there is collected.
    pictures: whether a post there has pictures beside its text.
    """

    what: str
    edits: bool
    deletes: bool
    repeats: bool
    readers: str
    public: bool
    way: str = "mirror"
    schemes: tuple[str, ...] = ()
    module: str = ""
    limit: str = ""
    usual: int = 0
    asks: bool = False
    answers: bool = False
    pictures: bool = False

    @property
    def mirror(self) -> bool:
        """Whether it is a folder that is written again and again."""
        return self.way == "mirror"


KINDS: Mapping[str, Powers] = {
    "site": Powers(
        "a static site: a page for each digest, index, archive, Atom, JSON Feed", True, True, True, "everybody", True,
        schemes=("site",),
    ),
    "files": Powers(
        "a folder: each digest as a Markdown and an HTML file", True, True, True, "who can read the folder", False,
        schemes=("files",),
    ),
    "mail": Powers(
        "a letter to each member", False, False, False, "who gets the letter", False, "letters", ("smtp", "smtps")
    ),
    "webhook": Powers(
        "the digest as signed JSON, posted to an address", False, False, False, "who receives there", False, "posts",
        ("webhook+https", "webhook+http"), "pkm.channels.webhook",
    ),
    "mastodon": Powers(
        "posts of a Mastodon account", False, True, False, "everybody", True, "posts", ("mastodon+https", "mastodon+http"),
        "pkm.channels.mastodon", "{} characters a post", 500, asks=True, answers=True, pictures=True,
    ),
    "bluesky": Powers(
        "posts of a Bluesky account", False, True, True, "everybody", True, "posts", ("bluesky+https", "bluesky+http"),
        "pkm.channels.bluesky", "{} characters a post", 300, asks=True, answers=True, pictures=True,
    ),
    "matrix": Powers(
        "messages in a Matrix room", False, True, True, "who is in the room", False, "posts", ("matrix+https", "matrix+http"),
        "pkm.channels.matrix", "{:,} bytes a message", 40_000, asks=True, answers=True,
    ),
}  # fmt: skip
MIRRORS = tuple(kind for kind, powers in KINDS.items() if powers.mirror)
"""The kinds that may be written again and again."""


def recall(kind: str) -> str:
    """What can be taken back of what left by that kind of channel, in words."""
    powers = KINDS[kind]
    if not powers.deletes:
        return "cannot be recalled"
    return "can be taken down again" if powers.mirror else "can be deleted; who read it has read it"


SCHEMES = {scheme: kind for kind, powers in KINDS.items() for scheme in powers.schemes}
"""How an address begins, and the kind of channel that it names."""


def adapter(kind: str) -> "Adapter":
    """The file of channels/ that posts there. For kinds whose way is posts."""
    return cast("Adapter", importlib.import_module(KINDS[kind].module))


def is_posts(kind: str) -> bool:
    """Whether what goes out there is posted to the channel itself."""
    return kind in KINDS and KINDS[kind].way == "posts"


def is_letters(kind: str) -> bool:
    """Whether each member gets a letter by it."""
    return kind in KINDS and KINDS[kind].way == "letters"


def is_public(kind: str) -> bool:
    """Whether everybody can read what goes out there; a kind that is unknown counts as public."""
    return kind not in KINDS or KINDS[kind].public


def is_mirror(kind: str) -> bool:
    """Whether sending may be repeated there; a kind that is unknown may not be."""
    return kind in KINDS and KINDS[kind].mirror


def effective_kind(circle_kind: str, channel_kind: str) -> str:
    """For whom a circle's digest on a channel is: a public channel is the network's, whatever circle it stands for."""
    return "network" if is_public(channel_kind) else circle_kind


def way_to_give(db: sqlite3.Connection, circle: str) -> str:
    """The commands that give a circle of that name one more channel: one that is there and not public, or a new one."""
    others = [channel for channel in shares.channels(db) if circle not in channel["circles"]]
    there = [channel["name"] for channel in others if not is_public(channel["channel_kind"])]
    give = f"pkm circle edit {shlex.quote(one_line(circle, 60))} --channel"
    if there:
        return f"{give} {shlex.quote(there[0])}" + (" (or another of pkm share channel list)" if there[1:] else "")
    return f"pkm share channel add NAME files:/some/folder, then {give} NAME"


def reaches_for(db: sqlite3.Connection, circle: Mapping[str, Any]) -> list[str]:
    """The reaches of notes that may go to a circle (number, circle_kind) by every channel that it has."""
    public = any(is_public(channel["channel_kind"]) for channel in shares.channels_of(db, circle["number"]))
    return wide_enough("network" if public else circle["circle_kind"])


def folder_of(channel: Mapping[str, Any], home: Home) -> Path:
    """The folder that a channel writes: the address behind `files:` or `site:`, else the home's site/."""
    path = channel["address"].partition(":")[2]
    return Path(path) if path else home.site
