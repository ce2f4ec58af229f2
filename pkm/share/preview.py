"""Frozen bytes as the receiver would read them, for a terminal."""

from pkm.share.channels import adapter
from pkm.share.freeze import SITE_MEDIA_TYPE
from pkm.share.letter import MEDIA_TYPE, open_letter
from pkm.share.posts import kind_of


def readable(media_type: str, payload: bytes) -> str:
    """The text of a delivery: Markdown as it is, a page's or the site's digest as plain text."""
    if media_type == SITE_MEDIA_TYPE:
        from pkm.share.render import render_text, thaw

        return render_text(thaw(payload)).decode()
    if media_type == MEDIA_TYPE:
        opened = open_letter(payload)
        shown = [f"{name}: {opened.header(name)}" for name in ("From", "To", "Subject", "Date") if opened.header(name)]
        return "\n".join([*shown, "", opened.text.strip("\n")])
    if kind := kind_of(media_type):
        return adapter(kind).shown(payload)
    if media_type == "text/html":
        return f"(the page as HTML, {len(payload):,} bytes; the same words as above)"
    return payload.decode("utf-8", "replace")
