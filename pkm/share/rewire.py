"""What of a channel can be changed: the command that publishes a site, where its webmentions are, the mailbox of a mail channel.

Of a secret only its place is kept (pkm.secret). Writes in one unit. Never prints.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pkm.config import Home
from pkm.errors import Exists, Invalid, NotFound, Refused
from pkm.share import postbox, publish, webmentions
from pkm.share.channels import SCHEMES, adapter, folder_of, is_letters, is_mirror, is_posts
from pkm.store import shares
from pkm.store.session import Store

Row = dict[str, Any]

_OF_INBOX = ("inbox", "inbox_credential", "inbox_read", "copy")
_OF_MENTIONS = ("webmentions", "webmentions_credential")


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be as given; None: as it was; "": none any more.

    publish: a command; inbox: a mailbox's address; copy: whether each letter goes to oneself as well; webmentions: a folder,
    a file, or a service's address.
    address: of the channel, of the same kind; sender: whom letters are from.
    inbox_credential, token: where the secret of the one and of the other is.
    """

    publish: str | None = None
    inbox: str | None = None
    inbox_credential: str | None = None
    copy: bool | None = None
    webmentions: str | None = None
    token: str | None = None
    address: str | None = None
    sender: str | None = None


def change_channel(store: Store, name: str, change: Change, home: Home | None = None) -> Row:
    """The channel is as wanted; its row. Raises NotFound; Invalid where nothing is wanted, or it is of another kind."""
    if change == Change():
        step = '--address, --from, --publish "rsync -a ./ me@example.org:site/", --inbox or --webmentions'
        raise Invalid("nothing to change", "say what", next=step)
    with store.unit() as unit:
        row = _named(unit.connection, name)
        if change.publish is not None:
            row = publish.set_command(store, name, change.publish)
        options = dict(row["options"])
        done = []
        address = row["address"]
        if (change.address, change.sender) != (None, None):
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
        return _named(unit.connection, name)


def remove_channel(store: Store, name: str, *, sure: bool = False) -> Row:
    """The channel is in no list and nothing goes by it; its row, with "gone" and how many deliveries are still told of.

    What has left stays in the ledger. Raises NotFound; Refused where something waits there, is leaving, or may have
    arrived, unless the person is sure.
    """
    with store.unit() as unit:
        row = _named(unit.connection, name)
        there = shares.hangs_on(unit.connection, row["number"])
        open_ones = {state: there[state] for state in ("waiting", "held", "sending", "unknown") if there.get(state)}
        if open_ones and not sure:
            told = ", ".join(f"{number:,} {state}" for state, number in open_ones.items())
            raise Refused(f"to remove the channel {row['name']}", f"of its deliveries are {told}",
                          next=f"pkm share log; to let it go nowhere: pkm share channel remove {row['name']} --yes")  # fmt: skip
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


def _named(db: Any, name: str) -> Row:
    row = next((one for one in shares.channels(db) if one["name"].casefold() == name.casefold()), None)
    if row is None:
        raise NotFound(f"the channel {name}", "there is none of that name", next="pkm share channel list")
    return row


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
    named = postbox.check_inbox(url, options.get("login", ""), "" if url.startswith(("maildir", "mbox")) and
                                change.inbox_credential is None else credential)  # fmt: skip
    if named["inbox"].startswith("imap") and not (credential or options.get("credential")):
        raise Invalid("the mailbox", "it is not said where its password is", next="--inbox-password-env VARIABLE")
    same = named["inbox"] == options.get("inbox")
    if same and "inbox_read" in options:  # another mailbox is read from its beginning
        kept["inbox_read"] = options["inbox_read"]
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
    return {**kept, **webmentions.check_place(place, credential)}
