"""Answers by mail: over a real mail server and a real mailbox, and from letters that nobody would want to get."""

import re
import smtplib
import sqlite3
import time
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.config import Home
from pkm.dates import now, parse_stamp, stamp
from pkm.errors import PkmError
from pkm.people.circles import add_circle, edit_circle, join
from pkm.people.contacts import Fields, add_contact, edit_contact
from pkm.share import outbox
from pkm.share.answers import Collected, collect
from pkm.share.letter import open_letter
from pkm.share.ownwords import asks_to_leave, own_words
from pkm.share.postbox import concerns, read_letter
from pkm.share.wiring import Change, add_channel, change_channel, remove_channel
from pkm.store import deliveries, plans, shares
from tests.conftest import CommandLine
from tests.imap_server import Folder, ImapServer
from tests.imap_server import imap as imap
from tests.mail_server import MailServer
from tests.mail_server import mail as mail
from tests.post_office import SECRET, PostOffice
from tests.post_office import office as office
from tests.sending import drafted, fresh, note, send

ME = "me@example.org"


def setup(home: Home, smtp: str, inbox: str, people: tuple[str, ...] = ("Ann", "Ben"), name: str = ME) -> int:
    """A community `practice` that is reached by mail, whose answers come into `inbox`; the draft of a note for it."""
    store = fresh(home)
    add_channel(store, home, "mail", smtp, sender=f"Me <{name}>")
    place = "env:INBOX_PASSWORD" if "imap" in inbox else None
    change_channel(store, home, "mail", Change(inbox=inbox, inbox_credential=place))
    add_circle(store, "practice", "community", channels=["mail"])
    numbers = [add_contact(store, one, emails=[f"{one.lower()}@example.org"]).number for one in people]
    join(store, 2, numbers, "peers")
    return drafted(home, [note(home, "Walking retros work", "community")], "practice")


def another(home: Home) -> int:
    """One more draft for practice."""
    return drafted(home, [note(home, "Another thing works", "community")], "practice", title="Finds 48")


def answer(letter: bytes, who: str, text: str, *, html: str = "", **headers: str) -> bytes:
    """What a program for mail makes of an answer: under the words, what it answers."""
    asked = open_letter(letter)
    quoted = "\n".join(f"> {line}" for line in asked.text.splitlines())
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = who, ME, f"Re: {asked.header('Subject')}"
    message["In-Reply-To"] = message["References"] = asked.header("Message-ID")
    message["Message-ID"] = f"<{abs(hash((who, text)))}@theirs.example>"
    message["Date"] = format_datetime(now())
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(html or f"{text}\n\nOn Mon, 23 Nov 2026 at 10:00, Me <{ME}>\nwrote:\n\n{quoted}\n\n-- \nwho I am\n",
                        subtype="html" if html else "plain")  # fmt: skip
    return message.as_bytes()


def report(letter: bytes, *, to: str = "ann@example.org", action: str = "failed", status: str = "5.1.1", key: str = "",
           said: str = "smtp; 550 5.1.1 no such user", date: str = "", whole: bool = False) -> bytes:  # fmt: skip
    """What a mail server reports of a letter that it could not deliver (RFC 3464)."""
    name = open_letter(letter).header("Message-ID")
    name = f"<{key}@example.org>" if key else name
    back = f"Content-Type: {'message/rfc822' if whole else 'text/rfc822-headers'}\n\nFrom: {ME}\nMessage-ID: {name}\n"
    parts = ["Content-Type: text/plain\n\nI am sorry to have to inform you, and unsubscribe.\n",
             "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
             f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {said}\n",
             back + ("\ntext\n" if whole else "")]  # fmt: skip
    head = (f"From: MAILER-DAEMON@mx.example.org\nTo: {ME}\nSubject: Undelivered\nDate: {date or format_datetime(now())}\n"
            "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=XX\n\n")  # fmt: skip
    return (head + "".join(f"--XX\n{part}\n" for part in parts) + "--XX--\n").encode()


def by_header(letter: bytes, who: str, *, key: str = "", date: str = "") -> bytes:
    """What a program for mail makes of a letter's List-Unsubscribe: the subject that it gives. key: another than that."""
    subject = unquote(open_letter(letter).header("List-Unsubscribe").partition("subject=")[2].rstrip(">"))
    assert re.fullmatch("unsubscribe o2 [0-9a-f]{32}", subject)
    subject = f"unsubscribe o2 {key}" if key else subject
    head = f"From: {who}\nSubject: {subject}\nMessage-ID: <u2@x>\nDate: {date or format_datetime(now())}\n\n"
    return head.encode()


def texts(came: Collected) -> dict[str, str]:
    return {row["contact_name"] or row["author"]: row["text"] for row in came.new}


@pytest.fixture
def real_clock(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server's own clock dates what comes into its mailboxes."""
    monkeypatch.delenv("PKM_NOW")
    monkeypatch.setenv("INBOX_PASSWORD", SECRET)


@pytest.mark.usefixtures("real_clock")
class TestRealParts:
    def test_there_and_back_by_opensmtpd_and_dovecot(self, home_paths: Home, office: PostOffice, pkm: CommandLine) -> None:
        smtp = office.smtp
        share = setup(home_paths, smtp, office.imap(ME))
        assert "can be read" in pkm("share", "channel", "test", "mail").out
        assert not send(home_paths, share).failures
        (for_ann,), (for_ben,) = office.letters("ann@example.org", 1), office.letters("ben@example.org", 1)
        assert len(office.letters(ME, 3)) == 3  # the letter of the test, and a copy of each
        assert collect(fresh(home_paths), home_paths) == Collected()
        with smtplib.SMTP("127.0.0.1", int(smtp.rpartition(":")[2])) as server:
            for who, letter in (("Ann", answer(for_ann, "Ann <ann@example.org>", "Tried it: worked.")),
                                ("Eve", answer(for_ann, '"Eve, who" <eve@example.net>', "So did we")),
                                ("Ben", answer(for_ben, "ben@example.org", "Unsubscribe"))):  # fmt: skip
                server.sendmail(f"{who}@example.org", [ME], letter)
        office.letters(ME, 6)
        came = collect(fresh(home_paths), home_paths)
        assert texts(came) == {"Ann": "Tried it: worked.", "Eve, who <eve@example.net>": "So did we"}
        assert [(one.contact["name"], one.circle) for one in came.off] == [("Ben", "o2")]
        assert collect(fresh(home_paths), home_paths) == Collected()
        assert [row["recipient"] for row in send(home_paths, another(home_paths)).sent] == ["ann@example.org"]

    def test_a_copy_tells_that_a_letter_left_though_nobody_said_so(
        self, home_paths: Home, office: PostOffice, mail: MailServer
    ) -> None:
        me = "witness@example.org"
        share = setup(home_paths, mail.url, office.imap(me), name=me)
        mail.drop_after_data = True
        mail.on_data = lambda when: when == "after" and [office.bring(to, one) for to, one in mail.letters[-2:]] and False
        send(home_paths, share)  # Ann's; the connection is lost, and Ben's goes by another
        rows = {row["recipient"]: row["state"] for row in deliveries.rows(fresh(home_paths).read())}
        assert set(rows.values()) == {"unknown"}
        outbox.ask_channels(fresh(home_paths), home_paths)
        assert {row["state"] for row in deliveries.rows(fresh(home_paths).read())} == {"sent"}
        assert [len(mail.to(recipient)) for recipient in rows] == [1, 1]
        mail.on_data = None  # this one is lost, and no copy tells of it
        send(home_paths, another(home_paths))
        outbox.ask_channels(fresh(home_paths), home_paths)
        late = deliveries.rows(fresh(home_paths).read())[0]
        assert (late["state"], late["error"]) == ("unknown", "no copy of it is in the mailbox")

    def test_a_copy_in_the_folder_of_what_was_sent_tells_it_too(
        self, home_paths: Home, office: PostOffice, mail: MailServer
    ) -> None:
        import imaplib

        me = "filed@example.org"
        share = setup(home_paths, mail.url, office.imap(me), ("Ann",), name=me)
        change_channel(fresh(home_paths), home_paths, "mail", Change(copy=False))
        mail.drop_after_data = True
        send(home_paths, share)
        assert [to for to, _ in mail.letters] == ["ann@example.org"]
        with imaplib.IMAP4("127.0.0.1", office.imap_port) as server:
            server.login(me, SECRET)
            server.append("Sent", None, None, mail.letters[0][1])
        outbox.ask_channels(fresh(home_paths), home_paths)
        assert [row["state"] for row in deliveries.rows(fresh(home_paths).read())] == ["sent"]


@pytest.fixture
def sent(home_paths: Home, mail: MailServer, tmp_path: Path) -> "Sent":
    """A letter to Ann and one to Ben have left; answers come into a Maildir."""
    for part in ("new", "cur", "tmp"):
        (tmp_path / "in" / part).mkdir(parents=True)
    send(home_paths, setup(home_paths, mail.url, f"maildir:{tmp_path}/in"))
    mine = {to: letter for to, letter in mail.letters}
    return Sent(home_paths, mine["ann@example.org"], mine["ben@example.org"], tmp_path / "in" / "new")


class Sent:
    """What was sent, and the folder where answers come in."""

    def __init__(self, home: Home, ann: bytes, ben: bytes, inbox: Path) -> None:
        self.home, self.ann, self.ben, self.inbox = home, ann, ben, inbox

    def get(self, *letters: bytes) -> Collected:
        """What is collected once these came."""
        for letter in letters:
            (self.inbox / f"{len(list(self.inbox.iterdir()))}.{abs(hash(letter))}").write_bytes(letter)
        return collect(fresh(self.home), self.home)

    def reaches(self) -> list[str]:
        return [row["recipient"] for row in send(self.home, another(self.home)).sent]


class TestUnknown:
    """A letter that had no answer from the server, and one from who got it."""

    def lost(self, sent: "Sent", mail: MailServer) -> dict[str, bytes]:
        mail.drop_after_data = True
        send(sent.home, another(sent.home))
        mail.drop_after_data = False
        return {to: letter for to, letter in mail.letters if open_letter(letter).header("Subject") == "Finds 48"}

    def states(self, sent: "Sent") -> dict[str, str]:
        rows = deliveries.rows(fresh(sent.home).read(), share=2)
        return {row["recipient"]: f"{row['state']}: {row['error']}" for row in rows}

    def test_who_answers_has_it(self, sent: "Sent", mail: MailServer) -> None:
        letters = self.lost(sent, mail)
        sent.get(answer(letters["ann@example.org"], "MAILER-DAEMON@example.org", "not delivered"))
        assert all(said.startswith("unknown") for said in self.states(sent).values())
        sent.get(answer(letters["ann@example.org"], "Ann at home <ann@home.example>", "Tried it"))
        said = self.states(sent)
        assert said["ann@example.org"] == "sent: it arrived: it was answered on 2026-11-23"
        assert said["ben@example.org"].startswith("unknown")
        sent.get(answer(letters["ben@example.org"], "ben@example.org", "unsubscribe"))
        assert self.states(sent)["ben@example.org"].startswith("sent")
        assert shares.row(fresh(sent.home).read(), 2)["state"] == "sent"  # type: ignore[index]
        assert send(sent.home, 2).sent == ()
        assert [len(mail.to(f"{who}@example.org")) for who in ("ann", "ben")] == [2, 2]  # with those of the share before

    @pytest.mark.parametrize("at_once", [True, False])
    def test_who_answers_has_what_is_said_to_have_come_back(self, sent: "Sent", at_once: bool) -> None:
        back = sent.get(report(sent.ann)).back if not at_once else ()
        assert bool(back) != at_once
        came = sent.get(*([report(sent.ann)] if at_once else []), answer(sent.ann, "ann@example.org", "It is here"))
        assert (came.back, len(came.new)) == ((), 1)
        (row,) = (row for row in deliveries.rows(fresh(sent.home).read()) if row["recipient"] == "ann@example.org")
        assert (row["state"], row["error"]) == ("sent", "it arrived: it was answered on 2026-11-23")

    @pytest.mark.parametrize("dated", ["Fri, 31 Dec 9999 23:59:59 +0000", "Sat, 1 Jan 2101 00:00:00 +0000"])
    def test_who_answers_by_a_clock_that_is_ahead_has_it_now(
        self, sent: "Sent", mail: MailServer, monkeypatch: pytest.MonkeyPatch, dated: str
    ) -> None:
        letters = self.lost(sent, mail)
        monkeypatch.setenv("TZ", "Pacific/Auckland")
        time.tzset()
        try:
            came = sent.get(answer(letters["ann@example.org"], "ann@example.org", "Tried it", Date=dated))
        finally:
            monkeypatch.undo()
            time.tzset()
        assert texts(came) == {"Ann": "Tried it"}
        assert self.states(sent)["ann@example.org"] == "sent: it arrived: it was answered on 2026-11-23"

    def test_who_answered_has_it_whatever_is_reported_afterwards(self, sent: "Sent") -> None:
        sent.get(answer(sent.ann, "ann@example.org", "It is here"))
        assert sent.get(report(sent.ann)).back == ()

    def test_the_letter_of_the_key_arrived_and_no_other(self, sent: "Sent", mail: MailServer) -> None:
        letters = self.lost(sent, mail)
        sent.get(answer(letters["ann@example.org"], "ben@example.org", "She passed it on"))
        said = self.states(sent)
        assert (said["ann@example.org"][:4], said["ben@example.org"][:7]) == ("sent", "unknown")

    @pytest.mark.parametrize("who", ["ann", "ben"])
    def test_a_letter_to_two_arrived_for_who_answers(self, sent: "Sent", mail: MailServer, who: str) -> None:
        from pkm.share import introduction

        share = int(introduction.create(fresh(sent.home), [1, 2], "Ann and Ben", "Do talk.")["number"])
        mail.drop_after_data = True
        send(sent.home, share)
        sent.get(answer(mail.letters[-1][1], f"{who}@example.org", "Hello"))
        rows = {row["recipient"]: row["state"] for row in deliveries.rows(fresh(sent.home).read(), share=share)}
        assert rows == {f"{one}@example.org": "sent" if one == who else "unknown" for one in ("ann", "ben")}


class TestLetters:
    def test_what_is_no_answer_is_left_where_it_is(self, sent: Sent) -> None:
        strange = sent.ann.replace(b"Message-ID: <", b"Message-ID: <0")
        came = sent.get(
            sent.ann, answer(sent.ann, ME, "My own afterthought"), answer(strange, "ann@example.org", "to somebody else's share"),
            answer(sent.ann, "ann@example.org", "I am away", Auto_Submitted="auto-replied"),
            answer(sent.ann, "MAILER-DAEMON@example.org", "not delivered"), answer(sent.ann, "ann@example.org", ""),
        )  # fmt: skip
        assert came == Collected()

    @pytest.mark.parametrize(("change", "error"), [
        ({}, "it came back: 550 5.1.1 no such user"),
        ({"whole": True}, "it came back: 550 5.1.1 no such user"),
        ({"said": "x-unix; gone"}, "it came back: 5.1.1 gone"),
        ({"action": "delayed", "status": "4.4.1"}, None), ({"action": "delivered", "status": "2.0.0"}, None),
        ({"to": ME}, None),  # the copy to oneself, or whoever it was passed on to
        ({"key": "0" * 32}, None), ({"date": "Mon, 1 Jan 1990 00:00:00 +0000"}, None),
    ])  # fmt: skip
    def test_a_letter_that_came_back_is_refused_and_no_answer(
        self, sent: Sent, pkm: CommandLine, change: dict[str, Any], error: str | None
    ) -> None:
        came = sent.get(report(sent.ann, **change))
        assert came.new == ()
        rows = {row["recipient"]: (row["state"], row["error"]) for row in deliveries.rows(fresh(sent.home).read())}
        assert rows["ben@example.org"] == ("sent", "")
        assert rows["ann@example.org"] == (("refused", error) if error else ("sent", ""))
        assert [row["recipient"] for row in came.back] == (["ann@example.org"] if error else [])
        assert sent.get() == Collected()
        assert send(sent.home, 1).sent == ()

    def test_who_is_sent_a_letter_again_is_not_refused_by_the_old_report(self, sent: Sent, pkm: CommandLine) -> None:
        (sent.inbox / "back").write_bytes(report(sent.ann))
        assert "d1 of x1 to Ann <ann@example.org> came back: 550 5.1.1 no such user. Whoever" in pkm("share", "heard").err
        pkm("share", "log", "--resolve", "d1", "refused")
        first, later = now(), now() + timedelta(minutes=5)
        with pytest.MonkeyPatch.context() as clock:
            clock.setenv("PKM_NOW", stamp(later))
            assert [row["recipient"] for row in send(sent.home, 1).sent] == ["ann@example.org"]
            assert sent.get(report(sent.ann, date=format_datetime(first), said="smtp; an old one")).back == ()
            assert len(sent.get(report(sent.ann, said="smtp; a new one")).back) == 1

    @pytest.mark.parametrize(("letter", "text"), [
        (dict(html="<p>Yes &amp; <b>no</b></p><script>x()</script>On Mon, Me wrote:<blockquote>a</blockquote>"), "Yes & no"),
        (dict(Subject="x\n Bcc: all@example.org"), "It worked"),
        (dict(Message_ID="<" + "y" * 2000 + ">"), "It worked"),
        (dict(Date="Tue, 99 Foo 2026"), "It worked"), (dict(Date="Mon, 1 Jan 1990 00:00:00 +0000"), "It worked"),
        (dict(From="=?utf-8?q?A\x07nn?= <ann@example.org>"), "It worked"),
    ])  # fmt: skip
    def test_hostile_letters_are_read_as_text(self, sent: Sent, letter: dict[str, str], text: str) -> None:
        html = letter.pop("html", "")
        raw = answer(sent.ann, "ann@example.org", "It worked\x1b[31m", html=html)
        for name, value in letter.items():
            lines = [line for line in raw.split(b"\n") if not line.lower().startswith(name.replace("_", "-").lower().encode())]
            raw = f"{name.replace('_', '-')}: {value}\n".encode() + b"\n".join(lines)
        (row,) = sent.get(raw).new
        assert (row["contact"], row["text"]) == ("c1", text)
        assert parse_stamp(row["at"]) == now()

    def test_a_name_is_no_account(self, sent: Sent) -> None:
        edit_contact(fresh(sent.home), 1, Fields(urls=("https://ann.example/",)))
        raw = answer(sent.ben, "x@y.example", "Tried it, worked")
        sender = b'From: "https://ann.example/" <a@y.example>, <x@y.example>'
        (row,) = sent.get(raw.replace(b"From: x@y.example", sender)).new
        assert row["contact"] is None
        assert plans.answers(fresh(sent.home).read(), 1) == []

    @pytest.mark.parametrize("sender", [
        "ann@example.org <stranger@evil.example>", "<ann@example.org> <stranger@evil.example>",
        '(a"b) ann@example.org <stranger@evil.example>', "ann@example.org\nFrom: stranger@evil.example",
        "Ann <ann@\uff45xample.org>", "Ann <ann@exam\u00adple.org>",
    ])  # fmt: skip
    def test_who_sent_it_is_who_alone_is_named(self, sent: Sent, sender: str) -> None:
        """Servers vouch for one address, which need not be the one that is read first."""
        raw = answer(sent.ann, "stranger@evil.example", "Mine")
        (row,) = sent.get(raw.replace(b"From: stranger@evil.example", f"From: {sender}".encode())).new
        assert (row["contact"], row["text"]) == (None, "Mine")

    @pytest.mark.parametrize("how", ["asks to leave without a key", "an answer to another's letter", "no address"])
    def test_what_no_key_proves_is_nobodys_answer_and_opens_no_gate(self, sent: Sent, how: str) -> None:
        letter = {
            "asks to leave without a key": TestUnsubscribing.BY_SUBJECT % b"Ben <ben@example.org>",
            "an answer to another's letter": answer(sent.ann, "Ben <ben@example.org>", "Go on"),
            "no address": answer(sent.ben, "Ben <ben@example.org> <ben@example.org>", "Go on"),
        }[how]
        (row,) = sent.get(letter).new
        assert (row["contact"], row["author"].endswith("unproven")) == (None, True)
        assert (row["delivery"] is None) == (how == "asks to leave without a key")
        assert plans.answers(fresh(sent.home).read(), 1) == []
        assert sent.get() == Collected()

    def test_both_of_an_introduction_answer_with_the_key_that_they_share(self, sent: Sent, mail: MailServer) -> None:
        from pkm.share import introduction

        share = int(introduction.create(fresh(sent.home), [1, 2], "Ann and Ben", "Do talk.")["number"])
        send(sent.home, share)
        came = sent.get(*(answer(mail.letters[-1][1], f"{who}@example.org", f"I am {who}") for who in ("ann", "ben")))
        assert texts(came) == {"Ann": "I am ann", "Ben": "I am ben"}

    def test_an_address_is_theirs_in_any_spelling(self, home_paths: Home, mail: MailServer, tmp_path: Path) -> None:
        for part in ("new", "cur", "tmp"):
            (tmp_path / "in" / part).mkdir(parents=True)
        share = setup(home_paths, mail.url, f"maildir:{tmp_path}/in")
        edit_contact(fresh(home_paths), 1, Fields(emails=("ann@müller.example",)))
        edit_contact(fresh(home_paths), 2, Fields(emails=("ben@fass.example",)))
        send(home_paths, share)
        ann, ben = (next(letter for to, letter in mail.letters if to.startswith(who)) for who in ("ann", "ben"))
        sent = Sent(home_paths, ann, ben, tmp_path / "in" / "new")
        came = sent.get(answer(ann, "ann@xn--mller-kva.example", "Mine"),
                        answer(ben, "ben@xn--fa-hia.example", "Unsubscribe"))  # fmt: skip
        assert (came.off, came.strangers) == ((), (("ben@xn--fa-hia.example", "o2"),))
        assert texts(came)["Ann"] == "Mine"
        assert len(sent.get(by_header(ann, "ann@xn--mller-kva.example")).off) == 1
        assert sent.reaches() == ["ben@fass.example"]
        assert len(sent.get(report(ben, to="ben@xn--fa-hia.example")).back) == 0
        assert len(sent.get(report(ben, to="Ben@FASS.example")).back) == 1

    def test_a_gate_counts_what_came_of_one_person_once(self, sent: Sent) -> None:
        for words in ("One", "Two", "Three"):
            sent.get(answer(sent.ann, "ann@example.org", words))
        assert len(plans.answers(fresh(sent.home).read(), 1)) == 1
        sent.get(answer(sent.ben, "ben@example.org", "Mine"))
        assert len(plans.answers(fresh(sent.home).read(), 1)) == 2

    def test_one_letter_that_cannot_be_read_keeps_none_of_the_others_back(self, sent: Sent) -> None:
        head = answer(sent.ann, "ann@example.org", "x").partition(b"\n\n")[0]
        head = head.replace(b"text/plain", b'multipart/mixed; boundary="b"')
        broken = head + b"\n\n--b\n" + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 3000
        huge = answer(sent.ann, "Huge <huge@example.net>", "word " * 2_500_000)
        came = sent.get(broken, huge, answer(sent.ben, "ben@example.org", "Fine"))
        assert texts(came)["Ben"] == "Fine"
        assert all(len(row["text"]) <= 10_000 for row in came.new)

    def test_the_same_letter_twice_is_one_answer_also_where_the_mailbox_is_read_again(self, sent: Sent) -> None:
        letter = answer(sent.ann, "ANN@Example.org", "Once")
        assert texts(sent.get(letter, letter)) == {"Ann": "Once"}
        change_channel(fresh(sent.home), sent.home, "mail", Change(inbox=""))
        change_channel(fresh(sent.home), sent.home, "mail", Change(inbox=f"maildir:{sent.inbox.parent}"))
        assert sent.get(letter) == Collected()


class TestUnsubscribing:
    BY_SUBJECT = b"From: %s\nSubject: unsubscribe o2\nMessage-ID: <u1@x>\nDate: Mon, 23 Nov 2026 08:59:00 +0000\n\n"

    def test_by_the_subject_that_letters_give(self, sent: Sent) -> None:
        assert [one.contact["id"] for one in sent.get(by_header(sent.ben, "Ben <Ben@example.org>")).off] == ["c2"]
        assert sent.reaches() == ["ann@example.org"]

    @pytest.mark.parametrize("how", ["no key", "another's key", "an answer to another's", "a key that never was"])
    def test_nobody_takes_off_another_in_their_name(self, sent: Sent, pkm: CommandLine, how: str) -> None:
        forged = {"no key": self.BY_SUBJECT % b"ben@example.org", "another's key": by_header(sent.ann, "ben@example.org"),
                  "an answer to another's": answer(sent.ann, "ben@example.org", "Unsubscribe"),
                  "a key that never was": by_header(sent.ann, "ben@example.org", key="0" * 32)}[how]  # fmt: skip
        (sent.inbox / "forged").write_bytes(forged)
        told = pkm("share", "heard").err
        assert "ben@example.org asked by mail for no more letters of o2, but the mail answers none" in told
        assert "pkm circle leave o2 c2 --letters" in told
        assert not (sent.home.data / "unsubscribed.log").exists()
        assert "asked by mail" not in pkm("share", "heard").err
        assert sorted(sent.reaches()) == ["ann@example.org", "ben@example.org"]

    @pytest.mark.parametrize(("key_of", "circle"), [("an introduction", 2), ("an introduction", 0), ("practice", 3)])
    def test_a_key_is_good_for_the_circle_of_its_letter_alone(
        self, sent: Sent, mail: MailServer, key_of: str, circle: int
    ) -> None:
        from pkm.share import introduction

        add_circle(fresh(sent.home), "friends", "community", channels=["mail"])
        join(fresh(sent.home), 3, [1, 2], "peers")
        share = introduction.create(fresh(sent.home), [1, 2], "Ann and Ben", "Do talk.")["number"]
        send(sent.home, int(share))
        letter = mail.letters[-1][1] if key_of == "an introduction" else sent.ben
        asks = answer(letter, "ben@example.org", "Unsubscribe")
        if circle:
            key = open_letter(letter).header("Message-ID")[1:33]
            asks = answer(letter, "ben@example.org", "", Subject=f"unsubscribe o{circle} {key}")
        assert [one.circle for one in sent.get(asks).off] == (["o2"] if key_of == "practice" else [])

    @pytest.mark.parametrize("how", ["by the header", "by an answer", "by another's"])
    def test_it_works_for_a_letter_that_the_store_does_not_know_any_more(self, sent: Sent, how: str) -> None:
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            at.backup(old)
        send(sent.home, another(sent.home))
        letters = {row["recipient"]: row["payload"] for row in deliveries.frozen(fresh(sent.home).read(), 2)}
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            old.backup(at)
        asks = {"by the header": by_header(letters["ben@example.org"], "ben@example.org"),
                "by an answer": answer(letters["ben@example.org"], "ben@example.org", "Unsubscribe"),
                "by another's": answer(letters["ann@example.org"], "ben@example.org", "Unsubscribe")}[how]  # fmt: skip
        came = sent.get(asks)
        assert [one.contact["id"] for one in came.off] == ([] if "another" in how else ["c2"])
        assert came.wishes == (("ben@example.org",) if "another" in how else ())
        assert b"example.org" not in (sent.home.data / "outbox.log").read_bytes()

    def lost(self, sent: Sent) -> tuple[int, dict[str, bytes]]:
        """A share that left, by recipient, and that a store put back from before does not know."""
        share = another(sent.home)
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            at.backup(old)
        send(sent.home, share)
        letters = {row["recipient"]: row["payload"] for row in deliveries.frozen(fresh(sent.home).read(), share)}
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            old.backup(at)
        change_channel(fresh(sent.home), sent.home, "mail", Change(copy=False))
        return share, letters

    @pytest.mark.parametrize("how", ["by the header", "by an answer"])
    def test_from_an_address_that_is_not_known_it_waits_for_the_letter(self, sent: Sent, pkm: CommandLine, how: str) -> None:
        share, letters = self.lost(sent)
        asks = {"by the header": by_header(letters["ben@example.org"], "ben@home.example"),
                "by an answer": answer(letters["ben@example.org"], "ben@home.example", "Unsubscribe")}[how]  # fmt: skip
        (sent.inbox / "asks").write_bytes(asks)
        told = pkm("share", "heard").err
        assert "ben@home.example asked for no more letters, in answer to one that left and that this store, older" in told
        assert sent.get() == Collected()
        waits = "channel mail: in its mailbox waits what answers 1 letter that this store, put back from a backup, does not know"
        assert waits in pkm("doctor", ok=None).out
        edit_contact(fresh(sent.home), 2, Fields(emails=("ben@example.org", "ben@home.example")))
        send(sent.home, share)  # made again, and held
        assert [one.contact["id"] for one in sent.get().off] == ["c2"]
        assert sent.get() == Collected()
        assert waits not in pkm("doctor", ok=None).out

    def test_from_another_address_of_theirs_it_is_done_at_once(self, sent: Sent) -> None:
        edit_contact(fresh(sent.home), 2, Fields(emails=("ben@home.example", "ben@example.org")))
        _, letters = self.lost(sent)
        came = sent.get(by_header(letters["ben@home.example"], "ben@example.org"))
        assert ([one.contact["id"] for one in came.off], came.wishes) == (["c2"], ())
        assert b"ben" not in (sent.home.data / "unsubscribed.log").read_bytes()

    @pytest.mark.parametrize("settled", ["", "sent"])
    def test_a_report_waits_for_the_letter(self, sent: Sent, settled: str) -> None:
        share, letters = self.lost(sent)
        early = report(letters["ben@example.org"], date="Mon, 23 Nov 2026 07:00:00 +0000", to="ben@example.org")
        assert sent.get(report(letters["ann@example.org"]), early) == Collected()
        with pytest.MonkeyPatch.context() as clock:
            clock.setenv("PKM_NOW", stamp(now() + timedelta(days=2)))
            send(sent.home, share)
            if settled:
                outbox.resolve(fresh(sent.home), sent.home, 3, settled)
            assert [row["recipient"] for row in sent.get().back] == ["ann@example.org"]
            rows = deliveries.rows(fresh(sent.home).read(), share=share)
            assert {row["recipient"]: (row["state"], row["error"][:12]) for row in rows} == {
                "ann@example.org": ("refused", "it came back"), "ben@example.org": ("held", "outbox.log s"),
            }  # fmt: skip
            assert sent.get() == Collected()
            assert send(sent.home, share).sent == ()

    def test_a_letter_of_ones_own_does_not_wait(self, sent: Sent) -> None:
        _, letters = self.lost(sent)
        assert sent.get(answer(letters["ann@example.org"], f"Me <{ME}>", "My own afterthought")) == Collected()
        (channel,) = (row for row in shares.channels(fresh(sent.home).read()) if row["name"] == "mail")
        assert "inbox_waits" not in channel["options"]

    @pytest.mark.parametrize("in_between", [False, True])
    def test_letters_of_a_channel_that_was_removed_are_still_answered(
        self, sent: Sent, mail: MailServer, in_between: bool
    ) -> None:
        store = fresh(sent.home)
        remove_channel(store, "mail")
        add_channel(store, sent.home, "post", mail.url, sender=f"Me <{ME}>")
        change_channel(store, sent.home, "post", Change(inbox=f"maildir:{sent.inbox.parent}"))
        edit_circle(store, 2, channels=["post"])
        if in_between:
            assert len(sent.reaches()) == 2
        came = sent.get(sent.ann, answer(sent.ann, "ann@example.org", "Tried it"), by_header(sent.ben, "ben@example.org"))
        assert texts(came) == {"Ann": "Tried it"}
        assert [one.contact["id"] for one in came.off] == ["c2"]
        assert len(sent.get(report(sent.ann)).back) == 0  # she answered
        assert sent.reaches() == ["ann@example.org"]
        add_channel(store, sent.home, "third", mail.url, sender=f"Me <{ME}>")
        change_channel(store, sent.home, "third", Change(inbox=f"maildir:{sent.inbox.parent}"))
        assert sent.get() == Collected()  # what was read by another channel is known

    @pytest.mark.parametrize("leaves", [False, True])
    def test_of_two_channels_with_one_mailbox_both_wait(self, sent: Sent, mail: MailServer, leaves: bool) -> None:
        add_channel(fresh(sent.home), sent.home, "post", mail.url, sender=f"Me <{ME}>")
        change_channel(fresh(sent.home), sent.home, "post", Change(inbox=f"maildir:{sent.inbox.parent}"))
        share, letters = self.lost(sent)
        words = "Unsubscribe" if leaves else "Tried it"
        came = sent.get(answer(letters["ben@example.org"], "ben@home.example", words))
        assert (came.wishes if leaves else came.unknown) == ("ben@home.example",)  # said once
        change_channel(fresh(sent.home), sent.home, "mail", Change(inbox=""))
        edit_contact(fresh(sent.home), 2, Fields(emails=("ben@example.org", "ben@home.example")))
        send(sent.home, share)  # made again, and held
        came = sent.get()
        assert ([one.contact["id"] for one in came.off], list(texts(came).values())) == (
            (["c2"], []) if leaves else ([], ["Tried it"])
        )  # fmt: skip

    def test_an_answer_waits_for_a_letter_that_the_store_does_not_know_any_more(self, sent: Sent, pkm: CommandLine) -> None:
        share = another(sent.home)
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            at.backup(old)
        send(sent.home, share)
        letters = {row["recipient"]: row["payload"] for row in deliveries.frozen(fresh(sent.home).read(), share)}
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            old.backup(at)
        (sent.inbox / "tried").write_bytes(answer(letters["ann@example.org"], "ann@example.org", "Tried it"))
        told = pkm("share", "heard").err
        assert "ann@example.org answered a letter that left and that this store, older than outbox.log, does not know" in told
        again = answer(letters["ann@example.org"], "ann@example.org", "Again")
        later = sent.get(again, answer(sent.ben, "ben@example.org", "Hi"))
        assert (later.unknown, texts(later)) == (("ann@example.org",), {"Ben": "Hi"})
        assert sent.get() == Collected()
        assert "inbox_waits" not in pkm("share", "channel", "list", "--json").out
        change_channel(fresh(sent.home), sent.home, "mail", Change(copy=False))
        send(sent.home, share)  # made again, and held
        came = sent.get()
        assert {(row["contact"], row["text"]) for row in came.new} == {("c1", "Tried it"), ("c1", "Again")}
        rows = deliveries.rows(fresh(sent.home).read(), share=share)
        assert {row["recipient"]: row["state"] for row in rows} == {"ann@example.org": "sent", "ben@example.org": "held"}
        assert sent.get() == Collected()

    def test_a_store_that_was_put_back_tells_when_a_letter_left_and_was_answered(
        self, sent: Sent, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        share = another(sent.home)
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            at.backup(old)
        send(sent.home, share)
        letters = {row["recipient"]: row["payload"] for row in deliveries.frozen(fresh(sent.home).read(), share)}
        said = answer(letters["ann@example.org"], "ann@example.org", "Tried it")
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            old.backup(at)
        monkeypatch.setenv("PKM_NOW", "2026-11-25T09:00:00Z")
        send(sent.home, share)  # made again, and held
        assert [row["at"][:10] for row in sent.get(said).new] == ["2026-11-23"]
        outbox.resolve_older(fresh(sent.home), sent.home, "sent")
        assert [row["at"][:10] for row in deliveries.rows(fresh(sent.home).read(), share=share)] == ["2026-11-23"] * 2

    def test_whoever_is_not_known_there_takes_nobody_off_and_is_heard(self, sent: Sent, pkm: CommandLine) -> None:
        add_contact(fresh(sent.home), "Out", emails=["out@example.org"])
        forged = answer(sent.ben, "ann@example.org", "Unsubscribe").replace(b"From: ann@", b"From: eve@")
        for part in (self.BY_SUBJECT % b"out@example.org", forged):
            (sent.inbox / f"{abs(hash(part))}").write_bytes(part)
        out = pkm("share", "heard")
        assert "eve@example.org asked for no more letters of o2; none went to that address" in out.err
        assert "out@example.org" in out.err
        assert out.out.lower().count("unsubscribe") == 2
        assert sorted(sent.reaches()) == ["ann@example.org", "ben@example.org"]

    def test_it_holds_for_another_address_a_new_contact_and_a_store_that_was_put_back(self, sent: Sent, pkm: CommandLine) -> None:
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            at.backup(old)
        assert len(sent.get(answer(sent.ben, "ben@example.org", "unsubscribe!")).off) == 1
        pkm("contact", "edit", "c2", "--email", "ben@new.example")
        add_contact(fresh(sent.home), "Ben again", emails=["ben@example.org"])
        join(fresh(sent.home), 2, [3], "imported")
        assert sent.reaches() == ["ann@example.org"]
        shown = pkm.json("circle", "show", "practice")
        assert [one["id"] for one in shown["unsubscribed"]] == ["c2", "c3"]
        assert b"ben" not in (sent.home.data / "unsubscribed.log").read_bytes()
        pkm("contact", "merge", "c3", "c2", "--yes")
        assert sent.reaches() == ["ann@example.org"]
        for path in sent.inbox.iterdir():
            path.unlink()
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            old.backup(at)
        outbox.resolve_older(fresh(sent.home), sent.home, "sent")  # else it holds what is new
        assert sent.reaches() == ["ann@example.org"]

    def test_whose_address_it_was_stays(self, sent: Sent, mail: MailServer) -> None:
        edit_contact(fresh(sent.home), 1, Fields(emails=("ann@home.example",)))
        edit_contact(fresh(sent.home), 2, Fields(emails=("ann@example.org",)))
        assert sorted(sent.reaches()) == ["ann@example.org", "ann@home.example"]
        (now_bens,) = [one for to, one in mail.letters if to == "ann@example.org" and one != sent.ann]
        came = sent.get(by_header(now_bens, "ann@example.org"))
        assert ([one.contact["id"] for one in came.off], came.asked) == (["c2"], ())
        assert sent.reaches() == ["ann@home.example"]

    def test_whose_address_it_was_is_who_asks_where_nobody_has_it(self, sent: Sent) -> None:
        edit_contact(fresh(sent.home), 1, Fields(emails=("ann@home.example",)))
        assert [one.contact["id"] for one in sent.get(by_header(sent.ann, "ann@example.org")).off] == ["c1"]

    @pytest.mark.parametrize("how", ["by the header", "by an answer"])
    def test_by_a_letter_whose_words_were_forgotten(self, sent: Sent, pkm: CommandLine, how: str) -> None:
        pkm("forget", "n1", "--yes")
        assert sent.get(answer(sent.ann, "ann@example.org", "Tried it"), report(sent.ann)) == Collected()
        asks = {"by the header": by_header(sent.ben, "ben@example.org"),
                "by an answer": answer(sent.ben, "ben@example.org", "Unsubscribe")}[how]  # fmt: skip
        came = sent.get(asks)
        assert ([one.contact["id"] for one in came.off], came.new) == (["c2"], ())
        pkm("forget", "c1", "--yes")
        assert sent.get(by_header(sent.ann, "ann@example.org")).off == ()

    @pytest.mark.parametrize("how", ["by the header", "by an answer", "another's"])
    def test_who_was_forgotten_gets_none_when_they_are_added_anew(self, sent: Sent, pkm: CommandLine, how: str) -> None:
        asks = {"by the header": by_header(sent.ben, "ben@example.org"), "another's": by_header(sent.ben, "eve@example.org"),
                "by an answer": answer(sent.ben, "ben@example.org", "Unsubscribe")}[how]  # fmt: skip
        pkm("forget", "c2", "--yes")
        came = sent.get(asks, answer(sent.ben, "ben@example.org", "Tried it"), report(sent.ben, to="ben@example.org"))
        theirs = how != "another's"
        assert (came.off, came.away, came.back) == ((), (("ben@example.org", "o2"),) if theirs else (), ())
        assert [row["text"] for row in came.new] == ([] if theirs else ["unsubscribe"])
        assert sent.get() == Collected()
        add_contact(fresh(sent.home), "Ben again", emails=["ben@example.org"])
        join(fresh(sent.home), 2, [3], "imported")
        assert sent.reaches() == (["ann@example.org"] if theirs else ["ann@example.org", "ben@example.org"])

    @pytest.mark.parametrize("address", ["ben@new.example", "ben@m\xfcller.example"])
    def test_of_who_was_forgotten_no_address_stays(self, sent: Sent, pkm: CommandLine, address: str) -> None:
        edit_contact(fresh(sent.home), 2, Fields(emails=(address,)))
        with sqlite3.connect(sent.home.db) as db:
            db.execute("DELETE FROM change")  # the journal does not reach back for ever
        pkm("circle", "leave", "practice", "c2", "--letters")
        pkm("forget", "c2", "--yes")
        assert not re.search(rb"ben@(?:example|new|xn--|m)", sent.home.db.read_bytes())

    def test_what_was_theirs_who_was_forgotten_stays_with_who_has_it_now(self, sent: Sent, pkm: CommandLine) -> None:
        edit_contact(fresh(sent.home), 2, Fields(emails=("ben@new.example",)))
        with sqlite3.connect(sent.home.db) as db:
            db.execute("DELETE FROM change")
        add_contact(fresh(sent.home), "Bea", emails=["ben@example.org"])
        join(fresh(sent.home), 2, [3], "peers")
        pkm("circle", "leave", "practice", "c3", "--letters")
        pkm("forget", "c2", "--yes")
        (sent.home.data / "unsubscribed.log").unlink()
        edit_contact(fresh(sent.home), 3, Fields(emails=("bea@example.org",)))
        add_contact(fresh(sent.home), "Bea again", emails=["ben@example.org"])
        join(fresh(sent.home), 2, [4], "imported")
        assert sent.reaches() == ["ann@example.org"]

    def test_what_waits_for_them_does_not_go(self, sent: Sent, mail: MailServer) -> None:
        mail.refuse["ben@example.org"] = "451 later"
        share = another(sent.home)
        send(sent.home, share)
        sent.get(by_header(sent.ben, "ben@example.org"))
        mail.refuse.clear()
        assert send(sent.home, share).sent == ()
        assert len(mail.to("ben@example.org")) == 1

    def test_by_hand_and_back_again(self, sent: Sent, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "Ben gets no more letters" in pkm("circle", "leave", "practice", "c2", "--letters").out
        assert [one["id"] for one in pkm.json("circle", "show", "practice")["people"]] == ["c1", "c2"]
        assert "unsubscribed.log has it too" in pkm("undo", pkm.json("log", "-n", "1")[0]["id"], ok=3).err
        assert sent.reaches() == ["ann@example.org"]
        monkeypatch.setenv("PKM_NOW", "2026-11-24T09:00:00Z")
        assert "Ben gets its letters again" in pkm("circle", "join", "practice", "c2", "--letters").out
        early = by_header(sent.ben, "ben@example.org", date="Mon, 23 Nov 2026 08:59:00 +0000")
        came = sent.get(early)
        assert (came.off, [(one.people, one.doubt) for one in came.asked]) == ((), [(("c2",), "earlier")])  # they came back since
        assert sorted(sent.reaches()) == ["ann@example.org", "ben@example.org"]

    @pytest.mark.parametrize(("of", "dated"), [("before", "Tue, 24 Nov 2026 10:30:00 +0000"),
                                               ("after", "Mon, 1 Jan 1990 00:00:00 +0000"), ("after", "")])  # fmt: skip
    def test_who_came_back_leaves_again_whatever_their_clock_says(
        self, sent: Sent, pkm: CommandLine, mail: MailServer, monkeypatch: pytest.MonkeyPatch, of: str, dated: str
    ) -> None:
        pkm("circle", "leave", "practice", "c2", "--letters")
        monkeypatch.setenv("PKM_NOW", "2026-11-24T09:00:00Z")
        pkm("circle", "join", "practice", "c2", "--letters")
        monkeypatch.setenv("PKM_NOW", "2026-11-24T10:00:00Z")
        assert len(sent.reaches()) == 2
        last = next(letter for to, letter in reversed(mail.letters) if to == "ben@example.org")
        asks = by_header(last if of == "after" else sent.ben, "ben@example.org", date=dated)
        assert [one.contact["id"] for one in sent.get(asks).off] == ["c2"]
        assert sent.reaches() == ["ann@example.org"]

    def test_who_came_back_by_a_clock_that_was_ahead_is_not_passed_over(
        self, sent: Sent, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pkm("circle", "leave", "practice", "c2", "--letters")
        monkeypatch.setenv("PKM_NOW", "2036-11-24T09:00:00Z")
        pkm("circle", "join", "practice", "c2", "--letters")
        monkeypatch.setenv("PKM_NOW", "2026-11-25T09:00:00Z")
        ahead = by_header(sent.ben, "ben@example.org", date="Wed, 25 Nov 2026 10:00:00 +0000")
        (sent.inbox / "asks").write_bytes(by_header(sent.ben, "ben@example.org", date="Wed, 25 Nov 2026 08:00:00 +0000"))
        told = pkm("share", "heard").err
        assert "answers one from before they came back, and may be as old: nothing was done. If they meant it: " in told
        assert "pkm circle leave o2 c2 --letters" in told
        assert len(sent.get(ahead).off) == 1
        assert sent.reaches() == ["ann@example.org"]

    @pytest.mark.parametrize(("dated", "off"), [("Mon, 23 Nov 2026 08:59:00 +0000", []), ("", ["c2"])])
    def test_who_came_back_by_another_address_is_asked_about(
        self, sent: Sent, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch, dated: str, off: list[str]
    ) -> None:
        pkm("circle", "leave", "practice", "c2", "--letters")
        edit_contact(fresh(sent.home), 2, Fields(emails=("ben@new.example",)))
        monkeypatch.setenv("PKM_NOW", "2026-11-24T09:00:00Z")
        pkm("circle", "join", "practice", "c2", "--letters")
        monkeypatch.setenv("PKM_NOW", "2026-11-25T09:00:00Z")
        came = sent.get(by_header(sent.ben, "ben@example.org", date=dated))
        assert [one.contact["id"] for one in came.off] == off
        assert [(one.people, one.doubt) for one in came.asked] == ([] if off else [(("c2",), "earlier")])

    @pytest.mark.parametrize(("dated", "address"), [
        ("Mon, 23 Nov 2026 09:00:00 +0000", "ben@example.org"), ("Mon, 23 Nov 2026 09:00:00 +0000", "ben@new.example"),
        ("Mon, 23 Nov 2026 09:00:00 -0000", "ben@example.org"), ("Wed, 25 Nov 2026 09:00:00 +0000", "ben@example.org"),
        ("once", "ben@example.org"),
    ])  # fmt: skip
    def test_who_came_back_is_not_taken_off_by_the_same_letter_when_the_mailbox_is_read_anew(
        self, sent: Sent, pkm: CommandLine, dated: str, address: str
    ) -> None:
        asks = by_header(sent.ben, "ben@example.org", date=dated)
        assert [one.contact["id"] for one in sent.get(asks).off] == ["c2"]
        edit_contact(fresh(sent.home), 2, Fields(emails=(address,)))
        pkm("circle", "join", "practice", "c2", "--letters")
        self.anew(sent)
        assert sent.get() == Collected()
        assert sorted(sent.reaches()) == ["ann@example.org", address]
        assert len(sent.get(asks.replace(b"<u2@x>", b"<u3@x>").replace(dated.encode(), b"once")).off) == 1
        assert not re.search(rb"ben|@x", (sent.home.data / "unsubscribed.log").read_bytes())

    def test_the_same_letter_holds_for_who_did_not_come_back(self, sent: Sent, pkm: CommandLine) -> None:
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            at.backup(old)
        assert len(sent.get(by_header(sent.ben, "ben@example.org")).off) == 1
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            old.backup(at)
        edit_contact(fresh(sent.home), 2, Fields(emails=("ben@new.example",)))
        assert [one.contact["id"] for one in sent.get().off] == ["c2"]
        assert sent.reaches() == ["ann@example.org"]

    def anew(self, sent: Sent) -> None:
        """The mailbox is read from its beginning, as after a restore."""
        for inbox in ("", f"maildir:{sent.inbox.parent}"):
            change_channel(fresh(sent.home), sent.home, "mail", Change(inbox=inbox))

    @pytest.mark.parametrize("how", ["by hand", "by the header"])
    def test_it_holds_for_every_address_that_their_letters_went_to(self, sent: Sent, pkm: CommandLine, how: str) -> None:
        edit_contact(fresh(sent.home), 2, Fields(emails=("ben@new.example",)))
        if how == "by hand":
            pkm("circle", "leave", "practice", "c2", "--letters")
        else:
            assert len(sent.get(by_header(sent.ben, "ben@new.example")).off) == 1
        add_contact(fresh(sent.home), "Ben again", emails=["ben@example.org"])
        join(fresh(sent.home), 2, [3], "imported")
        assert sent.reaches() == ["ann@example.org"]

    def test_whose_address_is_another_s_now_is_taken_off_without_it(self, sent: Sent, pkm: CommandLine) -> None:
        edit_contact(fresh(sent.home), 1, Fields(emails=("ann@home.example",)))
        edit_contact(fresh(sent.home), 2, Fields(emails=("ann@example.org",)))
        pkm("circle", "leave", "practice", "c1", "--letters")
        assert sent.reaches() == ["ann@example.org"]

    @pytest.mark.parametrize("how", ["an address that went to another", "an address of two"])
    def test_one_letter_takes_off_one(self, sent: Sent, pkm: CommandLine, how: str) -> None:
        if "another" in how:
            edit_contact(fresh(sent.home), 1, Fields(emails=("ann@home.example",)))
            edit_contact(fresh(sent.home), 2, Fields(emails=("ann@example.org",)))
        else:
            with sqlite3.connect(sent.home.db) as db:
                db.execute("INSERT INTO handle (contact_id, kind, value, folded, label, position) "
                           "VALUES (2, 'email', 'ann@example.org', 'ann@example.org', '', 5)")  # fmt: skip
        (sent.inbox / "asks").write_bytes(by_header(sent.ann, "ann@example.org"))
        told = pkm("share", "heard").err
        assert "several have or had that address, and whose letter it is cannot be told: nothing was done" in told
        assert "pkm circle leave o2 c1 c2 --letters" in told
        assert len(sent.reaches()) == 2

    def test_who_is_no_contact_in_a_store_that_was_put_back_gets_none_when_made_again(
        self, home_paths: Home, mail: MailServer, tmp_path: Path, pkm: CommandLine
    ) -> None:
        for part in ("new", "cur", "tmp"):
            (tmp_path / "in" / part).mkdir(parents=True)
        share = setup(home_paths, mail.url, f"maildir:{tmp_path}/in", ("Ann",))
        with sqlite3.connect(home_paths.db) as at, sqlite3.connect(home_paths.data / "old.db") as old:
            at.backup(old)
        add_contact(fresh(home_paths), "Ben", emails=["ben@example.org"])
        join(fresh(home_paths), 2, [2], "peers")
        send(home_paths, share)
        letters = dict(mail.letters)
        with sqlite3.connect(home_paths.db) as at, sqlite3.connect(home_paths.data / "old.db") as old:
            old.backup(at)
        asks = tmp_path / "in" / "new" / "asks"
        asks.write_bytes(by_header(letters["ben@example.org"], "ben@example.org"))
        told = pkm("share", "heard").err
        assert "ben@example.org asked by mail for no more letters of o2. No contact here has that address; whoever is" in told
        assert "asked by mail" not in pkm("share", "heard").err
        asks.unlink()
        assert b"ben" not in (home_paths.data / "unsubscribed.log").read_bytes()
        pkm("contact", "add", "Ben", "--email", "ben@example.org")
        pkm("circle", "join", "practice", "Ben", "--because", "imported")
        assert [one["name"] for one in pkm.json("circle", "show", "practice")["unsubscribed"]] == ["Ben"]
        pkm("circle", "join", "practice", "Ben", "--letters")
        assert pkm.json("circle", "show", "practice")["unsubscribed"] == []

    def test_a_circle_that_is_given_a_number_again_is_another(self, sent: Sent, pkm: CommandLine, mail: MailServer) -> None:
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            at.backup(old)
        add_circle(fresh(sent.home), "friends", "community", channels=["mail"])
        join(fresh(sent.home), 3, [1, 2], "peers")
        pkm("circle", "leave", "friends", "Ben", "--letters")
        send(sent.home, drafted(sent.home, [note(sent.home, "A third thing works", "community")], "friends", title="Finds 49"))
        letters = {to: letter for to, letter in mail.letters if open_letter(letter).header("Subject") == "Finds 49"}
        assert "ben@example.org" not in letters
        with sqlite3.connect(sent.home.db) as at, sqlite3.connect(sent.home.data / "old.db") as old:
            old.backup(at)
        with pytest.MonkeyPatch.context() as clock:
            clock.setenv("PKM_NOW", stamp(now() + timedelta(days=2)))
            add_circle(fresh(sent.home), "neighbors", "community", channels=["mail"])
            join(fresh(sent.home), 3, [1, 2], "peers")
            assert pkm.json("circle", "show", "neighbors")["unsubscribed"] == []
            came = sent.get(answer(letters["ann@example.org"], "ann@example.org", "Unsubscribe"))
            assert (came.off, came.wishes) == ((), ("ann@example.org",))
            assert pkm.json("circle", "show", "neighbors")["unsubscribed"] == []


class TestAccess:
    def test_a_mailbox_that_cannot_be_read_is_said_and_the_rest_is_done(
        self, home_paths: Home, mail: MailServer, imap: ImapServer, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        imap.folders["INBOX"] = Folder()
        send(home_paths, setup(home_paths, mail.url, imap.url))

        def ask(password: str) -> str:
            monkeypatch.setenv("INBOX_PASSWORD", password)
            out = pkm("share", "heard", "--json", ok=4)
            assert out.out.strip() == "[]"
            assert password not in out.err
            return out.err

        assert "No answers from mail: " in ask("wr0ng")
        imap.folders.clear()
        assert "there is no folder INBOX" in ask(imap.password)
        imap.shutdown()
        imap.server_close()
        assert "connection refused" in ask(imap.password)
        summary = pkm.json("seek", ok=4)
        assert ([one["what"] for one in summary["failures"]], summary["answers"]) == (["mail"], [])

    def test_where_only_a_letter_came_back_the_mailbox_is_read_on_behind_it(
        self, home_paths: Home, mail: MailServer, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("INBOX_PASSWORD", imap.password)
        box = imap.folders["INBOX"] = Folder()
        send(home_paths, setup(home_paths, mail.url, imap.url))
        (ann,) = [letter for to, letter in mail.letters if to == "ann@example.org"]

        def read_on(*letters: bytes) -> bool:
            options = [row["options"] for row in shares.channels(fresh(home_paths).read()) if row["name"] == "mail"]
            for letter in letters:
                box.add(letter)
            collect(fresh(home_paths), home_paths)
            after = [row["options"] for row in shares.channels(fresh(home_paths).read()) if row["name"] == "mail"]
            return after != options

        other = answer(b"Message-ID: <other@x>\n\n", "x@y.z", "Hi")
        assert [read_on(), read_on(other), read_on(report(ann))] == [True, False, True]

    @pytest.mark.parametrize("anew", [False, True])
    def test_what_waits_is_found_again_however_long_it_waited(
        self, home_paths: Home, mail: MailServer, imap: ImapServer, monkeypatch: pytest.MonkeyPatch, anew: bool
    ) -> None:
        monkeypatch.setenv("INBOX_PASSWORD", imap.password)
        box = imap.folders["INBOX"] = Folder()
        share = setup(home_paths, mail.url, imap.url, ("Ann",))
        with sqlite3.connect(home_paths.db) as at, sqlite3.connect(home_paths.data / "old.db") as old:
            at.backup(old)
        send(home_paths, share)
        letter = dict(mail.letters)["ann@example.org"]
        with sqlite3.connect(home_paths.db) as at, sqlite3.connect(home_paths.data / "old.db") as old:
            old.backup(at)
        change_channel(fresh(home_paths), home_paths, "mail", Change(copy=False))
        if anew:
            collect(fresh(home_paths), home_paths)  # the mailbox has a cursor before the answer comes
        box.add(answer(letter, "ann@example.org", "Tried it"))
        assert collect(fresh(home_paths), home_paths).unknown == ("ann@example.org",)
        box.validity += anew
        monkeypatch.setenv("PKM_NOW", stamp(now() + timedelta(days=100)))
        send(home_paths, share)  # made again, and held
        assert texts(collect(fresh(home_paths), home_paths)) == {"Ann": "Tried it"}

    @pytest.mark.parametrize(("change", "why"), [
        (Change(inbox="imaps://me:hunter2@mail.example.org/INBOX"), "it should be imaps"),
        (Change(inbox="imaps://me@mail.example.org/INBOX"), "where its password is"),
        (Change(inbox="https://mail.example.org"), "it should be imaps"), (Change(inbox="maildir:/nowhere"), "no such folder"),
        (Change(copy=False), "has no mailbox"), (Change(webmentions="/tmp"), "only a site"), (Change(), "nothing to change"),
    ])  # fmt: skip
    def test_what_is_no_mailbox_is_refused(self, home_paths: Home, change: Change, why: str) -> None:
        add_channel(fresh(home_paths), home_paths, "mail", "smtp://127.0.0.1:25", sender=ME)
        with pytest.raises(PkmError) as refused:
            change_channel(fresh(home_paths), home_paths, "mail", change)
        assert why in f"{refused.value} {refused.value.next}"
        assert "hunter2" not in f"{refused.value} {refused.value.next}"

    def test_on_the_command_line(self, pkm: CommandLine) -> None:
        made = pkm.json("share", "channel", "add", "mail", "smtp://127.0.0.1:25", "--from", ME, "--imap",
                        "imaps://me@mail.example.org/INBOX", "--inbox-password-env", "BOX")  # fmt: skip
        assert (made["options"]["inbox"], made["answers"], made["settles"]) == ("imaps://me@mail.example.org/INBOX", True, True)
        assert pkm("share", "channel", "add", "m2", "smtp://127.0.0.1:25", "--from", ME, "--imap", "imaps:///x", ok=2).err
        assert [row["name"] for row in pkm.json("share", "channel", "list")] == ["mail", "site"]
        assert "no mailbox is read" in pkm("share", "channel", "edit", "mail", "--inbox", "").out


KEY = "0123456789abcdef" * 2
NAMES = ["From", "Subject", "Date", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted"]
VALUES = st.sampled_from(["=?utf-8?b?", "<a@b", "multipart/mixed; boundary=b", "text/html; charset=zz", "base64",
                          "unsubscribe o2", "unsubscribe o99999999999999999999"]) | st.text(max_size=30)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=6), st.binary(max_size=300) | st.just(b"--b\n\n--b--"))
def test_any_letter_is_an_answer_or_none(headers: list[tuple[str, str]], body: bytes) -> None:
    head = "".join(f"{name}: {value}\n" for name, value in headers).encode("utf-8", "replace")
    letter = b"In-Reply-To: <" + KEY.encode() + b"@x>\n" + head + b"\n" + body
    assert concerns(letter, {KEY})
    came = read_letter(letter, {KEY})
    assert came is None or (came.key == KEY and "\n" not in came.sender + came.name + came.ident)


@pytest.mark.parametrize(("letter", "own"), [
    ("Tried it.\n\nOn Mon, 23 Nov 2026 at 10:00, Me <me@example.org>\nwrote:\n> Walking\n\nand more", "Tried it.\n\nand more"),
    ("> Does it?\nYes.\n> And rain?\nNo: it stops.\n--\nAnn", "Yes.\nNo: it stops."),
    ("Top\n\n-----Original Message-----\nFrom: me", "Top"), ("Ja\n\nVon: Me <me@x>\nGesendet: Montag\n\nalt", "Ja"),
    ("Am 23.11.26 um 10:00 schrieb Me:\n> x\nStimmt:\n\n- a\n- b", "Stimmt:\n\n- a\n- b"), ("> only", ""), ("", ""),
    ("Good\n\nSent from my telephone", "Good"), ("From: here to there\nit is far", "From: here to there\nit is far"),
])  # fmt: skip
def test_own_words(letter: str, own: str) -> None:
    assert own_words(letter) == own


@pytest.mark.parametrize(("words", "leaves"), [
    ("unsubscribe", True), ("Please unsubscribe me, thanks.\n\nAnn", True), ("“Unsubscribe”", True), ("", False),
    ("How do I unsubscribe?", False), ("unsubscribe is a word\n", False), ("unsubscribe\n" + "but " * 100, False),
])  # fmt: skip
def test_one_word_that_stops_letters(words: str, leaves: bool) -> None:
    assert asks_to_leave(words) == leaves
