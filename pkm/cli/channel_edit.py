"""`pkm share channel edit`: the command that publishes a site, where its webmentions are, the mailbox of a mail channel."""

from typing import Annotated

import typer

from pkm.cli import current, render
from pkm.cli.options import ChannelArgument, JsonFlag, YesFlag
from pkm.errors import Invalid
from pkm.ids import Row

InboxOption = Annotated[
    str | None,
    typer.Option("--inbox", "--imap", metavar="URL",
                 help='Mail: where answers come in: imaps://ME@HOST/FOLDER, maildir:/PATH, mbox:/PATH; "": nowhere.'),
]  # fmt: skip
InboxPasswordOption = Annotated[
    str | None,
    typer.Option("--inbox-password-env", metavar="VARIABLE", help="The variable that has the mailbox's password, if another."),
]
InboxCredentialOption = Annotated[
    str | None, typer.Option("--inbox-credential", help="Or where else it is: command:WORDS, file:PATH, keyring:SERVICE NAME.")
]
CopyFlag = Annotated[
    bool | None,
    typer.Option("--copy/--no-copy", help="With a mailbox: a copy of each letter to yourself, to tell later that it left."),
]


def place_of(variable: str | None, credential: str | None, names: str) -> str | None:
    """Where a secret is, as two options say it. Raises Invalid where both do."""
    if variable and credential:
        raise Invalid(names, "the secret is at one place")
    return f"env:{variable}" if variable else credential


def shown(row: Row) -> Row:
    """The channel without how far its mailbox was read, which is the program's own business."""
    return {**row, "options": {key: value for key, value in row["options"].items() if key not in ("inbox_read", "inbox_waits")}}


def edit_channel(
    name: ChannelArgument,
    address: Annotated[
        str | None, typer.Option("--address", metavar="ADDRESS", help="Where it goes from now on; of the same kind.")
    ] = None,
    sender: Annotated[
        str | None, typer.Option("--from", metavar="WHO", help='Mail: whom its letters are from, as "Me <me@example.org>".')
    ] = None,
    publish: Annotated[
        str | None,
        typer.Option("--publish", metavar="COMMAND",
                     help='A site: runs in its folder after a build that changed something, without a shell; "": none.'),
    ] = None,
    webmentions: Annotated[
        str | None,
        typer.Option("--webmentions", metavar="PLACE",
                     help='A site: where its webmentions are: a folder of jf2 files, or the address of a service; "": nowhere.'),
    ] = None,
    token_env: Annotated[
        str | None,
        typer.Option("--token-env", metavar="VARIABLE", help="The variable that has that service's token, or an account's."),
    ] = None,
    token_credential: Annotated[
        str | None, typer.Option("--token-credential", help="Or where else the token is: command:WORDS, file:PATH.")
    ] = None,
    login: Annotated[
        str | None, typer.Option("--login", help='Mail, Bluesky: who logs in from now on; mail: "" is nobody.')
    ] = None,
    password_env: Annotated[
        str | None, typer.Option("--password-env", "--secret-env", metavar="VARIABLE",
                                 help="The variable that has the password, or a webhook's secret; said anew for another host.")
    ] = None,
    secret: Annotated[
        str | None, typer.Option("--credential", help="Or where else it is: command:WORDS, file:PATH, keyring:SERVICE NAME.")
    ] = None,
    inbox: InboxOption = None,
    inbox_password_env: InboxPasswordOption = None,
    inbox_credential: InboxCredentialOption = None,
    copy: CopyFlag = None,
    json: JsonFlag = False,
) -> None:  # fmt: skip
    """Change a way out: how the site is published, where answers to it, or to letters, are found."""
    from pkm.share.channels import folder_of, is_mirror
    from pkm.share.wiring import Change, change_channel
    from pkm.store import shares

    home, before = current.home(), shares.channel_named(current.store().read(), name)
    row = shown(change_channel(current.store(), home, name, Change(
        publish, inbox, place_of(inbox_password_env, inbox_credential, "--inbox-password-env and --inbox-credential"), copy,
        webmentions, place_of(token_env, token_credential, "--token-env and --token-credential"),
        address, sender, login, place_of(password_env, secret, "--password-env and --credential"),
    )))  # fmt: skip
    render.emit_made(row, as_json=json, also=_told(row))
    if is_mirror(row["channel_kind"]) and (left := folder_of(before, home)) != folder_of(row, home) and left.exists():
        render.tell(f"What was written in {left} stays there, and is yours to remove. All that was sent is written in the new "
                    "folder with the next send; at once: pkm doctor")  # fmt: skip
    if not json and (inbox or webmentions):
        render.tell("Next: pkm share heard, which collects what came; pkm seek does so too")


def remove_channel(name: ChannelArgument, yes: YesFlag = False, json: JsonFlag = False) -> None:
    """Remove a way out: it is in no list, and nothing goes by it; what has left stays in the log."""
    from pkm.share.wiring import remove_channel as remove

    row = shown(remove(current.store(), name, sure=yes))
    if json:
        render.emit_json({**row, "removed": True})
        return
    render.say(f"{row['name']}  removed" + ("" if row["gone"] else "; its deliveries stay in pkm share log"))
    if row["circles"]:
        render.tell(f"No channel of that name reaches {', '.join(row['circles'])} any more. "
                    "Next: pkm circle edit CIRCLE --channel NAME")  # fmt: skip


def _told(row: Row) -> list[str]:
    options = row["options"]
    if row["channel_kind"] not in ("site", "mail"):
        return [row["address"]]
    if row["channel_kind"] == "site":
        words = options.get("publish") or []
        place = options.get("webmentions")
        return [f"published by {' '.join(words)}" if words else "published by no command",
                *([f"webmentions in {place}"] if place else [])]  # fmt: skip
    if not options.get("inbox"):
        return [f"{row['address']} as {options['from']}", "no mailbox is read for answers"]
    return [f"{row['address']} as {options['from']}", f"answers from {options['inbox']}",
            "a copy of each letter to yourself" if options.get("copy", True) else "no copies"]
