"""Letters: what is shown is what is stored is what the server got; each is handed in once, whatever breaks in between."""

import hashlib
import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pkm.channels import mail as channel
from pkm.config import Home
from pkm.errors import Invalid, PkmError, Refused, StoreError, Unreachable
from pkm.people.circles import add_circle, edit_circle, join, leave
from pkm.people.contacts import Fields, add_contact, edit_contact
from pkm.people.merging import merge_contacts
from pkm.sense.notes import add_note, set_reach
from pkm.share import introduction, ledger, outbox, transmit
from pkm.share.freeze import freeze
from pkm.share.letter import open_letter
from pkm.share.rendered import look_at
from pkm.share.retract import retract
from pkm.share.trying import try_channel
from pkm.share.unsubscribed import take_off
from pkm.share.who import decline
from pkm.share.wiring import add_channel
from pkm.store import deliveries, interactions, shares
from pkm.whole.undo import undo_command
from tests.conftest import CommandLine
from tests.effort import tries
from tests.mail_server import LOOPBACK, MailServer, serve, tls_context
from tests.mail_server import mail as mail
from tests.sending import Kill, drafted, fresh, send
from tests.warm import Running

PEOPLE = ("Ann Lee", "Ben Öde", "Cy", "Dee", "Eve", "Fay", "Gus")


def address(name: str) -> str:
    return f"{name.split()[0].lower()}@example.org"


def setup(home: Home, url: str, people: tuple[str, ...] = PEOPLE, **access: str) -> int:
    """A community `practice` that is reached by mail; the draft of a note for it."""
    store = fresh(home, "setup")
    add_channel(store, home, "mail", url, sender="Me <me@example.org>", **access)
    add_circle(store, "practice", "community", channels=["mail"])
    numbers = [add_contact(store, name, emails=[address(name)]).number for name in people]
    join(store, 2, numbers, "peers")
    number = int(add_note(store, "Walking retros work", reach="community").row["id"][1:])
    return drafted(home, [number], "practice", title="Fünds 47")


def states(home: Home, share: int = 1) -> dict[str, str]:
    return {row["recipient"]: row["state"] for row in deliveries.rows(fresh(home).read(), share=share)}


def stored(home: Home) -> dict[str, bytes]:
    return {row["recipient"]: row["payload"] for row in deliveries.frozen(fresh(home).read(), 1)}


def test_what_is_taken_back_while_a_run_waits_for_another_one_goes_nowhere(
    home_paths: Home, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = setup(home_paths, mail.url)

    def meanwhile(*_: object) -> int:  # it is the first thing that is done once the other run has ended
        return len(retract(fresh(home_paths), home_paths, share).channels)

    monkeypatch.setattr(transmit, "settle_begun", meanwhile)
    with pytest.raises(Invalid, match="taken back"):
        send(home_paths, share)
    assert (mail.letters, states(home_paths)) == ([], {})


@pytest.mark.parametrize("stop", ["held", "objections"])
def test_what_is_stopped_while_a_run_waits_for_another_one_stays_in_folders_too(
    home_paths: Home, mail: MailServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stop: str
) -> None:
    share = setup(home_paths, mail.url)
    add_channel(fresh(home_paths), home_paths, "drop", f"files:{tmp_path / 'drop'}")
    edit_circle(fresh(home_paths), 2, channels=["mail", "drop"])

    def meanwhile(*_: object) -> int:
        with sqlite3.connect(home_paths.data / "pkm.db") as db:
            db.execute(f"UPDATE stage SET gate = json_set(gate, '$.{stop}', json('[{{}}]'))")
        return 0

    monkeypatch.setattr(transmit, "settle_begun", meanwhile)
    assert not send(home_paths, share).sent
    assert (mail.letters, (tmp_path / "drop").exists()) == ([], False)


class TestBytes:
    def test_what_is_shown_is_what_is_stored_is_what_arrived(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url)
        shown = {one.recipient: one.sha256 for one in look_at(fresh(home_paths), home_paths, share)}
        report = send(home_paths, share)
        assert not report.failures
        assert {row["recipient"]: row["sha256"] for row in report.sent} == shown
        assert {to: hashlib.sha256(letter).hexdigest() for to, letter in mail.letters} == shown
        assert dict(mail.letters) == stored(home_paths)
        assert len(mail.letters) == len(PEOPLE)

    def test_a_letter_names_its_recipient_and_nobody_else(self, home_paths: Home, mail: MailServer) -> None:
        send(home_paths, setup(home_paths, mail.url))
        for name in PEOPLE:
            (letter,) = mail.to(address(name))
            opened = open_letter(letter)
            assert opened.header("To") == f"{name} <{address(name)}>"
            assert opened.header("Subject") == "Fünds 47"
            key = opened.header("Message-ID").strip("<").partition("@")[0]
            assert opened.header("List-Unsubscribe") == f"<mailto:me@example.org?subject=unsubscribe%20o2%20{key}>"
            assert "<o2.pkm.example.org>" in opened.header("List-Id")
            assert "Walking retros work" in opened.text
            assert "Walking retros work" in opened.html
            assert "<style" not in opened.html
            assert not [other for other in PEOPLE if other != name and address(other).encode() in letter]

    def test_a_domain_beyond_ascii_is_asked_for_as_every_server_knows_it(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url, ("Ann Lee",))
        edit_contact(fresh(home_paths), 1, Fields(emails=("ann@müller.example",)))
        send(home_paths, share)
        (letter,) = mail.to("ann@xn--mller-kva.example")
        assert "ann@xn--mller-kva.example" in open_letter(letter).header("To")

    def test_two_who_differ_in_a_letter_alone_both_get_theirs(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url, ("Ann Lee", "Bob Ray"))
        for number, domain in ((1, "straße"), (2, "strasse")):
            edit_contact(fresh(home_paths), number, Fields(emails=(f"a@{domain}.example",)))
        assert not send(home_paths, share).failures
        assert len(mail.to("a@strasse.example")) == len(mail.to("a@xn--strae-oqa.example")) == 1

    def test_a_letter_that_waits_is_the_same_however_its_address_is_written(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url, ("Ann Lee",))
        (before,) = look_at(fresh(home_paths), home_paths, share)
        freeze(fresh(home_paths), home_paths, share)
        edit_contact(fresh(home_paths), 1, Fields(emails=(address("Ann Lee").upper(),)))
        (after,) = look_at(fresh(home_paths), home_paths, share)
        assert before.key == after.key

    def test_the_same_store_gives_the_same_letters(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url)
        first, second = ([one.payload for one in look_at(fresh(home_paths), home_paths, share)] for _ in range(2))
        assert first == second
        assert len({open_letter(one).header("Message-ID") for one in first}) == len(PEOPLE)

    def test_dots_and_long_lines_arrive_as_they_were(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url, ("Ann Lee",))
        text = ".\n\n..two dots\n\n.\r\n\nFrom here on " + "word " * 400
        introduction.edit(fresh(home_paths), share, text=text)
        send(home_paths, share)
        (letter,) = mail.to("ann@example.org")
        assert letter == stored(home_paths)["ann@example.org"]
        assert max(map(len, letter.split(b"\r\n"))) <= 110
        assert b"\n" not in letter.replace(b"\r\n", b"")
        assert "..two dots" in open_letter(letter).text


class TestTwoCircles:
    def both(self, home: Home, url: str) -> int:
        """A draft for `practice` and the team `blue`; Ann is in both, Cy in practice, Dee in blue. Both go by mail."""
        setup(home, url, ("Ann Lee", "Cy", "Dee"))
        store = fresh(home, "setup")
        add_circle(store, "blue", "team", channels=["mail"])
        leave(store, 2, [3], "moved")
        join(store, 3, [1, 3], "us")
        return drafted(home, [1], "practice", "blue", title="Both")

    def test_who_is_in_two_circles_gets_one_letter_the_closest_ones(self, home_paths: Home, mail: MailServer) -> None:
        share = self.both(home_paths, mail.url)
        shown = look_at(fresh(home_paths), home_paths, share)
        assert [(one.name, one.circle) for one in shown] == [("Cy", "practice"), ("Ann Lee", "blue"), ("Dee", "blue")]
        report = send(home_paths, share)
        assert sorted(to for to, _ in mail.letters) == ["ann@example.org", "cy@example.org", "dee@example.org"]
        assert (len(report.sent), report.share["state"]) == (3, "sent")
        assert send(home_paths, share).sent == ()
        assert len(mail.letters) == 3


class TestAnswers:
    def test_one_refused_of_seven_is_one_refused_row(self, home_paths: Home, mail: MailServer) -> None:
        mail.refuse["eve@example.org"] = "550 no such user here"
        share = setup(home_paths, mail.url)
        report = send(home_paths, share)
        assert [what for what, _ in report.failures] == ["d5 to eve@example.org"]
        assert "550 no such user here" in report.failures[0][1]
        assert states(home_paths) == {address(name): "refused" if name == "Eve" else "sent" for name in PEOPLE}
        assert report.share["state"] == "sent"
        assert shares.unfinished(fresh(home_paths).read()) == []

    def test_a_refused_one_with_a_new_address_gets_it_and_nobody_else_again(self, home_paths: Home, mail: MailServer) -> None:
        mail.refuse["eve@example.org"] = "550 no such user here"
        share = setup(home_paths, mail.url)
        send(home_paths, share)
        edit_contact(fresh(home_paths), 5, Fields(emails=("eve@new.example",)))
        assert [row["recipient"] for row in send(home_paths, share).sent] == ["eve@new.example"]
        assert len(mail.letters) == len(PEOPLE)
        assert states(home_paths)["eve@example.org"] == "cancelled"

    def test_not_now_is_tried_again(self, home_paths: Home, mail: MailServer) -> None:
        mail.refuse["eve@example.org"] = "451 try later"
        share = setup(home_paths, mail.url)
        assert send(home_paths, share).share["state"] == "draft"
        assert states(home_paths)["eve@example.org"] == "waiting"
        mail.refuse.clear()
        assert [row["recipient"] for row in send(home_paths, share).sent] == ["eve@example.org"]
        assert len(mail.letters) == len(PEOPLE)
        assert shares.row(fresh(home_paths).read(), share)["state"] == "sent"  # type: ignore[index]

    def test_who_left_meanwhile_gets_nothing_more(self, home_paths: Home, mail: MailServer) -> None:
        mail.refuse["eve@example.org"] = "451 try later"
        share = setup(home_paths, mail.url)
        send(home_paths, share)
        mail.refuse.clear()
        leave(fresh(home_paths), 2, [5], "no more mail")
        report = send(home_paths, share)
        assert mail.to("eve@example.org") == []
        assert report.share["state"] == "sent"
        assert states(home_paths)["eve@example.org"] == "cancelled"

    @pytest.mark.parametrize("letters", [True, False], ids=["letters", "circle"])
    def test_who_left_and_is_back_before_all_have_it_gets_it_once(
        self, home_paths: Home, mail: MailServer, pkm: CommandLine, letters: bool
    ) -> None:
        mail.refuse |= {"eve@example.org": "451 try later", "ben@example.org": "451 try later"}
        share = setup(home_paths, mail.url)
        send(home_paths, share)
        said = ["--letters"] if letters else ["--because", "moved on"]
        pkm("circle", "leave", "o2", "c5", *said)
        del mail.refuse["eve@example.org"]
        send(home_paths, share)
        assert (mail.to("eve@example.org"), states(home_paths)["eve@example.org"]) == ([], "cancelled")
        pkm("circle", "join", "o2", "c5", *said)
        for _ in range(2):
            send(home_paths, share)
        mail.refuse.clear()
        assert send(home_paths, share).share["state"] == "sent"
        assert (len(mail.to("eve@example.org")), len(mail.letters)) == (1, len(PEOPLE))

    @pytest.mark.parametrize("why", ["451 try later", "550 no such user here"])
    def test_who_a_note_is_not_for_meanwhile_gets_nothing_more(self, home_paths: Home, mail: MailServer, why: str) -> None:
        mail.refuse["eve@example.org"] = why
        share = setup(home_paths, mail.url)
        send(home_paths, share)
        mail.refuse.clear()
        decline(fresh(home_paths), 1, "c5", "", "not for her")
        report = send(home_paths, share)
        assert mail.to("eve@example.org") == []
        assert report.share["state"] == "sent"
        assert states(home_paths)["eve@example.org"] == "cancelled"

    @pytest.mark.parametrize(("away", "gets"), [
        ({"eve": "451 later"}, "ann"), ({"ann": "451 later"}, "eve"), ({"ann": "451 later", "eve": "451 later"}, "ann"),
        ({"ann": "550 no such user", "eve": "451 later"}, "eve"),
    ])  # fmt: skip
    def test_two_that_turn_out_to_be_one_get_one_letter(
        self, home_paths: Home, mail: MailServer, away: dict[str, str], gets: str
    ) -> None:
        mail.refuse |= {f"{who}@example.org": answer for who, answer in away.items()}
        share = setup(home_paths, mail.url)
        send(home_paths, share)
        mail.refuse.clear()
        merge_contacts(fresh(home_paths), [1, 5])
        report = send(home_paths, share)
        assert [to for to, _ in mail.letters if to in ("ann@example.org", "eve@example.org")] == [f"{gets}@example.org"]
        assert report.share["state"] == "sent"

    def test_who_unsubscribes_while_others_are_sent_to_gets_nothing(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url, ("Ann Lee", "Cy"))

        def unsubscribe(when: str) -> None:
            if when == "after":
                take_off(fresh(home_paths), home_paths, 2, [2], "they asked")

        mail.on_data = unsubscribe
        report = send(home_paths, share)
        assert [to for to, _ in mail.letters] == ["ann@example.org"]
        assert states(home_paths) == {"ann@example.org": "sent", "cy@example.org": "cancelled"}
        assert report.share["state"] == "sent"

    def test_a_second_new_address_is_tried_as_the_first_was(self, home_paths: Home, mail: MailServer) -> None:
        mail.refuse |= {"eve@example.org": "550 no such user", "eve@new.example": "550 nor here"}
        share = setup(home_paths, mail.url)
        send(home_paths, share)
        for domain in ("new", "newest"):
            edit_contact(fresh(home_paths), 5, Fields(emails=(f"eve@{domain}.example",)))
            report = send(home_paths, share)
        assert [row["recipient"] for row in report.sent] == ["eve@newest.example"]

    def test_a_letter_that_is_refused_as_a_whole(self, home_paths: Home, mail: MailServer) -> None:
        mail.answer = "554 looks like spam"
        share = setup(home_paths, mail.url, ("Ann Lee", "Cy"))
        report = send(home_paths, share)
        assert report.failures == (("2 letters", "refused: 554 looks like spam"),)
        assert mail.letters == []
        undo_command(fresh(home_paths, "pkm undo"), home_paths)  # nothing left, so it can be taken back
        assert deliveries.rows(fresh(home_paths).read()) == []

    def test_a_server_that_is_away(self, home_paths: Home, mail: MailServer) -> None:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            share = setup(home_paths, f"smtp://127.0.0.1:{nobody.getsockname()[1]}")
            report = send(home_paths, share)
        assert report.failures[0][0] == "7 letters"
        assert "connection refused" in report.failures[0][1]
        assert set(states(home_paths).values()) == {"waiting"}
        assert [row["number"] for row in shares.unfinished(fresh(home_paths).read())] == [share]


class TestUnknown:
    def lost(self, home: Home, mail: MailServer) -> int:
        share = setup(home, mail.url, ("Ann Lee",))
        mail.drop_after_data = True
        report = send(home, share)
        assert [row["state"] for row in report.unknown] == ["unknown"]
        assert len(mail.letters) == 1
        mail.drop_after_data = False
        return share

    def test_no_answer_is_unknown_and_never_sent_again_by_itself(self, home_paths: Home, mail: MailServer) -> None:
        share = self.lost(home_paths, mail)
        for _ in range(2):
            assert send(home_paths, share).sent == ()
        assert len(mail.letters) == 1
        assert [row["id"] for row in deliveries.unsettled(fresh(home_paths).read())] == ["d1"]

    def test_a_ledger_that_is_full_forgets_no_answer(
        self, home_paths: Home, mail: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What a server took counts as sent, though only that it began could be written down."""
        share = setup(home_paths, mail.url)
        noted = ledger.note

        def full(home: Home, key: str, state: str, at: str, *, to: str = "") -> None:
            if state == "sent":
                raise StoreError("outbox.log", "no room", kept="")
            noted(home, key, state, at, to=to)

        monkeypatch.setattr("pkm.share.ledger.note", full)
        send(home_paths, share)
        assert set(states(home_paths).values()) == {"sent"}

    def test_what_is_queued_is_said_to_be(self, home_paths: Home, mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
        """The disk is full once the letters are frozen: they go with the next run, and the message says so."""
        share = setup(home_paths, mail.url)

        def full(*_: object) -> None:
            raise StoreError("pkm.db", "the disk is full", kept="Nothing was changed.")

        monkeypatch.setattr("pkm.share.transmit.send", full)
        with pytest.raises(StoreError) as caught:
            send(home_paths, share)
        assert caught.value.kept == "x1 is queued: what had not left goes with the next pkm share send x1 or pkm share --due."

    def test_the_person_says_that_it_arrived(self, home_paths: Home, mail: MailServer) -> None:
        share = self.lost(home_paths, mail)
        row, report = outbox.resolve(fresh(home_paths), home_paths, 1, "sent")
        assert (row["state"], report.share["state"]) == ("sent", "sent")
        assert send(home_paths, share).already == 1
        assert len(mail.letters) == 1

    def test_a_letter_that_came_back_can_be_said_to_be_refused(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url, ("Ann Lee", "Cy"))
        send(home_paths, share)
        outbox.resolve(fresh(home_paths), home_paths, 1, "refused")
        assert [row["recipient"] for row in send(home_paths, share).sent] == ["ann@example.org"]
        assert len(mail.letters) == 3

    def test_what_was_not_handed_in_cannot_be_settled(self, home_paths: Home) -> None:
        share = setup(home_paths, "smtp://127.0.0.1:9", ("Ann Lee",))
        send(home_paths, share)
        with pytest.raises(PkmError, match="only a letter that was handed in"):
            outbox.resolve(fresh(home_paths), home_paths, 1, "sent")

    def test_the_person_says_that_it_did_not(self, home_paths: Home, mail: MailServer) -> None:
        share = self.lost(home_paths, mail)
        outbox.resolve(fresh(home_paths), home_paths, 1, "refused")
        assert len(send(home_paths, share).sent) == 1
        assert len(mail.letters) == 2

    def test_an_interrupted_run_is_unknown(
        self, home_paths: Home, mail: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        share = setup(home_paths, mail.url, ("Ann Lee", "Cy"))

        def stopped(*_: object) -> None:
            assert states(home_paths) == {"ann@example.org": "sending", "cy@example.org": "waiting"}
            raise KeyboardInterrupt

        monkeypatch.setattr(channel.Mailer, "_hand_in", stopped)
        with pytest.raises(KeyboardInterrupt):
            send(home_paths, share)
        monkeypatch.undo()
        assert states(home_paths) == {"ann@example.org": "unknown", "cy@example.org": "waiting"}

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_kill_9_at_the_network_call(self, home_paths: Home, when: str, tmp_path: Path) -> None:
        """Killed just before the server keeps the letter, or just after; then run twice more: one copy, or unknown."""
        server = MailServer()
        controller = serve(server)
        share = setup(home_paths, server.url, ("Ann Lee", "Cy"))
        server.on_data = kill = Kill(when)
        for number in range(tries(1)):
            if number:
                share = drafted(home_paths, [1], "practice", title=f"Again {number}")
            before = len(server.letters)
            kill.send(share)
            for _ in range(2):
                send(home_paths, share)
            came = [to for to, _ in server.letters[before:]]
            found = states(home_paths, share)
            assert sorted(found.values()) == ["sent", "unknown"]
            assert came.count("ann@example.org") == (1 if when == "after" else 0)
            for recipient, state in found.items():
                assert came.count(recipient) <= 1
                assert state == "unknown" or came.count(recipient) == 1
        controller.stop()

    def test_two_runs_at_once_send_one_copy_each(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url)
        for process in [Running("share", "send", f"x{share}", "--yes") for _ in range(1 + tries(1))]:
            process.wait()
        assert sorted(to for to, _ in mail.letters) == sorted(map(address, PEOPLE))
        assert set(states(home_paths).values()) == {"sent"}

    def test_another_run_that_is_sending_is_waited_for_and_named(
        self, home_paths: Home, mail: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from pkm.lock import locked

        share = setup(home_paths, mail.url, ("Ann Lee",))
        monkeypatch.setattr(transmit, "WAIT_S", 0)
        with locked(home_paths.state / "outbox.lock", "sending"), pytest.raises(PkmError, match="another pkm is at it"):
            send(home_paths, share)
        assert mail.letters == []
        assert len(send(home_paths, share).sent) == 1


class TestLedger:
    def put_back_from_before(self, home: Home, mail: MailServer) -> int:
        """Two letters left; the store was put back from before their share existed, and the same digest made again."""
        share = setup(home, mail.url, ("Ann Lee", "Cy"))
        with sqlite3.connect(home.db) as now, sqlite3.connect(home.data / "old.db") as old:
            now.backup(old)
            old.execute("PRAGMA foreign_keys = ON")
            old.execute("DELETE FROM share")
            old.commit()
        assert len(send(home, share).sent) == 2
        with sqlite3.connect(home.db) as now, sqlite3.connect(home.data / "old.db") as old:
            old.backup(now)
        return drafted(home, [1], "practice", title="Fünds 47")

    @pytest.mark.parametrize(("outcome", "then"), [("sent", 0), ("refused", 2)])
    def test_a_store_older_than_the_share_holds_what_is_new(
        self, home_paths: Home, mail: MailServer, outcome: str, then: int
    ) -> None:
        share = self.put_back_from_before(home_paths, mail)
        report = send(home_paths, share)
        assert [row["error"] for row in report.unknown] == [
            "this store is older than outbox.log: 2 letters left that it does not know"
        ] * 2
        assert len(mail.letters) == 2
        assert send(home_paths, share).sent == ()
        assert len(outbox.resolve_older(fresh(home_paths), home_paths, outcome)) == 2
        assert len(send(home_paths, share).sent) == then
        assert len(mail.letters) == 2 + then
        assert transmit.older(fresh(home_paths).read(), home_paths) == ""
        with pytest.raises(PkmError, match="no letter that this store does not know"):
            outbox.resolve_older(fresh(home_paths), home_paths, "sent")

    def test_a_key_that_was_settled_is_held_when_its_share_comes_up_again(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url, ("Ann Lee",))
        key = look_at(fresh(home_paths), home_paths, share)[0].key
        ledger.note(home_paths, key, "sent", "2026-11-20T09:00:00Z")
        outbox.resolve_older(fresh(home_paths), home_paths, "sent")
        assert [row["state"] for row in send(home_paths, share).unknown] == ["held"]
        assert mail.letters == []

    def test_what_is_undone_or_changed_here_makes_no_store_older(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url, ("Ann Lee", "Cy"))
        mail.answer = "554 looks like spam"
        send(home_paths, share)
        undo_command(fresh(home_paths, "pkm undo"), home_paths)  # the rows are gone, their keys stay in the ledger: refused
        mail.answer = "250 kept"
        assert transmit.older(fresh(home_paths).read(), home_paths) == ""
        assert len(send(home_paths, share).sent) == 2
        edit_contact(fresh(home_paths), 1, Fields(emails=("ann@new.example",)))
        other = drafted(home_paths, [1], "practice", title="Again")
        undo_command(fresh(home_paths, "pkm undo"), home_paths)
        assert shares.row(fresh(home_paths).read(), other) is None
        assert transmit.older(fresh(home_paths).read(), home_paths) == ""

    def test_a_store_put_back_from_before_holds_what_left(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url, ("Ann Lee", "Cy"))
        with sqlite3.connect(home_paths.db) as now, sqlite3.connect(home_paths.data / "old.db") as old:
            now.backup(old)
        send(home_paths, share)
        with sqlite3.connect(home_paths.db) as now, sqlite3.connect(home_paths.data / "old.db") as old:
            old.backup(now)
        report = send(home_paths, share)
        assert [row["state"] for row in report.unknown] == ["held", "held"]
        assert "this store is older" in report.failures[0][1]
        assert len(mail.letters) == 2
        outbox.resolve(fresh(home_paths), home_paths, 1, "sent")
        assert states(home_paths)["ann@example.org"] == "sent"

    def test_what_the_ledger_says_left_counts_as_sent_at_once_and_as_refused_one_by_one(
        self, home_paths: Home, mail: MailServer, pkm: CommandLine
    ) -> None:
        share = setup(home_paths, mail.url, ("Ann Lee", "Cy"))
        pkm("backup", home_paths.data / "old.db")
        send(home_paths, share)
        pkm("backup", "--restore", home_paths.data / "old.db", "--yes")
        told = pkm("share", "send", f"x{share}", "--yes", ok=None).err
        assert "Where all of them have it: pkm share log --resolve older sent" in told
        pkm("share", "log", "--resolve", "older", "refused", ok=2)
        assert "2 held letters count as sent" in pkm("share", "log", "--resolve", "older", "sent").out
        pkm("share", "send", f"x{share}", "--yes")
        assert (len(mail.letters), set(states(home_paths).values())) == (2, {"sent"})

    @pytest.mark.parametrize("answer", ["451 try later", "550 no such user"])
    def test_a_store_put_back_sends_nothing_again_to_an_address_that_is_another_by_now(
        self, home_paths: Home, mail: MailServer, answer: str
    ) -> None:
        """The ledger says of the old address that it did not go there; that it went to the new one this store does not know."""
        mail.refuse["ann@example.org"] = answer
        share = setup(home_paths, mail.url, ("Ann Lee", "Cy"))
        send(home_paths, share)
        with sqlite3.connect(home_paths.db) as now, sqlite3.connect(home_paths.data / "old.db") as old:
            now.backup(old)
        edit_contact(fresh(home_paths), 1, Fields(emails=("ann@new.example",)))
        assert len(send(home_paths, share).sent) == 1
        mail.refuse.clear()
        with sqlite3.connect(home_paths.db) as now, sqlite3.connect(home_paths.data / "old.db") as old:
            old.backup(now)
        assert [row["state"] for row in send(home_paths, share).unknown] == ["held"]
        assert sorted(to for to, _ in mail.letters) == ["ann@new.example", "cy@example.org"]

    def test_a_letter_is_called_the_same_whoever_else_gets_one(self, home_paths: Home, mail: MailServer) -> None:
        """Their addresses were one as names are folded, so that the letter of the first was called as the second's here."""
        share = setup(home_paths, mail.url, ("Ann Lee", "Bob Ray"))
        for number, domain in ((1, "straße"), (2, "strasse")):
            edit_contact(fresh(home_paths), number, Fields(emails=(f"a@{domain}.example",)))
        with sqlite3.connect(home_paths.db) as now, sqlite3.connect(home_paths.data / "old.db") as old:
            now.backup(old)
        mail.refuse["a@strasse.example"] = "550 no such user"
        send(home_paths, share)
        with sqlite3.connect(home_paths.db) as now, sqlite3.connect(home_paths.data / "old.db") as old:
            old.backup(now)
        leave(fresh(home_paths), 2, [1], "moved")
        send(home_paths, share)
        join(fresh(home_paths), 2, [1], "back")
        send(home_paths, share)
        assert [to for to, _ in mail.letters] == ["a@xn--strae-oqa.example"]

    def test_a_copy_of_a_store_without_its_ledger_sends_nothing(self, home_paths: Home, mail: MailServer) -> None:
        mail.refuse["cy@example.org"] = "451 later"
        share = setup(home_paths, mail.url, ("Ann Lee", "Cy"))
        send(home_paths, share)
        mail.refuse.clear()
        (home_paths.data / "outbox.log").unlink()
        assert "this store may be a copy: there is no outbox.log beside it" in send(home_paths, share).failures[0][1]
        assert len(mail.letters) == 1

    def test_a_line_that_was_cut_off_takes_no_other_with_it(self, home_paths: Home) -> None:
        home_paths.ensure()
        ledger.note(home_paths, "one", "sending", "2026-11-20T09:00:00Z")
        with ledger.path_of(home_paths).open("ab") as file:
            file.write(b'{"at": "2026-11-20T09:00:01Z", "key": "one", "sta')
        ledger.note(home_paths, "two", "sending", "2026-11-20T09:00:02Z")
        ledger.note(home_paths, "two", "sent", "2026-11-20T09:00:03Z")
        assert {key: state for key, (state, _) in (ledger.read(home_paths) or {}).items()} == {"one": "sending", "two": "sent"}

    def test_the_ledger_holds_no_address_and_no_word(self, home_paths: Home, mail: MailServer) -> None:
        send(home_paths, setup(home_paths, mail.url))
        said = (home_paths.data / "outbox.log").read_text()
        assert "sent" in said
        assert "example" not in said
        assert "Walking" not in said
        assert (home_paths.data / "outbox.log").stat().st_mode & 0o077 == 0


class TestAccess:
    @pytest.fixture
    def locked_server(self) -> Any:
        server = MailServer(users={"ann": "pä55word"})
        controller = serve(server)
        yield server
        controller.stop()

    def test_the_password_is_read_where_it_lies_and_stands_nowhere(
        self, home_paths: Home, locked_server: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MAIL_PASSWORD", "pä55word")
        share = setup(home_paths, locked_server.url, ("Ann Lee",), login="ann", credential="env:MAIL_PASSWORD")
        assert not send(home_paths, share).failures
        assert len(locked_server.letters) == 1
        for path in home_paths.data.rglob("*"):
            assert not path.is_file() or b"55word" not in path.read_bytes()

    def test_a_wrong_password_sends_nothing_and_is_not_repeated(
        self, home_paths: Home, locked_server: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MAIL_PASSWORD", "hunter2wrong")
        share = setup(home_paths, locked_server.url, ("Ann Lee",), login="ann", credential="env:MAIL_PASSWORD")
        report = send(home_paths, share)
        assert "does not let ann in" in report.failures[0][1]
        assert "hunter2" not in str(report)
        assert states(home_paths) == {"ann@example.org": "waiting"}
        monkeypatch.delenv("MAIL_PASSWORD")
        assert "the environment has no MAIL_PASSWORD" in send(home_paths, share).failures[0][1]

    def test_a_password_in_the_address_is_refused_and_not_repeated(self, home_paths: Home) -> None:
        with pytest.raises(PkmError) as refused:
            add_channel(fresh(home_paths), home_paths, "mail", "smtp://ann:hunter2@127.0.0.1:25", sender="me@example.org")
        assert "hunter2" not in f"{refused.value} {refused.value.next}"

    @pytest.mark.parametrize("kind", ["outer", "inner"])
    def test_tls_where_the_certificate_is_trusted(
        self, home_paths: Home, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server = MailServer()
        controller = serve(server, **{kind: tls_context()})
        scheme = "smtps" if kind == "outer" else "smtp"
        monkeypatch.setenv("SSL_CERT_FILE", str(LOOPBACK))
        share = setup(home_paths, f"{scheme}://127.0.0.1:{server.port}", ("Ann Lee",))
        assert not send(home_paths, share).failures
        assert len(server.letters) == 1
        monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
        with pytest.raises(Unreachable, match="certificate is not to be trusted"):
            try_channel(shares.channels(fresh(home_paths).read())[0], home_paths)
        assert len(server.letters) == 1
        controller.stop()

    def test_without_tls_nothing_is_sent_but_to_this_machine(
        self, home_paths: Home, mail: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(channel, "is_loopback", lambda _: False)
        share = setup(home_paths, mail.url, ("Ann Lee",))
        assert "offers no TLS" in send(home_paths, share).failures[0][1]
        assert mail.letters == []

    def test_a_channel_is_tried_on_oneself_alone(self, home_paths: Home, mail: MailServer) -> None:
        setup(home_paths, mail.url)
        try_channel(shares.channels(fresh(home_paths).read())[0], home_paths)
        assert [to for to, _ in mail.letters] == ["me@example.org"]
        assert deliveries.rows(fresh(home_paths).read()) == []


class TestGuard:
    def test_another_s_address_in_the_words_is_found(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url)
        introduction.edit(fresh(home_paths), share, text="Write to gus@example.org about it")
        with pytest.raises(Refused) as refused:
            send(home_paths, share)
        assert [what for what, _, _ in refused.value.findings] == ["c7"]
        assert mail.letters == []

    def test_a_private_title_is_found_in_the_letter(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url)
        add_note(fresh(home_paths), "The budget talk with Bob")
        introduction.edit(fresh(home_paths), share, title="Finds [[The budget talk with Bob]]")
        with pytest.raises(Refused, match="may not go there"):
            send(home_paths, share)

    def test_a_note_narrowed_in_between_keeps_what_waits_at_home(self, home_paths: Home, mail: MailServer) -> None:
        mail.refuse["eve@example.org"] = "451 later"
        share = setup(home_paths, mail.url)
        send(home_paths, share)
        set_reach(fresh(home_paths), [1], "private")
        mail.refuse.clear()
        with pytest.raises(Refused):
            send(home_paths, share)
        assert mail.to("eve@example.org") == []

    def test_a_member_without_an_address_is_named_and_the_others_get_it(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url, ("Ann Lee",))
        join(fresh(home_paths), 2, [add_contact(fresh(home_paths), "Zed").number], "peer")
        report = send(home_paths, share)
        assert [what for what, _ in report.failures] == ["c2 Zed"]
        assert len(mail.letters) == 1
        edit_contact(fresh(home_paths), 2, Fields(emails=("zed@example.org",)))
        assert [row["recipient"] for row in send(home_paths, share).sent] == ["zed@example.org"]

    def test_what_left_is_not_undone(self, home_paths: Home, mail: MailServer) -> None:
        share = setup(home_paths, mail.url, ("Ann Lee",))
        store = fresh(home_paths, "pkm share send")
        outbox.send_share(store, home_paths, share)
        with pytest.raises(Refused, match="cannot be recalled"):
            undo_command(fresh(home_paths, "pkm undo"), home_paths, store.operation)
        assert states(home_paths) == {"ann@example.org": "sent"}


class TestIntroduction:
    def introduced(self, home: Home, url: str, text: str = "Dear both, do talk.") -> int:
        setup(home, url, ("Ann Lee", "Ben Öde", "Cy"))
        return int(introduction.create(fresh(home), [1, 2], "Ann Lee and Ben Öde", text)["number"])

    def test_both_get_one_letter_that_names_both(self, home_paths: Home, mail: MailServer) -> None:
        share = self.introduced(home_paths, mail.url)
        report = send(home_paths, share)
        assert sorted(to for to, _ in mail.letters) == ["ann@example.org", "ben@example.org"]
        assert mail.letters[0][1] == mail.letters[1][1]
        opened = open_letter(mail.letters[0][1])
        assert opened.header("To") == "Ann Lee <ann@example.org>, Ben Öde <ben@example.org>"
        assert opened.text.strip() == "Dear both, do talk."
        assert opened.header("List-Id") == ""
        assert report.interaction is not None
        for number in (1, 2):
            (row,) = interactions.of_contact(fresh(home_paths).read(), number, 5)
            assert row["text"] == "introduced Ann Lee and Ben Öde to each other"
        assert interactions.of_contact(fresh(home_paths).read(), 3, 5) == []

    def test_a_third_address_and_a_private_title_are_found(self, home_paths: Home, mail: MailServer) -> None:
        add_note(fresh(home_paths), "The budget talk with Bob")
        share = self.introduced(home_paths, mail.url, "Ask cy@example.org. See [[The budget talk with Bob]].")
        with pytest.raises(Refused) as refused:
            send(home_paths, share)
        assert {what.split()[0] for what, _, _ in refused.value.findings} == {"c3", "n1"}
        assert mail.letters == []

    def test_it_is_for_both_or_not_done(self, home_paths: Home, mail: MailServer) -> None:
        mail.refuse["ben@example.org"] = "550 no"
        share = self.introduced(home_paths, mail.url)
        report = send(home_paths, share)
        assert (report.share["state"], report.interaction) == ("draft", None)
        mail.refuse.clear()
        assert send(home_paths, share).interaction is not None
        assert len(mail.letters) == 2

    def test_without_an_address_it_stays_a_draft(self, home_paths: Home, mail: MailServer) -> None:
        share = self.introduced(home_paths, mail.url)
        edit_contact(fresh(home_paths), 2, Fields(emails=()))
        with pytest.raises(PkmError, match="no e-mail address is known") as refused:
            send(home_paths, share)
        assert f"pkm share send x{share} --by-hand" in str(refused.value.next)
        report = outbox.send_by_hand(fresh(home_paths), share)
        assert report.share["state"] == "sent"
        assert report.interaction is not None
        with pytest.raises(PkmError, match="it has gone already"):
            outbox.send_by_hand(fresh(home_paths), share)
        assert mail.letters == []
