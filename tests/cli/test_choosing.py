"""A page with several feeds: listed, then one is named by its number, or by its row in the list."""

from tests.conftest import CommandLine
from tests.server import FeedServer

FEED = "<rss version='2.0'><channel><title>{0}</title><item><title>{0} one</title></item></channel></rss>"


def site(server: FeedServer) -> str:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{name}">' for name in ("essays", "links"))
    for name in ("essays", "links"):
        server.add(f"/{name}", FEED.format(name))
    return server.add("/", f"<!doctype html><html><head>{links}</head></html>", content_type="text/html")


def test_by_its_number(pkm: CommandLine, server: FeedServer) -> None:
    page = site(server)
    assert pkm.json("seek", "add", page, "--feed", 2)["url"] == f"{server.url}/links"
    assert "2 feeds" in pkm("seek", "add", page, "--feed", 3, ok=2).err


def test_by_its_row_in_the_list(pkm: CommandLine, server: FeedServer) -> None:
    page = site(server)
    refused = pkm("seek", "add", page, ok=2)
    assert f"{server.url}/essays  essays (1 entry)" in refused.err
    assert pkm.json("seek", "add", "%2")["url"] == f"{server.url}/links"
    assert pkm.json("seek", "list")[0]["title"] == "links"
