"""Whether anything changed, asked of many hosts at once: what is answered, what is handed on, and that nothing is asked twice."""

import socket
import threading
from collections.abc import Iterator

import pytest

from pkm.net import conditional
from pkm.net import fetch as fetching
from pkm.net.conditional import Question, ask, read_unchanged
from pkm.net.failure import FetchError
from pkm.net.fetch import Fetcher
from tests.edge.cases.conftest import LOOPBACK
from tests.server import FeedServer


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher() as one:
        yield one


class Asked:
    """Asks, and remembers what came of it."""

    def __init__(self, fetcher: Fetcher, *hosts: list[str]) -> None:
        self.answered, self.rest, self.begun = {}, [], {}
        asked = [[Question(url, fetcher.words(url, etag='"1"', modified=None), url) for url in urls] for urls in hosts]
        ask(asked, self, threading.Event())

    def unchanged(self, question, response) -> None:
        assert response.not_modified
        self.answered[question.url] = response

    def hand_on(self, questions, begun) -> None:
        self.rest.append([question.url for question in questions])
        if begun is not None:
            self.begun[begun.url] = begun

    def waiting(self) -> int:
        return 0


def test_a_host_is_asked_one_after_the_other_in_the_words_of_any_other_question(server: FeedServer, fetcher: Fetcher) -> None:
    urls = [server.add(f"/{n}", "x", etag='"1"', headers={"Cache-Control": "max-age=60", "X-Not": "1"}) for n in range(3)]
    asked = Asked(fetcher, urls)
    assert (list(asked.answered), asked.rest) == (urls, [])
    assert [request.path for request in server.requests] == ["/0", "/1", "/2"]
    told = asked.answered[urls[0]].headers
    assert (told["cache-control"], told["etag"], "x-not" in told) == ("max-age=60", '"1"', False)
    fetcher.fetch(urls[0], etag='"1"')
    assert server.requests[-1].headers == server.requests[0].headers


@pytest.mark.parametrize("answer", [{"gzip": True}, {}, {"headers": {"ETag": '"2"'}}])
def test_what_changed_is_read_to_its_end_and_not_asked_for_again(server: FeedServer, fetcher: Fetcher, answer: dict) -> None:
    same, changed = server.add("/same", "x", etag='"1"'), server.add("/f", "words " * 9000, **answer)
    asked = Asked(fetcher, [same, changed, same])
    assert (list(asked.answered), asked.rest) == ([same], [[changed, same]])
    got = fetcher.fetch(changed, etag='"1"', begun=asked.begun[changed])
    assert (got.status, got.body, server.hits("/f")) == (200, b"words " * 9000, 1)


@pytest.mark.parametrize(("answer", "hits", "why"), [
    ({"redirect_to": "/new", "status": 301}, 1, ""),
    ({"status": 503, "headers": {"Retry-After": "60"}}, 1, "503"),
    ({"body": "cut", "cut_at": 1}, 1, "broke off"),
])  # fmt: skip
def test_other_answers_mean_what_they_always_mean(server: FeedServer, fetcher: Fetcher, answer, hits, why) -> None:
    server.add("/new", "moved")
    url = server.add("/f", **answer)
    begun = Asked(fetcher, [url]).begun[url]
    if why:
        with pytest.raises(FetchError, match=why):
            fetcher.fetch(url, etag='"1"', begun=begun)
    else:
        assert fetcher.fetch(url, etag='"1"', begun=begun).moved_to == server.url + "/new"
    assert server.hits("/f") == hits


def test_who_cannot_be_reached_is_handed_on_and_names_are_looked_up(server: FeedServer, fetcher: Fetcher) -> None:
    server.add("/f", "x", etag='"1"')
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/f"
    named, unknown = f"http://localhost:{server.port}/f", "http://nowhere.invalid/f"
    asked = Asked(fetcher, [nobody], [named], [unknown])
    assert (list(asked.answered), sorted(asked.rest), asked.begun) == ([named], [[nobody], [unknown]], {})


def test_over_tls_only_whom_this_machine_trusts(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    with FeedServer(LOOPBACK) as secure:
        urls = [secure.add(f"/{n}", "x", etag='"1"') for n in range(2)] + [secure.add("/f", "new")]
        fetching._ssl_context.cache_clear()
        asked = Asked(fetcher, urls)
        assert (asked.answered, asked.rest, asked.begun, secure.requests) == ({}, [urls], {}, [])
        monkeypatch.setenv("SSL_CERT_FILE", str(LOOPBACK))
        fetching._ssl_context.cache_clear()
        try:
            asked = Asked(fetcher, urls)
            assert (list(asked.answered), asked.rest) == (urls[:2], [urls[2:]])
            assert fetcher.fetch(urls[2], begun=asked.begun[urls[2]]).body == b"new"
        finally:
            fetching._ssl_context.cache_clear()


def test_who_does_not_answer_in_time_is_not_asked_again(server: FeedServer, fetcher: Fetcher, monkeypatch) -> None:
    monkeypatch.setattr(conditional, "TOTAL_S", 0.05)
    url = server.add("/f", "x", delay_s=0.6)
    begun = Asked(fetcher, [url]).begun[url]
    with pytest.raises(FetchError, match="no answer within"):
        fetcher.fetch(url, etag='"1"', begun=begun)
    assert server.hits("/f") == 1


@pytest.mark.parametrize("first", [b"HTTP/1.1 304 Not Modified\r\n\r\n", b""])
def test_a_connection_that_ends(fetcher: Fetcher, first: bytes) -> None:
    """Kept and closed meanwhile: the next question was never answered, and is put anew. Closed at once: it was put."""

    def serve() -> None:
        with listener.accept()[0] as one:
            one.recv(4096)
            one.sendall(first)
            if first:
                one.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        host = f"http://127.0.0.1:{listener.getsockname()[1]}"
        asked = Asked(fetcher, [f"{host}/a", f"{host}/b"])
    left = [f"{host}/b"] if first else [f"{host}/a", f"{host}/b"]
    assert (asked.rest, list(asked.begun)) == ([left], [] if first else [f"{host}/a"])


@pytest.mark.parametrize(("head", "headers"), [
    ("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nLink: a\r\nlink:b ", {"etag": '"1"', "link": "a, b"}),
    ("HTTP/1.1 304", {}),
    ("HTTP/1.0 304 Not Modified\r\nETag: 1", None),
    ("HTTP/1.1 304 Not Modified\r\nETag: 1\r\n folded", None),
    ("HTTP/1.1 304 Not Modified\r\nnonsense", None),
    ("HTTP/1.1 304 Not Modified\r\na: b\rc: d", None),
    ("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked", None),
    ("HTTP/1.1 200 OK", None),
])  # fmt: skip
def test_the_head_of_a_304(head: str, headers: dict[str, str] | None) -> None:
    assert read_unchanged(head.encode()) == headers


@pytest.mark.parametrize("url", ["http://user:secret@a.example/f", "http://a.example:80/f", "http://a.example/../f",
                                 "http://a.example/ü", "ftp://a.example/f"])  # fmt: skip
def test_what_takes_more_than_words_is_not_asked_here(fetcher: Fetcher, url: str) -> None:
    assert fetcher.words(url, etag='"1"', modified=None) is None
    assert fetcher.words("http://a.example/f", etag=None, modified="bad\r\nX: 1") is None
