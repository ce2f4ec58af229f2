"""Webmentions: what others wrote about pages of the site, out of files as webmention.io gives them, and from a service."""

import json
from pathlib import Path
from typing import Any

import pytest

from pkm import config
from pkm.config import Home
from pkm.errors import PkmError
from pkm.people.contacts import Fields, add_contact, edit_contact
from pkm.share.answers import collect, collect_mentions
from pkm.share.webmentions import parse
from pkm.share.wiring import Change, change_channel
from pkm.store import plans
from tests.conftest import CommandLine
from tests.sending import drafted, fresh, note, send
from tests.server import Answer, FeedServer

DIGEST, NOTE = "https://me.example/2026/finds-47/", "https://me.example/notes/walking-retros-work/"


@pytest.fixture
def site(home_paths: Home) -> Home:
    """A note stands on the site, by x1; Ken has a page of his own."""
    store = fresh(home_paths)
    config.set(home_paths, "site.url", "https://me.example/")
    send(home_paths, drafted(home_paths, [note(home_paths, "Walking retros work", "network")], "network"))
    edit_contact(store, add_contact(store, "Ken").number, Fields(urls=("https://ken.example",)))
    return home_paths


def mention(target: str = DIGEST, number: int = 1, **more: Any) -> dict[str, Any]:
    """An entry as webmention.io gives it. Source: the answer of its API to /api/mentions.jf2."""
    return {
        "type": "entry", "author": {"type": "card", "name": "Ken", "photo": "", "url": "http://ken.example/"},
        "url": f"https://ken.example/{number}", "published": "2026-11-23T08:00:00+00:00", "wm-received": "2026-11-23T08:30:00Z",
        "wm-id": number, "wm-source": f"https://ken.example/{number}", "wm-target": target, "wm-protocol": "webmention",
        "wm-property": "in-reply-to", "wm-private": False,
        "content": {"html": "<p>We <b>walked</b></p><script>x()</script>", "text": "We walked"}, **more,
    }  # fmt: skip


def feed(*children: Any) -> str:
    return json.dumps({"type": "feed", "name": "Webmentions", "children": children})


def test_a_folder_of_files_each_once_whichever_file_holds_it(site: Home, tmp_path: Path, pkm: CommandLine) -> None:
    folder = tmp_path / "mentions" / "2026"
    folder.mkdir(parents=True)
    stranger = {"type": "card", "name": "Eve\x1b[31m", "url": "https://eve.example"}
    (folder / "all.json").write_text(feed(
        mention(), mention(NOTE.replace("https", "http"), 2, author=[stranger]), mention("https://other.example/", 3),
        mention(number=4, **{"wm-property": "like-of"}),
        mention(number=5, **{"wm-property": "mention-of"}, content=None, name="Walks"),
    ))  # fmt: skip
    (folder / "one.json").write_text(json.dumps({**mention(), "wm-id": None}))
    (folder / "broken.json").write_text("{")
    out = pkm("share", "heard", "--webmentions", str(folder.parent), "--json", ok=4)
    assert "No answers from broken.json: it is no JSON" in out.err
    rows = {row["text"]: row for row in json.loads(out.out)}
    assert set(rows) == {
        "We walked\n\nhttps://ken.example/1", "We walked\n\nhttps://ken.example/2", "Walks\n\nhttps://ken.example/5",
    }  # fmt: skip
    ken, eve = rows["We walked\n\nhttps://ken.example/1"], rows["We walked\n\nhttps://ken.example/2"]
    assert (ken["contact"], ken["share"], ken["channel"], ken["at"]) == ("c1", "x1", "site", "2026-11-23T09:00:00Z")
    assert (eve["contact"], eve["author"], eve["delivery"]) == (None, "Eve", ken["delivery"])
    assert "Eve" in pkm("share", "heard").out
    (folder / "broken.json").unlink()
    assert collect_mentions(fresh(site), site, folder).new == ()
    change_channel(fresh(site), site, "site", Change(webmentions=str(folder)))
    (folder / "new.jf2").write_text(json.dumps([mention(number=6)]))
    assert len(pkm.json("seek")["answers"]) == 1
    assert collect(fresh(site), site).new == ()


def test_a_service_is_asked_page_by_page_and_no_further_than_what_is_known(
    site: Home, server: FeedServer, monkeypatch: pytest.MonkeyPatch, pkm: CommandLine
) -> None:
    monkeypatch.setenv("WM_TOKEN", "t0ken")
    place = f"{server.url}/api/mentions.jf2?domain=me.example"
    pkm("share", "channel", "edit", "site", "--webmentions", place, "--token-env", "WM_TOKEN")
    path = "/api/mentions.jf2?domain=me.example&per-page=100&token=t0ken&page={}"
    many = [mention(number=number) for number in range(150)]
    server.add(path.format(0), feed(*many[:100]))
    server.add(path.format(1), feed(*many[100:]))
    came = collect(fresh(site), site)
    assert (len(came.new), came.failures) == (150, ())
    assert collect(fresh(site), site).new == ()
    assert server.hits(path.format(1)) == 1
    for answer, why in ((Answer(status=401, body='{"error": "bad t0ken"}'), "answered 401"), (Answer("<html>"), "no JSON")):
        server.script(path.format(0), [answer])
        out = pkm("share", "heard", ok=4)
        assert f"No answers from site: {server.url}" in out.err
        assert why in out.err
        assert "t0ken" not in out.err
    monkeypatch.delenv("WM_TOKEN")
    assert "the environment has no WM_TOKEN" in pkm("seek", ok=4).err


@pytest.mark.parametrize("body", [
    None, 3, "x", [], {}, {"children": [[[[[[[[mention()]]]]]]]]}, {"type": "entry"}, mention(target="javascript:x"),
    mention("file:///etc/passwd"), {**mention(), "wm-source": "https://[", "url": 3},
    mention(**{"wm-source": "https://evil.example/" + "x" * 2000}), mention(**{"wm-source": "https://["}),
    mention(**{"wm-property": ["like-of"]}),
    {**mention(), "wm-property": None, "like-of": DIGEST},
])  # fmt: skip
def test_what_is_no_mention_gives_none(body: Any) -> None:
    assert list(parse(body)) == []


@pytest.mark.parametrize("odd", [
    {"author": "Ken"}, {"author": None}, {"author": [3]}, {"author": {"name": ["K"], "url": "javascript:x"}},
    {"wm-source": None}, {"wm-source": "", "source": None},
    {"published": "soon"}, {"published": "0001-01-01T00:00:00+14:00"}, {"content": ["a", 3]},
    {"content": {"html": 3, "text": ["x"]}}, {"name": {}},
])  # fmt: skip
def test_an_odd_one_is_still_read(odd: dict[str, Any]) -> None:
    (one,) = parse(mention(**odd))
    assert one.text.endswith("https://ken.example/1")
    assert "javascript" not in f"{one.author} {one.author_url}"


@pytest.mark.parametrize(("change", "why"), [
    (Change(webmentions="https://webmention.io/api/mentions.jf2?token=hunter2"), "its token does not belong"),
    (Change(webmentions="http://webmention.io/api"), "http is for this machine"), (Change(inbox="x"), "only a"),
    (Change(webmentions="/nowhere"), "no such folder"), (Change(token="env:X"), "no service"),
    (Change(webmentions="/tmp", token="env:X"), "has no secret"),
    (Change(webmentions="https://me:hunter2@webmention.io/api"), "do not belong"),
])  # fmt: skip
def test_what_is_no_place_of_mentions_is_refused(home_paths: Home, change: Change, why: str) -> None:
    with pytest.raises(PkmError) as refused:
        change_channel(fresh(home_paths), home_paths, "site", change)
    assert why in f"{refused.value} {refused.value.next}"
    assert "hunter2" not in f"{refused.value} {refused.value.next}"


def test_without_an_address_of_the_site_it_is_said(home_paths: Home, tmp_path: Path, pkm: CommandLine) -> None:
    (tmp_path / "one.json").write_text(json.dumps(mention()))
    assert "pkm config site.url" in pkm("share", "heard", "--webmentions", str(tmp_path / "one.json"), ok=2).err
    assert "no such folder" in pkm("share", "heard", "--webmentions", str(tmp_path / "none"), ok=1).err


@pytest.mark.parametrize(("source", "author", "contact"), [
    ("https://ken.example/1", {}, "c1"), ("http://www.KEN.example/1", {"url": "https://ken.example/"}, "c1"),
    ("https://ken.example/1", {"name": "Guest", "url": "https://guest.example/"}, None),
    ("https://evil.example/1", {"name": "Ken", "url": "https://ken.example/"}, None),
    ("https://evil.example/1", {"name": "Kenny"}, None),
    ("https://ken.example.evil.example/1", {}, None), ("https://ken.example@evil.example/", {}, None),
    ("https://evil.example\\@ken.example/", {}, None), ("https://ken.example:8080/", {}, None),
    ("https://many.example/ann/2026/walks", {"url": "https://many.example/ann"}, "c2"),
    ("https://many.example/?author=eve", {"url": "https://many.example/?author=cy"}, None),
    ("https://many.example/2026/?author=cy", {}, None), ("https://many.example/?author=cy", {}, "c3"),
    ("https://many.example/people#dee", {}, "c4"), ("https://many.example/people", {}, None),
    ("https://many.example/people/eve#dee", {}, None),
    ("https://many.example/annabel", {"url": "https://many.example/ann"}, None),
    ("https://many.example/ann/../eve", {}, None), ("https://many.example/ann/%2e%2e/eve", {}, None),
])  # fmt: skip
def test_a_mention_is_theirs_whose_page_it_stands_on_whoever_it_names(
    site: Home, tmp_path: Path, source: str, author: dict[str, str], contact: str | None
) -> None:
    edit_contact(fresh(site), 1, Fields(aliases=("Kenny",)))
    edit_contact(fresh(site), add_contact(fresh(site), "Ann").number, Fields(urls=("https://many.example/ann/",)))
    edit_contact(fresh(site), add_contact(fresh(site), "Cy").number, Fields(urls=("https://many.example/?author=cy",)))
    edit_contact(fresh(site), add_contact(fresh(site), "Dee").number, Fields(urls=("https://many.example/people#dee",)))
    (tmp_path / "one.json").write_text(json.dumps(mention(**{"wm-source": source}, author={"type": "card", **author})))
    (row,) = collect_mentions(fresh(site), site, tmp_path / "one.json").new
    assert row["contact"] == contact
    assert len(plans.answers(fresh(site).read(), 1)) == (contact is not None)
    assert row["author"].endswith("unproven") == (contact is None and author.get("name", "").startswith("Ken"))
