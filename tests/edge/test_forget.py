"""What was forgotten is in no byte of the home: a marker in every field and in all that hangs on it, then all files searched."""

import base64
import contextlib
import random
import re
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pkm.cli import lines
from pkm.config import Home
from pkm.errors import Refused
from pkm.groups import bare_command
from pkm.sense import tag_doctor
from pkm.sense.review import mark_quote_seen
from pkm.sense.suggest import Suggestion, settle
from pkm.store import dismissals, erasing, responses
from pkm.store.forgetting import pattern
from pkm.store.lookup import Found
from pkm.store.session import Store
from pkm.whole.forget import forget, preview
from tests.conftest import CommandLine, KeptHomes
from tests.mail_server import MailServer
from tests.mail_server import mail as mail
from tests.server import FeedServer

PICTURE = Path(__file__).parent.parent / "data" / "pictures" / "told.png"


class Markers:
    """Words that stand nowhere else, each remembered by what it was put into."""

    def __init__(self) -> None:
        self._random = random.Random(47)
        self.words: dict[str, str] = {}

    def __call__(self, where: str) -> str:
        self.words[where] = "qz" + "".join(self._random.choices("bcdfghjkmnprtvw", k=12)) + "x"
        return self.words[where]

    def found(self, home: Path, *but: str) -> set[str]:
        """Where the words stand that are in a file of the home, or in a name of one; but: folders and files left out."""
        data = b"\n".join(
            path.name.encode() + b"\n" + path.read_bytes() for path in sorted(home.rglob("*"))
            if path.is_file() and path.relative_to(home).parts[0] not in but
        )  # fmt: skip
        unpacked = b"\n".join(_unpacked(data))
        folded = (data + unpacked).lower()
        return {where for where, word in self.words.items() if any(way in folded for way in _ways(word[3:]))}


def _ways(word: str) -> Iterator[bytes]:
    """How a word may stand in bytes, in lower case; without its beginning, which an index leaves out."""
    raw = word.encode()
    yield raw
    yield raw.hex().encode()
    yield from (word.encode("utf-16-le"), word.encode("utf-16-be"))
    for shift in range(3):  # base64 is told apart by case; a chance hit in lower case is next to none
        yield base64.b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4].lower()


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What zlib gives from each place where something packed may begin."""
    for sign in (b"\x78\x9c", b"\x78\xda", b"\x78\x01"):
        place = data.find(sign)
        while place >= 0:
            with contextlib.suppress(zlib.error):
                yield zlib.decompressobj().decompress(data[place : place + 100_000])
            place = data.find(sign, place + 1)


@pytest.fixture
def mark() -> Markers:
    return Markers()


@pytest.fixture
def lived(pkm: CommandLine, mail: MailServer, home: Path, kept_homes: KeptHomes) -> CommandLine:
    """A community that is reached by mail, with one who stays."""
    kept_homes.fill(home, "lived", lambda: live(pkm, mail), mail.url)
    return pkm


def live(pkm: CommandLine, mail: MailServer) -> None:
    pkm("share", "channel", "add", "post", mail.url, "--from", "Me <me@example.org>")
    pkm("circle", "add", "practice", "--kind", "community", "--channel", "post")
    pkm("contact", "add", "Bo Stays", "--email", "bo@example.org", "--circle", "practice", "--because", "peer")


def whole(pkm: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch | None = None) -> None:
    """The home is whole: the doctor says so, what asks of everything answers, and it goes out (and in again)."""
    assert [one for one in pkm.json("doctor", ok=(0, 1)) if one["state"] == "wrong"] == []
    for command in ("log", "stats", "stats people", "stats share", "share log", "share heard", "contact list"):
        pkm(*command.split())
    for share in pkm.json("share", "log"):
        pkm("why", share["id"])
        pkm("share", "preview", share["share"])
    pkm("undo", ok=(0, 1, 3))
    pkm("export", tmp_path / "out")
    if monkeypatch is None:
        return
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "other"))
    pkm("import", tmp_path / "out", "--yes")
    assert [one for one in pkm.json("doctor", ok=(0, 1)) if one["state"] == "wrong"] == []


class TestAPerson:
    def lives(self, pkm: CommandLine, mark: Markers, tmp_path: Path) -> None:
        """c2 and all that hangs on them: another card of theirs merged in, an edit, an undo, a letter, an answer."""
        pkm("contact", "add", f"Zed {mark('name')}", "--nick", mark("nick"), "--email", f"{mark('mail')}@example.org", "--url",
            f"https://{mark('url')}.example.org", "--org", mark("org"), "--role", mark("role"), "--met", mark("met"), "--about",
            mark("about"), "--alias", mark("alias"), "--circle", "practice", "--because", mark("because"), "--tag", mark("tag"),
            "--no-follow")  # fmt: skip
        pkm("contact", "edit", "c2", "--name", f"Zed {mark('new name')}", "--about", mark("new about"))
        card = tmp_path / "card.vcf"
        card.write_text(f"BEGIN:VCARD\nVERSION:4.0\nFN:Zed {mark('card')}\nUID:{mark('uid')}\nNOTE:{mark('card note')}\n"
                        f"X-ODD:{mark('card line')}\nTEL:+49 {mark('tel')}\nEND:VCARD\n")  # fmt: skip
        pkm("contact", "import", card)
        pkm("contact", "merge", "c2", "c3", "--yes")
        pkm("contact", "export", tmp_path / "cards/")
        pkm("contact", "log", "c2", f"spoke of {mark('talk')}", "--promise", f"send {mark('promise')} by fri")
        pkm("contact", "log", "c2", mark("taken back"))
        pkm("undo")
        pkm("contact", "log", "c1,c2", "all three met")
        pkm("sense", "note", "Walking retros work", "--reach", "community")
        pkm("share", "draft", "n1", "--to", "practice")
        pkm("share", "send", "x1", "--yes")
        pkm("share", "heard", "x1", "--from", "c2", mark("answer"))
        pkm("share", "not", "n1", "c2", "--because", mark("not them"))
        pkm("contact", "introduce", "c1", "c2", "-m", f"You two both {mark('introduced')}.")

    def test_no_byte_of_them_stays(
        self, lived: CommandLine, mark: Markers, home: Path, tmp_path: Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.lives(lived, mark, tmp_path)
        assert mark.found(home) == mark.words.keys()
        assert "pkm share drop x2" in lived("forget", "c2", "--yes", ok=3).err
        lived("share", "send", "x2", "--yes")
        plan = lived.json("forget", "c2", "--dry-run")
        assert plan["goes"] == {"handle": 7, "interaction": 1, "membership": 1, "promise": 1, "response": 1, "share_contact": 1,
                                "tagging": 1}  # fmt: skip
        sent, before = len(mail.letters), lived.json("share", "log")
        lived("forget", "c2", "--yes")
        assert mark.found(home) == set()
        for then, now in zip(before, lived.json("share", "log"), strict=True):  # that a letter went stays
            theirs = mark.words["mail"] in then["recipient"]
            assert now["title"] == ("forgotten" if then["share"] == "x2" else then["title"])
            gone = {"recipient": f"forgotten-{then['id']}", "contact": None, "name": None} if theirs else {}
            assert now == {**then, **gone, "title": now["title"]}
        assert "it was forgotten on" in lived("why", "c2", ok=1).err
        assert lived.json("log")[0]["command"] == "pkm forget c2"
        whole(lived, tmp_path, monkeypatch)
        assert len(mail.letters) == sent

    def test_a_plan_that_is_under_way_goes_past_them(self, lived: CommandLine, mail: MailServer, home: Path) -> None:
        lived("contact", "add", "Zed Goes", "--email", "zed@example.org", "--circle", "practice", "--because", "peer")
        lived("config", "share.cooling", "1h")
        lived("sense", "note", "Walking retros work", "--reach", "community")
        lived("share", "draft", "n1", "--to", "practice")
        lived("share", "plan", "x1", "--stage", "practice now")
        lived("share", "--due", "--yes", ok=None)
        assert {one["recipient"]: one["state"] for one in lived.json("share", "log")}.get("zed@example.org") == "waiting"
        lived("forget", "c2", "--yes")
        lived("config", "share.cooling", "1min")
        lived("share", "send", "x1", "--now", "--yes", ok=None)
        assert [to for to, _ in mail.letters] == ["bo@example.org"]


class TestANote:
    def lives(self, pkm: CommandLine, mark: Markers, tmp_path: Path) -> None:
        """n1 and all that hangs on it: an edit, quotes, a trial, growth, an attachment, a tag, a letter that it was in."""
        pkm("sense", "note", f"{mark('title')} is the title\n\nThe password is {mark('text')} #{mark('tag')} for @nobody",
            "--reach", "community")  # fmt: skip
        pkm("sense", "note", "Another, which stays")
        secret = tmp_path / f"{mark('file')}.png"
        secret.write_bytes(PICTURE.read_bytes() + mark("bytes").encode())
        pkm("sense", "attach", "n1", secret, "--alt", mark("alt"))
        pkm("sense", "annotate", "n1", "-q", f"password is {mark.words['text']}", "-m", mark("comment"))
        pkm("sense", "link", "n1", "n2")
        pkm("sense", "grow", "n1", "--because", mark("grown"))
        pkm("sense", "try", "n1", "--where", mark("place"), "--outcome", "worked", mark("tried"))
        pkm("share", "draft", "n1", "n2", "--to", "practice", "--title", f"On {mark.words['title']} is the title", ok=None)
        pkm("share", "draft", "n1", "--to", "practice", "--title", f"{mark.words['title']} is the title")
        pkm("share", "send", "x1", "--yes")

    def test_no_byte_of_it_stays(
        self, lived: CommandLine, mark: Markers, home: Path, tmp_path: Path, mail: MailServer
    ) -> None:
        self.lives(lived, mark, tmp_path)
        assert mark.found(home) == mark.words.keys()
        (home / "words.json").write_text(mark.words["text"])
        lived("sense", "related", "n1", ok=None)
        told = lived("forget", "n1", "--yes")
        assert "Bo Stays has it" in told.out
        assert mark.found(home) == set()
        assert list((home / "attachments").iterdir()) == []
        assert lived.json("sense", "show", "n2")["title"] == "Another, which stays"
        whole(lived, tmp_path)

    def test_what_is_under_way_or_public_is_refused(self, lived: CommandLine, home: Path) -> None:
        lived("sense", "note", "A secret of mine", "--reach", "network")
        lived("share", "draft", "n1", "--to", "practice")
        assert "pkm share drop x1" in lived("forget", "n1", "--yes", ok=3).err
        lived("share", "drop", "x1")
        lived("share", "--yes")
        assert "pkm share retract x2" in lived("forget", "n1", "--yes", ok=3).err
        lived("share", "retract", "x2")
        lived("forget", "n1", "--yes")
        assert not [path for path in home.rglob("*") if path.is_file() and b"A secret of mine" in path.read_bytes()]

    def test_its_file_stays_and_does_not_bring_it_back(self, pkm: CommandLine, tmp_path: Path) -> None:
        folder = tmp_path / "notes"
        folder.mkdir()
        for name in ("kept", "shameful"):
            (folder / f"{name}.md").write_text(f"# {name}\n\nWords of {name}\n")
        pkm("import", folder)
        number = next(one["id"] for one in pkm.json("find", "kind:note shameful"))
        assert str(folder / "shameful.md") in pkm("forget", number, "--yes").out
        (folder / "shameful.md").rename(folder / "moved.md")
        done = pkm.json("import", folder)
        assert (done["new"], done["forgotten"]) == (0, ["moved.md"])
        assert pkm.json("import", folder, "--forgotten")["new"] == 1
        assert pkm.json("import", folder)["forgotten"] == []

    def test_a_folder_that_has_it_is_told_and_left(self, pkm: CommandLine, tmp_path: Path) -> None:
        pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
        pkm("circle", "add", "team", "--kind", "team", "--channel", "drop")
        pkm("sense", "note", "Told to the team", "--reach", "team")
        pkm("share", "draft", "n1", "--to", "team")
        pkm("share", "send", "x1", "--yes")
        files = {path: path.read_bytes() for path in (tmp_path / "drop").iterdir() if not path.name.startswith(".")}
        assert files
        told = pkm("forget", "n1", "--yes").out
        assert all(str(path) in told for path in files)
        assert [one for one in pkm.json("doctor") if one["state"] == "mended"] == []
        assert {path: path.read_bytes() for path in files} == files


    def test_a_folder_whose_file_s_name_was_forgotten_is_named_itself(self, pkm: CommandLine, tmp_path: Path) -> None:
        pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
        pkm("circle", "add", "team", "--kind", "team", "--channel", "drop")
        for words in ("Told first", "Told second"):
            pkm("sense", "note", words, "--reach", "team")
        pkm("share", "draft", "n1", "n2", "--to", "team")
        pkm("share", "send", "x1", "--yes")
        pkm("forget", "n1", "--yes")
        (told,) = pkm.json("forget", "n2", "--dry-run")["out"]
        assert (told["what"], told["next"]) == (str(tmp_path / "drop"), "look for it there, and remove it")


class TestPicturesOfANote:
    """The bytes of what a note alone shows go with it, whatever happens meanwhile; nobody else's do."""

    @pytest.fixture
    def shown(self, pkm: CommandLine, home: Path, tmp_path: Path) -> Path:
        """n1 shows o.png, which nothing else does; the file with its bytes."""
        (tmp_path / "o.png").write_bytes(PICTURE.read_bytes())
        pkm("sense", "note", "Something of mine")
        pkm("sense", "attach", "n1", tmp_path / "o.png", "--alt", "mine")
        return next((home / "attachments").iterdir())

    def test_a_run_that_is_cut_off_is_finished_by_the_doctor(
        self, pkm: CommandLine, shown: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        not_yet_recorded = shown.with_name("0" * 64)
        not_yet_recorded.write_bytes(b"another run is about to tell the store of it")
        with monkeypatch.context() as cut_off:
            cut_off.setattr("pkm.store.erasing.wipe", lambda *_: exec("raise SystemExit(137)"))
            pkm("forget", "n1", "--yes", ok=137)
        assert shown.exists()
        assert [one["state"] for one in pkm.json("doctor")] == ["mended"]
        assert list(shown.parent.iterdir()) == [not_yet_recorded]
        assert pkm.json("doctor") == []

    def test_what_is_shown_again_meanwhile_stays(
        self, pkm: CommandLine, shown: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as cut_off:
            cut_off.setattr("pkm.store.erasing.wipe", lambda *_: "later")
            pkm("forget", "n1", "--yes", ok=4)
        pkm("sense", "note", "Another")
        pkm("sense", "attach", "n2", tmp_path / "o.png", "--alt", "theirs")
        pkm("doctor")
        assert shown.exists()

    def test_one_that_cannot_be_removed_is_told_until_it_is(self, pkm: CommandLine, shown: Path) -> None:
        shown.unlink()
        shown.mkdir()
        assert "a picture of it cannot be removed" in pkm("forget", "n1", "--yes", ok=4).err
        assert [one["state"] for one in pkm.json("doctor", ok=(0, 1))] == ["wrong"]
        shown.rmdir()
        assert [one["state"] for one in pkm.json("doctor")] == ["mended"]

    def test_only_what_is_called_so_goes_and_is_named(self, pkm: CommandLine, shown: Path, tmp_path: Path) -> None:
        for name in ("photo.png", "my photo.png", "café.png"):
            (tmp_path / name).write_bytes(PICTURE.read_bytes() + name.encode())
        pkm("sense", "note", "Holiday")
        pkm("sense", "attach", "n2", *(tmp_path / name for name in ("photo.png", "my photo.png", "café.png")), ok=None)
        pkm("sense", "note", "It is ![so](caf%C3%A9.png), and o.png is a name")
        assert pkm.json("forget", "n2", "--dry-run")["files"] == ["my photo.png", "photo.png"]
        assert pkm.json("forget", "n1", "--dry-run")["files"] == ["o.png"]
        assert "files: o.png" in pkm("forget", "n1", "--yes").out
        assert not shown.exists()
        assert len(list(shown.parent.iterdir())) == 3


class TestWhatElseGoes:
    def test_how_many_commands_are_not_undone_any_more_is_said_before(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "practice")
        pkm("circle", "add", "practice", "--kind", "team")
        assert "2 commands that held it cannot be undone any more" in pkm("forget", "n1", "--dry-run").out
        pkm("forget", "n1", "--yes")
        assert [one["final"] for one in pkm.json("log")] == [
            "what was forgotten does not come back", *["a part of it was forgotten"] * 2
        ]  # fmt: skip

    def test_what_was_said_of_it_alone(self, lived: CommandLine, mark: Markers, home: Path) -> None:
        lived("sense", "note", "Walking retros work", "--reach", "community")
        lived("sense", "note", "Another one", "--reach", "community")
        lived("share", "draft", "n1", "--to", "practice", "--title", f"Hello {mark('title')}")
        lived("share", "edit", "x1", "-m", mark("introduction"))
        lived("share", "edit", "x1", "--for", "practice", "--title", f"Hello {mark('wording')}")
        lived("share", "draft", "n1", "n2", "--to", "practice", "--title", f"Both {mark('both')}")
        lived("share", "edit", "x2", "--for", "practice", "--note", "n1", "-m", f"In short: {mark('instead of it')}")
        lived("share", "send", "x1", "--yes")
        lived("share", "send", "x2", "--yes")
        assert mark.found(home) == mark.words.keys()
        lived("forget", "n1", "--yes")
        assert mark.found(home) == {"both"}

    def test_the_beginning_of_what_was_turned_down_or_looked_at(self, pkm: CommandLine, mark: Markers, home: Path) -> None:
        quote = f"They say {mark('quote')} and go on, and on, and on, until nobody listens any more"
        title = f"Called {mark('title')}" + " very long" * 20
        pkm("sense", "note", f"{title}\n\n{quote}")
        pkm("sense", "annotate", "n1", "-q", quote)
        pkm("sense", "note", "Another one")
        store = Store(Home.find(), "test")
        mark_quote_seen(store, 1)
        settle(store, [], [Suggestion("n2", "related", "n1", title, 0.5, ())])
        store.close()
        pkm("forget", "n1", "--yes")
        assert mark.found(home) == set()

    def test_a_tag_that_was_turned_down_for_it(self, pkm: CommandLine) -> None:
        pkm("sense", "note", "One")
        pkm("sense", "note", "Another one")
        store = Store(Home.find(), "test")
        settle(store, [], [Suggestion(note, "tag", tag, "", 0.5, ()) for note, tag in (("n1", "#walking"), ("n2", "#n1"))])
        tag_doctor.dismiss(store, ["once:n1"])
        store.close()
        pkm("forget", "n1", "--yes")
        assert dismissals.dismissed(Store(Home.find()).read(), dismissals.TAG).keys() == {"n2 n1", "once:n1"}

    def test_shares_that_name_it_for_one_circle_are_told(self, lived: CommandLine) -> None:
        lived("contact", "add", "Zoë Müller", "--nick", "zoe")
        lived("sense", "note", "Walking retros work", "--reach", "community")
        for title in ("Ideas", "More"):
            lived("share", "draft", "n1", "--to", "practice", "--title", title)
        lived("share", "edit", "x1", "--for", "practice", "--title", "An idea of Zoë Müller")
        lived("share", "send", "x1", "--yes")
        stays = {one["what"]: one["why"] for one in lived.json("forget", "zoe", "--dry-run")["stays"]}
        assert "names it" in stays["x1"]
        assert "x2" not in stays

    def test_what_waited_in_a_plan_that_was_dropped(self, lived: CommandLine, mark: Markers, home: Path) -> None:
        lived("config", "share.cooling", "1h")
        lived("sense", "note", f"Retros\n\nAnd {mark('text')} as well, *so they say*", "--reach", "community")
        lived("share", "draft", "n1", "--to", "practice")
        lived("share", "plan", "x1", "--stage", "practice now")
        lived("share", "--due", "--yes", ok=None)
        lived("share", "drop", "x1")
        lived("sense", "edit", "n1", "-m", "Other words", ok=None)
        lived("forget", "n1", "--yes")
        assert mark.found(home) == set()


class TestAnItem:
    def test_no_byte_of_it_stays_and_it_does_not_come_back(
        self, pkm: CommandLine, mark: Markers, home: Path, tmp_path: Path, server: FeedServer
    ) -> None:
        feed = ("<feed xmlns='http://www.w3.org/2005/Atom'><title>Ann writes</title><id>urn:f</id><entry><id>urn:1</id><title>{}"
                "</title><link href='{}/{}'/><updated>2026-11-20T09:00:00Z</updated><author><name>{}</name></author>"
                "<category term='{}'/><content>{}</content></entry></feed>")  # fmt: skip
        first = [mark(where) for where in ("title", "url", "author", "category", "text")]
        server.add("/feed.xml", feed.format(first[0], server.url, *first[1:]))
        pkm("seek", "add", f"{server.url}/feed.xml")
        pkm("seek", "pull", "--all", ok=None)
        changed = feed.format(mark("new title"), server.url, first[1], first[2], first[3], mark("new text"))
        server.add("/feed.xml", changed)
        pkm("seek", "pull", "--all", ok=None)
        pkm("sense", "keep", "i1")
        pkm("sense", "annotate", "i1", "-q", mark.words["new text"], "-m", mark("comment"))
        server.add("/page", f"<title>{mark('page title')}</title><p>{mark('page')} stands in many words here.</p>",
                   content_type="text/html")  # fmt: skip
        pkm("seek", "clip", f"{server.url}/page", "--keep-page", "--tag", mark("tag"))
        assert mark.found(home) >= mark.words.keys() - {"title", "text"}
        pkm("forget", "i1", "i2", "--yes")
        assert mark.found(home) == set()
        server.add("/feed.xml", changed.replace("2026-11-20", "2026-11-21"))
        pkm("seek", "pull", "--all", ok=None)
        assert pkm.json("find", "kind:item") == []
        whole(pkm, tmp_path)


class TestTheRest:
    @pytest.fixture
    def small(
        self, pkm: CommandLine, mark: Markers, home: Path, kept_homes: KeptHomes, request: pytest.FixtureRequest
    ) -> CommandLine:
        """One of each small kind: a quote, an answer, what passed with a promise, a trial, a circle."""
        for where in ("a1", "e1", "p1", "t1", "o3", "purpose", "joined", "r1"):
            mark(where)
        kept_homes.fill(home, "forget", lambda: self.lives(request.getfixturevalue("lived"), mark.words))
        return pkm

    def lives(self, pkm: CommandLine, words: dict[str, str]) -> None:
        pkm("sense", "note", "Walking retros work", "--reach", "community")
        pkm("sense", "annotate", "n1", "-m", words["a1"])
        pkm("contact", "log", "c1", words["e1"], "--promise", f"a thing called {words['p1']}")
        pkm("sense", "try", "n1", "--outcome", "worked", words["t1"])
        pkm("circle", "add", words["o3"], "--kind", "team", "--purpose", words["purpose"])
        pkm("circle", "join", "o3", "c1", "--because", words["joined"])
        pkm("share", "draft", "n1", "--to", "practice")
        pkm("share", "send", "x1", "--yes")
        pkm("share", "heard", "x1", "--from", "c1", words["r1"])

    def test_each_goes_by_its_id(
        self, small: CommandLine, mark: Markers, home: Path, tmp_path: Path
    ) -> None:
        small("forget", "a1", "p1", "t1", "r1", "o3", "--yes")
        assert mark.found(home) == {"e1"}
        small("forget", "e1", "--yes")
        assert mark.found(home) == set()
        assert "went to it" in small("forget", "practice", "--yes", ok=3).err
        whole(small, tmp_path)

    def test_an_answer_that_was_collected_is_not_collected_again(self, small: CommandLine, mark: Markers, home: Path) -> None:
        with contextlib.closing(sqlite3.connect(home / "pkm.db", isolation_level=None)) as db:
            db.execute("UPDATE response SET channel_id = 2, remote_id = ?", (f"<{mark('message')}@example.org>",))
            small("forget", "r1", "--yes")
            assert not mark.found(home) & {"r1", "message"}
            assert f"<{mark.words['message']}@example.org>" in responses.remote_ids(db, 2)
        assert [one["title"] for one in small.json("share", "heard", "x1")] == ["forgotten"]

    def test_copies_that_hold_it_are_named_and_removed_when_asked(self, small: CommandLine, mark: Markers, home: Path) -> None:
        small("backup")
        (home / "backups" / "pkm-20200101-000000.db").write_bytes(b"no store")
        held = small.json("forget", "t1", "--dry-run")["backups"]
        assert [Path(one).name for one in held] == ["pkm-20200101-000000.db", "pkm-20261123-090000.db"]
        done = small.json("forget", "t1", "--yes", "--backups")
        assert done["removed"] == held
        assert "t1" not in mark.found(home)
        assert [str(path) for path in (home / "backups").iterdir()] == [done["copy"]]

    def test_nothing_is_asked_without_a_terminal(self, small: CommandLine) -> None:
        assert "--yes" in small("forget", "t1", ok=3).err
        assert small.json("sense", "show", "n1")

    def test_no_more_goes_than_was_shown(self, small: CommandLine, home: Path) -> None:
        person, paths = [Found("contact", 1, "Ann")], Home(home, home, home)
        with contextlib.closing(Store(paths)) as store:
            shown = preview(store, paths, person)
            small("contact", "log", "c1", "a long talk of which nobody was told")
            with pytest.raises(Refused, match="has changed since it was shown"):
                forget(store, paths, person, shown)
        assert "a long talk" in small("contact", "show", "c1", "--full").out

    def test_the_rest_can_still_be_undone(self, small: CommandLine) -> None:
        small("sense", "reach", "n1", "private")
        small("forget", "t1", "--yes")
        lines = {one["command"]: one for one in small.json("log", "-n", "50")}
        assert lines["pkm sense try"]["final"] == "a part of it was forgotten"
        undone = small("undo")
        assert "pkm sense reach n1 private" in undone.out
        assert re.search(r"Not taken back: \d+ \(pkm forget t1\): what was forgotten does not come back", undone.err)

    def test_what_another_reader_holds_is_wiped_by_the_doctor(self, small: CommandLine, mark: Markers, home: Path) -> None:
        with contextlib.closing(sqlite3.connect(home / "pkm.db", isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM note").fetchone()
            assert "another pkm has the store open" in small("forget", "t1", "--yes", ok=4).err
            assert "t1" in mark.found(home)
        assert [one["state"] for one in small.json("doctor")] == ["mended"]
        assert "t1" not in mark.found(home)
        assert small.json("doctor") == []

    def test_what_a_ctrl_c_left_is_wiped_by_the_doctor(
        self, small: CommandLine, mark: Markers, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:  # fmt: skip
        """A large store takes minutes, which is told before, and the person need not wait for them."""

        def stop(connection: sqlite3.Connection) -> sqlite3.Connection:
            connection.set_progress_handler(lambda: 1, 1)
            return connection

        monkeypatch.setattr(lines, "LARGE", 1000)
        with monkeypatch.context() as patch:
            patch.setattr(erasing, "let_stop", stop)
            told = small("forget", "t1", "--yes", ok=4)
        assert re.search(r"then the store’s file \(\d\.\d GB\) is written anew", " ".join(told.err.split()))
        assert "some of the bytes may still be there: it was stopped" in " ".join(told.err.split())
        assert [one["state"] for one in small.json("doctor")] == ["mended"]
        assert "t1" not in mark.found(home)


@pytest.mark.parametrize(("needle", "text", "found"), [
    ("Ann Lee", "spoke with ann lee.", True), ("Ann Lee", "Joann Leeds", False), ("Will", "Will said", True),
    ("Will", "it will", False), ("Will", "Willing", False), ("@will", "hello @Will!", True), ("@will", "@william", False),
    ('say "no"', r'{"text":"I say \"no\" to it"}', True), ("zürich@example.org", "ZÜRICH@EXAMPLE.ORG", True),
    ("ann@example.org", "mary.ann@example.org", False), ("ann@example.org", "ann@example.org.uk", False),
    ("ann@example.org", "<Ann@example.org>, to ann@example.org.", True),
    ("Ann Lee", '{"payload":"00416E6E204C656500"}', True), ("a.b", "aXb", False),
])  # fmt: skip
def test_words_are_found_whole(needle: str, text: str, found: bool) -> None:
    known = pattern([needle])
    assert known is not None
    assert bool(known.search(text)) is found


@pytest.mark.parametrize(("command", "bare"), [
    ("pkm contact add 'Ann Lee' --nick ann", "pkm contact add"), ("pkm import /tmp/x", "pkm import"), ("pkm", "pkm"),
    ("pkm seek --all", "pkm seek"), ("pkm sen note hello", "pkm sen note"), ("pkm undo", "pkm undo"),
])  # fmt: skip
def test_a_bare_command_holds_nothing_that_was_typed_for_it(command: str, bare: str) -> None:
    assert bare_command(command) == bare
