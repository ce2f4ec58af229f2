"""The site's files: pages that stand alone, feeds that readers take, a folder that keeps what is not ours."""

import io
import json
import os
import re
import stat
from itertools import pairwise
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import feedparser
import pytest

from pkm.channels.folder import MANIFEST, write
from pkm.errors import BadInput, Exists, Invalid, Refused, StoreError
from pkm.share import site as sites
from pkm.share.render import ItemRef, Quote, harmless_piece
from pkm.share.site import build
from pkm.share.site_plan import NotePage, SiteInput, slugify
from tests.unit.test_render import HOSTILE, Balanced, digest, piece

PACKAGED_STYLE = Path(sites.__file__).parent / "templates" / "style.css"


def site(**changes):
    older = digest(
        piece(id="n2", title="Older find", words="Older words, as in [[Slow loops]]."),
        uid="older", slug="finds-46", title="Finds 46", date="2026-11-13T09:00:00Z", intro="",
    )  # fmt: skip
    second = piece(id="n3", words="Second, see [[Slow loops|loops]].", tags=("feedback",))
    note = NotePage("note-uid", "slow-loops", piece(id="n7", title="Slow loops", tags=("org/design", "Ω")))
    values = {
        "title": "Worn paths", "author": "Ada", "base_url": "https://ada.example/finds/",
        "digests": (older, digest(piece(), second)),
        "notes": (note,),
    }  # fmt: skip
    return SiteInput(**{**values, **changes})


def pages(files):
    return {path: content.decode() for path, content in files.items() if path.endswith(".html")}


# Building.


def test_the_files_of_a_site():
    assert list(build(site())) == [
        "2026/finds-46/index.html", "2026/finds-47/index.html", "archive/index.html", "feed.json", "feed.xml",
        "index.html", "notes/index.html", "notes/slow-loops/index.html", "search.js",
        "search.json", "search/index.html", "style.css", "tags/faed5da5/index.html",
        "tags/feedback/index.html", "tags/index.html", "tags/org/design/index.html",
    ]  # fmt: skip


def test_same_input_same_bytes_in_any_order():
    one = site()
    assert build(one) == build(site()) == build(site(digests=one.digests[::-1]))


def test_every_page_is_well_formed_and_every_link_within_the_site_leads_to_a_file():
    files = build(site())
    for path, page in pages(files).items():
        seen = Balanced(page)
        assert seen.tags.count("h1") == 1
        assert {"main", "header", "nav", "footer"} <= set(seen.tags)
        assert len(seen.ids) == len(set(seen.ids))
        assert '<html lang="en">' in page
        for url in seen.urls:
            if url.startswith("https://"):
                continue
            target, anchor = urldefrag(urljoin(f"/{path}", url))
            assert target.lstrip("/") in files, f"{path}: {url}"
            if anchor:
                assert f'id="{anchor}"' in files[target.lstrip("/")].decode()


def test_no_page_asks_another_host_or_runs_anything():
    for path, page in pages(build(site())).items():
        assert "default-src 'none'; style-src 'self'; img-src 'self'" in page, path
        scripts = re.findall(r"<script[^>]*>", page)
        assert scripts == (['<script src="../search.js" defer>'] if path == "search/index.html" else [])
        assert not re.search(r"<(iframe|img|object|embed|style)\b", page)
        assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', page) == ["../" * path.count("/") + "style.css"]
        assert 'name="viewport"' in page
        assert 'class="skip"' in page


def test_headings_descend_by_one():
    sub = piece(words="Words.\n\n### Part\n\ntext\n\n#### Part of it\n\ntext", title="Words", tags=())
    made = site(digests=(digest(sub, piece(title="Other", words=sub.words)),), notes=(NotePage("u", "", sub),))
    for path, page in pages(build(made)).items():
        levels = [int(tag[1]) for tag in Balanced(page).tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1, path
        assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_the_index_has_the_newest_first_with_first_words_and_names_whom_it_draws_on():
    page = build(site())["index.html"].decode()
    assert page.index("Finds 47") < page.index("Three finds.") < page.index("With Maria Silva") < page.index("Finds 46")
    assert page.index("Finds 46") < page.index("Older words, as in Slow loops.")
    assert '<link rel="canonical" href="https://ada.example/finds/">' in page


def test_an_index_of_many_leads_to_the_archive():
    many = tuple(
        digest(uid=f"u{n}", slug=f"finds-{n}", title=f"Finds {n}", date=f"2025-01-{n:02d}T00:00:00Z")
        for n in range(1, 20)
    )
    files = build(site(digests=many))
    assert files["index.html"].count(b"<article>") == sites.ON_INDEX
    assert b"All 19 issues are in the archive" in files["index.html"]
    assert files["archive/index.html"].count(b"<time") == 19


def test_an_empty_site_is_a_site():
    files = build(SiteInput("Empty"))
    assert b"Nothing is published yet" in files["index.html"]
    assert feedparser.parse(io.BytesIO(files["feed.xml"])).bozo == 0


def test_wikilinks_lead_to_notes_that_have_a_page_and_to_nothing_else():
    words = "[[Slow loops]] [[n7|by id]] [[slow-loops#x|by slug]] [[Secret plan|label]] [[Secret plan]]"
    files = build(site(digests=(digest(piece(words=words), hidden=("Secret plan",)),)))
    page = files["2026/finds-47/index.html"].decode()
    assert page.count('href="../../notes/slow-loops/index.html"') == 3
    assert not [path for path, content in files.items() if b"secret" in content.lower()]


def test_hidden_names_are_on_no_page_of_a_tag_or_note():
    bad = piece(id="n9", title="On [[Secret plan]]", words="# On [[Secret plan]]\n\nWords [[Secret plan]] here.")
    note = NotePage("u", "", harmless_piece(bad, frozenset({"secret plan"})))
    files = build(site(digests=(digest(bad, hidden=("secret plan",)),), notes=(note,)))
    assert not [path for path, content in files.items() if b"ecret" in content or "ecret" in path]


def test_no_token_of_an_address_is_on_any_page_or_in_any_feed():
    secret = "https://x.example/a?p=1&token=Qzsecret1"
    hidden = "https://ann:Qzsecret2@x.example/private/A1b2C3d4E5f6Qzsecret3/rss"
    item = ItemRef(secret, secret, "Ann", "The source", hidden)
    bad = piece(words=f"See {secret}, [it]({secret}), <{hidden}> and `{secret}`.", quotes=(Quote(f"at {secret}"),), item=item)
    files = build(site(digests=(digest(bad, intro=f"[Here]({secret})"),), notes=(NotePage("u", "", bad),)))
    assert not [path for path, content in files.items() if b"Qzsecret" in content]
    assert b'href="https://x.example/a?p=1"' in files["2026/finds-47/index.html"]


def test_hostile_text_in_every_field_stays_text():
    item = ItemRef(HOSTILE, "javascript:alert(1)", HOSTILE, HOSTILE, "javascript:alert(1)")
    bad = piece(title=HOSTILE, words=HOSTILE, quotes=(Quote(HOSTILE, HOSTILE),), item=item, tags=(HOSTILE, "../../up"))
    made = SiteInput(
        HOSTILE, HOSTILE, "javascript:alert(1)", language=HOSTILE, uid=HOSTILE,
        digests=(digest(bad, uid=HOSTILE, title=HOSTILE, slug="../../etc/passwd", intro=HOSTILE, author=HOSTILE),),
        notes=(NotePage(HOSTILE, "../up", bad),),
    )  # fmt: skip
    files = build(made)
    for path, page in pages(files).items():
        seen = Balanced(page)
        assert ".." not in path
        assert seen.tags.count("script") == (path == "search/index.html")  # that of the package
        assert "img" not in seen.tags
        assert not [url for url in seen.urls if re.match(r"\s*[a-z]+:", url, re.I)], path
    for content in files.values():
        assert b"\x1b" not in content
        assert "\u202e" not in content.decode()
        assert b"49" not in re.sub(rb"[0-9a-f-]{8,}", b"", content.replace(files["style.css"], b""))
    read = feedparser.parse(io.BytesIO(files["feed.xml"]), sanitize_html=False)
    assert read.bozo == 0
    assert "script" not in Balanced(read.entries[0].content[0].value).tags
    assert "script" not in Balanced(json.loads(files["feed.json"])["items"][0]["content_html"]).tags


def test_two_digests_of_one_slug_keep_both_pages_and_the_older_its_address():
    one = digest(uid="a", date="2026-01-01T00:00:00Z", title="First")
    two = digest(uid="b", date="2026-02-01T00:00:00Z", title="Second")
    files = build(site(digests=(two, one), notes=()))
    assert b"First" in files["2026/finds-47/index.html"]
    assert len([path for path in files if path.startswith("2026/finds-47-")]) == 1


def test_a_date_that_is_none_says_so():
    with pytest.raises(BadInput, match="Finds 47"):
        build(site(digests=(digest(date="soon"),)))


def test_a_template_of_one_s_own_changes_all_pages(tmp_path: Path):
    (tmp_path / "base.html").write_text('{% extends "base.html" %}{% block footer %}<p>Mine</p>{% endblock %}')
    assert all("<p>Mine</p>" in page for page in pages(build(site(), templates=tmp_path)).values())
    (tmp_path / "index.html").write_text("{{ nobody }}")
    with pytest.raises(Invalid, match=r"index\.html, line 1"):
        build(site(), templates=tmp_path)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Friday’s finds", "fridays-finds-11-20"), ("Finds 47", "finds-47"), ("Où est l'idée ?", "ou-est-lidee-11-20"),
        ("Smørrebrød & Straße", "smorrebrod-strasse-11-20"), ("Заметки", "2026-11-20"), ("", "2026-11-20"),
        ("../../etc", "etc-11-20"), ("a" * 90 + " 1", "a" * 60 + "-11-20"),
    ],
)  # fmt: skip
def test_slugs(title, slug):
    assert slugify(title, "2026-11-20T09:00:00Z") == slug


# Feeds.


def test_atom_is_taken_by_a_reader_without_complaint():
    read = feedparser.parse(io.BytesIO(build(site())["feed.xml"]))
    assert read.bozo == 0
    assert read.version == "atom10"
    assert read.feed.title == "Worn paths"
    assert read.feed.updated == "2026-11-20T09:00:00Z"
    assert [entry.title for entry in read.entries] == ["Finds 47", "Finds 46"]
    entry = read.entries[0]
    assert entry.id == "urn:uuid:6f1a2b3c-0000-4000-8000-000000000001"
    assert entry.link == "https://ada.example/finds/2026/finds-47/"
    assert entry.author == "Ada"
    assert [tag.term for tag in entry.tags] == ["org/design", "feedback"]
    urls = Balanced(entry.content[0].value).urls
    assert "https://ada.example/finds/notes/slow-loops/" in urls
    assert all(url.startswith("https://") for url in urls)


def test_entries_keep_their_ids_when_the_site_moves():
    here = feedparser.parse(io.BytesIO(build(site())["feed.xml"]))
    there = feedparser.parse(io.BytesIO(build(site(base_url=""))["feed.xml"]))
    assert sorted(entry.id for entry in here.entries) == sorted(entry.id for entry in there.entries)
    assert there.bozo == 0


@pytest.mark.parametrize("base", ["https://ada.example", ""])
def test_json_feed_has_the_fields_of_1_1(base):
    made = json.loads(build(site(base_url=base))["feed.json"])
    assert made["version"] == "https://jsonfeed.org/version/1.1"
    assert set(made) <= {"version", "title", "home_page_url", "feed_url", "language", "authors", "items"}
    assert ("feed_url" in made) == bool(base)
    assert made["authors"] == [{"name": "Ada"}]
    for item in made["items"]:
        assert {"id", "url", "title", "content_html", "date_published", "date_modified"} <= set(item)
        assert isinstance(item["id"], str)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", item["date_published"])
        assert all(isinstance(tag, str) for tag in item["tags"])


def test_feeds_hold_no_character_that_xml_forbids():
    made = build(site(digests=(digest(piece(words="a\x00b\ufffe\x0bc\ud800 words"), title="t\uffff\x1b"),)))
    assert feedparser.parse(io.BytesIO(made["feed.xml"])).bozo == 0
    json.loads(made["feed.json"])


# The look, as far as figures go.


def colors(block):
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))


def contrast(one, two):
    """The contrast ratio of two colors (WCAG 2.2, 1.4.3)."""

    def luminance(color):
        parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colors_have_the_contrast_of_wcag_aa(scheme):
    css = PACKAGED_STYLE.read_text()
    start = css.index("prefers-color-scheme: dark") if scheme == "dark" else css.index(":root")
    shown = colors(css[start : css.index("}", start)])
    for background in ("paper", "wash"):
        for text in ("ink", "quiet", "link"):
            assert contrast(shown[text], shown[background]) >= 4.5, (text, background)
        assert contrast(shown["focus"], shown[background]) >= 3


def test_the_style_is_for_phones_keyboards_and_paper():
    css = PACKAGED_STYLE.read_text()
    assert int(re.search(r"max-width: (\d+)ch", css)[1]) <= 65
    assert re.search(r":focus-visible \{ outline: 3px", css)
    assert "@media print" in css
    assert css.count("min-height: 44px") >= 3
    assert not re.search(r"url\(|@import|@font-face", css)
    outside = re.sub(r"--[a-z-]+: #[0-9a-f]{3,6};", "", css)
    assert not re.search(r"#[0-9a-f]{3,6}\b", outside), "a color that no test looks at"


# Writing.


def test_only_what_changed_is_written_and_only_what_was_built_is_removed(tmp_path: Path):
    folder = tmp_path / "site"
    first = write({"a.html": b"1", "b/c/d.html": b"2", "e.html": b"3"}, folder)
    assert first.written == ("a.html", "b/c/d.html", "e.html")
    (folder / "CNAME").write_text("mine")
    before = (folder / "e.html").stat().st_mtime_ns
    second = write({"a.html": b"10", "e.html": b"3"}, folder)
    assert (second.written, second.unchanged, second.removed) == (("a.html",), ("e.html",), ("b/c/d.html",))
    assert (folder / "e.html").stat().st_mtime_ns == before
    assert sorted(path.name for path in folder.rglob("*")) == [MANIFEST, "CNAME", "a.html", "e.html"]
    assert (folder / "CNAME").read_text() == "mine"


def test_a_second_write_touches_nothing(tmp_path: Path):
    files = build(site())
    assert write(files, tmp_path).written == tuple(files)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    again = write(files, tmp_path)
    assert (again.written, again.removed) == ((), ())
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == times


def test_a_file_that_no_build_made_is_never_overwritten(tmp_path: Path):
    (tmp_path / "index.html").write_text("mine")
    with pytest.raises(Exists, match=r"index\.html"):
        write({"a.html": b"1", "index.html": b"2"}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_text() == "mine"


def test_equal_files_are_adopted_where_the_manifest_was_lost(tmp_path: Path):
    write({"a.html": b"1"}, tmp_path)
    (tmp_path / MANIFEST).unlink()
    assert write({"a.html": b"1"}, tmp_path).unchanged == ("a.html",)
    assert write({"a.html": b"2"}, tmp_path).written == ("a.html",)


def test_a_write_that_was_cut_short_is_mended_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from pkm.channels import folder as folders

    write({"a.html": b"1", "b.html": b"1"}, tmp_path)
    real = folders.write_atomic

    def cut(path, data, mode):
        if path.name == "b.html":
            raise KeyboardInterrupt
        real(path, data, mode)

    with monkeypatch.context() as patch:
        patch.setattr(folders, "write_atomic", cut)
        with pytest.raises(KeyboardInterrupt):
            write({"a.html": b"2", "b.html": b"2", "new.html": b"2"}, tmp_path)
    assert (tmp_path / "b.html").read_bytes() == b"1"
    assert write({"b.html": b"3"}, tmp_path).removed == ("a.html",)
    assert sorted(path.name for path in tmp_path.iterdir()) == [MANIFEST, "b.html"]


def test_what_was_damaged_is_told_apart_from_what_an_earlier_build_left(tmp_path: Path):
    first = write({"a.html": b"1", "b.html": b"1", "c.html": b"1", "gone.html": b"1"}, tmp_path)
    assert first.outdated == set()  # a folder that nothing was in yet
    (tmp_path / "b.html").write_text("mine")
    (tmp_path / "c.html").unlink()
    second = write({"a.html": b"2", "b.html": b"2", "c.html": b"2", "new.html": b"2"}, tmp_path)
    assert second.changed == ("a.html", "b.html", "c.html", "new.html", "gone.html")
    assert second.outdated == {"a.html", "new.html", "gone.html"}


def test_a_manifest_without_sums_tells_nothing_of_who_changed_a_file(tmp_path: Path):
    write({"a.html": b"1"}, tmp_path)
    (tmp_path / MANIFEST).write_text('{"version": 1, "files": ["a.html", "b.html"]}')
    assert (write({"a.html": b"2"}, tmp_path).outdated, write({"a.html": b"3"}, tmp_path).outdated) == (set(), {"a.html"})


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a//b", "a\\b", "", ".", "a\x00b", MANIFEST])
def test_nothing_is_written_outside_the_folder(tmp_path: Path, path):
    with pytest.raises(Refused):
        write({path: b"x"}, tmp_path / "site")
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_links_in_the_folder_lead_no_write_and_no_removal_outside(tmp_path: Path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.html").write_text("mine")
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "notes").symlink_to(outside)
    with pytest.raises(Refused):
        write({"notes/x.html": b"1"}, folder)
    (folder / MANIFEST).write_text(json.dumps({"files": ["notes/x.html", "../outside/x.html", "/etc/passwd"]}))
    write({"a.html": b"1"}, folder)
    assert (outside / "x.html").read_text() == "mine"


def test_a_link_in_place_of_a_built_file_is_replaced_not_followed(tmp_path: Path):
    write({"a.html": b"1"}, tmp_path / "site")
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "site/a.html").unlink()
    (tmp_path / "site/a.html").symlink_to(tmp_path / "victim")
    write({"a.html": b"2"}, tmp_path / "site")
    assert (tmp_path / "victim").read_text() == "mine"
    assert (tmp_path / "site/a.html").read_bytes() == b"2"


def test_a_broken_manifest_stops_before_anything_is_written(tmp_path: Path):
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(BadInput):
        write({"a.html": b"1"}, tmp_path)
    assert not (tmp_path / "a.html").exists()


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError) as error:
        write({"a.html": b"1"}, tmp_path / "file" / "site")
    assert error.value.next


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_modes_follow_the_umask(tmp_path: Path, umask, mode):
    before = os.umask(umask)
    try:
        write({"a/b.html": b"1"}, tmp_path / "site")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "site/a/b.html").stat().st_mode) == mode
