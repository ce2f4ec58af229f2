"""Circles on the command line: made of a kind, joined and left for a reason, shown with who is quiet and what they got."""

import pytest

from tests.conftest import kept_home


@kept_home
def peopled(pkm):
    """o1 network, o2 practice (community); c1 maria, c2 ken."""
    pkm("contact", "add", "Maria Silva", "--nick", "maria")
    pkm("contact", "add", "Ken", "--nick", "ken")
    pkm("circle", "add", "practice", "--kind", "community", "--purpose", "to try ideas", "--tag", "org")


def test_a_new_home_has_the_network(pkm):
    assert pkm("circle").out == pkm("circle", "list").out
    rows = pkm.json("circle", "list")
    assert [(row["id"], row["name"], row["circle_kind"], row["channels"], row["members"]) for row in rows] == [
        ("o1", "network", "network", ["site"], 0)
    ]


def test_add_prints_the_id_first(pkm):
    assert pkm("circle", "add", "practice", "--kind", "community").out == "o2  practice  community\n"
    result = pkm("circle", "add", "PRACTICE", "--kind", "team", ok=1)
    assert "There already is the circle practice (o2): it is a community" in result.err


def test_an_unknown_kind_names_the_three(pkm):
    result = pkm("circle", "add", "x", "--kind", "family", ok=2)
    assert "it should be one of team, community, network" in result.err
    assert len(pkm.json("circle", "list")) == 1


def test_join_tells_tie_rhythm_and_undo(peopled):
    peopled("circle", "join", "network", "maria")
    result = peopled("circle", "join", "practice", "maria", "ken", "--because", "co-hosts the meetup")
    assert result.out == """\
c1  Maria Silva joined o2 practice
  closest circle: network → community; in touch every 6 weeks (before: 26 weeks), next due 2027-01-04
c2  Ken joined o2 practice
  closest circle: none → community; in touch every 6 weeks, next due 2027-01-04
"""
    assert result.err.endswith("Take it back: pkm undo 5\n")
    peopled("undo", 5)
    assert [row["circles"] for row in peopled.json("contact", "list")] == [[], ["network"]]


def test_joining_twice_is_said_and_changes_nothing(peopled):
    peopled("circle", "join", "practice", "maria", "--because", "co-hosts")
    result = peopled("circle", "join", "practice", "maria", "--because", "again")
    assert result.out == ""
    assert "c1  Maria Silva is in practice already, since 2026-11-23; nothing was changed." in result.err
    again = peopled.json("circle", "join", "practice", "maria")
    assert (again["operation"], again["moves"][0]["changed"]) == (None, False)


def test_show_has_members_who_came_and_went_and_why(peopled):
    peopled("circle", "join", "practice", "maria,ken", "--because", "co-hosts the meetup")
    left = peopled("circle", "leave", "practice", "ken", "--because", "moved on")
    assert "closest circle: community → none; no rhythm (before: 6 weeks)" in left.out
    assert peopled("circle", "show", "practice").out == """\
o2  practice (community, in touch every 6 weeks)
  for        to try ideas
  interests  #org
  channels   nothing reaches it yet. Next: pkm circle edit o2 --channel NAME
  got        nothing from you yet. Next: pkm share --to practice
  quarter    2 joined, 1 left since 2026-10-01 (the last 2; all: pkm why o2)
    + c1  Maria Silva  2026-11-23: co-hosts the meetup
    + c2  Ken  2026-11-23: co-hosts the meetup
1 member
  c1  Maria Silva  since 2026-11-23  no touch logged  co-hosts the meetup
"""
    assert "    - c2  Ken  2026-11-23: moved on" in peopled("circle", "show", "practice", "-n", "20").out
    shown = peopled.json("circle", "show", "o2")
    assert [one["id"] for one in shown["people"]] == ["c1"]
    assert [(stay["contact"], stay["left_because"]) for stay in shown["left"]] == [("c2", "moved on")]
    assert shown["members"] == 1


def test_show_has_evidence_the_quiet_and_what_it_got(peopled, monkeypatch):
    peopled("sense", "note", "Maps with @maria #org", "--reach", "network")
    peopled("circle", "join", "network", "maria", "ken")
    peopled("contact", "log", "ken", "call")
    peopled("share", "--yes")
    monkeypatch.setenv("PKM_NOW", "2027-11-23T09:00:00Z")
    peopled("contact", "log", "maria", "met")
    shown = peopled.json("circle", "show", "network")
    evidence = {one["id"]: {part: of for part, of in one["evidence_ids"].items() if of} for one in shown["people"]}
    assert evidence == {"c1": {"interactions": ["e2"], "notes": ["n1"]}, "c2": {"interactions": ["e1"]}}
    assert {one["id"]: one["evidence"]["notes"] for one in shown["people"]} == {"c1": 1, "c2": 0}
    assert shown["quiet"] == ["c2"]
    assert shown["silent"][0]["last"] == {"id": "e1", "kind": "interaction", "title": "call", "at": "2026-11-23T09:00:00Z"}
    assert [(share["id"], share["answers"]) for share in shown["shares"]] == [("x1", 0)]
    assert (shown["gave"]["shares"], shown["gave"]["share"], shown["came_back"]["answers"]) == (1, "x1", 0)
    assert (shown["quarter"]["joined"], shown["quarter"]["since"]) == ([], "2027-10-01T00:00:00Z")
    told = peopled("circle", "show", "network").out
    assert "  quiet      c2 Ken (e1 11 mo ago)\n" in told
    assert "  got        1 share from you; last 2026-11-23 (11 mo ago), x1 “Finds, 23 November 2026”\n" in told


def test_leaving_never_guesses(peopled):
    peopled("circle", "join", "practice", "maria")
    result = peopled("circle", "leave", "practice", "maria sil", ok=2)
    assert "c1" in result.err
    assert peopled.json("circle", "show", "practice")["members"] == 1


def test_edit(peopled):
    peopled("circle", "edit", "practice", "--channel", "site", "--tag", "+map", "--every", "4w", "--name", "Practice")
    row = peopled.json("circle", "show", "practice")
    assert (row["name"], row["channels"], row["tags"]) == ("Practice", ["site"], ["map", "org"])
    assert row["every_s"] == 28 * 86_400
    peopled("circle", "edit", "practice", "--channel", "-site", "--every", "")
    row = peopled.json("circle", "show", "practice")
    assert (row["channels"], row["every_s"]) == ([], None)
    assert "there is site" in peopled("circle", "edit", "practice", "--channel", "pigeon", ok=1).err
    assert "nothing is said" in peopled("circle", "edit", "practice", ok=2).err


def test_a_new_name_says_which_settings_hold_for_it_no_more(peopled):
    peopled("config", "share.quiet", "22:00-07:00; practice 20:00-09:00")
    peopled("config", "share.weekly", "Practice 1; network 3")
    assert "share." not in peopled("circle", "edit", "practice", "--name", "PRACTICE").err
    assert peopled.json("doctor") == []
    told = peopled("circle", "edit", "practice", "--name", "peers").err
    assert "share.quiet still says PRACTICE, and holds for it no more. Next: pkm config share.quiet" in told
    assert "share.weekly still says PRACTICE" in told
    found = {one["id"]: (one["state"], one["title"]) for one in peopled.json("doctor", ok=1)}
    assert found == dict.fromkeys(("setting share.quiet", "setting share.weekly"),
                                  ("wrong", "it names practice, and no circle is called so: it holds for nobody"))  # fmt: skip


def test_a_new_kind_tells_whose_tie_changes(peopled):
    peopled("circle", "join", "practice", "maria")
    result = peopled("circle", "edit", "practice", "--kind", "team")
    assert "  changed: kind\n" in result.out
    assert "c1  Maria Silva  closest circle: community → team; in touch every 2 weeks (before: 6 weeks)" in result.err


def test_the_reason_to_have_left_can_be_given_later(pkm):
    pkm("contact", "add", "Ken", "--circle", "network")
    pkm("circle", "leave", "network", "c1")
    assert "the reason is kept now" in pkm("circle", "leave", "network", "c1", "--because", "moved on").err
    assert "moved on" in pkm("circle", "leave", "network", "c1", "--because", "another").err


def test_a_circle_without_a_kind_names_the_kinds(pkm):
    told = pkm("circle", "add", "my team", ok=2).err
    assert "a team (strong ties), a community (trust) or a network (loose ties)" in told
    assert "Next: pkm circle add 'my team' --kind community" in told


@pytest.mark.parametrize("words", [("join", "pratice", "maria"), ("leave", "pratice", "maria")])
def test_no_circle_is_guessed(peopled, words):
    result = peopled("circle", *words, ok=2)
    assert "nothing was guessed. Did you mean o2 practice?" in result.err
    assert [row["members"] for row in peopled.json("circle", "list")] == [0, 0]


def test_a_changed_kind_says_how_it_is_taken_back(peopled):
    told = peopled("circle", "edit", "practice", "--kind", "network").err
    assert "Take it back: pkm undo 4" in told
    peopled("undo", "4")
    assert peopled.json("circle", "show", "practice")["circle_kind"] == "community"
    assert "Take it back" not in peopled("circle", "edit", "practice", "--name", "practise").err
