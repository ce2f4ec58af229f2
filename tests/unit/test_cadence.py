"""The fields of contacts and circles as they are typed: kinds, lists, the form of an editor, and who is quiet."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.dates import stamp
from pkm.errors import Invalid
from pkm.people.cadence import name_shade
from pkm.people.circles import check_kind
from pkm.people.contacts import Fields, changed_list, clean_fields
from pkm.people.form import read_form, write_form
from pkm.store.standings import EVERY_S

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK_S = 7 * 86_400


def at(days: float) -> str:
    return stamp(NOW + timedelta(days=days))


def test_the_defaults_are_those_of_the_kinds():
    assert {kind: seconds / WEEK_S for kind, seconds in EVERY_S.items()} == {"team": 2, "community": 6, "network": 26}


@pytest.mark.parametrize(
    ("due", "every_s", "shade"),
    [
        (None, None, ""),
        (None, WEEK_S, ""),
        (at(1), WEEK_S, "later"),
        (at(0), WEEK_S, "due"),
        (at(-3.4), WEEK_S, "due"),
        (at(-3.5), WEEK_S, "late"),
        (at(-400), 26 * WEEK_S, "late"),
    ],
)
def test_shade(due, every_s, shade):
    assert name_shade(due, every_s, NOW) == shade


@pytest.mark.parametrize(
    ("current", "given", "after"),
    [
        (["a", "b"], ["c"], ("c",)),
        (["a", "b"], ["+c", "-A"], ("b", "c")),
        (["a"], ["+A"], ("a",)),
        (["a"], [""], ()),
    ],
)
def test_changed_list(current, given, after):
    assert changed_list(current, given) == after


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        (Fields(name="\x1b[2J \u202e"), "needs a name"),
        (Fields(nick="maria silva"), "one word"),
        (Fields(nick="c12"), "reads as an id"),
        (Fields(emails=("not an address",)), "one address"),
        (Fields(emails=("a@b,c@d",)), "one address"),
        (Fields(urls=("javascript:alert(1)",)), "of the web"),
        (Fields(urls=("file:///etc/passwd",)), "of the web"),
        (Fields(urls=("https://",)), "of the web"),
    ],
)
def test_what_can_be_no_field_is_refused(fields, why):
    with pytest.raises(Invalid) as caught:
        clean_fields(fields)
    assert why in caught.value.why


def test_fields_are_cleaned_and_cut_with_a_warning():
    fields, warnings = clean_fields(
        Fields(name="\x1b[31mAnn\x1b[0m\n[bold]Lee[/bold]", org="x" * 10_000, nick="@ann", urls=("ann.example.org/a",))
    )
    assert fields.name == "Ann [bold]Lee[/bold]"
    assert len(fields.org or "") == 200
    assert warnings == ("the org was cut from 10,000 characters to 200",)
    assert (fields.nick, fields.urls) == ("ann", ("https://ann.example.org/a",))


@pytest.mark.parametrize(("typed", "kind"), [("team", "team"), ("Community", "community")])
def test_kind_of_circle(typed, kind):
    assert check_kind(typed) == kind


def test_form_comes_back_as_it_was_written():
    row = {
        "name": "Maria: Silva", "nick": "maria", "org": "", "role": "", "met": "at a meetup", "through": "c3",
        "about": "# likes\nmaps: old ones\n\nend", "tags": ["org", "a/b"],
        "handles": [{"kind": "email", "value": "a@b.c"}, {"kind": "email", "value": "d@e.f"},
                    {"kind": "alias", "value": "M. Silva"}],
    }  # fmt: skip
    form = read_form(write_form(row, "6 weeks"))
    assert form.fields == Fields(
        name="Maria: Silva", nick="maria", org="", role="", met="at a meetup", about="# likes\nmaps: old ones\n\nend",
        emails=("a@b.c", "d@e.f"), urls=(), aliases=("M. Silva",), tags=("org", "a/b"),
    )  # fmt: skip
    assert (form.through, form.every) == ("c3", "6 weeks")


@given(st.text(), st.text(), st.lists(st.text(), max_size=3))
def test_any_text_is_a_field_or_one_of_our_errors(name, line, several):
    try:
        fields, _ = clean_fields(Fields(name, nick=line, met=line, emails=tuple(several), urls=tuple(several)))
    except Invalid:
        return
    for text in (fields.name or "", fields.met or "", *(fields.emails or ()), *(fields.urls or ())):
        assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in text)
    assert 0 < len(fields.name or "") <= 200


@given(st.lists(st.sampled_from(["name: a", "org:", "# x", "", "about: b", "email: a@b.c, ", "met", "\x1b: y"])))
def test_any_lines_are_a_form_or_invalid(lines):
    with contextlib.suppress(Invalid):
        form = read_form("\n".join(lines))
        assert form.fields.name in (None, "a")


@pytest.mark.parametrize("text", ["name Maria", "name: a\nname: b", "phone: 1", "name: a\nwhatever"])
def test_a_form_that_cannot_be_read_names_its_line(text):
    with pytest.raises(Invalid) as caught:
        read_form(text)
    assert "line " in caught.value.what


@pytest.mark.parametrize(
    ("days", "quiet"),
    [
        ([], None),
        ([10], None),
        ([31], 31),
        ([40, 41, 42], 40),
        ([29, 30, 31], None),
        ([80, 120, 160], None),
        ([125, 165, 205], 125),
    ],
    ids=["nothing", "one", "one, long ago", "daily, then not", "under 30 days", "slow", "slow, and over three gaps"],
)
def test_who_is_quiet(days, quiet):
    from pkm.people.cadence import quiet_since

    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    dates = [stamp(at - timedelta(days=number)) for number in days]
    assert quiet_since(dates, at) == (None if quiet is None else stamp(at - timedelta(days=quiet)))


@pytest.mark.parametrize("given", [["+a", "b"], ["-a", "b"], ["b", "-a@example.org"]])
def test_a_list_is_given_whole_or_changed_but_not_both(given: list[str]) -> None:
    with pytest.raises(Invalid, match="not both"):
        changed_list(["a"], given)


@pytest.mark.parametrize("email", ["-maria@example.org", "+maria@example.org"])
def test_a_sign_is_no_part_of_an_address(email: str) -> None:
    with pytest.raises(Invalid):
        clean_fields(Fields(emails=(email,)))
