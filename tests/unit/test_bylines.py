"""Who is meant by a byline: names out of lines, roles left out, spellings joined only where something proves it."""

import json

import pytest

from pkm.seek.bylines import Writing, full_names, group_people, is_person, own_site, read_bylines
from pkm.seek.entry import Byline


@pytest.mark.parametrize(("author", "names"), [
    ("Ann Lee", ["Ann Lee"]),
    ("by Ann Lee and Bo Dahl", ["Ann Lee", "Bo Dahl"]),
    ("Ann Lee, Bo Dahl & Cy Young", ["Ann Lee", "Bo Dahl", "Cy Young"]),
    ("ann@example.org (Ann Lee)", ["Ann Lee"]),
    ("Ann Lee <ann@example.org>", ["Ann Lee"]),
    ("Ann Lee (guest)", ["Ann Lee"]),
    ("Ann Lee, PhD", ["Ann Lee"]),
    ("ann@example.org", []),
    ("Lee, A., Dahl, B. C., van Dyk, J.-P.", ["A. Lee", "B. C. Dahl", "J.-P. van Dyk"]),
    ("José Ortega y Gasset", ["José Ortega y Gasset"]),
    ("Sandy Anderson", ["Sandy Anderson"]),
    ("Ann Lee, ann lee", ["Ann Lee"]),
    ("", []),
])  # fmt: skip
def test_a_line_of_authors_names_people(author, names):
    assert [one.name for one in read_bylines(author)] == names


def test_a_family_name_before_a_comma_is_one_person_where_the_name_is_known():
    known = full_names(["Nancy Dixon", "Ann Lee and Bo Dahl", "Dixon, Nancy"])
    assert [one.name for one in read_bylines("Dixon, Nancy", names=known)] == ["Nancy Dixon"]
    assert [one.name for one in read_bylines("dahl, bo", names=known)] == ["bo dahl"]
    assert [one.name for one in read_bylines("Nancy, Dixon", names=known)] == ["Nancy", "Dixon"]
    assert [one.name for one in read_bylines("Dixon, Nancy")] == ["Dixon", "Nancy"]


def test_what_is_known_of_authors_is_joined_to_their_names():
    known = json.dumps([{"name": "Ann Lee", "email": "ANN@example.org", "url": "https://ann.org/"}, {"name": 3}, "x"])
    ann = Byline("Ann Lee", "ann@example.org", "https://ann.org/")
    assert read_bylines("Ann Lee, Bo", known) == (ann, Byline("Bo"), Byline("3"))
    assert read_bylines("ann@example.org (Ann Lee)") == (Byline("Ann Lee", "ann@example.org"),)
    assert read_bylines("Ann", "not json") == (Byline("Ann"),)
    assert read_bylines("Ann", "{}") == (Byline("Ann"),)


@pytest.mark.parametrize("name", [
    "admin", "Editorial Team", "The Editors", "Staff", "Newsroom", "ADMINISTRATOR", "Guest Author", "Senior Editor", "x",
    "example.org", "user123", "News Desk", "J. K.",
    "Lake Institute", "Casts: www.casts.org", "Die Redaktion", "My Blog", "", "a sentence that goes on and on and on",
])  # fmt: skip
def test_roles_and_feeds_are_no_people(name):
    assert not is_person(name, ["my blog"])


@pytest.mark.parametrize("name", ["Ann Lee", "Ann", "李安", "J. R. R. Tolkien", "Mary-Jane O'Neil", "Björk Guðmundsdóttir"])
def test_people_are_people(name):
    assert is_person(name)


def write(item: int, source: int, name: str, email: str = "", url: str = "", kept: bool = True) -> Writing:
    return Writing(Byline(name, email, url), item, source, kept=kept, dropped=not kept)


def names(*writings: Writing, **more) -> list[tuple[str, tuple[str, ...]]]:
    return sorted((one.name, one.spellings) for one in group_people(writings, **more))


def test_an_equal_email_or_page_joins_spellings():
    by_mail = [write(1, 1, "Ann Lee", "a@x.org"), write(2, 1, "Ann Lee", "a@x.org"), write(3, 2, "A. Lee", "a@x.org")]
    assert names(*by_mail) == [("Ann Lee", ("A. Lee",))]
    by_page = [write(1, 1, "Ann Lee", url="https://ann.org"), write(2, 2, "annlee", url="http://www.ann.org/")]
    assert len(names(*by_page)) == 1
    chain = [write(1, 1, "Ann Lee", "a@x.org"), write(2, 2, "Lee Ann", "a@x.org", "https://ann.org"),
             write(3, 3, "Ann", url="https://ann.org")]  # fmt: skip
    assert len(names(*chain)) == 1


def test_an_equal_name_alone_joins_nobody_who_is_proven_to_be_somebody():
    people = group_people([
        write(1, 1, "Sam Lee", url="https://sam.org"), write(2, 2, "Sam Lee", url="https://other.org"), write(3, 3, "Sam Lee"),
    ])  # fmt: skip
    assert len(people) == 3
    assert all(len(one.maybe) == 2 for one in people)


def test_within_one_source_a_bare_name_is_its_one_owner():
    one = [write(1, 1, "Sam Lee", url="https://sam.org"), write(2, 1, "Sam Lee")]
    assert len(group_people(one)) == 1
    assert len(group_people([*one, write(3, 1, "Sam Lee", url="https://other.org")])) == 3


def test_a_newsrooms_address_joins_nobody():
    shared = [write(1, 1, "Ann Lee", "news@x.org"), write(2, 1, "Bo Dahl", "desk@x.org"), write(3, 1, "Cy Young", "post@x.org")]
    shared = [write(one.item, 1, one.byline.name, "mail@x.org", "https://x.org/") for one in shared]
    assert names(*shared) == [("Ann Lee", ()), ("Bo Dahl", ()), ("Cy Young", ())]


def test_who_writes_from_a_role_s_address_is_no_person():
    assert names(write(1, 1, "Acme Weekly", "editor@acme.org"), write(2, 1, "Ann Lee", "ann@acme.org")) == [("Ann Lee", ())]


def test_pages_that_name_each_other_join_spellings():
    two = [write(1, 1, "Jo Park", url="https://jo.org/"), write(2, 2, "J. Park", url="https://jp.org")]
    assert len(names(*two)) == 2
    assert len(names(*two, same=[("https://jo.org", "https://jp.org/")])) == 1


def test_the_order_of_what_came_does_not_matter():
    some = [write(1, 1, "Ann Lee", "a@x.org"), write(2, 2, "A. Lee", "a@x.org", "https://a.org"), write(3, 3, "Ann", url="https://a.org"),
            write(4, 3, "Bo"), write(5, 4, "Bo", "b@x.org")]  # fmt: skip
    one, other = group_people(some), group_people(some[::-1])
    assert [(person.key, person.keys, person.name) for person in one] == [
        (person.key, person.keys, person.name) for person in other
    ]


def test_a_near_name_on_the_same_site_is_said():
    near = group_people([write(1, 1, "Jon Park", url="https://x.org/jon"), write(2, 2, "John Park", url="https://x.org/john")])
    assert [one.maybe for one in near] == [("John Park (https://x.org/john)",), ("Jon Park (https://x.org/jon)",)][::-1]
    far = group_people([write(1, 1, "Jon Park", url="https://x.org/jon"), write(2, 2, "John Park", url="https://y.org/")])
    assert not any(one.maybe for one in far)


def test_the_score_counts_sources_and_what_was_kept():
    (ann,) = group_people([write(1, 1, "Ann Lee"), write(2, 2, "Ann Lee"), write(3, 3, "Ann Lee", kept=False)])
    assert (ann.places, ann.kept, ann.decided) == ({"1", "2", "3"}, 2, 3)
    assert ann.score == pytest.approx(2 + 2 * 2 / 8)


@pytest.mark.parametrize(("url", "site"), [
    ("https://ann.org/", "ann.org"), ("https://ann.org/about", "ann.org"), ("https://mag.org/author/ann", ""),
    ("https://mag.org/authors", ""), ("https://mag.org/a/b", ""), ("https://github.com/ann", "github.com/ann"),
    ("https://mag.org/?author=3", ""),
])  # fmt: skip
def test_a_page_on_a_site_of_many_is_not_the_site(url, site):
    assert own_site(url) == site
