"""Addresses and numbers of people, however they are written; and what only looks like them."""

import pytest

from pkm.addresses import address_key
from pkm.share.whose import Addresses, numbers_in

WRITTEN = ("ann@example.org", "bob@bücher.example", "o'neil@example.org", "r&d/x=y!z~{1}#@example.org", "eva@straße.example",
           '"lea low"@example.org', "ünal@example.org", "kim@संगठन.example")  # fmt: skip
KNOWN = Addresses({address_key(one): number for number, one in enumerate(WRITTEN, 1)})
PHONES = (("+49 30 5550123", 1), ("0171 / 2345678", 2), ("555 0199", 3), ("+1 212 555 0147", 4))


@pytest.mark.parametrize(("text", "whose"), [
    ("'ann@example.org'", 1), ("“ann@example.org”", 1), ("…ann@example.org", 1), ("wait...ann@example.org.", 1),
    ("(ann@example.org)", 1),
    ("mailto:ann@example.org?subject=x", 1), ("ANN@EXAMPLE.ORG", 1), ("_ann@example.org_", 1), ("ann＠example．org", 1),
    ("メールann@example.org", 1), ("ann@example.org.Then", 1), ("ann (at) example.org", 1), ("ann[at]example[dot]org", 1),
    ("ann at example dot org", 1), ("ann @ example.org", 1), ("bob@bücher.example", 2), ("bob@xn--bcher-kva.example", 2),
    ("o'neil@example.org", 3), ("'o'neil@example.org'", 3), ("o’neil@example.org", 3),
    ("‘o’neil@example.org’", 3), ("user=ann@example.org", 1),
    ("mary.ann@example.org", 0), ("joann@example.org", 0), ("ann@example.net", 0), ("ask Ann at example.org", 0),
    ("ann-example.org", 0),
    ("r&d/x=y!z~{1}#@example.org", 4), ("to=R&D/x=y!z~{1}#@Example.org&x", 4), ("d/x=y!z~{1}#@example.org", 0),
    ("https://x.example/ann@example.org", 1), ("**ann@example.org**", 1), ("|ann@example.org|", 1), ("a&ann@example.org", 1),
    ("ann@example。org", 1), ("ann@example.org。そして", 1), ("ann@example.orgまで", 1), ("ann@example｡org", 1),
    ("eva@straße.example", 5), ("eva@xn--strae-oqa.example", 5), ("EVA@STRASSE.EXAMPLE", 5), ("eva@STRAẞE.example", 5),
    ('"ann"@example.org', 1), ('"lea low"@example.org', 6), ('he said "x" "a\\nn"@example.org', 1), ('"joann"@example.org', 0),
    ("ann(work)@example.org", 1), ("ann@(work)example.org", 1), ("ann @example.org", 1), ("ann@ example.org", 1),
    ("ann@example.(a dot)org", 1), ("ÜNAL@example.org", 7), ("kim@संगठन.example", 8), ("(kim@संगठन.example)”", 8),
    ("ann", 0), ("", 0), ("neil@example.org", 0), ("looked at the dot org", 0), ("ann@example", 0),
])  # fmt: skip
def test_an_address_is_known_however_it_is_written(text: str, whose: int) -> None:
    assert [person for _, person in KNOWN.found_in(text)] == [whose] * bool(whose)


@pytest.mark.parametrize(("text", "allowed", "whose"), [
    ("eva@strasse.example", "eva@strasse.example", []), ("eva@straße.example", "eva@strasse.example", [1]),
    ("EVA@STRASSE.example", "eva@straße.example", [2]), ("eva@straße.example", "eva@straße.example", []),
    ("groß@x.example", "gross@x.example", [3]), ("gross@x.example", "groß@x.example", [4]),
    ("groß@x.example", "groß@x.example", []), ("big&groß@x.example", "big&groß@x.example", []),
])  # fmt: skip
def test_of_two_addresses_that_are_only_alike_one_is_not_the_other(text: str, allowed: str, whose: list[int]) -> None:
    twins = ("eva@straße.example", "eva@strasse.example", "groß@x.example", "gross@x.example")
    known = Addresses({address_key(one): number for number, one in enumerate(twins, 1)})
    assert [person for _, person in known.found_in(text, {address_key(allowed)})] == whose


@pytest.mark.parametrize(("text", "whose"), [
    ("030 / 555 01 23", 1), ("(030) 555-0123", 1), ("+49 (0)30 5550123", 1), ("0049 30 5550123", 1),
    ("+49\u201130\u20115550123", 1),
    ("030\u202f555\u202f0123", 1), ("030–555–0123", 1), ("０３０５５５０１２３", 1), ("https://wa.me/49305550123", 1),
    ("tel:+49-30-5550123", 1),
    ("https://api.whatsapp.com/send?phone=49305550123&x=1", 1), ("call…030.555.0123", 1), ("030 5550123 / 040 111222", 1),
    ("Tel:0305550123", 1),
    ("040 111222 / 030 5550123", 1), ("+49 171 2345678", 2), ("0171-2345678", 2), ("0041 171 2345678", 2), ("555 0199", 3),
    ("555-0199,", 3),
    ("(212) 555-0147", 4), ("212.555.0147", 4), ("001 212 555 0147", 4),
    ("030 5550124", 0), ("030 55501234", 0), ("https://x.example/5550199", 0), ("id=5550199", 0), ("1.5550199", 0),
    ("2026-11-23 09:00", 0),
    ("+44 20 5550123", 0), ("v5550199", 0), ("12 555 0199", 0), ("978-3-16-148410-0", 0), ("+1 646 555 0147", 0),
    ("0305550123456", 0), ("", 0),
])  # fmt: skip
def test_a_number_is_known_however_it_is_written(text: str, whose: int) -> None:
    assert {person for _, person, _ in numbers_in(text, PHONES)} == ({whose} if whose else set())


def test_nobody_is_found_where_nobody_is_known() -> None:
    assert not list(Addresses({}).found_in("ann (at) example.org, ann@example.org"))
    assert not list(numbers_in("030 5550123", ()))
