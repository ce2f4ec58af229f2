"""A Mastodon account: statuses by its API, each under an Idempotency-Key, which Mastodon honors for an hour.

Sources: docs.joinmastodon.org (methods/statuses, entities/Instance); how it counts: its StatusLengthValidator (graphemes, a
link as 23, a mention without its host); the hour: PostStatusService. What other servers with this API do with the key is not
known, and no clock of one's own says how old it is, so that a status is looked for among the account's own before it is posted
again.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from pkm.channels.account import Account
from pkm.channels.http import Form, Place, Reply, call, read_place
from pkm.channels.lengths import graphemes, links, parts_of, share_out, shorten
from pkm.channels.way import Answer, Given, Job, Outcome, Post, Room, as_body, firm, taken, verdict
from pkm.dates import now, parse_stamp, stamp
from pkm.errors import Invalid, Unreachable
from pkm.html import host_of, html_to_text
from pkm.spelling import none_of

EXAMPLE = "mastodon+https://social.example"
VISIBILITIES = ("public", "unlisted", "private")
LIMIT, LINK = 500, 23
MOST_PICTURES, ALT = 4, 1500
"""Pictures of a status, and characters of what describes one."""

_TRIES, _PAUSE_S = 20, 1.0
"""How often it is asked whether a picture is ready, and how long in between."""

_KEY_HOLDS = timedelta(minutes=50)
"""A little less than the hour that Mastodon keeps a key."""

_PAGES, _PAGE = 5, 40
_SKEW = timedelta(days=1)
"""How wrong a clock may have been when a status was dated."""
_BEFORE = timedelta(days=60)
"""So long before that the same words make it doubtful whether they are this status: the clock may have been put right since."""

_MENTION = re.compile(r"(?<![\w/])(@\w+)@[\w.-]+\w")


def check(address: str, given: Given) -> tuple[str, dict[str, Any]]:
    """The server behind mastodon+; where the token is, and who may see what is posted."""
    place = read_place(address.removeprefix("mastodon+"), EXAMPLE)
    if not given.credential:
        raise Invalid("a Mastodon account", "it is not said where its token is",
                      next=f"pkm share channel add NAME {EXAMPLE} --token-env VARIABLE")  # fmt: skip
    visibility = given.visibility or "public"
    if visibility not in VISIBILITIES:
        raise none_of(f"--visibility {visibility}", visibility, VISIBILITIES)
    return f"mastodon+{place}", {"credential": given.credential, "visibility": visibility}


def learn(address: str) -> dict[str, Any]:
    """How long a status may be there, and how much of that a link takes."""
    reply = call(read_place(address.removeprefix("mastodon+"), EXAMPLE), "GET", "/api/v2/instance")
    found: Any = reply.body if reply.ok else None
    for name in ("configuration", "statuses"):
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        return {}
    names = {"limit": "max_characters", "link": "characters_reserved_per_url"}
    return {ours: found[theirs] for ours, theirs in names.items() if isinstance(found.get(theirs), int) and found[theirs] > 0}


def length(text: str, link: int = LINK) -> int:
    """How long Mastodon says that a text is."""
    counted, end = [], 0
    for start, stop in links(text):
        counted += [text[end:start], "x" * link]
        end = stop
    return len(graphemes(_MENTION.sub(r"\1", "".join([*counted, text[end:]]))))


def compose(post: Post, name: Callable[[int], str], options: Mapping[str, Any]) -> list[bytes]:
    """A status for each part, the later ones unlisted where the first is public: a thread fills nobody's timeline."""
    limit, link = options.get("limit", LIMIT), options.get("link", LINK)
    warned = length(post.warning, link)
    visibility = options.get("visibility", "public")
    bodies: list[bytes] = []
    parts = parts_of(post, limit - warned, lambda text: length(text, link))
    for part, shown in zip(parts, share_out(post, len(parts), MOST_PICTURES), strict=True):
        pictures = [{"sha256": one.sha256, "media_type": one.media_type, "alt": shorten(one.alt, ALT, len)} for one in shown]
        seen = "unlisted" if bodies and visibility == "public" else visibility
        warning = {"spoiler_text": post.warning, "sensitive": True} if post.warning else {}
        body = {"status": part, "visibility": seen, "language": post.language, **warning}
        bodies.append(as_body({**body, "pictures": pictures} if pictures else body))
    return bodies


def shown(payload: bytes) -> str:
    """The warning, the text under it, and what stands for its pictures."""
    said = json.loads(payload)
    pictures = "".join(f"\n[picture: {one['alt']}]" for one in said.get("pictures", ()))
    return (f"[{said['spoiler_text']}]\n" if said.get("spoiler_text") else "") + str(said["status"]) + pictures


def measure(payload: bytes, options: Mapping[str, Any]) -> str:
    """Its length of what the server allows, and who may see it."""
    used = room(payload, options)
    return f"{used.used} of {used.limit} characters, {json.loads(payload)['visibility']}"


def room(payload: bytes, options: Mapping[str, Any]) -> Room:
    """Graphemes of the warning and the text together, as the server counts."""
    said, link = json.loads(payload), options.get("link", LINK)
    total = length(said["status"], link) + length(said.get("spoiler_text", ""), link)
    return Room(total, options.get("limit", LIMIT), "characters", link)


def connect(address: str, options: Mapping[str, Any], secret: str) -> "Mastodon":
    """The account, to be entered."""
    return Mastodon(read_place(address.removeprefix("mastodon+"), EXAMPLE), secret)


class Mastodon(Account):
    """An account that posts."""

    kept_in = "the account's own posts"
    gone = (404, 410)

    def __init__(self, place: Place, token: str) -> None:
        self.place = place
        self._token = token
        self._account: str | None = None

    def _hand_in(self, job: Job, body: bytes) -> Outcome:
        reply = self._call("POST", "/api/v1/statuses", body, {"Idempotency-Key": job.key})
        return taken(reply, "id", "status", reply.said("url"))

    def _body(self, job: Job) -> bytes | Outcome:
        """What is posted: as it was frozen, byte for byte, with what only the server knows for the pictures."""
        said = json.loads(job.payload)
        pictures, numbers = said.pop("pictures", []), []
        for one in pictures:
            answer = self._upload(one, job.read(one["sha256"]))
            if isinstance(answer, Outcome):
                return answer
            numbers.append(answer)
        told = {"media_ids": numbers} if numbers else {}
        return as_body({**said, **told, **({"in_reply_to_id": job.parent} if job.parent else {})})

    def _upload(self, picture: Mapping[str, str], data: bytes) -> str | Outcome:
        """The number of a picture that the server has taken, with its description."""
        name = f"{picture['sha256'][:16]}.{picture['media_type'].rpartition('/')[2]}"
        form = Form(picture["sha256"])
        form.add("description", picture["alt"].encode())
        form.add("file", data, name, picture["media_type"])
        reply = self._call("POST", "/api/v2/media", form.body(), {"Content-Type": form.media_type})
        number = reply.said("id")
        if not reply.ok or not number:
            found = verdict(reply)
            return found._replace(state="waiting" if found.state in ("unknown", "sent") else found.state)
        for attempt in range(_TRIES if reply.status == 202 else 0):
            asked = self._call("GET", f"/api/v1/media/{quote(number, safe='')}")
            if asked.status != 206:
                return number if asked.ok else Outcome("waiting", asked.words)
            if attempt + 1 == _TRIES:
                return Outcome("waiting", "the server is still at work on a picture")
            time.sleep(_PAUSE_S)
        return number

    def _there(self, job: Job) -> Outcome | None:
        found = self._find(job)
        return None if found is None else Outcome("sent", "", str(found["id"]), str(found.get("url") or ""))

    def _knows_again(self, job: Job) -> bool:
        return bool(job.began) and timedelta(0) <= now() - parse_stamp(job.began) < _KEY_HOLDS

    def _take_away(self, job: Job) -> Reply | None:
        number = job.remote_id or str((self._find(job) or {}).get("id", ""))
        return self._call("DELETE", f"/api/v1/statuses/{quote(number, safe='')}") if number else None

    def answers(self, job: Job) -> list[Answer]:
        """What others answered to the thread, to whichever part; asked at its first."""
        if job.part > 1 or not job.remote_id:
            return []
        own = self._own_account()
        reply = firm(self._call("GET", f"/api/v1/statuses/{quote(job.remote_id, safe='')}/context"), self.place)
        below = reply.body.get("descendants") if reply.ok and isinstance(reply.body, dict) else None
        rows = [one for one in below or [] if isinstance(one, dict) and isinstance(one.get("account"), dict)]
        return [answer for one in rows if str(one["account"].get("id")) != own and (answer := self._answer(one))]

    def probe(self, key: str) -> str:
        """A status that only oneself can see."""
        body = as_body({"status": "This is a test of a channel of pkm. Only you can see it.", "visibility": "direct"})
        outcome = self.send(Job(key, body, stamp(now())))
        if outcome.state != "sent":
            raise Unreachable(str(self.place), f"the post to yourself is {outcome.state}: {outcome.why}")
        return f"a post that only you can see is at {outcome.remote_url or self.place}"

    def _answer(self, one: Mapping[str, Any]) -> Answer | None:
        account = one["account"]
        name = str(account.get("acct") or "")
        page = str(account.get("url") or "")
        full = name if "@" in name else f"{name}@{host_of(page) or self.place.host}"  # its people may live at another name
        if not _is_of(host_of(page), full.rpartition("@")[2].lower()):  # what another server says of its people's page
            page = ""
        text = re.sub(r"\A(?:@[\w.@-]+\s+)+", "", html_to_text(str(one.get("content") or "")).strip())
        at = _instant(one.get("created_at"))
        if not one.get("id") or not text or at is None:
            return None
        return Answer(str(one["id"]), (full, f"@{full}", page), text, stamp(at))

    def _find(self, job: Job) -> Mapping[str, Any] | None:
        """Its status among the account's own since it was frozen, the oldest where there are several; None for none.

        Raises Unreachable where they are too many to say so, or one of before has the same words.
        """
        status = _MENTION.sub(r"\1", json.loads(job.payload)["status"])  # a server names its people so
        wanted, since = _letters(status), min(parse_stamp(job.frozen_at), now()) - _SKEW
        found, passed, query = None, False, {"limit": str(_PAGE), "exclude_reblogs": "true"}
        for _ in range(_PAGES):
            path = f"/api/v1/accounts/{quote(self._own_account(), safe='')}/statuses?{urlencode(query)}"
            reply = firm(self._call("GET", path), self.place)
            if "max_id" not in query and reply.at and reply.at < now():
                since -= now() - reply.at  # the times of its posts are the server's
            page = [one for one in reply.body if isinstance(one, dict)] if isinstance(reply.body, list) else []
            for one in page:
                at = _instant(one.get("created_at"))
                passed = passed or (at is not None and at < since)
                if passed and (found or (at is not None and at < since - _BEFORE)):
                    return found
                said = _letters(_MENTION.sub(r"\1", html_to_text(str(one.get("content")))))
                if said == wanted and str(one.get("id")) not in job.others:
                    if passed or at is None:
                        raise Unreachable(str(self.place), "the same words were posted before it was to go")
                    found = one
            if not page:
                return found
            query["max_id"] = str(page[-1].get("id"))
        if found is None and not passed:
            raise Unreachable(str(self.place), "more was posted there since than is looked through")
        return found

    def _own_account(self) -> str:
        if self._account is None:
            reply = self._call("GET", "/api/v1/accounts/verify_credentials")
            if not reply.ok or not reply.said("id"):
                raise Unreachable(str(self.place), f"the server does not know the token: {reply.words}")
            self._account = reply.said("id")
        return self._account

    def _call(self, method: str, path: str, body: bytes | None = None, more: Mapping[str, str] | None = None) -> Reply:
        return call(self.place, method, path, body, {"Authorization": f"Bearer {self._token}", **(more or {})})


def _is_of(host: str, server: str) -> bool:
    """Whether a host is that of a server's name, or beneath it: some have their pages at social. of their name."""
    return host == server.removeprefix("www.") or host.endswith(f".{server}")


def _instant(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _letters(text: str) -> str:
    """A text as two of them are compared: a server shows links and line ends its own way."""
    return re.sub(r"\W+", "", text).casefold()
