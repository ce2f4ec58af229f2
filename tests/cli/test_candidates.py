"""`pkm circle candidates` and `pkm share heard` as a person uses them, and what they say to what cannot be."""

import pytest

from tests.conftest import kept_home


@kept_home
def peopled(pkm, tmp_path):
    """o2 practice (community, by a folder, for #org); c1 maria and c2 ken around it, c3 ann in it; x1 went to it."""
    pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    pkm("circle", "add", "practice", "--kind", "community", "--tag", "org", "--channel", "drop")
    for name, nick in (("Maria Silva", "maria"), ("Ken", "ken"), ("Ann", "ann")):
        pkm("contact", "add", name, "--nick", nick)
    pkm("circle", "join", "network", "maria")
    pkm("circle", "join", "practice", "ann", "--because", "peer")
    pkm("sense", "note", "Walking retros work better", "--reach", "community")
    pkm("share", "--to", "practice", "--yes")


def met(pkm) -> None:
    """Maria answered, was talked to, and is in a note with the circle's subject."""
    pkm("share", "heard", "x1", "--from", "maria", "tried it, worked")
    pkm("contact", "log", "maria", "call: demo")
    pkm("sense", "note", "What @maria says of #org/design")


class TestCandidates:
    def test_each_with_the_sum_the_parts_in_words_and_their_ids(self, peopled):
        met(peopled)
        result = peopled("circle", "candidates", "practice")
        assert result.out == """\
c1  Maria Silva  (network)  4.00
    answered once       r1  last 2026-11-23
    in touch once       e1  last 2026-11-23
    shares #org         n2
    in 1 note of yours  n2  last 2026-11-23
"""
        assert result.err == """\
1 candidate for practice, of 2 people around it
Next: pkm circle join practice c1 --because "…"
"""
        rows = peopled.json("circle", "candidates", "practice")
        assert [(row["id"], row["kind"], row["name"], row["title"], row["score"]) for row in rows] == [
            ("c1", "contact", "Maria Silva", "Maria Silva", 4.0)
        ]
        assert [(one["what"], one["part"], one["points"], one["ids"]) for one in rows[0]["because"]] == [
            ("answered once", "answers", 1.33, ["r1"]), ("in touch once", "interactions", 1.0, ["e1"]),
            ("shares #org", "interests", 1.0, ["n2"]), ("in 1 note of yours", "mentions", 0.67, ["n2"]),
        ]  # fmt: skip

    def test_nobody_is_moved_and_a_member_is_none(self, peopled):
        met(peopled)
        before = peopled("log").out
        peopled("circle", "candidates", "practice")
        assert peopled("log").out == before
        peopled("circle", "join", "practice", "maria", "--because", "answers")
        assert peopled.json("circle", "candidates", "practice") == []

    def test_without_evidence_it_is_said_what_counts(self, peopled):
        result = peopled("circle", "candidates", "practice")
        assert result.out == ""
        assert "of 2 people around it, with none has enough passed between you" in result.err
        assert 'pkm share heard x1 --from WHO "…"' in result.err
        for who in ("maria", "ken"):
            peopled("circle", "join", "practice", who, "--because", "peer")
        assert "Nobody is around practice" in peopled("circle", "candidates", "practice").err

    def test_a_team_looks_into_the_communities_too(self, peopled):
        peopled("circle", "add", "crew", "--kind", "team")
        peopled("contact", "log", "ann", "call")
        peopled("sense", "note", "As @ann said")
        assert [row["id"] for row in peopled.json("circle", "candidates", "crew")] == ["c3"]
        assert peopled.json("circle", "candidates", "practice") == []

    def test_who_is_only_read_stands_apart(self, peopled):
        for number in range(3):
            peopled("sense", "note", f"Thought {number} of @ken on #org")
        assert peopled.json("circle", "candidates", "practice") == []
        assert "1 person you read and quote, from whom nothing has come yet: --all" in peopled(
            "circle", "candidates", "practice"
        ).err
        rows = peopled.json("circle", "candidates", "practice", "--all")
        assert [(row["id"], row["both_ways"]) for row in rows] == [("c2", False)]

    def test_a_dismissal_holds_until_new_evidence_comes(self, peopled, monkeypatch):
        met(peopled)
        told = peopled("circle", "candidates", "practice", "--dismiss", "maria", "--because", "no time this year")
        assert told.out == "c1  Maria Silva  is not proposed until new evidence comes\n"
        assert peopled.json("circle", "candidates", "practice") == []
        monkeypatch.setenv("PKM_NOW", "2026-12-01T09:00:00Z")
        peopled("contact", "edit", "maria", "--tag", "+org")
        assert peopled.json("circle", "candidates", "practice") == []
        assert "1 person left or dismissed" in peopled("circle", "candidates", "practice").err
        peopled("contact", "log", "maria", "she called", "--when", "2026-11-01")  # heard of later is new as well
        assert [row["dismissed_at"] for row in peopled.json("circle", "candidates", "practice")] == ["2026-11-23T09:00:00Z"]
        peopled("circle", "candidates", "practice", "--dismiss", "maria", "--because", "still none")
        assert peopled.json("circle", "candidates", "practice") == []
        dismissed = peopled.json("circle", "candidates", "practice", "--dismissed")
        assert [(row["id"], row["because"], row["at"]) for row in dismissed] == [
            ("c1", "still none", "2026-12-01T09:00:00Z")
        ]

    def test_a_dismissal_is_of_one_circle_and_can_be_taken_back(self, peopled):
        met(peopled)
        peopled("circle", "add", "other", "--kind", "community")
        peopled("circle", "candidates", "practice", "--dismiss", "c1")
        assert [row["id"] for row in peopled.json("circle", "candidates", "other")] == ["c1"]
        peopled("circle", "candidates", "practice", "--take-back", "maria")
        assert [row["id"] for row in peopled.json("circle", "candidates", "practice")] == ["c1"]
        peopled("circle", "candidates", "practice", "--dismiss", "maria")
        peopled("undo")
        assert [row["id"] for row in peopled.json("circle", "candidates", "practice")] == ["c1"]

    def test_who_left_is_not_proposed_for_what_was_before(self, peopled, monkeypatch):
        met(peopled)
        peopled("circle", "join", "practice", "maria", "--because", "answers")
        peopled("circle", "leave", "practice", "maria", "--because", "no time")
        assert peopled.json("circle", "candidates", "practice") == []
        monkeypatch.setenv("PKM_NOW", "2026-12-01T09:00:00Z")
        peopled("share", "heard", "x1", "--from", "maria", "did it again")
        assert [row["id"] for row in peopled.json("circle", "candidates", "practice")] == ["c1"]

    @pytest.mark.parametrize(("words", "code", "said"), [
        (["nope"], 1, "no circle is called like that"),
        (["network"], 2, "it is a network, the widest ring"),
        (["practice", "--dismiss", "ken"], 2, "too little has passed between you"),
        (["practice", "--dismiss", "ann"], 2, "they are in practice already"),
        (["practice", "--dismiss", "nobody"], 1, "no contact is called like that"),
        (["practice", "--take-back", "ken"], 2, "they were not dismissed"),
        (["practice", "--dismiss", "ken", "--silent"], 2, "one of them at a time"),
        (["practice", "--because", "x"], 2, "it is the reason of a --dismiss"),
    ])  # fmt: skip
    def test_what_cannot_be(self, peopled, words, code, said):
        result = peopled("circle", "candidates", *words, ok=code)
        assert said in result.err
        assert "Next: " in result.err
        assert peopled.json("circle", "candidates", "practice", "--dismissed") == []

    def test_dismissing_several_is_all_or_none(self, peopled):
        met(peopled)
        assert "c2 Ken" in peopled("circle", "candidates", "practice", "--dismiss", "maria,ken", ok=2).err
        assert [row["id"] for row in peopled.json("circle", "candidates", "practice")] == ["c1"]


class TestSilent:
    def test_members_of_whom_nothing_was_heard_with_what_they_last_did(self, peopled, monkeypatch):
        assert peopled.json("circle", "candidates", "practice", "--silent") == []
        peopled("contact", "log", "ann", "call: demo")
        monkeypatch.setenv("PKM_NOW", "2027-01-25T09:00:00Z")  # nine weeks, to the hour: 1.5 times six
        assert peopled.json("circle", "candidates", "practice", "--silent") == []
        monkeypatch.setenv("PKM_NOW", "2027-01-26T09:00:00Z")
        assert peopled("circle", "candidates", "practice").out == """\
In it, and silent for long (1 member)
  c3  Ann  in it since 2026-11-23; last e1 “call: demo”, 2 mo ago
"""
        rows = peopled.json("circle", "candidates", "practice", "--silent")
        assert [(row["id"], row["last"]["id"], row["silent_since"]) for row in rows] == [
            ("c3", "e1", "2026-11-23T09:00:00Z")
        ]
        assert peopled.json("circle", "show", "practice")["quiet"] == ["c3"]

    def test_who_has_just_joined_is_not_silent_however_long_ago_they_were_heard_of(self, peopled, monkeypatch):
        peopled("contact", "log", "ken", "call: demo")
        monkeypatch.setenv("PKM_NOW", "2027-01-26T09:00:00Z")
        peopled("circle", "join", "practice", "ken")
        assert [row["id"] for row in peopled.json("circle", "candidates", "practice", "--silent")] == ["c3"]

    def test_an_answer_ends_a_silence(self, peopled, monkeypatch):
        monkeypatch.setenv("PKM_NOW", "2027-03-01T09:00:00Z")
        assert "nothing came since" in peopled("circle", "candidates", "practice", "--silent").out
        peopled("share", "heard", "x1", "--from", "ann", "sorry for the silence")
        assert peopled("circle", "candidates", "practice", "--silent").err == (
            "Nobody in practice has been silent for long.\n"
        )


class TestHeard:
    def test_an_answer_is_kept_once_a_day_with_the_delivery_it_answers(self, peopled, monkeypatch):
        result = peopled("share", "heard", "x1", "--from", "ann", "tried it, worked")
        assert result.out == "r1  tried it, worked  Ann on x1 Finds, 23 November 2026  2026-11-23\n"
        again = peopled.json("share", "heard", "x1", "--from", "ann", "Tried it,  worked")
        assert (again["id"], again["new"], again["delivery"]) == ("r1", False, "d2")
        monkeypatch.setenv("PKM_NOW", "2026-11-24T09:00:00Z")
        assert peopled.json("share", "heard", "x1", "--from", "ann", "tried it, worked")["id"] == "r2"
        assert peopled.json("circle", "show", "practice")["came_back"] == {
            "answers": 2, "people": 1, "last": "2026-11-24T09:00:00Z", "response": "r2",
        }  # fmt: skip

    def test_it_counts_when_it_came_and_everywhere_alike(self, peopled, monkeypatch):
        peopled("circle", "join", "practice", "ken")  # after x1 went out: no delivery is his
        monkeypatch.setenv("PKM_NOW", "2027-02-01T09:00:00Z")
        peopled("share", "heard", "x1", "--from", "ann", "tried it")
        peopled("share", "heard", "x1", "--from", "ken", "so did I")
        monkeypatch.setenv("PKM_NOW", "2027-04-01T09:00:00Z")  # x1 was given before the three months, both answers came in them
        assert "o2   practice got 0 shares and gave 2 answers." in peopled("stats", "share").out
        assert "Came back: 2 answers" in peopled("stats", "people").out
        shown = peopled.json("circle", "show", "practice")
        assert (shown["came_back"]["answers"], shown["came_back"]["people"], shown["shares"][0]["answers"]) == (2, 2, 2)

    def test_it_is_a_touch(self, peopled, monkeypatch):
        monkeypatch.setenv("PKM_NOW", "2026-12-24T09:00:00Z")
        peopled("share", "heard", "x1", "--from", "ann", "nice", "--when", "yesterday")
        row = peopled.json("contact", "show", "ann")
        assert (row["last"], row["due"]) == ("2026-12-23T12:00:00Z", "2027-02-03T12:00:00Z")

    def test_from_one_it_had_not_gone_to_it_is_said(self, peopled):
        result = peopled("share", "heard", "x1", "--from", "ken", "who gave me that?")
        assert "x1 had not gone to them, as far as pkm knows" in result.err
        assert peopled.json("share", "heard")[0]["delivery"] is None

    def test_a_note_of_it_quotes_them_and_is_no_second_evidence(self, peopled):
        peopled("share", "heard", "x1", "--from", "maria", "tried it\nworked")
        told = peopled("share", "heard", "x1", "--from", "maria", "tried it\nworked", "--note")
        assert "n2  a note of it, private" in told.out
        note = peopled.json("sense", "show", "n2")
        assert (note["reach"], note["title"]) == ("private", "Maria Silva: tried it")
        assert note["text"] == "@maria on x1 “Finds, 23 November 2026”:\n\n> tried it\n> worked"
        peopled("share", "heard", "x1", "--from", "maria", "tried it\nworked", "--note")
        assert [row["note"] for row in peopled.json("share", "heard", "x1")] == ["n2"]
        assert peopled.json("circle", "candidates", "practice", "--all") == []  # one answer, told twice
        assert "n2  note: Maria Silva: tried it" in peopled("why", "x1").out

    def test_without_words_the_answers_are_listed(self, peopled):
        assert "Nobody has answered yet." in peopled("share", "heard").err
        peopled("share", "heard", "x1", "--from", "ann", "one")
        peopled("share", "heard", "x1", "--from", "ken", "two")
        assert peopled("share", "heard").out == "r2  x1  2026-11-23  Ken  two\nr1  x1  2026-11-23  Ann  one\n"
        assert "1 of 2 answers" in peopled("share", "heard", "x1", "-n", "1").err

    @pytest.mark.parametrize(("words", "code", "said"), [
        (["x9", "--from", "ann", "hey"], 1, "there is no such share"),
        (["x1", "hey"], 2, "who gave it is wanted"),
        (["x1", "--from", "ann"], 2, "what they said is wanted"),
        (["x1", "--from", "zoe", "hey"], 1, "no contact is called like that"),
        (["x1", "--from", "ann", "hey", "--when", "tomorrow"], 2, "that is still to come"),
        (["x1", "--from", "ann", "hey", "--when", "2026-11-20"], 2, "x1 went out on 2026-11-23, after that"),
        (["--from", "ann"], 2, "they go with the words of an answer"),
        (["x2", "--from", "ann", "hey"], 2, "nothing of it has gone out"),
    ])  # fmt: skip
    def test_what_cannot_be(self, peopled, words, code, said):
        peopled("sense", "note", "A draft that waits", "--reach", "community")
        peopled("share", "draft", "n2", "--to", "practice")
        assert said in peopled("share", "heard", *words, ok=code).err
        assert peopled.json("share", "heard") == []

    def test_what_they_wrote_is_text(self, peopled):
        peopled("share", "heard", "x1", "--from", "ann", "\x1b[31m[bold]red[/bold]\x1b[0m")
        assert peopled("share", "heard").out == "r1  x1  2026-11-23  Ann  [bold]red[/bold]\n"


class TestJoining:
    def test_it_is_said_what_goes_to_them_from_now_on(self, peopled):
        peopled("sense", "note", "A second thought", "--reach", "community")
        result = peopled("circle", "join", "practice", "maria", "--because", "answers")
        assert result.err == (
            "From now on what you share with practice is for them too: notes of reach community or network; "
            "1 note may be in the next digest. Nothing was sent.\n"
            "What went to it before (1 share) is not sent again by itself.\n"
            "Take it back: pkm undo 11\n"
        )
        joined = peopled.json("circle", "join", "practice", "ken", "--because", "peer")
        assert joined["reach"] == {"reaches": ["community", "network"], "waiting": 1, "shares": 1}

    def test_who_asked_for_no_letters_and_comes_back_is_named(self, peopled):
        peopled("circle", "leave", "practice", "ann", "--letters")
        peopled("circle", "leave", "practice", "ann", "--because", "moved on")
        told = peopled("circle", "join", "practice", "ann", "maria", "--because", "back").err
        step = next(line for line in told.splitlines() if line.startswith("No letters of it go to Ann, as they asked before."))
        peopled(*step.partition("pkm ")[2].split())
        assert not peopled.json("circle", "show", "practice")["unsubscribed"]
        peopled("circle", "leave", "practice", "ann", "--because", "moved on")
        assert "No letters" not in peopled("circle", "join", "practice", "ann", "--because", "back").err

    def test_without_a_reason_it_is_said_what_one_looks_like_and_a_later_one_is_kept(self, peopled):
        said = peopled("circle", "join", "practice", "maria").err
        assert "No reason was kept." in said
        assert 'pkm circle join practice c1 --because "…"' in said
        assert "the reason is kept now" in peopled("circle", "join", "practice", "maria", "--because", "co-hosts").err
        assert "nothing was changed" in peopled("circle", "join", "practice", "maria", "--because", "other").err
        people = peopled.json("circle", "show", "practice")["people"]
        assert {one["name"]: one["because"] for one in people} == {"Ann": "peer", "Maria Silva": "co-hosts"}

    def test_who_is_not_in_it_and_when_they_left(self, peopled):
        peopled("circle", "leave", "practice", "ann", "--because", "moved on")
        again = peopled("circle", "leave", "practice", "ann,ken")
        assert again.out == ""
        assert again.err == (
            "c3  Ann is not in practice; nothing was changed.\nc2  Ken is not in practice; nothing was changed.\n"
            "  they left on 2026-11-23: moved on\n"
        )

    @pytest.mark.parametrize("verb", ["join", "leave"])
    def test_the_circle_comes_first(self, peopled, verb):
        assert "the circle comes first" in peopled("circle", verb, "ann", "practice", ok=1).err


def test_ten_members_are_one_screen(peopled, monkeypatch):
    from tests.cli.test_find import Terminal

    peopled("circle", "edit", "practice", "--purpose", "to try ideas")
    for number in range(4, 13):
        peopled("contact", "add", f"Member Number {number} of a very long name")
    peopled("circle", "join", "practice", *(f"c{number}" for number in range(4, 13)), "--because", "came to the meetup " * 9)
    peopled("circle", "leave", "practice", "c12", "--because", "moved on")
    peopled("circle", "join", "practice", "c12", "--because", "is back")
    peopled("share", "heard", "x1", "--from", "ann", "tried it")
    monkeypatch.setenv("COLUMNS", "80")
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setattr("pkm.cli.render.os.get_terminal_size", lambda *_: __import__("os").terminal_size((80, 24)))
    peopled("circle", "show", "practice")
    lines = screen.getvalue().splitlines()
    assert len(lines) <= 22  # more would go to the pager
    assert all(len(line) <= 80 for line in lines)
    assert "10 members" in lines
