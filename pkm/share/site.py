"""The static site as a dict of files; channels/folder.py writes them.

Owns the pages around digests and notes; where each stands is site_plan.py's. Pure: the same input gives the same bytes. Knows
nothing of the store, the network and the clock.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from pkm.markdown import to_plain
from pkm.opml_writing import write_opml
from pkm.share import feed as feeds
from pkm.share import memo
from pkm.share.render import (
    Links,
    Piece,
    Writer,
    digest_print,
    first_words,
    has_words,
    html_values,
    html_writer,
    render_fragment,
    split_heading,
    view_piece,
)  # fmt: skip
from pkm.share.site_plan import Issue, Plan, SiteInput, find_title, make_plan, public_url
from pkm.share.template import month, render, style
from pkm.text import fold, one_line

ON_INDEX = 12  # issues with their first words; the archive has all
SEARCHED = 2_000  # characters of a page that the search looks in
IN_FEEDS = 30  # entries, each with its whole content
_BEFORE_ANYTHING = "1970-01-01T00:00:00Z"  # when a feed without entries was updated: Atom demands a time


def build(site: SiteInput, *, templates: Path | None = None) -> dict[str, bytes]:
    """The site's files: relative path (with /) -> bytes, sorted by path.

    templates: the person's own folder of templates, looked in first. Raises Invalid where one of them is wrong.
    """
    plan = make_plan(site, templates)
    files = {
        "style.css": style(templates).encode(),
        "index.html": _page(
            plan, "index.html", "index.html", plan.site.title, here="home", issues=plan.issues[:ON_INDEX],
            more=len(plan.issues) > ON_INDEX, total=len(plan.issues),
        ),
        "archive/index.html": _page(
            plan, "archive/index.html", "archive.html", "Archive", here="archive", years=_by_month(plan.issues)
        ),
        **_issue_pages(plan), **_note_pages(plan), **_tag_pages(plan), **_feeds(plan),
        **_search(plan),
    }  # fmt: skip
    if site.blogroll:
        files["blogroll.opml"] = write_opml(site.title, site.blogroll)
        path = "blogroll/index.html"
        files[path] = _page(plan, path, "blogroll.html", "Blogroll", here="blogroll", followed=site.blogroll)
    gone = sorted(set(site.gone) - set(files))
    for path in gone:
        files[path] = _page(plan, path, "gone.html", "Withdrawn")
    if gone:
        files["410.txt"] = "".join(f"/{path.removesuffix('index.html')} 410\n" for path in gone).encode()
    return dict(sorted(files.items()))


def _by_month(issues: tuple[Issue, ...]) -> list[tuple[str, list[tuple[str, list[Issue]]]]]:
    """The issues by year and by month within it, newest first."""
    years: dict[str, dict[str, list[Issue]]] = {}
    for issue in issues:
        years.setdefault(issue.date[:4], {}).setdefault(month(issue.date), []).append(issue)
    return [(year, list(months.items())) for year, months in years.items()]


# The pages.


def _page(plan: Plan, path: str, template: str, title: str, **values: Any) -> bytes:
    """One page in the site's frame. All links within the site are relative and name the file: they work from a disk."""
    of = (template, title, repr(values))
    return _remembered(plan, path, of, lambda _: _framed(plan, path, template, title, values), Links())


def _remembered(plan: Plan, path: str, of: Sequence[str], make: Callable[[Links], str], links: Links) -> bytes:
    """The page that `make` gives, not made twice of the same in the same frame, where its links lead where they led."""
    key = ("page", path, plan.frame, *of)
    return memo.made(key, lambda asking: make(_noted(links, asking)), _asking(links), path).encode()


def _asking(links: Links) -> memo.Asking:
    return {"note": links.note, "tag": links.tag}


def _noted(links: Links, asking: memo.Asking) -> Links:
    return Links(asking["note"], asking["tag"], links.figure)


def _framed(plan: Plan, path: str, template: str, title: str, values: Mapping[str, Any]) -> str:
    site = plan.site
    frame: dict[str, Any] = {
        "site": {
            "title": site.title, "author": site.author, "has_notes": bool(plan.notes), "has_tags": bool(plan.tags),
            "has_pages": bool(plan.issues or plan.notes), "has_blogroll": bool(site.blogroll),
        },
        "root": "../" * path.count("/"), "here": "", "title": title, "language": site.language, "author": site.author,
        "description": "", "canonical_url": public_url(site.base_url, path), "style": "",
    }  # fmt: skip
    return render(template, {**frame, **values}, plan.templates).decode()


def _links(plan: Plan, path: str) -> Links:
    """Links from the page at `path` to the notes' and tags' pages."""
    root = "../" * path.count("/")

    def note(target: str) -> str | None:
        href = plan.note_urls.get(fold(target)) or plan.note_urls.get(fold(target.split("#")[0]))
        return root + href if href else None

    def tag(name: str) -> str | None:
        known = plan.tags.get(fold(name))
        return root + known[0] if known else None

    return Links(note, tag, lambda figure: root + figure.file)


def _issue_pages(plan: Plan) -> dict[str, bytes]:
    pages: dict[str, bytes] = {}
    prints = {issue.href: f"{issue.href} {digest_print(issue.digest)}" for issue in plan.issues}
    for issue, newer, older in zip(plan.issues, (None, *plan.issues), (*plan.issues[1:], None), strict=False):
        of = [prints[one.href] if one else "" for one in (issue, newer, older)]
        make = partial(_issue_page, plan, issue, newer, older)
        pages[issue.href] = _remembered(plan, issue.href, of, make, _links(plan, issue.href))
    return pages


def _issue_page(plan: Plan, issue: Issue, newer: Issue | None, older: Issue | None, links: Links) -> str:
    values = html_values(issue.digest, links)
    values |= {
        "author": issue.digest.author,  # as it was signed, whoever the site says it is of now
        "description": first_words(issue.digest, 200), "newer": newer, "older": older,
    }  # fmt: skip
    return _framed(plan, issue.href, "digest.html", values.pop("title"), values)


def _note_pages(plan: Plan) -> dict[str, bytes]:
    pages: dict[str, bytes] = {}
    for note, href in plan.notes:
        of, make = (memo.fingerprint(note.piece),), partial(_note_page, plan, note.piece, href)
        pages[href] = _remembered(plan, href, of, make, _links(plan, href))
    if plan.notes:
        listed = [{"title": note.piece.title, "href": href, "date": note.piece.date} for note, href in plan.notes]
        pages["notes/index.html"] = _page(plan, "notes/index.html", "notes.html", "Notes", here="notes", notes=listed)
    return pages


def _note_page(plan: Plan, piece: Piece, href: str, links: Links) -> str:
    """A note's page says its title once: above its words, which go on behind it; or, where they are not plain, within them."""
    title = split_heading(piece)[0]
    rest = None if title else _behind_title(piece)
    shown = piece if rest is None else replace(piece, words=rest)
    view = view_piece(shown, 1, _below_title(html_writer(links)), links.tag, cut_tags=True)
    values = {"date": piece.date, "piece": replace(view, heading=""), "title_within": not title and rest is None}
    return _framed(plan, href, "note.html", title or piece.title or find_title(piece), values)


def _behind_title(piece: Piece) -> str | None:
    """The words behind the sentence that is the title; None where they do not begin with it, sign by sign."""
    words, title = piece.words.lstrip(), piece.title
    if not title or not words.startswith(title):
        return None
    match = re.match(r"[.:!?…]?(?:\s+|\Z)", words[len(title) :])
    ends = match and (title.endswith(("!", "?")) or match[0].strip() or match[0].startswith("\n") or not words[len(title) :])
    return words[len(title) + match.end() :] if match and ends else None


def _below_title(write: Writer) -> Writer:
    """On a note's own page its title is the page's, so headings in its words come right below."""
    return lambda text, _, figures: write(text, 2, figures)


def _tag_pages(plan: Plan) -> dict[str, bytes]:
    pages: dict[str, bytes] = {}
    for key, (href, finds) in plan.tags.items():
        title = f"#{plan.tag_names[key]}"
        pages[href] = _page(plan, href, "tag.html", title, here="tags", finds=finds)
    if plan.tags:
        listed = [
            {"name": plan.tag_names[key], "href": href, "count": len(finds)}
            for key, (href, finds) in sorted(plan.tags.items())
        ]
        pages["tags/index.html"] = _page(plan, "tags/index.html", "tags.html", "Tags", here="tags", tags=listed)
    return pages


# The search: a list of all pages that stands by itself, a script that narrows it, and the words it looks in.


def _search(plan: Plan) -> dict[str, bytes]:
    entries = [
        {"path": href, "title": split_heading(note.piece)[0] or find_title(note.piece), "date": note.piece.date,
         "text": _searched(memo.fingerprint(note.piece), [note.piece.words])}
        for note, href in plan.notes
    ]  # fmt: skip
    for issue in plan.issues:
        pieces = [piece for piece in issue.digest.pieces if has_words(piece)]
        words = [issue.digest.intro, *(text for piece in pieces for text in (piece.title, piece.words))]
        text = _searched(digest_print(issue.digest), words)
        entries.append({"path": issue.href, "title": issue.title, "date": issue.date, "text": text})
    if not entries:
        return {}
    entries.sort(key=lambda one: (one["date"], one["path"]), reverse=True)
    listed = [{"href": one["path"], "title": one["title"], "date": one["date"]} for one in entries]
    index = json.dumps({"version": 1, "entries": entries}, ensure_ascii=False, separators=(",", ":"))
    return {
        "search/index.html": _page(plan, "search/index.html", "search.html", "Search", here="search", entries=listed),
        "search.js": style(plan.templates, "search.js").encode(), "search.json": f"{index}\n".encode(),
    }  # fmt: skip


def _searched(made_of: str, words: Iterable[str]) -> str:
    """What the search looks in of these words. made_of: what tells them from others."""
    # each by itself: what opens in one and is not closed must not make code of the next
    return memo.made(("searched", made_of), lambda _: one_line(" ".join(map(to_plain, words)), SEARCHED))


# The feeds.


def _feeds(plan: Plan) -> dict[str, bytes]:
    site = plan.site
    stamps = [_instant(issue.date) for issue in plan.issues]
    made = feeds.Feed(
        id=feeds.lasting_id(site.uid or site.base_url or f"{site.title} {site.author}"),
        title=site.title,
        author=site.author,
        language=site.language,
        home=public_url(site.base_url, "index.html") or "index.html",
        atom_url=public_url(site.base_url, "feed.xml") or "feed.xml",
        json_url=public_url(site.base_url, "feed.json") or "feed.json",
        updated=max(stamps, default=_BEFORE_ANYTHING),
        entries=tuple(_entry(plan, issue) for issue in plan.issues[:IN_FEEDS]),
    )
    return {"feed.xml": feeds.atom(made), "feed.json": feeds.json_feed(made)}


def _entry(plan: Plan, issue: Issue) -> feeds.Entry:
    digest = issue.digest
    links = _links(plan, "")

    def absolute(target: str) -> str | None:
        href = links.note(target)
        return (public_url(plan.base, href) or href) if href and "://" not in href else href

    in_feed = Links(absolute, figure=lambda figure: public_url(plan.base, figure.file))
    tags = dict.fromkeys(tag for piece in digest.pieces if has_words(piece) for tag in piece.tags)
    return feeds.Entry(
        id=feeds.lasting_id(digest.uid),
        title=digest.title,
        url=public_url(plan.base, issue.href) or issue.href,
        published=_instant(digest.date),
        updated=_instant(digest.date),
        summary=issue.first_words,
        html=memo.made(
            ("entry", plan.base, str(plan.templates), digest_print(digest)),
            lambda asking: render_fragment(digest, _noted(in_feed, asking), templates=plan.templates), _asking(in_feed),
        ),
        author=digest.author or plan.site.author,
        tags=tuple(tags),
    )  # fmt: skip


def _instant(date: str) -> str:
    """The stamp as RFC 4287 wants it; a bare day begins at midnight UTC."""
    return f"{date}T00:00:00Z" if len(date) == 10 else date
