"""Contacts on the command line: added with their feed, shown on one screen, logged, promised to, due and put off."""

import json
import stat

import pytest

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Maria writes</title><link>{url}</link>
<item><title>One</title><link>{url}/1</link><guid>1</guid><description>First words.</description></item>
</channel></rss>"""
PAGE = """<!doctype html><html><head><title>Maria</title>
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>Hello</body></html>"""


@pytest.fixture
def site(server):
    """A person's page that names its feed; its address."""
    server.add("/", PAGE, content_type="text/html")
    server.add("/feed.xml", FEED.format(url=server.url), content_type="application/rss+xml")
    return server.url


def test_add_prints_the_id_first_and_list_shows_it(pkm):
    added = pkm("contact", "add", "Maria Silva", "--nick", "maria", "--email", "maria@example.org")
    assert added.out == "c1  Maria Silva\n"
    assert pkm("contact").out == pkm("contact", "list").out == "c1  Maria Silva  @maria\n"
    row = pkm.json("contact", "list")[0]
    assert (row["id"], row["name"], row["nick"], row["emails"]) == ("c1", "Maria Silva", "maria", ["maria@example.org"])


def test_an_empty_list_says_how_to_begin(pkm):
    result = pkm("contact")
    assert (result.out, "pkm contact add" in result.err) == ("", True)


def test_add_with_a_site_follows_its_feed_in_one_operation(pkm, site):
    result = pkm("contact", "add", "Maria Silva", "--url", site, "--circle", "network", "--because", "reads me")
    assert result.out == "c1  Maria Silva  in network  follows s1 Maria writes\n"
    assert "Next: pkm seek" in result.err
    sources = pkm.json("seek", "list")
    assert [(row["id"], row["contact"], row["url"]) for row in sources] == [("s1", "c1", f"{site}/feed.xml")]
    pkm("undo")
    assert pkm.json("contact", "list") == []
    assert pkm.json("seek", "list") == []


def test_a_feed_followed_already_becomes_theirs(pkm, site):
    pkm("seek", "add", f"{site}/feed.xml")
    pkm("contact", "add", "Maria", "--url", site)
    pkm("contact", "add", "Ken", "--url", f"{site}/feed.xml")
    assert [(row["id"], row["contact"]) for row in pkm.json("seek", "list")] == [("s1", "c1")]


@pytest.mark.parametrize("path", ["/no-feed", "/missing"])
def test_no_feed_is_said_and_the_contact_stays(pkm, server, path):
    server.add("/no-feed", "<html><body>Only words</body></html>", content_type="text/html")
    result = pkm("contact", "add", "Maria", "--url", server.url + path)
    assert result.out == "c1  Maria\n"
    assert "No feed was found at" in result.err
    assert f"pkm seek add {server.url}{path} --contact c1" in result.err


def test_no_network_is_said_and_the_contact_stays(pkm):
    result = pkm("contact", "add", "Maria", "--url", "http://127.0.0.1:9/")
    assert result.out == "c1  Maria\n"
    assert "127.0.0.1:9" in result.err


def test_no_follow_asks_nobody(pkm, site, server):
    pkm("contact", "add", "Maria", "--url", site, "--no-follow")
    assert not server.hits("/")
    assert pkm.json("seek", "list") == []


def test_a_feed_that_did_not_answer_is_looked_for_again(pkm, site, server):
    maria, step = ("contact", "add", "Maria Silva", "--nick", "maria", "--url", site), f"pkm seek add {site} --contact c1"
    pkm(*maria, "--no-follow")
    for command in (("seek",), ("seek", "list"), ("sense", "inbox")):
        assert pkm(*command).err == f"Nothing is followed yet. Maria Silva is there: {step}\n"
    assert f"not followed: {step}" in pkm("contact", "show", "c1").out
    assert (pkm(*maria, "--org", "ACME", ok=1).out, server.hits("/")) == ("", 0)
    assert pkm(*maria).out == "c1  Maria Silva  as before  follows s1 Maria writes\n"
    pkm("undo")
    assert pkm("contact", "edit", "c1", "--url", f"+{site}/feed.xml").out.endswith("  follows s2 Maria writes\n")
    pkm("undo")
    assert (pkm.json("seek", "list"), pkm.json("contact", "show", "c1")["sources"]) == ([], [])


def test_a_taken_nick_is_refused_before_the_network_is_asked(pkm, site, server):
    pkm("contact", "add", "Maria", "--nick", "maria")
    result = pkm("contact", "add", "Other", "--nick", "MARIA", "--url", site, ok=1)
    assert "There already is the contact Maria (c1)" in result.err
    assert "pkm contact show c1" in result.err
    assert not server.hits("/")


def test_hostile_names_stay_text(pkm):
    name = "\x1b]0;owned\x07\x1b[31m[red]x[/red]\x1b[0m " + "y" * 10_000
    result = pkm("contact", "add", name, "--org", "[bold]o[/bold]")
    assert "cut from" in result.err
    row = pkm.json("contact", "show", "c1")
    assert row["name"].startswith("[red]x[/red] yyy")
    assert len(row["name"]) == 200
    for shown in (pkm("contact"), pkm("contact", "show", "c1")):
        assert "\x1b" not in shown.out
        assert "[red]x[/red]" in shown.out


def test_a_mention_made_before_the_contact_means_them(pkm):
    pkm("sense", "note", "Walked with @maria today")
    result = pkm("contact", "add", "Maria Silva", "--nick", "maria")
    assert "1 earlier mention" in result.err
    assert [note["id"] for note in pkm.json("contact", "show", "maria")["notes"]] == ["n1"]


def test_renaming_keeps_what_notes_mean(pkm):
    pkm("contact", "add", "Maria Silva", "--nick", "maria")
    pkm("sense", "note", "Walked with @maria")
    pkm("contact", "edit", "maria", "--nick", "mc", "--name", "Maria Costa")
    pkm("sense", "note", "And again with @maria and [[Maria Silva]]")
    assert {note["id"] for note in pkm.json("contact", "show", "mc")["notes"]} == {"n1", "n2"}


def test_the_card_holds_it_on_one_screen(pkm, site):
    pkm("contact", "add", "Ken", "--nick", "ken")
    pkm("contact", "add", "Maria Silva", "--nick", "maria", "--email", "m@example.org", "--url", site, "--tag", "org",
        "--met", "a meetup", "--through", "ken", "--about", "draws maps")  # fmt: skip
    pkm("circle", "add", "practice", "--kind", "community")
    pkm("circle", "join", "practice", "maria", "--because", "co-hosts the meetup")
    pkm("seek", "pull", "--all")
    pkm("contact", "log", "maria", "call: demo", "--when", "yesterday")
    pkm("sense", "note", "Ask @maria about maps")
    assert pkm("contact", "show", "maria").out == f"""\
c2  Maria Silva  @maria
handles   m@example.org · {site}
met       a meetup, through c1 Ken
tags      #org
about     draws maps
last      2026-11-22 (21 h ago)
due       2027-01-03 (in 5 w; every 6 weeks)
circles   o2  practice (community) since 2026-11-23: co-hosts the meetup
lately    e1  2026-11-22  call: demo
writes    s1  Maria writes  1 item
          i1  2026-11-23  One
notes     n1  Ask @maria about maps
"""


def test_log_for_several_tells_each_ones_next_date(pkm):
    pkm("contact", "add", "Maria", "--nick", "maria", "--circle", "network")
    pkm("contact", "add", "Ken", "--every", "2w")
    result = pkm("contact", "log", "maria,ken", "call:", "promised the paper", "--when", "yesterday")
    assert result.out == """\
e1  call: promised the paper  2026-11-22
  p1  you owe: the paper
  c1  Maria  last touch 2026-11-22; next due 2027-05-23 (every 26 weeks)
  c2  Ken  last touch 2026-11-22; next due 2026-12-06 (every 2 weeks)
"""
    assert result.err == "Take it back: pkm undo 3\n"
    assert "still to come" in pkm("contact", "log", "ken", "x", "--when", "2027-01-01", ok=2).err
    assert pkm.json("contact", "log", "ken", "lunch", "--when", "today")["at"] == "2026-11-23T09:00:00Z"


def test_what_was_typed_into_a_log_is_kept_where_it_fails(pkm, home):
    result = pkm("contact", "log", "nobody", "a long story", ok=1)
    kept = next((home / "drafts").iterdir())
    assert str(kept) in result.err
    assert kept.read_text() == "pkm contact log -- nobody 'a long story'\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_due_next_and_snooze(pkm, monkeypatch):
    pkm("contact", "add", "Maria", "--every", "1w", "--tag", "maps")
    pkm("contact", "add", "Ken", "--every", "4w")
    pkm("sense", "note", "Old maps #maps")
    monkeypatch.setenv("PKM_NOW", "2026-12-25T09:00:00Z")
    rows = pkm.json("contact", "due")
    assert [(row["id"], row["due"], row["shade"]) for row in rows] == [
        ("c1", "2026-11-30T09:00:00Z", "late"), ("c2", "2026-12-21T09:00:00Z", "due"),
    ]  # fmt: skip
    assert "c1  Maria  2026-11-30" in pkm("contact", "due").out
    chosen = pkm.json("contact", "next")
    assert (chosen["id"], [note["id"] for note in chosen["fitting"]]) == ("c1", ["n1"])
    assert "Old maps" in pkm("contact", "next").out
    assert pkm("contact", "snooze", ".", "1w").out == "c1  Maria  not due before 2027-01-01\n"
    assert [row["id"] for row in pkm.json("contact", "due")] == ["c2"]
    pkm("contact", "snooze", "ken", "yesterday", ok=2)
    pkm("contact", "log", "ken", "called")
    assert pkm.json("contact", "due") == []
    assert pkm.json("contact", "next") is None


def test_edit_in_an_editor(pkm, editor, home):
    pkm("contact", "add", "Maria", "--nick", "maria")
    editor("sed -i 's/^org:.*/org: Map Works/; s/^every:.*/every: 6 weeks/; s/^email:.*/email: a@b.c, d@e.f/' \"$1\"")
    pkm("contact", "edit", "maria")
    row = pkm.json("contact", "show", "maria")
    assert (row["org"], row["own_every_s"], row["emails"]) == ("Map Works", 6 * 7 * 86_400, ["a@b.c", "d@e.f"])
    assert list((home / "drafts").iterdir()) == []


@pytest.mark.parametrize(
    ("script", "said"),
    [('echo "org: half" >> "$1"; exit 3', "ended with code 3"), ("sed -i 's/^nick:.*/shoe: 42/' \"$1\"", "shoe: 42")],
)
def test_an_edit_that_fails_changes_nothing_and_keeps_the_draft(pkm, editor, home, script, said):
    pkm("contact", "add", "Maria", "--nick", "maria")
    before = pkm.json("contact", "show", "maria")
    editor(script)
    result = pkm("contact", "edit", "maria", ok=(1, 2))
    kept = next((home / "drafts").iterdir())
    assert said in result.err
    assert str(kept) in result.err
    assert pkm.json("contact", "show", "maria") == before


def test_edit_without_editor_and_terminal_names_the_way(pkm, monkeypatch):
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    pkm("contact", "add", "Maria")
    assert "pkm contact edit c1 --name" in pkm("contact", "edit", "c1", ok=3).err


def test_edit_options_set_and_change_lists(pkm):
    pkm("contact", "add", "Maria", "--email", "a@b.c", "--tag", "org")
    pkm("contact", "edit", "maria", "--email", "+d@e.f", "--email", "-a@b.c", "--tag", "", "--every", "2w")
    row = pkm.json("contact", "show", "maria")
    assert (row["emails"], row["tags"], row["own_every_s"]) == (["d@e.f"], [], 14 * 86_400)
    assert "nothing changed" in pkm("contact", "edit", "maria", "--every", "2w").out


def test_a_rhythm_that_was_changed_is_called_as_its_option(pkm):
    pkm("contact", "add", "Maria")
    pkm("circle", "add", "practice", "--kind", "community")
    pkm("circle", "join", "practice", "maria", "--because", "retros")
    assert pkm("contact", "edit", "maria", "--every", "6w").out == "c1  Maria  changed: every\n"  # as the circle has it
    assert pkm("contact", "edit", "maria", "--every", "5w").out == "c1  Maria  changed: every\n"
    assert "changed every of c1" in pkm("log").out
    assert "c1  changed back  Maria (every: 5 weeks → 6 weeks)" in pkm("undo").out


def test_json_is_one_value_on_stdout(pkm):
    out = pkm("contact", "add", "Maria", "--json").out
    assert json.loads(out)["id"] == "c1"


def test_an_editor_that_is_not_there_or_takes_the_file_away(pkm, editor, monkeypatch):
    pkm("contact", "add", "Maria")
    editor('rm "$1"')
    assert "left no file" in pkm("contact", "edit", "c1", ok=1).err
    monkeypatch.setenv("EDITOR", "/nonexistent/editor")
    assert "/nonexistent/editor" in pkm("contact", "edit", "c1", ok=1).err


def test_a_reason_needs_a_circle(pkm):
    assert "--circle" in pkm("contact", "add", "Maria", "--because", "x", ok=2).err
    assert pkm.json("contact", "list") == []


@pytest.mark.parametrize("command", [["contact", "show", "nobody"], ["contact", "show", "c9"], ["circle", "show", "o9"],
                                     ["contact", "add", "x", "--circle", "nowhere"]])  # fmt: skip
def test_what_is_not_there_is_said(pkm, command):
    result = pkm(*command, ok=1)
    assert "Found nothing for" in result.err
    assert "Next:" in result.err


def test_several_matches_are_listed(pkm):
    pkm("contact", "add", "Ann Lee")
    pkm("contact", "add", "Ann Li")
    result = pkm("contact", "show", "ann", ok=2)
    assert "c1  Ann Lee" in result.err
    assert "c2  Ann Li" in result.err


def test_the_same_logged_twice_is_said_and_undone(pkm):
    pkm("contact", "add", "Ken")
    pkm("contact", "log", "ken", "call")
    told = pkm("contact", "log", "ken", "call")
    already = "It was logged already as e1, the same words with the same people that day.\n"
    assert told.err == f"{already}Take it back: pkm undo 3\n"
    pkm("undo", "3")
    assert pkm("contact", "log", "ken", "call", "--when", "yesterday").err == "Take it back: pkm undo 5\n"


def test_past_only_dates_are_explained_by_past_ones(pkm):
    pkm("contact", "add", "Ken")
    told = pkm("contact", "log", "ken", "call", "--when", "blurb", ok=2).err
    assert "yesterday, mon, 3d ago or 2026-11-20" in told
    assert "tomorrow" not in told


def test_an_interaction_is_no_contact_and_leads_on(pkm):
    pkm("contact", "add", "Ken")
    pkm("contact", "log", "ken", "call")
    assert "Next: pkm why e1" in pkm("contact", "show", "e1", ok=2).err
    assert pkm("why", "e1").err == "Next: pkm contact show c1\n"


def test_namesakes_are_told_apart_counted_and_listed(pkm):
    for number in range(12):
        pkm("contact", "add", f"John Roe{number}", "--org", f"Org {number}")
    told = pkm("contact", "show", "John", ok=2).err
    assert "(Org 1" in told
    assert "  10 of 12\n" in told
    assert "Next: name it by its id, or pkm contact list John" in told


def test_next_of_somebody_who_is_not_due(pkm):
    pkm("contact", "add", "Ken")
    pkm("contact", "log", "ken", "call")
    assert "call" in pkm("contact", "next", "ken").out
