"""A secret that a server repeats in what it says stands in no row, no message and no file, however it is written."""

import base64
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from pkm.errors import PkmError
from pkm.net.imap import _words
from pkm.secret import HIDDEN, hide, read_secret
from tests.conftest import CommandLine
from tests.mail_server import MailServer, serve
from tests.social_server import Social
from tests.social_server import social as social

SECRETS = {"webhook": "whsec_" + base64.b64encode(b"a secret of some length").decode()}
TOKEN = "the-token-nobody-may-see"
FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda one: f"Bearer {one} is not known",
    "cut off": lambda one: f"Bearer {one[:-3]}… is not known",
    "in capitals": lambda one: f"BEARER {one.upper()}",
    "in a link": lambda one: f"https://x.example/?token={quote(one, safe='')}",
    "in base64": lambda one: "AUTH PLAIN " + base64.b64encode(f"\0ann\0{one}".encode()).decode(),
    "in base64 of links": lambda one: base64.urlsafe_b64encode(f"ann:{one}?>".encode()).decode().rstrip("="),
}
ACCESS = {
    "mastodon": ("--token-env", "TOKEN"), "bluesky": ("--login", "me.example", "--password-env", "TOKEN"),
    "matrix": ("--room", "!abc:example.org", "--token-env", "TOKEN"), "webhook": ("--secret-env", "TOKEN"),
}  # fmt: skip


def traces(secret: str) -> list[str]:
    """What must be nowhere: enough of the secret to go on with."""
    return [secret[:12].lower(), quote(secret, safe="")[:12].lower(), *(
        base64.b64encode(front + secret.encode())[8:24].decode().lower() for front in (b"\0ann\0", b"ann:")
    )]  # fmt: skip


def draft(pkm: CommandLine, *channel: str) -> None:
    pkm("share", "channel", "add", "way", *channel)
    pkm("circle", "add", "peers", "--kind", "community", "--channel", "way")
    pkm("contact", "add", "Ann", "--email", "ann@example.org")
    pkm("circle", "join", "peers", "c1", "--because", "peer")
    pkm("sense", "note", "Walking retros work", "--reach", "network")


@pytest.mark.parametrize("kind", ACCESS)
def test_what_a_server_repeats_is_hidden(
    pkm: CommandLine, home: Path, social: Social, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = SECRETS.get(kind, TOKEN)
    monkeypatch.setenv("TOKEN", secret)
    draft(pkm, f"{kind}+{social.url}", *ACCESS[kind])
    said = ""
    for number, form in enumerate(FORMS.values(), 1):
        pkm("share", "draft", "n1", "--to", "peers", "--title", f"Finds {number}")
        social.faults = [{"error": form(secret)}]
        results = [pkm("share", "send", f"x{number}", "--yes", ok=4), pkm("share", "log", f"x{number}", "--json")]
        social.faults = [{"error": form(secret)}]
        results.append(pkm("share", "channel", "test", "way", ok=None))
        said += "".join(result.out + result.err for result in results)
    assert said.count("401") >= 2 * len(FORMS)
    assert HIDDEN in said
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file()).decode("latin-1")
    assert not [trace for trace in traces(secret) if trace in (said + kept).lower()]


def test_a_mail_server_that_repeats_it(pkm: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = MailServer(users={"ann": TOKEN})
    controller = serve(server)
    monkeypatch.setenv("TOKEN", TOKEN)
    draft(pkm, server.url, "--from", "Me <me@example.org>", "--login", "ann", "--password-env", "TOKEN")
    said = ""
    for number, form in enumerate(FORMS.values(), 1):
        pkm("share", "draft", "n1", "--to", "peers", "--title", f"Finds {number}")
        server.refuse = {"ann@example.org": f"550 {form(TOKEN)}", "me@example.org": f"550 {form(TOKEN)}"}
        results = [pkm("share", "send", f"x{number}", "--yes", ok=4), pkm("share", "log", f"x{number}", "--json"),
                   pkm("share", "channel", "test", "way", ok=1)]  # fmt: skip
        said += "".join(result.out + result.err for result in results)
    controller.stop()
    assert said.count("550") >= 3 * len(FORMS)
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file()).decode("latin-1")
    assert not [trace for trace in traces(TOKEN) if trace in (said + kept).lower()]


def test_other_words_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", TOKEN)
    assert read_secret("env:TOKEN") == TOKEN
    said = "422 Validation failed: the status 5dGhlIHRva2Vu is longer than 500 characters, see https://x.example/the-book"
    assert hide(said) == said
    assert _words(PkmError("x", f"LOGIN ann {TOKEN} failed")) == f"x: LOGIN ann {HIDDEN} failed"
