"""Contacts through a real CardDAV server: two homes, each with its folder, Radicale between them, vdirsyncer as the carrier.

Skipped where the two are not there. To run it: `python -m venv /tmp/carddav; /tmp/carddav/bin/pip install radicale vdirsyncer`,
then PKM_CARDDAV=/tmp/carddav/bin (or both on PATH). Loopback only; the server is started and ended here.
"""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CommandLine


def tool(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join(filter(None, (os.environ.get("PKM_CARDDAV"), os.environ.get("PATH")))))
    if not found:
        pytest.skip(f"{name} is not installed (pip install radicale vdirsyncer; PKM_CARDDAV names their folder)")
    return found


@pytest.fixture
def address_book(tmp_path: Path) -> Iterator[str]:
    """The URL of Radicale's root, with an empty address book at me/book/."""
    radicale = tool("radicale")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    book = tmp_path / "server/collection-root/me/book"
    book.mkdir(parents=True)
    (book / ".Radicale.props").write_text('{"tag": "VADDRESSBOOK"}')
    url = f"http://127.0.0.1:{port}/"
    with (tmp_path / "radicale.log").open("wb") as log:
        server = subprocess.Popen(
            [radicale, "--config", "", "--server-hosts", f"127.0.0.1:{port}", "--auth-type", "none",
             "--rights-type", "authenticated", "--storage-filesystem-folder", str(tmp_path / "server")],
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    """Waits until the server answers, as long as it runs."""
    for _ in range(600):
        try:
            urllib.request.urlopen(url + ".web/", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            assert server.poll() is None, "the server ended"
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


class Machine:
    """One machine: a home of pkm's, a folder of cards, and vdirsyncer between the folder and the server."""

    def __init__(self, root: Path, url: str, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self.folder, self.config = root / "home", root / "book", root / "vdirsyncer.ini"
        self._pkm, self._monkeypatch = pkm, monkeypatch
        self.folder.mkdir(parents=True)
        self.config.write_text(f"""[general]
status_path = "{root}/status"
[pair people]
a = "here"
b = "there"
collections = [["book", "{self.folder.name}", "book"]]
[storage here]
type = "filesystem"
path = "{root}"
fileext = ".vcf"
[storage there]
type = "carddav"
url = "{url}"
username = "me"
password = "me"
""")
        self.vdirsyncer("discover")

    def vdirsyncer(self, command: str) -> str:
        done = subprocess.run(
            [tool("vdirsyncer"), "-c", str(self.config), command], input="y\n" * 9, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def pkm(self, *args: object, ok: int | tuple[int, ...] = 0) -> Any:
        self._monkeypatch.setenv("PKM_HOME", str(self.home))
        return self._pkm.json(*args, ok=ok)

    def sync(self) -> tuple[Any, Any]:
        """What a person runs, or their timer: from the server, in, out, to the server."""
        self.vdirsyncer("sync")
        taken = self.pkm("contact", "import", self.folder) if any(self.folder.glob("*.vcf")) else None
        given = self.pkm("contact", "export", self.folder)
        self.vdirsyncer("sync")
        return taken, given

    def person(self, name: str) -> Any:
        (found,) = [row for row in self.pkm("contact", "list", "-n", "99") if row["name"] == name]
        return found

    def files(self) -> dict[str, tuple[bytes, int]]:
        return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in self.folder.glob("*.vcf")}


@pytest.fixture
def machines(
    tmp_path: Path, address_book: str, pkm: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> tuple[Machine, Machine]:
    tool("vdirsyncer")
    return tuple(Machine(tmp_path / name, address_book, pkm, monkeypatch) for name in ("desk", "laptop"))  # type: ignore[return-value]


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_an_edit_travels_and_nothing_else_is_rewritten(machines: tuple[Machine, Machine], version: str) -> None:
    desk, laptop = machines
    desk.pkm("contact", "add", "Ann Lee", "--email", "ann@x.example", "--org", "Acme", "--tag", "club", "--about", "Ä; b,\nc")
    desk.pkm("contact", "add", "Ben Ünal", "--email", "ben@x.example")
    assert desk.pkm("contact", "export", desk.folder, "--version", version)["new"] == 2
    desk.sync()
    assert laptop.sync()[0]["new"] == 2
    ann = laptop.person("Ann Lee")
    assert (ann["emails"], ann["org"], ann["tags"], ann["about"]) == (["ann@x.example"], "Acme", ["club"], "Ä; b,\nc")

    for machine in (desk, laptop, desk, laptop):  # everybody has everything: nothing moves
        before = machine.files()
        taken, given = machine.sync()
        assert (taken["new"], taken["updated"], given["new"], given["updated"]) == (0, 0, 0, 0)
        assert machine.files() == before

    laptop.pkm("contact", "edit", "Ann Lee", "--org", "Beta", "--email", "ann@beta.example")
    before = laptop.files()
    assert laptop.sync()[1]["updated"] == 1
    assert len([name for name, file in laptop.files().items() if file != before[name]]) == 1
    assert desk.sync()[0]["updated"] == 1
    ann = desk.person("Ann Lee")
    assert (ann["org"], ann["emails"]) == ("Beta", ["ann@beta.example"])
    before = desk.files()
    assert desk.sync()[1]["updated"] == 0
    assert desk.files() == before


def test_both_sides_change_one_contact_and_one_is_deleted(machines: tuple[Machine, Machine]) -> None:
    desk, laptop = machines
    desk.pkm("contact", "add", "Ann Lee", "--org", "Acme", "--about", "base")
    desk.pkm("contact", "add", "Ben", "--email", "ben@x.example")
    desk.sync()
    laptop.sync()
    laptop.pkm("contact", "edit", "Ann Lee", "--org", "Beta", "--email", "ann@beta.example")
    (ben,) = [path for path in laptop.folder.glob("*.vcf") if "FN:Ben" in path.read_text()]
    ben.unlink()
    laptop.sync()
    desk.pkm("contact", "edit", "Ann Lee", "--org", "Gamma", "--about", "base and more")
    desk.vdirsyncer("sync")
    told = desk.pkm("contact", "import", desk.folder, ok=4)
    assert [(one["field"], one["here"], one["there"]) for one in told["conflicts"]] == [("org", "Gamma", "Beta")]
    ann = desk.person("Ann Lee")
    assert (ann["org"], ann["emails"], ann["about"]) == ("Gamma", ["ann@beta.example"], "base and more")
    given = desk.pkm("contact", "export", desk.folder)
    assert [one["name"] for one in given["deleted"]] == ["Ben"]
    assert "Beta" in next(desk.folder.glob("*.vcf")).read_text()
    assert desk.person("Ben")["emails"] == ["ben@x.example"]
    desk.vdirsyncer("sync")
    assert laptop.sync()[0]["updated"] == 1
    assert laptop.person("Ann Lee")["org"] == "Gamma"
    assert desk.pkm("contact", "export", desk.folder, "--restore")["new"] == 1
