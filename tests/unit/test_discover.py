"""Whose place an address is, what an item points at, and which sites are suggested for it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.html import clean_html
from pkm.opml_writing import OpmlFeed
from pkm.seek.blogrolls import Blogroll, Owner, decide_blogrolls, join_suggestions
from pkm.seek.discover import LinkFacts, decide_sources, find_boilerplate, tell_names
from pkm.seek.pointers import read_pointers
from pkm.seek.sitekey import can_be_followed, is_share_button, site_address, site_key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(("url", "key"), [
    ("https://www.Example.org/a?b", "example.org"),
    ("http://example.org:80/", "example.org"),
    ("http://127.0.1.3:8080/x", "127.0.1.3:8080"),
    ("https://[2001:db8::1]/", "[2001:db8::1]"),
    ("https://github.com/Ann/paths/issues/3", "github.com/ann"),
    ("https://github.com/ann.atom", "github.com/ann"),
    ("https://gist.github.com/ann/123", "github.com/ann"),
    ("https://github.com/", ""),
    ("https://ann.substack.com/p/x", "ann.substack.com"),
    ("https://medium.com/@ann/x-123", "medium.com/@ann"),
    ("https://medium.com/feed/@ann", "medium.com/@ann"),
    ("https://social.example/@ann/123", "social.example/@ann"),
    ("https://social.example/@ann@other.example/123", "other.example/@ann"),
    ("https://social.example/users/ann/statuses/1", "social.example/@ann"),
    ("https://social.example/@ann.rss", "social.example/@ann"),
    ("https://www.youtube.com/watch?v=abc", ""),
    ("https://www.youtube.com/@Ann/videos", "youtube.com/@ann"),
    ("https://www.youtube.com/feeds/videos.xml?channel_id=UCxY", "youtube.com/channel/UCxY"),
    ("https://uni.example/~ann/papers", "uni.example/~ann"),
    ("https://old.reddit.com/r/pkm/comments/1", "reddit.com/r/pkm"),
    ("https://web.archive.org/web/2019/http://example.org/x", "example.org"),
    ("mailto:ann@example.org", ""), ("https://exa mple.org/", ""), ("javascript:1", ""), ("https://[::1/", ""), ("", ""),
])  # fmt: skip
def test_an_address_is_somebodys_place(url, key):
    assert site_key(url) == key


def test_places_keep_the_scheme_they_were_seen_with():
    assert site_address("example.org", "http://example.org/x") == "http://example.org"
    assert site_address("example.org") == "https://example.org"


def test_where_one_looks_things_up_is_no_source():
    assert [key for key in ("en.wikipedia.org", "amazon.co.uk", "x.com/ann", "doi.org", "", "example.org", "github.com/ann")
            if can_be_followed(key)] == ["example.org", "github.com/ann"]  # fmt: skip


def test_share_buttons_are_told_from_pages():
    buttons = ("https://www.facebook.com/sharer/sharer.php?u=x", "https://twitter.com/intent/tweet?text=x",
               "https://www.linkedin.com/shareArticle?url=x", "https://news.ycombinator.com/submitlink?u=x",
               "https://wa.me/?text=x")  # fmt: skip
    assert all(map(is_share_button, buttons))
    assert not is_share_button("https://example.org/how-we-share")
    assert not is_share_button("https://example.org/share")


def types(html: str) -> dict[str, str]:
    return {pointer.url.removeprefix("https://").rstrip("/"): pointer.type for pointer in read_pointers(html)}


def test_a_quote_is_cited_linked_within_or_led_to():
    assert types("<blockquote cite='https://a.org/x'><p>Words</p></blockquote>") == {"a.org/x": "quote"}
    assert types("<blockquote><p>Words <a href='https://a.org'>a</a></p></blockquote>") == {"a.org": "quote"}
    led = "<p><a href='https://a.org'>Ann</a> says:</p><blockquote><p>Words</p></blockquote><p><a href='https://b.org'>b</a></p>"
    assert types(led) == {"a.org": "quote", "b.org": "link"}  # who led to it is who is quoted, not what comes after
    after = "<p>Somebody said:</p><blockquote><p>One</p><p>two</p></blockquote><p>(<a href='https://a.org'>Ann</a>)</p>"
    assert types(after) == {"a.org": "quote"}
    far = "<p><a href='https://a.org'>Ann</a></p><p>More.</p><blockquote><p>Words</p></blockquote>"
    assert types(far) == {"a.org": "link"}


@pytest.mark.parametrize("words", ["via ", "Via: ", "h/t ", "(H/T: ", "hat tip to ", "Hat-tip ", "found via Bo at ", "via <b>"])
def test_where_it_was_found_is_a_via(words):
    assert types(f"<p>Good. {words}<a href='https://a.org'>Ann</a></p>") == {"a.org": "via"}


def test_a_word_that_ends_in_via_is_none():
    assert types("<p>Bolivia <a href='https://a.org'>a</a>; trivia <a href='https://b.org'>b</a></p>") == {
        "a.org": "link", "b.org": "link",
    }  # fmt: skip


def test_a_footer_does_not_count_but_that_of_a_quotation_does():
    assert types("<p>x</p><footer><a href='https://a.org'>a</a></footer>") == {}
    quoted = "<blockquote><p>Words</p><footer><a href='https://a.org'>Ann</a></footer></blockquote>"
    assert types(quoted) == {"a.org": "quote"}


def test_a_pointer_has_its_words_and_what_was_quoted():
    (pointer,) = read_pointers("<p><a href='https://a.org/?x=1&amp;y'>Ann &amp; <i>Lee</i></a>:</p><blockquote>Paths &lt;3"
                               "</blockquote>")  # fmt: skip
    assert (pointer.url, pointer.words, pointer.excerpt) == ("https://a.org/?x=1&y", "Ann & Lee", "Paths <3")


PARTS = (
    "<p>", "</p>", "<blockquote cite='https://a.org'>", "</blockquote>", "<a href='https://b.org'>", "</a>", "<q>",
    "<footer>", "</footer>", "via ", "<", "'", "x", "<a", '"', "<li>",
)  # fmt: skip


@given(st.lists(st.sampled_from(PARTS)))
def test_any_html_is_read(parts):
    for html in ("".join(parts), clean_html("".join(parts))):
        for pointer in read_pointers(html):
            assert pointer.url.startswith("https://")
            assert pointer.type in ("link", "quote", "via")


def item(number: int, source: int | None, *links: str, weight: int = 1, at: str = "2026-11-23T09:00:00Z", url: str = "",
         contact: int | None = None, site: str = "") -> dict:  # fmt: skip
    html = "".join(f"<p><a href='{link}'>x</a></p>" for link in links)
    return {"id": number, "title": f"T{number}", "url": url, "source_id": source, "contact_id": contact, "html": html,
            "writer": f"W{source}", "weight": weight, "at": at, "source_url": f"https://w{source}.org/feed",
            "site": site}  # fmt: skip


def keys(*rows: dict, **facts) -> list[str]:
    return [one.key for one in decide_sources(LinkFacts(rows, **facts), NOW)]


def test_two_writers_or_three_items_make_a_suggestion():
    assert keys(item(1, 1, "https://a.org/1"), item(2, 1, "https://a.org/2")) == []
    assert keys(item(1, 1, "https://a.org/1"), item(2, 2, "https://a.org/2")) == ["a.org"]
    assert keys(*(item(number, 1, "https://a.org/") for number in range(3))) == ["a.org"]
    assert keys(item(1, 1, "https://a.org/1", contact=5), item(2, 2, "https://a.org/2", contact=5)) == []  # one person


def test_two_feeds_of_one_site_are_one_writer_and_a_page_counts_once():
    two = [item(number, number, "https://a.org/", site="https://www.w.org/") for number in (1, 2)]
    assert keys(*two) == []
    same = [item(number, 1, "https://a.org/", url="https://w1.org/same") for number in range(4)]
    assert keys(*same) == []


def test_a_writers_own_other_hosts_are_not_suggested():
    rows = [item(number, number, "https://shop.w.org/", "https://org.w.org.uk/", site="https://w.org/", contact=number)
            for number in (1, 2)]  # fmt: skip
    assert keys(*rows) == ["org.w.org.uk"]


def test_many_links_of_one_writer_count_less_than_one_each_of_many():
    loud = [item(number, 1, "https://loud.org/") for number in range(20)]
    wide = [item(30 + number, 2 + number, "https://wide.org/") for number in range(6)]
    assert keys(*loud, *wide) == ["wide.org", "loud.org"]


def test_what_was_noted_and_what_is_new_counts_more():
    old = [item(number, number, "https://old.org", at="2024-01-01T00:00:00Z") for number in (1, 2)]
    new = [item(number, number, "https://new.org") for number in (3, 4)]
    noted = [item(number, number, "https://noted.org", weight=2) for number in (5, 6)]
    assert keys(*old, *new, *noted) == ["noted.org", "new.org", "old.org"]
    (one,) = decide_sources(LinkFacts([item(1, 1, "https://a.org", weight=2), item(2, 2, "https://a.org")]), NOW)
    assert one.why == "linked by W1 and W2 in 2 items you kept or noted: “T1” (i1), “T2” (i2)"
    assert one.score == pytest.approx(1.0986 + 0.6931, abs=0.001)  # ln 3 + ln 2


def test_an_items_own_page_counts_as_pointed_at():
    clips = [item(number, None, url=f"https://a.org/{number}") for number in range(3)]
    assert keys(*clips) == ["a.org"]
    assert "clipped" in decide_sources(LinkFacts(clips), NOW)[0].why


def test_what_is_left_out_and_what_stands_everywhere_is_not_suggested():
    rows = [item(1, 1, "https://a.org/", "https://b.org/"), item(2, 2, "https://a.org/", "https://b.org/")]
    assert keys(*rows, left_out=frozenset({"a.org"})) == ["b.org"]
    common = {1: frozenset({"b.org"}), 2: frozenset({"b.org"})}
    assert keys(*rows, boilerplate=common) == ["a.org"]


def test_boilerplate_is_what_most_items_of_a_source_hold():
    def html(*links: str) -> str:
        return "".join(f"<a href='{link}'>x</a>" for link in links)

    friends = ["https://friend.org/1"] * 3 + ["https://z.org"] * 3
    pages = [(1, html(f"https://foot.org/?page={number}", friend)) for number, friend in enumerate(friends)]
    pages += [(2, html("https://foot.org/"))] * 4  # too few to tell
    pages += [(3, html(f"https://shop.org/{n}")) for n in range(6)]
    found = find_boilerplate(pages)
    assert "foot.org" in found[1]
    assert "friend.org/1" not in found[1]
    assert 2 not in found
    assert "site:shop.org" in found[3]


def test_names_are_listed_as_one_says_them():
    assert [tell_names(names) for names in (["A"], ["A", "B"], ["A", "B", "C"], list("ABCDE"), [])] == [
        "A", "A and B", "A, B and C", "A, B, C and 2 more", "",
    ]  # fmt: skip


def roll(owner: int, affinity: float, *hosts: str, decided: int = 50) -> Blogroll:
    feeds = tuple(OpmlFeed(f"https://{host}/feed", host, f"https://{host}") for host in hosts)
    return Blogroll(Owner(owner, f"P{owner}", affinity, (f"https://p{owner}.org",), decided), "https://x/roll", feeds)


def test_blogrolls_agree_or_come_from_whom_one_keeps():
    rolls = [roll(1, 0.3, "a.org", "b.org", "p1.org"), roll(2, 0.4, "a.org", "c.org"), roll(3, 0.9, "d.org")]
    found = decide_blogrolls(rolls, {"b.org"})
    assert [one.key for one in found] == ["d.org", "a.org"]
    assert found[0].why == "in the blogroll of P3, whose items you mostly keep (90%)"
    assert found[1].why == "in the 2 blogrolls of P2 and P1"
    assert found[1].score == pytest.approx(0.3 / 3**0.5 + 0.4 / 2**0.5)
    assert decide_blogrolls([roll(3, 0.9, "d.org", decided=2)], ()) == []  # too little is known of them


def test_a_roll_that_recommends_everything_says_little():
    wide = [roll(number, 0.5, "a.org", *(f"x{number}{n}.org" for n in range(98))) for number in (1, 2)]
    narrow = [roll(number, 0.5, "b.org") for number in (3, 4)]
    assert [one.key for one in decide_blogrolls([*wide, *narrow], ())] == ["b.org", "a.org"]


def test_what_links_and_blogrolls_name_is_one_suggestion():
    linked = decide_sources(LinkFacts([item(1, 1, "https://a.org"), item(2, 2, "https://a.org")]), NOW)
    rolled = decide_blogrolls([roll(1, 0.5, "a.org"), roll(2, 0.5, "a.org")], ())
    (one,) = join_suggestions(linked, rolled)
    assert one.address == "https://a.org/feed"
    assert one.score == pytest.approx(linked[0].score + rolled[0].score)
    assert one.as_dict()["evidence"] == ["i2", "i1", "c1", "c2"]
