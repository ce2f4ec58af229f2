"""Posts to real servers: what each channel relies on, held by the programs themselves and not by what we think of them.

Skipped where they are not installed; tests/real_servers.py says how to install them.
"""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from pkm.config import Home
from pkm.dates import stamp
from pkm.people.circles import add_circle
from pkm.people.contacts import Fields, add_contact, edit_contact
from pkm.share.answers import collect
from pkm.share.rendered import look_at
from pkm.share.retract import retract
from pkm.share.trying import try_channel
from pkm.share.wiring import add_channel
from pkm.store import deliveries, posts, shares
from pkm.store.session import Store
from tests import real_servers, sending
from tests.conftest import CommandLine
from tests.edge.test_pictures_out import DRAWN, WALK, sent
from tests.edge.test_pictures_out import notes as notes
from tests.effort import tries
from tests.real_servers import Bluesky, Matrix, Real, Receiver, ask
from tests.relay import Relay
from tests.sending import Kill, note, send

SERVERS = {"mastodon": real_servers.mastodon, "matrix": real_servers.matrix, "bluesky": real_servers.bluesky}

AWKWARD = "**Walk** 👩‍👩‍👧 <b>_on_</b> & \\*rest\\* `code` C# #pkm @someone.\n\n- https://example.org/a_b?c=1&d=(2)\n- “so”, ok?"
"""Text that a server may show in its own way; it stands under a word that no other test uses."""


@pytest.fixture(scope="module", params=SERVERS)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    server: AbstractContextManager[Real] = SERVERS[request.param](tmp_path_factory.mktemp(request.param))
    with server as real:
        yield real


@pytest.fixture
def real(running: Real, home: Path, monkeypatch: pytest.MonkeyPatch) -> Real:
    """The server, with a secret that is right, at the time that it is: real servers have clocks of their own."""
    running.relay.forget()
    monkeypatch.setenv("SOCIAL_TOKEN", running.secret)
    monkeypatch.setenv("PKM_NOW", stamp(datetime.now(UTC)))
    return running


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """The clock goes so many minutes on."""
    return lambda minutes: monkeypatch.setenv("PKM_NOW", stamp(datetime.now(UTC) + timedelta(minutes=minutes)))


def setup(home: Home, real: Real, **given: str) -> None:
    """A circle that is reached by the server."""
    add_channel(Store(home, "setup"), home, "way", f"{real.kind}+{real.relay.url}", **{**real.given, **given})
    add_circle(Store(home, "setup"), "peers", "community", channels=["way"])


def drafted(home: Home, text: str, title: str = "Finds") -> int:
    return sending.drafted(home, [note(home, text, "network")], "peers", title=title)


def rows(home: Home, share: int) -> list[dict[str, Any]]:
    return deliveries.rows(Store(home).read(), share=share)[::-1]


def states(home: Home, share: int) -> list[str]:
    return [row["state"] for row in rows(home, share)]


def remote_ids(home: Home, share: int) -> list[str]:
    first = rows(home, share)[0]
    return [remote for _, (_, remote) in sorted(posts.thread(Store(home).read(), int(first["id"][1:])).items())]


def word() -> str:
    """A word that nothing else on the server has."""
    return f"w{os.urandom(6).hex()}"


def test_what_is_shown_is_what_is_stored_is_what_the_server_got(home_paths: Home, real: Real) -> None:
    setup(home_paths, real)
    name = word()
    share = drafted(home_paths, f"{name} {AWKWARD}")
    shown = [one.sha256 for one in look_at(Store(home_paths), home_paths, share)]
    report = send(home_paths, share)
    assert report.failures == ()
    assert [row["sha256"] for row in report.sent] == shown
    assert [hashlib.sha256(body).hexdigest() for body in real.relay.bodies] == shown
    again = send(home_paths, share)
    assert (len(again.sent), again.already, len(real.standing(name))) == (0, 1, 1)
    assert rows(home_paths, share)[0]["url"]


def test_a_thread_hangs_together_though_it_broke(home_paths: Home, real: Real) -> None:
    setup(home_paths, real)
    name = word()
    many = 24 if real.kind != "matrix" else 700
    text = "\n\n".join(f"Sentence {one} of {name} says that walking helps, see https://example.org/{one}." for one in range(many))
    share = drafted(home_paths, text)
    shown = look_at(Store(home_paths), home_paths, share)
    assert len(shown) >= 3
    real.relay.breaks = [None, "after"]
    send(home_paths, share)
    assert states(home_paths, share)[:3] == ["sent", "unknown", "waiting"]
    assert send(home_paths, share).failures == ()
    assert set(states(home_paths, share)) == {"sent"}
    there = real.standing(name)
    assert len(there) == len(shown)
    if real.kind != "matrix":
        assert [real.parent(one) for one in there] == ["", *remote_ids(home_paths, share)[:-1]]


@pytest.mark.parametrize("when", ["before", "after"])
def test_kill_9_at_the_network_call(home_paths: Home, real: Real, when: str) -> None:
    """Killed, and sent twice more: one copy at the receiver, whatever happened; PKM_TEST_EFFORT says how often."""
    setup(home_paths, real)
    for _ in range(tries(1)):
        name = word()
        share = killed_while_sending(home_paths, real.relay, when, name)
        for _ in range(2):
            send(home_paths, share)
        assert (states(home_paths, share), len(real.standing(name))) == (["sent"], 1)


def killed_while_sending(home: Home, relay: Relay, when: str, name: str) -> int:
    """A share about `name` whose run was killed just before or just after the server took it."""
    relay.hook = kill = Kill(when)
    share = drafted(home, f"Walking {name} works", f"Finds of {name}")
    kill.send(share)
    return share


@pytest.mark.parametrize(("broken", "copies"), [("after", 1), ("before", 0)])
def test_what_is_unknown_is_looked_for_where_it_may_not_be_repeated(
    home_paths: Home, real: Real, broken: str, copies: int, later: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    setup(home_paths, real)
    name = word()
    share = drafted(home_paths, f"{name} {AWKWARD}")
    real.relay.breaks = [broken]
    send(home_paths, share)
    assert states(home_paths, share) == ["unknown"]
    later(51)
    if real.kind == "mastodon":
        send(home_paths, share)
        assert states(home_paths, share) == (["sent"] if copies else ["unknown"])
    else:
        if isinstance(real, Matrix):
            monkeypatch.setenv("SOCIAL_TOKEN", real.log_in("ANOTHER"))
        send(home_paths, share)
        copies = 1
        assert states(home_paths, share) == ["sent"]
    assert len(real.standing(name)) == copies


def test_answers_come_home_once(home_paths: Home, real: Real, later: Callable[[int], None]) -> None:
    setup(home_paths, real)
    cy = add_contact(Store(home_paths, "setup"), "Cy").number
    edit_contact(Store(home_paths, "setup"), cy, Fields(urls=(real.handle,)))
    share = drafted(home_paths, f"Walking {word()} works")
    send(home_paths, share)
    real.answer(remote_ids(home_paths, share)[0], "Tried it & it <b>worked</b>!\nTwice.")
    later(60)
    came = collect(Store(home_paths, "pkm seek"), home_paths)
    assert came.failures == ()
    assert {row["contact_name"] for row in came.new} == {"Cy"}
    text = "Tried it & it <b>worked</b>!\nTwice."
    assert {row["text"] for row in came.new} == ({text, f"In a thread: {text}"} if real.kind == "matrix" else {text})
    assert collect(Store(home_paths, "pkm seek"), home_paths).new == ()


def test_it_is_taken_back_also_where_it_is_unknown(home_paths: Home, real: Real) -> None:
    setup(home_paths, real)
    for broken in (None, "after"):
        name = word()
        share = drafted(home_paths, f"{name} {AWKWARD}", f"Finds {broken}")
        real.relay.breaks = [broken]
        send(home_paths, share)
        assert len(real.standing(name)) == 1
        done = retract(Store(home_paths, "pkm share retract"), home_paths, share)
        assert (done.channels, done.left) == ((("way", "1 post deleted; who read it has read it"),), ())
        assert real.standing(name) == []


def test_a_wrong_secret_posts_nothing(home_paths: Home, real: Real, monkeypatch: pytest.MonkeyPatch) -> None:
    setup(home_paths, real)
    assert try_channel(shares.channels(Store(home_paths).read())[-1], home_paths)
    name = word()
    share = drafted(home_paths, f"Walking {name} works")
    monkeypatch.setenv("SOCIAL_TOKEN", "wrong-secret")
    report = send(home_paths, share)
    assert report.failures
    assert "wrong-secret" not in str(report)
    assert (states(home_paths, share)[0] in ("refused", "waiting"), real.standing(name)) == (True, [])
    monkeypatch.setenv("SOCIAL_TOKEN", real.secret)
    send(home_paths, share)
    assert (states(home_paths, share), len(real.standing(name))) == (["sent"], 1)


@pytest.mark.parametrize("running", ["matrix"], indirect=True)
@pytest.mark.parametrize("room", ["encrypted", "left", "none"])
def test_a_room_that_cannot_be_written_to(home_paths: Home, real: Real, room: str) -> None:
    assert isinstance(real, Matrix)
    where = "!nobody:example.org" if room == "none" else real.new_room(encrypted=room == "encrypted", owner="cy")
    if room == "left":
        real.kick(where)
    setup(home_paths, real, room=where)
    share = drafted(home_paths, f"Walking {word()} works")
    report = send(home_paths, share)
    assert ("encrypted" if room == "encrypted" else "403") in report.failures[0][1]
    assert (states(home_paths, share), len(real.relay.bodies)) == ((["refused"], 1) if room == "left" else (["waiting"], 0))


def test_pictures_are_there_with_their_words(home_paths: Home, real: Real, notes: dict[str, str], pkm: CommandLine) -> None:
    setup(home_paths, real)
    sent(pkm, notes["Walking"], "way")
    assert sorted(real.pictures("We walked.")) == sorted([("A path in the woods", WALK), ("A drawing", DRAWN)])


@pytest.mark.parametrize("running", ["bluesky"], indirect=True)
def test_a_record_put_again_is_no_second_one(home_paths: Home, real: Real) -> None:
    assert isinstance(real, Bluesky)
    setup(home_paths, real)
    name = word()
    share = drafted(home_paths, f"{name} {'👩‍👩‍👧‍👦' * 150} #{'a' * 70} https://example.org/ü/{'long/' * 20}")
    real.relay.breaks = ["after"]
    send(home_paths, share)
    before = real.commits()
    real.relay.hook = lambda moment: moment == "before"
    send(home_paths, share)
    assert states(home_paths, share)[0] == "sent"
    real.relay.hook = None
    body = json.loads(real.relay.bodies[0])
    ask(f"{real.url}/com.atproto.repo.putRecord", real.me["accessJwt"], body)
    assert (real.commits(), len(real.standing(name))) == (before, 1)
    with pytest.raises(HTTPError, match="500"):
        ask(f"{real.url}/com.atproto.repo.createRecord", real.me["accessJwt"], body)
    send(home_paths, share)
    assert set(states(home_paths, share)) == {"sent"}


@pytest.fixture
def receiver(home_paths: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("PKM_NOW", stamp(datetime.now(UTC)))
    with real_servers.receiver() as running:
        monkeypatch.setenv("HOOK_SECRET", running.secret)
        store, address = Store(home_paths, "setup"), f"webhook+{running.relay.url}/in"
        add_channel(store, home_paths, "way", address, credential="env:HOOK_SECRET")
        add_circle(store, "peers", "community", channels=["way"])
        yield running


def test_a_webhooks_receiver_takes_what_is_signed_for_it(
    home_paths: Home, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = drafted(home_paths, f"Walking {AWKWARD}")
    shown = [one.sha256 for one in look_at(Store(home_paths), home_paths, share)]
    monkeypatch.setenv("HOOK_SECRET", "whsec_" + base64.b64encode(b"some other secret").decode())
    send(home_paths, share)
    assert (states(home_paths, share), receiver.taken) == (["refused"], [])
    monkeypatch.setenv("HOOK_SECRET", receiver.secret)
    assert send(home_paths, share).failures == ()
    ((name, body),) = receiver.taken
    assert [hashlib.sha256(body).hexdigest()] == shown == [rows(home_paths, share)[0]["sha256"]]
    assert json.loads(body)["data"]["title"] == "Finds"
    assert {one["webhook-id"] for one in receiver.relay.headers} == {name}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_webhook_that_was_killed_is_unknown_and_not_repeated(
    home_paths: Home, receiver: Receiver, when: str
) -> None:
    for number in range(tries(1)):
        share = killed_while_sending(home_paths, receiver.relay, when, f"retro {number}")
        for _ in range(2):
            send(home_paths, share)
        assert (states(home_paths, share), len(receiver.taken)) == (["unknown"], 0 if when == "before" else number + 1)
