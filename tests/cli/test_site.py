"""`pkm share site`: what it holds beside the pages, how it is published, and how it looks on a phone and on a desk."""

import shutil
import struct
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pkm.seek.opml import read_opml
from tests.conftest import CommandLine

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


@pytest.fixture
def built(pkm: CommandLine, home: Path) -> Path:
    """A site with an issue of two notes, each with a page of its own."""
    pkm("sense", "note", "Walking retros work: two by two, and slowly. #practice", "--reach", "network")
    pkm("sense", "note", "Roads follow feet, see [[n1]]. #org/design", "--reach", "network")
    pkm("share", "--yes")
    return home / "site"


def test_what_was_withdrawn_says_so_and_servers_can_read_it(pkm: CommandLine, built: Path) -> None:
    assert (built / "notes/walking-retros-work-two-by-two-and-slowly/index.html").is_file()
    assert '"path":"notes/' in (built / "search.json").read_text()
    assert "is what was sent" in pkm("share", "site", "verify").out
    pkm("share", "retract", "x1")
    paths = [line.removesuffix(" 410") for line in (built / "410.txt").read_text().splitlines()]
    assert len(paths) == 3
    assert all("withdrawn" in (built / path.lstrip("/") / "index.html").read_text() for path in paths)


def test_verify_names_what_is_another_file_and_build_mends_it(pkm: CommandLine, built: Path) -> None:
    (built / "index.html").write_text("mine")
    assert pkm.json("share", "site", "verify", ok=1) == [{"what": "index.html", "why": "it is not what was built"}]
    assert pkm.json("share", "site", "build")["changed"] == ["index.html"]


def test_what_a_new_setting_builds_anew_is_told_apart_from_damage(pkm: CommandLine, built: Path) -> None:
    pkm("config", "site.title", "Walks")
    (built / "search/index.html").write_text("mine")
    found = {one["what"]: one["why"] for one in pkm.json("share", "site", "verify", ok=1)}
    assert (found["search/index.html"], found["index.html"]) == (
        "it is not what was built", "it was built before a setting, or something else that it is made of, changed"
    )  # fmt: skip
    told = pkm("doctor").out.splitlines()
    assert told == [
        "+ channel site: 1 file differed from what was sent; now it is right",
        f"· channel site: {len(found) - 1} files were built before a setting, or something else that they are made of, changed; "
        "they are built anew",
    ]
    assert pkm("doctor").err == "All is well.\n"
    pkm("config", "site.title", "Ways")
    assert [row["state"] for row in pkm.json("doctor")] == ["told"]
    assert "Ways" in (built / "index.html").read_text()


def test_the_command_runs_without_a_shell_after_a_change_and_again_after_a_failure(
    pkm: CommandLine, built: Path, tmp_path: Path
) -> None:
    said = tmp_path / "said"
    program = f"import sys; open({str(said)!r}, 'a').write(sys.argv[1])"
    pkm("share", "channel", "edit", "site", "--publish", f'{sys.executable} -c "{program}" "$HOME;x"')
    assert pkm.json("share", "site", "build")["published"] is False
    assert pkm("config", "name", "Ada").err.startswith("The pages of the site have it after: pkm share site build\n")
    assert pkm.json("share", "site", "build")["published"] is True
    assert said.read_text() == "$HOME;x"
    pkm("share", "channel", "edit", "site", "--publish", f'{sys.executable} -c "import sys; sys.exit(\'no room\')"')
    pkm("sense", "note", "A third find", "--reach", "network")
    assert "ended with 1: no room" in pkm("share", "--yes", ok=4).err
    assert pkm.json("share", "log", "x2")[0]["state"] == "refused"
    assert "no room" in pkm("share", "site", "build", ok=4).err
    pkm("share", "channel", "edit", "site", "--publish", "")
    pkm("share", "send", "x2", "--yes")


def test_what_an_undo_took_down_is_told_to_be_up_until_it_is_published(pkm: CommandLine, built: Path) -> None:
    pkm("share", "channel", "edit", "site", "--publish", "true")
    pkm("sense", "note", "A third find", "--reach", "network")
    pkm("share", "--yes")
    told = pkm("undo").err
    assert "What others read at site is as it was. Next: pkm share site build\n" in told
    assert [row["id"] for row in pkm.json("doctor", ok=None)] == ["channel site"]
    assert pkm.json("share", "site", "build")["published"] is True
    assert pkm.json("doctor", ok=None) == []


def test_the_blogroll_names_the_sources_with_its_tag_alone(pkm: CommandLine, built: Path, tmp_path: Path) -> None:
    from pkm.config import Home
    from pkm.sense.tags import change_tags
    from pkm.store.model import Source
    from pkm.store.session import Store

    store = Store(Home.find(), "setup")
    with store.unit() as unit:
        for url in ("https://open.example/feed?p=1", "https://own.example/feed", "https://secret.example/feed?token=abc123"):
            unit.add(Source(url=url, site_url="https://open.example/?key=abc12345", title=url[8:12], created_at=unit.at))
    change_tags(store, [("source", 1), ("source", 3)], ["blogroll"], [])
    store.close()
    made = pkm.json("share", "site", "build")
    assert "blogroll.opml" in made["changed"]
    assert [(one["what"], "token=" in one["why"]) for one in made["left_out"]] == [("s3 “secr”", True)]
    assert "pkm seek edit s3 --url" in pkm("share", "site", "build").err
    roll = (built / "blogroll.opml").read_text()
    (feed,) = read_opml(roll.encode()).outlines
    assert (feed.url, feed.title, feed.site_url) == ("https://open.example/feed?p=1", "open", "https://open.example/")
    assert [one.text for one in ElementTree.fromstring(roll).iterfind("head/title")] == ["Finds"]  # as any reader finds it
    page = (built / "blogroll/index.html").read_text()
    assert '<a href="https://open.example/">open</a>' in page
    assert 'href="../blogroll.opml"' in page
    assert not [word for word in ("own.example", "secret", "abc12") if word in roll + page]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
@pytest.mark.parametrize(("width", "page"), [(390, "2026/finds-23-november-2026"), (1280, "search")])
def test_a_browser_shows_it(pkm: CommandLine, built: Path, tmp_path: Path, width: int, page: str) -> None:
    picture = tmp_path / "page.png"
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--hide-scrollbars"]
    subprocess.run(
        [str(CHROMIUM), *arguments, f"--window-size={width},900", f"--screenshot={picture}",
         (built / page / "index.html").as_uri()], capture_output=True, timeout=170, check=True,
    )  # fmt: skip
    assert struct.unpack(">II", picture.read_bytes()[16:24]) == (width, 900)
    assert picture.stat().st_size > 12_000  # an empty page is smaller
