"""One call of an API, of a real server on loopback: how long it may take, whatever the server sends meanwhile."""

import pytest

from pkm.channels import http
from pkm.errors import PkmError
from tests.server import FeedServer


@pytest.mark.parametrize("slow", [{"drip_s": 0.05}, {"header_drip_s": 0.02}])
def test_a_server_that_drips_is_cut_off(server: FeedServer, monkeypatch: pytest.MonkeyPatch, slow: dict[str, float]) -> None:
    """Its bytes come one by one, each in time: without a limit of the whole, mentions and answers would never be there."""
    monkeypatch.setattr(http, "WHOLE_S", 0.4)
    server.add("/mentions", b"[" + b" " * 400 + b"]", **slow)
    with pytest.raises(PkmError) as caught:
        http.call(http.read_place(server.url, "https://a.example"), "GET", "/mentions")
    assert caught.value.why == "no answer in time"
    assert isinstance(caught.value, http.Silent), "it may have been taken"


def test_a_server_that_answers_in_time_is_not(server: FeedServer) -> None:
    server.add("/mentions", b"[1]")
    assert http.call(http.read_place(server.url, "https://a.example"), "GET", "/mentions").body == [1]
