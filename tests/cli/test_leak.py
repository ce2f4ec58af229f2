"""Nothing private leaves: notes with every hole there is, and all bytes of every way out searched for what they hide."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from pkm import attachment_files
from pkm.config import Home
from pkm.people.circles import join
from pkm.people.contacts import add_contact
from pkm.sense.notes import add_note
from pkm.store import attachments
from pkm.store.attachments import Attached
from pkm.store.model import Handle
from pkm.store.session import Store
from tests.conftest import CommandLine
from tests.mail_server import MailServer
from tests.mail_server import mail as mail

HOLES = (  # (what the note says, why it is refused; "": the rendering leaves it out)
    ("as in [[SECRET title {n}]]", ""), ("as in [[SECRET title {n}|there]]", ""), ("![[SECRET title {n}]]", ""),
    ("![[SECRET title {n}#part]]", ""), ("[there](<SECRET title {n}.md>)", ""), ("![shown](SECRET/photo-{n}.jpg)", ""),
    ("![[SECRET photo {n}.png]]", ""), ("%%SECRET remark {n}%%", ""), ("<!-- SECRET remark {n} -->", ""),
    ("`[[SECRET title {n}]]`", ""), ("[file](file:///home/SECRET/{n})", ""), ("text %%SECRET without an end {n}", ""),
    ("mail secret{n}@example.org", "the address"), ("[him](mailto:secret{n}%40example.org)", "the address"),
    ("call +49 30 5550{n:04}", "the number"), ("AKIASECRET{n:010}", "secret key"), ("ghp_SECRET{n:034}", "secret key"),
    ("sk-SECRET{n:030}", "secret key"), ("-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET{n}", "secret key"),
    ("eyJSECRETSECRET.eyJSECRET{n:04}.SECRETSECRET{n}", "secret key"),
    ("![A view](view.jpg)", ""), ("![A drawing](told.png) %%![one more](SECRET-own.gif)%%", ""), ("[mine](SECRET-own.gif)", ""),
    ("![[SECRET-plan.pdf|the plan]]", "it is a PDF"),
    # what looks like code and is none, to a parser
    ("see\n\n> ```\n\n%%SECRET {n}%%", ""), ("see\n\n> ```\nlazy %%SECRET {n}%%\n\n```\nx", ""), ("%%SECRET {n}%% `x`", ""),
    ("a\n\n    ```\n\n%%SECRET {n}%%\n\nend", ""), ("a\n\n|a|b|\n|-|-|\n| ` | %%SECRET {n}%% ` |", ""),
    ("x\n\n~~~ %%SECRET {n}%%\nx\n~~~", ""),
    ("<https://x.example/`a> %%SECRET {n}%% `", ""), ("[[a`b]] %%SECRET {n}%% `", ""),
    ("a\n\n    code %%\n\n%%SECRET {n}%%", "%%comment%% in line 5"),
    ("<https://x.example/`a> [it](SECRET%20title%20{n}.md) `", ""), ("%<!-- x -->%SECRET {n}%%", ""),
    ("a[^1]\n\n[^1]: b\n\n    %%SECRET {n}%%", ""), ("a\n\n<div>\n`x %%SECRET {n}%% `\n</div>", ""),
    ("a\n\n    <!-- SECRET {n} -->", ""),
    # remarks in what leads nowhere
    ("a\n\n[//]: # (SECRET {n})", ""), ('a\n\n[comment]: # "SECRET {n}"', ""), ("a\n[//]: <> (SECRET\nSECRET {n})\nb", ""),
    ("a\n\n- [x]: https://x.example 'SECRET {n}'", ""), ("a\n\n> [SECRET {n}]: #", ""),
    ("100%% sure %%SECRET {n}%% yes", "%%comment%% in line 1 of it"), ("x %%%%SECRET {n}%%%%", "%%comment%%"),
    ("<!-- %% -->a %%SECRET {n}%%", "%%comment%%"),
    # the names of notes that must not be named
    ("[SECRET title {n}](SECRET%20title%20{n}.md)", ""), ("[SECRET *title* {n}][r]\n\n[r]: <SECRET title {n}.md>", ""),
    ("[[SECRET title {n}|SECRET  title {n}]]", ""), ("[x][SECRET title {n}]\n\n[SECRET title {n}]: SECRET%20title%20{n}.md", ""),
    ("[SECRET title {n}](SECRET title {n}.md)", ""), ("[it](SECRET title {n}.md 'SECRET')", ""),
    ('<a href="SECRET%20title%20{n}.md">SECRET title {n}</a>', ""), ("<A HREF=SECRET title {n}.md>it</A>", ""),
    ("<img src='SECRET title {n}.md' alt='SECRET title {n}'>", ""), ('<a href="x.md">SECRET title {n}</a>', "its title"),
    ("[it](obsidian://open?vault=v&file=SECRET%20title%20{n})", ""), ("![SECRET title {n}](SECRET%20title%20{n}.md)", ""),
    ("[[nothing|SECRET title {n}]]", "its title"), ("x\n\n> SECRET “title” {n}", "its title"),
    # their words, quoted
    ("x\n\n- > Nobody is told of SECRET {n}, not in so many words", "words of it"),
    ("x\n\n>\u00a0Nobody is *told* of SEC\u00adRET {n}, not in so", "words of it"),
    ("x\n\n> Ann:\nNobody is told of SECRET {n}, not in so many words", "words of it"),
    # people, however they are written
    ("'secret{n}@example.org'", "the address"), ("…secret{n}@example.org", "the address"), ("...secret{n}@example.org",
    "the address"),
    ("\"secret{n}\"@example.org", "the address"), ("secret{n}(mine)@example.org", "the address"),
    ("secret{n}@example\u3002org", "the address"), ("x&secret{n}@example.org", "the address"),
    ("secret{n} (at) example [dot] org", "the address"), ("secret{n}@xn--bcher-kva.example", "the address"),
    ("SECRET**{n}**@example.org", "the address"),
    ("+49\u201130\u20115550{n:04}", "the number"), ("https://wa.me/49305550{n:04}", "the number"),
    ("(030) 5550\u2009{n:04} / 0171 234567", "the number"),
    # keys, and addresses with one in them
    ("npm_SECRET{n:030}", "secret key"), ("gh**p_SECRET**{n:030}", "secret key"), ("gh\u200bp_SECRET{n:030}", "secret key"),
    ("postgres://ann:SECRET{n}@db.example/x", "secret key"), ("aws_secret_access_key = SECRET1a2b3c4d5e6f{n:022}", "secret key"),
    ("[it](https://x.example/?p=1&token=SECRET{n})", "has token="), ("<https://x.example/private/SECRET1a2b3c4d5e{n}/rss>",
    "nobody can guess"),
)  # fmt: skip
PICTURES = Path(__file__).parent.parent / "data" / "pictures"
ATTACHED = {  # name -> bytes; those of view.jpg and told.png tell of a camera and a place, the others are the private notes'
    "view.jpg": (PICTURES / "turned.jpg").read_bytes(), "told.png": (PICTURES / "told.png").read_bytes(),
    "SECRET-own.gif": (PICTURES / "moving.gif").read_bytes(), "SECRET-plan.pdf": b"%PDF-1.4 SECRET plan",
}  # fmt: skip
SECRET = re.compile(rb"SECRET|secret\d|5550\d{4}", re.I)


@pytest.fixture
def holes(pkm: CommandLine, home_paths: Home, tmp_path: Path, mail: MailServer) -> dict[str, str]:
    """Two hundred notes, half of them private ones that the others speak of: id -> why it is refused, of the others."""
    pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    pkm("share", "channel", "add", "post", mail.url, "--from", "Me <me@example.org>")
    pkm("circle", "edit", "network", "--channel", "drop", "--channel", "post", "--channel", "site")
    store = Store(home_paths, "setup")
    with store.unit() as unit:
        attachments.put(unit, (
            Attached(name, attachment_files.keep(home_paths.attachments, data), "", len(data)) for name, data in ATTACHED.items()
        ))  # fmt: skip
    made = {}
    for n in range(100):
        words, why = HOLES[n % len(HOLES)]
        add_note(store, f"SECRET title {n}\n\nNobody is told of SECRET {n}, not in so many words. "
                 "![[SECRET-own.gif|mine]] ![[SECRET-plan.pdf|so]]")  # fmt: skip
        made[str(add_note(store, f"A find of day {n}: {words.format(n=n)}", reach="network").row["id"])] = why
        if why == "the address":
            add_contact(store, f"Person {n}", emails=[f"secret{n}@example.org", f"secret{n}@bücher.example"])
        if why == "the number":
            person = add_contact(store, f"Person {n}").number
            with store.unit() as unit:  # as a card brings it
                number = f"030 / 5550{n:04}"
                unit.add(Handle(contact_id=person, kind="phone", value=number, folded=number))
    ann = add_contact(store, "Ann Able", emails=["ann@example.org"])
    join(store, 1, [ann.number], "peer")
    store.close()
    return made


def gone_out(tmp_path: Path, mail: MailServer) -> bytes:
    """All bytes that are outside of the store: files of the site and of the folder, letters as they came and decoded."""
    files = [file for folder in ("drop", "home/site") for file in (tmp_path / folder).rglob("*") if file.is_file()]
    letters = [letter for _, letter in mail.letters]
    parts = [
        part.get_payload(decode=True)
        for letter in letters for part in message_from_bytes(letter, policy=policy.default).walk() if not part.is_multipart()
    ]  # fmt: skip
    return b"\n".join([*(file.read_bytes() + file.name.encode() for file in files), *letters, *parts])


def test_nothing_that_is_private_leaves(
    pkm: CommandLine, holes: dict[str, str], tmp_path: Path, mail: MailServer
) -> None:
    pkm("share", "draft", *holes, "--to", "network", "--title", "All")
    found = pkm.json("share", "check", "x1", ok=3)
    for reason in {why for why in holes.values() if why}:
        assert any(reason in one["why"] and one["next"].startswith("pkm ") for one in found), reason
    assert "x1" in pkm("share", "send", "x1", "--yes", ok=3).err
    assert not gone_out(tmp_path, mail)
    for note in [note for note, why in list(holes.items())[: len(HOLES)] if why]:
        pkm("share", "draft", note, "--to", "network", "--title", "One")
        assert pkm.json("share", "check", ".", ok=3)

    safe = [note for note, why in holes.items() if not why]
    pkm("share", "draft", *safe, "--to", "network", "--title", "Safe")
    pkm("share", "send", ".", "--yes")
    out = gone_out(tmp_path, mail)
    assert out.count(b"A find of day 0") >= 6  # folder, page, feeds, both halves of the letter
    assert not {out[match.start() - 60 : match.end() + 40] for match in SECRET.finditer(out)}
    shown = {name: (PICTURES / name).read_bytes() for name in ("turned.clean.jpg", "told.clean.png")}
    assert all(out.count(data) == 3 for data in shown.values())  # folder, page, letter
    assert (PICTURES / "moving.clean.gif").read_bytes() not in out
    assert not pkm.json("share", "check", ".")


@pytest.mark.parametrize("addresses", [("ann@example.org", "ben@example.org"), ("ann@faß.example", "ann@fass.example")])
def test_an_address_that_one_may_read_goes_to_none_of_the_others(pkm: CommandLine, addresses: tuple[str, str]) -> None:
    pkm("share", "channel", "add", "post", "smtp://127.0.0.1:9", "--from", "Me <me@example.org>")
    pkm("circle", "add", "practice", "--kind", "community", "--channel", "post")
    for name, address in zip(("ann", "ben"), addresses, strict=True):  # her letter is looked at first
        pkm("contact", "add", name, "--email", address)
        pkm("circle", "join", "practice", name, "--because", "peer")
    pkm("sense", "note", f"Write to {addresses[0]}", "--reach", "community")
    pkm("share", "draft", "n1", "--to", "practice")
    (found,) = pkm.json("share", "check", "x1", ok=3)
    assert (found["what"], found["why"]) == ("c1", f"the address {addresses[0]} would go out with n1")
