"""Pages taken in whole: from the web, a file, stdin; archived as they came; full texts for sources that give summaries."""

from pathlib import Path

import pytest

from pkm.seek import fulltext
from tests.cli.test_sense import run_on_pty
from tests.conftest import CommandLine
from tests.server import FeedServer

HTML = "text/html; charset=utf-8"
WORDS = "The garden grows where people walk, and planners who listen draw their paths there afterwards. "
ARTICLE = f"<article><h1>Desire paths</h1><p>{WORDS * 3}</p><p>{WORDS * 4}</p></article>"


def page(head: str = "", body: str = ARTICLE) -> str:
    return f"<!doctype html><html><head><title>Desire paths</title>{head}</head><body>{body}</body></html>"


def feed(*items: tuple[str, str, str]) -> str:
    entries = "".join(
        f"<item><guid>{link}</guid><title>{title}</title><link>{link}</link><description>{text}</description></item>"
        for link, title, text in items
    )
    return f"<rss version='2.0'><channel><title>Short</title>{entries}</channel></rss>"


def test_a_page_from_stdin_says_where_it_is_from_or_is_told(pkm: CommandLine) -> None:
    told = pkm.json("seek", "clip", "-", "--url", "https://example.org/p?utm_source=x", stdin=page())
    assert (told["title"], told["url"], told["state"]) == ("Desire paths", "https://example.org/p?utm_source=x", "kept")
    link = '<link rel="canonical" href="https://example.org/p">'
    again = pkm.json("seek", "clip", "-", stdin=page(link))
    assert again["id"] == told["id"]  # the same page twice is one item
    refused = pkm("seek", "clip", "-", stdin=page(), ok=1)
    assert "does not say where it is from" in refused.err
    assert "--url" in refused.err


def test_a_file_can_say_where_it_is_from(pkm: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "saved.html"
    file.write_text(page())
    assert pkm.json("seek", "clip", file, "--url", "https://example.org/saved")["url"] == "https://example.org/saved"
    file.write_text(page('<meta property="og:url" content="https://example.org/other">'))
    assert pkm.json("seek", "clip", file)["url"] == "https://example.org/other"


def test_the_archived_page_comes_back_byte_for_byte(pkm: CommandLine, server: FeedServer, tmp_path: Path) -> None:
    body = page("<script>alert(1)</script>").encode() + b"<!-- \xff odd -->"
    url = server.add("/p", body, content_type=HTML)
    pkm("seek", "clip", url)
    assert "no page was archived" in pkm("sense", "show", "i1", "--page", "-", ok=1).err
    pkm("seek", "clip", url, "--keep-page")
    shown = pkm.json("sense", "show", "i1")
    assert [one["role"] for one in shown["pages"]] == ["archive"]
    assert "alert" not in shown["text"]
    out = tmp_path / "out.html"
    ran = pkm("sense", "show", "i1", "--page", out)
    assert out.read_bytes() == body
    assert "runs its scripts" in ran.err
    pkm("undo")
    assert pkm.json("sense", "show", "i1")["pages"] == []


def test_an_archived_page_rules_no_terminal(pkm: CommandLine, server: FeedServer, home: Path) -> None:
    """Byte for byte it goes into a pipe; a terminal would obey what the page says to it."""
    body = page(body=ARTICLE + "\x1b]52;c;aGk=\x07\x1b[2J\x9b2J").encode()
    pkm("seek", "clip", server.add("/p", body, content_type=HTML), "--keep-page")
    shown = run_on_pty(home, ["sense", "show", "i1", "--page", "-"])
    assert "<h1>Desire paths</h1>" in shown
    assert not set(shown) & set("\x1b\x07\x9b")


def test_full_text_takes_the_place_of_a_summary_and_both_stay(pkm: CommandLine, server: FeedServer) -> None:
    summary = "Planners who listen draw paths where people walk in the garden"
    posts = [(f"{server.url}/{name}", name.title(), summary) for name in ("whole", "wall", "gone", "short", "front")]
    posts[0] = (posts[0][0], "Desire paths", summary)
    url = server.add("/feed", feed(*posts))
    server.add("/whole", page(), content_type=HTML)
    wall = f"<article><h1>x</h1><p>{WORDS * 3}</p><p>Subscribe to continue reading this story.</p></article>"
    server.add("/wall", page(body=wall), content_type=HTML)
    server.add("/gone", status=404)
    server.add("/short", page(body="<p>nothing</p>"), content_type=HTML)
    server.add("/front", redirect_to="/")
    server.add("/", page(), content_type=HTML)
    pkm("seek", "add", url, "--full-text")
    assert pkm.json("seek", "pull")["full_texts"] == 1
    item = pkm.json("sense", "show", "Desire paths")
    assert item["text"].count("The garden grows") == 7
    assert item["summary"].startswith("Planners who listen")
    assert pkm("sense", "show", item["id"], "--feed-text").out.strip() == summary
    for title in ("Wall", "Gone", "Short", "Front"):
        assert pkm.json("sense", "show", title)["text"] == summary
        assert "no other" in pkm("sense", "show", title, "--feed-text", ok=1).err
    hits = len(server.requests)
    pkm("seek", "pull", "--all")
    assert [request.path for request in server.requests[hits:]] == ["/feed"]  # each page is asked for once


def test_a_changed_summary_does_not_overwrite_the_full_text(pkm: CommandLine, server: FeedServer) -> None:
    link = f"{server.url}/whole"
    url = server.add("/feed", feed((link, "Desire paths", "People walk where the garden grows")))
    server.add("/whole", page(), content_type=HTML)
    pkm("seek", "add", url, "--full-text")
    pkm("seek", "pull")
    server.add("/feed", feed((link, "Desire paths, corrected", "People walk where nothing grows")))
    pkm("seek", "pull", "--all")
    item = pkm.json("sense", "show", "i1")
    assert item["title"] == "Desire paths, corrected"
    assert item["text"].count("The garden grows") == 7
    assert pkm("sense", "show", "i1", "--feed-text").out.strip() == "People walk where nothing grows"


def test_a_host_without_an_answer_is_asked_again_the_next_time(pkm: CommandLine, server: FeedServer) -> None:
    url = server.add("/feed", feed((f"{server.url}/a", "Desire paths", "Short")))
    server.add("/a", status=503)
    pkm("seek", "add", url, "--full-text")
    assert pkm.json("seek", "pull")["full_texts"] == 0
    server.add("/a", page(), content_type=HTML)
    assert pkm.json("seek", "pull", "--all")["full_texts"] == 1


def test_full_text_is_switched_on_and_off(pkm: CommandLine, server: FeedServer) -> None:
    url = server.add("/feed", feed((f"{server.url}/a", "Desire paths", "A beginning that goes on …")))
    server.add("/a", page(), content_type=HTML)
    pkm("seek", "add", url)
    pkm("seek", "pull")
    assert server.hits("/a") == 0
    pkm("seek", "edit", "s1", "--full-text")
    assert "full text" in pkm("seek", "show", "s1").out
    pkm("seek", "pull", "--all")
    assert server.hits("/a") == 1
    pkm("seek", "edit", "s1", "--summaries")
    assert "full text" not in pkm("seek", "show", "s1").out


def test_a_source_of_beginnings_is_said_to_be_one(pkm: CommandLine, server: FeedServer) -> None:
    url = server.add("/feed", feed(*((f"{server.url}/{n}", f"T{n}", f"A beginning {n} that goes on […]") for n in range(4))))
    pkm("seek", "add", url)
    pkm("seek", "pull")
    assert "pkm seek edit s1 --full-text" in pkm("seek", "show", "s1").err
    pkm("seek", "edit", "s1", "--full-text")
    assert "beginnings only" not in pkm("seek", "show", "s1").err


def test_a_page_on_the_own_network_is_not_asked_for_because_a_feed_names_it(pkm: CommandLine, server: FeedServer) -> None:
    url = server.add("/feed", feed((f"http://localhost:{server.port}/admin", "Admin", "Short")))
    server.add("/admin", page(), content_type=HTML)
    pkm("seek", "add", url, "--full-text")
    assert pkm.json("seek", "pull")["full_texts"] == 0
    assert server.hits("/admin") == 0


def test_an_item_as_markdown(pkm: CommandLine) -> None:
    body = "<article><h1>Desire paths</h1><h2>Why</h2><p>" + WORDS * 4 + "<b>Bold</b> words.</p></article>"
    pkm("seek", "clip", "-", "--url", "https://example.org/p", stdin=page(body=body))
    out = pkm("sense", "show", "i1", "--markdown").out
    assert out.startswith("# Desire paths\n\n<https://example.org/p>\n\n## Why\n\nThe garden")
    assert "**Bold** words." in out
    pkm("sense", "note", "An own note")
    pkm("sense", "show", "n1", "--markdown", ok=2)


def test_texts_of_imported_bookmarks(pkm: CommandLine, server: FeedServer, tmp_path: Path) -> None:
    server.add("/a", page(), content_type=HTML)
    server.add("/b", status=404)
    file = tmp_path / "b.csv"
    file.write_text(f"title,url,time_added,tags,status\nA,{server.url}/a,1,,archive\nB,{server.url}/b,1,,unread\n")
    pkm("import", file)
    report = pkm.json("seek", "clip", "--missing", "10")
    assert (report["updated"], report["unchanged"], report["failed"], report["left"]) == (1, 1, 0, 0)
    assert pkm.json("sense", "show", "i1")["text"].count("The garden grows") == 7
    pkm("undo")
    assert pkm.json("sense", "show", "i1")["text"] == ""


def test_pages_that_take_long_to_read_wait_and_keep_no_other_source_waiting(
    pkm: CommandLine, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page may be made so that reading it takes minutes, and a feed may name many of them."""
    summary = "Planners who listen draw paths where people walk in the garden"
    addresses = [server.add(f"/{number}", page(), content_type=HTML) for number in range(4)]
    slow = feed(*((url, f"Desire paths {number}", summary) for number, url in enumerate(addresses[:3])))
    pkm("seek", "add", server.add("/slow", slow), "--full-text")
    pkm("seek", "add", server.add("/feed", feed((addresses[3], "Desire paths too", summary))), "--full-text")
    monkeypatch.setattr(fulltext, "READ_S", 0.0)
    assert pkm.json("seek", "pull")["full_texts"] == 2, "one page of each source"
    monkeypatch.setattr(fulltext, "READ_S", 60.0)
    assert pkm.json("seek", "pull", "--all")["full_texts"] == 2, "the others the next time"


@pytest.mark.parametrize("words", [[], ["--missing", "3", "x"], ["https://example.org", "--url", "https://x.example"]])
def test_what_clip_cannot_mean(pkm: CommandLine, words: list[str]) -> None:
    pkm("seek", "clip", *words, ok=2)


def test_a_local_feed_opens_its_own_port_and_no_other_feed(pkm: CommandLine, server: FeedServer) -> None:
    summary = "Planners who listen draw paths where people walk in the garden"
    with FeedServer() as other:
        inside = other.add("/inside", page(), content_type=HTML)
        own = other.add("/own", page(), content_type=HTML)
        pkm("seek", "add", server.add("/feed", feed((inside, "Of another port", summary))), "--full-text")
        pkm("seek", "add", other.add("/feed", feed((own, "Of its own", summary))), "--full-text")
        assert pkm.json("seek", "pull")["full_texts"] == 1
        assert [request.path for request in other.requests if request.path == "/inside"] == []
    assert pkm.json("sense", "show", "Of another port")["text"] == summary
    log = pkm("log").out
    assert "texts of 1 page" in log
    assert "1 pages" not in log
