"""New sources and people out of a local web of 30 sites by 12 people: pulled for real, some of it kept."""

import json
from typing import Any

import pytest

from pkm.net.fetch import Fetcher
from pkm.seek.blogrolls import page_fetch
from pkm.seek.look import find_profile, read_card, representative_card
from pkm.seek.microformats import read_microformats
from tests.conftest import CommandLine, kept_home
from tests.server import Answer, FeedServer
from tests.web import BOILERPLATE, ONCE, PLANTED_SITES, ROLLED, ROLLED_ONCE, SHARING, THRICE, LocalWeb
from tests.web import web as web

FOLLOWED = {2: "Ann Berg", 4: None, 5: None, 6: None, 7: None, 8: None}


@kept_home
def reader(pkm: CommandLine, web: LocalWeb) -> None:
    """Somebody who follows eight of the sites, two of them as people's, and has kept what is worth it."""
    pkm("contact", "add", "Ann Berg", "--url", web.url(1))
    pkm("contact", "add", "Bo Dahl", "--url", web.url(3))
    for number, owner in FOLLOWED.items():
        pkm("seek", "add", web.url(number), *(("--contact", owner) if owner else ()))
    pkm("seek", "pull", "--all")
    dropped = [row["id"] for row in items(pkm) if row["title"].endswith(("rests", "wakes")) or "notes" in row["title"]]
    pkm("sense", "keep", *(row["id"] for row in items(pkm) if row["id"] not in dropped))
    pkm("sense", "drop", *dropped)


def items(pkm: CommandLine) -> list[dict[str, Any]]:
    return pkm.json("find", "kind:item", "-n", "500")


def ids(pkm: CommandLine, *titles: str) -> set[str]:
    found = {row["title"]: row["id"] for row in items(pkm)}
    return {found[title] for title in titles}


def named(pkm: CommandLine, name: str) -> list[dict[str, Any]]:
    return [row for row in pkm.json("seek", "people", "-n", "50") if row["name"] == name]


def test_planted_sites_come_first_with_their_evidence(reader, web):
    found = reader.json("seek", "discover")
    assert [row["key"] for row in found[:3]] == [web.key(number) for number in PLANTED_SITES]
    cy, fay, ivy = found[:3]
    assert set(cy["evidence"]) == ids(reader, "Ann on paths", "Ann on roads", "Bo on Cy", "Di on all", "Ed on two")
    assert set(fay["evidence"]) == ids(reader, "Ann on paths", "Di on all", "Ed on two")
    assert set(ivy["evidence"]) == ids(reader, "Bo on maps", "Bo on lakes", "Di on all")
    assert cy["why"].startswith("linked by Ann Berg, Bo Dahl,")
    assert {row["kind"] for row in found} == {"suggestion"}


def test_no_trap_is_suggested_as_a_source(reader, web):
    keys = [row["key"] for row in reader.json("seek", "discover", "-n", "50")]
    for number in (BOILERPLATE, SHARING, ONCE, *FOLLOWED, 1, 3):
        assert web.key(number) not in keys
    assert keys.index(web.key(THRICE)) > keys.index(web.key(PLANTED_SITES[-1]))  # one writer does not decide alone


def test_accepting_follows_what_the_list_meant_even_where_it_has_changed(reader, web):
    reader("seek", "discover")
    reader("seek", "add", web.url(11))  # the first of the list is followed by other means: the rows move up
    ran = reader("seek", "discover", "--accept", "2")
    assert f"{web.url(12)}/feed" in ran.out
    assert ran.out.split()[0] == reader.json("seek", "list", "Fay's place 12")[0]["id"]
    assert web.key(12) not in [row["key"] for row in reader.json("seek", "discover")]


def test_a_contacts_site_is_followed_as_theirs(reader, web):
    reader("contact", "add", "Fay Wu", "--url", web.url(12), "--no-follow")
    assert reader("seek", "discover", "--accept", web.key(12)).out.endswith("of c3\n")


def test_a_number_without_a_list_of_that_kind_is_refused(reader, web):
    reader("sense", "inbox")
    for command in ("discover", "people"):
        for option in ("--accept", "--dismiss"):
            assert "count from 1" in reader("seek", command, option, "1", ok=1).err
    reader("seek", "people")
    assert reader("seek", "discover", "--dismiss", "1", ok=1).err
    assert reader("seek", "discover", "--dismiss", "nowhere.example", ok=1).err
    reader("seek", "discover", "-n", "2")
    assert "2 rows" in reader("seek", "discover", "--accept", "3", ok=1).err


def test_a_dismissed_site_stays_away_until_it_is_undone(reader, web):
    key = web.key(11)
    reader("seek", "discover")
    assert reader("seek", "discover", "--dismiss", "1").out.startswith(f"{key}  will not be suggested")
    assert key not in [row["key"] for row in reader.json("seek", "discover")]
    reader("undo")
    assert reader.json("seek", "discover")[0]["key"] == key
    reader("seek", "discover", "--dismiss", web.url(11))
    assert key not in [row["key"] for row in reader.json("seek", "discover")]


def test_a_site_without_a_feed_says_what_to_do(reader, web):
    web.site(13).script("/feed", [])
    try:
        ran = reader("seek", "discover", "--accept", web.key(13), ok=1)
    finally:
        web.site(13).add("/feed", "<feed xmlns='http://www.w3.org/2005/Atom'><title>Ivy</title></feed>")
    assert "Nothing was added" in ran.err
    assert f"--dismiss {web.key(13)}" in ran.err


def test_several_feeds_are_listed_to_choose_from(reader, web):
    hal = web.site(19)
    page = "".join(f"<link rel='alternate' type='application/atom+xml' href='/{name}'>" for name in ("one", "two"))
    for name in ("one", "two"):
        entry = f"<entry><id>{name}</id><title>{name}</title><link href='{hal.url}/{name}/1'/></entry>"
        hal.add(f"/{name}", f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{name}</title>{entry}</feed>")
    before = hal.script("/", [Answer(page, "text/html")])
    try:
        ran = reader("seek", "discover", "--accept", web.key(19), ok=2)
    finally:
        web.restore(19)
    assert f"{before}one" in ran.err
    assert f"{before}two" in ran.err
    assert web.key(19) in [row["key"] for row in reader.json("seek", "discover")]


def test_blogrolls_are_asked_for_first(reader, web):
    before = len(web.site(1).requests)
    refused = reader("seek", "discover", "--blogrolls", ok=3)
    assert "--yes" in refused.err
    assert len(web.site(1).requests) == before
    assert web.key(ROLLED) not in [row["key"] for row in reader.json("seek", "discover")]


def test_what_two_blogrolls_name_is_suggested(reader, web):
    found = {row["key"]: row for row in reader.json("seek", "discover", "--blogrolls", "--yes", "-n", "50")}
    rolled = found[web.key(ROLLED)]
    assert rolled["evidence"] == rolled["blogrolls"] == ["c2", "c1"]
    assert "2 blogrolls of Bo Dahl and Ann Berg" in rolled["why"]
    assert web.key(ROLLED_ONCE) not in found
    assert not {web.key(3), web.key(4)} & set(found)  # followed already
    assert "in the blogroll" in found[web.key(11)]["why"] or found[web.key(11)]["blogrolls"] == []
    numbered = list(found).index(web.key(ROLLED)) + 1
    assert f"{web.url(ROLLED)}/feed" in reader("seek", "discover", "--accept", numbered).out


def test_planted_people_come_first_with_their_evidence(reader, web):
    found = reader.json("seek", "people")
    assert found[0]["name"] == "Cy Young"
    assert {row["name"] for row in found[:5]} == {"Cy Young", "Gus Hall", "Jo Park", "Sam Lee"}
    quoting = ids(reader, "Ann on paths", "Ann on roads", "Bo on Cy")
    linking = ids(reader, "Di on all", "Ed on two")
    assert set(found[0]["evidence"]) == quoting | linking | ids(reader, "Commons one", "Review one")
    assert "linked by " in found[0]["why"]
    assert found[0]["path"] == ["Ann Berg", "Cy Young"]
    assert {one["text"] for one in found[0]["excerpts"]} >= {"Paths are made by walking.", "Nobody plans a path."}
    (ivy,) = named(reader, "Ivy Chen")  # in no byline: known by the name she is linked by
    assert ivy["url"] == web.url(13)
    assert set(ivy["evidence"]) == ids(reader, "Bo on maps", "Bo on lakes", "Di on all")


def test_an_equal_email_makes_two_spellings_one_person(reader):
    (gus,) = named(reader, "Gus Hall")
    assert gus["title"] == "Gus Hall, also as G. Hall"
    assert set(gus["evidence"]) == ids(reader, "Commons two", "Review two")
    assert not named(reader, "G. Hall")


def test_two_people_of_one_name_stay_two(reader, web):
    first, second = named(reader, "Sam Lee")
    assert {*first["urls"], *second["urls"]} == {f"{web.url(17)}/", f"{web.url(18)}/"}
    assert "maybe the same as Sam Lee" in first["why"]
    evidence = {row["urls"][0]: set(row["evidence"]) for row in (first, second)}
    assert evidence[f"{web.url(17)}/"] == ids(reader, "Commons one", "Review three")
    assert evidence[f"{web.url(18)}/"] == ids(reader, "Commons three", "Link one")
    ran = reader("seek", "people", "--accept", "Sam Lee", ok=2)  # a name that means two is not guessed
    assert ran.err.count("url:") == 2


def test_no_trap_is_suggested_as_a_person(reader, web):
    found = reader.json("seek", "people", "-n", "50")
    names = {row["title"] for row in found}
    assert not {name for name in names if "Team" in name}
    assert not {"Ann Berg", "Bo Dahl"} & names  # contacts already
    for number in (BOILERPLATE, SHARING, ONCE):
        assert not [row for row in found if web.key(number) in row["url"]]


def test_accepting_a_person_makes_the_contact_and_follows_them_in_one_unit(reader, web):
    reader("seek", "people")
    ran = reader("seek", "people", "--accept", "1")
    assert ran.out.startswith("c3  Cy Young  follows s9 ")
    contact = reader.json("contact", "show", "c3")
    assert f"{web.url(11)}/" in [handle["value"] for handle in contact["handles"]]
    assert reader.json("seek", "show", "s9")["contact"] == "c3"
    assert not named(reader, "Cy Young")
    reader("undo")
    assert len(reader.json("contact", "list")) == 2
    assert len(reader.json("seek", "list")) == 8
    assert named(reader, "Cy Young")


def test_the_other_of_one_name_is_still_suggested(reader, web):
    key = next(row["key"] for row in named(reader, "Sam Lee") if row["urls"] == [f"{web.url(17)}/"])
    reader("seek", "people", "--accept", key, "--no-follow")
    (other,) = named(reader, "Sam Lee")
    assert other["urls"] == [f"{web.url(18)}/"]


def test_a_dismissed_person_stays_away_until_it_is_undone(reader):
    reader("seek", "people", "--dismiss", "Gus Hall")
    assert not named(reader, "Gus Hall")
    assert not named(reader, "G. Hall")
    reader("undo")
    assert named(reader, "Gus Hall")


def test_pages_are_asked_only_where_one_agrees(reader, web):
    before = len(web.site(26).requests)
    assert "--yes" in reader("seek", "people", "--look", ok=3).err
    assert len(web.site(26).requests) == before


def test_pages_tell_who_they_are_and_join_spellings_both_ways(reader, web):
    assert named(reader, "Jo Park")[0]["spellings"] == []
    assert named(reader, "J. Park")
    found = {row["name"]: row for row in reader.json("seek", "people", "--look", "--yes")}
    jo = found["Jo Park"]
    assert jo["title"] == "Jo Park, also as J. Park"
    assert set(jo["urls"]) == {f"{web.url(26)}/", f"{web.url(27)}/"}  # not 18, which does not say so itself
    assert set(jo["evidence"]) == ids(reader, "Commons three", "Commons six", "Review five", "Link two", "Link three")
    assert "J. Park" not in found
    assert found["Hal Abel"]["url"] == web.url(19)  # by the h-card of a page that nobody calls by a name


def test_whose_site_it_is_is_found_when_they_are_accepted(reader, web):
    key = next(row["key"] for row in reader.json("seek", "people") if row["url"] == web.url(19))
    ran = reader("seek", "people", "--accept", key)
    assert ran.out.startswith("c3  Hal Abel  follows s9 ")


def test_a_name_of_ones_own_is_taken_and_the_spelling_stays_as_an_alias(reader):
    assert "--accept" in reader("seek", "people", "--name", "Gus", ok=2).err
    row = reader.json("seek", "people", "--accept", "Gus Hall", "--name", "Gustav Hall")
    handles = {(handle["kind"], handle["value"]) for handle in row["handles"]}
    assert row["name"] == "Gustav Hall"
    assert {("alias", "Gus Hall"), ("alias", "G. Hall"), ("email", "gus@hall.example")} <= handles
    assert not named(reader, "Gus Hall")


def test_who_writes_a_followed_source_gets_it(pkm, server):
    authors = "".join(
        f"<entry><id>{number}</id><title>T{number}</title><link href='{server.url}/{number}'/>"
        f"<author><name>Zoe Ray</name></author><updated>2026-11-2{number}T08:00:00Z</updated></entry>" for number in range(4)
    )
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Rays</title>{authors}</feed>"
    pkm("seek", "add", server.add("/f", feed, content_type="application/atom+xml"))
    pkm("seek", "pull")
    pkm("sense", "keep", *(row["id"] for row in items(pkm)))
    (zoe,) = pkm.json("seek", "people")
    assert zoe["sources"] == ["s1"]
    before = len(server.requests)
    assert pkm("seek", "people", "--accept", "1").out == "c1  Zoe Ray  follows s1 Rays\n"
    assert pkm.json("seek", "show", "s1")["contact"] == "c1"
    assert len(server.requests) == before  # known in the store: nothing is asked
    assert pkm.json("seek", "people") == []


def test_nothing_kept_says_what_is_needed(pkm):
    for command in ("discover", "people"):
        assert "once you keep items. Next: pkm sense" in pkm("seek", command).err
        assert pkm.json("seek", command) == []


def test_an_account_leads_to_its_feed_by_webfinger(server: FeedServer):
    host = server.url.removeprefix("http://")
    server.add(
        "/.well-known/webfinger",
        json.dumps({"links": [{"rel": "self", "href": "x"}, {
            "rel": "http://webfinger.net/rel/profile-page", "href": f"{server.url}/@ann"}]}),
        content_type="application/jrd+json",
    )  # fmt: skip
    server.add("/@ann", f"<a class='h-card' href='{server.url}/@ann'>Ann Berg</a>", content_type="text/html")
    with Fetcher() as fetcher:
        card = read_card(f"{server.url}/@ann", fetcher.fetch)
    assert card is not None
    assert (card.name, card.feed) == ("Ann Berg", f"{server.url}/@ann.rss")
    assert server.hits(f"/.well-known/webfinger?resource=acct%3Aann%40{host.replace(':', '%3A')}") == 1


@pytest.mark.parametrize("answer", ["", "[]", "{", '{"links": 3}', '{"links": ["x"]}', '{"links": [{"rel": 3}]}'])
def test_a_webfinger_that_is_none_leads_nowhere(server: FeedServer, answer):
    server.add("/.well-known/webfinger", answer)
    with Fetcher() as fetcher:
        assert find_profile(f"ann@{server.url.removeprefix('http://')}", server.url, fetcher.fetch) == ""


@pytest.mark.parametrize(("html", "name"), [
    ("<p class='h-card'><a class='u-url u-uid' href='{}'>Ann</a></p><a class='h-card' href='http://b.org'>Bo</a>", "Ann"),
    ("<a rel='me' href='http://a.org/me'>x</a><a class='h-card' href='http://a.org/me'>Ann</a><p class='h-card'>Bo</p>", "Ann"),
    ("<a class='h-card' href='{}'>Ann</a>", "Ann"),
    ("<a class='h-card' href='http://b.org'>Bo</a>", ""),
    ("<a class='h-card' href='{}'>Ann</a><a class='h-card' href='{}'>Bo</a>", ""),
    ("<p>no card</p>", ""),
])  # fmt: skip
def test_the_representative_card_says_whose_a_page_is(html, name):
    page = "http://a.org/"
    found = representative_card(read_microformats(html.replace("{}", page), page), page)
    assert (found.text("name") if found else "") == name


def test_a_page_on_the_web_may_not_send_us_to_ones_own_network(server: FeedServer):
    with Fetcher() as fetcher:
        assert read_card(server.url, page_fetch(fetcher, local=False)) is None
    assert server.requests == []


def answered(address: str) -> None:
    """x1 went to that address, whose owner is nobody yet, and was answered from there: r1."""
    from pkm.config import Home
    from pkm.store.model import Channel, Circle, Delivery, Response, Share, Stage
    from pkm.store.session import Store

    store, at = Store(Home.find(), "test"), "2026-11-21T08:00:00Z"
    with store.unit() as unit:
        circle = unit.add(Circle(name="list", kind="network", created_at=at))
        channel = Channel(name="m", kind="mail", created_at=at)
        unit.add(channel)
        share = unit.add(Share(uid="x", title="Finds", state="sent", created_at=at, sent_at=at))
        stage = unit.add(Stage(share_id=share.id or 0, circle_id=circle.id, position=1))
        sent = unit.add(Delivery(key="k", share_id=share.id or 0, stage_id=stage.id or 0, circle_id=circle.id, state="sent",
                                 channel_id=channel.id or 0, recipient=address, sha256="", media_type="text/plain",
                                 frozen_at=at, sent_at=at, payload=b""))  # fmt: skip
        unit.add(Response(share_id=share.id or 0, delivery_id=sent.id, text="Tried it, worked", at=at))
    store.close()


def test_who_answered_and_is_nobody_yet_is_offered_and_gets_their_answers(pkm):
    answered("Ken@ken.example")
    (ken,) = pkm.json("seek", "people")
    assert (ken["title"], ken["name"], ken["why"], ken["evidence"]) == ("ken@ken.example", "", "answered x1 (r1)", ["r1"])
    assert "--name" in pkm("seek", "people", "--accept", "1", ok=2).err
    ran = pkm("seek", "people", "--accept", "1", "--name", "Ken Smith")
    assert ran.out.startswith("c1  Ken Smith")
    assert "1 answer of theirs to what you shared is with them now" in ran.err
    contact = pkm.json("contact", "show", "c1")
    assert contact["met"] == "answered x1 (r1)"
    assert contact["emails"] == ["ken@ken.example"]
    assert {row["id"] for row in pkm.json("find", "kind:response @c1")} == {"r1"}
    assert pkm.json("seek", "people") == []
    pkm("undo")
    assert [row["title"] for row in pkm.json("seek", "people")] == ["ken@ken.example"]
    pkm("seek", "people", "--dismiss", "ken@ken.example")
    assert pkm.json("seek", "people") == []


def test_how_one_met_is_the_reason(reader):
    reader("seek", "people", "--accept", "Gus Hall", "--no-follow")
    assert reader.json("contact", "show", "Gus Hall")["met"].startswith("bylined in 2 sources")
