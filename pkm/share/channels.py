"""Which ways out there are, with what each can do; adding one to the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pkm.config import Home
from pkm.errors import Exists, Invalid
from pkm.store import shares
from pkm.store.session import Store
from pkm.text import one_line


@dataclass(frozen=True, slots=True)
class Powers:
    """What a kind of channel can do: take back, correct, be repeated safely; who can read it."""

    what: str
    edits: bool
    deletes: bool
    repeats: bool
    readers: str
    public: bool


KINDS: Mapping[str, Powers] = {
    "site": Powers(
        "a static site: a page for each digest, index, archive, Atom, JSON Feed", True, True, True, "everybody", True
    ),
    "files": Powers(
        "a folder: each digest as a Markdown and an HTML file", True, True, True, "who can read the folder", False
    ),
}


def is_public(kind: str) -> bool:
    """Whether everybody can read what goes out there; a kind that is unknown counts as public."""
    return kind not in KINDS or KINDS[kind].public


def effective_kind(circle_kind: str, channel_kind: str) -> str:
    """For whom a circle's digest on a channel is: a public channel is the network's, whatever circle it stands for."""
    return "network" if is_public(channel_kind) else circle_kind


def add_channel(store: Store, home: Home, name: str, address: str) -> dict[str, Any]:
    """The channel is in the store; its folder need not be there yet. Returns its row.

    address: files:FOLDER or site:FOLDER (site: alone is the home's site/).
    Raises Invalid (kind unknown, folder missing), Exists (name taken, folder taken by another channel).
    """
    from pkm.store.model import Channel

    name = one_line(name, 60)
    kind, _, path = address.partition(":")
    if kind not in KINDS:
        listed = " or ".join(f"{known}:FOLDER" for known in KINDS)
        raise Invalid(
            f"the address {address}", f"it should be {listed}", next=f"pkm share channel add {name} files:/some/folder"
        )
    if not name or " " in name:
        raise Invalid(f"the name “{name}”", "a channel's name is one word")
    if kind == "files" and not path:
        raise Invalid(f"the address {address}", "a folder is wanted behind files:")
    folder = Path(path).expanduser().absolute() if path else home.site
    with store.unit() as unit:
        for other in shares.channels(unit.connection):
            if other["name"].casefold() == name.casefold():
                raise Exists(f"a channel {other['name']}", other["address"] or other["channel_kind"])
            if folder_of(other, home) == folder:
                raise Exists(f"a channel that writes {folder}", f"it is {other['name']}", next="choose another folder")
        unit.add(Channel(name=name, kind=kind, address=f"{kind}:{folder}" if path else "", created_at=unit.at))
        return next(row for row in shares.channels(unit.connection) if row["name"] == name)


def folder_of(channel: Mapping[str, Any], home: Home) -> Path:
    """The folder that a channel writes: the address behind `files:` or `site:`, else the home's site/."""
    path = channel["address"].partition(":")[2]
    return Path(path) if path else home.site
