"""Mail as a source, over real mailboxes, a real IMAP server and a real store: each letter once, at its list, and no other."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pkm.net import fetch
from pkm.net.mailbox import open_mailbox, read_place
from pkm.seek.pull import PullReport, pull
from pkm.seek.sources import add_source, remove_sources
from pkm.store import intake, items, sources
from pkm.store.model import Contact, Handle
from pkm.store.session import Store
from tests import letters
from tests.imap_server import Folder, ImapServer
from tests.imap_server import imap as imap
from tests.server import FeedServer


def follow(store: Store, url: str, **options: str) -> int:
    return int(add_source(store, url, **options).row["number"])


def counts(report: PullReport) -> tuple[int, int, int, int]:
    return report.new, report.updated, report.unchanged, report.failed


def lists(store: Store) -> dict[str, int]:
    return {row["url"]: row["items"] for row in sources.rows(store.read(), limit=100) if row["url"].startswith("mail:")}


def titles(store: Store, state: str = "inbox") -> set[str]:
    found = store.read().execute("SELECT title FROM item WHERE state = ?", (state,))
    return {row[0] for row in found}


ALL_LISTS = {
    "mail:slowletters.substack.example": 3, "mail:40a1b2c3d4.123456.list-id.mcsv.net": 1, "mail:hw@buttondown.example": 1,
    "mail:wiki.lists.example.org": 1, "mail:dee.example.org": 1, "mail:cafe.example.org": 1, "mail:weekly.example.tw": 1,
}  # fmt: skip


def test_a_maildir_gives_its_newsletters_and_leaves_what_is_personal(store, tmp_path):
    box = letters.maildir(tmp_path / "news", *letters.ALL, letters.PERSONAL.encode())
    number = follow(store, f"maildir://{box}")
    first, second = pull(store), pull(store, due_only=False)
    assert (counts(first), first.personal) == ((9, 0, 0, 0), 1)
    assert (counts(second), second.personal) == ((0, 0, 9, 0), 0)
    assert lists(store) == ALL_LISTS
    row = next(row for row in sources.rows(store.read(), limit=100) if row["url"] == "mail:wiki.lists.example.org")
    assert (row["title"], row["mailbox"]) == ("Talk about wikis", f"s{number}")
    assert {via for (via,) in map(tuple, store.read().execute("SELECT via FROM item"))} == {"mail"}


def test_an_mbox_gives_the_same_and_then_what_was_added(store, tmp_path):
    box = letters.mbox(tmp_path / "letters.mbox", *letters.ALL, letters.PERSONAL.encode())
    follow(store, f"mbox://{box}")
    assert counts(pull(store)) == (9, 0, 0, 0)
    assert lists(store) == ALL_LISTS
    assert counts(pull(store, due_only=False)) == (0, 0, 9, 0)
    letters.mbox(box, letters.substack(4), letters.PERSONAL.replace("Sunday", "Monday").encode())
    report = pull(store, due_only=False)
    assert (counts(report), report.personal) == ((1, 0, 9, 0), 1)


def test_an_mbox_that_is_written_anew_is_read_anew_and_nothing_comes_twice(store, tmp_path):
    box = letters.mbox(tmp_path / "letters.mbox", *(letters.plain(number) for number in range(6)))
    follow(store, f"mbox://{box}")
    pull(store)
    box.unlink()
    letters.mbox(box, *(letters.plain(number) for number in (1, 3, 5, 7)))
    assert counts(pull(store, due_only=False)) == (1, 0, 6, 0)


def test_a_letter_that_was_not_whole_is_completed(store, tmp_path):
    box = letters.mbox(tmp_path / "letters.mbox", letters.plain(1), letters.plain(2) + b"\r\nAnd the rest of it.\r\n")
    whole = box.read_bytes()
    box.write_bytes(whole[: whole.index(b"And the rest")])
    follow(store, f"mbox://{box}")
    assert counts(pull(store)) == (2, 0, 0, 0)
    box.write_bytes(whole)
    assert counts(pull(store, due_only=False)) == (0, 1, 1, 0)
    assert "And the rest of it." in items.row(store.read(), 2)["text"]


def test_an_mbox_that_is_being_written_waits(store, tmp_path):
    box = letters.mbox(tmp_path / "letters.mbox", letters.plain(1))
    Path(f"{box}.lock").touch()
    follow(store, f"mbox://{box}")
    report = pull(store)
    assert counts(report) == (0, 0, 0, 1)
    assert "another program is writing it" in report.failures[0]["why"]
    Path(f"{box}.lock").unlink()
    assert counts(pull(store, due_only=False)) == (1, 0, 0, 0)


def test_a_line_that_begins_with_from_ends_no_letter(store, tmp_path):
    body = letters.plain(1) + b"\r\nFrom here on it is the same letter.\r\n"
    follow(store, f"mbox://{letters.mbox(tmp_path / 'a.mbox', body, letters.plain(2))}")
    assert counts(pull(store)) == (2, 0, 0, 0)
    assert "\nFrom here on" in items.row(store.read(), 1)["text"]


def test_a_flag_or_a_move_within_the_maildir_is_no_new_letter(store, tmp_path):
    box = letters.maildir(tmp_path / "news", letters.plain(1), letters.plain(2))
    follow(store, f"maildir://{box}")
    pull(store)
    for each in (box / "new").iterdir():
        each.rename(box / "cur" / f"{each.name}:2,FS")
    assert counts(pull(store, due_only=False)) == (0, 0, 2, 0)


def test_only_what_came_in_is_opened_again(store, tmp_path, monkeypatch):
    box = letters.maildir(tmp_path / "news", *(letters.plain(number) for number in range(5)))
    follow(store, f"maildir://{box}")
    pull(store)
    new = letters.maildir(tmp_path / "news", letters.plain(9))
    cursor = json.loads(sources.polled(store.read(), [1])[0]["etag"])
    assert len(cursor["seen"]) == 5
    from pkm.seek import mailbox

    read = []
    monkeypatch.setattr(mailbox, "read_letter", lambda data: read.append(data) or mailbox.Letter("", "", "", "", "", None))
    list(mailbox.read_mailbox(mailbox.Facts(**sources.polled(store.read(), [1])[0])))
    assert len(read) == 1
    assert new == box


def test_a_clock_that_was_ahead_hides_nothing_that_comes_later(store, tmp_path, monkeypatch):
    box = letters.maildir(tmp_path / "news", *letters.ALL)
    ahead = json.dumps({"since": time.time_ns() + 10**18, "seen": []})
    assert len(list(open_mailbox(f"maildir://{box}", cursor=ahead, wanted=lambda head: True))) == len(letters.ALL)
    before = time.time_ns() - 10**12  # the letters came by a clock that was ahead of it
    monkeypatch.setattr(time, "time_ns", lambda: before)
    reading = open_mailbox(f"maildir://{box}", cursor=None, wanted=lambda head: True)
    assert len(list(reading)) == len(letters.ALL)
    assert json.loads(reading.cursor)["since"] <= before
    assert list(open_mailbox(f"maildir://{box}", cursor=reading.cursor, wanted=lambda head: True)) == []


def test_subfolders_and_one_letter_in_two_of_them(store, tmp_path):
    box = letters.maildir(tmp_path / "Mail", letters.plain(1), letters.plain(2))
    letters.maildir(box / ".Lists", letters.plain(2), letters.plain(3))
    follow(store, f"maildir://{box}?folders=all")
    assert counts(pull(store)) == (3, 0, 0, 0)
    assert lists(store) == {"mail:weekly.example.org": 3}


def test_one_list_in_two_mailboxes_is_one_source(store, tmp_path):
    follow(store, f"maildir://{letters.maildir(tmp_path / 'a', letters.plain(1), letters.plain(2))}")
    follow(store, f"mbox://{letters.mbox(tmp_path / 'b.mbox', letters.plain(2), letters.plain(3))}")
    assert counts(pull(store))[:2] == (3, 0)
    assert counts(pull(store, due_only=False))[:2] == (0, 0)


def test_personal_letters_come_where_that_was_said(store, tmp_path):
    box = letters.maildir(tmp_path / "all", letters.PERSONAL.encode(), letters.plain(1))
    follow(store, f"maildir://{box}?letters=all")
    report = pull(store)
    assert (counts(report), report.personal) == ((2, 0, 0, 0), 0)
    assert "mail:eve@example.org" in lists(store)


def test_a_paused_list_takes_nothing_and_one_that_was_removed_stays_away(store, tmp_path):
    box = letters.maildir(tmp_path / "news", letters.plain(1), letters.plain(2, ident="other.example.org"))
    follow(store, f"maildir://{box}")
    pull(store)
    numbers = {row["url"]: row["number"] for row in sources.rows(store.read(), limit=9)}
    with store.unit() as unit:
        unit.connection.execute(
            "UPDATE source SET state = 'paused' WHERE id = ?", (numbers["mail:weekly.example.org"],)
        )
    remove_sources(store, [numbers["mail:other.example.org"]])
    letters.maildir(box, letters.plain(3), letters.plain(4, ident="other.example.org"), letters.plain(5, ident="third"))
    assert counts(pull(store, due_only=False))[:2] == (1, 0)
    assert lists(store) == {"mail:weekly.example.org": 1, "mail:third": 1}


def test_lists_are_never_asked_and_a_list_that_is_pulled_asks_its_mailbox(store, tmp_path):
    box = letters.maildir(tmp_path / "news", letters.plain(1))
    follow(store, f"maildir://{box}")
    pull(store)
    assert [row["url"] for row in sources.active(store.read())] == [f"maildir://{box}"]
    assert [row["url"] for row in sources.due(store.read(), "2030-01-01T00:00:00Z")] == [f"maildir://{box}"]
    letters.maildir(box, letters.plain(2))
    assert counts(pull(store, ids=[2])) == (1, 0, 1, 0)


def test_a_sender_who_is_a_contact_brings_it_as_a_person(store, tmp_path):
    with store.unit() as unit:
        person = unit.add(Contact(uid="u", name="Ann", created_at=unit.at, updated_at=unit.at))
        unit.add(Handle(contact_id=person.id, kind="email", value="Ann@example.org", folded="ann@example.org", position=0))
    follow(store, f"maildir://{letters.maildir(tmp_path / 'news', letters.plain(1))}")
    pull(store)
    row = items.row(store.read(), 1)
    assert row["via"] == "person"
    assert sources.row(store.read(), 2)["contact"] == "c1"


def test_old_letters_of_a_large_mailbox_do_not_fill_the_inbox(store, tmp_path, monkeypatch):
    for name in ("FIRST_ENTRIES", "BATCH_ENTRIES"):  # each piece is written by itself, as in a mailbox of thousands
        monkeypatch.setattr(f"pkm.seek.pull.{name}", 100)
    many = [letters.plain(number) for number in range(450)]
    follow(store, f"mbox://{letters.mbox(tmp_path / 'a.mbox', *many)}")
    report = pull(store)
    assert counts(report) == (450, 0, 0, 0)
    assert {"Issue 0", "Issue 249"} <= titles(store, "backlog")
    newest = titles(store)  # of a list that is new: five, as of a feed
    assert len(newest) == 5
    assert all(int(title.removeprefix("Issue ")) >= 250 for title in newest)
    assert counts(pull(store, due_only=False)) == (0, 0, 450, 0)
    letters.mbox(tmp_path / "a.mbox", *(letters.plain(number) for number in range(1000, 1250)))
    assert counts(pull(store, due_only=False)) == (250, 0, 450, 0)
    assert {"Issue 1000", "Issue 1249"} <= titles(store)  # what came since is new, however much it is


def test_a_mailbox_that_is_gone_is_a_failure_that_stops_nothing(store, tmp_path, server: FeedServer):
    follow(store, f"maildir://{tmp_path}/none")
    follow(store, f"mbox://{tmp_path}/none.mbox")
    (tmp_path / "file.mbox").mkdir()
    follow(store, f"mbox://{tmp_path}/file.mbox")
    follow(store, server.add("/f", "<rss version='2.0'><channel><item><guid>a</guid><title>a</title></item></channel></rss>"))
    report = pull(store)
    assert counts(report) == (1, 0, 0, 3)


def test_a_device_or_a_link_out_of_a_maildir_is_not_read(store, tmp_path):
    box = letters.maildir(tmp_path / "news", letters.plain(1))
    secret = tmp_path / "secret"
    secret.write_bytes(letters.plain(2))
    (box / "new" / "link").symlink_to(secret)
    os.mkfifo(box / "new" / "pipe")
    follow(store, f"maildir://{box}")
    assert counts(pull(store)) == (1, 0, 0, 0)


def test_imap_is_only_looked_at(store, imap: ImapServer, monkeypatch):
    monkeypatch.setenv("LETTERS", "s3cret")
    imap.folders["Newsletters"] = Folder()
    imap.folders["Newsletters"].add(*letters.ALL, letters.crlf(letters.PERSONAL).encode())
    number = follow(store, f"{imap.url}/Newsletters", credential="env:LETTERS")
    first = pull(store)
    assert (counts(first), first.personal) == ((9, 0, 0, 0), 1)
    assert lists(store) == ALL_LISTS
    words = {command.split(" ")[0] for command in imap.commands}
    assert words == {"CAPABILITY", "LOGIN", "EXAMINE", "UID", "LOGOUT"}
    assert not any("BODY[" in command for command in imap.commands)  # PEEK alone: nothing is marked as seen
    asked = [command for command in imap.commands if "BODY.PEEK[]" in command]
    assert not any("10" in command.split(" ")[2].split(",") for command in asked)  # the personal one stayed there
    imap.commands.clear()
    assert counts(pull(store, due_only=False)) == (0, 0, 9, 0)
    assert not any("BODY" in command for command in imap.commands)
    imap.folders["Newsletters"].add(letters.substack(4))
    assert counts(pull(store, ids=[number])) == (1, 0, 9, 0)
    shown = json.dumps([sources.row(store.read(), number), pull(store, due_only=False).as_dict()])
    assert "s3cret" not in shown


def test_imap_numbered_anew_brings_nothing_twice(store, imap: ImapServer, monkeypatch):
    monkeypatch.setenv("LETTERS", "s3cret")
    imap.folders["Étés & co"] = Folder()
    imap.folders["&AMk-t&AOk-s &- co"] = folder = Folder()
    folder.add(*(letters.plain(number) for number in range(3)))
    follow(store, f"{imap.url}/%C3%89t%C3%A9s%20%26%20co", credential="env:LETTERS")
    assert counts(pull(store)) == (3, 0, 0, 0)
    folder.letters, folder.validity = {40 + uid: letter for uid, letter in folder.letters.items()}, 8
    folder.add(letters.plain(9))
    assert counts(pull(store, due_only=False)) == (1, 0, 3, 0)


@pytest.mark.parametrize(("change", "why"), [
    ({"password": "other"}, "does not let ann in"), ({"folders": {}}, "there is no folder"),
    ({"huge_literal": True}, "more than a letter may have"), ({"silent_at": "EXAMINE"}, "the server closed the connection"),
    ({"silent_at": "LOGIN"}, "the server closed the connection"),
])  # fmt: skip
def test_imap_that_fails_is_said_plainly_and_never_with_the_password(store, imap: ImapServer, monkeypatch, change, why):
    monkeypatch.setenv("LETTERS", "s3cret")
    imap.folders["N"] = Folder()
    imap.folders["N"].add(letters.plain(1))
    for name, value in change.items():
        setattr(imap, name, value)
    follow(store, f"{imap.url}/N", credential="env:LETTERS")
    report = pull(store)
    assert counts(report) == (0, 0, 0, 1)
    assert why in report.failures[0]["why"]
    assert "s3cret" not in json.dumps(report.as_dict())


def test_imap_without_its_password_or_its_server(store, imap: ImapServer):
    follow(store, f"{imap.url}/N", credential="env:NO_SUCH_NAME")
    port = read_place(imap.url).port
    follow(store, f"imaps://ann@127.0.0.1:{port}/N")
    report = pull(store)
    assert counts(report) == (0, 0, 0, 2)
    assert imap.commands == []


def test_a_password_is_not_sent_in_the_open_to_another_machine(imap: ImapServer, store, monkeypatch):
    from pkm.net import imap as client

    monkeypatch.setenv("LETTERS", "s3cret")
    monkeypatch.setattr(client, "is_loopback", lambda connection: False)
    follow(store, f"{imap.url}/N", credential="env:LETTERS")
    report = pull(store)
    assert "not sent in the open" in report.failures[0]["why"]
    assert not any("LOGIN" in command for command in imap.commands)


LOOPBACK = Path(__file__).parents[1] / "data" / "loopback.pem"


@pytest.fixture
def trusted(monkeypatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", str(LOOPBACK))
    fetch._ssl_context.cache_clear()
    yield
    fetch._ssl_context.cache_clear()


@pytest.mark.parametrize("starttls", [False, True])
def test_tls_from_the_start_or_before_anything_is_said(store, imap: ImapServer, monkeypatch, trusted, starttls):
    monkeypatch.setenv("LETTERS", "s3cret")
    imap.certificate, imap.starttls = LOOPBACK, starttls
    imap.folders["INBOX"] = Folder()
    imap.folders["INBOX"].add(letters.plain(1))
    url = imap.url if starttls else imap.url.replace("imap:", "imaps:")
    follow(store, url, credential="env:LETTERS")
    assert counts(pull(store)) == (1, 0, 0, 0)
    open_words = {command.split(" ")[0] for command in imap.commands if not command.startswith("🔒")}
    assert open_words == ({"CAPABILITY", "STARTTLS"} if starttls else set())


@pytest.mark.parametrize("starttls", [False, True])
def test_a_certificate_that_nobody_knows_gets_no_password(store, imap: ImapServer, monkeypatch, starttls):
    monkeypatch.setenv("LETTERS", "s3cret")
    imap.certificate, imap.starttls = LOOPBACK, starttls
    follow(store, imap.url if starttls else imap.url.replace("imap:", "imaps:"), credential="env:LETTERS")
    report = pull(store)
    assert "certificate" in report.failures[0]["why"]
    assert not any("LOGIN" in command for command in imap.commands)


def test_mail_stands_in_no_list_of_feeds(store, tmp_path):
    follow(store, f"maildir://{letters.maildir(tmp_path / 'news', letters.plain(1))}")
    pull(store)
    assert sources.outlines(store.read()) == []
    assert intake.source_at(store.read(), "mail:weekly.example.org") == 2


def test_a_mistake_of_our_own_fails_one_source_and_hangs_nothing(store, tmp_path, server: FeedServer, monkeypatch):
    follow(store, f"maildir://{letters.maildir(tmp_path / 'news', letters.plain(1))}")
    follow(store, server.add("/f", "<rss version='2.0'><channel><item><guid>a</guid><title>a</title></item></channel></rss>"))
    monkeypatch.setattr("pkm.seek.mailbox.read_letter", lambda data: 1 / 0)
    report = pull(store)
    assert counts(report) == (1, 0, 0, 1)
    assert "ZeroDivisionError" in report.failures[0]["why"]


def test_old_letters_go_as_old_entries_do(store, tmp_path):
    follow(store, f"maildir://{letters.maildir(tmp_path / 'news', *(letters.plain(number) for number in range(55)))}")
    pull(store)
    report = pull(store, due_only=False, keep=(None, 50))
    assert report.purged == 5
    assert lists(store) == {"mail:weekly.example.org": 50}
    with store.unit() as unit:
        unit.connection.execute("UPDATE source SET etag = NULL")
    assert counts(pull(store, due_only=False)) == (0, 0, 50, 0)  # what went stays away
