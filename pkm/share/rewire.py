"""What of a channel can be changed: the command that publishes a site, where its webmentions are, the mailbox of a mail channel.

Of a secret only its place is kept (pkm.secret). Writes in one unit. Never prints.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pkm.errors import Invalid, NotFound
from pkm.share import postbox, publish, webmentions
from pkm.share.channels import is_letters
from pkm.store import shares
from pkm.store.session import Store

Row = dict[str, Any]

_OF_INBOX = ("inbox", "inbox_credential", "inbox_read", "copy")
_OF_MENTIONS = ("webmentions", "webmentions_credential")


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be as given; None: as it was; "": none any more.

    publish: a command; inbox: a mailbox's address; copy: whether each letter goes to oneself as well; webmentions: a folder,
    a file, or a service's address. inbox_credential, token: where the secret of the one and of the other is.
    """

    publish: str | None = None
    inbox: str | None = None
    inbox_credential: str | None = None
    copy: bool | None = None
    webmentions: str | None = None
    token: str | None = None


def change_channel(store: Store, name: str, change: Change) -> Row:
    """The channel is as wanted; its row. Raises NotFound; Invalid where nothing is wanted, or it is of another kind."""
    if change == Change():
        step = '--publish "rsync -a ./ me@example.org:site/", --inbox or --webmentions'
        raise Invalid("nothing to change", "say what", next=step)
    with store.unit() as unit:
        row = _named(unit.connection, name)
        if change.publish is not None:
            row = publish.set_command(store, name, change.publish)
        options = dict(row["options"])
        done = []
        if (change.inbox, change.inbox_credential, change.copy) != (None, None, None):
            options = _with_inbox(row, options, change)
            done.append(f"reads {options['inbox']}" if "inbox" in options else "reads no mailbox")
        if (change.webmentions, change.token) != (None, None):
            options = _with_mentions(row, options, change)
            done.append(f"has its webmentions in {options.get('webmentions', 'no place')}")
        if done:
            from pkm.store.model import Channel

            unit.get(Channel, row["number"]).options = json.dumps(options, ensure_ascii=False)
            unit.summarize(f"{row['name']} {', '.join(done)}")
            unit.flush()
        return _named(unit.connection, name)


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
