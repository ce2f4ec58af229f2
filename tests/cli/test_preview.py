"""What a preview tells before anything leaves: who gets it, what they had, how long it is, and what two circles get."""

from pathlib import Path

import pytest

from pkm.config import Home
from tests.conftest import CommandLine, KeptHomes
from tests.social_server import TOKEN, Social
from tests.social_server import social as social


@pytest.fixture
def planned(
    pkm: CommandLine, home: Path, tmp_path: Path, social: Social, monkeypatch: pytest.MonkeyPatch, kept_homes: KeptHomes
) -> CommandLine:
    """One note went to Ann; it goes with another one to the community, where Ben is new, and in other words to all."""
    monkeypatch.setenv("SOCIAL_TOKEN", TOKEN)
    kept_homes.fill(home, "preview", lambda: live(pkm, tmp_path, social, monkeypatch), social.url)
    monkeypatch.setenv("PKM_NOW", "2026-11-25T09:00:00Z")
    return pkm


def live(pkm: CommandLine, tmp_path: Path, social: Social, monkeypatch: pytest.MonkeyPatch) -> None:
    pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    pkm("share", "channel", "add", "post", "smtp://127.0.0.1:9", "--from", "Me <me@example.org>")
    pkm("share", "channel", "add", "fedi", f"mastodon+{social.url}", "--token-env", "SOCIAL_TOKEN")
    pkm("circle", "add", "practice", "--kind", "community", "--channel", "drop")
    pkm("circle", "edit", "network", "--channel", "fedi", "--channel", "drop")
    for person in ("Ann", "Ben"):
        pkm("contact", "add", person, "--email", f"{person.lower()}@example.org")
    pkm("circle", "join", "practice", "c1", "--because", "peer")
    pkm("sense", "note", "Walking retros work well", "--reach", "network")
    pkm("sense", "note", "Ask before you tell, see https://example.org/" + "long/" * 20, "--reach", "network")
    pkm("share", "draft", "n1", "--to", "practice", "--title", "First")
    pkm("share", "send", "x1", "--yes")
    monkeypatch.setenv("PKM_NOW", "2026-11-25T09:00:00Z")
    pkm("circle", "join", "practice", "c2", "--because", "peer")
    pkm("circle", "edit", "practice", "--channel", "drop", "--channel", "post")
    pkm("share", "draft", "n1", "n2", "--to", "practice", "--to", "network", "--title", "Second")
    pkm("share", "edit", "x2", "--for", "network", "--note", "n1", "-m", "Walk in your retros")


def test_who_gets_it_what_they_had_and_what_can_be_taken_back(planned: CommandLine) -> None:
    rows = {(row["circle"], row["channel"], row["name"]): row for row in planned.json("share", "preview", "x2")}
    folder = rows["practice", "drop", None]["people"]
    assert [(one["name"], one["new"]) for one in folder] == [("Ann", False), ("Ben", True)]
    assert [(had["id"], had["share"]) for had in folder[0]["had"]] == [("n1", "x1")]
    assert folder[1]["had"] == []
    letter = rows["practice", "post", "Ann"]
    assert [had["id"] for had in letter["people"][0]["had"]] == ["n1"]
    assert (letter["deletes"], letter["recall"]) == (False, "cannot be recalled")
    post = rows["network", "fedi", None]
    assert (post["people"], post["recall"]) == ([], "can be deleted; who read it has read it")
    told = planned("share", "preview", "x2").out
    assert "Goes to Ann, Ben (new); can be taken down again." in told
    assert "Ann had before: n1 “Walking retros work well” (x1)" in told


def test_a_post_is_counted_as_its_channel_counts(planned: CommandLine) -> None:
    (post,) = planned.json("share", "preview", "x2", "--channel", "fedi")
    room = post["room"]
    assert (room["limit"], room["link"], room["left"]) == (500, 23, 500 - room["used"])
    assert len(post["text"]) - len("https://example.org/" + "long/" * 20) + 23 == room["used"]
    assert (post["part"], post["parts"]) == (1, 1)
    assert f"post 1, {room['used']} of 500 characters, public, {room['left']} left, a link counts as 23" in (
        planned("share", "preview", "x2", "--channel", "fedi").out
    )


def test_two_circles_beside_each_other(planned: CommandLine) -> None:
    told = planned("share", "preview", "x2", "--diff", "practice", "network").out.splitlines()
    assert told[:2] == ["--- practice by drop", "+++ network by drop"]
    assert "-Walking retros work well" in told
    assert "+Walk in your retros" in told
    assert not any("Ask before" in line for line in told if line[0] in "+-")
    as_json = planned.json("share", "preview", "x2", "--diff", "practice", "network")
    assert (as_json["from"], as_json["to"], as_json["same"], as_json["diff"]) == ("practice", "network", False, told)
    assert planned.json("share", "preview", "x2", "--diff", "practice", "practice")["same"]
    assert "neither --to" in planned("share", "preview", "x2", "--diff", "practice", "network", "--open", ok=2).err


def test_it_opens_in_a_browser(planned: CommandLine, home_paths: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    shown = planned.json("share", "preview", "x2", "--open")
    assert opened == [(home_paths.preview / "index.html").as_uri()]
    index = (home_paths.preview / "index.html").read_text()
    assert all(row["sha256"] in index for row in shown)
    assert "had n1 “Walking retros work well” before (x1)" in index
    pages = [path.read_text() for path in sorted(home_paths.preview.glob("[0-9]*.html"))]
    assert len(pages) == 3  # two circles' files, and one of the letters
    assert all("Ask before you tell" in page for page in pages)
    assert home_paths.preview.stat().st_mode & 0o077 == 0
