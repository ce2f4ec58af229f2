"""`pkm seek add`: a site, a feed, a file or a mailbox is followed."""

import sys
from shlex import quote
from typing import Annotated, Any

import typer

from pkm.cli import access, arrivals, current, mailbox, render, selectors
from pkm.cli.app import group
from pkm.cli.options import JsonFlag, TagOption
from pkm.cli.source_options import (
    AgentOption,
    AuthorOption,
    ChallengesOption,
    CircleOption,
    ContactOption,
    CredentialOption,
    EveryOption,
    FullTextFlag,
    read_circles,
    read_contact,
    read_seconds,
)
from pkm.errors import Exists, Invalid, NotFound, PkmError
from pkm.ids import Row
from pkm.store import sources
from pkm.text import count

app = group("Following.")


@app.command(
    epilog="Example:  pkm seek add https://jarche.com --every 1d --tag pkm --contact harold\n\n"
    "          pkm seek add ~/Mail/news  (its newsletters; so an mbox, a letter.eml, imaps://me@host/Folder)",
)
def add(
    addresses: Annotated[
        list[str], typer.Argument(metavar="URL|FILE|-", help="A site, a feed, a mailbox, a file of these; -: addresses on stdin.")
    ],
    every: EveryOption = None,
    tag: TagOption = None,
    contact: ContactOption = None,
    circle: CircleOption = None,
    author: AuthorOption = None,
    title: Annotated[str, typer.Option("--title", "-t", help="What to call it; else as it calls itself.")] = "",
    credential: CredentialOption = None,
    user_agent: AgentOption = None,
    full_text: FullTextFlag = False,
    feed: Annotated[
        int | None, typer.Option("--feed", metavar="N", min=1, help="Follow the Nth of several feeds that a page has.")
    ] = None,
    challenges: ChallengesOption = None,
    backlog: arrivals.BacklogFlag = False,
    updates: arrivals.UpdatesOption = None,
    force: Annotated[bool, typer.Option("--force", help="Follow the address though no feed answers.")] = False,
    all_mail: Annotated[bool, typer.Option("--all-mail", help="Of a mailbox, take personal letters too.")] = False,
    subfolders: Annotated[bool, typer.Option("--subfolders", help="Of a Maildir, read its folders too.")] = False,
    json: JsonFlag = False,
) -> None:
    """Follow a source: a site's address finds its feed. Its items come with the next pull."""
    given = [word for one in addresses for word in (sys.stdin.read().split() if one == "-" else [one])]
    if not all(given):
        raise Invalid("an empty address", "name a site, a feed, a mailbox or a file", next="pkm seek add https://example.org")
    if not given:
        raise Invalid("stdin", "it holds no address", next="pkm seek add https://example.org")
    options = {
        "title": title, "tags": tag or (), "every_s": read_seconds(every), "contact_id": read_contact(contact),
        "circle_ids": read_circles(circle), "credential": access.place(credential), "user_agent": user_agent or "",
        "all_mail": all_mail, "subfolders": subfolders, "author": author or "", "full_text": full_text,
        "challenges": challenges or "", "backlog": backlog, "updates": arrivals.read_updates(updates) or "silent",
    }  # fmt: skip
    access.warn_of_secrets(given)
    if len(given) == 1:
        _show_added(_add(given[0], force, options, feed), json)
        render.tell("Next: pkm seek")
        return
    _add_many(given, force, options, json)


def _add(address: str, force: bool, options: Row, feed: int | None = None) -> Any:
    from pkm.seek.rules import follow_author
    from pkm.seek.sources import add_source

    author, options = options["author"], {name: value for name, value in options.items() if name != "author"}
    if (added := mailbox.add(address, force, options)) is not None:
        return added
    rest = {name: value for name, value in options.items() if name not in mailbox.OPTIONS}
    store = current.store()
    found = _find(address, force, feed, credential=options["credential"], user_agent=options["user_agent"])
    if author and not force:
        _check_author(author, found)
    with store.unit():
        if not author:
            return add_source(store, found, **rest)
        added = add_source(store, found, **{**rest, "contact_id": None})  # it is a group's, not the person's
        tell_rules(follow_author(store, added.row["number"], author, options["contact_id"]))
        return added


def _check_author(author: str, found: Any) -> None:
    """Raises Invalid where the feed names authors and none by that name: everything would be muted."""
    from pkm.text import fold, some

    entries = found.parsed.entries if hasattr(found, "parsed") else ()
    names = list(dict.fromkeys(name for entry in entries for name in entry.authors))
    if names and not any(fold(author) in fold(name) for name in names):
        raise Invalid(
            f"--author {author}",
            f"none of {count(len(entries), 'entry', 'entries')} is by that name; authors there: {some(names, 8)}",
            kept="Nothing was added.", next="name one of them, or add --force",
        )  # fmt: skip


def tell_rules(rows: list[Row]) -> None:
    """The rules that were made on the way are told, a line each."""
    for row in rows:
        render.tell(f"{row['id']}  {row['title']}")


def _add_many(addresses: list[str], force: bool, options: Row, json: bool) -> None:
    added, failures, there = [], [], 0
    for address in addresses:
        shown = sources.without_user(address)
        try:
            added.append(_add(address, force, options))
        except Exists as error:
            render.tell(f"{shown}: followed already as {error.what}")
            there += 1
        except PkmError as error:
            failures.append({"what": shown, "why": error.why or error.what})
        except typer.Exit:  # several feeds, and the person wants none of them
            failures.append({"what": shown, "why": "none of its feeds was chosen"})
    current.remember(rows=[one.row["id"] for one in added])
    if not json:
        for one in added:
            _show_added(one, json)
    rows = [one.row for one in added]
    counts = {"new": len(rows), "updated": 0, "unchanged": there, "failed": len(failures)}
    summary = {**counts, "failures": failures, "sources": rows}
    known = f", {there} followed already" if there else ""
    render.emit_run(summary, as_json=json, line=f"{count(len(rows), 'new source')}{known}; {len(failures)} failed")
    if rows:
        render.tell("Next: pkm seek")
    if failures:
        raise typer.Exit(4 if rows or there else 1)


def _find(address: str, force: bool, feed: int | None = None, **access: str) -> Any:
    """The feed to follow: found at the address, the Nth where that is said; with --force the address itself where there
    is none.
    """
    from pkm.cli.choosing import ask_which, pick
    from pkm.seek.sources import as_address, choose_main, look_for_feed

    if address.startswith("%"):
        address = selectors.recalled(address)
    try:
        found = look_for_feed(address, local=current.local_hosts(), **access)
    except PkmError as error:
        if force:
            return as_address(address)
        error.kept = "Nothing was added."
        if error.next is None:
            error.next = _next_step(error, address, access["credential"])
        raise
    return pick(found, feed, address) if feed else choose_main(found) or ask_which(address, found)


def _next_step(error: PkmError, address: str, credential: str) -> str:
    """What to do about an address at which no feed was found."""
    shown = quote(sources.without_user(address))
    if getattr(error, "status", None) == 401:
        wrong = f"see that the secret at {credential} is right, or name another place: "
        return f"{wrong if credential else ''}pkm seek add {shown} --credential env:NAME"
    if _is_opml(address):
        return f"pkm import {shown}"
    if isinstance(error, NotFound) and "no such file" in error.why:
        return "pkm seek add -h"
    return f"see that the address is right; to follow it all the same: pkm seek add {shown} --force"


def _is_opml(address: str) -> bool:
    """Whether it is a file with a list of sources."""
    from pkm.net.fetch import file_path

    try:
        with file_path(address).open("rb") as file:
            return b"<opml" in file.read(4096).lower()
    except (PkmError, OSError, ValueError):
        return False


def _show_added(added: Any, json: bool) -> None:
    if added.like:
        like = added.like["id"]
        render.tell(f"{like} follows {added.like['url']}, which may be the same. Next: pkm seek remove {like}")
    render.emit_made(added.row, as_json=json, also=[added.row["url"]] if added.row["url"] not in ("", added.row["title"]) else [])
