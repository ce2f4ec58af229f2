"""Mail on the command line: a mailbox is followed, its letters come in, its lists are sources like others."""

import json

import pytest

from tests import letters
from tests.imap_server import Folder, ImapServer
from tests.imap_server import imap as imap


@pytest.fixture
def box(tmp_path):
    return letters.maildir(tmp_path / "news", *letters.ALL, letters.PERSONAL.encode())


def test_a_maildir_from_adding_to_listing(pkm, home, box):
    added = pkm("seek", "add", box)
    assert added.out == f"s1  news  maildir://{box}\n"
    run = pkm("seek", "pull")
    assert run.out == "9 new, 0 updated, 0 unchanged, from 1 source\n"
    assert f"1 personal letter left in the mailbox. To take them as well: pkm seek add {box} --all-mail" in run.err
    listed = pkm("seek", "list").out
    assert "Talk about wikis" in listed
    assert "active, in s1" in listed
    rows = json.loads(pkm("seek", "list", "--json").out)
    assert {row["mailbox"] for row in rows} == {None, "s1"}
    again = json.loads(pkm("seek", "pull", "--all", "--json").out)
    assert (again["new"], again["updated"], again["unchanged"], again["personal"]) == (0, 0, 9, 0)


def test_all_mail_of_a_mailbox_that_is_followed(pkm, home, box):
    pkm("seek", "add", box)
    pkm("seek", "pull")
    assert "letters=all" in pkm("seek", "add", box, "--all-mail").out
    assert pkm("seek", "pull").out.startswith("1 new, 0 updated, 9 unchanged")
    assert "s1 (news)" in pkm("seek", "add", box, ok=1).err


def test_an_mbox_with_tags_and_a_name(pkm, home, tmp_path):
    letters.mbox(tmp_path / "letters.mbox", letters.plain(1))
    out = pkm("seek", "add", tmp_path / "letters.mbox", "--title", "Old letters", "--tag", "mail", "--json").out
    row = json.loads(out)
    assert (row["title"], row["tags"], row["url"]) == ("Old letters", ["mail"], f"mbox://{tmp_path}/letters.mbox")


def test_one_letter_is_added_and_clipped_as_one_item(pkm, home, tmp_path):
    (tmp_path / "letter.eml").write_bytes(letters.crlf(letters.PERSONAL).encode())
    assert pkm("seek", "add", tmp_path / "letter.eml").out == "i1  Sunday\n"
    assert "one item" in pkm("seek", "add", tmp_path / "letter.eml").err
    clipped = json.loads(pkm("seek", "clip", tmp_path / "letter.eml", "--tag", "family", "--note", "Say yes", "--json").out)
    assert (clipped["id"], clipped["state"], clipped["note"]) == ("i1", "kept", "n1")
    assert "Cake at four?" in pkm("sense", "show", "i1").out
    pkm("undo")
    assert json.loads(pkm("sense", "inbox", "--json").out)[0]["id"] == "i1"
    pkm("undo")
    assert json.loads(pkm("seek", "list", "--json").out) == []


def test_a_list_that_was_removed_stays_away_until_it_is_added_again(pkm, home, box):
    pkm("seek", "add", box)
    pkm("seek", "pull")
    pkm("seek", "remove", "Talk about wikis", "--yes")
    letters.maildir(box, letters.DIGEST.replace("mailman.12", "mailman.13").encode())
    assert pkm("seek", "pull", "--all").out.startswith("0 new")
    assert "mail:wiki.lists.example.org" in pkm("seek", "add", "mail:wiki.lists.example.org").out
    assert pkm("seek", "pull").out.startswith("2 new")


def test_a_list_that_was_paused_gets_its_letters_when_it_is_resumed(pkm, home, box):
    pkm("seek", "add", box)
    pkm("seek", "pull")
    pkm("seek", "edit", "Talk about wikis", "--pause")
    letters.maildir(box, letters.DIGEST.replace("mailman.12", "mailman.13").encode())
    assert pkm("seek", "pull", "--all").out.startswith("0 new")
    pkm("seek", "edit", "Talk about wikis", "--resume")
    assert pkm("seek", "pull").out.startswith("1 new")


def test_removing_a_mailbox_leaves_its_letters(pkm, home, box):
    pkm("seek", "add", box)
    pkm("seek", "pull")
    pkm("seek", "remove", "s1", "--yes")
    assert len(json.loads(pkm("sense", "inbox", "-n", 99, "--json").out)) == 9
    pkm("seek", "add", box)
    assert pkm("seek", "pull").out.startswith("0 new, 0 updated, 9 unchanged")


def test_imap_asks_for_the_place_of_its_password(pkm, home, imap: ImapServer, monkeypatch):
    imap.folders["News"] = Folder()
    imap.folders["News"].add(letters.plain(1))
    refused = pkm("seek", "add", f"{imap.url}/News", ok=1)
    assert "--credential env:NAME" in refused.err
    monkeypatch.setenv("LETTERS", "wrong")
    assert "does not let ann in" in pkm("seek", "add", f"{imap.url}/News", "--credential", "env:LETTERS", ok=1).err
    monkeypatch.setenv("LETTERS", "s3cret")
    assert "no folder" in pkm("seek", "add", f"{imap.url}/Old", "--credential", "env:LETTERS", ok=1).err
    added = pkm("seek", "add", f"{imap.url}/News", "--credential", "env:LETTERS")
    assert added.out.startswith("s1  News (ann@127.0.0.1)  imap://127.0.0.1:")
    assert pkm("seek", "pull").out.startswith("1 new")
    assert "s3cret" not in pkm("log").out + pkm("seek", "list", "--json").out


@pytest.mark.parametrize(("address", "why"), [
    ("imaps://ann:s3cret@mail.example.org/N", "a password does not belong in it"),
    ("imaps://mail.example.org/N", "who logs in"), ("maildir:///no/such/folder", "no such mailbox"),
    ("mail:nobody.example.org", "no list of that name"),
])  # fmt: skip
def test_what_cannot_be_followed_is_said(pkm, home, address, why):
    refused = pkm("seek", "add", address, ok=(1, 2))
    assert why in refused.err
    assert "s3cret" not in refused.err + pkm("log").out


def test_a_folder_that_is_no_maildir(pkm, home, tmp_path):
    assert "no Maildir" in pkm("seek", "add", tmp_path, ok=1).err
