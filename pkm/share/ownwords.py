"""What somebody wrote in their answer, without what they answered to: quoted lines, who wrote those and when, a signature.

Programs that write mail mark what they quote in a few ways, and none is a standard; what matches none of them stays. Pure.
"""

import re

from pkm.text import clean, fold

LONGEST = 200_000
"""Characters of a letter that are looked at."""

_BELOW_IS_OLD = re.compile(
    r"-{2,} ?(?:original message|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale"
    r"|oorspronkelijk bericht|forwarded message|weitergeleitete nachricht|reply message)[ :]*-*|_{20,}", re.I
)  # fmt: skip
_FROM = re.compile(r"\*?(?:from|von|de|da|van|od|från|fra)\s*:\*?\s*\S", re.I)
_ABOUT = re.compile(
    r"\*?(?:sent|date|gesendet|datum|envoyé|enviado|inviato|data|verzonden|skickat|subject|betreff|objet|to|an)\s*:", re.I
)  # fmt: skip
_SENT_WITH = re.compile(
    r"(?:sent from (?:my|mail|outlook|yahoo|proton)|von meinem \w+ gesendet|gesendet (?:mit|von)|get outlook for"
    r"|envoyé de(?:puis)? mon|enviado desde mi|inviato da|verstuurd vanaf)\b.{0,80}", re.I
)  # fmt: skip
_BEGINS_ATTRIBUTION = re.compile(r"(?:on|am|le|el|il|op|em|den|dne|w dniu|på|\d{1,4}[-./年])\b", re.I)
_SAID = re.compile(r"\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|napisał\w*|writes)\b", re.I)
_UNSUBSCRIBE = re.compile(r"(?:please )?unsubscribe(?: me)?(?: please)?(?:,? (?:thanks|thank you))?", re.I)


def own_words(text: str) -> str:
    """The answer without quoted lines and what introduces them, an older letter below it, and a signature."""
    kept: list[str] = []
    lines = clean(text[:LONGEST]).split("\n")
    for at, line in enumerate(lines):
        plain = line.strip()
        if plain == "--" or _BELOW_IS_OLD.fullmatch(plain) or _is_older_head(lines, at):
            break
        if plain.startswith(">"):
            _drop_attribution(kept)
        elif plain or (kept and kept[-1]):
            kept.append(line.rstrip())
    _drop_attribution(kept)
    while kept and (not kept[-1] or _SENT_WITH.fullmatch(kept[-1].strip())):
        kept.pop()
    return "\n".join(kept).strip()


def asks_to_leave(words: str) -> bool:
    """Whether an answer is that one word with which letters say that they can be stopped."""
    first = next((line for line in words.split("\n") if line.strip()), "")
    return len(words) <= 200 and bool(_UNSUBSCRIBE.fullmatch(fold(first).strip(" .!\"'“”„«»*")))


def _is_older_head(lines: list[str], at: int) -> bool:
    """Whether an older letter's own head begins there: who it is from, and right below when or about what."""
    return bool(_FROM.match(lines[at].strip())) and any(_ABOUT.match(line.strip()) for line in lines[at + 1 : at + 4])


def _drop_attribution(kept: list[str]) -> None:
    """The lines that say who wrote what is quoted next are gone: "On Monday, Ann Lee <ann@example.org> wrote:"."""
    end = len(kept)
    while end and not kept[end - 1].strip():
        end -= 1
    if not end or not kept[end - 1].strip().endswith((":", "：")):
        return
    for start in range(end - 1, max(end - 4, -1), -1):
        said = " ".join(kept[start:end]).strip()
        if len(said) > 400 or not kept[start].strip():
            return
        if _BEGINS_ATTRIBUTION.match(said) and (_SAID.search(said) or re.search(r"\d", said)):
            del kept[start:]
            return
    last = kept[end - 1].strip()
    if _SAID.search(last) and len(last) < 200:
        del kept[end - 1 :]
