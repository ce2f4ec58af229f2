"""Which ways out there are, with what each can do; adding one to the store."""

import contextlib
import importlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pkm.config import Home
from pkm.dates import now, stamp
from pkm.errors import Exists, Invalid, PkmError
from pkm.reach import wide_enough
from pkm.store import shares
from pkm.store.session import Store
from pkm.text import one_line, without_user

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

def recall(kind: str) -> str:
    """What can be taken back of what left by that kind of channel, in words."""
    powers = KINDS[kind]
    if not powers.deletes:
        return "cannot be recalled"
    return "can be taken down again" if powers.mirror else "can be deleted; who read it has read it"


SCHEMES = {scheme: kind for kind, powers in KINDS.items() for scheme in powers.schemes}
"""How an address begins, and the kind of channel that it names."""

_FORMS = "files:FOLDER, site:FOLDER, smtp://HOST:PORT, smtps://HOST:PORT, or one of {posts}://HOST"


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


def reaches_for(db: sqlite3.Connection, circle: Mapping[str, Any]) -> list[str]:
    """The reaches of notes that may go to a circle (number, circle_kind) by every channel that it has."""
    public = any(is_public(channel["channel_kind"]) for channel in shares.channels_of(db, circle["number"]))
    return wide_enough("network" if public else circle["circle_kind"])


def add_channel(
    store: Store, home: Home, name: str, address: str, *, sender: str = "", login: str = "", credential: str = "",
    room: str = "", visibility: str = "",
) -> dict[str, Any]:  # fmt: skip
    """The channel is in the store; its folder need not be there yet. Returns its row.

    address: files:FOLDER, site:FOLDER (site: alone is the home's site/), a mail server, which wants a sender too, or an API
    as mastodon+https://HOST, whose limit is asked for where it can be reached.
    credential: where the password of `login`, the token or the secret is (pkm.secret), never what it is.
    Raises Invalid (kind unknown, folder or sender missing), Exists (name taken, folder taken by another channel).
    """
    from pkm.store.model import Channel

    name = one_line(name, 60)
    scheme, _, rest = address.partition(":")
    kind = SCHEMES.get(scheme)
    if kind is None:
        posts = ", ".join(one for one in SCHEMES if one.endswith("+https"))
        raise Invalid(f"the address {one_line(without_user(address), 80)}", f"it should be {_FORMS.format(posts=posts)}",
                      next=f"pkm share channel add {name} files:/some/folder")  # fmt: skip
    if not name or " " in name:
        raise Invalid(f"the name “{name}”", "a channel's name is one word")
    folder = None
    if (room or visibility) and not is_posts(kind):
        raise Invalid("--room and --visibility", f"a channel of {kind} has none")
    if is_letters(kind):
        address, options = _mail(address, sender, login, credential)
    elif is_posts(kind):
        if sender:
            raise Invalid("--from", f"a channel of {kind} has none")
        address, options = _posts(kind, address, login, credential, room, visibility)
    elif sender or login or credential:
        raise Invalid("--from, --login and the password", f"a channel of {kind} has none")
    else:
        if kind == "files" and not rest:
            raise Invalid(f"the address {address}", "a folder is wanted behind files:")
        folder = Path(rest).expanduser().absolute() if rest else home.site
        address, options = f"{kind}:{folder}" if rest else "", {}
    if not is_mirror(kind):
        from pkm.share import origin

        origin.begin(store.read(), home, stamp(now()))
    with store.unit() as unit:
        for other in shares.channels(unit.connection):
            if other["name"].casefold() == name.casefold():
                raise Exists(f"a channel {other['name']}", other["address"] or other["channel_kind"],
                             next=f"pkm share channel edit {other['name']} --address ADDRESS")
            if folder and is_mirror(other["channel_kind"]) and folder_of(other, home) == folder:
                raise Exists(f"a channel that writes {folder}", f"it is {other['name']}", next="choose another folder")
        unit.add(Channel(
            name=name, kind=kind, address=address, options=json.dumps(options, ensure_ascii=False), created_at=unit.at
        ))  # fmt: skip
        unit.summarize(f"added the channel {name}")
        return next(row for row in shares.channels(unit.connection) if row["name"] == name)


def _posts(
    kind: str, address: str, login: str, credential: str, room: str, visibility: str
) -> tuple[str, dict[str, Any]]:  # fmt: skip
    """(address, options) of a channel that posts, checked; what only its server knows where that answers."""
    from pkm.channels.way import Given
    from pkm.secret import check_place

    way = adapter(kind)
    place = check_place(credential) if credential else ""
    address, options = way.check(address, Given(one_line(login, 200), place, room.strip(), visibility.strip()))
    with contextlib.suppress(PkmError):  # it is asked again when the channel is tried
        options |= way.learn(address)
    return address, options


def learn_again(store: Store, channel: Mapping[str, Any]) -> None:
    """The channel's limits are what its server says now; as they were where it says nothing."""
    from pkm.store.model import Channel

    found: dict[str, Any] = {}
    if is_posts(channel["channel_kind"]):
        with contextlib.suppress(PkmError):
            found = adapter(channel["channel_kind"]).learn(channel["address"])
    options = {**channel["options"], **found}
    if options != channel["options"]:
        with store.unit() as unit:
            unit.get(Channel, channel["number"]).options = json.dumps(options, ensure_ascii=False)
            unit.summarize(f"learned the limits of {channel['name']}")


def _mail(address: str, sender: str, login: str, credential: str) -> tuple[str, dict[str, str]]:
    """(address, options) of a mail channel, checked."""
    from pkm.channels.mail import read_address
    from pkm.secret import check_place
    from pkm.share.letter import read_mailbox

    server = read_address(address)
    if not sender:
        raise Invalid("a mail channel", "it is not said whom its letters are from",
                      next=f'pkm share channel add NAME {server} --from "Me <me@example.org>"')  # fmt: skip
    if bool(login) != bool(credential):
        raise Invalid("--login", "who logs in and where the password is are said together",
                      next="--login NAME --password-env VARIABLE")  # fmt: skip
    options = {"from": str(read_mailbox(sender))}
    if login:
        options |= {"login": one_line(login, 200), "credential": check_place(credential)}
    return str(server), options


def folder_of(channel: Mapping[str, Any], home: Home) -> Path:
    """The folder that a channel writes: the address behind `files:` or `site:`, else the home's site/."""
    path = channel["address"].partition(":")[2]
    return Path(path) if path else home.site
