"""Fetching from a real server on loopback: validators, redirects, limits, refusals, and the words for each failure."""

import gzip
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pkm.errors import BadInput, NotFound, Unreachable
from pkm.net import connect as connecting
from pkm.net import fetch as fetching
from pkm.net.failure import FetchError, hide_credentials, is_offline
from pkm.net.fetch import Fetcher, check_address, read_file
from pkm.net.times import parse_retry_after
from tests.server import Answer, FeedServer

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def fetcher():
    with Fetcher() as one:
        yield one


def why(fetcher: Fetcher, url: str, **options) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url, **options)
    return caught.value


def test_body_headers_and_manners(server: FeedServer, fetcher: Fetcher) -> None:
    more = {"etag": 'W/"a-gzip"', "headers": {"X-Not": "1"}}
    url = server.add("/feed.xml", "<rss/>", content_type="application/rss+xml", **more)
    got = fetcher.fetch(url + "#part")
    assert (got.status, got.body, got.final_url, got.redirects) == (200, b"<rss/>", url, ())
    assert got.content_type == "application/rss+xml"
    assert got.headers["etag"] == 'W/"a-gzip"'
    assert "x-not" not in got.headers
    asked = server.requests[0].headers
    assert asked["user-agent"].startswith("pkm/")
    assert "gzip" in asked["accept-encoding"]
    assert "application/atom+xml" in asked["accept"]


@pytest.mark.parametrize("etag", ['"quoted"', "unquoted", 'W/"weak"', '"abc-gzip"'])
def test_etag_goes_back_as_it_came(server: FeedServer, fetcher: Fetcher, etag: str) -> None:
    url = server.add("/f", "x", etag=etag)
    first = fetcher.fetch(url)
    again = fetcher.fetch(url, etag=first.headers["etag"])
    assert server.requests[-1].headers["if-none-match"] == etag
    assert again.not_modified
    assert again.body is None
    assert again.headers["etag"] == etag


def test_last_modified_that_is_not_gmt_goes_back_as_it_came(server: FeedServer, fetcher: Fetcher) -> None:
    odd = "Mon, 23 Nov 2026 10:00:00 +0100 (CET)"
    url = server.add("/f", "x", modified=odd)
    assert fetcher.fetch(url, modified=odd).not_modified
    assert server.requests[0].headers["if-modified-since"] == odd


def test_304_that_nobody_asked_for_is_an_error(server: FeedServer, fetcher: Fetcher) -> None:
    assert why(fetcher, server.add("/f", status=304)).status == 304


def test_226_is_an_answer(server: FeedServer, fetcher: Fetcher) -> None:
    assert fetcher.fetch(server.add("/f", "delta", status=226)).body == b"delta"


def test_redirects_are_recorded(server: FeedServer, fetcher: Fetcher) -> None:
    server.add("/a", redirect_to="/b", status=301)
    server.add("/b", redirect_to=server.url + "/c d", status=308)
    server.add("/c%20d", "end")
    got = fetcher.fetch(server.url + "/a")
    assert got.body == b"end"
    assert got.redirects == ((301, server.url + "/b"), (308, server.url + "/c%20d"))
    assert got.moved_to == got.final_url == server.url + "/c%20d"


def test_one_temporary_redirect_makes_the_chain_temporary(server: FeedServer, fetcher: Fetcher) -> None:
    server.add("/a", redirect_to="/b", status=301)
    server.add("/b", redirect_to="/c", status=302)
    server.add("/c", "end")
    assert fetcher.fetch(server.url + "/a").moved_to is None


def test_redirect_loop_ends(server: FeedServer, fetcher: Fetcher) -> None:
    server.add("/a", redirect_to="/b")
    server.add("/b", redirect_to="/a")
    assert "more than 5 redirects" in why(fetcher, server.url + "/a").why
    assert len(server.requests) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "javascript:alert(1)", "ftp://127.0.0.1/x", "http://:80/"])
def test_redirect_to_another_scheme_is_refused(server: FeedServer, fetcher: Fetcher, target: str) -> None:
    error = why(fetcher, server.add("/a", redirect_to=target))
    assert "redirects to" in error.why
    assert "no web address" in error.why


def test_redirect_without_a_target_is_an_error(server: FeedServer, fetcher: Fetcher) -> None:
    assert why(fetcher, server.add("/a", status=301)).status == 301


def test_redirect_from_public_to_private_is_refused(
    server: FeedServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "host_is_private", lambda host: host == "127.0.0.1")  # localhost is public
    server.add("/a", redirect_to=server.url + "/b")
    server.add("/b", "secret")
    error = why(fetcher, f"http://localhost:{server.port}/a")
    assert "this machine or its local network" in error.why
    assert server.hits("/b") == 0
    assert fetcher.fetch(server.url + "/a").body == b"secret"  # one private host may hand on to another


@pytest.mark.parametrize("where", ["http://rebound.example:{port}/secret", "{private}/secret", "/secret"])
def test_a_host_that_names_another_address_after_its_redirect_leads_to_none_of_this_network(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Its name is looked up again for the next request: whom it names then is a stranger's choice as well."""
    public, asked, looked_up = FeedServer(host="127.0.0.2"), [], socket.getaddrinfo
    try:
        private = FeedServer(host="127.0.0.1")
        private.add("/secret", "secret")
        where = where.format(port=private.port, private=private.url)
        public.add("/a", redirect_to=where, headers={"Connection": "close"})
        monkeypatch.setattr(connecting, "_is_local", lambda ip: str(ip) != "127.0.0.2")

        def look_up(host: str, port: int | None, *more: object, **options: object) -> object:
            if host != "rebound.example":
                return looked_up(host, port, *more, **options)
            asked.append(host)
            if len(asked) == 1:
                return looked_up("127.0.0.2", public.port, *more, **options)
            return looked_up("127.0.0.1", private.port, *more, **options)

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        error = why(fetcher, f"http://rebound.example:{public.port}/a")
        assert "this machine or its local network" in error.why
        assert private.requests == []
    finally:
        public.close()
        private.close()


def test_connection_that_must_be_public_is_checked_when_it_is_made(server: FeedServer, fetcher: Fetcher) -> None:
    from pkm.net.connect import PrivateAddress

    with pytest.raises(PrivateAddress), fetcher._watch.call(time.monotonic() + 5, refuse_private=True) as call:
        fetcher._exchange(server.url + "/x", {}, fetching._Limits(time.monotonic(), 5, 10), call)
    assert server.requests == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:127.0.0.1",
             "100.64.0.1", "0.0.0.0", "localhost", "2130706433"],
)  # fmt: skip
def test_private_addresses(host: str) -> None:
    with pytest.raises(FetchError):
        check_address(host)


@pytest.mark.parametrize("host", ["93.184.215.14", "2606:4700::1111"])
def test_public_addresses(host: str) -> None:
    """Nothing is raised: without this, a check that refuses all would pass the one above."""
    check_address(host)


def test_credentials_are_sent_to_their_host_only(server: FeedServer, fetcher: Fetcher) -> None:
    server.add("/a", redirect_to=f"http://localhost:{server.port}/b")
    server.add("/b", "x")
    url = f"http://ann:p%40ss@127.0.0.1:{server.port}/a"
    got = fetcher.fetch(url)
    assert server.requests[0].headers["authorization"] == "Basic YW5uOnBAc3M="
    assert "authorization" not in server.requests[1].headers
    assert "ann" not in got.final_url
    error = why(fetcher, url.replace("/a", "/none"))
    assert "p%40ss" not in str(error)
    assert hide_credentials("https://u:p@h/x@y") == "https://h/x@y"


@pytest.mark.parametrize("packing", [{"gzip": True}, {"deflate": True}, {}])
def test_unpacking(server: FeedServer, fetcher: Fetcher, packing: dict) -> None:
    assert fetcher.fetch(server.add("/f", "text " * 1000, **packing)).body == b"text " * 1000


@pytest.mark.parametrize(("library", "coding"), [("brotli", "br"), ("backports.zstd", "zstd")])
def test_newer_packings_where_their_libraries_are_there(
    server: FeedServer, fetcher: Fetcher, library: str, coding: str
) -> None:
    packed = pytest.importorskip(library).compress(b"text " * 1000)
    url = server.add("/f", packed, headers={"Content-Encoding": coding})
    assert fetcher.fetch(url).body == b"text " * 1000
    assert coding in server.requests[0].headers["accept-encoding"].split(",")
    bomb = server.add("/bomb", pytest.importorskip(library).compress(b"0" * 30_000_000), headers={"Content-Encoding": coding})
    assert why(fetcher, bomb).why == "more than 10 MB"


def test_size_counts_after_unpacking(server: FeedServer, fetcher: Fetcher) -> None:
    bomb = gzip.compress(b"0" * 200_000_000, 1)
    url = server.add("/bomb", bomb, headers={"Content-Encoding": "gzip"})
    assert why(fetcher, url).why == "more than 10 MB"
    assert "0.001 MB" in why(fetcher, server.add("/big", b"x" * 2000), max_bytes=1000).why


def test_truncated_and_wrongly_packed(server: FeedServer, fetcher: Fetcher) -> None:
    assert "broke off after 10 bytes" in why(fetcher, server.add("/cut", b"x" * 500, cut_at=10)).why
    bad = server.add("/bad", b"plain", headers={"Content-Encoding": "gzip"})
    assert "not packed" in why(fetcher, bad).why


def test_empty_answer_is_an_answer(server: FeedServer, fetcher: Fetcher) -> None:
    assert fetcher.fetch(server.add("/f")).body == b""


@pytest.mark.parametrize("slow", [{"delay_s": 5}, {"drip_s": 0.05}, {"header_drip_s": 0.02}])
def test_slow_servers_are_cut_off(server: FeedServer, fetcher: Fetcher, slow: dict) -> None:
    error = why(fetcher, server.add("/slow", b"x" * 200, **slow), timeout_s=0.4)
    assert error.why == "no answer within 0.4 s"


def test_slow_body_without_a_length_is_cut_off_too(fetcher: Fetcher) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        client, _ = listener.accept()
        client.recv(4096)
        client.sendall(b"HTTP/1.0 200 OK\r\n\r\n<rss>")
        while True:
            try:
                client.sendall(b"x")
            except OSError:
                return
            time.sleep(0.02)

    threading.Thread(target=drip, daemon=True).start()
    error = why(fetcher, f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout_s=0.4)
    listener.close()
    assert error.why == "no answer within 0.4 s"


@pytest.mark.parametrize("junk", [b"", b"SSH-2.0-OpenSSH\r\n", b"\x00" * 100, b"HTTP/1.1 abc\r\n\r\n"])
def test_what_is_no_http(fetcher: Fetcher, junk: bytes) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        client, _ = listener.accept()
        client.recv(4096)
        client.sendall(junk)
        client.close()

    threading.Thread(target=answer, daemon=True).start()
    error = why(fetcher, f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout_s=2)
    listener.close()
    assert "closed the connection" in error.why or "no HTTP" in error.why


def test_refused_unknown_and_not_web(server: FeedServer, fetcher: Fetcher) -> None:
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    refused = why(fetcher, f"http://127.0.0.1:{port}/")
    assert refused.why == "connection refused"
    assert not is_offline(refused)
    unknown = why(fetcher, "http://nowhere.invalid/")
    assert is_offline(unknown)
    assert isinstance(unknown, Unreachable)
    for odd in ("file:///etc/passwd", "gopher://x/", "http://", "http://[::1", "http://x:99999999/", "word", ""):
        assert "no web address" in why(fetcher, odd).why


def test_http_on_a_tls_port_and_the_reverse(server: FeedServer, fetcher: Fetcher) -> None:
    assert "secure connection" in why(fetcher, server.url.replace("http:", "https:") + "/").why


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "404 (not found)"), (410, "gone for good"), (401, "credentials"), (403, "403"), (500, "500"), (999, "999")],
)
def test_status_in_words(server: FeedServer, fetcher: Fetcher, status: int, words: str) -> None:
    error = why(fetcher, server.add("/f", "page", status=status))
    assert (error.status, error.retry_after) == (status, None)
    assert words in error.why


def test_wait_and_bot_wall(server: FeedServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKM_NOW", "2026-11-23T09:00:00Z")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    error = why(fetcher, server.add("/f", status=503, headers={"Retry-After": "3600"}))
    assert error.retry_after == NOW + timedelta(hours=1)
    assert "503 (service unavailable): its host waits until 10:00" in error.why
    assert "bot wall" in why(fetcher, server.add("/g", status=403, headers={"CF-Mitigated": "challenge"})).why


@pytest.mark.parametrize(
    ("value", "date", "hours"),
    [
        ("3600", "", 1),
        ("0", "", 0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", "", 2),
        ("Mon, 23 Nov 2026 11:00:00 GMT", "Mon, 23 Nov 2026 10:00:00 GMT", 1),  # the server's clock is ahead
        ("Mon, 23 Nov 2020 11:00:00 GMT", "", 0),
        ("315360000", "", 31 * 24),
        ("9" * 400, "", 31 * 24),
        ("Thu, 23 Nov 2036 11:00:00 GMT", "", 31 * 24),
    ],
)
def test_retry_after(value: str, date: str, hours: int) -> None:
    assert parse_retry_after(value, date, NOW) == NOW + timedelta(hours=hours)


@pytest.mark.parametrize("value", ["", "-5", "soon", "١٢", "1.5", "Mon, 99 Nov 2026", "\x00"])
def test_retry_after_that_is_no_time(value: str) -> None:
    assert parse_retry_after(value, "", NOW) is None


def test_kept_connection_that_died_is_replaced(fetcher: Fetcher) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    served = []

    def answer() -> None:
        while len(served) < 2:
            client, _ = listener.accept()
            client.recv(4096)
            served.append(1)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            client.recv(4096)  # the second request arrives here and is hung up on
            client.close()

    threading.Thread(target=answer, daemon=True).start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    assert fetcher.fetch(url).body == b"ok"
    assert fetcher.fetch(url).body == b"ok"
    listener.close()
    assert len(served) == 2


def test_many_threads_share_it(server: FeedServer, fetcher: Fetcher) -> None:
    url = server.add("/f", b"x" * 20_000)
    with ThreadPoolExecutor(16) as pool:
        sizes = list(pool.map(lambda _: len(fetcher.fetch(url).body or b""), range(200)))
    assert sizes == [20_000] * 200


def test_script_gives_one_answer_after_the_other(server: FeedServer, fetcher: Fetcher) -> None:
    url = server.script("/f", [Answer(status=500), Answer("well")])
    assert why(fetcher, url).status == 500
    assert [fetcher.fetch(url).body, fetcher.fetch(url).body] == [b"well", b"well"]


def test_international_addresses(server: FeedServer, fetcher: Fetcher) -> None:
    server.add("/caf%C3%A9?q=%20x", "ok")
    assert fetcher.fetch(server.url + "/café?q= x").body == b"ok"


def test_read_file(tmp_path: Path) -> None:
    path = tmp_path / "a feed.xml"
    path.write_bytes(b"<rss/>")
    assert read_file(path) == read_file(str(path)) == read_file(path.as_uri()) == b"<rss/>"
    with pytest.raises(NotFound):
        read_file(tmp_path / "none")
    with pytest.raises(BadInput, match="folder"):
        read_file(tmp_path)
    with pytest.raises(BadInput, match="larger"):
        read_file(path, max_bytes=3)
    with pytest.raises(BadInput, match="another machine"):
        read_file("file://host/x")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="plain file"):
        read_file(tmp_path / "pipe")


def test_proxy_of_the_environment_is_used(server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://u:p@127.0.0.1:{server.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    server.add("http://far.invalid/feed", "through the proxy")
    with Fetcher() as fetcher:
        assert fetcher.fetch("http://far.invalid/feed").body == b"through the proxy"
        assert server.requests[0].headers["proxy-authorization"] == "Basic dTpw"
        assert fetcher.fetch(server.add("/direct", "d")).body == b"d"
