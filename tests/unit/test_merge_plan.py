"""Which value of each field stays: the plan of a merge, as it is shown before."""

import json
from typing import Any

import pytest

from pkm.people.merging import MergePlan, plan_merge, read_takes

Row = dict[str, Any]


def contact(number: int, name: str, *handles: tuple[str, str], **fields: Any) -> Row:
    empty = dict.fromkeys(("nick", "org", "role", "met", "about", "birthday", "vcard"), "")
    none = dict.fromkeys(("through_id", "every_s", "read_every_s", "snoozed_until"))
    listed = [{"kind": kind, "value": value, "label": ""} for kind, value in handles]
    return {
        **empty, **none, "id": number, "uid": f"u{number}", "name": name, "handles": listed, "tags": [], "through_name": "",
        "created_at": f"2026-01-{number:02}", **fields,
    }  # fmt: skip


def plan(rows: list[Row], *takes: str) -> MergePlan:
    return plan_merge(rows, read_takes(takes, rows))


def handles(done: MergePlan, kind: str) -> list[str]:
    return [value for other, value, _ in done.handles if other == kind]


ANN = contact(12, "Ann Lee", ("email", "a@x.org"), ("phone", "030 1234567"), nick="ann", org="Acme", tags=["org"])
TOO = contact(4, "A. Lee", ("email", "b@y.org"), ("phone", "+49 30 1234567"), nick="al", role="Lead", org="Other",
              about="Second.", met="by mail", tags=["Org", "maps"])  # fmt: skip


def test_without_a_word_nothing_is_empty_and_lists_hold_all() -> None:
    done = plan([ANN, TOO])
    assert {key: done.columns[key] for key in ("name", "nick", "org", "role", "about", "created_at")} == {
        "name": "Ann Lee", "nick": "ann", "org": "Acme", "role": "Lead", "about": "Second.", "created_at": "2026-01-04",
    }  # fmt: skip
    assert handles(done, "email") == ["a@x.org", "b@y.org"]
    assert handles(done, "phone") == ["030 1234567", "+49 30 1234567"]
    assert handles(done, "alias") == ["A. Lee", "al"]
    assert handles(done, "uid") == ["u4"]
    assert done.tags == ("org", "maps")
    origins = {one.field: one.origin for one in done.fields}
    assert (origins["name"], origins["role"], origins["email"]) == ("c12", "c4", "both")
    lost = {one.field: [value for _, value in one.lost] for one in done.fields if one.lost}
    assert lost == {"org": ["Other"]}


@pytest.mark.parametrize(("mine", "theirs", "kept"), [
    ("123456789", "3456789", ["123456789", "3456789"]),
    ("030 1234567", "+49 30 1234567", ["030 1234567", "+49 30 1234567"]),
    ("+30 1234567", "030 1234567", ["+30 1234567", "030 1234567"]),
    ("030 1234567", "030 1234567 ext. 5", ["030 1234567", "030 1234567 ext. 5"]),
    ("+49 (0)30 1234567", "0049-30-1234567", ["+49 (0)30 1234567"]),
])  # fmt: skip
def test_no_number_goes_for_one_that_may_be_it(mine: str, theirs: str, kept: list[str]) -> None:
    done = plan([contact(1, "Ann", ("phone", mine)), contact(2, "Ann L", ("phone", theirs))])
    assert handles(done, "phone") == kept
    assert next(one for one in done.fields if one.field == "phone").lost == ()


def test_an_alias_that_is_the_nick_of_the_other_is_not_lost() -> None:
    done = plan([contact(1, "Ann", nick="annie"), contact(2, "Ann L", ("alias", "Annie"))])
    assert [one.lost for one in done.fields if one.field == "alias"] in ([], [()])


@pytest.mark.parametrize(("takes", "field", "kept", "origin"), [
    (["name=c4"], "name", ("A. Lee",), "c4"),
    (["name=@al"], "name", ("A. Lee",), "c4"),
    (["org=A. Lee"], "org", ("Other",), "c4"),
    (["email=c4"], "email", ("b@y.org",), "c4"),
    (["email=both"], "email", ("a@x.org", "b@y.org"), "both"),
    (["email=c4,name=c12"], "email", ("b@y.org",), "c4"),
    (["role=c12"], "role", (), ""),
    (["tag=c12"], "tag", ("org",), "c12"),
    (["about=c12"], "about", (), ""),
])  # fmt: skip
def test_what_is_asked_for_stays(takes: list[str], field: str, kept: tuple[str, ...], origin: str) -> None:
    found = next(one for one in plan([ANN, TOO], *takes).fields if one.field == field)
    assert (found.kept, found.origin) == (kept, origin)


def test_the_name_that_gives_way_is_an_alias_whoever_had_it() -> None:
    done = plan([ANN, TOO], "name=c4", "nick=c4", "alias=c12")
    assert (done.columns["name"], done.columns["nick"]) == ("A. Lee", "al")
    assert handles(done, "alias") == ["Ann Lee", "ann"]


def test_texts_of_both_are_joined_once() -> None:
    done = plan([contact(1, "A", about="One.", met="here"), contact(2, "A", about="Two.", met="HERE")])
    assert (done.columns["about"], done.columns["met"]) == ("One.\n\nTwo.", "here")


def test_nobody_is_met_through_themselves() -> None:
    rows = [contact(1, "A", through_id=2, through_name="B"), contact(2, "B", through_id=9, through_name="Ken")]
    done = plan(rows)
    assert done.columns["through_id"] == 9
    assert next(one for one in done.fields if one.field == "through").kept == ("c9 Ken",)
    assert plan([rows[0], contact(2, "B", through_id=1)]).columns["through_id"] is None


def test_what_only_their_cards_say_is_kept_of_all() -> None:
    one = contact(1, "A", vcard=json.dumps(["X-A:1", "X-B:2"]))
    other = contact(2, "A", vcard=json.dumps(["X-B:2", "X-C:3", "pkm.UID:u7"]))
    assert json.loads(plan([one, other]).columns["vcard"]) == ["X-A:1", "X-B:2", "X-C:3", "pkm.UID:u7"]
    assert plan([contact(1, "A"), contact(2, "B")]).columns["vcard"] == ""


def test_the_parts_of_a_name_go_with_the_name_and_a_second_picture_is_one_more() -> None:
    one = contact(1, "Ann Lee", vcard=json.dumps(["pkm.N:Lee;Ann", "pkm.PHOTO:a", "pkm.X-PKM-AS:ann lee"]))
    other = contact(2, "A. Lee", vcard=json.dumps(["pkm.N:Lee;A.", "pkm.PHOTO:b", "pkm.X-PKM-AS:a. lee"]))
    kept = ["pkm.PHOTO:a", "pkm.X-PKM-AS:ann lee", "PHOTO:b", "pkm.X-PKM-AS:a. lee"]
    assert json.loads(plan([one, other]).columns["vcard"]) == ["pkm.N:Lee;Ann", *kept]
    turned = json.loads(plan([one, other], "name=c2").columns["vcard"])
    assert sorted(turned) == sorted(["pkm.N:Lee;A.", *kept])


def test_three_are_one() -> None:
    done = plan([ANN, TOO, contact(7, "Ann", ("matrix", "@ann:x.org"))])
    assert [row["id"] for row in done.gone] == [4, 7]
    assert handles(done, "matrix") == ["@ann:x.org"]
    assert handles(done, "alias") == ["A. Lee", "al"]
    assert done.as_dict()["merged"] == ["c4", "c7"]
