"""Whether the pages that notes and kept items lead to are still there: asked a few at a time, those looked at longest ago first.

Gathers addresses, decides from each answer and what was seen before (pure), and remembers that beside the store: losing
it costs nothing but time. One look says nothing: hosts are down for a day, and come back.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pkm.config import Home
from pkm.dates import stamp
from pkm.errors import PkmError, StoreError, Unreachable
from pkm.files import write_atomic
from pkm.ids import Row, make
from pkm.keys import keys_in, secret_in
from pkm.markdown import web_url
from pkm.net.failure import FetchError, TooLarge, is_offline
from pkm.net.fetch import ACCEPT_PAGE, Fetcher, is_local
from pkm.store import addresses
from pkm.store.session import Store
from pkm.text import count

AT_ONCE = 8
A_HOST = 5
"""So many pages of one host are asked for in a run, one after another."""
ENOUGH = 65_536
"""Bytes of a page that tell that it is there."""
PATIENCE_S = 12.0
DAYS, TIMES = 3, 2
"""A page is dead when it was not reached on so many days, or when its host said so often that it is gone."""
GONE = (404, 410)
THERE = (401, 402, 403, 405, 406, 407, 429, 451, 999)
"""Statuses of hosts that have a page and do not show it to a program."""

LONGEST = 2000
"""So many characters of an address a host may give for a page that moved."""
_MARKS = re.compile(r"[()\[\]*~]|%(?![0-9A-Fa-f]{2})")
"""What would mean something in Markdown."""
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\[\]{}|\\^]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one question: the status (0: nobody answered), why there is no page, where it is for good by now."""

    status: int
    why: str = ""
    moved: str = ""
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of an address. at: the last look. since: the first of those without a page in a row, "" for none.

    days: on how many days of these nobody answered; gone: how often the host said in a row that there is no such page.
    """

    at: str
    since: str = ""
    days: int = 0
    gone: int = 0
    why: str = ""
    moved: str = ""

    @property
    def state(self) -> str:
        """Ok, moved, dead, or unreached."""
        if self.days >= DAYS or self.gone >= TIMES:
            return "dead"
        if self.since:
            return "unreached"
        return "moved" if self.moved else "ok"


@dataclass(slots=True)
class Place:
    """An address and what leads there: (id, title). local: whether it may be on this machine or its network."""

    url: str
    leads: list[tuple[str, str]] = field(default_factory=list)
    local: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """What a run saw. asked: how many addresses today, of all that are known. rows: those that are dead, moved or not
    reached, the worst first; mended: the notes that lead elsewhere now.
    """

    asked: int
    known: int
    rows: tuple[Row, ...]
    mended: tuple[Row, ...] = ()

    @property
    def line(self) -> str:
        """The summary for people."""
        states = Counter(row["state"] for row in self.rows)
        told = [f"{states[name]:,} {word}" for name, word in (("dead", "dead"), ("moved", "moved"), ("unreached", "not reached"))
                if states[name]]  # fmt: skip
        return f"{count(self.asked, 'address', 'addresses')} of {self.known:,} asked: {', '.join(told) or 'all are there'}"


def look(store: Store, home: Home, now: datetime, limit: int, *, mend: bool = False) -> Looked:
    """At most `limit` addresses were asked, and what is known of all is told; none is asked twice a day.

    mend: notes that lead to a page that moved for good lead to where it is now; one command, which undo takes back.
    Raises Unreachable where there is no network: nothing is remembered then.
    """
    places = gather(store)
    path = home.links
    seen = read_seen(path)
    asked = choose(places, seen, stamp(now), limit)
    answers = dict(_ask_all(asked))
    if answers and all(answer.offline for answer in answers.values()):
        raise Unreachable("the network", "no address could be reached", next="pkm doctor --links once there is a network")
    seen |= {url: decide(seen.get(url), answer, stamp(now)) for url, answer in answers.items()}
    seen = {url: one for url, one in seen.items() if url in places}
    try:
        write_atomic(path, json.dumps({url: asdict(one) for url, one in sorted(seen.items())}, ensure_ascii=False).encode())
    except OSError as error:
        raise StoreError(str(path), error.strerror or str(error)) from error
    rows = _tell(store, places, seen)
    mended = tuple(_mend(store, rows)) if mend else ()
    changed = {row["from"] for row in mended}
    return Looked(len(answers), len(places), tuple(row for row in rows if row["id"] not in changed), mended)


def gather(store: Store) -> dict[str, Place]:
    """Every address that a note or a kept item leads to, without its fragment.

    Anybody may have written it, so that one of this machine or its network is left out, unless a source is there.
    """
    db = store.read()
    followed = {urlsplit(url).netloc for url in addresses.source_urls(db)}
    leads = [(url, make("note", note["id"]), note["title"]) for note in addresses.notes_with_links(db)
             for url in dict.fromkeys(url.partition("#")[0] for url in find_addresses(note["text"]))]  # fmt: skip
    leads += [(web_url(item["url"]).partition("#")[0], make("item", item["id"]), item["title"])
              for item in addresses.kept_items(db)]  # fmt: skip
    places: dict[str, Place] = {}
    for url, number, title in leads:
        here = urlsplit(url).netloc in followed
        if url and (here or not is_local(url)):
            places.setdefault(url, Place(url, local=here and is_local(url))).leads.append((number, title))
    return places


def find_addresses(text: str) -> list[str]:
    """The addresses of the web in a text, in order, as they are written."""
    return [url for match in _ADDRESS.finditer(text) if web_url(url := _trimmed(match[0]))]


def _trimmed(url: str) -> str:
    """The address without the marks of the sentence that it ends, and without a bracket that it does not open."""
    while url and (url[-1] in ".,;:!?*_~" or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1]
    return url


def choose(places: Mapping[str, Place], seen: Mapping[str, Seen], now: str, limit: int) -> list[Place]:
    """The addresses to ask: those looked at longest ago, not today, a few of a host."""
    hosts: Counter[str] = Counter()
    chosen = []
    for url in sorted(places, key=lambda url: (seen[url].at if url in seen else "", url)):
        host = urlsplit(url).hostname or ""
        if (url in seen and seen[url].at[:10] == now[:10]) or hosts[host] >= A_HOST:
            continue
        hosts[host] += 1
        chosen.append(places[url])
        if len(chosen) >= limit:
            break
    return chosen


def decide(before: Seen | None, answer: Answer, now: str) -> Seen:
    """What is known of an address after one more answer. Pure."""
    if answer.status and (answer.status < 400 or answer.status in THERE):
        return Seen(now, moved=answer.moved)
    kept = replace(before, at=now) if before and before.since else Seen(now, since=now)
    if answer.status in GONE:
        return replace(kept, gone=kept.gone + 1, days=kept.days + 1, why=answer.why)
    return replace(kept, gone=0, days=kept.days + 1, why=answer.why)


def _ask_all(asked: Iterable[Place]) -> Iterator[tuple[str, Answer]]:
    hosts: dict[str, list[Place]] = defaultdict(list)
    for place in asked:
        hosts[urlsplit(place.url).netloc].append(place)
    with Fetcher() as fetcher, ThreadPoolExecutor(AT_ONCE) as pool:
        for answers in pool.map(lambda places: [(one.url, _ask(fetcher, one)) for one in places], hosts.values()):
            yield from answers


def _ask(fetcher: Fetcher, place: Place) -> Answer:
    """HEAD, and GET where a host does not take that for an answer."""
    try:
        return _ask_by(fetcher, place, "HEAD")
    except FetchError as error:
        if error.status is None or error.status in (429, 503):
            return Answer(error.status or 0, error.why, offline=is_offline(error))
    except PkmError as error:
        return Answer(0, error.why)
    try:
        return _ask_by(fetcher, place, "GET")
    except FetchError as error:
        if isinstance(error.__cause__, TooLarge):
            return Answer(200)
        return Answer(error.status or 0, error.why, offline=is_offline(error))


def _ask_by(fetcher: Fetcher, place: Place, method: str) -> Answer:
    got = fetcher.fetch(place.url, method=method, accept=ACCEPT_PAGE, max_bytes=ENOUGH, timeout_s=PATIENCE_S,
                        allow_private=place.local)  # fmt: skip
    return Answer(got.status, moved=written(got.moved_to or ""))


def written(url: str) -> str:
    """The address as it may stand in a text, whatever its host wrote into it; "" where it has a secret in it, or is none."""
    if len(url) > LONGEST or secret_in(url) or any(keys_in(unquote(url))):
        return ""
    return _MARKS.sub(lambda match: f"%{ord(match[0]):02X}", web_url(url))


def read_seen(path: Path) -> dict[str, Seen]:
    """What is remembered; nothing where that cannot be read."""
    try:
        return {str(url): Seen(**one) for url, one in json.loads(path.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _tell(store: Store, places: Mapping[str, Place], seen: Mapping[str, Seen]) -> list[Row]:
    """What is to be said of each address that is not as it was, in the JSON contract's shape."""
    wrong = {url: one for url, one in seen.items() if one.state != "ok"}
    kept = addresses.kept_texts(store.read(), wrong)
    order = ("dead", "moved", "unreached")
    return [
        {
            "id": url, "kind": "address", "title": url, "state": one.state, "since": one.since or None, "why": one.why,
            "moved_to": one.moved or None, "leads": [{"id": number, "title": title} for number, title in places[url].leads],
            "kept": make("item", kept[url]) if url in kept else None,
            "archive": f"https://web.archive.org/web/{url}" if one.state == "dead" else None,
        }
        for url, one in sorted(wrong.items(), key=lambda each: (order.index(each[1].state), each[0]))
    ]  # fmt: skip


def _mend(store: Store, rows: Iterable[Row]) -> Iterator[Row]:
    """The notes lead to where pages are by now; {"id", "kind", "title", "from", "to"} of each change."""
    from pkm.sense.notes import edit_note

    moved = {row["id"]: to for row in rows if row["state"] == "moved" and (to := written(row["moved_to"]))}
    notes = [note for note in addresses.notes_with_links(store.read())
             if any(url.partition("#")[0] in moved for url in find_addresses(note["text"]))]  # fmt: skip
    if not notes:
        return
    with store.unit() as unit:
        for note in notes:
            number = make("note", note["id"])
            there = {url.partition("#")[0] for url in find_addresses(note["text"])} & moved.keys()
            edit_note(store, note["id"], text=rewrite(note["text"], moved), base=note)
            for url in sorted(there):
                yield {"id": number, "kind": "note", "title": note["title"], "from": url, "to": moved[url]}
        unit.summarize(f"{count(len(notes), 'note')}: links to pages that moved")


def rewrite(text: str, moved: Mapping[str, str]) -> str:
    """The text with the addresses that moved where they are now; a fragment stays."""

    def there(match: re.Match[str]) -> str:
        url = _trimmed(match[0])
        page, mark, fragment = url.partition("#")
        to = moved.get(page)
        return match[0] if to is None else f"{to.partition('#')[0]}{mark}{fragment}{match[0][len(url):]}"

    return _ADDRESS.sub(there, text)
