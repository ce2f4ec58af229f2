"""A digest as posts: what a channel that posts tells of it, with the warning that its tags ask for. Values in, bytes out.

A post leads to the digest's page where that is on the web before it; else it tells the whole of it. It never names anybody
by the short name that they have here: there it may be somebody else's.
"""

import json
import re
from collections.abc import Callable, Iterable
from html import escape
from typing import TYPE_CHECKING

from pkm import config
from pkm.channels.way import Picture, Post
from pkm.config import Home
from pkm.errors import Invalid, Refused
from pkm.ids import Row
from pkm.share.channels import KINDS, adapter
from pkm.text import fold, one_line

if TYPE_CHECKING:
    from pkm.share.render import Digest, Figure

# `@ken`, but neither @ken@social.example, which is meant for everybody, nor what stands in an address
_SHORT_NAME = re.compile(r"(?<![\w@/.:])@(?=\w)(?![\w.-]*\w@)")
_BARE_PICTURE = re.compile(
    r"!\[\s*\]\(\s*<?([^)>\s]*)|!\[\[([^\]|]+\.(?:png|jpe?g|gif|webp|svg|avif|heic))\s*\]\]", re.IGNORECASE
)


def media_type(kind: str) -> str:
    """What the body of a post is called in the store; over the wire it is JSON."""
    return f"application/vnd.pkm.{kind}+json"


def kind_of(media: str) -> str:
    """The kind of channel that a body is for, "" where it is no post's."""
    found = re.fullmatch(r"application/vnd\.pkm\.(\w+)\+json", media)
    return found[1] if found and found[1] != "digest" else ""


def compose(digest: "Digest", channel: Row, name: Callable[[int], str], home: Home, url: str = "") -> list[bytes]:
    """The bodies that are posted, a part each. name: the key of a part; url: the digest's page, "" where none is live.

    Raises Refused where a picture has no words in its place, Invalid where the channel cannot tell it.
    """
    bare = [(piece.id, found[1] or found[2] or "a picture") for piece in digest.pieces
            for found in _BARE_PICTURE.finditer(piece.words)]  # fmt: skip
    if bare:
        findings = [(f"{note} shows {one_line(name, 60)}", "the picture has no words in its place", f"pkm sense edit {note}")
                    for note, name in dict.fromkeys(bare)]  # fmt: skip
        raise Refused(channel["name"], "a post needs words for each picture: ![what it shows](…)", findings=findings,
                      kept="Nothing was queued and nothing was sent.")  # fmt: skip
    kind = channel["channel_kind"]
    post = as_post(digest, home, url, shows=KINDS[kind].pictures)
    return adapter(channel["channel_kind"]).compose(post, name, channel["options"])


def words(kind: str, payload: bytes) -> str:
    """What a body says there, without what differs between any two: when, and where its page is."""
    if kind != "webhook":
        return adapter(kind).shown(payload)
    told = json.loads(payload)["data"]
    return json.dumps([told.get(name) for name in ("title", "text", "pieces")])


def account(channel: Row) -> tuple[str, ...]:
    """Which account, room or address a channel posts to."""
    return (channel["channel_kind"], channel["address"],
            *(str(channel["options"].get(name, "")) for name in ("login", "room", "credential")))  # fmt: skip


def as_post(digest: "Digest", home: Home, url: str = "", *, shows: bool = False) -> Post:
    """The digest as channels may tell it. shows: the channel has pictures beside a text, which then needs no words for them."""
    from pkm.markdown import to_plain, to_portable
    from pkm.share.render import (
        Links,
        digest_values,
        figure_resolver,
        first_words,
        harmless,
        render_fragment,
        render_markdown,
    )
    from pkm.share.template import render

    digest = harmless(digest)

    def write(text: str, level: int, figures: "tuple[Figure, ...]") -> str:
        beside = figure_resolver(figures, lambda one: one.file) if shows else None
        return to_plain(text, urls=True, image=beside)

    values = digest_values(digest, write)
    text = without_short_names(re.sub(r"\n{3,}", "\n\n", render("post.txt", values, home.templates).decode()).strip())
    tags = [tag for piece in digest.pieces for tag in piece.tags]
    body = render_fragment(digest, Links(), templates=home.templates)
    shown = {one.sha256: one for piece in digest.pieces for one in piece.figures}
    pieces = [
        {"title": piece.title, "words": to_portable(piece.words), "tags": list(piece.tags),
         "pictures": [{"name": one.file, "alt": one.alt} for one in piece.figures],
         "quotes": [quote.exact for quote in piece.quotes], "url": piece.item.url if piece.item else ""}
        for piece in digest.pieces
    ]  # fmt: skip
    return Post(
        title=digest.title, at=digest.date, text=text, html=f"<h3>{escape(digest.title)}</h3>\n{body}",
        short=without_short_names(f"{digest.title}\n\n{first_words(digest, 400)}".strip()), url=url,
        warning=warning_for(tags, config.read(home)["share.warnings"]), language=digest.language,
        pictures=tuple(
            Picture(one.sha256, one.media_type, one.alt, one.size_bytes, one.width, one.height) for one in shown.values()
        ),
        digest={
            "id": digest.uid, "title": digest.title, "date": digest.date, "author": digest.author,
            "language": digest.language, "text": text, "html": body,
            "markdown": render_markdown(digest, templates=home.templates).decode(), "pieces": pieces,
        },
    )  # fmt: skip


def without_short_names(text: str) -> str:
    """The text with @ken as ken; @ken@social.example stays."""
    return _SHORT_NAME.sub("", text)


def read_warnings(text: str) -> dict[str, str]:
    """Tag -> what readers are warned of, of a setting such as "health=Health; war=War". Raises Invalid."""
    rules = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        tag, equals, words = (one.strip() for one in part.partition("="))
        if not equals or not tag or not words:
            raise Invalid(f"share.warnings: {part}", "it should be a tag and words, as health=Health",
                          next='pkm config share.warnings "health=Health; war=War"')  # fmt: skip
        rules[fold(tag.lstrip("#"))] = one_line(words, 100)
    return rules


def warning_for(tags: Iterable[str], setting: str) -> str:
    """What readers of these tags, and of tags above them, are warned of."""
    rules = read_warnings(setting)
    found = (words for tag in tags for rule, words in rules.items() if fold(tag) == rule or fold(tag).startswith(rule + "/"))
    return ", ".join(dict.fromkeys(found))
