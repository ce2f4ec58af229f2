"""Where a secret is, what it is, and the header it becomes; and that no message repeats it."""

import sys
import threading
from pathlib import Path

import pytest

from pkm import secret as secrets
from pkm.errors import PkmError
from pkm.seek.credential import Credentials, as_headers, check_place, read_secret


@pytest.mark.parametrize(
    ("secret", "headers"),
    [
        ("ann:s3cret", {"Authorization": "Basic YW5uOnMzY3JldA=="}),
        ("ann:", {"Authorization": "Basic YW5uOg=="}),
        ("änn:ß", {"Authorization": "Basic w6RubjrDnw=="}),
        ("ann:a: b", {"Authorization": "Basic YW5uOmE6IGI="}),
        ("Bearer xyz", {"Authorization": "Bearer xyz"}),
        ("Token a=b", {"Authorization": "Token a=b"}),
        ("X-Api-Key: 12 3", {"X-Api-Key": "12 3"}),
        ("Cookie: a=b; c=d", {"Cookie": "a=b; c=d"}),
    ],
)
def test_a_secret_becomes_the_header_that_it_asks_for(secret: str, headers: dict[str, str]) -> None:
    assert as_headers(secret) == headers


@pytest.mark.parametrize(
    "secret", ["hunter2word", ":hunter2word", "Host: hunter2word", "Bearer hunter2wörd", "a\x00:hunter2word"]
)
def test_what_no_header_can_carry_is_refused_without_repeating_it(secret: str) -> None:
    with pytest.raises(PkmError) as caught:
        as_headers(secret)
    assert "hunter2" not in f"{caught.value} {caught.value.next}"


@pytest.mark.parametrize(
    "place", ["ann:s3cret", "Bearer s3cret", "s3cret", "env:", "env:s3 cret", "exec:s3cret", "command: ' s3cret"]
)
def test_a_secret_in_the_place_of_its_place_is_refused_without_repeating_it(place: str) -> None:
    with pytest.raises(PkmError) as caught:
        check_place(place)
    assert "s3" not in f"{caught.value} {caught.value.next}".replace("~/secret", "")


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED_SECRET", "\n ann:s3cret \nsecond line\n")
    assert read_secret(check_place("env:FEED_SECRET")) == "ann:s3cret"
    monkeypatch.delenv("FEED_SECRET")
    with pytest.raises(PkmError, match="the environment has no FEED_SECRET"):
        read_secret("env:FEED_SECRET")


def test_from_a_file_that_nobody_else_can_read(tmp_path: Path) -> None:
    path = tmp_path / "a secret"
    path.write_text("ann:s3cret\n")
    for mode in (0o644, 0o640, 0o604):
        path.chmod(mode)
        with pytest.raises(PkmError, match=f"could read it \\({mode:o}\\): chmod 600 '"):
            check_place(f"file:{path}")
    path.chmod(0o600)
    assert read_secret(check_place(f"file:{path}")) == "ann:s3cret"
    for other in (tmp_path, tmp_path / "none", "/dev/null"):
        with pytest.raises(PkmError):
            check_place(f"file:{other}")


def test_from_a_command_and_no_shell(tmp_path: Path) -> None:
    assert read_secret("command:printf '%s' 'ann:$HOME;x'") == "ann:$HOME;x"
    with pytest.raises(PkmError, match="exit 3"):
        read_secret(f"command:{sys.executable} -c 'import sys; print(\"s3cret:x\"); sys.exit(3)'")
    with pytest.raises(PkmError, match="cannot be run"):
        read_secret("command:/nowhere/at-all")
    with pytest.raises(PkmError, match="gives no secret"):
        read_secret("command:true")
    with pytest.raises(PkmError, match="too much"):
        read_secret("command:yes")


def test_a_command_that_hangs_is_stopped_with_all_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "COMMAND_S", 0.2)
    with pytest.raises(PkmError, match=r"within 0\.2 s"):
        read_secret("command:sh -c 'sleep 1000; echo ann:s3cret'")


def test_a_command_runs_once_for_all_that_ask(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    place = f"command:sh -c 'echo x >> {runs}; echo ann:s3cret'"
    credentials = Credentials()
    threads = [threading.Thread(target=credentials.headers, args=(place,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert runs.read_text() == "x\n"
    assert credentials.headers("") == {}
