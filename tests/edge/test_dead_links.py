"""Pages that notes and kept items lead to: dead only after several looks, moved ones mended in notes, few questions a host."""

import pytest

from pkm.whole.dead_links import Answer, Place, Seen, choose, decide, find_addresses, rewrite, written
from tests.conftest import CommandLine
from tests.server import Answer as Served
from tests.server import FeedServer


@pytest.mark.parametrize(("text", "found"), [
    ("see https://a.org/x.", ["https://a.org/x"]), ("(https://a.org/b_(c))", ["https://a.org/b_(c)"]),
    ("[so](https://a.org/y) and <https://b.org>", ["https://a.org/y", "https://b.org"]), ("http:// and https://me:pw@a.org", []),
])  # fmt: skip
def test_addresses_are_found_as_they_are_written(text: str, found: list[str]) -> None:
    assert find_addresses(text) == found


def test_only_the_address_itself_is_rewritten() -> None:
    text = "https://a.org/x, https://a.org/xy and (https://a.org/x#part)."
    assert rewrite(text, {"https://a.org/x": "https://b.org/"}) == "https://b.org/, https://a.org/xy and (https://b.org/#part)."


@pytest.mark.parametrize(("url", "safe"), [
    ("https://a.org/x?y=1&z=%20b", "https://a.org/x?y=1&z=%20b"),
    ("https://a.org/n)[[Divorce]]%%x%%(a", "https://a.org/n%29%5B%5BDivorce%5D%5D%25%25x%25%25%28a"),
    ("https://a.org/<b>|c `d`\\", "https://a.org/%3Cb%3E%7Cc%20%60d%60%5C"), ("https://a.org/?token=SEKRET12345", ""),
    ("https://me:pw@a.org/", ""), ("https://a.org/ghp_" + "a1" * 18, ""), ("https://a.org/" + "a" * 2000, ""), ("", ""),
    ("javascript:alert(1)", ""),
])  # fmt: skip
def test_a_host_writes_nothing_but_an_address_into_a_note(url: str, safe: str) -> None:
    assert written(url) == safe


def test_what_is_near_is_left_alone_unless_a_source_is_there(pkm: CommandLine, server: FeedServer) -> None:
    server.add("/admin", "here")
    pkm("sense", "note", f"![x]({server.url}/admin?reboot=1) <http://localhost/x> and http://[::1]/y")
    found = pkm.json("doctor", "--links")
    assert (found["asked"], found["known"], found["rows"]) == (0, 0, [])
    assert server.requests == []


@pytest.mark.parametrize(("answers", "state"), [
    ([200], "ok"), ([0], "unreached"), ([0, 0], "unreached"), ([0, 503, 0], "dead"), ([404], "unreached"), ([404, 404], "dead"),
    ([410, 200], "ok"), ([0, 0, 200, 0], "unreached"), ([403, 403, 403], "ok"), ([404, 0], "unreached"),
    ([500, 404, 404], "dead"),
])  # fmt: skip
def test_one_look_says_nothing(answers: list[int], state: str) -> None:
    seen: Seen | None = None
    for number, status in enumerate(answers, 1):
        seen = decide(seen, Answer(status), f"2026-11-0{number}T09:00:00Z")
    assert seen is not None
    assert seen.state == state


def test_the_oldest_are_asked_first_and_few_of_a_host() -> None:
    urls = [f"https://a.org/{n}" for n in range(9)] + ["https://b.org/old", "https://b.org/today", "https://b.org/never"]
    seen = {"https://b.org/old": Seen("2026-10-01T09:00:00Z"), "https://b.org/today": Seen("2026-11-23T01:00:00Z")}
    chosen = [one.url for one in choose({url: Place(url) for url in urls}, seen, "2026-11-23T09:00:00Z", 50)]
    assert chosen == [*urls[:5], "https://b.org/never", "https://b.org/old"]


def test_a_run_tells_mends_and_asks_nobody_twice_a_day(
    pkm: CommandLine, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add("/feed", "<rss version='2.0'><channel><title>Near</title></channel></rss>")
    pkm("seek", "add", f"{server.url}/feed")
    server.add("/kept", f"<title>Kept</title><p>{'Words that are kept. ' * 20}</p>", content_type="text/html")
    server.add("/fine", b"x" * 200_000, content_type="text/html")
    server.add("/moved", redirect_to="/fine", status=301)
    server.script("/no-head", [Served(status=405), Served("<p>hello</p>", "text/html")])
    pkm("seek", "clip", f"{server.url}/kept")
    pkm("sense", "note", f"Read {server.url}/moved#part and {server.url}/kept, {server.url}/no-head.")
    server.script("/kept", [Served("gone", "text/plain", 404)])
    server.requests.clear()
    first = pkm.json("doctor", "--links")
    assert (first["asked"], {row["id"].rpartition("/")[2]: row["state"] for row in first["rows"]}) == (
        3, {"kept": "unreached", "moved": "moved"}
    )  # fmt: skip
    assert [(one.method, one.path) for one in server.requests if one.path != "/fine"] == [
        ("HEAD", "/kept"), ("GET", "/kept"), ("HEAD", "/moved"), ("HEAD", "/no-head"), ("GET", "/no-head")
    ]  # fmt: skip
    assert pkm.json("doctor", "--links")["asked"] == 0
    monkeypatch.setenv("PKM_NOW", "2026-11-25T09:00:00Z")
    told = pkm("doctor", "--links", "--mend").out
    assert "dead since 2026-11-23" in told
    assert "its text is kept: pkm sense show i1" in told
    assert f"https://web.archive.org/web/{server.url}/kept" in told
    assert f"{server.url}/fine#part" in pkm.json("sense", "show", "n1")["text"]
    pkm("undo")
    assert f"{server.url}/moved#part" in pkm.json("sense", "show", "n1")["text"]
