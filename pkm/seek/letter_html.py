"""The HTML of a letter, so that nothing is loaded when it is shown: pictures by their words, hidden text left out. Pure.

Letters hide a text for the list of an inbox (the preheader), pad it with characters that have no width, and count who
reads them by pictures. Links stay as they are; those that only the one who got the letter may use lose their address.
"""

import html as entities
import re
from html.parser import HTMLParser
from typing import NamedTuple

from pkm import text
from pkm.html_depth import whole_tags

_VOID_LISTED = "area base br col embed hr img input link meta param source track wbr"
_VOID = set(_VOID_LISTED.split())
_UNREAD = {"script", "style", "template", "noscript", "title", "svg", "object", "iframe"}
_OUTER = {"body", "html", "table", "tbody", "tr", "td", "div", "center"}
_DROPPED = _VOID - {"br", "hr", "wbr", "col"}
_DEEPEST = 300  # tags that are open at once: what is opened within them is read without its tag
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)"
    r"|(?:max-height|font-size|line-height|max-width)\s*:\s*0(?:px|em|pt|%)?\s*(?:;|!|$)", re.I
)  # fmt: skip
# Characters without width, and spaces between them, three or more: padding. One or two are Persian, or an emoji.
PADDING = re.compile("(?:[\u034f\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff\u2007\u115f][\\s\u00a0]*){3,}")
_IN_BROWSER = re.compile(
    r"\b(?:view|read|open|see|display)\b.{0,40}\b(?:browser|online|on the web|web ?page|web version)\b"
    r"|\bweb ?version\b|\bview (?:it )?(?:as|on) (?:a )?web ?(?:page|site)?\b|\bread (?:it )?on (?:the )?(?:web|site|blog)\b"
    r"|\bim browser\b|\bonline(?:version| lesen| ansehen)\b"
    r"|\b(?:dans|sur) (?:le|votre) navigateur\b|\bversion en ligne\b|\bvoir en ligne\b"
    r"|\ben (?:el|tu|su) navegador\b|\bversión (?:web|online)\b|\bnel browser\b|\bin (?:de|je|uw) browser\b",
    re.I,
)  # fmt: skip
_OWN_LINK = re.compile(
    r"\bunsubscribe\b|\bopt[ -]?out\b|\bupdate (?:your )?(?:preferences|profile|subscription)"
    r"|\bmanage (?:your )?(?:preferences|subscription)"
    r"|\b(?:email|subscription) (?:preferences|settings)\b|\babmelden\b|\babbestellen\b|\baustragen\b|\bse désabonner\b"
    r"|\bdésinscri|\bdarse de baja\b|\bcancelar (?:la )?suscripción|\bannulla (?:l['’])?iscrizione|\bafmelden\b|\buitschrijven\b",
    re.I,
)  # fmt: skip


class LetterText(NamedTuple):
    """html: without pictures and hidden text, not yet clean. in_browser: where the letter says it can be read."""

    html: str
    in_browser: str


def read_letter_html(html: str) -> LetterText:
    """The letter's HTML without what would be loaded and without what it hides; where it can be read in a browser.

    Where nothing is left, since a letter hides all of itself, hidden text is read as well.
    """
    reader = _read(html, skip_hidden=True)
    if not reader.has_words:
        reader = _read(html, skip_hidden=False)
    return LetterText("".join(reader.out), reader.in_browser)


def _read(html: str, *, skip_hidden: bool) -> "_Reader":
    reader = _Reader(skip_hidden)
    try:
        reader.feed(whole_tags(html))
        reader.close()
    except AssertionError:  # what html.parser raises on a declaration it cannot read
        reader.handle_data(re.sub(r"<[^<>]*>", " ", html))
    return reader


class _Reader(HTMLParser):
    """Writes the letter anew, tag by tag; what is made safe later (pkm.html) is not judged here."""

    def __init__(self, skip_hidden: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.in_browser = ""
        self.has_words = False
        self._skip_hidden = skip_hidden
        self._hidden: list[str] = []  # the tags that are open in what is left out, from the one that is hidden on
        self._href = ""
        self._link_at = 0  # where in `out` the link that is open stands
        self._words = ""
        self._in_link = False
        self._open_tags = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens a tag, or begins what is left out."""
        if self._hidden and not (tag == "body" or (tag == "p" and self._hidden == ["p"])):
            self._hidden += [tag] if tag not in _VOID else []
            return
        self._hidden = []
        given = {name: value or "" for name, value in attrs}
        hides = self._skip_hidden and ("hidden" in given or bool(_HIDING.search(given.get("style", ""))))
        if (tag in _UNREAD or hides) and tag not in _VOID and tag not in ("html", "body"):
            self._hidden = [tag]
        elif tag == "img":
            self._read_picture(given, hides)
        elif tag not in _DROPPED and self._open_tags < _DEEPEST:
            self._open(tag, given)

    def _open(self, tag: str, given: dict[str, str]) -> None:
        kept = {name: value for name, value in given.items() if name in ("href", "title", "start", "colspan", "rowspan")}
        if tag == "a":
            self._end_link()
            self.out.append("</a>" if self._in_link else "")
            self._in_link = True
            self._href, self._link_at, self._words = given.get("href", ""), len(self.out), given.get("title", "")
        self._open_tags += tag not in _VOID
        attributes = "".join(f' {name}="{entities.escape(value)}"' for name, value in kept.items())
        self.out.append(f"<{tag}{attributes}>")

    def _read_picture(self, given: dict[str, str], hides: bool) -> None:
        """The words that stand for a picture; one of a pixel is there to count readers."""
        alt = text.one_line(PADDING.sub(" ", given.get("alt", "")), 300)
        if alt and not hides and given.get("width", "").strip() not in ("0", "1") and given.get("height", "") not in ("0", "1"):
            self.handle_data(f"[{alt}]")

    def handle_endtag(self, tag: str) -> None:
        """Closes a tag, or ends what is left out."""
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
            return
        if self._hidden and tag not in _OUTER:
            return
        self._hidden = []  # what stands around it ends, so it does too
        if tag == "a":
            self._end_link()
            self._in_link = False
        if tag not in _VOID:
            self._open_tags = max(0, self._open_tags - 1)
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Writes text, without padding."""
        if self._hidden:
            return
        data = PADDING.sub(" ", data)
        self.has_words = self.has_words or not data.isspace()
        if self._href and len(self._words) < 300:
            self._words += data
        self.out.append(entities.escape(data, quote=False))

    def _end_link(self) -> None:
        if not self._href:
            return
        words = text.one_line(self._words, 300)
        if _OWN_LINK.search(words):
            self.out[self._link_at] = "<a>"
        elif not self.in_browser and len(words) < 120 and _IN_BROWSER.search(words):
            self.in_browser = self._href
            del self.out[self._link_at :]  # it names its reader as a rule, and stands as the item's address
            self.out.append("<a>")
        self._href = ""
