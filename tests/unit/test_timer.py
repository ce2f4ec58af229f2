"""What makes the pull run by itself: units that systemd reads, a line that cron reads."""

import shutil
import subprocess
from pathlib import Path

import pytest

from pkm.whole.timer import write_cron, write_script, write_service, write_share_service, write_share_timer, write_timer

ODD = "/tmp/a home/50%\"$x"


def test_the_service_pulls_quietly_and_takes_failed_sources_for_no_failure() -> None:
    lines = write_service(["/opt/pkm/bin/pkm"], "").splitlines()
    assert "ExecStart=/opt/pkm/bin/pkm seek --quiet" in lines
    assert "SuccessExitStatus=4" in lines
    assert not [line for line in lines if line.startswith("Environment")]


def test_a_home_with_odd_signs_is_quoted_for_each() -> None:
    assert 'Environment="PKM_HOME=/tmp/a home/50%%\\"$x"' in write_service(["/bin/pkm"], ODD).splitlines()
    place = "PKM_HOME='/tmp/a home/50\\%\"$x' /bin/pkm"
    assert write_cron(["/bin/pkm"], ODD).splitlines() == [
        f"*/30 * * * * {place} seek --quiet", f"7-59/15 * * * * {place} share --due --yes --quiet",
    ]  # fmt: skip
    assert 'ExecStart="/o p/pkm" seek --quiet' in write_service(["/o p/pkm"], "").splitlines()


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd here")
    units = [tmp_path / "pkm-seek.service", tmp_path / "pkm-seek.timer"]
    units[0].write_text(write_service([shutil.which("true") or "/bin/true"], ODD))
    units[1].write_text(write_timer())
    units += [tmp_path / "pkm-share.service", tmp_path / "pkm-share.timer"]
    units[2].write_text(write_share_service([shutil.which("true") or "/bin/true"], ODD))
    units[3].write_text(write_share_timer())
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--user", *map(str, units)], env=environment, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_script_writes_both_units_where_the_shell_says(tmp_path: Path) -> None:
    script = write_script(["/bin/pkm"], ODD).replace("systemctl ", "true ")
    environment = {"XDG_CONFIG_HOME": str(tmp_path / "c o"), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run(["sh"], input=script, text=True, check=True, env=environment)
    folder = tmp_path / "c o" / "systemd" / "user"
    assert (folder / "pkm-seek.service").read_text() == write_service(["/bin/pkm"], ODD)
    assert (folder / "pkm-seek.timer").read_text() == write_timer()
    assert "share --due --yes" in (folder / "pkm-share.service").read_text()
