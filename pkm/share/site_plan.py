"""Which pages a site has, and where each stands: its addresses are permanent (<year>/<slug>/, notes/<slug>/, tags/<tag>/).

Pure: the same digests and notes give the same addresses. What may be public was decided before it came here.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pkm.errors import BadInput
from pkm.markdown import web_url
from pkm.opml_writing import OpmlFeed
from pkm.share import memo
from pkm.share.render import Digest, Piece, first_words, harmless, harmless_piece, has_words, split_heading
from pkm.text import first_sentence, fold, one_line

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


@dataclass(frozen=True, slots=True)
class NotePage:
    """A cleared note of reach network that gets a page of its own; a wikilink calls it by its title, its slug or its id."""

    uid: str
    slug: str
    piece: Piece


@dataclass(frozen=True, slots=True)
class SiteInput:
    """All that the site is made from. base_url: where it will stand on the web, "" where nobody knows yet.

    uid: what the feeds' own id is made from; where it is "", the address, else title and author.
    gone: paths of pages that were withdrawn; each says so, unless another page stands there now. They are in 410.txt as well,
    a path and its status a line, from which a server can answer so (nginx: a map; Apache: RewriteMap txt:).
    blogroll: sources that others may know of, by name.
    """

    title: str
    author: str = ""
    base_url: str = ""
    digests: tuple[Digest, ...] = ()
    notes: tuple[NotePage, ...] = ()
    language: str = "en"
    uid: str = ""
    gone: tuple[str, ...] = ()
    blogroll: tuple[OpmlFeed, ...] = ()


@dataclass(frozen=True, slots=True)
class Find:
    """One line of a list of finds: on a tag's page, or under an issue on the front page."""

    href: str
    title: str
    place: str
    date: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One digest and where it stands; `href` is relative to the site's root."""

    digest: Digest
    href: str
    first_words: str
    sources: tuple[str, ...]
    finds: tuple[Find, ...]

    @property
    def title(self) -> str:
        """The digest's."""
        return self.digest.title

    @property
    def date(self) -> str:
        """The digest's."""
        return self.digest.date


@dataclass(frozen=True, slots=True)
class Plan:
    """The site with all addresses decided: issues and notes newest first, tags by name, note names -> address."""

    site: SiteInput
    issues: tuple[Issue, ...]
    notes: tuple[tuple[NotePage, str], ...]
    tags: Mapping[str, tuple[str, tuple[Find, ...]]]  # folded name -> (address, finds)
    tag_names: Mapping[str, str]  # folded name -> as first written
    note_urls: Mapping[str, str]
    base: str
    templates: Path | None
    frame: str  # what tells the frame of its pages from another one


def slugify(title: str, date: str) -> str:
    """A name for an address: lower-case ASCII letters, digits and hyphens, at most 60 characters.

    A title without a number gets month and day of `date` (a stamp) behind it, so that "Friday's finds" of two weeks
    are told apart; a title without any Latin letter becomes the date.
    """
    name = _ascii(title)
    if len(name) > 60:
        name = name[:60].rsplit("-", 1)[0] if "-" in name[:60] else name[:60]
    if not name:
        return date[:10]
    return name if any(sign.isdigit() for sign in name) else f"{name}-{date[5:10]}".strip("-")


def public_url(base_url: str, path: str) -> str:
    """The address on the web of a file of the site; "" without a base."""
    base = web_url(base_url).rstrip("/")
    return f"{base}/{path.removesuffix('index.html')}" if base else ""


def digest_path(digest: Digest) -> str:
    """The file of a digest's page, relative to the site's root; its permanent address (see public_url)."""
    slug = digest.slug if _SLUG.fullmatch(digest.slug) else slugify(digest.slug or digest.title, digest.date)
    if not re.match(r"\d{4}-\d\d-\d\d", digest.date):
        raise BadInput(f"the date of {digest.title or digest.uid}", f"{digest.date!r} is no RFC 3339 time")
    return f"{digest.date[:4]}/{slug}/index.html"


def note_slug(piece: Piece) -> str:
    """The name of a note's page, made of its title."""
    return _ascii(piece.title)[:60].strip("-") or "note"


def note_path(piece: Piece) -> str:
    """The file of a note's page, relative to the site's root."""
    return f"notes/{note_slug(piece)}/index.html"


def make_plan(site: SiteInput, templates: Path | None) -> Plan:
    """The site with all addresses decided, of what is harmless of it; templates: the person's own folder."""
    site = SiteInput(
        title=one_line(site.title) or "Finds", author=one_line(site.author), base_url=web_url(site.base_url),
        digests=tuple(harmless(digest) for digest in site.digests), notes=site.notes,
        language=one_line(site.language) or "en", uid=site.uid, gone=site.gone,
        blogroll=site.blogroll,
    )  # fmt: skip
    issues = _issues(site)
    notes = _notes(site)
    names, tags = _tags(issues, notes)
    urls = {fold(name): href for note, href in reversed(notes) for name in _names(note)}
    frame = memo.fingerprint((
        site.title, site.author, site.base_url, site.language, str(templates),
        bool(notes), bool(tags), bool(issues), bool(site.blogroll),
    ))  # fmt: skip
    return Plan(site, issues, notes, tags, names, urls, site.base_url, templates, frame)


def _issues(site: SiteInput) -> tuple[Issue, ...]:
    taken: dict[str, Issue] = {}
    for digest in sorted(site.digests, key=lambda digest: (digest.date, digest.uid)):
        href = _free(digest_path(digest), digest.uid, taken)
        taken[href] = Issue(digest, href, first_words(digest), _sources(digest), _finds(digest, href))
    return tuple(reversed(taken.values()))


def _notes(site: SiteInput) -> tuple[tuple[NotePage, str], ...]:
    taken: dict[str, NotePage] = {}
    for note in sorted(site.notes, key=lambda note: (note.piece.date, note.uid)):
        piece = harmless_piece(note.piece, frozenset())
        slug = note.slug if _SLUG.fullmatch(note.slug) else note_slug(piece)
        href = _free(f"notes/{slug}/index.html", note.uid, taken)
        taken[href] = NotePage(note.uid, slug, piece)
    return tuple((note, href) for href, note in reversed(taken.items()))


def _free(path: str, uid: str, taken: Mapping[str, object]) -> str:
    """The path, or where an older page has it, one told apart by its own uid: the older address never changes."""
    if path not in taken:
        return path
    return path.replace("/index.html", f"-{hashlib.sha256(uid.encode()).hexdigest()[:8]}/index.html")


def _names(note: NotePage) -> tuple[str, ...]:
    return (note.piece.title, note.slug, *([note.piece.id] if note.piece.id else []))


def _finds(digest: Digest, href: str) -> tuple[Find, ...]:
    shown = [piece for piece in digest.pieces if has_words(piece)]
    return tuple(
        Find(f"{href}#p{number}", find_title(piece), digest.title, digest.date) for number, piece in enumerate(shown, 1)
    )


def _sources(digest: Digest) -> tuple[str, ...]:
    """Whom the digest draws on: authors, else their sites; each once, at most six."""
    items = [piece.item for piece in digest.pieces if piece.item is not None and has_words(piece)]
    names = [item.author or item.source_title for item in items]
    return tuple(dict.fromkeys(name for name in names if name))[:6]


def _tags(
    issues: tuple[Issue, ...], notes: tuple[tuple[NotePage, str], ...]
) -> tuple[dict[str, str], dict[str, tuple[str, tuple[Find, ...]]]]:
    """Every public tag: its name as first written, its page, and what it stands on, newest first.

    A note that has a page of its own is listed by that page, not again by the digests it stood in.
    """
    own = {note.piece.id for note, _ in notes if note.piece.id}
    finds = [(note.piece, Find(href, find_title(note.piece), "", note.piece.date)) for note, href in notes]
    for issue in issues:
        shown = [piece for piece in issue.digest.pieces if has_words(piece)]
        finds += [pair for pair in zip(shown, issue.finds, strict=True) if pair[0].id not in own]
    names: dict[str, str] = {}
    tagged: dict[str, list[Find]] = {}
    for piece, find in sorted(finds, key=lambda pair: pair[1].date, reverse=True):
        for tag in piece.tags:
            names.setdefault(fold(tag), tag)
            tagged.setdefault(fold(tag), []).append(find)
    return names, {key: (href, tuple(tagged[key])) for key, href in _tag_paths(tagged)}


def _tag_paths(tags: Iterable[str]) -> Iterable[tuple[str, str]]:
    taken: set[str] = set()
    for tag in sorted(tags):
        parts = [part for part in (_ascii(part) for part in tag.split("/")) if part]
        path = f"tags/{'/'.join(parts)}/index.html" if parts else ""
        if not path or path in taken:
            digest = hashlib.sha256(tag.encode()).hexdigest()[:8]
            path = f"tags/{'-'.join([*parts, digest])}/index.html"
        taken.add(path)
        yield tag, path


def find_title(piece: Piece) -> str:
    """How a piece is called in lists: its heading, else its first sentence."""
    heading, words = split_heading(piece)
    return heading or first_sentence(memo.plain(re.sub(r"(?:^|(?<=\s))#[\w/\-]+", "", words))) or piece.title


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", fold(text).translate(_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=\w)'(?=\w)", "", plain.replace("’", "'"))).strip("-")
