"""The guard: nothing leaves beyond its reach. Looks at the notes, and again at the very bytes that would leave.

Pure: facts in, findings out. A finding is (what, why, the command that mends it); any finding refuses the whole send.
"""

import html
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pkm.ids import make
from pkm.reach import may_go
from pkm.text import fold
from pkm.textmerge import is_marked

Finding = tuple[str, str, str]

_COMMENT = re.compile(r"%%(.+?)(?:%%|\Z)|<!--(.+?)(?:-->|\Z)", re.S)
_LINK = re.compile(r"!?\[\[[^\]]*\]\]")
_QUOTED = re.compile(r"^[ ]{0,3}>.*$", re.M)
"""What is quoted is nobody's own words: it may be out of a note that must not go."""

_CODE = re.compile(r"<(pre|code)\b.*?</\1>|```.*?```|`[^`\n]+`", re.S)
_KEY = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b"
    r"|\bgithub_pat_[A-Za-z0-9_]{40,}\b|\bglpat-[A-Za-z0-9_-]{20,}|\bxox[abeprs]-[A-Za-z0-9-]{20,}"
    r"|\bsk-(?:[a-z0-9]+-)*[A-Za-z0-9_]{20,}|\bAIza[0-9A-Za-z_-]{35}\b|\b[sr]k_live_[0-9A-Za-z]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"
)
"""What keys of services look like: AWS, GitHub, GitLab, Slack, OpenAI and Anthropic, Google, Stripe, a JSON web token."""

_NUMBER = re.compile(r"(?<![\w.+/=-])(?:\+|00)?\(?\d[\d ()./-]{5,24}\d(?![\w=-])")
"""What may be a telephone number in a text; an address of the web and a date are none (see pkm.phones)."""

SHORTEST_TITLE = 8
"""A private title shorter than this is not looked for: "Ideas" stands in many a text."""

PASSAGE = 7
"""So many words in a row are a passage: fewer may be said by two people."""

NAMED = 3
"""So many notes are named in a finding."""

_WORD = re.compile(r"\w+")
_TAG = re.compile(r"<style\b.*?</style>|</?[a-z][^<>]*>", re.S)

SHORTEST_REMARK = 4
"""A %%comment%% shorter than this is not looked for in what leaves."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not stand in what leaves.

    titles: (title, number) of every note that may not go; texts: (text, number) of the same; emails: address -> contact's
    number; phones: (number as it is known, contact's number); public: texts that are public already (titles and quotes of
    items), which may say what a private note is called.
    """

    titles: tuple[tuple[str, int], ...] = ()
    emails: Mapping[str, int] | None = None
    public: tuple[str, ...] = ()
    phones: tuple[tuple[str, int], ...] = ()
    texts: Callable[[], Iterable[tuple[str, int]]] = tuple


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
    payload: bytes, secrets: Secrets, cleared: Sequence[Mapping[str, Any]], *, said: str = "", share: str = ""
) -> list[Finding]:
    """A finding for each private thing that stands in the rendered bytes.

    cleared: the notes that go out. What their own words say, links and comments aside, is theirs to say.
    said: a letter's own words, of which the same is true. share: its id, named where no note is.
    """
    raw = html.unescape(payload.decode("utf-8", "replace").replace("\\n", "\n").replace('\\"', '"'))
    own_words = [*(note["text"] for note in cleared), said]
    own = fold(" ".join([*(_LINK.sub(" ", _COMMENT.sub(" ", _QUOTED.sub(" ", text))) for text in own_words), *secrets.public]))
    said = fold(raw)
    sayers = _Sayers(cleared, share)
    findings: list[Finding] = []
    for title, number in secrets.titles:
        folded = fold(title)
        if len(folded) >= SHORTEST_TITLE and folded in said and folded not in own:
            findings.append(sayers.find(f"{make('note', number)} “{title}”", "its title", folded))
    decoded = fold(unquote(raw)) if "@" in said or "%40" in said else ""
    for address, person in sorted((secrets.emails or {}).items()) if decoded else ():
        if fold(address) in decoded and re.search(rf"(?<![\w.+'-]){re.escape(fold(address))}(?![\w-])", decoded):
            findings.append(sayers.find(make("contact", person), f"the address {address}", fold(address)))
    findings += _numbers(raw, secrets.phones, sayers)
    findings += _passages(said, own, secrets, sayers)
    for note in cleared:
        for comment in ("".join(pair) for pair in _COMMENT.findall(_CODE.sub("", note["text"]))):
            if (remark := fold(comment)) and len(remark) >= SHORTEST_REMARK and remark in said and remark not in own:
                by = make("note", note["id"])
                findings.append((by, "a %%comment%% of it would go out", f"pkm sense edit {by}"))
    for key in dict.fromkeys(match[0] for match in _KEY.finditer(raw)):
        findings.append(sayers.find(f"{key[:4]}…", "something that looks like a secret key", fold(key)))
    return findings


@dataclass(frozen=True, slots=True)
class _Sayers:
    """Which of the notes that go out says something; share: named where none does."""

    cleared: Sequence[Mapping[str, Any]]
    share: str

    def find(self, what: str, which: str, folded: str) -> Finding:
        """That `which` of `what` would go out, with the notes whose text has those folded words, and how it is mended."""
        notes = [note for note in self.cleared if folded in fold(unquote(note["text"]))] or list(self.cleared)
        named = [make("note", note["id"]) for note in notes]
        more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
        mend = f"pkm sense edit {named[0]}" if named else f"pkm share edit {self.share}"
        return what, f"{which} would go out with {', '.join(named[:NAMED]) or self.share}{more}", mend


def _numbers(raw: str, phones: Iterable[tuple[str, int]], sayers: _Sayers) -> list[Finding]:
    """A finding for each contact's telephone number that stands there, however it is written."""
    from pkm.phones import read_number, same_line

    known = [(number, person, text) for text, person in phones if (number := read_number(text))]
    tails = {number.tail for number, _, _ in known}
    findings = []
    for match in _NUMBER.finditer(raw) if known else ():
        found = read_number(match[0])
        for number, person, text in known if found and found.tail in tails else ():
            if found and same_line(number, found):
                findings.append(sayers.find(make("contact", person), f"the number {text}", fold(match[0].strip())))
    return findings


def _passages(said: str, own: str, secrets: Secrets, sayers: _Sayers) -> list[Finding]:
    """A finding for each note that may not go and of which a passage stands in what leaves, and not in own words."""
    runs = _runs(said) - _runs(own)
    if not runs:
        return []
    findings = []
    for text, number in secrets.texts():
        if found := runs & _runs(fold(text)):
            findings.append(sayers.find(make("note", number), "words of it", " ".join(min(found))))
    return findings


def _runs(folded: str) -> set[tuple[str, ...]]:
    """Each run of PASSAGE words of a folded text."""
    words = _WORD.findall(_TAG.sub(" ", folded))
    return set(zip(*(words[start:] for start in range(PASSAGE)), strict=False))


def check_addresses(header: str, allowed: Collection[str], share: str) -> list[Finding]:
    """A finding for each address in a letter's header that is not one of those that may be read there (folded)."""
    from email.utils import getaddresses

    found = [address for _, address in getaddresses([header]) if fold(address) not in allowed]
    return [(share, f"the address {address} would go out with it", f"pkm share preview {share}") for address in found]
