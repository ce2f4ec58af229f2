"""The feeds of a contact: looked for at their addresses, followed as theirs, and what is said where there is none."""

from typing import Any

from pkm import first_step
from pkm.cli import current, render
from pkm.errors import PkmError
from pkm.ids import Row
from pkm.store import contacts, sources
from pkm.text import one_line


def look_for_feeds(urls: tuple[str, ...]) -> tuple[list[Any], list[str]]:
    """The main feed found at each address, and what to say of the rest. The network is done when this returns."""
    feeds: list[Any] = []
    told = []
    if urls:
        from pkm.seek.sources import choose_main, look_for_feed
    for url in urls:
        try:
            found = look_for_feed(url, local=current.local_hosts())
        except PkmError as error:
            told.append(f"No feed was found at {url}: {(error.why or error.what).rstrip('.')}.")
            continue
        main = choose_main(found) or found[0]
        feeds.append(main)
        if len(found) > 1:
            others = ", ".join(feed.url for feed in found[:6] if feed is not main)
            told.append(f"There are other feeds at {url}: {others}")
    return feeds, told


def follow(feeds: list[Any], number: int, told: list[str]) -> list[Row]:
    """The feeds are sources of that contact; one that is followed already and is nobody's becomes theirs."""
    store = current.store()
    followed: list[Row] = []
    if feeds:
        from pkm.seek.sources import SourceEdit, add_source, edit_source
    for feed in feeds:
        there = sources.by_url(store.read(), feed.url)
        if there is None:
            followed.append(add_source(store, feed, contact_id=number).row)
        elif there["contact"] in (None, f"c{number}"):
            followed.append(edit_source(store, there["number"], SourceEdit(contact_id=number)))
        else:
            told.append(f"{feed.url} is followed already, as {there['id']} of {there['contact']}; it stays theirs.")
    return followed


def follow_alone(feeds: list[Any], row: Row, told: list[str]) -> list[Row]:
    """As follow, for a contact that is there: an operation of its own."""
    if not feeds:
        return []
    with current.store().unit() as unit:
        followed = follow(feeds, int(row["id"][1:]), told)
        if followed:
            unit.summarize(f"follows {', '.join(one['id'] for one in followed)} of {row['id']} {one_line(row['name'], 60)}")
    return followed


def follows(followed: list[Row]) -> list[str]:
    """What is said of each source that is followed now."""
    return [f"follows {source['id']} {one_line(source['title'], 60)}" for source in followed]


def tell_feeds(row: Row, feeds: list[Any], followed: list[Row], told: list[str]) -> None:
    """What was found and what not, and the next command: the pull, or the one that tries their address again."""
    for line in told:
        render.tell(line)
    if followed:
        render.tell("Next: pkm seek")
    elif told and not feeds and (urls := contacts.urls_of(row)):
        render.tell(f"Next, once it answers, or with their feed's own address: {first_step.follow(urls[0], row['id'])}")
