"""A digest as a value, and the bytes it becomes: Markdown, an HTML page, plain text.

Owns what a reader sees of a digest and in which order (the person's own words first, then the quote, then the source:
Harold Jarche's "Friday's Finds"), and the templates. Pure: the same digest gives the same bytes. Knows nothing of the
store, the network and the clock, and prints no name of a circle: a salutation or an introduction may hold one.
"""

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pkm.conceal import conceal, embedded, unlinked
from pkm.errors import BadInput
from pkm.keys import cut_secrets
from pkm.markdown import Resolve, to_plain, to_portable, web_url, without_comments
from pkm.picture import ENDINGS
from pkm.share import memo
from pkm.share.template import render, style
from pkm.text import clean, first_sentence, fold, one_line

SITE_MEDIA_TYPE = "application/vnd.pkm.digest+json"
"""The site's deliveries hold the digest itself; its page, the index and the feeds are made from it."""

Writer = Callable[[str, int, "tuple[Figure, ...]"], str]
"""Turns the person's Markdown into the output's format, with the level of its highest heading and the pictures it shows."""

# A tag in a text: what `#org/design` is, and `#1` or a heading's mark is not.
_HASHTAG = re.compile(r"(?:^|(?<=\s))#(?P<name>[^\W\d_][\w/\-]*)")
_LAST_TAGS = re.compile(r"(?:\s+|\A)#[^\W\d_][\w/\-]*\s*\Z")
_FIRST_HEADING = re.compile(r"\A\s*#{1,6}[ \t]+(?P<heading>[^\n]+?)[ \t#]*(?:\n+|\Z)")
_ENTRY = re.compile(r"^ *(?:[-*+]|\d{1,9}[.)]) ", re.MULTILINE)
_NOT_WORDS = re.compile(r"(?:^|(?<=\s))[#@][\w/\-]+|\bhttps?://\S+|!?\[\[[^\]]*\]\]")


@dataclass(frozen=True, slots=True)
class ItemRef:
    """What a piece speaks of: title and address, who wrote it, where it appeared. All but the title may be ""."""

    title: str
    url: str = ""
    author: str = ""
    source_title: str = ""
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of others, exactly, and the person's own comment on them (Markdown)."""

    exact: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that a piece's words show, made clean. target: as they name it; alt: what is read in its place."""

    target: str
    sha256: str
    media_type: str
    alt: str
    size_bytes: int
    width: int = 0
    height: int = 0

    @property
    def file(self) -> str:
        """Where it lies beside a page or file that shows it."""
        return f"pictures/{self.sha256}.{ENDINGS[self.media_type]}"

    @property
    def content_id(self) -> str:
        """What a letter's HTML calls it (RFC 2392)."""
        return f"{self.sha256}@pkm"


@dataclass(frozen=True, slots=True)
class Piece:
    """One find: the person's own words (Markdown), what they quote, and what it is about.

    id: the note's id; for the sender, never rendered. date: a stamp, or "".
    figures: the pictures that its words show and that go out with it; of all others only their words do.
    """

    id: str
    title: str
    words: str
    quotes: tuple[Quote, ...] = ()
    item: ItemRef | None = None
    tags: tuple[str, ...] = ()
    stage: str = "observation"
    date: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """One issue for one circle, ready to be rendered.

    uid: the share's, random and the same for ever: the feeds' ids are made from it.
    date: an RFC 3339 stamp.
    intro, salutation: Markdown. circle, circle_kind: for templates of a team or community, never for the network.
    hidden: targets whose very name must not be read.
    """

    uid: str
    title: str
    slug: str
    date: str
    author: str = ""
    intro: str = ""
    salutation: str = ""
    circle: str = ""
    circle_kind: str = "network"
    pieces: tuple[Piece, ...] = ()
    language: str = "en"
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PieceView:
    """A piece as a template gets it: `words` and each quote's `comment` in the output's own format.

    heading: "" where the words begin with the title anyway. anchor: the piece's name within the page.
    tags: (name, URL or ""), the URL relative to the page.
    """

    anchor: str
    heading: str
    words: str
    quotes: tuple[Quote, ...]
    item: ItemRef | None
    tags: tuple[tuple[str, str], ...]
    stage: str


@dataclass(frozen=True, slots=True)
class Links:
    """How a page leads to others: a wikilink's target -> URL, a tag -> URL; None where there is no such page.

    figure: where a picture is, None where the page does not show it.
    """

    note: Resolve = field(default=lambda _: None)
    tag: Resolve = field(default=lambda _: None)
    figure: Callable[[Figure], str | None] = field(default=lambda _: None)


def render_markdown(digest: Digest, *, templates: Path | None = None) -> bytes:
    """The digest as a Markdown file (digest.md). templates: the folder whose files go before the packaged ones."""
    values = digest_values(
        harmless(digest), lambda text, _, figures: to_portable(text, image=figure_resolver(figures, lambda one: one.file))
    )
    return render("digest.md", values, templates)


def render_text(digest: Digest) -> bytes:
    """The digest as plain text for a mail or a chat room (digest.txt); addresses stand in brackets."""
    values = digest_values(harmless(digest), lambda text, *_: to_plain(text, urls=True))
    return render("digest.txt", {**values, "canonical_url": ""})


def render_letter(digest: Digest, *, listed: bool, templates: Path | None = None) -> tuple[str, str]:
    """The digest as a letter's plain text (letter.txt) and its HTML (letter.html), with the style in each element.

    listed: whether it goes to the members of a circle; else the introduction's words are the whole letter.
    """
    import css_inline
    from markupsafe import Markup

    digest = harmless(digest)
    plain = digest_values(digest, lambda text, *_: to_plain(text, urls=True))
    marked = html_values(digest, Links(figure=lambda one: f"cid:{one.content_id}"))
    more = {"listed": listed, "canonical_url": "", "circle": digest.circle}
    text = render("letter.txt", {**plain, **more}, templates).decode()
    page = render("letter.html", {**marked, **more, "style": Markup(style(templates, "letter.css"))}, templates).decode()
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_link_tags=False)
    return text, inliner.inline(page) + "\n"


def render_html(digest: Digest, *, templates: Path | None = None) -> bytes:
    """The digest as one complete HTML page (digest.html) that needs no other file: its style is within it."""
    from markupsafe import Markup

    digest = harmless(digest)
    values = {
        **html_values(digest, Links(figure=lambda one: one.file)),
        "site": None, "root": "", "here": "", "newer": None, "older": None, "style": Markup(style(templates)),
        "canonical_url": "", "description": first_words(digest, 200),
    }  # fmt: skip
    return render("digest.html", values, templates)


def render_fragment(digest: Digest, links: Links, *, templates: Path | None = None) -> str:
    """The digest's body as HTML without a page around it (digest_body.html): the content of a feed's entry."""
    digest = harmless(digest)
    return render("digest_body.html", html_values(digest, links), templates).decode().strip()


def html_values(digest: Digest, links: Links) -> dict[str, Any]:
    """What digest.html is given of a digest (already harmless)."""
    return digest_values(digest, html_writer(links), links.tag, cut_tags=True)


def html_writer(links: Links) -> Writer:
    """Turns Markdown into HTML that templates print as it is: nh3 cleaned it last. All else they print is escaped."""
    from markupsafe import Markup

    def write(text: str, level: int, figures: tuple[Figure, ...]) -> Markup:
        return Markup(memo.html(text, link=links.note, image=figure_resolver(figures, links.figure), heading=level))

    return write


def figure_resolver(figures: tuple[Figure, ...], url_of: Callable[[Figure], str | None]) -> Resolve:
    """Where a picture is that a text names, by that name; None for what is none of these."""
    known = {one.target: url_of(one) for one in figures}
    return known.get


def digest_values(
    digest: Digest, text_of: Writer, tag_url: Resolve = lambda _: None, *, cut_tags: bool = False
) -> dict[str, Any]:
    """The variables of every template of a digest; `text_of` writes the person's Markdown."""
    pieces = [piece for piece in digest.pieces if has_words(piece)]
    under = digest.title if len(pieces) == 1 else ""
    values = {
        "title": digest.title,
        "date": digest.date,
        "author": digest.author,
        "language": digest.language,
        "salutation": text_of(digest.salutation, 2, ()) if digest.salutation else "",
        "intro": text_of(digest.intro, 2, ()) if digest.intro else "",
        "pieces": [
            view_piece(piece, number, text_of, tag_url, cut_tags=cut_tags, under=under) for number, piece in enumerate(pieces, 1)
        ],
    }
    if digest.circle_kind in ("team", "community"):
        values["circle"] = digest.circle  # elsewhere a template that names it fails: it is a private label
    return values


def view_piece(
    piece: Piece, number: int, text_of: Writer, tag_url: Resolve, *, cut_tags: bool, under: str = ""
) -> PieceView:  # fmt: skip
    """The piece as templates get it; `number` is its place in the page. under: the title right above, which is not repeated."""
    heading, words = split_heading(piece)
    heading = "" if fold(heading) == fold(under) else heading
    if cut_tags:
        words = without_last_tags(words, piece.tags)
    said = {fold(match["name"]) for match in _HASHTAG.finditer(words)} if "#" in words else ()
    tags = tuple((tag, tag_url(tag) or "") for tag in piece.tags if cut_tags or fold(tag) not in said)
    level = 3 if heading else 2
    quotes = tuple(
        Quote(quote.exact.strip(), text_of(quote.comment, level, ()) if quote.comment else "")
        for quote in piece.quotes
        if quote.exact.strip() or quote.comment
    )
    written = text_of(words, level, piece.figures) if words else ""
    return PieceView(f"p{number}", heading, written, quotes, piece.item, tags, piece.stage)


@functools.lru_cache(maxsize=4096)  # asked several times of each piece of a site
def split_heading(piece: Piece) -> tuple[str, str]:
    """(heading, the words under it): nothing is said twice where the words begin with the title."""
    match = _FIRST_HEADING.match(piece.words)
    if match:
        return memo.plain(match["heading"]), piece.words[match.end() :]
    first, gap, rest = piece.words.lstrip().partition("\n\n")
    if gap and rest.strip() and "\n" not in first and not first.rstrip().endswith((".", "!", ":", "…")):
        line = one_line(memo.plain(first))
        if line and fold(line) == fold(piece.title):
            return line, rest.lstrip("\n")
    # compared without tags and names, which a title may leave out
    opening = fold(_NOT_WORDS.sub(" ", first_sentence(memo.plain(piece.words), 10_000)))
    title = fold(_NOT_WORDS.sub(" ", piece.title)).rstrip("….")
    return ("" if not title or opening.startswith(title) else piece.title), piece.words


def without_last_tags(words: str, tags: tuple[str, ...]) -> str:
    """The words without the tags at their very end, which the line of tags says again."""
    known = {fold(tag) for tag in tags}
    while "#" in words and (match := _LAST_TAGS.search(words)) and fold(match[0].strip().lstrip("#")) in known:
        words = words[: match.start()]
    return words


@functools.lru_cache(maxsize=4096)
def has_words(piece: Piece) -> bool:
    """Whether anything of one's own is said: tags, names, bare addresses and links are no words."""
    made_of = ("words", memo.fingerprint(piece))
    if memo.is_known(made_of):
        return True
    said = " ".join([piece.words, *(quote.comment for quote in piece.quotes)])
    words = fold(memo.plain(_NOT_WORDS.sub(" ", said)))
    found = bool(re.search(r"\w", words)) and (piece.item is None or words != fold(piece.item.title))
    if found:
        memo.learn(made_of)
    return found


def first_words(digest: Digest, limit: int = 280) -> str:
    """How the digest begins, as plain text on one line: the first paragraph of its introduction, else of its pieces."""
    pieces = (without_last_tags(split_heading(piece)[1], piece.tags) for piece in digest.pieces if has_words(piece))
    for text in (digest.intro, *pieces):
        if said := one_line(_first_paragraph(memo.plain(text)), limit):
            return said
    return ""


def _first_paragraph(plain: str) -> str:
    """The paragraph that a plain text begins with; what it announces by a colon too. The entries of a list get dots between."""
    told = ""
    for paragraph in plain.strip().split("\n\n"):
        entries = [entry.strip() for entry in _ENTRY.split(paragraph) if entry.strip()]
        told = f"{told} {' · '.join(entries)}".strip()
        if not told.endswith(":"):
            break
    return told


def digest_print(digest: Digest) -> str:
    """What tells the digest from every other one (memo.fingerprint)."""
    return memo.fingerprint((replace(digest, pieces=()), *map(memo.fingerprint, digest.pieces)))


def harmless(digest: Digest) -> Digest:
    """The digest as it may leave: texts cleaned of control characters, comments and hidden names, only web addresses.

    Doing it twice changes nothing.
    """
    names = frozenset(fold(name) for name in digest.hidden)
    return replace(
        digest,
        title=_title(digest.title, names) or digest.date[:10], author=one_line(digest.author),
        intro=_own_words(digest.intro, names), salutation=_own_words(digest.salutation, names),
        circle=one_line(digest.circle), language=one_line(digest.language),
        pieces=tuple(harmless_piece(piece, names) for piece in digest.pieces), hidden=(),
    )  # fmt: skip


def harmless_piece(piece: Piece, hidden: frozenset[str]) -> Piece:
    """The same for a piece; `hidden` holds folded names. One that is harmless already is given back itself."""
    made_of = ("harmless", memo.fingerprint(piece), *sorted(hidden))
    if memo.is_known(made_of):
        return piece
    made = _made_harmless(piece, hidden)
    if made == piece:
        memo.learn(made_of)
        return piece
    return made


def _made_harmless(piece: Piece, hidden: frozenset[str]) -> Piece:
    item = piece.item
    return replace(
        piece,
        title=_title(_without_embeds(piece), hidden),
        words=_own_words(piece.words, hidden),
        quotes=tuple(Quote(cut_secrets(clean(quote.exact)), _own_words(quote.comment, hidden)) for quote in piece.quotes),
        tags=tuple(one_line(tag) for tag in piece.tags),
        item=item and ItemRef(
            cut_secrets(one_line(item.title)) or web_url(item.url), web_url(item.url), one_line(item.author),
            one_line(item.source_title), web_url(item.source_url),
        ),
    )  # fmt: skip


def _own_words(text: str, hidden: frozenset[str]) -> str:
    return cut_secrets(conceal(without_comments(clean(text)), hidden)).strip("\n")


def _without_embeds(piece: Piece) -> str:
    title = piece.title
    for name in sorted(embedded(piece.words), key=len, reverse=True):
        title = title.replace(name, "")
    return title


def _title(text: str, hidden: frozenset[str]) -> str:
    return one_line(unlinked(_own_words(text, hidden)))


def freeze(digest: Digest) -> bytes:
    """The digest, made harmless, as JSON, from which thaw() makes an equal one: what a delivery to the site keeps."""
    text = json.dumps(asdict(harmless(digest)), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()


def thaw(frozen: bytes) -> Digest:
    """The digest that was frozen. Raises BadInput where the bytes are none."""
    try:
        values = json.loads(frozen)
        for former in ("links", "updated"):  # fields that nothing ever stood in
            values.pop(former, None)
        values["pieces"] = tuple(_thaw_piece(piece) for piece in values["pieces"])
        values["hidden"] = tuple(values["hidden"])
        return Digest(**values)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInput("a frozen digest", f"it cannot be read back: {error}") from error


def _thaw_piece(values: Mapping[str, Any]) -> Piece:
    item = values["item"]
    return Piece(**{
        **values,
        "quotes": tuple(Quote(**quote) for quote in values["quotes"]),
        "item": ItemRef(**item) if item else None,
        "tags": tuple(values["tags"]),
        "figures": tuple(Figure(**one) for one in values.get("figures", ())),
    })  # fmt: skip

