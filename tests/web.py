"""A local web of 30 sites by 12 people, each on an address of its own (127.0.1.1 to 127.0.1.30): feeds, pages, blogrolls,
h-cards, rel=me, quotes. What is planted in it, and the traps, stand in the tables below.

    web.url(11)                     the site's address; web.key(11): as pkm names whose place it is
    web.site(11).requests           what it was asked
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import pytest

from tests.server import FeedServer

FIRST, LAST = 1, 30
OWNERS = {
    1: "Ann Berg", 2: "Ann Berg", 3: "Bo Dahl", 4: "Di Evans", 5: "Ed Fox", 11: "Cy Young", 12: "Fay Wu", 13: "Ivy Chen",
    16: "Gus Hall", 17: "Sam Lee", 18: "Sam Lee", 19: "Hal Abel", 26: "Jo Park", 27: "Jo Park",
}  # fmt: skip
"""Whose sites they are; the others belong to nobody in particular. 6, 7 and 8 are written by many."""

TITLES = {1: "Ann's blog", 2: "Ann's notes", 6: "The Commons", 7: "The Review", 8: "Links", 20: "A host of blogs"}
PLANTED_SITES = (11, 12, 13)
"""What kept items of several writers link to; in that order."""
BOILERPLATE, SHARING, ONCE, THRICE = 20, 21, 14, 16
"""In every item of everybody; the target of share buttons; linked once; linked three times by one writer."""
ROLLED, ROLLED_ONCE = 22, 24


@dataclass(frozen=True)
class Post:
    """One entry. authors: (name, email, number of the site that is their page)."""

    title: str
    html: str
    authors: tuple[tuple[str, str, int], ...] = ()


class LocalWeb:
    """The sites, running."""

    def __init__(self) -> None:
        self._sites = {number: FeedServer(host=f"127.0.1.{number}") for number in range(FIRST, LAST + 1)}
        posts = self._posts()
        for number, server in self._sites.items():
            self.restore(number)
            server.add("/feed", self._feed(number, posts.get(number, [Post("Hello", "<p>Nothing yet.</p>")])))
        self._add_blogrolls()

    def url(self, number: int) -> str:
        """The site's address, without a slash."""
        return self._sites[number].url

    def key(self, number: int) -> str:
        """Whose place it is, as pkm has it."""
        return self.url(number).removeprefix("http://")

    def site(self, number: int) -> FeedServer:
        """The server of a site."""
        return self._sites[number]

    def restore(self, number: int) -> None:
        """The site's page is as it was at first."""
        self._sites[number].add("/", self._page(number), content_type="text/html; charset=utf-8")

    def close(self) -> None:
        """All servers are gone."""
        for server in self._sites.values():
            server.close()

    def _link(self, number: int, words: str = "this", path: str = "/post") -> str:
        return f"<a href='{self.url(number)}{path}'>{words}</a>"

    def _quote(self, number: int, words: str) -> str:
        return f"<blockquote cite='{self.url(number)}/post'><p>{words}</p></blockquote>"

    def _see(self, *numbers: int) -> str:
        return "<p>See " + ", ".join(self._link(number) for number in numbers) + ".</p>"

    def _posts(self) -> dict[int, list[Post]]:
        """What each site writes; every item of everybody ends with the same links (the traps)."""
        ann, bo = (("Ann Berg", "", 1),), (("Bo Dahl", "", 3),)
        cy, gus, gus_short = ("Cy Young", "", 11), ("Gus Hall", "gus@hall.example", 0), ("G. Hall", "gus@hall.example", 0)
        sam, other_sam, fay = ("Sam Lee", "", 17), ("Sam Lee", "", 18), ("Fay Wu", "", 0)
        jo, jo_short, team = ("Jo Park", "", 26), ("J. Park", "", 27), ("Editorial Team", "", 0)
        plain = "<p>Nothing to see.</p>"
        return {
            1: [
                Post("Ann on paths", self._quote(11, "Paths are made by walking.") + self._see(12), ann),
                Post("Ann on roads", self._quote(11, "Roads are paths that were believed."), ann),
                Post("Ann on Bo", f"<p>Via {self._link(3, 'Bo Dahl')}.</p>", ann),
                Post("Ann on Bo again", f"<p>Found via {self._link(3, 'Bo Dahl')}, gladly.</p>", ann),
                Post("Ann rests", plain, ann), Post("Ann wakes", plain, ann),
            ],
            2: [Post(f"Ann notes {number}", plain, ann) for number in range(6)],
            3: [
                Post("Bo on Cy", self._quote(11, "Nobody plans a path."), bo),
                Post("Bo on maps", f"<p>A map. H/t {self._link(13, 'Ivy Chen')}</p>", bo),
                Post("Bo on lakes", f"<p>A lake, hat tip to {self._link(13, 'Ivy Chen')}.</p>", bo),
                Post("Bo once", self._see(14), bo), Post("Bo rests", plain, bo), Post("Bo wakes", plain, bo),
            ],
            4: [
                Post("Di on all", self._see(11, 12, 13)),
                Post("Di on Hal", f"<p>{self._link(19, 'here')}:</p><blockquote>Lakes remember.</blockquote>"),
                *(Post(f"Di {number}", plain) for number in range(4)),
            ],
            5: [
                Post("Ed on two", self._see(11, 12)),
                Post("Ed on Hal", f"<blockquote><p>Lakes forget. {self._link(19, 'more')}</p></blockquote>"),
                *(Post(f"Ed on Gus {number}", self._see(THRICE)) for number in range(3)), Post("Ed rests", plain),
            ],
            6: [
                Post("Commons one", plain, (cy, sam)), Post("Commons two", plain, (gus,)),
                Post("Commons three", plain, (other_sam, jo)), Post("Commons four", plain, (team,)),
                Post("Commons five", plain, (team,)), Post("Commons six", plain, (jo,)),
            ],
            7: [
                Post("Review one", plain, (cy,)), Post("Review two", plain, (gus_short,)),
                Post("Review three", plain, (sam,)), Post("Review four", plain, (team,)),
                Post("Review five", plain, (jo_short, fay)), Post("Review six", plain, (team,)),
            ],
            8: [
                Post("Link one", plain, (other_sam,)), Post("Link two", plain, (jo_short,)),
                Post("Link three", plain, (jo,)), Post("Link four", plain, (team,)), Post("Link five", plain),
            ],
        }  # fmt: skip

    def _feed(self, number: int, posts: Sequence[Post]) -> str:
        return (
            f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{self._title(number)}</title><id>{self.url(number)}</id>"
            f"<link rel='alternate' href='{self.url(number)}/'/><updated>2026-11-20T08:00:00Z</updated>"
            + "".join(self._entry(number, place, post) for place, post in enumerate(posts)) + "</feed>"
        )  # fmt: skip

    def _entry(self, number: int, place: int, post: Post) -> str:
        address = f"{self.url(number)}/{place}"
        authors = "".join(
            f"<author><name>{name}</name>{f'<email>{email}</email>' if email else ''}"
            f"{f'<uri>{self.url(site)}/</uri>' if site else ''}</author>"
            for name, email, site in post.authors
        )
        share = f"<a href='{self.url(SHARING)}/sharer.php?u={address}'>Share</a>"
        html = f"{post.html}<p>{self._link(BOILERPLATE, 'Hosted here', '/')} {share}</p>"
        return (
            f"<entry><id>{address}</id><title>{post.title}</title><link href='{address}'/>{authors}"
            f"<updated>2026-11-{20 - place:02}T08:00:00Z</updated><content type='html'>{escape(html)}</content></entry>"
        )

    def _title(self, number: int) -> str:
        name = OWNERS.get(number, "")
        return TITLES.get(number) or (f"{name.split()[0]}'s place {number}" if name else f"Site {number}")

    def _page(self, number: int) -> str:
        name = OWNERS.get(number, "")
        card = f"<a class='h-card' href='{self.url(number)}/'>{name}</a>" if name else ""
        me = {26: (27, 18), 27: (26,)}.get(number, ())  # 26 claims a Sam Lee's page too, which does not say so itself
        links = "".join(f"<a rel='me' href='{self.url(other)}/'>me</a>" for other in me)
        roll = "<link rel='blogroll' type='text/xml' href='/roll.opml'>" if number == 1 else ""
        return (
            f"<html><head><title>{self._title(number)}</title>{roll}"
            f"<link rel='alternate' type='application/atom+xml' href='/feed'></head><body>{card}{links}</body></html>"
        )

    def _add_blogrolls(self) -> None:
        self._sites[1].add("/roll.opml", self._roll(ROLLED, 11, 23, 4), content_type="text/x-opml")
        self._sites[3].add("/.well-known/recommendations.opml", self._roll(ROLLED, ROLLED_ONCE, 3))

    def _roll(self, *numbers: int) -> str:
        return "<opml version='2.0'><body>" + "".join(
            f"<outline type='rss' text=\"{self._title(number)}\" xmlUrl='{self.url(number)}/feed' htmlUrl='{self.url(number)}/'/>"
            for number in numbers
        ) + "</body></opml>"  # fmt: skip


@pytest.fixture(scope="module")
def web() -> Iterator[LocalWeb]:
    """The local web, for the tests of a module; they do not change it."""
    running = LocalWeb()
    yield running
    running.close()
