"""For whom a note is, who should not get it, what keeps a share from going, and taking one back."""

from pathlib import Path

import pytest

from pkm.share.who import Case, rank
from pkm.store.audience import Kept
from tests.conftest import CommandLine, kept_home
from tests.mail_server import MailServer
from tests.mail_server import mail as mail
from tests.server import FeedServer


@kept_home
def world(pkm: CommandLine, tmp_path: Path) -> None:
    """A community about #retro with Ann in it, Ken who is promised something, and Lea of whom nothing says anything."""
    pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    pkm("circle", "add", "practice", "--kind", "community", "--channel", "drop", "--tag", "retro")
    for name in ("Ann", "Ken", "Lea"):
        pkm("contact", "add", name, "--nick", name.lower(), "--email", f"{name.lower()}@example.org")
    pkm("contact", "edit", "ann", "--tag", "retro")
    pkm("circle", "join", "practice", "ann", "--because", "peer")
    pkm("sense", "note", "Walking retros work better #retro", "--reach", "community")


def told(pkm: CommandLine, note: str = "n1") -> dict[str, tuple[list[str], list[str]]]:
    rows = pkm.json("share", "who", note)
    return {row["title"]: ([one["what"] for one in row["because"]], [one["what"] for one in row["against"]]) for row in rows}


def test_each_comes_with_why_and_why_not_and_nothing_is_sent(world: CommandLine, tmp_path: Path) -> None:
    assert told(world) == {
        "practice": (["is about #retro", "1 member for whom it may be", "got nothing yet"], []),
        "Ann": (["cares about #retro"], []),
        "network": (["got nothing yet"], ["its reach is community"]),
    }
    assert not (tmp_path / "drop").exists()
    assert world.json("share", "log") == []


def test_what_they_got_and_answered_counts(world: CommandLine) -> None:
    world("share", "draft", "n1", "--to", "practice", "--title", "One")
    assert told(world)["practice"][1] == ["it waits for them in x1"]
    world("share", "send", "x1", "--yes")
    world("share", "heard", "x1", "--from", "lea", "tried it, worked")
    after = told(world)
    assert after["practice"][1][-1] == "got it on 2026-11-23 with x1"
    assert after["Ann"][1] == ["has it since 2026-11-23"]
    assert after["Lea"][0] == ["answered 1 time on this"]
    world("sense", "note", "How do large groups hold a #retro ?")
    assert "whom you might ask" in world("share", "who", "n2").err


@pytest.mark.parametrize(("at", "said", "kept"), [
    ("2026-11-30T08:59:59Z", ["got something on 2026-11-23"], []),
    ("2026-11-30T09:00:00Z", ["got nothing since 2026-11-23"], []),
], ids=["not yet half", "half"])  # fmt: skip
def test_a_circle_has_room_when_half_of_its_rhythm_has_passed(
    world: CommandLine, monkeypatch: pytest.MonkeyPatch, at: str, said: list[str], kept: list[str]
) -> None:
    world("circle", "edit", "practice", "--every", "2w")
    world("share", "draft", "n1", "--to", "practice", "--title", "One")
    world("share", "send", "x1", "--yes")
    world("sense", "note", "Something else", "--reach", "community")
    monkeypatch.setenv("PKM_NOW", at)
    assert told(world, "n2")["practice"] == (said, kept)


def test_whom_to_ask_is_told_by_what_they_wrote_and_what_you_spoke_of(world: CommandLine, server: FeedServer) -> None:
    feed = server.add("/bo.xml", feed_of("Retrospectives while walking"))
    world("contact", "add", "Bo")
    world("seek", "add", feed, "--contact", "c4")
    world("seek", "pull", "--all")
    world("contact", "log", "lea", "she walks to work with her team")
    world("sense", "note", "Does walking make quiet people talk?")
    assert told(world, "n2")["Bo"][0] == ["wrote “Retrospectives while walking”"]
    assert told(world, "n2")["Lea"][0] == ["you spoke of it: “she walks to work with her team”"]
    world("sense", "note", "Walking makes quiet people talk")
    assert "Bo" not in told(world, "n3")


def feed_of(title: str) -> str:
    return (f"<rss version='2.0'><channel><title>Bo</title><link>http://x.example/</link><description>x</description>"
            f"<item><title>{title}</title><link>http://x.example/1</link><guid>1</guid></item></channel></rss>")  # fmt: skip


def test_a_tag_below_another_is_about_it_and_one_that_begins_alike_is_not(world: CommandLine) -> None:
    world("sense", "note", "Two by two #retro/walking #retrograde", "--reach", "community")
    assert told(world, "n2")["practice"][0][0] == "is about #retro/walking"


def test_a_short_word_of_the_title_makes_no_promise_about_it(world: CommandLine) -> None:
    world("contact", "log", "ken", "call", "--promise", "get the other work done")
    assert "Ken" not in told(world)


def test_promises_and_whose_idea_it_was_speak_first(world: CommandLine) -> None:
    world("contact", "log", "ken", "call", "--promise", "send him the walking thing")
    world("sense", "note", "What @lea said of walking meetings", "--reach", "community")
    assert told(world)["Ken"][0] == ["you promised: send him the walking thing"]
    people = [row["title"] for row in world.json("share", "who", "n1") if row["kind"] == "contact"]
    assert people[0] == "Ken"
    assert told(world, "n2")["Lea"][0] == ["it names them"]


def test_a_need_finds_own_notes(world: CommandLine) -> None:
    world("sense", "note", "Do retros need rooms?")
    assert [row["id"] for row in world.json("share", "who", "--need", "How do you run retros?")] == ["n1"]
    assert world.json("share", "who", "--need", "quantum gravity") == []
    assert world("share", "who", "--need", "?!", ok=2).err
    assert world("share", "who", ok=2).err


def test_not_yet_is_kept_and_nothing_asks_before(world: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    world("share", "not", "n1", "practice", "--until", "2027-02-01", "--because", "after the reorganisation")
    assert world.json("share", "who", "n1")[-1]["not"] == {
        "until": "2027-02-01", "because": "after the reorganisation", "at": "2026-11-23T09:00:00Z",
    }  # fmt: skip
    why = world("why", "n1").out
    assert "not until 2027-02-01 to practice" in why
    assert "after the reorganisation" in why
    assert "Nothing new may go to practice" in world("share", "--to", "practice", "--yes").err
    monkeypatch.setenv("PKM_NOW", "2027-02-01T09:00:00Z")
    assert not any(row["not"] for row in world.json("share", "who", "n1"))
    assert "sent by drop" in world("share", "--to", "practice", "--yes").out


@pytest.mark.parametrize("whom", ["practice", "ann", None], ids=["the circle", "somebody in it", "anybody"])
def test_what_is_not_for_them_waits_for_no_digest_of_theirs(world: CommandLine, whom: str | None) -> None:
    assert world.json()["to_share"] == [{"circle": "practice", "notes": 1}]
    world("share", "not", "n1", *filter(None, [whom]), "--because", "theirs to tell")
    assert world.json()["to_share"] == []
    assert "next digest" not in world("circle", "join", "practice", "lea", "--because", "peer").err
    assert "Nothing new may go to practice" in world("share", "--to", "practice", "--yes").err


def test_never_to_anybody_and_taken_back(world: CommandLine) -> None:
    world("share", "not", "n1", "--because", "theirs to tell")
    assert all(row["not"]["until"] is None for row in world.json("share", "who", "n1"))
    assert "never to anybody" in world("why", "n1").out
    assert "Nothing new may go to practice" in world("share", "--to", "practice", "--yes").err
    world("share", "not", "n1", "--take-back")
    assert not any(row["not"] for row in world.json("share", "who", "n1"))
    world("share", "not", "n1", "--take-back", ok=2)
    world("share", "not", "n1", "--until", "2020-01-01", ok=2)


def test_the_order_is_by_what_speaks_for_them() -> None:
    kept = Kept("c9", "", "", "")
    cases = [
        Case("c1", "contact", "B", weight=2), Case("c2", "contact", "A", weight=2), Case("o1", "circle", "Z", weight=2),
        Case("c3", "contact", "C", weight=9, against=[("has it", "")]), Case("c9", "contact", "D", weight=9, answer=kept),
        Case("c4", "contact", "E", weight=3),
    ]  # fmt: skip
    assert [case.id for case in rank(cases)] == ["c4", "o1", "c2", "c1", "c3", "c9"]


def test_check_names_what_mends_it(world: CommandLine) -> None:
    world("share", "draft", "n1", "--to", "practice", "--title", "One")
    assert "nothing keeps it" in world("share", "check", "x1").out
    world("sense", "reach", "n1", "private")
    assert world.json("share", "check", "x1", ok=3) == [{
        "what": "n1 “Walking retros work better”", "why": "its reach is private; practice is for community",
        "next": "pkm sense reach n1 community",
    }]  # fmt: skip
    assert world.json("share", "log") == []


def test_the_log_of_one_person_and_one_circle(world: CommandLine) -> None:
    world("share", "draft", "n1", "--to", "practice", "--title", "One")
    world("share", "send", "x1", "--yes")
    assert len(world.json("share", "log", "--contact", "ann")) == 2
    assert world.json("share", "log", "--contact", "lea") == []
    assert len(world.json("share", "log", "n1", "--circle", "practice")) == 2
    assert world.json("share", "log", "--circle", "network") == []


class TestNotForSomebody:
    """By letters it goes to the others; what a circle reads as a whole goes there for none of them; the public is everybody."""

    @pytest.fixture(params=["files", "webhook+http", "matrix+http"])
    def way(self, request: pytest.FixtureRequest, world: CommandLine, tmp_path: Path) -> str:
        """A way out that all of practice reads, and that is its only one."""
        if request.param == "files":
            return "drop"
        room = ("--token-env", "SECRET", "--room", "!r:x.example")
        secret = room if request.param == "matrix+http" else ("--secret-env", "SECRET")
        world("share", "channel", "add", "all", f"{request.param}://127.0.0.1:9/in", *secret)
        world("circle", "edit", "practice", "--channel", "all")
        return "all"

    def test_a_draft_for_a_circle_that_reads_it_as_a_whole_is_refused(self, world: CommandLine, way: str) -> None:
        world("share", "not", "n1", "ann", "--because", "hers")
        refused = world("share", "draft", "n1", "--to", "practice", ok=3).err
        assert f"you said never for Ann, and all of practice reads {way}: hers" in refused
        assert "pkm share not n1 c1 --take-back" in refused
        assert world.json("share", "plan") == []
        world("share", "not", "n1", "ann", "--take-back")
        world("share", "draft", "n1", "--to", "practice")

    def test_what_was_drafted_before_stays_and_nobody_gets_it(self, world: CommandLine, tmp_path: Path) -> None:
        world("share", "draft", "n1", "--to", "practice", "--title", "One")
        world("share", "not", "n1", "ann", "--until", "2027-02-01", "--because", "hers")
        for words in (("preview", "x1"), ("send", "x1", "--yes")):
            said = world("share", *words, ok=3).err
            assert "you said not before 2027-02-01 for Ann, and all of practice reads drop: hers" in said
            assert "pkm share not n1 c1 --take-back" in said
        assert world.json("share", "check", "x1", ok=3)[0]["next"] == "pkm share drop x1"
        assert not (tmp_path / "drop").exists()
        world("circle", "leave", "practice", "ann", "--because", "moved on")  # who is not in it does not keep it from the others
        assert "sent" in world("share", "send", "x1", "--yes").out

    def test_who_joins_later_keeps_it_back_too(self, world: CommandLine) -> None:
        world("share", "not", "n1", "ken")
        world("share", "draft", "n1", "--to", "practice", "--title", "One")
        world("circle", "join", "practice", "ken", "--because", "peer")
        assert "you said never for Ken, and all of practice reads drop" in world("share", "send", "x1", "--yes", ok=3).err

    def test_a_plan_is_held_with_the_reason(self, world: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        world("share", "draft", "n1", "--to", "practice", "--title", "One")
        world("share", "plan", "x1", "--stage", "practice +1d")
        world("share", "not", "n1", "ann", "--because", "hers")
        monkeypatch.setenv("PKM_NOW", "2026-11-24T10:00:00Z")
        world("share", "--due", "--yes", ok=4)
        (stage,) = world.json("share", "plan", "x1")
        assert stage["state"] == "held"
        assert "for Ann, and all of practice reads drop: hers" in stage["held"]
        assert not (tmp_path / "drop").exists()

    def test_the_digest_leaves_it_out(self, world: CommandLine, tmp_path: Path) -> None:
        world("sense", "note", "Boards fill by themselves", "--reach", "community")
        world("share", "not", "n1", "ann")
        world("share", "--to", "practice", "--yes")
        (page,) = (tmp_path / "drop").glob("*.md")
        assert "Boards" in page.read_text(encoding="utf-8")
        assert "Walking" not in page.read_text(encoding="utf-8")
        assert "All that may go to practice has gone" in world("share", "--to", "practice", "--yes").err

    def test_by_letters_the_others_get_it(self, world: CommandLine, mail: MailServer) -> None:
        world("share", "channel", "add", "post", mail.url, "--from", "Me <me@example.org>")
        world("circle", "edit", "practice", "--channel", "post")
        world("circle", "join", "practice", "ken", "--because", "peer")
        assert world("share", "not", "n1", "ann").err == "Take it back: pkm share not n1 c1 --take-back\n"
        world("share", "draft", "n1", "--to", "practice", "--title", "One")
        assert [row["name"] for row in world.json("share", "preview", "x1")] == ["Ken"]
        world("share", "send", "x1", "--yes")
        assert [to for to, _ in mail.letters] == ["ken@example.org"]

    def test_what_stands_in_the_folder_already_keeps_no_letter_of_the_others(
        self, world: CommandLine, mail: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world("share", "channel", "add", "post", mail.url, "--from", "Me <me@example.org>")
        world("circle", "edit", "practice", "--channel", "drop", "--channel", "post")
        world("circle", "join", "practice", "ken", "--because", "peer")
        world("share", "draft", "n1", "--to", "practice", "--title", "One")
        world("share", "plan", "x1", "--stage", "practice now")
        world("share", "--due", "--yes")  # the folder is written, the letters cool off
        assert "Ann has it since 2026-11-23 (pkm share log n1)" in world("share", "not", "n1", "ann").err
        monkeypatch.setenv("PKM_NOW", "2026-11-23T10:00:00Z")
        world("share", "--due", "--yes")
        assert [to for to, _ in mail.letters] == ["ken@example.org"]

    def test_it_says_what_it_means_where_all_of_a_circle_or_everybody_reads_it(self, world: CommandLine, home: Path) -> None:
        said = world("share", "not", "n1", "ann", "--because", "hers").err
        assert "All of practice reads drop, and Ann is in it: while that holds, n1 does not go to practice." in said
        assert "site" not in said  # n1 does not go there
        assert world("share", "not", "n1", "lea").err == "Take it back: pkm share not n1 c3 --take-back\n"
        assert world("share", "not", "n1", "practice").err == "Take it back: pkm share not n1 o2 --take-back\n"
        world("sense", "reach", "n1", "network")
        said = world("share", "not", "n1", "ann", "--because", "hers").err
        assert "Everybody reads site: where n1 goes there, Ann can read it too." in said
        world("circle", "join", "network", "ann", "--because", "reads it")
        world("share", "draft", "n1", "--to", "network", "--title", "One")
        world("share", "send", "x1", "--yes")
        assert list((home / "site").glob("2026/*/index.html"))

    def test_who_shows_it_of_people_and_of_the_circles_that_it_keeps_it_from(self, world: CommandLine) -> None:
        world("share", "not", "n1", "lea", "--until", "2027-02-01", "--because", "her own story")
        world("share", "not", "n1", "ann", "--because", "hers")
        rows = {row["title"]: row for row in world.json("share", "who", "n1")}
        assert rows["Lea"]["not"] == {"until": "2027-02-01", "because": "her own story", "at": "2026-11-23T09:00:00Z"}
        assert (rows["Lea"]["id"], rows["Lea"]["kind"], rows["Lea"]["because"]) == ("c3", "contact", [])
        assert rows["Ann"]["not"]["because"] == "hers"
        assert rows["practice"]["against"] == [
            {"what": "you said never for Ann, and all of practice reads drop", "next": "pkm share not n1 c1 --take-back"}
        ]
        told = world("share", "who", "n1").out
        assert "c3  Lea\n  – not until 2027-02-01, you said on 2026-11-23: her own story" in told
        assert rows["practice"]["not"] is None


class TestRetract:
    @pytest.fixture
    def sent(self, world: CommandLine, mail: MailServer) -> MailServer:
        world("share", "channel", "add", "post", mail.url, "--from", "Me <me@example.org>")
        world("circle", "edit", "practice", "--channel", "drop", "--channel", "post")
        world("sense", "reach", "n1", "network")
        world("share", "draft", "n1", "--to", "practice", "--to", "network", "--title", "Walk")
        world("share", "send", "x1", "--yes")
        return mail

    def test_each_channel_does_what_it_can(self, world: CommandLine, sent: MailServer, home: Path, tmp_path: Path) -> None:
        (page,) = (home / "site").glob("2026/*/index.html")
        assert "Walking retros" in page.read_text(encoding="utf-8")
        out = world("share", "retract", "x1", "--because", "One team only.").out
        assert "cannot be recalled: Ann has the letter" in out
        assert list((tmp_path / "drop").glob("2026*")) == []
        everything = "".join(path.read_text(encoding="utf-8") for path in (home / "site").rglob("*") if path.is_file())
        assert "Walk" not in everything
        assert "410 Gone" in page.read_text(encoding="utf-8")
        assert "taken back" in world("share", "send", "x1", "--yes", ok=2).err
        world("share", "retract", "x1", ok=2)
        rows = {row["channel"]: row["taken_back"] for row in world.json("share", "log", "x1")}
        assert (rows["drop"], rows["post"]) == ("removed from the folder", "cannot be recalled: they have it")
        assert rows["site"] == "withdrawn: its page says so"
        assert {row["retracted"]["because"] for row in world.json("share", "log")} == {"One team only."}
        assert "they have it (taken back" in " ".join(world("share", "log", "x1").out.split())
        (back,) = [one for one in world.json("stats", "share")["measures"] if one["id"] == "taken_back"]
        assert (back["total"], back["things"][0]["because"]) == (1, "One team only.")
        assert "counts as not shared" in world("stats", "share").out
        assert world("doctor").err == "All is well.\n"

    def test_who_got_the_letter_gets_a_correction_as_an_answer_to_it(self, world: CommandLine, sent: MailServer) -> None:
        world("share", "retract", "x1", "--because", "One team only.")
        world("circle", "join", "practice", "ken", "--because", "new")
        assert len(sent.letters) == 1
        world("share", "send", "x2", "--yes")
        (first,), (second,) = [sent.to("ann@example.org")[:1], sent.to("ann@example.org")[1:]]
        name = next(line for line in first.split(b"\r\n") if line.startswith(b"Message-ID: ")).removeprefix(b"Message-ID: ")
        assert b"In-Reply-To: " + name in second
        assert b"One team only." in second
        assert len(sent.letters) == 2
