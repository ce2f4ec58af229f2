"""`pkm share channel`: the ways out, what each can do, and whether it works."""

from typing import Annotated, Any

import typer

from pkm.cli import complete, current, render, site
from pkm.cli.app import group
from pkm.cli.options import JsonFlag
from pkm.errors import Invalid, NotFound
from pkm.store import shares

app = group("The ways out: the site, folders of files, mail.", invoke_without_command=True)

NameArgument = Annotated[str, typer.Argument(help="Its name.", autocompletion=complete.complete_channels)]


@app.callback()
def channel(ctx: typer.Context) -> None:
    """List the channels, or add one."""
    if ctx.invoked_subcommand is None:
        list_channels()


@app.command("list", epilog="Example:  pkm share channel list")
def list_channels(json: JsonFlag = False) -> None:
    """List the channels: what each can do, and whom it reaches."""
    rows = [_with_powers(row) for row in shares.channels(current.store().read())]
    columns: render.Columns = [
        ("name", lambda row: row["name"]), ("kind", lambda row: row["channel_kind"]),
        ("circles", lambda row: ", ".join(row["circles"]) or "no circle"),
        ("readers", lambda row: row.get("readers", "")), ("taken back", _taken_back),
        ("where", lambda row: row["folder"] or f"{row['address']} as {row['options'].get('from', '')}"),
    ]  # fmt: skip
    render.emit_list(rows, columns, as_json=json, noun="channel")


def _taken_back(row: dict[str, Any]) -> str:
    return {True: "yes", False: "never"}.get(row.get("deletes"), "")  # type: ignore[arg-type]


def _with_powers(row: dict[str, Any]) -> dict[str, Any]:
    from pkm.share.channels import KINDS, folder_of

    powers = KINDS.get(row["channel_kind"])
    if powers is None:
        return {**row, "folder": None}
    return {
        **row, "folder": str(folder_of(row, current.home())) if powers.mirror else None, "edits": powers.edits,
        "deletes": powers.deletes, "repeats": powers.repeats, "readers": powers.readers,
    }  # fmt: skip


@app.command("add", epilog='Example:  pkm share channel add mail smtp://127.0.0.1:2525 --from "Me <me@example.org>"\n\n'
             "          pkm share channel add drop files:/some/folder")  # fmt: skip
def add_channel(
    name: Annotated[str, typer.Argument(help="One word.")],
    address: Annotated[str, typer.Argument(help="files:FOLDER, site:FOLDER, smtp://HOST:PORT or smtps://HOST:PORT.")],
    sender: Annotated[str, typer.Option("--from", help="Mail: whom its letters are from, as \"Me <me@example.org>\".")] = "",
    login: Annotated[str, typer.Option("--login", help="Mail: who logs in.")] = "",
    password_env: Annotated[
        str, typer.Option("--password-env", help="The variable of the environment that has the password.")
    ] = "",
    credential: Annotated[
        str,
        typer.Option("--credential", help="Or where else the password is: command:WORDS, file:PATH, keyring:SERVICE NAME."),
    ] = "",
    json: JsonFlag = False,
) -> None:
    """Add a way out; then give it to a circle."""
    from pkm.share.channels import add_channel as add

    if password_env and credential:
        raise Invalid("--password-env and --credential", "the password is at one place")
    place = f"env:{password_env}" if password_env else credential
    row = add(current.store(), current.home(), name, address, sender=sender, login=login, credential=place)
    where = f"{row['address']} as {row['options']['from']}" if row["channel_kind"] == "mail" else row["address"]
    render.emit_made(_with_powers(row), as_json=json, also=[where or str(current.home().site)])
    if json:
        return
    test = f"pkm share channel test {row['name']}, then " if row["channel_kind"] == "mail" else ""
    render.tell(f"Next: {test}pkm circle edit CIRCLE --channel {row['name']}")


app.command("edit", epilog='Example:  pkm share channel edit site --publish "rsync -a ./ me@example.org:site/"')(
    site.edit_channel
)


@app.command("test", epilog="Example:  pkm share channel test mail")
def try_out(name: NameArgument, json: JsonFlag = False) -> None:
    """Try a way out: mail sends one letter, to yourself alone; a folder is only looked at."""
    from pkm.share.trying import try_channel

    rows = shares.channels(current.store().read())
    row = next((one for one in rows if one["name"].casefold() == name.casefold()), None)
    if row is None:
        raise NotFound(f"the channel {name}", "there is none of that name", next="pkm share channel list")
    tried = try_channel(row, current.home())
    if json:
        render.emit_json({**_with_powers(row), "works": True, "said": tried})
    else:
        render.say(f"{row['name']}  works: {tried}")
