"""Following and leaving: an address becomes a source; a source is changed, paused or removed.

`look_for_feed` is the network part and knows no store; the others are one transaction each and use no network.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pkm.errors import Exists, Invalid, NotFound, Refused
from pkm.html import canonical_url, same_page_key
from pkm.ids import Row, existing, make
from pkm.net.failure import FetchError
from pkm.net.fetch import LOCAL, Fetcher, Response, file_path, read_file, same_origin
from pkm.net.mailbox import is_mailbox
from pkm.seek.autodiscover import FoundFeed, find_feeds
from pkm.seek.credential import Credentials, check_place
from pkm.seek.decide import is_same_server
from pkm.seek.entry import ParsedFeed
from pkm.seek.parse import parse_feed
from pkm.store import intake, items, mail, sources, tags
from pkm.store.live import Live
from pkm.store.session import Store, Unit
from pkm.text import count, one_line


@dataclass(frozen=True, slots=True)
class SourceAdded:
    """A new source; `like` is one that was there already and whose address means the same (scheme, slash, www)."""

    row: Row
    like: Row | None = None


_FILE = re.compile(r"[^/:?#]+\.(?:x?html?|xml|opml|eml|mbox|json|rss|atom|txt)", re.I)
"""What is called like a file, and no host: no domain ends so."""

_NEAR = re.compile(r"(?:(?:localhost|(?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?|[a-z][\w-]*:\d{2,5})(?:[/?].*)?", re.I)
"""A host of this machine or network without its scheme: an IPv4 address, localhost, or one word with a port."""


def as_address(text: str) -> str:
    """The address that was typed: a URL, a host without its scheme, or a file on this machine (file:).

    Also stdin:NAME, whose feed is handed to a pull. Raises NotFound for a file that is not there, Invalid for what can
    be no address, Refused for a command.
    """
    text = one_line(text)
    text = re.sub(r"^feed:(?://)?(?=https?:)", "", text, flags=re.IGNORECASE)
    text = re.sub(r"^feed://", "http://", text, flags=re.IGNORECASE)
    if re.match(r"https?://[^/?#]", text, re.IGNORECASE) or is_mailbox(text):
        return text
    if _NEAR.fullmatch(text) and not Path(text).exists():
        return f"http://{text}"
    if text[:5].lower() == "file:" or text.startswith(("/", "./", "../", "~")) or Path(text).is_file():
        path = file_path(text).absolute()
        if not path.exists():
            raise NotFound(str(path), "there is no such file")
        return path.as_uri()
    if re.fullmatch(r"stdin:[\w.-]{1,80}", text):
        return text
    if _FILE.fullmatch(text):
        raise NotFound(text, "there is no such file")
    if re.match(r"(?:exec|filter):", text):
        why = "a source that runs a command whenever it is looked at would run it unseen"
        raise Refused(one_line(text, 80), why, next="pkm seek add stdin:NAME, then: COMMAND | pkm seek pull NAME --stdin")
    if re.fullmatch(r"(?:[\w-]+\.)+[\w-]{2,}(?::\d+)?(?:[/?].*)?", text):
        return f"https://{text}"
    raise Invalid(f"“{text}”", "it is neither a web address nor a file", next="pkm seek add https://example.org")


def look_for_feed(
    address: str, *, credential: str = "", user_agent: str = "", local: Sequence[str] = ()
) -> list[FoundFeed]:  # fmt: skip
    """The feeds that an address leads to, the best first: itself, or those that its page names. Never empty.

    The network only. credential: the place of the secret, which goes to the address's own origin alone. local: hosts that
    may be on this machine or its network though their names do not say so; what a page names is there only where it is.
    Raises Unreachable, NotFound or BadInput where there is no feed, saying what there is instead.
    """
    url = as_address(address)
    if url.startswith("file:"):
        feed = parse_feed(body := read_file(url), url=url)
        return [FoundFeed(url, feed.title, "the file itself", feed, Response(url, url, 200, body))]
    if url.startswith("stdin:"):
        return [FoundFeed(url, "", "what is handed to a pull", ParsedFeed(), Response(url, url, 200, b""))]
    secret = Credentials().headers(credential)
    with Fetcher(local=local) as fetcher:
        near = fetcher.may_be_local(url)

        def fetch(asked: str) -> Response:
            its = secret if same_origin(asked, url) else None
            try:
                return fetcher.fetch(asked, headers=its, user_agent=user_agent, allow_private=near)
            except FetchError as error:
                if error.why == LOCAL:
                    error.next = f"where that is meant: pkm config seek.local {urlsplit(asked).hostname}"
                raise

        return find_feeds(url if "://" in address or url.startswith("http:") else one_line(address), fetch)


def choose_main(found: Sequence[FoundFeed]) -> FoundFeed | None:
    """The feed that is clearly the one: the only one, comments aside, or the first of several that hold the same."""
    comments = re.compile(r"\bcomments?\b", re.IGNORECASE)
    plain = [feed for feed in found if not comments.search(f"{feed.url} {feed.title}")] or list(found)
    first = plain[0]
    if all(feed is first or _same_stream(first, feed) for feed in plain):
        return first
    return None


def _same_stream(one: FoundFeed, other: FoundFeed) -> bool:
    """The same articles in another format: most pages are shared."""
    pages, others = (
        {canonical_url(entry.url) for entry in feed.parsed.entries if entry.url} for feed in (one, other)
    )
    return 2 * len(pages & others) > min(len(pages), len(others)) > 0


def add_source(
    store: Store, found: FoundFeed | str, *, title: str = "", every_s: int | None = None, tags: Sequence[str] = (),
    contact_id: int | None = None, circle_ids: Sequence[int] = (), credential: str = "", user_agent: str = "",
    full_text: bool = False,
    challenges: str = "", backlog: bool = False, updates: str = "silent",
) -> SourceAdded:  # fmt: skip
    """The feed is followed and due at once; its items come with the next pull.

    found: what look_for_feed gave, or an address that is taken as it is. backlog: all that its first pull brings comes
    into the inbox, not only its newest five. updates: silent, resurface or ignore. Raises Exists where that address is followed.
    """
    url = found.url if isinstance(found, FoundFeed) else as_address(found)
    feed = found.parsed if isinstance(found, FoundFeed) else ParsedFeed()
    with store.unit() as unit:
        _refuse_followed(unit, url)
        like = _find_like(unit, url)
        number = unit.insert(
            "source", url=url, title=one_line(title, 500) or feed.title, site_url=feed.site_url, state="active",
            failures=0, opml="{}", description=feed.description, every_s=every_s, contact_id=contact_id, created_at=unit.at,
            credential=check_place(credential) if credential else "", user_agent=check_agent(user_agent),
            full_text=int(full_text),
            backlog=int(backlog), updates=updates,
        )  # fmt: skip
        _tag(unit, number, tags)
        _put_in_circles(unit, number, circle_ids)
        if challenges:
            unit.update("source", number, challenges_id=_tag_id(unit, challenges))
        made = _row(unit, number)
        unit.summarize(f"follows {made['title']}")
        return SourceAdded(made, like)


def _refuse_followed(unit: Unit, url: str) -> None:
    there = sources.by_url(unit.connection, url)
    if there is not None:
        number, paused = there["id"], there["state"] != "active"
        step = f"pkm seek edit {number} --resume" if paused else f"pkm seek pull {number}"
        what = f"{number} ({there['title']}{', ' + there['state'] if paused else ''})"
        raise Exists(what, f"it follows {there['url']}", next=step)


def _find_like(unit: Unit, url: str) -> Row | None:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    if not host:
        return None
    key = same_page_key(url)
    return next((row for row in sources.at_host(unit.connection, host) if same_page_key(row["url"]) == key), None)


def _tag(unit: Unit, number: int, names: Sequence[str]) -> None:
    if names:
        tags.put(unit, "source", number, names)


def _tag_id(unit: Unit, name: str) -> int:
    """The tag that the name means, made where there is none."""
    return tags.number_for(unit, name)


def _put_in_circles(unit: Unit, number: int, circle_ids: Sequence[int]) -> None:
    for circle_id in dict.fromkeys(circle_ids):
        unit.insert("circle_source", circle_id=circle_id, source_id=number)


def _row(unit: Unit, number: int) -> Row:
    unit.flush()
    return existing(sources.row(unit.connection, number), "source", number)


@dataclass(frozen=True, slots=True)
class SourceEdit:
    """What is to change on a source; None, or nothing, leaves it. every_s 0, contact_id 0: none from now on.

    backlog: what waits in its backlog comes into the inbox. updates: silent, resurface, ignore.
    """

    title: str | None = None
    url: str | None = None
    every_s: int | None = None
    contact_id: int | None = None
    state: str | None = None
    updates: str | None = None
    backlog: bool = False
    add_tags: Sequence[str] = ()
    drop_tags: Sequence[str] = ()
    join_circles: Sequence[int] = ()
    leave_circles: Sequence[int] = ()
    credential: str | None = None
    user_agent: str | None = None
    full_text: bool | None = None
    challenges: str | None = None  # the tag under which it disagrees; "": under none


def edit_source(store: Store, number: int, edit: SourceEdit) -> Row:
    """The source is as `edit` says. A new address starts afresh with the network; its items and states stay.

    Raises Exists where the new address is followed already, Invalid where it is none.
    """
    with store.unit() as unit:
        source = unit.row("source", number)
        if edit.title is not None:
            source.title = one_line(edit.title, 500)
        if edit.every_s is not None:
            source.every_s, source.next_at = edit.every_s or None, None
        if edit.contact_id is not None:
            source.contact_id = edit.contact_id or None
        if edit.full_text is not None:
            source.full_text = int(edit.full_text)
        if edit.challenges is not None:
            source.challenges_id = _tag_id(unit, edit.challenges) if edit.challenges else None
        if edit.url is not None:
            _move(unit, source, as_address(edit.url))
        if edit.state is not None:
            _set_state(source, edit.state)
            if edit.state == "active" and source.mailbox_id:  # its letters of the meantime come, as a feed's entries do
                mail.reread_mailboxes(unit, [source.mailbox_id])
        _set_access(source, edit)
        if edit.updates is not None:
            source.updates = edit.updates
        if edit.backlog:
            source.backlog = 1
            items.bring_forward(unit, number)
        unit.flush()
        _retag(unit, number, edit)
        row = _row(unit, number)
        unit.summarize(f"changed {row['id']}")
        return row


def _move(unit: Unit, source: Live, url: str) -> None:
    """It is fetched elsewhere from now on; its secret belongs to the server that it had, and goes to no other."""
    if url == source.url:
        return
    _refuse_followed(unit, url)
    if not is_same_server(source.url, url):
        source.credential = ""
    source.url = url
    source.etag = source.modified = source.body_hash = source.error = source.next_at = None
    source.failures = 0


def _set_state(source: Live, state: str) -> None:
    if source.state != state == "active":
        source.failures, source.next_at, source.error = 0, None, None
    source.state = state


def _set_access(source: Live, edit: SourceEdit) -> None:
    """How it is asked: with which secret, as whom. It is asked anew at once."""
    if edit.credential is not None:
        source.credential = check_place(edit.credential) if edit.credential else ""
    if edit.user_agent is not None:
        source.user_agent = check_agent(edit.user_agent)
    if (edit.credential, edit.user_agent) != (None, None):
        source.next_at = source.error = None
        source.failures = 0


def check_agent(words: str) -> str:
    """The words as a User-Agent, "" for pkm's own. Raises Invalid where no header can hold them."""
    words = one_line(words)
    if not words.isascii() or len(words) > 300:
        raise Invalid("--user-agent", "it should be one line of plain ASCII, 300 characters at most")
    return words


def _retag(unit: Unit, number: int, edit: SourceEdit) -> None:
    _tag(unit, number, edit.add_tags)
    if edit.drop_tags:
        tags.take(unit, "source", number, edit.drop_tags)
    there = intake.circles_of(unit.connection, number)
    _put_in_circles(unit, number, [circle for circle in edit.join_circles if circle not in there])
    intake.leave_circles(unit, number, edit.leave_circles)


def remove_sources(store: Store, numbers: Sequence[int]) -> Row:
    """The sources are gone with the items that nobody has touched; {"goes", "stays"} items. An undo brings all back."""
    with store.unit() as unit:
        counted = intake.remove_sources(unit, numbers)
        ids = ", ".join(make("source", number) for number in numbers)
        unit.summarize(f"removed {one_line(ids, 60)} with {count(counted['goes'], 'item')}")
        return counted
