"""A channel that is removed, or led elsewhere, while something of it waits, is unknown or stands there."""

import json
from pathlib import Path
from typing import Any

import pytest

from pkm.config import Home
from pkm.store import shares
from pkm.store.session import Store
from tests.conftest import CommandLine
from tests.mail_server import MailServer
from tests.mail_server import mail as mail
from tests.social_server import TOKEN, Social
from tests.social_server import social as social


@pytest.fixture
def way(pkm: CommandLine, social: Social, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """An account `fedi` that carries the circle `peers`, and a draft for it: x1."""
    monkeypatch.setenv("SOCIAL_TOKEN", TOKEN)
    pkm("share", "channel", "add", "fedi", f"mastodon+{social.url}", "--token-env", "SOCIAL_TOKEN")
    pkm("circle", "add", "peers", "--kind", "community", "--channel", "fedi")
    pkm("sense", "note", "Walking retros work", "--reach", "network")
    pkm("share", "draft", "n1", "--to", "peers", "--title", "Walking")
    return pkm


def log(pkm: CommandLine) -> list[dict[str, Any]]:
    return list(pkm.json("share", "log", "x1"))


@pytest.mark.parametrize("fault", [None, "drop after"])
def test_what_stands_on_a_removed_channel_is_asked_about_and_taken_down(way: CommandLine, social: Social, fault: Any) -> None:
    social.faults = [fault]
    way("share", "send", "x1", "--yes", ok=(0, 4))
    way("share", "channel", "remove", "fedi", "--yes")
    if fault:
        way("share", "send", "x1", "--yes")
    assert [row["state"] for row in log(way)] == ["sent"]
    assert "1 post deleted" in way("share", "retract", "x1").out
    assert social.made == {}


def test_nothing_goes_by_a_removed_channel(way: CommandLine, social: Social) -> None:
    social.faults = ["drop before"]
    way("share", "send", "x1", "--yes", ok=4)
    way("share", "channel", "remove", "fedi", "--yes")
    assert "not among the account's own posts" in way("share", "send", "x1", "--yes", ok=4).err
    assert (len(social.bodies), [row["state"] for row in log(way)]) == (1, ["unknown"])


def test_what_was_cancelled_with_its_channel_stays_told_of(way: CommandLine, social: Social, mail: MailServer) -> None:
    way("share", "channel", "add", "mail", mail.url, "--from", "me@example.org")
    way("circle", "edit", "peers", "--channel", "fedi", "--channel", "mail")
    way("contact", "add", "Ann", "--email", "ann@example.org")
    way("circle", "join", "peers", "c1", "--because", "peer")
    way("share", "plan", "x1", "--stage", "peers now")
    way("share", "--due", "--yes")
    way("share", "channel", "remove", "fedi", "--yes")
    way("share", "send", "x1", "--now", "--yes")
    assert sorted(row["state"] for row in log(way)) == ["cancelled", "sent"]
    assert (social.bodies, len(mail.letters)) == ([], 1)


def test_a_secret_goes_to_the_host_that_it_was_given_for(
    way: CommandLine, social: Social, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = ("share", "channel", "edit")
    other = f"mastodon+http://localhost:{social.port}"
    for nobody in ((), ("--login", "")):  # an account's token is no matter of who logs in
        assert "goes to no other host" in way(*edit, "fedi", "--address", other, *nobody, ok=2).err
    monkeypatch.setenv("OTHER", TOKEN)
    assert way.json(*edit, "fedi", "--address", other, "--token-env", "OTHER")["options"]["credential"] == "env:OTHER"
    way("share", "send", "x1", "--yes")
    told = way(*edit, "fedi", "--address", f"mastodon+{social.url}", "--token-env", "OTHER", ok=3).err
    assert "only there can it be asked about" in told
    access = ("--login", "ann", "--password-env", "PW")
    way("share", "channel", "add", "mail", "smtp://127.0.0.1:2525", "--from", "me@example.org", *access)
    way(*edit, "mail", "--inbox", "imap://me@127.0.0.1:1143/INBOX")
    assert "goes to no other host" in way(*edit, "mail", "--address", "smtp://localhost", ok=2).err
    assert "goes to no other host" in way(*edit, "mail", "--inbox", "imap://me@localhost/INBOX", ok=2).err
    assert way.json(*edit, "mail", "--address", "smtps://127.0.0.1")["options"]["login"] == "ann"
    options = way.json(*edit, "mail", "--address", "smtp://localhost", "--password-env", "OTHER")["options"]
    assert (options["credential"], options["inbox_credential"]) == ("env:OTHER", "env:PW")
    assert "credential" not in way.json(*edit, "mail", "--address", "smtp://[::1]", "--login", "")["options"]


def test_another_password_is_the_mailbox_s_too_unless_the_letters_go_elsewhere(way: CommandLine) -> None:
    edit = ("share", "channel", "edit", "mail")
    way("share", "channel", "add", "mail", "smtp://127.0.0.1:2525", "--from", "me@example.org", "--login", "ann",
        "--password-env", "PW", "--inbox", "imap://me@127.0.0.1:1143/INBOX")  # fmt: skip
    options = way.json(*edit, "--password-env", "NEW")["options"]
    assert (options["credential"], options.get("inbox_credential", "")) == ("env:NEW", "")
    options = way.json(*edit, "--login", "")["options"]
    assert (options.get("credential", ""), options["inbox_credential"]) == ("", "env:NEW")  # the mailbox still wants it


def test_what_a_folder_holds_that_a_channel_leaves_is_told(way: CommandLine, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    way("share", "channel", "add", "drop", f"files:{old}")
    way("circle", "edit", "peers", "--channel", "drop")
    assert "stays there" not in way("share", "channel", "edit", "drop", "--address", f"files:{new}").err  # nothing is
    way("share", "channel", "edit", "drop", "--address", f"files:{old}")
    way("share", "send", "x1", "--yes")
    told = way("share", "channel", "edit", "drop", "--address", f"files:{new}").err
    assert f"What was written in {old} stays there" in told
    way("doctor", ok=None)
    names = [{path.name for path in folder.iterdir()} for folder in (old, new)]
    assert names[0] == names[1]


def test_one_folder_is_written_by_one_channel_whatever_path_leads_there(way: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for first, second in (("real", "link"), ("link", "real"), ("real", "real/../real")):
        way("share", "channel", "add", "one", f"files:{tmp_path / first}")
        assert "channel that writes" in way("share", "channel", "add", "two", f"files:{tmp_path / second}", ok=1).err
        way("share", "channel", "remove", "one")


def test_a_service_of_webmentions_gets_no_other_s_token(way: CommandLine, home: Path) -> None:
    edit = ("share", "channel", "edit", "site", "--webmentions")
    way(*edit, "https://one.example/api", "--token-env", "MENTIONS")
    assert "goes to no other host" in way(*edit, "https://two.example/api", ok=2).err
    (home / "mentions").mkdir()
    assert "webmentions_credential" not in way.json(*edit, str(home / "mentions"))["options"]  # a folder wants none
    assert "webmentions_credential" not in way.json(*edit, "https://two.example/api")["options"]


@pytest.mark.parametrize(("line", "why"), [
    ("add Drop files:other", "There already is a channel drop"),
    ("add second files:here", "There already is a channel that writes"),
    ("edit loft --address files:here", "There already is a channel that writes"),
    ("add feed mastodon+https://m.example --from me@example.org", "--from: a channel of mastodon has none"),
    ("edit fedi --from me@example.org", "--from: a channel of mastodon has none"),
    ("add x files:x --from me@example.org", "--from: a channel of files has none"),
    ("edit drop --from me@example.org", "--from: a channel of files has none"),
    ("edit drop --login me", "--login and the password: a channel of files has none"),
    ("edit drop --address site:x", "drop is a channel of files, and stays one"),
    ("edit drop --address files:", "a folder is wanted behind files:"),
])  # fmt: skip
def test_what_a_channel_cannot_have_is_refused(
    way: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    way("share", "channel", "add", "drop", "files:here")
    way("share", "channel", "add", "loft", "files:there")
    before = way.json("share", "channel", "list")
    assert why in way("share", "channel", *line.split(), ok=(1, 2)).err
    assert way.json("share", "channel", "list") == before
    way("share", "channel", "edit", "loft", "--address", "files:there")  # its own folder is nobody else's


def test_what_may_have_left_holds_a_channel_and_letters_hold_no_host(way: CommandLine, social: Social, mail: MailServer) -> None:
    social.faults = ["drop after"]
    way("share", "send", "x1", "--yes", ok=4)
    assert "of its deliveries are 1 unknown" in way("share", "channel", "remove", "fedi", ok=3).err
    way("share", "channel", "add", "mail", mail.url, "--from", "me@example.org")
    way("circle", "add", "pals", "--kind", "community", "--channel", "mail")
    way("contact", "add", "Ann", "--email", "ann@example.org", "--no-follow")
    way("circle", "join", "pals", "c1", "--because", "peer")
    way("share", "draft", "n1", "--to", "pals")
    way("share", "send", "x2", "--yes")
    assert len(mail.letters) == 1
    moved = way.json("share", "channel", "edit", "mail", "--address", "smtp://localhost")
    assert moved["address"].startswith("smtp://localhost")  # a letter is at home where it arrived


def test_another_mailbox_is_read_from_its_beginning(way: CommandLine, mail: MailServer, tmp_path: Path, home_paths: Home) -> None:
    way("share", "channel", "add", "mail", mail.url, "--from", "me@example.org", "--inbox", f"mbox:{tmp_path / 'one'}")
    from pkm.store.model import Channel

    store = Store(home_paths, "test")
    with store.unit() as unit:
        kept = next(unit.get(Channel, row["number"]) for row in shares.channels(unit.connection) if row["name"] == "mail")
        kept.options = json.dumps(json.loads(kept.options) | {"inbox_read": {"at": 7}, "inbox_waits": ["x"]})
    for change, still in ((["--copy"], True), (["--inbox", f"mbox:{tmp_path / 'two'}"], False)):
        way("share", "channel", "edit", "mail", *change)
        read = shares.channel_named(store.read(), "mail")["options"]
        assert ("inbox_read" in read, "inbox_waits" in read) == (still, still)
    store.close()
