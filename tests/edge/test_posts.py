"""Posts by an API: what is shown is what is stored is what the server got; each is made once, whatever breaks in between."""

import base64
import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any

import pytest

from pkm.config import Home
from pkm.errors import Invalid, PkmError, Refused
from pkm.people.circles import add_circle
from pkm.sense.notes import add_note
from pkm.share import ledger, outbox, plan
from pkm.share.rendered import look_at
from pkm.share.trying import try_channel
from pkm.share.wiring import add_channel
from pkm.store import circles, deliveries, shares
from tests.sending import Kill, drafted, fresh, note, send
from tests.social_server import TOKEN, Social
from tests.social_server import social as social

SECRET = "whsec_" + base64.b64encode(b"a secret of some length").decode()
KINDS = ["webhook", "mastodon", "bluesky", "matrix"]
ACCESS: dict[str, dict[str, str]] = {
    "webhook": {"credential": "env:HOOK_SECRET"},
    "mastodon": {"credential": "env:SOCIAL_TOKEN"},
    "bluesky": {"credential": "env:SOCIAL_TOKEN", "login": "me.example"},
    "matrix": {"credential": "env:SOCIAL_TOKEN", "room": "!abc:example.org"},
}


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("SOCIAL_TOKEN", TOKEN)


WORDS = "Walking retros work. See https://example.org/walk"


def setup(home: Home, social: Social, kind: str, text: str = WORDS, title: str = "Finds 47") -> int:
    """A circle that is reached by a channel of that kind; the draft of a note for it."""
    store = fresh(home, "setup")
    add_channel(store, home, "way", f"{kind}+{social.url}", **ACCESS[kind])
    add_circle(store, "peers", "community", channels=["way"])
    return drafted(home, [note(home, text, "network")], "peers", title=title)


def states(home: Home, share: int = 1) -> list[str]:
    return [row["state"] for row in deliveries.rows(fresh(home).read(), share=share)][::-1]


def channel(home: Home) -> dict[str, Any]:
    return next(row for row in shares.channels(fresh(home).read()) if row["name"] == "way")


class TestEveryChannel:
    """What holds for each of them."""

    @pytest.fixture(params=KINDS)
    def kind(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_what_is_shown_is_what_is_stored_is_what_was_sent(self, home_paths: Home, social: Social, kind: str) -> None:
        share = setup(home_paths, social, kind)
        shown = [one.sha256 for one in look_at(fresh(home_paths), home_paths, share)]
        report = send(home_paths, share)
        assert report.failures == ()
        assert len(shown) == 1
        assert [row["sha256"] for row in report.sent] == shown
        assert [hashlib.sha256(body).hexdigest() for body in social.bodies] == shown
        again = send(home_paths, share)
        assert (len(again.sent), again.already, len(social.bodies)) == (0, 1, 1)

    @pytest.mark.parametrize(("fault", "state"), [
        (401, "refused"), (302, "refused"), (429, "waiting"), (503, "waiting"), (500, "unknown"),
        ("drop before", "unknown"), ("drop after", "unknown"),
    ])  # fmt: skip
    def test_only_a_definite_answer_settles_it(
        self, home_paths: Home, social: Social, kind: str, fault: Any, state: str
    ) -> None:
        share = setup(home_paths, social, kind)
        social.faults = [fault]
        report = send(home_paths, share)
        assert states(home_paths) == [state]
        assert TOKEN not in str(report.failures)
        assert SECRET not in str(report.failures)
        assert ("/elsewhere" in str(social.seen)) is False

    def test_who_asks_to_wait_is_left_alone(
        self, home_paths: Home, social: Social, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        share = setup(home_paths, social, kind)
        social.faults = [429]
        send(home_paths, share)
        send(home_paths, share)
        assert len(social.bodies) == 1
        monkeypatch.setenv("PKM_NOW", "2026-11-23T09:03:00Z")
        assert len(send(home_paths, share).sent) == 1
        assert social.bodies[0] == social.bodies[1]

    @pytest.mark.parametrize("clock", ["Mon, 23 Nov 99999999999 09:00:00 GMT", "Mon, 99 Foo", "1 Jan 1 00:00:00 +9999", ""])
    def test_a_date_that_is_none_changes_no_answer(self, home_paths: Home, social: Social, kind: str, clock: str) -> None:
        share = setup(home_paths, social, kind)
        social.clock = clock
        send(home_paths, share)
        assert states(home_paths) == ["sent"]

    def test_no_server_means_nothing_left(self, home_paths: Home, social: Social, kind: str) -> None:
        share = setup(home_paths, social, kind)
        address = channel(home_paths)["address"]
        from pkm.store.model import Channel

        with fresh(home_paths).unit() as unit:
            unit.get(Channel, channel(home_paths)["number"]).address = address.replace(str(social.port), "1")
        send(home_paths, share)
        assert states(home_paths) == ["waiting"]

    def test_no_secret_stands_in_the_store_or_the_ledger(self, home_paths: Home, social: Social, kind: str) -> None:
        send(home_paths, setup(home_paths, social, kind))
        kept = b"".join(path.read_bytes() for path in home_paths.data.rglob("*") if path.is_file())
        assert b"env:" in kept
        assert TOKEN.encode() not in kept
        assert SECRET.encode() not in kept

    def test_the_title_of_a_private_note_stays_at_home(self, home_paths: Home, social: Social, kind: str) -> None:
        add_note(fresh(home_paths), "The budget talk with Bob")
        share = setup(home_paths, social, kind, "Walk more %%the boss hates it%%, as in [[The budget talk with Bob]]; ask @ken")
        send(home_paths, share)
        assert b"Walk more" in social.bodies[0]
        assert not [private for private in (b"budget", b"boss") if private in social.bodies[0]]
        assert all("@ken" not in text for text in social.texts())

    def test_a_picture_needs_words(self, home_paths: Home, social: Social, kind: str) -> None:
        share = setup(home_paths, social, kind, "Look ![](https://example.org/x.png)")
        with pytest.raises(Refused, match="words for each picture") as refused:
            send(home_paths, share)
        assert refused.value.findings[0][2] == "pkm sense edit n1"
        assert social.bodies == []

    def test_trying_it_reaches_nobody_else(self, home_paths: Home, social: Social, kind: str) -> None:
        setup(home_paths, social, kind)
        assert try_channel(channel(home_paths), home_paths)
        assert all(body.get("visibility") == "direct" for body in social.made.values())

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_kill_9_at_the_network_call(self, home_paths: Home, social: Social, kind: str, when: str) -> None:
        """Killed just before the server makes it, or just after; then sent twice more: one copy, or unknown.

        PKM_KILLS: how often each; once is enough where nothing changed here.
        """
        setup(home_paths, social, kind)
        social.hook = kill = Kill(when)
        for number in range(int(os.environ.get("PKM_KILLS", "1"))):
            told = note(home_paths, f"Walking retros work, {number}", "network")
            share = drafted(home_paths, [told], "peers", title=f"Again {number}")
            before = len(social.made)
            kill.send(share)
            for _ in range(2):
                send(home_paths, share)
            copies, (state,) = len(social.made) - before, states(home_paths, share)
            assert copies <= 1
            assert (copies, state) == (1, "sent") or (kind == "webhook" and state == "unknown")


class TestWebhook:
    """Standard Webhooks."""

    def test_it_is_signed_and_a_retry_has_the_same_id(
        self, home_paths: Home, social: Social, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        share = setup(home_paths, social, "webhook")
        social.faults = ["drop after"]
        send(home_paths, share)
        outbox.resolve(fresh(home_paths), home_paths, 1, "refused")
        assert len(send(home_paths, share).sent) == 1
        names = set()
        for (_, _, headers), body in zip(social.seen, social.bodies, strict=True):
            names.add(headers["webhook-id"])
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            wanted = base64.b64encode(hmac.digest(b"a secret of some length", signed, hashlib.sha256)).decode()
            assert headers["webhook-signature"] == f"v1,{wanted}"
        assert len(names) == 1
        told = json.loads(social.bodies[-1])
        assert (told["type"], told["data"]["title"]) == ("digest.published", "Finds 47")
        assert "Walking retros work" in told["data"]["text"]

    @pytest.mark.parametrize("secret", ["", "whsec_###", "short"])
    def test_a_secret_that_is_none(self, home_paths: Home, social: Social, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
        share = setup(home_paths, social, "webhook")
        monkeypatch.setenv("HOOK_SECRET", secret)
        with pytest.raises(PkmError) as failure:
            try_channel(channel(home_paths), home_paths)
        assert not secret or secret not in str(failure.value)
        send(home_paths, share)
        assert states(home_paths) == ["waiting"]


LONG = "\n\n".join(f"Sentence {one} says that walking helps a retro along, see https://example.org/{one}." for one in range(24))


class TestThreads:
    """A text that is too long for one post."""

    @pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
    def test_parts_hang_together_and_a_broken_thread_is_taken_up(self, home_paths: Home, social: Social, kind: str) -> None:
        share = setup(home_paths, social, kind, LONG)
        shown = look_at(fresh(home_paths), home_paths, share)
        assert len(shown) >= 4
        social.faults = [None, "drop before"]
        send(home_paths, share)
        assert states(home_paths)[:3] == ["sent", "unknown", "waiting"]
        assert len(social.made) == 1
        assert len(send(home_paths, share).failures) == 0
        assert set(states(home_paths)) == {"sent"}
        assert len(social.made) == len(shown)
        cut = -1 if kind == "mastodon" else -2
        for one, body in zip(shown, social.made.values(), strict=True):
            sent = next(raw for raw in social.bodies if json.loads(raw) == body)
            assert sent == one.payload if one.part == 1 else sent.startswith(one.payload[:cut])
        names, bodies = list(social.made), list(social.made.values())
        for before, body in zip(names, bodies[1:], strict=False):
            if kind == "mastodon":
                assert (body["in_reply_to_id"], body["visibility"]) == (before, "unlisted")
            else:
                assert body["record"]["reply"]["parent"]["uri"] == before
                assert body["record"]["reply"]["root"]["uri"] == names[0]
        assert "Sentence 23 says" in social.texts()[-1]

    def test_a_part_waits_for_the_one_before_it(self, home_paths: Home, social: Social) -> None:
        share = setup(home_paths, social, "mastodon", LONG)
        social.faults = [401]
        report = send(home_paths, share)
        assert states(home_paths)[:2] == ["refused", "waiting"]
        assert any("waits for part 1" in why for _, why in report.failures)
        assert len(social.bodies) == 1


class TestMastodon:
    """A Mastodon account."""

    def test_the_limit_is_the_servers(self, home_paths: Home, social: Social, pkm: Any) -> None:
        share = setup(home_paths, social, "mastodon", LONG)
        assert channel(home_paths)["options"]["limit"] == 500
        social.limit = 5000
        pkm("share", "channel", "test", "way")
        assert channel(home_paths)["options"]["limit"] == 5000
        assert len(look_at(fresh(home_paths), home_paths, share)) == 1

    def test_the_language_is_that_of_its_circle(self, home_paths: Home, social: Social) -> None:
        from pkm.people.circles import edit_circle

        share = setup(home_paths, social, "mastodon")
        edit_circle(fresh(home_paths), 2, salutation="Hello all,", introduction="These are new.", language="de")
        send(home_paths, share)
        (made,) = social.made.values()
        assert made["language"] == "de"
        assert "Hello" not in made["status"]  # these words are the circle's, and everybody reads this
        with pytest.raises(Invalid):
            edit_circle(fresh(home_paths), 2, language="german")

    def test_a_warning_comes_from_the_tags(self, home_paths: Home, social: Social) -> None:
        from pkm import config

        config.set(home_paths, "share.warnings", "health=Health; war=War")
        share = setup(home_paths, social, "mastodon", "Sleep well #health/sleep")
        send(home_paths, share)
        (made,) = social.made.values()
        assert (made["spoiler_text"], made["sensitive"]) == ("Health", True)

    @pytest.mark.parametrize(("fault", "state"), [("drop after", "sent"), ("drop before", "unknown")])
    def test_what_is_older_than_its_key_is_looked_for(
        self, home_paths: Home, social: Social, fault: str, state: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        share = setup(home_paths, social, "mastodon")
        social.faults = [fault]
        send(home_paths, share)
        monkeypatch.setenv("PKM_NOW", "2026-11-23T09:51:00Z")
        send(home_paths, share)
        assert states(home_paths) == [state]
        assert len(social.bodies) == 1

    @pytest.mark.parametrize("at", ["2026-11-23T08:00:00Z", "2026-11-23T09:05:00Z"])
    @pytest.mark.parametrize("began", ["2026-11-23T09:00:00Z", "2026-11-23T23:00:00Z", "2026-11-26T09:00:00Z"])
    def test_no_clock_makes_it_post_again(
        self, home_paths: Home, social: Social, monkeypatch: pytest.MonkeyPatch, at: str, began: str
    ) -> None:
        """The server dates it 09:00, and has forgotten the key when it is asked, whatever the clock here says then and now."""
        share = setup(home_paths, social, "mastodon")
        monkeypatch.setenv("PKM_NOW", began)
        social.faults = ["drop after"]
        send(home_paths, share)
        social.keys.clear()
        monkeypatch.setenv("PKM_NOW", at.replace("T09", began[10:13]).replace("-23T", began[7:11]))
        send(home_paths, share)
        assert (states(home_paths), len(social.made)) == (["sent"], 1)

    def test_a_clock_that_was_put_right_makes_it_post_nothing_again(
        self, home_paths: Home, social: Social, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It went by a clock three days ahead; it is asked for when the days have passed, by a clock that was put right."""
        share = setup(home_paths, social, "mastodon")
        monkeypatch.setenv("PKM_NOW", "2026-11-26T09:00:00Z")
        social.faults = ["drop after"]
        send(home_paths, share)
        social.keys.clear()
        social.clock = "Thu, 26 Nov 2026 09:10:00 GMT"
        monkeypatch.setenv("PKM_NOW", "2026-11-26T09:10:00Z")
        send(home_paths, share)
        assert (states(home_paths), len(social.made)) == (["unknown"], 1)

    def test_the_same_words_of_another_share_are_not_taken_for_it(self, home_paths: Home, social: Social) -> None:
        send(home_paths, setup(home_paths, social, "mastodon"))
        again = drafted(home_paths, [note(home_paths, WORDS, "network")], "peers")
        social.faults = ["drop before"]
        send(home_paths, again)
        send(home_paths, again)
        assert (states(home_paths, again), len(social.made)) == (["sent"], 2)

    def test_somebody_who_is_named_there_is_shown_without_their_server(
        self, home_paths: Home, social: Social, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        share = setup(home_paths, social, "mastodon", "Walk, says @otto@people.example, and he is right")
        social.faults = ["drop after"]
        send(home_paths, share)
        assert "@otto@people.example" in next(iter(social.made.values()))["status"]
        monkeypatch.setenv("PKM_NOW", "2026-11-23T10:10:00Z")
        send(home_paths, share)
        assert (states(home_paths), len(social.made)) == (["sent"], 1)

    def test_where_too_much_was_posted_since_nothing_is_posted_again(self, home_paths: Home, social: Social) -> None:
        share = setup(home_paths, social, "mastodon")
        social.faults = ["drop after"]
        send(home_paths, share)
        social.keys.clear()
        social.made |= {f"2{number:03}": {"status": f"Other {number}"} for number in range(201)}
        send(home_paths, share)
        assert (states(home_paths), len(social.bodies)) == (["unknown"], 1)


class TestBluesky:
    """A Bluesky account."""

    def test_putting_it_again_makes_no_commit(self, home_paths: Home, social: Social) -> None:
        share = setup(home_paths, social, "bluesky", "Grüße 👩‍👩‍👧 from https://example.org/ü/" + "long/" * 20 + " #pkm")
        social.faults = ["drop after"]
        send(home_paths, share)
        send(home_paths, share)
        assert (states(home_paths), social.commits) == (["sent"], 1)
        (made,) = social.made.values()
        text = made["record"]["text"].encode()
        told = [(text[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(), facet["features"][0])
                for facet in made["record"]["facets"]]  # fmt: skip
        assert told[0][0].startswith("example.org/ü/long")
        assert told[0][0].endswith("…")
        assert told[0][1]["uri"] == "https://example.org/ü/" + "long/" * 20
        assert told[1] == ("#pkm", {"$type": "app.bsky.richtext.facet#tag", "tag": "pkm"})

    def test_a_wrong_password_posts_nothing_and_is_not_said(
        self, home_paths: Home, social: Social, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        share = setup(home_paths, social, "bluesky")
        monkeypatch.setenv("SOCIAL_TOKEN", "wrong-secret")
        report = send(home_paths, share)
        assert "does not let me.example in" in report.failures[0][1]
        assert "wrong-secret" not in str(report.failures)
        assert (states(home_paths), social.bodies) == (["waiting"], [])

    def test_a_post_has_so_many_bytes_and_a_tag_so_many_letters(self, home_paths: Home, social: Social) -> None:
        share = setup(home_paths, social, "bluesky", f"We are {'👩‍👩‍👧‍👦' * 150} #{'a' * 70}", "Families")
        assert send(home_paths, share).failures == ()
        assert (set(states(home_paths)), len(social.made)) == ({"sent"}, 2)


class TestMatrix:
    """A Matrix room."""

    def test_an_encrypted_room_gets_nothing(self, home_paths: Home, social: Social) -> None:
        social.encrypted = True
        report = send(home_paths, setup(home_paths, social, "matrix"))
        assert "encrypted" in report.failures[0][1]
        assert social.bodies == []

    def test_another_device_finds_what_is_there(self, home_paths: Home, social: Social) -> None:
        share = setup(home_paths, social, "matrix")
        social.faults = ["drop after"]
        send(home_paths, share)
        social.keys.clear()
        send(home_paths, share)
        assert (states(home_paths), len(social.made)) == (["sent"], 1)

    @pytest.mark.parametrize("whose", ["another's", "another share's"])
    def test_the_same_words_of_others_are_not_it(self, home_paths: Home, social: Social, whose: str) -> None:
        share = setup(home_paths, social, "matrix")
        if whose == "another share's":
            send(home_paths, share)
            share = drafted(home_paths, [note(home_paths, WORDS, "network")], "peers")
        before = len(social.made)
        social.faults = ["drop before"]
        send(home_paths, share)
        if whose == "another's":
            social.answers = [{"event_id": "$theirs", "sender": "@eve:example.org", "type": "m.room.message",
                               "origin_server_ts": 1795424400000, "content": json.loads(social.bodies[-1])}]  # fmt: skip
        assert len(set(social.bodies)) == 1
        assert (states(home_paths, share), len(social.made)) == (["unknown"], before)
        send(home_paths, share)
        assert (states(home_paths, share), len(social.made)) == (["sent"], before + 1)

    def test_where_too_much_was_said_since_nothing_is_sent_again(self, home_paths: Home, social: Social) -> None:
        share = setup(home_paths, social, "matrix")
        social.faults = ["drop after"]
        send(home_paths, share)
        social.keys.clear()
        social.made |= {f"$other{number}": {"msgtype": "m.text", "body": str(number)} for number in range(501)}
        send(home_paths, share)
        assert (states(home_paths), len(social.bodies)) == (["unknown"], 1)


def replies(kind: str, parent: str) -> list[dict[str, Any]]:
    """What a contact, a stranger and the account itself wrote there."""
    people = [("cy", "Tried it, it <b>worked</b>!"), ("stranger", "Hm \x1b[31m[bold]no[/bold]"), ("me", "my own next part")]
    at = "2026-11-23T10:00:00.000Z"
    if kind == "mastodon":
        ids = {"cy": "8", "stranger": "9", "me": "7"}
        return [{"id": f"20{ids[who]}", "created_at": at, "content": f"<p>@me {text}</p>",
                 "account": {"id": ids[who], "acct": who, "url": f"https://social.example/@{who}"}}
                for who, text in people]  # fmt: skip
    if kind == "bluesky":
        return [{"post": {"uri": f"at://did:plc:{who}/app.bsky.feed.post/1", "indexedAt": at, "record": {"text": text},
                          "author": {"did": f"did:plc:{who}", "handle": f"{who}.example"}}, "replies": []}
                for who, text in people]  # fmt: skip
    related = {"m.in_reply_to": {"event_id": parent}}
    return [{"event_id": f"${who}", "type": "m.room.message", "sender": f"@{who}:example.org", "origin_server_ts": 1795428000000,
             "content": {"body": f"> <@me> Walking\n\n{text}",
                         "m.relates_to": related if who == "cy" else {**related, "rel_type": "m.thread"}}}
            for who, text in people]  # fmt: skip


@pytest.mark.parametrize(("kind", "handle"), [
    ("mastodon", "https://social.example/@cy"), ("bluesky", "https://bsky.app/profile/cy.example"),
    ("matrix", "https://matrix.to/#/@cy:example.org"),
])  # fmt: skip
def test_answers_come_home_once(
    home_paths: Home, social: Social, kind: str, handle: str, monkeypatch: pytest.MonkeyPatch, pkm: Any
) -> None:
    from pkm.people.contacts import Fields, add_contact, edit_contact
    from pkm.share.answers import collect

    share = setup(home_paths, social, kind)
    cy = add_contact(fresh(home_paths), "Cy").number
    edit_contact(fresh(home_paths), cy, Fields(urls=(handle,)))
    assert collect(fresh(home_paths), home_paths).new == ()
    send(home_paths, share)
    social.answers = replies(kind, next(iter(social.made)))
    monkeypatch.setenv("PKM_NOW", "2026-11-24T09:00:00Z")
    far = "9999-12-31T23:59:59-12:00"  # of no day that there is
    first = social.answers[0]
    social.answers += {
        "mastodon": [{**first, "id": "99", "created_at": far}],
        "bluesky": [{"post": {**first.get("post", {}), "uri": "at://a/b/9", "indexedAt": far}}], "matrix": [],
    }[kind]  # fmt: skip
    came = collect(fresh(home_paths), home_paths)
    assert came.failures == ()
    known, stranger = sorted(came.new, key=lambda row: row["contact"] is None)
    assert (known["contact_name"], known["state"], known["at"]) == ("Cy", "inbox", "2026-11-23T10:00:00Z")
    assert known["text"].startswith("Tried it, it")
    assert stranger["contact"] is None
    name = {"mastodon": "stranger@social.example", "bluesky": "stranger.example", "matrix": "@stranger:example.org"}[kind]
    assert stranger["author"] == name
    assert "\x1b" not in stranger["text"] + stranger["author"]
    assert collect(fresh(home_paths), home_paths).new == ()
    out = pkm("share", "heard").out
    assert "Cy" in out
    assert "[bold]no[/bold]" in out
    social.faults, social.answers = [], []
    monkeypatch.setenv("SOCIAL_TOKEN", "expired")
    assert "No answers from way" in pkm("seek", ok=4).err
    monkeypatch.setenv("PKM_NOW", "2027-01-24T09:00:00Z")
    assert "No answers" not in pkm("share", "heard").err


@pytest.mark.parametrize(("acct", "url", "contact"), [
    ("cy@people.example", "https://people.example/@cy", "c1"), ("cy@people.example", "https://social.people.example/@cy", "c2"),
    ("eve@evil.example", "https://people.example/@cy", None), ("eve@evilpeople.example", "https://people.example/@cy", None),
    ("eve@le.example", "https://people.example/@cy", None), ("dee@fa\xdf.example", "", "c3"), ("dee@fass.example", "", None),
    ("DEE@FA\u1e9e.example", "", "c3"), ("x@evil.example", "https://fass.example/@dee", None),
    ("x@fass.example", "https://fass.example/@dee", None), ("x@fa\xdf.example", "https://fa\xdf.example/@dee/", "c3"),
])  # fmt: skip
def test_an_answer_is_theirs_whose_server_says_so(
    home_paths: Home, social: Social, acct: str, url: str, contact: str | None
) -> None:
    from pkm.people.contacts import Fields, add_contact, edit_contact
    from pkm.share.answers import collect

    share = setup(home_paths, social, "mastodon")
    for name, page in (("Cy", "https://people.example/@cy"), ("Cyd", "https://social.people.example/@cy"),
                       ("Dee", "https://fa\xdf.example/@dee")):  # fmt: skip
        edit_contact(fresh(home_paths), add_contact(fresh(home_paths), name).number, Fields(urls=(page,)))
    edit_contact(fresh(home_paths), 3, Fields(aliases=("@dee@fa\xdf.example",)))
    send(home_paths, share)
    social.answers = replies("mastodon", next(iter(social.made)))[:1]
    social.answers[0]["account"] |= {"acct": acct, "url": url}
    (row,) = collect(fresh(home_paths), home_paths).new
    assert row["contact"] == contact


@pytest.mark.parametrize("kind", ["mastodon", "bluesky", "matrix"])
def test_what_a_server_cannot_say_is_no_answer(home_paths: Home, social: Social, kind: str) -> None:
    from pkm.share.answers import collect
    from pkm.share.transmit import job, open_posts
    from pkm.store import posts

    send(home_paths, setup(home_paths, social, kind))
    social.silent = True
    assert "Upstream service unreachable" in collect(fresh(home_paths), home_paths).failures[0][1]
    (row,) = posts.standing(fresh(home_paths).read(), [kind], 1)
    with open_posts(channel(home_paths)) as way:
        assert way.settle(job(row, {}), repeat=False) == ("unknown", "", "", "", None)


class TestRetract:
    """A share taken back."""

    @pytest.mark.parametrize("kind", ["mastodon", "bluesky", "matrix"])
    def test_posts_are_deleted_also_those_that_are_unknown(self, home_paths: Home, social: Social, kind: str) -> None:
        from pkm.share.retract import retract

        share = setup(home_paths, social, kind)
        social.faults = ["drop after"]
        send(home_paths, share)
        assert len(social.made) == 1
        done = retract(fresh(home_paths), home_paths, share, "it did not hold")
        assert (done.channels, done.left) == ((("way", "1 post deleted; who read it has read it"),), ())
        assert (social.made, states(home_paths)) == ({}, ["cancelled"])
        with pytest.raises(Invalid, match="taken back before"):
            retract(fresh(home_paths), home_paths, share)

    def test_what_could_not_be_deleted_is_said_and_tried_again(
        self, home_paths: Home, social: Social, monkeypatch: pytest.MonkeyPatch, pkm: Any
    ) -> None:
        share = setup(home_paths, social, "mastodon")
        send(home_paths, share)
        monkeypatch.setenv("SOCIAL_TOKEN", "expired")
        told = pkm("share", "retract", f"x{share}", ok=4)
        assert "1 not: 401" in told.out
        monkeypatch.setenv("SOCIAL_TOKEN", TOKEN)
        assert "1 post deleted" in pkm("share", "retract", f"x{share}").out
        assert social.made == {}

    def test_what_was_told_to_a_webhook_is_told(self, home_paths: Home, social: Social) -> None:
        from pkm.share.retract import retract

        share = setup(home_paths, social, "webhook")
        send(home_paths, share)
        done = retract(fresh(home_paths), home_paths, share)
        assert done.channels == (("way", "cannot be recalled: who receives there has it"),)


def test_what_may_no_longer_go_is_not_posted_again(home_paths: Home, social: Social) -> None:
    """A note that was narrowed since: the channel is asked, but nothing is repeated."""
    from pkm.sense.notes import set_reach

    share = setup(home_paths, social, "bluesky")
    social.faults = ["drop before"]
    send(home_paths, share)
    set_reach(fresh(home_paths), [1], "private")
    with pytest.raises(Refused):
        send(home_paths, share)
    outbox.ask_channels(fresh(home_paths), home_paths)
    assert (states(home_paths), social.made) == (["unknown"], {})
    set_reach(fresh(home_paths), [1], "network")
    outbox.ask_channels(fresh(home_paths), home_paths)
    assert (states(home_paths), len(social.made)) == (["sent"], 1)
    assert shares.row(fresh(home_paths).read(), share)["state"] == "sent"  # type: ignore[index]


def test_what_is_on_hold_is_neither_asked_about_nor_posted_again(home_paths: Home, social: Social) -> None:
    share = setup(home_paths, social, "bluesky")
    social.faults = ["drop before"]
    send(home_paths, share)
    plan.hold(fresh(home_paths), share)
    asked = len(social.seen)
    outbox.ask_channels(fresh(home_paths), home_paths)
    assert (states(home_paths), social.made, len(social.seen)) == (["unknown"], {}, asked)
    plan.release(fresh(home_paths), share)
    outbox.ask_channels(fresh(home_paths), home_paths)
    assert (states(home_paths), len(social.made)) == (["sent"], 1)


def test_what_somebody_objects_to_is_not_posted_again(home_paths: Home, social: Social) -> None:
    share, store = setup(home_paths, social, "bluesky"), fresh(home_paths)
    (stage,) = shares.stages(store.read(), share)
    circle = circles.by_name(store.read(), stage["circle"])
    plan.set_plan(store, home_paths, share, [plan.Wanted({**circle, "number": stage["circle_id"]}, {"no_objection": True})])
    social.faults = ["drop before"]
    send(home_paths, share)
    ann = {"id": "c1", "name": "Ann"}
    plan.approve(fresh(home_paths), share, ann, against=True)
    outbox.ask_channels(fresh(home_paths), home_paths)
    assert (states(home_paths), social.made) == (["unknown"], {})
    plan.approve(fresh(home_paths), share, ann)
    outbox.ask_channels(fresh(home_paths), home_paths)
    assert (states(home_paths), len(social.made)) == (["sent"], 1)


def test_a_home_that_may_be_a_copy_asks_and_posts_nothing_again(home_paths: Home, social: Social) -> None:
    """The other home may have asked before, and posted it then."""
    share = setup(home_paths, social, "bluesky")
    social.faults = ["drop before"]
    send(home_paths, share)
    path = ledger.path_of(home_paths)
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    copy.replace(path)
    outbox.ask_channels(fresh(home_paths), home_paths)
    assert (states(home_paths), social.made) == (["unknown"], {})
    outbox.resolve_copy(fresh(home_paths), home_paths, "refused")
    outbox.ask_channels(fresh(home_paths), home_paths)
    assert (states(home_paths), len(social.made)) == (["sent"], 1)


@pytest.mark.parametrize("kind", ["mastodon", "bluesky", "matrix"])
@pytest.mark.parametrize("no", [401, 429])
def test_a_no_to_asking_again_says_nothing_of_the_first_time(home_paths: Home, social: Social, kind: str, no: int) -> None:
    share = setup(home_paths, social, kind)
    social.faults = ["drop before"]
    send(home_paths, share)
    social.faults = [no]
    send(home_paths, share)
    assert (states(home_paths), len(social.bodies)) == (["unknown"], 2)


def test_a_post_leads_to_its_page_once_that_is_live(home_paths: Home, social: Social) -> None:
    from pkm import config
    from pkm.people.circles import edit_circle

    config.set(home_paths, "site.url", "https://me.example/pkm")
    share = setup(home_paths, social, "mastodon", LONG)
    assert b"me.example" not in b"".join(one.payload for one in look_at(fresh(home_paths), home_paths, share))
    edit_circle(fresh(home_paths), 2, channels=["way", "site"])
    home_paths.site.parent.mkdir(parents=True, exist_ok=True)
    home_paths.site.write_text("in the way")
    report = send(home_paths, share)
    assert any("the page that it leads to is not on the site" in why for _, why in report.failures)
    assert social.bodies == []
    home_paths.site.unlink()
    assert len(send(home_paths, share).sent) == 2
    assert social.texts()[0].endswith("https://me.example/pkm/2026/finds-47/")


@pytest.mark.parametrize("address", [
    "webhook+http://example.org/in", "webhook+https://me:word@example.org", "webhook+https://", "webhook+ftp://x", "hook+https://x",
    "webhook+https://example.org:0/", "webhook+http://127.0.0.1.example.org/",
])  # fmt: skip
def test_an_address_that_is_none(home_paths: Home, address: str) -> None:
    with pytest.raises(Invalid) as failure:
        add_channel(fresh(home_paths), home_paths, "way", address, credential="env:HOOK_SECRET")
    assert "word" not in f"{failure.value} {failure.value.next}".replace("password", "")


def test_a_channel_that_posts_says_where_its_secret_is(home_paths: Home) -> None:
    with pytest.raises(Invalid, match="secret"):
        add_channel(fresh(home_paths), home_paths, "way", "webhook+https://example.org/in")
    assert not Path(home_paths.data / "outbox.log").exists()
