"""The site is opened, and built first where it was not yet."""

from pathlib import Path
from urllib.parse import unquote, urlsplit


def test_open_builds_what_was_not_built(pkm):
    page = Path(unquote(urlsplit(pkm.json("share", "site", "open")["page"]).path))
    assert "<html" in page.read_text(encoding="utf-8")
