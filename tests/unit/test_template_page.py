"""`pkm help templates`: its example works as it stands, and each file is given just the values that it says."""

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from pkm.cli.help import read_topic
from pkm.opml_writing import OpmlFeed
from pkm.share import render, site, site_plan
from pkm.share.render import Digest, ItemRef, Piece, PieceView, Quote
from pkm.share.template import PACKAGED

PAGE = read_topic("templates")
PIECE = Piece("n1", "Walking", "We walk our retros. #retro", (Quote("two by two", "Yes."),), ItemRef("Pairs"), ("retro",))
DIGEST = Digest("u1", "Finds 1", "finds-1", "2026-11-23T10:00:00Z", author="Ann", pieces=(PIECE,))


def told(name: str) -> list[str]:
    """The values that the page names behind a file, or a set of them."""
    found = re.search(rf"^  {re.escape(name)} {{2,}}(\S+(?: \S+)*)(?:\n {{20}}(\S+(?: \S+)*))?", PAGE, re.M)
    assert found, name
    words = " ".join(filter(None, found.groups())).split()
    return [each for word in words for each in (told(word) if word.isupper() else [word])]


def test_the_example_works_as_it_stands(tmp_path: Path) -> None:
    example = "\n".join(line[4:] for line in re.findall(r"^ {4}\S.*$", PAGE, re.M))
    assert example.startswith('{% extends "digest.html" %}')
    (tmp_path / "digest.html").write_text(example, encoding="utf-8")
    page = render.render_html(DIGEST, templates=tmp_path).decode()
    assert "<p>1 finds by Ann.</p>" in page
    assert "We walk our retros." in page


def test_each_file_is_given_what_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, set[str]] = {}
    real = render.render

    def kept(name: str, values: Mapping[str, Any], templates: Path | None = None) -> bytes:
        given.setdefault(name, set()).update(values)
        return real(name, values, templates)

    monkeypatch.setattr(render, "render", kept)
    monkeypatch.setattr(site, "render", kept)
    render.render_markdown(DIGEST)
    render.render_text(DIGEST)
    render.render_letter(DIGEST, listed=True)
    render.render_html(DIGEST)
    notes = (site_plan.NotePage("u2", "", PIECE),)
    site.build(site_plan.SiteInput("Finds", digests=(DIGEST,), notes=notes, gone=("2025/x/index.html",),
                               blogroll=(OpmlFeed("https://ann.example/feed", "Ann"),)))  # fmt: skip
    assert len(given) >= 14
    for name, values in given.items():
        assert set(told(name)) == values, name
    named = set(re.findall(r"[\w.]+\.(?:html|txt|md|css|js)\b", PAGE))
    assert named == {path.name for path in PACKAGED.iterdir()} - {"preview.html"}  # that is no file of what leaves


@pytest.mark.parametrize(("name", "kind"), [("a piece", PieceView), ("a quote", Quote), ("an item", ItemRef)])
def test_the_parts_have_the_names_that_the_page_says(name: str, kind: type) -> None:
    assert told(name) == [field.name for field in fields(kind)]
