"""A channel is added, changed, taken away: its address, its secret, how it is published, its webmentions and its mailbox.

Of a secret only its place is kept (pkm.secret). Writes in one unit. Never prints.
"""

import contextlib
import json
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pkm.config import Home
from pkm.dates import now, stamp
from pkm.delivery import MAY_HAVE_LEFT
from pkm.errors import Exists, Invalid, PkmError, Refused
from pkm.ids import Row
from pkm.secret import check_place
from pkm.share import origin, postbox, webmentions
from pkm.share.channels import KINDS, SCHEMES, adapter, folder_of, is_letters, is_mirror, is_posts
from pkm.store import shares
from pkm.store.session import Store
from pkm.text import one_line, without_user

_OF_INBOX = ("inbox", "inbox_credential", "inbox_read", "inbox_waits", "copy")
_OF_MENTIONS = ("webmentions", "webmentions_credential")

_FORMS = "files:FOLDER, site:FOLDER, smtp://HOST:PORT, smtps://HOST:PORT, or one of {posts}://HOST"


def add_channel(
    store: Store, home: Home, name: str, address: str, *, sender: str = "", login: str = "", credential: str = "",
    room: str = "", visibility: str = "",
) -> Row:  # fmt: skip
    """The channel is in the store; its folder need not be there yet. Returns its row.

    address: files:FOLDER, site:FOLDER (site: alone is the home's site/), a mail server, which wants a sender too, or an API
    as mastodon+https://HOST, whose limit is asked for where it can be reached.
    credential: where the password of `login`, the token or the secret is (pkm.secret), never what it is.
    Raises Invalid (kind unknown, folder or sender missing), Exists (name taken, folder taken by another channel).
    """
    from pkm.store.model import Channel

    name = one_line(name, 60)
    kind = SCHEMES.get(address.partition(":")[0])
    if kind is None:
        posts = ", ".join(one for one in SCHEMES if one.endswith("+https"))
        raise Invalid(f"the address {one_line(without_user(address), 80)}", f"it should be {_FORMS.format(posts=posts)}",
                      next=f"pkm share channel add {shlex.quote(name)} files:/some/folder")  # fmt: skip
    if not name or " " in name:
        raise Invalid(f"the name “{name}”", "a channel's name is one word")
    given = {"from": sender, "login": one_line(login, 200), "credential": credential and check_place(credential),
             "room": room.strip(), "visibility": visibility.strip()}  # fmt: skip
    address, options = _options_for(kind, address, {key: value for key, value in given.items() if value})
    if is_posts(kind):
        with contextlib.suppress(PkmError):  # it is asked again when the channel is tried
            options |= adapter(kind).learn(address)
    if not is_mirror(kind):
        origin.begin(store.read(), home, stamp(now()))
    with store.unit() as unit:
        for other in shares.channels(unit.connection):
            if other["name"].casefold() == name.casefold():
                raise Exists(f"a channel {other['name']}", other["address"] or other["channel_kind"],
                             next=f"pkm share channel edit {other['name']} --address ADDRESS")
        if is_mirror(kind):
            _check_folder(shares.channels(unit.connection), home, folder_of({"address": address}, home))
        unit.add(Channel(
            name=name, kind=kind, address=address, options=json.dumps(options, ensure_ascii=False), created_at=unit.at
        ))  # fmt: skip
        unit.summarize(f"added the channel {name}")
        return shares.channel_named(unit.connection, name)


_ACCESS = "--login and the password"
_HAVE: dict[str, tuple[str, Callable[[str], bool]]] = {
    "from": ("--from", is_letters), "login": (_ACCESS, lambda kind: not is_mirror(kind)),
    "credential": (_ACCESS, lambda kind: not is_mirror(kind)), "room": ("--room and --visibility", is_posts),
    "visibility": ("--room and --visibility", is_posts),
}  # fmt: skip
"""What is said of a channel: by which option, and which kinds have it."""


def _options_for(kind: str, address: str, given: Mapping[str, str]) -> tuple[str, Row]:
    """(address, options) of a channel of that kind, checked. given: what is said of it, by the keys of _HAVE.

    Raises Invalid where the kind has none of that, or wants more.
    """
    for key in given:
        option, has = _HAVE[key]
        if not has(kind):
            raise Invalid(option, f"a channel of {kind} has none")
    if is_letters(kind):
        return _mail(address, given)
    if is_posts(kind):
        from pkm.channels.way import Given

        return adapter(kind).check(address, Given(**given))
    folder = address.partition(":")[2]
    if kind == "files" and not folder:
        raise Invalid(f"the address {address}", "a folder is wanted behind files:")
    return f"{kind}:{Path(folder).expanduser().absolute()}" if folder else "", {}


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


def _mail(address: str, given: Mapping[str, str]) -> tuple[str, Row]:
    """(address, options) of a mail channel, checked."""
    from pkm.channels.mail import read_address
    from pkm.share.letter import read_mailbox

    server = read_address(address)
    if "from" not in given:
        raise Invalid("a mail channel", "it is not said whom its letters are from",
                      next=f'pkm share channel add NAME {server} --from "Me <me@example.org>"')  # fmt: skip
    if ("login" in given) != ("credential" in given):
        raise Invalid("--login", "who logs in and where the password is are said together",
                      next="--login NAME --password-env VARIABLE")  # fmt: skip
    return str(server), {**given, "from": str(read_mailbox(given["from"]))}


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be as given; None: as it was; "": none any more.

    publish: a command; inbox: a mailbox's address; copy: whether each letter goes to oneself as well; webmentions: a folder,
    a file, or a service's address.
    address: of the channel, of the same kind; sender: whom letters are from. login: who logs in at another host.
    inbox_credential, token: where the secret of the one and of the other is; credential: that of the channel itself.
    """

    publish: str | None = None
    inbox: str | None = None
    inbox_credential: str | None = None
    copy: bool | None = None
    webmentions: str | None = None
    token: str | None = None
    address: str | None = None
    sender: str | None = None
    login: str | None = None
    credential: str | None = None


def change_channel(store: Store, home: Home, name: str, change: Change) -> Row:
    """The channel is as wanted; its row. Raises NotFound; Invalid where nothing is wanted, or it is of another kind."""
    from pkm.store.model import Channel

    if change == Change():
        step = '--address, --from, --publish "rsync -a ./ me@example.org:site/", --inbox or --webmentions'
        raise Invalid("nothing to change", "say what", next=step)
    with store.unit() as unit:
        row = shares.channel_named(unit.connection, name)
        options, address, done = dict(row["options"]), row["address"], []
        if change.publish is not None:
            options = _with_publish(row, options, change.publish)
            done.append(f"is published by {shlex.join(options['publish'])}" if "publish" in options else "has no command")
        if is_posts(row["channel_kind"]) and change.token is not None:
            change = replace(change, token=None, credential=change.token)
        if (change.address, change.sender, change.login, change.credential) != (None,) * 4:
            address, options = _with_address(unit.connection, row, options, change, home)
            done.append(f"goes to {address}")
        if (change.inbox, change.inbox_credential, change.copy) != (None, None, None):
            options = _with_inbox(row, options, change)
            done.append(f"reads {options['inbox']}" if "inbox" in options else "reads no mailbox")
        if (change.webmentions, change.token) != (None, None):
            options = _with_mentions(row, options, change)
            done.append(f"has its webmentions in {options.get('webmentions', 'no place')}")
        kept = unit.get(Channel, row["number"])
        kept.address, kept.options = address, json.dumps(options, ensure_ascii=False)
        unit.summarize(f"{row['name']} {', '.join(done)}")
        unit.flush()
        return shares.channel_named(unit.connection, name)


def remove_channel(store: Store, name: str, *, sure: bool = False) -> Row:
    """The channel is in no list and nothing goes by it; its row, with "gone" and how many deliveries are still told of.

    What has left stays in the ledger. Raises NotFound; Refused where something waits there, is leaving, or may have
    arrived, unless the person is sure.
    """
    with store.unit() as unit:
        row = shares.channel_named(unit.connection, name)
        there = shares.hangs_on(unit.connection, row["number"])
        open_ones = {state: there[state] for state in ("waiting", "held", "sending", "unknown") if there.get(state)}
        if open_ones and not sure:
            told = ", ".join(f"{number:,} {state}" for state, number in open_ones.items())
            step = f"pkm share log; or, and what waits goes nowhere: pkm share channel remove {row['name']} --yes"
            raise Refused(f"to remove the channel {row['name']}", f"of its deliveries are {told}", next=step)
        gone = shares.take_away_channel(unit, row["number"], row["name"])
        unit.summarize(f"removed the channel {row['name']}")
        return {**row, "gone": gone, "deliveries": sum(there.values())}


def _with_address(db: Any, row: Row, options: Mapping[str, Any], change: Change, home: Home) -> tuple[str, Row]:
    """(address, options) of the channel at another place, of the same kind. Raises Invalid, Exists."""
    kind, address = row["channel_kind"], row["address"] if change.address is None else change.address
    if change.address is not None and SCHEMES.get(address.partition(":")[0]) != kind:
        raise Invalid("--address", f"{row['name']} is a channel of {kind}, and stays one",
                      next="pkm share channel add, for another")  # fmt: skip
    said = {"from": change.sender, "login": change.login, "credential": change.credential}
    given = {key: value for key, value in said.items() if value is not None}
    if not is_mirror(kind):
        options = _with_access(db, row, options, change, address)
        given = {key: options[key] for key in _HAVE if key in options}
        given |= {"from": change.sender} if change.sender is not None else {}
    place, checked = _options_for(kind, address, given)
    if is_mirror(kind):
        others = [one for one in shares.channels(db) if one["number"] != row["number"]]
        _check_folder(others, home, folder_of({"address": place}, home))
    return place, {**options, **checked}


def _check_folder(others: Iterable[Row], home: Home, folder: Path) -> None:
    """Raises Exists where one of the channels writes that folder, by whatever path."""
    for other in others:
        if is_mirror(other["channel_kind"]) and folder_of(other, home).resolve() == folder.resolve():
            raise Exists(f"a channel that writes {folder}", f"it is {other['name']}", next="choose another folder")


def _with_access(db: Any, row: Row, options: Mapping[str, Any], change: Change, address: str) -> Row:
    """The options with who logs in and where the secret is. A secret goes to no other host than it was given for.

    Raises Invalid where it would; Refused where posts stand at the host before, which could be asked and deleted there alone.
    """
    moved = _host(address) != _host(row["address"])
    there = shares.hangs_on(db, row["number"])
    if moved and KINDS[row["channel_kind"]].asks and any(there.get(state) for state in MAY_HAVE_LEFT):
        why = f"what went by it stands at {_host(row['address'])}, and only there can it be asked about and taken down"
        raise Refused(f"to lead {row['name']} elsewhere", why, next="pkm share channel add, for another")
    kept = {key: value for key, value in options.items() if key not in ("login", "credential")}
    login = options.get("login", "") if change.login is None else one_line(change.login, 200)
    nobody = change.login == "" and is_letters(row["channel_kind"])
    if options.get("credential") and moved and change.credential is None and not nobody:
        raise Invalid("--address", f"its secret was given for {_host(row['address'])}, and goes to no other host",
                      next="say it anew: --token-env, --secret-env, or --login NAME --password-env VARIABLE")  # fmt: skip
    place = options.get("credential", "") if change.credential is None else check_place(change.credential)
    has_inbox = options.get("inbox", "").startswith("imap") and "inbox_credential" not in options
    if has_inbox and options.get("credential") and (moved or nobody):
        kept["inbox_credential"] = options["credential"]  # the mailbox has not moved
    if nobody:
        return kept
    return {**kept, **({"login": login} if login else {}), **({"credential": place} if place else {})}


def _host(address: str) -> str:
    """The host that a secret is said to; with its port, but for mail, where a server has several."""
    parts = urlsplit(address)
    return parts.hostname or "" if parts.scheme in ("smtp", "smtps", "imap", "imaps") else parts.netloc.rpartition("@")[2]


def _goes_elsewhere(before: str, after: str, what: str, option: str) -> None:
    """Raises Invalid where a secret that was given for one host would go to another."""
    if _host(before) and _host(after) and _host(before) != _host(after):
        raise Invalid(what, f"its secret was given for {_host(before)}, and goes to no other host", next=f"say it anew: {option}")


def _with_publish(row: Row, options: Mapping[str, Any], command: str) -> Row:
    if row["channel_kind"] != "site":
        raise Invalid(f"the channel {row['name']}", "only a site is published by a command", next="pkm share channel list")
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise Invalid(f"the command {one_line(command, 80)}", f"it cannot be split into words: {error}") from error
    kept = {key: value for key, value in options.items() if key != "publish"}
    return {**kept, "publish": words} if words else kept


def _with_inbox(row: Row, options: Mapping[str, Any], change: Change) -> Row:
    if not is_letters(row["channel_kind"]):
        raise Invalid(f"the channel {row['name']}", "only a channel of mail has a mailbox", next="pkm share channel list")
    url = options.get("inbox", "") if change.inbox is None else change.inbox
    kept = {key: value for key, value in options.items() if key not in _OF_INBOX}
    if not url:
        if change.inbox is None:
            raise Invalid("--copy and the mailbox's password", "the channel has no mailbox",
                          next=f"pkm share channel edit {row['name']} --inbox imaps://me@mail.example.org/INBOX")  # fmt: skip
        return kept
    credential = options.get("inbox_credential", "") if change.inbox_credential is None else change.inbox_credential
    if change.inbox_credential is None and (credential or options.get("inbox")):
        _goes_elsewhere(options.get("inbox", ""), url, "the mailbox", "--inbox-password-env VARIABLE")
    named = postbox.check_inbox(url, options.get("login", ""), "" if url.startswith(("maildir", "mbox")) and
                                change.inbox_credential is None else credential)  # fmt: skip
    if named["inbox"].startswith("imap") and not (credential or options.get("credential")):
        raise Invalid("the mailbox", "it is not said where its password is", next="--inbox-password-env VARIABLE")
    same = named["inbox"] == options.get("inbox")
    for name in ("inbox_read", "inbox_waits"):
        if same and name in options:  # another mailbox is read from its beginning
            kept[name] = options[name]
    copy = options.get("copy", True) if change.copy is None else change.copy
    return {**kept, **named, **({} if copy else {"copy": False})}


def _with_mentions(row: Row, options: Mapping[str, Any], change: Change) -> Row:
    if row["channel_kind"] != "site":
        raise Invalid(f"the channel {row['name']}", "only a site is mentioned", next="pkm share channel list")
    place = options.get("webmentions", "") if change.webmentions is None else change.webmentions
    kept = {key: value for key, value in options.items() if key not in _OF_MENTIONS}
    if not place:
        if change.webmentions is None:
            raise Invalid("--token-env", "the site has no service of webmentions", next=f"--webmentions {webmentions.EXAMPLE}")
        return kept
    had = options.get("webmentions_credential", "") if _host(place) else ""
    credential = had if change.token is None else change.token
    if change.token is None and credential:
        _goes_elsewhere(options.get("webmentions", ""), place, "--webmentions", "--token-env VARIABLE")
    return {**kept, **webmentions.check_place(place, credential)}
