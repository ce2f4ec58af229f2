"""The guard: nothing leaves beyond its reach. Looks at the notes, and again at the very bytes that would leave.

Pure: facts in, findings out. A finding is (what, why, the command that mends it); any finding refuses the whole send.
"""

import html
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pkm.ids import make
from pkm.reach import may_go
from pkm.text import fold

Finding = tuple[str, str, str]

_COMMENT = re.compile(r"%%(.+?)(?:%%|\Z)", re.S)
_LINK = re.compile(r"!?\[\[[^\]]*\]\]")
_CODE = re.compile(r"<(pre|code)\b.*?</\1>|```.*?```|`[^`\n]+`", re.S)
_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bxox[abprs]-[A-Za-z0-9-]{20,}"
)
SHORTEST_TITLE = 8
"""A private title shorter than this is not looked for: "Ideas" stands in many a text."""

SHORTEST_REMARK = 4
"""A %%comment%% shorter than this is not looked for in what leaves."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not stand in what leaves.

    titles: (title, number) of every note that may not go; emails: address -> contact's number; public: texts that are
    public already (titles and quotes of items), which may say what a private note is called.
    """

    titles: tuple[tuple[str, int], ...] = ()
    emails: Mapping[str, int] | None = None
    public: tuple[str, ...] = ()


def check_notes(notes: Iterable[Mapping[str, Any]], circle: str, circle_kind: str) -> list[Finding]:
    """A finding for each note whose reach is too narrow for the circle, or that was put away."""
    findings = []
    for note in notes:
        name = f"{make('note', note['id'])} “{note['title']}”"
        if note["dropped_at"]:
            findings.append((name, "it was put away", f"pkm sense keep {make('note', note['id'])}"))
        elif not may_go(note["reach"], circle_kind):
            why = f"its reach is {note['reach']}; {circle} is for {circle_kind}"
            findings.append((name, why, f"pkm sense reach {make('note', note['id'])} {circle_kind}"))
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
    own = fold(" ".join([*(_LINK.sub(" ", _COMMENT.sub(" ", text)) for text in own_words), *secrets.public]))
    said = fold(raw)
    where = ", ".join(make("note", note["id"]) for note in cleared) or share
    mend = f"pkm sense edit {make('note', cleared[0]['id'])}" if cleared else f"pkm share edit {share}"
    findings: list[Finding] = []
    for title, number in secrets.titles:
        folded = fold(title)
        if len(folded) >= SHORTEST_TITLE and folded in said and folded not in own:
            findings.append((f"{make('note', number)} “{title}”", f"its title would go out with {where}", mend))
    decoded = fold(unquote(raw)) if "@" in said or "%40" in said else ""
    for address, person in sorted((secrets.emails or {}).items()) if decoded else ():
        if fold(address) in decoded and re.search(rf"(?<![\w.+'-]){re.escape(fold(address))}(?![\w-])", decoded):
            findings.append((make("contact", person), f"the address {address} would go out with {where}", mend))
    for note in cleared:
        for comment in _COMMENT.findall(_CODE.sub("", note["text"])):
            if (remark := fold(comment)) and len(remark) >= SHORTEST_REMARK and remark in said and remark not in own:
                by = make("note", note["id"])
                findings.append((by, "a %%comment%% of it would go out", f"pkm sense edit {by}"))
    if _KEY.search(raw):
        findings.append((where, "something that looks like a secret key would go out", mend))
    return findings


def check_addresses(header: str, allowed: Collection[str], share: str) -> list[Finding]:
    """A finding for each address in a letter's header that is not one of those that may be read there (folded)."""
    from email.utils import getaddresses

    found = [address for _, address in getaddresses([header]) if fold(address) not in allowed]
    return [(share, f"the address {address} would go out with it", f"pkm share preview {share}") for address in found]
