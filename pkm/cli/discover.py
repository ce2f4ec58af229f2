"""`pkm seek discover`: new sources with their reasons; how suggestions are listed, picked and turned down."""

from shlex import quote
from typing import Annotated, Any

import typer

from pkm.cli import current, render
from pkm.cli.app import group
from pkm.cli.options import JsonFlag, LimitOption, YesFlag
from pkm.dates import now
from pkm.errors import Ambiguous, NotFound, PkmError
from pkm.ids import Row
from pkm.text import count, one_line

app = group("Discover.")

NOTHING_KEPT = "Nothing to suggest yet: {what} suggested once you keep items. Next: pkm sense"


@app.command(epilog="Example:  pkm seek discover\n\n          pkm seek discover --accept 2")
def discover(
    blogrolls: Annotated[
        bool, typer.Option("--blogrolls", help="Ask the sites of people you follow for their blogrolls too.")
    ] = False,
    accept: Annotated[str, typer.Option("--accept", metavar="N|SITE", help="Find its feed and follow it.")] = "",
    dismiss: Annotated[
        str, typer.Option("--dismiss", metavar="N|SITE", help="Never suggest it again; pkm undo takes that back.")
    ] = "",
    limit: LimitOption = 20,
    yes: YesFlag = False,
    json: JsonFlag = False,
) -> None:
    """Suggest new sources: sites that what you kept links to, with the reason and the items."""
    from pkm import config
    from pkm.seek import discover as found

    store = current.store()
    if dismiss:
        key, _ = pick(dismiss, "source", lambda: _source_rows(found))
        found.dismiss_source(store, key)
        tell_dismissed(f"source:{key}", key, json)
        return
    if accept:
        _follow(*pick(accept, "source", lambda: _source_rows(found)), json)
        return
    own = config.read(current.home())["site.url"]
    suggestions = found.find_sources(store, now(), own)
    if blogrolls:
        suggestions = _with_blogrolls(suggestions, own, yes)
    rows = [one.as_dict() for one in suggestions]
    empty = _nothing_to_discover()
    show(rows[:limit], len(rows), json, empty, "pkm seek discover")


def _source_rows(found: Any) -> list[Row]:
    from pkm import config

    own = config.read(current.home())["site.url"]
    return [one.as_dict() for one in found.find_sources(current.store(), now(), own)]


def _nothing_to_discover() -> str:
    from pkm.store import discovery

    if not discovery.kept_items(current.store().read(), 1):
        return NOTHING_KEPT.format(what="the sites that items link to are")
    return "No suggestion: what you kept links to no new site from two sources or three items. More: --blogrolls"


def _with_blogrolls(suggestions: list[Any], own: str, yes: bool) -> list[Any]:
    """The suggestions with those of blogrolls, once the person agrees that the network is asked."""
    from pkm.cli.progress import show_progress
    from pkm.seek import blogrolls as rolls
    from pkm.seek.discover import places_left_out

    owners = rolls.find_owners(current.store())
    if not owners:
        render.tell("Nobody you follow is known as a person yet. Next: pkm seek people")
        return suggestions
    question = f"Ask the sites of {count(len(owners), 'person', 'people')} you follow for their blogrolls?"
    if not render.confirm(question, yes=yes, no=""):
        return suggestions
    with show_progress("Asking") as progress:
        fetched = rolls.fetch_blogrolls(owners, progress)
    feeds = sum(len(roll.feeds) for roll in fetched)
    render.tell(f"{count(len(fetched), 'blogroll')} with {count(feeds, 'feed')}, of {count(len(owners), 'site')}")
    rolled = rolls.decide_blogrolls(fetched, places_left_out(current.store(), own))
    return rolls.join_suggestions(suggestions, rolled)


def show(rows: list[Row], total: int, json: bool, empty: str, command: str) -> None:
    """The suggestions are listed, numbered, and remembered by what they are, so that N means the same later."""
    render.emit_numbered(rows, _lines, as_json=json, noun="suggestion", total=total, empty=empty)
    current.remember(rows=[f"{row['id']} {row['url'].replace(' ', '%20')}" for row in rows])
    if rows and not json:
        render.tell(f"Next: {command} --accept N, or --dismiss N")


def _lines(row: Row) -> tuple[str, str]:
    return f"{one_line(row['title'], 80)}  ({row['score']:.2f})", one_line(row["why"], 600)


def pick(text: str, kind: str, fresh: Any) -> tuple[str, str]:
    """(key, address) of the suggestion that N means in the last list shown, or that is called so.

    Raises NotFound where the last list was another one, or nothing is called so.
    """
    shown = [str(row).removeprefix(f"{kind}:") for row in current.recall()["rows"] if str(row).startswith(f"{kind}:")]
    again = f"pkm seek {'discover' if kind == 'source' else 'people'}"
    word = text.strip().removeprefix("%")
    if word.isdigit():
        if not shown:
            raise NotFound(f"number {word}", _last_list(kind), next=f"{again}, then count from 1")
        if not 1 <= int(word) <= len(shown):
            raise NotFound(text, f"the last list had {len(shown)} rows", next=f"{again}, then count from 1")
        key, _, address = shown[int(word) - 1].rpartition(" ")
        return key, address
    known = {key: address for key, _, address in (row.rpartition(" ") for row in shown)}
    known |= {str(row["key"]): str(row["url"]) for row in fresh()}
    name = text.strip().removeprefix(f"{kind}:")
    key = name if name in known else _by_address(name)
    if key not in known:
        raise NotFound(f"“{one_line(text, 80)}”", "no suggestion is called so", next=f"{again} --json for their keys")
    return key, known[key]


def _last_list(kind: str) -> str:
    """Which list was shown last, where it is not the one whose rows were meant."""
    other, command = ("person", "pkm seek people") if kind == "source" else ("source", "pkm seek discover")
    if any(str(row).startswith(f"{other}:") for row in current.recall()["rows"]):
        return f"the last list was that of {command}"
    return "the last list held no suggestions"


def _by_address(text: str) -> str:
    from pkm.seek.sitekey import site_key

    return site_key(text if "://" in text else f"https://{text}")


def tell_dismissed(id: str, title: str, json: bool) -> None:
    """It is said that the suggestion will not be made again."""
    if json:
        render.emit_json({"id": id, "kind": "suggestion", "title": title, "dismissed": True})
        return
    render.say(f"{title}  will not be suggested again")
    render.tell_undo()


def _follow(key: str, address: str, json: bool) -> None:
    """The feed of that site is found and followed; several feeds are listed, to choose from."""
    from pkm.seek.discover import find_owner
    from pkm.seek.sources import add_source

    render.tell(f"Looking for the feed of {key} at {address} …")
    feed = _find_feed(key, address)
    added = add_source(current.store(), feed, contact_id=find_owner(current.store(), key))
    whose = [f"of {added.row['contact']}"] if added.row["contact"] else []
    render.emit_made(added.row, as_json=json, also=[added.row["url"], *whose])
    render.tell("Next: pkm seek")


def _find_feed(key: str, address: str) -> Any:
    from pkm.seek.sources import choose_main, look_for_feed

    try:
        found = look_for_feed(address, local=current.local_hosts())
    except PkmError as error:
        error.kept = "Nothing was added."
        error.next = f"if you know its feed: pkm seek add FEED; never again: pkm seek discover --dismiss {quote(key)}"
        raise
    if main := choose_main(found):
        return main
    listed = [(feed.url, f"{feed.title} ({count(len(feed.parsed.entries), 'entry', 'entries')})") for feed in found]
    raise Ambiguous(address, listed, next=f"follow one of them: pkm seek add {quote(found[0].url)}")
