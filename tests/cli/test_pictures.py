"""README shows the dashboard and the site as they are: `pytest --rewrite tests/cli/test_pictures.py` stores the pictures anew."""

import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, MONOKAI
from rich.text import Text

from pkm.config import Home
from pkm.store.session import Store
from tests.cli.test_sense import run_on_pty
from tests.conftest import CommandLine, KeptHomes
from tests.desk.picture import fill, text_of

PICTURES = Path(__file__).resolve().parent.parent / "pictures"
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
THEMES = {"light": DEFAULT_TERMINAL_THEME, "dark": MONOKAI}


@pytest.fixture
def week(pkm: CommandLine, home: Path, kept_homes: KeptHomes) -> Path:
    """A home after some weeks: items that wait, people, two circles, a promise, a draft, and a site with two notes."""
    kept_homes.fill(home, "pictures", lambda: live(pkm))
    return home


def live(pkm: CommandLine) -> None:
    store = Store(Home.find(), "setup")
    fill(store)
    store.close()
    pkm("config", "name", "Ada Verne")
    pkm("circle", "add", "practice", "--kind", "community")
    for name in ("Maria Silva", "Ken Ito", "Bo Dahl"):
        pkm("contact", "add", name, "--nick", name.split()[0].lower())
        pkm("circle", "join", "practice", name, "--because", "walks with us")
    pkm("contact", "log", "maria", "call, promised the paper by 2026-11-27", "--when", "2026-10-01")
    pkm("sense", "note", "Retros that walk\n\nOn a walk the quiet ones talk, *two by two*. We tried it in three teams; rain "
        "ends it.\n\n- ask one question before you leave\n- turn round at half time\n\n#retro #practice",
        "--reach", "network")  # fmt: skip
    pkm("sense", "note", "Desire paths beat roadmaps\n\nWhere people walk, a path appears: pave that. It is what "
        "[[Retros that walk]] taught us about plans.\n\n#planning", "--reach", "network")  # fmt: skip
    pkm("sense", "keep", "i3", "-m", "Walking makes a meeting shorter, and nobody missed the slides. #retro")
    pkm("sense", "annotate", "i3", "-q", "We walked and talked")
    pkm("sense", "reach", "n4", "network")
    pkm("share", "draft", "n2,n3,n4", "--to", "network", "--title", "Three finds on walking")
    pkm("share", "send", "x1", "--yes")
    pkm("sense", "note", "Who asks first decides what is talked about #meetings", "--reach", "community")
    pkm("sense", "note", "What would change our mind?")


@pytest.mark.parametrize("theme", THEMES)
def test_the_dashboard_looks_as_it_did(week: Path, theme: str, request: pytest.FixtureRequest) -> None:
    shown = run_on_pty(week, [], color=True).rpartition("\nexit ")[0]
    console = Console(record=True, width=80, file=open("/dev/null", "w"))  # noqa: SIM115 - as long as the test
    console.print(Text.from_ansi(shown.replace("\r\n", "\n")))
    picture = re.sub(r"@font-face\s*\{[^}]*\}\s*", "", console.export_svg(title="pkm", theme=THEMES[theme], unique_id="pkm"))
    stored = PICTURES / f"dashboard-{theme}.svg"
    if request.config.getoption("--rewrite"):
        stored.write_text(picture, encoding="utf-8")
    assert text_of(picture) == text_of(stored.read_text(encoding="utf-8"))


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
@pytest.mark.parametrize(("size", "page"), [("390,844", "2026/three-finds-on-walking-11-23"), ("1000,620", "")])
def test_the_site_in_a_browser(week: Path, tmp_path: Path, size: str, page: str, request: pytest.FixtureRequest) -> None:
    picture = tmp_path / "page.png"
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--hide-scrollbars"]
    subprocess.run(
        [str(CHROMIUM), *arguments, f"--window-size={size}", f"--screenshot={picture}",
         (week / "site" / page / "index.html").as_uri()], capture_output=True, timeout=170, check=True,
    )  # fmt: skip
    width, height = map(int, size.split(","))
    assert struct.unpack(">II", picture.read_bytes()[16:24]) == (width, height)
    assert picture.stat().st_size > 15_000  # an empty page is smaller
    if request.config.getoption("--rewrite"):
        (PICTURES / f"site-{width}.png").write_bytes(picture.read_bytes())
