"""`pkm seek rules`: written, listed, tried, applied, removed; and at work in a pull."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import CommandLine
from tests.edge.cases.conftest import entry, rss
from tests.server import FeedServer

DC = "xmlns:dc='http://purl.org/dc/elements/1.1/'"


def story(number: int, title: str, author: str = "", text: str = "words") -> str:
    by = f"<dc:creator>{author}</dc:creator>" if author else ""
    return entry(f"g{number}", title, f"https://e.org/{number}", text, more=by)


FEED = (
    story(1, "Desire paths", "Ann Lee"), story(2, "Sponsored: buy paths", "Shop"), story(3, "Roadmaps", "Bob Ray"),
    story(4, "More sponsored things", "Ann Lee"),
)[::-1]  # fmt: skip
"""As a feed has them: the newest first. The items get the numbers in the titles' order."""

Pull = Callable[..., dict[str, object]]


@pytest.fixture
def pull(pkm: CommandLine, server: FeedServer) -> Pull:
    """Source s1, a group's feed; a pull of it with what else it gives now."""
    server.add("/f", rss(*FEED, channel="<title>The group</title>", ns=DC))
    pkm("seek", "add", server.url + "/f", "--tag", "news/tech")

    def run(*more: str) -> dict[str, object]:
        server.add("/f", rss(*more, *FEED, channel="<title>The group</title>", ns=DC))
        return dict(pkm.json("seek", "pull", "--all"))

    return run


def states(pkm: CommandLine) -> dict[str, str]:
    found = pkm.json("find", "kind:item", "-n", "50")
    return {row["title"]: row["state"] for row in found}


def test_a_rule_is_said_in_words_listed_and_tried(pkm: CommandLine, pull: Pull) -> None:
    pull()
    ran = pkm("seek", "rules", "add", "mute", "title:sponsored", "--tag", "news")
    assert ran.out == "u1  mute items with “sponsored” in the title, from sources tagged #news\n"
    assert "It matches 2 of 4 stored items in its scope." in ran.err
    assert "pkm seek rules apply u1" in ran.err
    assert states(pkm)["Sponsored: buy paths"] == "inbox"
    tried = pkm.json("seek", "rules", "test", "u1")
    assert [row["id"] for row in tried["items"]] == ["i4", "i2"]
    assert (tried["looked_at"], tried["matched"], tried["changes"]) == (4, 2, 2)
    listed = pkm.json("seek", "rules")
    assert [(row["id"], row["kind"], row["action"], row["tag"]) for row in listed] == [("u1", "rule", "mute", "news")]
    assert pkm("seek", "rules", "list").out.startswith("u1  mute items with “sponsored” in the title")
    assert pkm.json("why", "u1")["chain"][0]["id"] == "u1"


def test_what_a_rule_mutes_is_listed_and_comes_back_for_good(pkm: CommandLine, pull: Pull) -> None:
    pkm("seek", "rules", "add", "mute", "sponsored")
    report = pull()
    assert (report["new"], report["muted"]) == (4, 2)
    assert [row["rule"] for row in pkm.json("sense", "inbox", "--muted")] == ["u1", "u1"]
    assert len(pkm.json("sense", "inbox")) == 2
    assert {row["id"] for row in pkm.json("find", "is:muted")} == {"i2", "i4"}
    back = pkm.json("seek", "rules", "unmute", "i2")
    assert [(row["id"], row["state"], row["via"]) for row in back] == [("i2", "inbox", "hand")]
    assert pkm.json("seek", "rules", "apply", "u1", "--yes")["updated"] == 0
    assert states(pkm)["Sponsored: buy paths"] == "inbox"
    assert "by hand" in pkm("why", "i2").out
    pkm("sense", "keep", "i4")
    assert pkm.json("sense", "inbox", "--muted") == []


def test_of_many_that_come_back_a_page_is_listed_and_all_are_counted(pkm: CommandLine, pull: Pull) -> None:
    pkm("seek", "rules", "add", "mute", "sponsored")
    pull()
    ran = pkm("seek", "rules", "unmute", "u1", "-n", "1")
    assert len(ran.out.splitlines()) == 1
    assert "2 items back in the inbox. Listed: the first 1." in ran.err
    assert len(pkm.json("sense", "inbox")) == 4


def test_a_rule_is_applied_only_once_it_was_agreed_to_and_an_undo_takes_it_back(pkm: CommandLine, pull: Pull) -> None:
    pull()
    pkm("sense", "keep", "i4")
    pkm("seek", "rules", "add", "mute", "sponsored")
    refused = pkm("seek", "rules", "apply", "u1", ok=3)
    assert "It matches 2 of 4 stored items in its scope; 1 of those you decided about" in refused.err
    assert "--yes" in refused.err
    before = states(pkm)
    assert pkm.json("seek", "rules", "apply", "u1", "--since", "30d", "--yes")["updated"] == 1
    assert states(pkm) == {**before, "Sponsored: buy paths": "muted"}
    pkm("undo")
    assert states(pkm) == before


def test_of_a_scope_that_is_kept_only_what_matches_comes_in(pkm: CommandLine, pull: Pull) -> None:
    tried = pkm("seek", "rules", "test", "keep", 'author:"Ann Lee"', "--source", "s1")
    assert "0 of 0 stored items" in tried.err
    pkm("seek", "rules", "add", "keep", 'author:"Ann Lee"', "--source", "s1")
    pkm("seek", "rules", "add", "mute", "sponsored")
    assert pull()["muted"] == 3
    assert states(pkm) == {"Desire paths": "inbox", "Sponsored: buy paths": "muted", "Roadmaps": "muted",
                           "More sponsored things": "muted"}  # fmt: skip
    assert pkm.json("sense", "inbox")[0]["via"] == "rule"
    pkm("seek", "rules", "add", "keep", "roadmaps")
    assert pkm.json("seek", "rules", "test", "u1")["touched"] == 1  # what another rule keeps is kept


def test_tags_and_ranks_are_put_once_however_often_they_are_applied(pkm: CommandLine, pull: Pull) -> None:
    pull()
    pkm("seek", "rules", "add", "tag", "org/design", '"desire', 'paths"')
    pkm("seek", "rules", "add", "up", "paths")
    pkm("seek", "rules", "add", "up", "author:ann")
    for _ in range(2):
        for rule in ("u1", "u2", "u3"):
            pkm("seek", "rules", "apply", rule, "--yes")
    rows = {row["id"]: row for row in pkm.json("sense", "inbox")}
    assert {number: row["rank"] for number, row in rows.items()} == {"i1": 2, "i2": 1, "i3": 0, "i4": 1}
    assert rows["i1"]["tags"] == ["org/design"]
    pull(story(5, "Even more desire paths", "Ann Lee"))
    new = pkm.json("sense", "inbox")[0]
    assert (new["rank"], new["tags"], new["via"], new["rule"]) == (2, ["org/design"], "rule", "u2")
    counted = pkm.json("seek", "remove", "s1", "--yes")
    assert counted["items_kept"] == 0  # a tag that a rule put is nothing that the person did


def test_one_author_inside_a_groups_feed_is_followed_alone(pkm: CommandLine, server: FeedServer) -> None:
    url = server.add("/f", rss(*FEED, channel="<title>The group</title>", ns=DC))
    pkm("contact", "add", "Ann Lee", "--nick", "ann")
    ran = pkm("seek", "add", url, "--author", "Ann Lee", "--contact", "ann")
    assert "u1  keep only items with “Ann Lee” in the author, from s1 The group" in ran.err
    assert pkm.json("seek", "show", "s1")["contact"] is None
    pkm("seek", "pull")
    assert [(row["title"], row["person"], row["via"]) for row in pkm.json("sense", "inbox")] == [
        ("More sponsored things", "c1", "person"), ("Desire paths", "c1", "person"),
    ]  # fmt: skip
    assert {row["id"] for row in pkm.json("find", "kind:item", "from:@ann")} == {"i1", "i4"}
    assert "Desire paths" in pkm("contact", "show", "ann").out
    pkm("seek", "edit", "s1", "--author", "Bob Ray")
    assert [row["pattern"] for row in pkm.json("seek", "rules")] == ['author:"Bob Ray"']
    pkm("seek", "edit", "s1", "--author", "")
    assert pkm.json("seek", "rules") == []
    pkm("undo")
    assert [row["id"] for row in pkm.json("seek", "rules")] == ["u3"]


def test_an_assigned_item_is_the_persons(pkm: CommandLine, pull: Pull) -> None:
    pkm("contact", "add", "Ann Lee", "--nick", "ann")
    pull()
    pkm("seek", "rules", "add", "assign", "ann", 'author:"Ann Lee"')
    assert pkm.json("seek", "rules", "apply", "u1", "--yes")["updated"] == 2
    assert pkm.json("sense", "show", "i1")["person"] == "c1"
    assert "no longer assigned" in pkm("seek", "rules", "remove", "u1").err
    pkm("undo")
    assert pkm.json("sense", "show", "i1")["person"] == "c1"


def test_a_rule_that_is_removed_leaves_what_it_did_or_takes_it_back(pkm: CommandLine, pull: Pull) -> None:
    pkm("seek", "rules", "add", "mute", "sponsored")
    pull()
    gone = pkm("seek", "rules", "remove", "u1")
    assert "2 muted items stay muted. To bring them back: pkm seek rules unmute --orphaned" in gone.err
    assert len(pkm.json("seek", "rules", "unmute", "--orphaned")) == 2
    pkm("undo")
    pkm("undo")
    pkm("seek", "rules", "remove", "u1", "--unmute")
    assert pkm.json("sense", "inbox", "--muted") == []
    assert pkm.json("seek", "rules") == []


def test_a_rule_whose_scope_holds_no_source_says_so(pkm: CommandLine, pull: Pull) -> None:
    pull()
    pkm("contact", "add", "Ann Lee", "--nick", "ann")
    made = pkm("seek", "rules", "add", "up", "paths", "--tag", "news/tehc")
    told = "#news/tehc: nothing is in its scope yet: no source has this tag. Did you mean #news/tech?"
    assert told in made.err.splitlines()
    assert told in pkm("seek", "rules", "test", "u1").err.splitlines()
    ran = pkm.json("seek", "rules", "add", "up", "paths", "--contact", "ann")
    assert ran["warnings"] == [{"what": "c1", "why": "nothing is in its scope yet: no source is this contact's"}]
    assert pkm.json("seek", "rules", "add", "up", "paths", "--tag", "news")["warnings"] == []


def test_a_rule_goes_with_its_scope(pkm: CommandLine, pull: Pull) -> None:
    pull()
    pkm("seek", "rules", "add", "down", "paths", "--source", "s1")
    pkm("seek", "remove", "s1", "--yes")
    assert pkm.json("seek", "rules") == []
    pkm("undo")
    assert len(pkm.json("seek", "rules")) == 1


def test_rules_go_out_and_come_in_with_the_whole(
    pkm: CommandLine, pull: Pull, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pkm("seek", "rules", "add", "mute", "sponsored", "--source", "s1")
    pull()
    pkm("export", tmp_path / "out")
    before = pkm("seek", "rules", "--json").out
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "other"))
    pkm("import", tmp_path / "out")
    assert pkm("seek", "rules", "--json").out == before
    assert json.loads(before)[0]["muted"] == 2


@pytest.mark.parametrize(("words", "told"), [
    (["mute", "titel:x"], "Did you mean title:?"),
    (["mute", "title:/a(b/"], "          ^"),
    (["mut", "x"], "Did you mean mute?"),
    (["mute"], "say what it looks for"),
    (["tag"], "it needs a tag"),
    (["assign"], "it needs a person"),
    (["mute", "x", "--sorce", "s1"], "has no such option. Did you mean --source or --force?"),
    (["mute", "x", "--tag", "a", "--source", "s1"], "a rule has one scope"),
    (["keep", "--source", "s1"], "it would do nothing"),
    (["up", "x", "--source", "i1"], "this takes a source"),
])  # fmt: skip
def test_what_is_wrong_is_refused_and_nothing_is_stored(
    pkm: CommandLine, pull: Pull, words: list[str], told: str
) -> None:
    assert told in pkm("seek", "rules", "add", *words, ok=2).err
    assert pkm.json("seek", "rules") == []


def test_what_was_put_back_by_hand_no_rule_mutes_again(pkm: CommandLine, server: FeedServer) -> None:
    pkm("seek", "add", server.add("/f", rss(entry("1", "An advert", text="words"))))
    pkm("seek", "rules", "add", "mute", "title:advert")
    pkm("seek", "pull")
    pkm("sense", "restore", "i1")
    pkm("seek", "rules", "apply", "u1", "--yes")
    assert [row["id"] for row in pkm.json("sense", "inbox")] == ["i1"]


def test_what_was_muted_of_a_past_goes_back_there(pkm: CommandLine, server: FeedServer) -> None:
    pkm("seek", "add", server.add("/f", rss(*(entry(f"{n}", f"Advert {n}", text="words") for n in range(8)))))
    pkm("seek", "rules", "add", "mute", "title:advert")
    assert pkm.json("seek", "pull")["backlog"] == []
    pkm("seek", "rules", "remove", "u1", "--unmute")
    assert len(pkm.json("sense", "inbox")) == 5
    assert len(pkm.json("sense", "inbox", "--backlog")) == 3


def test_an_author_who_does_not_write_there_is_no_author_to_follow(pkm: CommandLine, server: FeedServer) -> None:
    url = server.add("/f", rss(*FEED, ns=DC))
    told = pkm("seek", "add", url, "--author", "Nobody Here", ok=2).err
    assert "authors there: Ann Lee" in told
    assert pkm.json("seek", "list") == []
    pkm("seek", "add", url, "--author", "Nobody Here", "--force")
    assert len(pkm.json("seek", "rules")) == 1
