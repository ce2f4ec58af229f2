"""Who may be one person: the signs, what speaks against it, the order, and that few pairs are compared."""

from itertools import combinations

import pytest

from pkm.people.duplicates import Candidate, find_pairs, judge, pair_key, read_candidate


def person(number: int, name: str, *handles: tuple[str, str], org: str = "", birthday: str = "") -> Candidate:
    return read_candidate({
        "id": number, "name": name, "org": org, "birthday": birthday,
        "handles": [{"kind": kind, "value": value, "label": ""} for kind, value in handles],
    })  # fmt: skip


@pytest.mark.parametrize(("one", "other", "reasons"), [
    (person(1, "Ann Lee", ("email", "a@x.org")), person(2, "A", ("email", "A@X.org")), ["the same e-mail, a@x.org"]),
    (person(1, "Ann Lee", ("email", "ann.lee+news@gmail.com")), person(2, "Lee", ("email", "annlee@googlemail.com")),
     ["e-mails that may reach one mailbox, annlee@gmail.com"]),
    (person(1, "Ann Lee", ("phone", "+49 30 1234567")), person(2, "Lee", ("phone", "030 1234567")),
     ["the same telephone number, +49 30 1234567"]),
    (person(1, "Ann Lee", ("url", "https://www.linkedin.com/in/Ann/")), person(2, "A", ("url", "https://de.linkedin.com/in/ann")),
     ["the same profile, linkedin.com/in/ann"]),
    (person(1, "Ann Lee", ("matrix", "@ann:x.org")), person(2, "A", ("matrix", "@ANN:x.org")),
     ["the same matrix account, @ANN:x.org"]),
    (person(1, "Ann Lee", org="Acme"), person(2, "Lee, Ann", org="ACME"), ["the same name", "the same organization, Acme"]),
    (person(1, "Ann Lee"), person(2, "Otto", ("alias", "Ann Lee")), ["the same name"]),
    (person(1, "Ann Silva", ("phone", "030 1234567")), person(2, "Ben Silva", ("phone", "030 1234567")),
     ["the same telephone number, 030 1234567", "but the names differ"]),
    (person(1, "Ann Lee", birthday="1980-05-01"), person(2, "Ann Lee", birthday="19810502"),
     ["the same name", "but the birthdays differ"]),
    (person(1, "Ann Lee", birthday="--05-01"), person(2, "Ann Lee", birthday="1980-05-01"), ["the same name"]),
    (person(1, "Ann Lee", ("url", "https://github.com/ann")), person(2, "Ann Lee", ("url", "https://github.com/ann2")),
     ["the same name", "but two accounts at github.com"]),
])  # fmt: skip
def test_the_reasons_are_told(one: Candidate, other: Candidate, reasons: list[str]) -> None:
    pair = judge(one, other)
    assert pair is not None
    told = [reason.what for reason in pair.because]
    assert [what.lower() for what in told] == [what.lower() for what in reasons]
    assert 0 < pair.score < 1


@pytest.mark.parametrize(("one", "other"), [
    (person(1, "Ann Lee", org="Acme"), person(2, "Otto Berg", org="Acme")),
    (person(1, "(no name)"), person(2, "(no name)")),
    (person(1, "ann@x.org", ("email", "ann@x.org")), person(2, "ann@y.org", ("email", "ann@y.org"))),
    (person(1, "Ann Lee", ("email", "ann.lee@x.org")), person(2, "Otto", ("email", "annlee@x.org"))),
])  # fmt: skip
def test_nothing_speaks_for_it(one: Candidate, other: Candidate) -> None:
    assert judge(one, other) is None


def test_the_strongest_comes_first_and_the_one_with_more_stays() -> None:
    people = [
        person(1, "Ann Lee"), person(2, "Ann Lee", ("phone", "030 1234567"), org="Acme"),
        person(3, "Ann Lee", ("phone", "+49301234567"), org="acme"), person(4, "A. Lee"), person(5, "Otto Berg"),
    ]  # fmt: skip
    found = find_pairs(people, {3: 5})
    assert [(pair.one.id, pair.other.id) for pair in found][:2] == [("c3", "c2"), ("c1", "c2")]
    assert [pair.score for pair in found] == sorted((pair.score for pair in found), reverse=True)
    assert found == find_pairs(reversed(people), {3: 5})
    assert not {"c5"} & {who.id for pair in found for who in (pair.one, pair.other)}


def test_what_was_dismissed_is_not_told_again() -> None:
    people = [person(40, "Ann Lee"), person(12, "Ann Lee")]
    assert [pair.key for pair in find_pairs(people, {})] == ["c12,c40"]
    assert find_pairs(people, {}, {"c12,c40"}) == []


def test_a_number_that_many_have_is_no_sign() -> None:
    names = ["Ann Lee", "Ben Ott", "Cyd Roy", "Dan Fox", "Eve Kim", "Fay Moe"]
    people = [person(number, name, ("phone", "030 1234567")) for number, name in enumerate(names, 1)]
    assert find_pairs(people, {}) == []
    assert len(find_pairs(people[:2], {})) == 1


GIVEN = [start + end for start in ("ma", "jo", "ka", "lu", "pe") for end in ("ria", "hn", "rla", "kas", "ter")]
FAMILY = [start + end for start in ("silva", "meyer", "lopez", "kowal", "hoffer") for end in ("", "son", "mann", "ova")]


def test_comparing_few_pairs_finds_what_comparing_all_finds() -> None:
    names = [f"{given} {family}" for given in GIVEN for family in FAMILY[:4]]
    slips = [name[:3] + name[4:] for name in names[::7]] + [f"{name[0]}. {name.split()[1]}" for name in names[::9]]
    people = [person(number, name) for number, name in enumerate([*names, *slips, *names[::11]], 1)]
    every = {
        pair_key(one.number, other.number) for one, other in combinations(people, 2)
        if (pair := judge(one, other)) is not None and pair.score >= 0.45
    }  # fmt: skip
    found = {pair.key for pair in find_pairs(people, {})}
    assert every
    assert len(every - found) <= 0.05 * len(every)
