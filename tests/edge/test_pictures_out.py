"""Pictures on their way out: clean, with words in their place, and on every channel the bytes that were shown before."""

import hashlib
import json
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from pkm.config import Home
from pkm.picture import clean
from tests.conftest import CommandLine
from tests.mail_server import MailServer
from tests.mail_server import mail as mail
from tests.social_server import TOKEN, Social
from tests.social_server import social as social

PICTURES = Path(__file__).parent.parent / "data" / "pictures"
WALK = clean((PICTURES / "turned.jpg").read_bytes(), "").data
DRAWN = clean((PICTURES / "told.png").read_bytes(), "").data
NAMES = {f"{hashlib.sha256(WALK).hexdigest()}.jpg": WALK, f"{hashlib.sha256(DRAWN).hexdigest()}.png": DRAWN}


@pytest.fixture
def notes(pkm: CommandLine, tmp_path: Path) -> dict[str, str]:
    """A folder of notes with pictures, taken in: title -> id; all of reach network but for the last."""
    vault = tmp_path / "vault"
    (vault / "img").mkdir(parents=True)
    for name, picture in (("img/walk.jpg", "turned.jpg"), ("a b.png", "told.png"), ("secret.jpg", "progressive.jpg")):
        (vault / name).write_bytes((PICTURES / picture).read_bytes())
    (vault / "paper.pdf").write_bytes(b"%PDF-1.4 SECRET")
    texts = {
        "Walking": "We walked.\n\n![A path *in* the woods](img/walk.jpg)\n\nAnd ![[a b.png|A drawing|300]] of it.",
        "Paper": "Read ![[paper.pdf|the paper]] now.", "Bare": "Look ![[a b.png|300]] here, and ![walk](img/walk.jpg).",
        "Said": "Not shown: `![[secret.jpg|x]]` %%![a hidden thing](secret.jpg)%% "
        "[[secret.jpg]] [it](secret.jpg) ![[nobody.png|gone]].",
        "Private": "Mine ![[secret.jpg|a secret]].",
    }  # fmt: skip
    for title, text in texts.items():
        (vault / f"{title}.md").write_text(f"# {title}\n\n{text}\n")
    pkm("import", str(vault))
    ids = {row["title"]: row["id"] for row in pkm.json("find", "kind:note")}
    pkm("sense", "reach", *(number for title, number in ids.items() if title != "Private"), "network")
    return ids


def sent(pkm: CommandLine, note: str, *channels: str) -> list[dict[str, Any]]:
    """The note went to the network by these channels: the rows of its preview, which are those that were sent."""
    pkm("circle", "edit", "network", *(word for name in channels for word in ("--channel", name)))
    pkm("share", "draft", note, "--to", "network", "--title", "Finds")
    shown = pkm.json("share", "preview", "x1")
    pkm("share", "send", "x1", "--yes")
    log = pkm.json("share", "log", "x1")
    assert sorted(row["sha256"] for row in log) == sorted(row["sha256"] for row in shown)
    assert {row["state"] for row in log} == {"sent"}
    return list(shown)


def test_they_lie_beside_files_and_pages(
    pkm: CommandLine, notes: dict[str, str], tmp_path: Path, home_paths: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    pkm("config", "site.url", "https://me.example/finds")
    pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    shown = sent(pkm, notes["Walking"], "drop", "site")
    for folder in (tmp_path / "drop", home_paths.site):
        assert {path.name: path.read_bytes() for path in (folder / "pictures").iterdir()} == NAMES
    jpg, png = NAMES
    (text,) = (tmp_path / "drop").glob("*.md")
    assert f"![A path *in* the woods](pictures/{jpg})" in text.read_text()
    assert f"![A drawing](pictures/{png})" in text.read_text()
    for page, up in ((next((tmp_path / "drop").glob("*.html")), ""), (home_paths.site / "notes/walking/index.html", "../../")):
        assert f'<img src="{up}pictures/{jpg}" alt="A path in the woods"' in page.read_text()
    assert f"https://me.example/finds/pictures/{jpg}" in (home_paths.site / "feed.xml").read_text()
    assert pkm.json("share", "site", "verify") == []
    assert {row["sha256"] for row in shown if row["media_type"].startswith("image/")} == {name[:64] for name in NAMES}
    out = b"".join(path.read_bytes() for folder in ("drop", "home/site") for path in (tmp_path / folder).rglob("*.*"))
    assert b"SECRET" not in out
    assert pkm.json("doctor") == []
    kept = [home_paths.attachments / name[:64] for name in NAMES]
    kept[0].rename(kept[0].with_name("elsewhere"))  # what stands there stays, and nothing else is in its way
    pkm("share", "site", "build")
    assert {path.name for path in (home_paths.site / "pictures").iterdir()} == set(NAMES)
    kept[0].with_name("elsewhere").rename(kept[0])
    pkm("share", "retract", "x1")
    assert not (home_paths.site / "pictures").exists()
    assert not (tmp_path / "drop" / "pictures").exists()


def test_an_undo_takes_them_down_and_an_export_has_them(
    pkm: CommandLine, notes: dict[str, str], tmp_path: Path, home_paths: Home
) -> None:
    pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    sent(pkm, notes["Walking"], "drop")
    pkm("export", str(tmp_path / "out"))
    assert {name[:64] for name in NAMES} <= {path.name for path in (tmp_path / "out" / "attachments").iterdir()}
    pkm("undo")
    assert not (tmp_path / "drop" / "pictures").exists()


def test_they_are_in_the_letter(
    pkm: CommandLine, notes: dict[str, str], mail: MailServer, home_paths: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    pkm("share", "channel", "add", "post", mail.url, "--from", "Me <me@example.org>")
    pkm("contact", "add", "Ann", "--email", "ann@example.org")
    pkm("circle", "join", "network", "c1", "--because", "peer")
    (shown,) = sent(pkm, notes["Walking"], "post")
    ((_, letter),) = mail.letters
    assert (hashlib.sha256(letter).hexdigest(), len(letter)) == (shown["sha256"], shown["bytes"])
    message = message_from_bytes(letter, policy=policy.default)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/jpeg", "image/png"
    ]  # fmt: skip
    page = message.get_body(("html",))
    assert page is not None
    pictures = {part["Content-ID"].strip("<>"): part.get_content() for part in message.walk() if part["Content-ID"]}
    assert list(pictures.values()) == [WALK, DRAWN]
    assert all(f'src="cid:{name}"' in page.get_content() for name in pictures)
    assert max(map(len, letter.split(b"\r\n"))) < 999
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    pkm("share", "preview", "x1", "--open")
    assert {path.name: path.read_bytes() for path in (home_paths.preview / "pictures").iterdir()} == NAMES
    assert "cid:" not in (home_paths.preview / "1.html").read_text()


@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
def test_they_go_with_the_post(
    pkm: CommandLine, notes: dict[str, str], social: Social, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCIAL_TOKEN", TOKEN)
    login = ["--login", "me.example", "--password-env"] if kind == "bluesky" else ["--token-env"]
    pkm("share", "channel", "add", "way", f"{kind}+{social.url}", *login, "SOCIAL_TOKEN")
    (shown,) = sent(pkm, notes["Walking"], "way")
    assert shown["text"].endswith("[picture: A path in the woods]\n[picture: A drawing]")
    assert "A path" not in shown["text"].partition("[picture")[0]
    (made,) = social.made.values()
    uploads = list(social.uploads.values())
    if kind == "mastodon":
        assert made["media_ids"] == list(social.uploads)
        for body, data, alt in zip(uploads, (WALK, DRAWN), (b"A path in the woods", b"A drawing"), strict=True):
            assert data in body
            assert b'name="description"\r\n\r\n' + alt in body
    else:
        assert uploads == [WALK, DRAWN]
        images = made["record"]["embed"]["images"]
        assert [one["alt"] for one in images] == ["A path in the woods", "A drawing"]
        assert images[0]["aspectRatio"] == {"width": 16, "height": 24}
        assert hashlib.sha256(social.bodies[0]).hexdigest() == shown["sha256"]


def test_they_follow_the_message_in_a_room(
    pkm: CommandLine, notes: dict[str, str], social: Social, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCIAL_TOKEN", TOKEN)
    pkm("share", "channel", "add", "way", f"matrix+{social.url}", "--room", "!abc:example.org", "--token-env", "SOCIAL_TOKEN")
    shown = sent(pkm, notes["Walking"], "way")
    assert [row["text"] for row in shown[1:]] == ["[picture: A path in the woods]", "[picture: A drawing]"]
    _, *images = social.made.values()
    assert [social.uploads[one["url"]] for one in images] == [WALK, DRAWN]
    assert images[0] == {"msgtype": "m.image", "body": "A path in the woods", "url": "mxc://example.org/0",
                         "info": {"mimetype": "image/jpeg", "size": len(WALK), "w": 16, "h": 24}}  # fmt: skip
    pkm("share", "retract", "x1")
    assert social.made == {}


def test_a_lost_picture_keeps_the_post_here(
    pkm: CommandLine, notes: dict[str, str], social: Social, home_paths: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCIAL_TOKEN", TOKEN)
    pkm("share", "channel", "add", "way", f"mastodon+{social.url}", "--token-env", "SOCIAL_TOKEN")
    pkm("circle", "edit", "network", "--channel", "way")
    pkm("share", "draft", notes["Walking"], "--to", "network", "--title", "Finds")
    kept = home_paths.attachments / hashlib.sha256((PICTURES / "turned.jpg").read_bytes()).hexdigest()
    kept.rename(kept.with_name("elsewhere"))
    (found,) = pkm.json("share", "check", "x1", ok=3)
    assert ("missing" in found["why"], found["next"]) == (True, "pkm doctor")
    kept.with_name("elsewhere").rename(kept)
    social.faults = ["drop after"]
    pkm("share", "send", "x1", "--yes", ok=4)
    made = home_paths.attachments / next(iter(NAMES))[:64]
    made.rename(made.with_name("elsewhere"))
    pkm("share", "send", "x1", "--yes")  # the account is asked: it is there, and need not be made again
    assert pkm.json("share", "log", "x1")[0]["state"] == "sent"
    assert len(social.made) == 1


@pytest.mark.parametrize(("title", "why"), [
    ("Paper", [("shows paper.pdf", "it is a PDF")]), ("Said", []),
    ("Bare", [("shows a b.png", "no words in its place"), ("shows img/walk.jpg", "no words in its place")]),
])  # fmt: skip
def test_what_may_not_go_is_said_with_what_mends_it(
    pkm: CommandLine, notes: dict[str, str], tmp_path: Path, title: str, why: list[tuple[str, str]]
) -> None:
    pkm("share", "channel", "add", "drop", f"files:{tmp_path / 'drop'}")
    pkm("circle", "edit", "network", "--channel", "drop")
    pkm("share", "draft", notes[title], "--to", "network", "--title", "Finds")
    found = pkm.json("share", "check", "x1", ok=3 if why else 0)
    assert [one["next"] for one in found] == [f"pkm sense edit {notes[title]}"] * len(why)
    for one, (what, because) in zip(found, why, strict=True):
        assert what in one["what"]
        assert because in one["why"]
    pkm("share", "send", "x1", "--yes", ok=3 if why else 0)
    files = list((tmp_path / "drop").rglob("*")) if (tmp_path / "drop").exists() else []
    assert not [path for path in files if path.suffix in (".jpg", ".png", ".pdf")]


def test_a_webhook_hears_only_of_them(
    pkm: CommandLine, notes: dict[str, str], social: Social, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZg==")
    pkm("share", "channel", "add", "way", f"webhook+{social.url}/in", "--secret-env", "HOOK_SECRET")
    sent(pkm, notes["Walking"], "way")
    (body,) = social.bodies
    assert [one["alt"] for one in json.loads(body)["data"]["pieces"][0]["pictures"]] == ["A path in the woods", "A drawing"]
    assert WALK[20:60] not in body
