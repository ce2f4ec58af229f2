"""What of a channel can be changed: the command that publishes a site, where its webmentions are, the mailbox of a mail channel.

Of a secret only its place is kept (pkm.secret). Writes in one unit. Never prints.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pkm.config import Home
from pkm.delivery import MAY_HAVE_LEFT
from pkm.errors import Exists, Invalid, Refused
from pkm.ids import Row
from pkm.secret import check_place
from pkm.share import postbox, publish, webmentions
from pkm.share.channels import KINDS, SCHEMES, adapter, folder_of, is_letters, is_mirror, is_posts
from pkm.store import shares
from pkm.store.session import Store
from pkm.text import one_line

_OF_INBOX = ("inbox", "inbox_credential", "inbox_read", "inbox_waits", "copy")
_OF_MENTIONS = ("webmentions", "webmentions_credential")


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


def change_channel(store: Store, name: str, change: Change, home: Home | None = None) -> Row:
    """The channel is as wanted; its row. Raises NotFound; Invalid where nothing is wanted, or it is of another kind."""
    if change == Change():
        step = '--address, --from, --publish "rsync -a ./ me@example.org:site/", --inbox or --webmentions'
        raise Invalid("nothing to change", "say what", next=step)
    with store.unit() as unit:
        row = shares.channel_named(unit.connection, name)
        if change.publish is not None:
            row = publish.set_command(store, name, change.publish)
        options = dict(row["options"])
        done = []
        address = row["address"]
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
        if done:
            from pkm.store.model import Channel

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


def _with_address(
    db: Any, row: Row, options: Mapping[str, Any], change: Change, home: Home | None
) -> tuple[str, Row]:  # fmt: skip
    """(address, options) of the channel at another place, of the same kind. Raises Invalid, Exists."""
    kind, address = row["channel_kind"], row["address"] if change.address is None else change.address
    scheme, _, rest = address.partition(":")
    if change.address is not None and SCHEMES.get(scheme) != kind:
        raise Invalid("--address", f"{row['name']} is a channel of {kind}, and stays one",
                      next="pkm share channel add, for another")  # fmt: skip
    if change.sender is not None and not is_letters(kind):
        raise Invalid("--from", f"a channel of {kind} has none")
    if is_mirror(kind) and (change.login, change.credential) != (None, None):
        raise Invalid("--login and the password", f"a channel of {kind} has none")
    if not is_mirror(kind):
        options = _with_access(db, row, options, change, address)
    if is_letters(kind):
        from pkm.channels.mail import read_address
        from pkm.share.letter import read_mailbox

        sender = options["from"] if change.sender is None else str(read_mailbox(change.sender))
        return str(read_address(address)), {**options, "from": sender}
    if is_posts(kind):
        from pkm.channels.way import Given

        given = Given(options.get("login", ""), options.get("credential", ""), options.get("room", ""),
                      options.get("visibility", ""))  # fmt: skip
        place, checked = adapter(kind).check(address, given)
        return place, {**options, **checked}
    if not rest and kind == "files":
        raise Invalid("--address", "a folder is wanted behind files:")
    moved = f"{kind}:{Path(rest).expanduser().absolute()}" if rest else ""
    for other in shares.channels(db):
        if home and other["number"] != row["number"] and is_mirror(other["channel_kind"]) and (
            folder_of(other, home) == folder_of({"address": moved}, home)
        ):
            raise Exists(f"a channel that writes {folder_of(other, home)}", f"it is {other['name']}",
                         next="choose another folder")  # fmt: skip
    return moved, dict(options)


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
    if options.get("credential") and moved and change.credential is None and change.login != "":
        raise Invalid("--address", f"its secret was given for {_host(row['address'])}, and goes to no other host",
                      next="say it anew: --token-env, --secret-env, or --login NAME --password-env VARIABLE")  # fmt: skip
    place = options.get("credential", "") if change.credential is None else check_place(change.credential)
    if options.get("inbox", "").startswith("imap") and "inbox_credential" not in options and options.get("credential"):
        kept["inbox_credential"] = options["credential"]  # the mailbox has not moved
    if change.login == "" and is_letters(row["channel_kind"]):
        return kept
    if is_letters(row["channel_kind"]) and bool(login) != bool(place):
        raise Invalid("--login", "who logs in and where the password is are said together",
                      next="--login NAME --password-env VARIABLE")  # fmt: skip
    return {**kept, **({"login": login} if login else {}), **({"credential": place} if place else {})}


def _host(address: str) -> str:
    """The host that a secret is said to; with its port, but for mail, where a server has several."""
    parts = urlsplit(address)
    return parts.hostname or "" if parts.scheme in ("smtp", "smtps", "imap", "imaps") else parts.netloc.rpartition("@")[2]


def _goes_elsewhere(before: str, after: str, what: str, option: str) -> None:
    """Raises Invalid where a secret that was given for one host would go to another."""
    if _host(before) and _host(after) and _host(before) != _host(after):
        raise Invalid(what, f"its secret was given for {_host(before)}, and goes to no other host", next=f"say it anew: {option}")


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
    credential = options.get("webmentions_credential", "") if change.token is None else change.token
    if change.token is None and credential:
        _goes_elsewhere(options.get("webmentions", ""), place, "--webmentions", "--token-env VARIABLE")
    return {**kept, **webmentions.check_place(place, credential)}
