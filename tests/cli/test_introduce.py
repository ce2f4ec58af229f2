"""Introducing people on the command line: suggested, drafted, changed, sent, and what is said on the way."""

import sqlite3
from pathlib import Path

import pytest

from tests.conftest import CommandLine, Editor
from tests.mail_server import MailServer
from tests.mail_server import mail as mail

ME = "Me <me@example.org>"


def people(pkm: CommandLine) -> None:
    pkm("contact", "add", "Ann Lee", "--nick", "ann", "--email", "ann@example.org", "--tag", "walking", "--org", "Walkers")
    pkm("contact", "add", "Ben Öde", "--nick", "ben", "--email", "ben@example.org", "--tag", "walking")
    pkm("contact", "add", "Cy", "--tag", "retros")


class TestSending:
    def test_a_draft_goes_to_both_and_is_logged(self, pkm: CommandLine, mail: MailServer) -> None:
        people(pkm)
        pkm("share", "channel", "add", "mail", mail.url, "--from", ME)
        made = pkm.json("contact", "introduce", "ann", "ben", "--because", "both try it", "-m", "Do *talk*.")
        assert (made["id"], made["type"], made["state"]) == ("x1", "introduction", "draft")
        assert [one["name"] for one in made["contacts"]] == ["Ann Lee", "Ben Öde"]
        assert made["introduction"] == "Do *talk*.\n\nWhy now: both try it."
        pkm("share", "edit", "x1", "--title", "Walking retros")
        shown = pkm.json("share", "preview", "x1")
        assert [row["recipient"] for row in shown] == ["ann@example.org", "ben@example.org"]
        assert "each sees the other's address" in pkm("share", "preview", "x1").out
        asked = pkm("share", "send", "x1", ok=3)
        assert mail.letters == []
        assert " --yes\n" in asked.err
        sent = pkm.json("share", "send", "x1", "--yes")
        assert (sent["new"], sent["failed"], sent["state"]) == (2, 0, "sent")
        assert sent["interaction"]["id"] == "e1"
        rows = pkm.json("share", "log", "x1")
        assert {row["sha256"] for row in rows} == {row["sha256"] for row in shown}
        assert b"Subject: Walking retros\r\n" in mail.letters[0][1]
        assert "x1" in pkm("contact", "show", "ben").out
        assert "to Ann Lee by mail" in pkm("why", "x1").out
        again = pkm("contact", "introduce", "ann", "ben", "-m", "Again")
        assert "You introduced them on 2026-11-23: x1" in again.err

    def test_a_preview_is_dated_for_what_is_sent_after_it(
        self, pkm: CommandLine, mail: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        people(pkm)
        pkm("share", "channel", "add", "mail", mail.url, "--from", ME)
        pkm("contact", "introduce", "ann", "ben", "-m", "Do talk.")
        shown = {row["sha256"] for row in pkm.json("share", "preview", "x1")}
        monkeypatch.setenv("PKM_NOW", "2026-11-23T09:07:30Z")
        pkm("share", "send", "x1", "--yes")
        assert {row["sha256"] for row in pkm.json("share", "log", "x1")} == shown

    def test_an_unknown_letter_is_settled_by_the_person(self, pkm: CommandLine, mail: MailServer) -> None:
        people(pkm)
        pkm("share", "channel", "add", "mail", mail.url, "--from", ME)
        pkm("contact", "introduce", "ann", "ben", "-m", "Do talk.")
        mail.drop_after_data = True
        told = pkm("share", "send", "x1", "--yes", ok=4).err
        assert "pkm share log --resolve d1 sent|refused" in told
        mail.drop_after_data = False
        assert "d2 to Ben" in pkm("share", "--yes", ok=(0, 4)).err
        assert "should be one of sent, refused" in pkm("share", "log", "--resolve", "d1", "perhaps", ok=2).err
        assert "it is the id of a delivery" in pkm("share", "log", "--resolve", "x1", "sent", ok=2).err
        assert pkm("share", "log", "--resolve", "d1", "sent").out.startswith("d1  ")
        assert "e1  introduced" in pkm("share", "log", "--resolve", "d2", "sent").out
        assert len(mail.letters) == 2

    def test_a_dry_run_sends_and_writes_nothing(self, pkm: CommandLine, mail: MailServer) -> None:
        people(pkm)
        pkm("share", "channel", "add", "mail", mail.url, "--from", ME)
        pkm("contact", "introduce", "ann", "ben", "-m", "Do talk.")
        told = "by mail to Ann Lee <ann@example.org>, Ben Öde <ben@example.org>. Mail cannot be recalled."
        assert told in pkm("share", "send", "x1", "--dry-run").out
        assert (mail.letters, pkm.json("share", "log", "x1")) == ([], [])


class TestAddresses:
    """A card that was read since may say another address: what is asked, and what is told, name it."""

    def test_the_question_and_the_result_say_where_each_letter_goes(self, pkm: CommandLine, mail: MailServer) -> None:
        people(pkm)
        pkm("share", "channel", "add", "mail", mail.url, "--from", ME)
        pkm("circle", "add", "practice", "--kind", "community", "--channel", "mail")
        pkm("circle", "join", "practice", "ann", "ben")
        for number, title in enumerate(("First", "Second"), 1):
            pkm("sense", "note", f"Walking retros {number}", "--reach", "community")
            pkm("share", "draft", f"n{number}", "--to", "practice", "--title", title)
        first = pkm("share", "send", "x1", "--yes")
        assert "  to Ann Lee <ann@example.org>, Ben Öde <ben@example.org>\n" in first.out
        assert "Another address" not in first.err
        pkm("contact", "edit", "ann", "--email", "ann@evil.example")
        told = "Another address than last time: Ann Lee <ann@evil.example>; the last letter went to ann@example.org"
        asked = pkm("share", "send", "x2", ok=3)
        assert told in asked.err
        assert "Ben Öde <ben@example.org>" not in asked.err.partition("Another address")[2].partition("\n")[0]
        row = next(row for row in pkm.json("share", "preview", "x2") if row["contact"] == "c1")
        assert (row["recipient"], row["sent_before_to"]) == ("ann@evil.example", "ann@example.org")
        sent = pkm("share", "send", "x2", "--yes")
        assert told in sent.err
        assert "  to Ann Lee <ann@evil.example>, Ben Öde <ben@example.org>\n" in sent.out
        assert "Another address" not in pkm("share", "send", "x2", "--yes").err

    def test_the_digest_says_it_too(self, pkm: CommandLine, mail: MailServer) -> None:
        people(pkm)
        pkm("share", "channel", "add", "mail", mail.url, "--from", ME)
        pkm("circle", "add", "practice", "--kind", "community", "--channel", "mail")
        pkm("circle", "join", "practice", "ann")
        pkm("sense", "note", "Walking retros", "--reach", "community")
        assert "  mail to Ann Lee <ann@example.org>; mail cannot" in pkm("share", "--to", "practice", "--yes").out
        pkm("contact", "edit", "ann", "--email", "ann@new.example")
        pkm("sense", "note", "Silent retros", "--reach", "community")
        asked = pkm("share", "--to", "practice", ok=3)
        assert "Another address than last time: Ann Lee <ann@new.example>" in asked.err


def test_a_store_put_back_from_a_copy_says_so_and_holds_what_is_new(pkm: CommandLine, mail: MailServer, home: Path) -> None:
    people(pkm)
    pkm("share", "channel", "add", "mail", mail.url, "--from", ME)
    pkm("circle", "add", "practice", "--kind", "community", "--channel", "mail")
    pkm("circle", "join", "practice", "ann", "ben")
    pkm("sense", "note", "Walking retros", "--reach", "community")
    with sqlite3.connect(home / "pkm.db") as now, sqlite3.connect(home / "old.db") as old:
        now.backup(old)
    pkm("share", "--to", "practice", "--yes")
    with sqlite3.connect(home / "pkm.db") as now, sqlite3.connect(home / "old.db") as old:
        old.backup(now)
    why = "This store is older than outbox.log: 2 letters left that it does not know. Letters are held."
    assert why in pkm("share", "--to", "practice", ok=3).err
    told = pkm("share", "--to", "practice", "--yes", ok=4).err
    assert "Held: 2 letters to Ann Lee <ann@example.org>, Ben Öde <ben@example.org>." in told
    assert "pkm share log --resolve older sent" in told
    assert why in pkm("share", "send", "x1", ok=3).err
    assert len(mail.letters) == 2
    assert "should be one of sent, refused" in pkm("share", "log", "--resolve", "older", ok=2).err
    assert pkm("share", "log", "--resolve", "older", "sent").out == "2 held letters count as sent; what else left is settled\n"
    assert "nothing was sent again" in pkm("share", "send", "x1", "--yes").out
    pkm("sense", "note", "Silent retros", "--reach", "community")
    pkm("share", "--to", "practice", "--yes")
    assert len(mail.letters) == 4


class TestEditor:
    def test_what_the_editor_leaves_is_the_letter(self, pkm: CommandLine, editor: Editor) -> None:
        people(pkm)
        script = 'sed -i "s/^%% Your.*/My own words.\\n/; s/^%% \\(Ann.*\\) %%/\\n\\1\\n/; s/^# .*/# Meet/" "$1"'
        editor(script)
        made = pkm.json("contact", "introduce", "ann", "ben", "--because", "both try it")
        assert made["title"] == "Meet"
        said = [line for line in made["introduction"].split("\n") if line]
        assert said == ["My own words.", "Ann Lee: Walkers", "Why now: both try it."]
        editor('printf "# Meet\\n\\nOther words\\n" > "$1"')
        assert pkm.json("share", "edit", "x1")["introduction"] == "Other words"

    def test_without_a_word_of_ones_own_nothing_is_made(self, pkm: CommandLine, home: Path, editor: Editor) -> None:
        people(pkm)
        editor("true")
        assert "without a word of your own" in pkm("contact", "introduce", "ann", "ben", ok=2).err
        editor(': > "$1"')
        assert "what do you want to say" in pkm("contact", "introduce", "ann", "ben", ok=2).err
        assert list((home / "drafts").iterdir()) == []

    def test_an_editor_that_fails_keeps_what_was_typed(self, pkm: CommandLine, home: Path, editor: Editor) -> None:
        people(pkm)
        editor('echo typed >> "$1"; exit 3')
        pkm("contact", "introduce", "ann", "ben", ok=1)
        (draft,) = (home / "drafts").iterdir()
        assert "typed" in draft.read_text()


class TestSuggesting:
    def test_pairs_come_with_reasons_and_are_dismissed(self, pkm: CommandLine) -> None:
        people(pkm)
        pkm("sense", "note", "@ann and Cy both like it [[Cy]]")
        (first, second) = pkm.json("contact", "introduce")
        assert (first["id"], first["title"]) == ("c1,c3", "Ann Lee and Cy")
        assert first["because"] == [{"what": "n1 mentions both", "ids": ["n1"]}]
        assert second["because"] == [{"what": "#walking (c1 and c2)", "ids": ["c1", "c2"]}]
        assert len(pkm.json("contact", "introduce", "--suggest", "-n", "1")) == 1
        assert pkm("contact", "introduce", "--dismiss", "c3,c1").out.startswith("c1,c3  ")
        assert [row["id"] for row in pkm.json("contact", "introduce", "--suggest")] == ["c1,c2"]
        pkm("undo")
        assert len(pkm.json("contact", "introduce", "--suggest")) == 2

    @pytest.mark.parametrize("known", [
        ["contact", "log", "ann,ben", "dinner"], ["contact", "edit", "ben", "--through", "ann"],
        ["contact", "introduce", "ann", "ben", "-m", "Do talk."],
    ], ids=" ".join)  # fmt: skip
    def test_those_who_know_each_other_are_not(self, pkm: CommandLine, known: list[str]) -> None:
        people(pkm)
        assert len(pkm.json("contact", "introduce", "--suggest")) == 1
        pkm(*known)
        assert pkm.json("contact", "introduce", "--suggest") == []

    def test_a_note_that_names_many_is_a_list_and_no_reason(self, pkm: CommandLine) -> None:
        for name in ("ann", "ben", "cy", "dan", "eve", "flo", "gus"):
            pkm("contact", "add", f"{name} {name}", "--nick", name)
        pkm("sense", "note", "Whom I met: @ann @ben @cy @dan @eve @flo @gus")
        assert pkm.json("contact", "introduce", "--suggest") == []
        pkm("sense", "note", "They should talk: @ann @ben")
        assert [row["id"] for row in pkm.json("contact", "introduce", "--suggest")] == ["c1,c2"]

    def test_members_of_a_community_are_not(self, pkm: CommandLine) -> None:
        people(pkm)
        pkm("circle", "add", "practice", "--kind", "community")
        pkm("circle", "join", "practice", "ann", "ben")
        assert pkm.json("contact", "introduce", "--suggest") == []
        pkm("circle", "leave", "practice", "ben")
        assert pkm.json("contact", "introduce", "--suggest") == []

    def test_what_their_sources_and_kept_items_say_counts(self, pkm: CommandLine, home: Path) -> None:
        pkm("contact", "add", "Ann")
        pkm("contact", "add", "Ben")
        pkm("tag", "list")
        with sqlite3.connect(home / "pkm.db") as db:
            at = "2026-11-20T09:00:00Z"
            db.execute("INSERT INTO source (id, url, title, site_url, description, state, contact_id, created_at, failures, "
                       "opml) VALUES (1, 'https://a.example/f', 'A', '', '', 'active', 1, ?, 0, '{}'), "
                       "(2, 'https://b.example/f', 'B', '', '', 'active', 2, ?, 0, '{}')", (at, at))  # fmt: skip
            db.execute("INSERT INTO tag (id, name, created_at) VALUES (1, 'walking', ?)", (at,))
            db.execute("INSERT INTO item (id, source_id, state, title, url, canonical_url, author, received_at, hash, via, "
                       "summary, text, html) VALUES (1, 2, 'kept', 'T', '', '', '', ?, '', '', '', '', '')", (at,))  # fmt: skip
            db.execute("INSERT INTO tagging (tag_id, kind, entity_id, origin) VALUES (1, 'source', 1, 'hand'), "
                       "(1, 'item', 1, 'hand')")  # fmt: skip
        (row,) = pkm.json("contact", "introduce", "--suggest")
        assert row["because"] == [{"what": "#walking (s1 and i1)", "ids": ["s1", "i1"]}]

    def test_the_folder_of_a_list_is_no_reason(self, pkm: CommandLine, home: Path) -> None:
        for one in range(1, 10):
            pkm("contact", "add", f"Person {chr(64 + one) * 6}")
        pkm("circle", "join", "network", *(f"c{one}" for one in range(1, 10)))
        everybody = [(one,) for one in range(1, 10)]
        with sqlite3.connect(home / "pkm.db") as db:
            db.executescript("INSERT INTO tag (id, name, created_at) VALUES (1, 'People', ''), (2, 'walking', '')")
            db.executemany("INSERT INTO source (id, url, title, site_url, description, state, contact_id, created_at, failures, "
                           "opml) VALUES (?1, ?1, '', '', '', 'active', ?1, '', 0, '{}')", everybody)  # fmt: skip
            tag = "INSERT INTO tagging (tag_id, kind, entity_id, origin) VALUES (?, 'source', ?, 'hand')"
            db.executemany(tag, [*((1, one) for (one,) in everybody), (2, 3), (2, 5)])
        (row,) = pkm.json("contact", "introduce")
        assert row["because"] == [{"what": "#walking (s3 and s5)", "ids": ["s3", "s5"]}]


class TestChannel:
    @pytest.mark.parametrize(("words", "why"), [
        (["smtp://127.0.0.1:2525"], "whom its letters are from"),
        (["smtp://127.0.0.1:2525", "--from", "me"], "as an address of mail"),
        (["smtp://127.0.0.1:2525", "--from", ME, "--login", "ann"], "are said together"),
        (["smtp://127.0.0.1:99999", "--from", ME], "it should be smtp://HOST:PORT"),
        (["smtp://", "--from", ME], "it should be smtp://HOST:PORT"),
        (["files:/tmp/x", "--from", ME], "a channel of files has none"),
        (["smtp://127.0.0.1:25", "--from", ME, "--login", "ann", "--credential", "hunter2"], "it says where the secret is"),
        (["ftp://127.0.0.1"], "it should be files:FOLDER"),
    ])  # fmt: skip
    def test_what_cannot_be_a_channel(self, pkm: CommandLine, words: list[str], why: str) -> None:
        told = pkm("share", "channel", "add", "mail", *words, ok=2).err
        assert why in told
        assert "hunter2" not in told

    def test_it_says_what_it_can_do_and_where_the_password_is(self, pkm: CommandLine, mail: MailServer) -> None:
        row = pkm.json("share", "channel", "add", "mail", mail.url, "--from", ME, "--login", "ann", "--password-env", "PW")
        assert row["options"] == {"from": ME, "login": "ann", "credential": "env:PW"}
        listed = pkm.json("share", "channel", "list")[0]
        assert (listed["edits"], listed["deletes"], listed["repeats"]) == (False, False, False)
        assert "never" in pkm("share", "channel").out

    def test_trying_it(self, pkm: CommandLine, mail: MailServer) -> None:
        pkm("share", "channel", "add", "mail", mail.url, "--from", ME)
        assert "a letter went to me@example.org, and to nobody else" in pkm("share", "channel", "test", "mail").out
        assert "can be written" in pkm("share", "channel", "test", "site").out
        mail.refuse["me@example.org"] = "550 no"
        assert "is refused: 550 no" in pkm("share", "channel", "test", "mail", ok=1).err
        assert "there is none of that name" in pkm("share", "channel", "test", "post", ok=1).err
