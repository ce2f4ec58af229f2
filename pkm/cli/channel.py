"""`pkm share channel`: the ways out, what each can do, and whether it works."""

from typing import Annotated

import typer

from pkm.cli import channel_edit, current, render
from pkm.cli.app import group
from pkm.cli.options import ChannelArgument, JsonFlag
from pkm.errors import Invalid, Unreachable
from pkm.ids import Row
from pkm.store import shares
from pkm.text import count, one_line

app = group("The ways out: the site, folders of files, mail, public accounts, rooms, webhooks.", invoke_without_command=True)


@app.callback()
def channel(ctx: typer.Context) -> None:
    """List the channels, or add one."""
    if ctx.invoked_subcommand is None:
        list_channels()


@app.command("list", epilog="Example:  pkm share channel list")
def list_channels(json: JsonFlag = False) -> None:
    """List the channels: what each can do, and whom it reaches."""
    rows = [_with_powers(row) for row in shares.channels(current.store().read())]
    current.remember(rows=[row["id"] for row in rows])
    if json:
        render.emit_json(rows)
        return
    for row in rows:
        circles = ", ".join(row["circles"]) or "no circle"
        render.say("  ".join([row["name"], row["channel_kind"], one_line(circles, 60), _where(row)]))
        render.say(f"    {_can(row)}")
    render.tell(count(len(rows), "channel"))


def _where(row: Row) -> str:
    """The folder, or the address with whoever speaks there."""
    options = row["options"]
    who = options.get("from") or options.get("login") or options.get("room") or ""
    answers = f", answers from {options['inbox']}" if options.get("inbox") else ""
    return row["folder"] or f"{row['address']} as {one_line(who, 80)}{answers}" if who else row["folder"] or row["address"]


_POWERS = {
    "edits": ("edits", "no edits"), "deletes": ("deletes", "no deletes"), "idempotent": ("repeats safely", "never repeated"),
}  # fmt: skip
"""What a channel can do with what was sent, and cannot, in words."""


def _can(row: Row) -> str:
    """Each power it has or lacks, in words: who reads it, its limit, and whether answers come home from it."""
    if "edits" not in row:
        return "of a kind that is unknown here"
    powers = ", ".join(has if row[power] else lacks for power, (has, lacks) in _POWERS.items())
    readers = f"{'private' if row['private'] else 'public'}: {row['readers']}"
    return "; ".join([powers, readers, row["limit"] or "no limit", *(["answers come home"] if row["answers"] else [])])


def _with_powers(row: Row) -> Row:
    from pkm.share.channels import KINDS, folder_of

    row = channel_edit.shown(row)
    inbox, mentions = bool(row["options"].get("inbox")), bool(row["options"].get("webmentions"))
    powers = KINDS.get(row["channel_kind"])
    if powers is None:
        return {**row, "folder": None}
    most = row["options"].get("limit", powers.usual)
    return {
        **row, "folder": str(folder_of(row, current.home())) if powers.mirror else None, "edits": powers.edits,
        "deletes": powers.deletes, "repeats": powers.repeats, "readers": powers.readers,
        "idempotent": powers.repeats or powers.asks, "private": not powers.public,
        "answers": powers.answers or inbox or mentions, "settles": powers.asks or inbox,
        "limit": powers.limit.format(most) or None, "limit_count": most if powers.limit else None, "mirror": powers.mirror,
        "letters": powers.way == "letters", "posts": powers.way == "posts", "pictures": powers.pictures or powers.way != "posts",
    }  # fmt: skip


@app.command("add", epilog='Example:  pkm share channel add mail smtp://127.0.0.1:2525 --from "Me <me@example.org>"\n\n'
             "          pkm share channel add drop files:/some/folder\n\n"
             "          pkm share channel add fedi mastodon+https://social.example --token-env FEDI_TOKEN")  # fmt: skip
def add_channel(
    name: Annotated[str, typer.Argument(help="One word.")],
    address: Annotated[str, typer.Argument(help="files:FOLDER, site:FOLDER, smtp://HOST:PORT, smtps://…, or "
                                 "mastodon+https://HOST, bluesky+…, matrix+…, webhook+….")],
    sender: Annotated[str, typer.Option("--from", help="Mail: whom its letters are from, as \"Me <me@example.org>\".")] = "",
    login: Annotated[str, typer.Option("--login", help="Mail, Bluesky: who logs in.")] = "",
    password_env: Annotated[
        str, typer.Option("--password-env", help="The variable of the environment that has the password.")
    ] = "",
    token_env: Annotated[str, typer.Option("--token-env", help="The variable that has the token.")] = "",
    secret_env: Annotated[str, typer.Option("--secret-env", help="A webhook: the variable that has its secret.")] = "",
    room: Annotated[str, typer.Option("--room", help="Matrix: the room, as !abc:example.org.")] = "",
    visibility: Annotated[
        str, typer.Option("--visibility", help="Mastodon: public, unlisted, private (followers).")
    ] = "",
    credential: Annotated[
        str,
        typer.Option("--credential", help="Or where else the secret is: command:WORDS, file:PATH, keyring:SERVICE NAME."),
    ] = "",
    inbox: channel_edit.InboxOption = None,
    inbox_password_env: channel_edit.InboxPasswordOption = None,
    inbox_credential: channel_edit.InboxCredentialOption = None,
    copy: channel_edit.CopyFlag = None,
    json: JsonFlag = False,
) -> None:
    """Add a way out; then give it to a circle."""
    from pkm.share.wiring import Change, change_channel
    from pkm.share.wiring import add_channel as add

    places = [f"env:{name}" for name in (password_env, token_env, secret_env) if name] + ([credential] if credential else [])
    if len(places) > 1:
        raise Invalid("--password-env, --token-env, --secret-env and --credential", "the secret is at one place")
    inbox_place = channel_edit.place_of(inbox_password_env, inbox_credential, "--inbox-password-env and --inbox-credential")
    change = Change(inbox=inbox or None, inbox_credential=inbox_place, copy=copy)
    with current.store().unit():
        made = add(
            current.store(), current.home(), name, address, sender=sender, login=login, credential="".join(places),
            room=room, visibility=visibility,
        )  # fmt: skip
        if change != Change():
            made = change_channel(current.store(), current.home(), made["name"], change)
    row = _with_powers(made)
    where = row["address"] if row["folder"] else _where(row)
    render.emit_made(row, as_json=json, also=[where or str(current.home().site)])
    if json:
        return
    test = "" if row["folder"] else f"pkm share channel test {row['name']}, then "
    render.tell(f"Next: {test}pkm circle edit CIRCLE --channel {row['name']}")


app.command("edit", epilog='Example:  pkm share channel edit site --publish "rsync -a ./ me@example.org:site/"\n\n'
            "          pkm share channel edit site --webmentions ~/mentions\n\n"
            "          pkm share channel edit mail --inbox imaps://me@mail.example.org/INBOX")(
    channel_edit.edit_channel
)  # fmt: skip


app.command("remove", epilog="Example:  pkm share channel remove mail")(channel_edit.remove_channel)


@app.command("test", epilog="Example:  pkm share channel test mail")
def try_out(name: ChannelArgument, json: JsonFlag = False) -> None:
    """Try a way out: nobody but yourself gets anything; a folder is only looked at."""
    from pkm.share.trying import try_channel
    from pkm.share.wiring import learn_again

    row = shares.channel_named(current.store().read(), name)
    try:
        tried = try_channel(row, current.home())
    except Unreachable as error:
        error.next = error.next or f"pkm share channel edit {row['name']} --address ADDRESS, or try again later"
        raise
    learn_again(current.store(), row)
    if json:
        render.emit_json({**_with_powers(row), "works": True, "said": tried})
    else:
        render.say(f"{row['name']}  works: {tried}")
