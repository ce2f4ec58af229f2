"""Fixtures every test may use: the shared public data, a home of its own, a fixed clock."""

import contextlib
import gc
import inspect
import io
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import settings

from tests.effort import tries
from tests.server import one_server as one_server
from tests.server import server as server

if TYPE_CHECKING:
    from pkm.config import Home
    from pkm.store.session import Store

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--rewrite`: the transcripts take what the program says now."""
    parser.addoption("--rewrite", action="store_true", help="rewrite the transcripts in tests/cli/transcripts")


def pytest_configure(config: pytest.Config) -> None:
    """A worker of xdist ignores Ctrl-C, and so would every process that a test starts to press it."""
    if hasattr(config, "workerinput"):
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each process that a test starts compiles all of pkm anew,
    sys.dont_write_bytecode = False  # and each run rewrites every test anew, which takes longer than to collect it
    settings.register_profile("effort", max_examples=tries(30), deadline=None)
    settings.load_profile("effort")


def pytest_collection_finish() -> None:
    """What was imported and collected stays: looking through it for garbage again and again takes a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_runtest_logfinish() -> None:
    """What tests left open, such as a store, is closed: a process has no more than a thousand open files."""
    if next(_finished) % 16 == 0:  # looking after each test takes longer than most tests
        gc.collect()
        gc.freeze()  # what is there between two tests stays, and is not looked through again


_finished = count(1)


@pytest.fixture(scope="session", autouse=True)
def _commands_are_built_once() -> None:
    """The tree of commands, which never changes, is built by the first run of the command line in this process."""
    import typer

    typer.main.get_group = cache(typer.main.get_group)
    typer.main.get_command = cache(typer.main.get_command)


@pytest.fixture(scope="session", autouse=True)
def _nothing_waits_for_the_disk() -> None:
    """No test cuts the power: a commit need not be on the disk (tests/store/test_session.py holds that it is to be), nor
    a file (the processes that tests kill are not this one).
    """
    from pkm.store import session

    os.fsync = lambda _number: None

    def at_once(*args: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*args, **options)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    connect, session.connect = session.connect, at_once


@pytest.fixture(scope="session", autouse=True)
def _templates_are_compiled_once() -> None:
    """A template of the same text, name and place is the same code in every home: compiling it takes a tenth of a second."""
    from jinja2 import Environment

    made: dict[object, CodeType] = {}

    def once(self: Environment, source: Any, *place: Any, **options: Any) -> Any:
        key = (type(self), source, place, tuple(options.items()))
        if not isinstance(source, str):
            return compile_it(self, source, *place, **options)
        if key not in made:
            made[key] = compile_it(self, source, *place, **options)
        return made[key]

    compile_it, Environment.compile = Environment.compile, once


@pytest.fixture(scope="session", autouse=True)
def _stores_are_copied(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[None]":
    """A new store is a copy of one that was made in earnest at the same instant: making it anew takes a tenth of a second."""
    from pkm.config import Home
    from pkm.store import session

    made: dict[str, bytes] = {}

    def create(home: Home) -> None:
        at = os.environ.get("PKM_NOW")
        if home.db.exists() or not at:
            make(home)
            return
        if at not in made:
            folder = tmp_path_factory.mktemp("made")
            model = Home(folder, folder, folder)
            make(model)
            made[at] = model.db.read_bytes()
        home.ensure()
        home.db.touch(0o600)
        home.db.write_bytes(made[at])

    make, session.create = session.create, create
    yield
    session.create = make


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real public data; tests that need it skip where it is absent."""
    path = Path(os.environ.get("PKM_TEST_DATA", ROOT.parent / "shared")).resolve()
    if not (path / "feeds").is_dir():
        pytest.skip(f"no public test data at {path} (set PKM_TEST_DATA)")
    return path


class KeptHomes:
    """Homes that several tests start from: each is lived in once, and copied after that."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lead_to: dict[str, list[str]] = {}

    def fill(self, home: Path, name: str, live: Callable[[], object], server: str = "") -> None:
        """The home is as `live` leaves it; it runs the first time only. name: what tells this life from others.

        A channel that leads to a folder beside the home leads to the one beside this home; one that leads to the server
        of that time (its URL) to this one. It is no copy to itself: what was queued in it leaves from here.
        """
        kept, here = self._folder / name, [str(home.parent), *([server] if server else [])]
        if not kept.exists():
            live()
            shutil.copytree(home, kept)
            self._lead_to[name] = here
            return
        if home.exists():
            shutil.rmtree(home)
        shutil.copytree(kept, home)
        if (home / "outbox.log").exists():
            from pkm.config import Home
            from pkm.share import origin

            origin._put_here(Home.find(), os.environ["PKM_NOW"])
        stored = (home / "pkm.db").read_bytes()
        moved = [(was, now) for was, now in zip(self._lead_to[name], here, strict=True) if was.encode() in stored]
        if not moved:
            return
        with contextlib.closing(sqlite3.connect(home / "pkm.db", isolation_level=None)) as db:
            for was, now in moved:
                db.execute("UPDATE channel SET address = replace(address, :was, :now), options = replace(options, :was, :now)",
                           {"was": was, "now": now})  # fmt: skip


@pytest.fixture(scope="session")
def kept_homes(tmp_path_factory: pytest.TempPathFactory) -> KeptHomes:
    """Homes that were lived in by fixtures of this run."""
    return KeptHomes(tmp_path_factory.mktemp("kept"))


def kept_home(live: Callable[..., object]) -> Any:
    """A fixture of that name: the command line (or the home) after `live` was in the home, once a run, with what it asks for."""

    @pytest.fixture(name=live.__name__)
    def lived(request: pytest.FixtureRequest, home: Path, kept_homes: KeptHomes) -> Any:
        given = {name: request.getfixturevalue(name) for name in inspect.signature(live).parameters}
        kept_homes.fill(home, f"{live.__module__}.{live.__name__}", lambda: live(**given))
        return given.get("pkm", home)

    return lived


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A throw-away PKM_HOME and a fixed clock."""
    folder = tmp_path / "home"
    monkeypatch.setenv("PKM_HOME", str(folder))
    monkeypatch.setenv("PKM_NOW", "2026-11-23T09:00:00Z")
    monkeypatch.setenv("TZ", "UTC")
    return folder


class Result(NamedTuple):
    """What a run of the command line gave."""

    out: str
    err: str
    code: int


class CommandLine:
    """The real command line, run in this process with the environment's home."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *args: object, ok: int | tuple[int, ...] | None = 0, stdin: str = "") -> Result:
        """Run `pkm ARGS`; ok: the exit codes that are right, None: any."""
        from pkm.cli import current
        from pkm.cli.app import main

        current.home.cache_clear()
        current.store.cache_clear()
        self._capsys.readouterr()
        self._monkeypatch.setattr("sys.argv", ["pkm", *map(str, args)])
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        finally:
            current.close()
        out, err = self._capsys.readouterr()
        if ok is not None:
            assert code in (ok if isinstance(ok, tuple) else (ok,)), f"pkm {args}: exit {code}\n{out}\n{err}"
        return Result(out, err, code)

    def json(self, *args: object, ok: int | tuple[int, ...] | None = 0, stdin: str = "") -> Any:
        """Run `pkm ARGS --json` and read the one JSON value on stdout."""
        return json.loads(self(*args, "--json", ok=ok, stdin=stdin).out)


@pytest.fixture
def pkm(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line in a throw-away home."""
    return CommandLine(capsys, monkeypatch)


Editor = Callable[[str], None]


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """$EDITOR runs the shell script that is given, with the file as $1; its own name and words want quotes."""

    def use(script: str) -> None:
        program = tmp_path / "an editor"
        program.write_text(f"#!/bin/sh\nshift\n{script}\n")
        program.chmod(0o700)
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", f"'{program}' --flag")

    return use


@pytest.fixture
def home_paths(home: Path) -> "Home":
    """The throw-away home, as paths."""
    from pkm.config import Home

    return Home.find()


@pytest.fixture
def store(home_paths: "Home") -> "Iterator[Store]":
    """A real store in the throw-away home."""
    from pkm.store.session import Store

    store = Store(home_paths, "pkm test")
    yield store
    store.close()
