"""Text that may come from anywhere: made harmless where it enters the store and again where it leaves it.

Knows nothing of the store, the terminal or the network.
"""

import re
import unicodedata
from collections.abc import Sequence

# C0 but tab and newline, DEL, C1 (ESC sequences of terminals begin with one of them); bidi embeddings, overrides
# and isolates (UAX #9), which can show a text in another order than it has; line and paragraph separators;
# lone surrogates, which no UTF-8 file can hold, and two that are no characters, which no XML can hold.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff\ufffe\uffff\ud800-\udfff]")
# The text of a sequence ends at the next opener: else a run of openers would be searched from each of them.
_ESCAPES = re.compile(
    "(?:\x1b\\]|\x9d)[^\x07\x1b\x90\x98\x9b-\x9f]{0,2048}(?:\x07|\x1b\\\\|\x9c)"  # OSC: titles, links (8), clipboard (52)
    "|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x90\x98\x9b-\x9f]{0,2048}(?:\x1b\\\\|\x9c)"  # DCS, SOS, PM, APC
    "|(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI
    "|\x1b[ -/]*[0-~]"
)
_USER = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^/?#\s]*@")
_CUT_OFF = re.compile(r"(?:…|\.{3}|\[(?:…|\.{3}|more)\]|(?:read|continue|weiter|lire|leer)\b[^.\n]{0,60})\W*$", re.I)
_ENDS_A_LINK = re.compile("[<>\x00-\x1f\x7f-\x9f]")
# What shows nothing and makes two names of one: zero-width space, word joiner and invisible operators, tags, the soft
# hyphen, the grapheme joiner, the fillers of Hangul, inherent vowels of Khmer, the vowel separator of Mongolian, and what
# Unicode deprecates. Tags stay in the flags that are made of them; joiners (U+200C, U+200D) stay, since scripts and
# emoji need them.
_UNSEEN = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f)"
    "|[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e007f]"
)
_JOINERS = re.compile("[\u200c-\u200f\u061c\u202a-\u202e\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_BLANK = "\u2800"  # Braille's space
# What alone shows nothing: joiners, variation selectors, white space.
_SILENT = re.compile("[\\s\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]*")


def clean(text: str) -> str:
    """The text without terminal sequences, control characters and bidi controls; one kind of line end; NFC."""
    if is_harmless(text):
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    if not text.isascii() or not text.isprintable():
        text = _HARMFUL.sub("", _ESCAPES.sub("", text))
        text = unicodedata.normalize("NFC", text)
    return text


def is_harmless(text: str) -> bool:
    """Whether the text has no character that would be taken out; most have none, and this tells in a fiftieth of the time."""
    if text.isprintable():
        return True
    if text.isascii():
        return len(text) == len(text.encode().translate(None, _CONTROLS))
    return text.replace("\n", "").replace("\t", "").replace("\xa0", "").isprintable()


_CONTROLS = bytes(code for code in (*range(32), 127) if chr(code) not in "\n\t")


def escaped_json(text: str) -> str:
    """The JSON text with every character escaped in it that a terminal or a reader may act upon; it says the same."""
    return text if is_harmless(text) else _HARMFUL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def one_line(text: str, limit: int = 0) -> str:
    """The cleaned text on one line, white space folded, nothing unseen in it.

    limit: where given, it is cut to so many characters, with an ellipsis.
    """
    if limit and len(text) > 3 * limit:  # only its beginning is wanted
        start = text[: 2 * limit]
        if is_harmless(start) and len(line := one_line(start)) > limit + 1:
            return line[: limit - 1].rstrip() + "…"
    if not (text.isascii() and text.isprintable()):
        text = clean(text)
        if not text.isascii():
            text = _UNSEEN.sub(lambda found: found[1] or "", text.replace(_BLANK, " "))
    line = " ".join(text.split())
    if limit and len(line) > limit:
        return line[: limit - 1].rstrip() + "…"
    return line


def seen(text: str) -> str:
    """The text without what shows nothing: zero-width spaces, soft hyphens, joiners, bidi controls."""
    return text if text.isascii() else _JOINERS.sub("", _UNSEEN.sub(lambda found: found[1] or "", text))


def around(text: str, words: str, limit: int) -> str:
    """The text on one line, cut to so many characters about the words, which stay in sight; ellipses where it is cut."""
    line = one_line(text)
    at = line.find(words)
    if len(line) <= limit or at < limit // 2:
        return one_line(line, limit)
    start = line.rfind(" ", 0, max(1, at - limit // 3)) + 1
    return "…" + one_line(line[start:], limit - 1)


def shown_name(text: str, limit: int = 0) -> str:
    """The text on one line, as one_line() gives it; "" where nothing of it would be seen."""
    line = one_line(text, limit)
    return "" if not line.isascii() and _SILENT.fullmatch(line) else line


def without_user(text: str) -> str:
    """The text with no user name and password in the addresses that it holds."""
    return _USER.sub(r"\1", text)


def with_kind(name: str, kind: str, *more: str) -> str:
    """A circle's name, with its kind and more in parentheses, and nothing twice: practice (community), network."""
    beside = ", ".join([*([] if name.casefold() == kind else [kind]), *more])
    return f"{name} ({beside})" if beside else name


def quoted_url(text: str) -> str:
    """An address of the web with < and > and control characters quoted: nothing in it can end the link that it stands in."""
    return _ENDS_A_LINK.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace")), text)


def fold(text: str) -> str:
    """The text as names are compared: NFKC, case folded, white space folded."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split())


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: "1 note", "1,204 notes"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def some(names: Sequence[str], most: int) -> str:
    """The names in one line, of more than so many the first and how many follow: "a, b and 3 more"."""
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")


def one_of(names: Sequence[str]) -> str:
    """The names as a choice: "a, b or c"; "" of none."""
    return _joined(names, " or ")


def listed(names: Sequence[str], total: int, most: int) -> str:
    """The first names of so many as one says them: "Ann, Bo and Cy"; "Ann, Bo and 12 more"."""
    shown = names[:most]
    return f"{', '.join(shown)} and {total - len(shown):,} more" if total > len(shown) else _joined(shown, " and ")


def _joined(names: Sequence[str], last: str) -> str:
    return last.join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def looks_cut_off(texts: Sequence[str]) -> bool:
    """Whether all of these, three at least, are short, and nearly all break off: "…", "[...]", "Read more"."""
    short = [text.rstrip() for text in texts if text.strip()]
    if len(short) < 3 or any(len(text) > 900 for text in short):
        return False
    cut = sum(bool(_CUT_OFF.search(text)) for text in short)
    return cut >= 0.8 * len(short)


def first_sentence(text: str, limit: int = 120) -> str:
    """The first sentence of a text, as a title: no Markdown mark in front, no end point, at most `limit` characters."""
    for line in clean(text).split("\n"):
        line = one_line(re.sub(r"^\s*(?:#{1,6}\s+|[-*>]\s+)", "", line))
        if line:
            break
    else:
        return ""
    match = re.match(r"(.+?[.!?…])(?=\s|$)", line)
    title = match[1] if match else line
    if title.endswith(".") and not title.endswith("..."):
        title = title[:-1]
    return one_line(title, limit)


def check_language(text: str) -> str:
    """The short name of a language, as BCP 47 has it: de, pt-BR. Raises Invalid where it is none."""
    from pkm.errors import Invalid

    if not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", text):
        raise Invalid(f"the language {one_line(text, 40)}", "it should be its short name, as en, de or pt-BR")
    return text
