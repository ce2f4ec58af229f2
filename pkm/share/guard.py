"""The guard: nothing leaves beyond its reach. Looks at the notes, and again at the very bytes that would leave.

Pure: facts in, findings out. A finding is (what, why, the command that mends it); any finding refuses the whole send.
"""

import functools
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pkm.addresses import address_key, readable
from pkm.conceal import own_words
from pkm.ids import make
from pkm.keys import keys_in, secret_addresses
from pkm.markdown import stripped
from pkm.reach import may_go
from pkm.share.legible import Seen, look, plain_words, says, words
from pkm.share.whose import Addresses, numbers_in
from pkm.text import some
from pkm.textmerge import is_marked

Finding = tuple[str, str, str]

SHORTEST_TITLE = 8
"""A private title shorter than this is not looked for: "Ideas" stands in many a text."""

SHORTEST_LINKED = 3
"""The same for a note that the draft links to."""

PASSAGE = 7
"""So many words in a row are a passage: fewer may be said by two people."""

NAMED = 3
"""So many notes are named in a finding."""

SHORTEST_REMARK = 4
"""A %%comment%% shorter than this is not looked for in what leaves."""

_PLACE = re.compile(r"\bgeo:(?://)?\s*([-+]?\d{1,3}(?:\.\d*)?\s*,\s*[-+]?\d{1,3}(?:\.\d*)?)", re.I)
"""A place on the earth as an address (RFC 5870): it may be where somebody lives."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not stand in what leaves.

    titles: (title, number) of every note that may not go; texts: (text, number) of the same; linked: (name, number) of all
    that those are called which the draft links to; emails: of contacts, but for those that are allowed (address_key); phones:
    (number as it is known, contact's number); public: texts that are public already (titles and quotes of items), which may
    say what a private note is called.
    """

    titles: tuple[tuple[str, int], ...] = ()
    emails: Addresses | None = None
    public: tuple[str, ...] = ()
    phones: tuple[tuple[str, int], ...] = ()
    texts: Callable[[], Iterable[tuple[str, int]]] = tuple
    linked: tuple[tuple[str, int], ...] = ()
    allowed: frozenset[str] = frozenset()


def check_notes(notes: Iterable[Mapping[str, Any]], circle: str, circle_kind: str) -> list[Finding]:
    """A finding for each note whose reach is too narrow for the circle, or that was put away."""
    findings = []
    for note in notes:
        number = make("note", note["id"])
        name = f"{number} “{note['title']}”"
        if note["dropped_at"]:
            findings.append((name, "it was put away", f"pkm sense keep {number}"))
        elif is_marked(note["text"]):
            findings.append((name, "two versions of it stand there, and nobody chose", f"pkm sense edit {number}"))
        elif not may_go(note["reach"], circle_kind):
            why = f"its reach is {note['reach']}; {circle} is for {circle_kind}"
            findings.append((name, why, f"pkm sense reach {number} {circle_kind}"))
    return findings


def check_bytes(
    payload: bytes, secrets: Secrets, cleared: Sequence[Mapping[str, Any]], *, said: str = "", share: str = "",
    beside: Sequence[str] = (),
) -> list[Finding]:  # fmt: skip
    """A finding for each private thing that stands in the rendered bytes.

    cleared: the notes that go out. What their own words say, links, quotations and comments aside, is theirs to say.
    said: a letter's own words, of which the same is true. share: its id, named where no note is. beside: what else is written
    there: title, introduction, salutation.
    """
    seen = look(payload)
    own = " | ".join([*(own_plain(note["text"]) for note in cleared), own_plain(said), *map(words, secrets.public)])
    sayers = _Sayers(cleared, share)
    findings = [*_titles(seen, own, secrets, sayers)]
    wherever = f"{seen.decoded}\n{seen.raw}"
    for address, person in secrets.emails.found_in(wherever, secrets.allowed) if secrets.emails else ():
        findings.append(sayers.find(make("contact", person), f"the address {readable(address)}", readable(address)))
    for number, person, written in numbers_in(wherever, secrets.phones):
        findings.append(sayers.find(make("contact", person), f"the number {number}", written))
    for place in dict.fromkeys(_PLACE.findall(unicodedata.normalize("NFKC", wherever).replace("\N{MINUS SIGN}", "-"))):
        findings.append(sayers.find(f"geo:{place}", "a place", place))
    findings += _passages(words(seen.shown), own, secrets, sayers)
    texts = [(make("note", note["id"]), note["text"], "pkm sense edit") for note in cleared]
    for by, text, mend in [*texts, *((share, text, "pkm share edit") for text in beside)]:
        findings += [*_remarks(seen, own, text, by, f"{mend} {by}"), *_tokens(text, by, f"{mend} {by}")]
    for key in keys_in(f"{seen.shown}\n{seen.raw}"):
        findings.append(sayers.find(f"{key[:4]}…", "something that looks like a secret key", key))
    for host, what in dict.fromkeys(secret_addresses(f"{seen.raw}\n{seen.shown}")):
        findings.append(sayers.find(host, f"an address with {what} in it", host))
    return list(dict.fromkeys(findings))


def _titles(seen: Seen, own: str, secrets: Secrets, sayers: "_Sayers") -> Iterable[Finding]:
    """A finding for each private note that is called there by its name, in nobody's own words."""
    named = [*((title, number, SHORTEST_TITLE) for title, number in secrets.titles),
             *((name, number, SHORTEST_LINKED) for name, number in secrets.linked)]  # fmt: skip
    for title, number, shortest in named:
        wanted = words(title)
        if len(wanted) >= shortest and seen.says(wanted) and not says(own, wanted):
            yield sayers.find(f"{make('note', number)} “{title}”", "its title", title)


def _remarks(seen: Seen, own: str, text: str, by: str, mend: str) -> Iterable[Finding]:
    """A finding for each comment of a text that stands there, and where nobody can tell what is one."""
    for comment in stripped(text).comments:
        remark = words(comment)
        if len(remark) >= SHORTEST_REMARK and seen.says(remark) and not says(own, remark):
            yield by, "a %%comment%% of it would go out", mend
    if line := stripped(text).doubt:
        yield by, f"nobody can tell what is a %%comment%% in line {line} of it: a mark is missing or too many", mend


def _tokens(text: str, by: str, mend: str) -> Iterable[Finding]:
    """A finding for each address in a text that lets whoever has it do more than read a page: it is cut where it leaves."""
    for host, what in dict.fromkeys(secret_addresses(stripped(text).text)):
        yield by, f"an address of {host} in it has {what}", mend


@functools.lru_cache(maxsize=1024)
def own_plain(markdown: str) -> str:
    """The words of a text that are its writer's own (conceal.own_words)."""
    return words(own_words(markdown))


@dataclass(frozen=True, slots=True)
class _Sayers:
    """Which of the notes that go out says something; share: named where none does."""

    cleared: Sequence[Mapping[str, Any]]
    share: str

    def find(self, what: str, which: str, text: str) -> Finding:
        """That `which` of `what` would go out, with the notes that have those words, and how it is mended."""
        wanted = words(text)
        notes = [note for note in self.cleared if says(words(unquote(note["text"])), wanted)] or list(self.cleared)
        named = [make("note", note["id"]) for note in notes]
        mend = f"pkm sense edit {named[0]}" if named else f"pkm share edit {self.share}"
        return what, f"{which} would go out with {some(named, NAMED) or self.share}", mend


def _passages(said: str, own: str, secrets: Secrets, sayers: _Sayers) -> list[Finding]:
    """A finding for each note that may not go and of which a passage stands in what leaves, and not in own words."""
    runs = _runs(said) - _runs(own)
    if not runs:
        return []
    findings = []
    for text, number in secrets.texts():
        # links are said by their labels
        found = runs & _runs(words(text)) or ("[" in text and runs & _runs(plain_words(text)))
        if found:
            findings.append(sayers.find(make("note", number), "words of it", " ".join(min(found))))
    return findings


def _runs(said: str) -> set[tuple[str, ...]]:
    """Each run of PASSAGE words of a text, as words() gives it."""
    parts = said.split(" ")
    return set(zip(*(parts[start:] for start in range(PASSAGE)), strict=False))


def check_addresses(header: str, allowed: Collection[str], share: str) -> list[Finding]:
    """A finding for each address in a letter's header that is not one of those that may be read there (address_key)."""
    from email.utils import getaddresses

    found = [address for _, address in getaddresses([header]) if address_key(address) not in allowed]
    return [(share, f"the address {address} would go out with it", f"pkm share preview {share}") for address in found]
