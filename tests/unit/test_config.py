"""Where the home is, and settings: defaults, comments that stay, and what is said of a file that cannot be read."""

import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkm import config
from pkm.config import Home
from pkm.errors import Invalid, StoreError
from tests.effort import tries


@pytest.fixture
def place(home):
    return Home.find()


def test_everything_is_under_pkm_home(home):
    place = Home.find()
    assert (place.db, place.config, place.last) == (home / "pkm.db", home / "config.toml", home / "last.json")
    assert {place.drafts.parent, place.site.parent, place.backups.parent, place.templates.parent} == {home}
    assert not home.exists()


def test_without_pkm_home_the_xdg_folders_are_used(tmp_path, monkeypatch):
    monkeypatch.delenv("PKM_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "conf"))
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    place = Home.find()
    assert place.db == tmp_path / ".local/share/pkm/pkm.db"
    assert place.config == tmp_path / "conf/pkm/config.toml"
    assert place.last == tmp_path / ".local/state/pkm/last.json"


def test_a_tilde_and_a_relative_home_are_made_absolute(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PKM_HOME", "~/know")
    assert Home.find().db == tmp_path / "know/pkm.db"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PKM_HOME", "here")
    assert Home.find().db == tmp_path / "here/pkm.db"
    monkeypatch.setenv("PKM_HOME", "~nobody-of-that-name/x")
    with pytest.raises(StoreError):
        Home.find()


def test_ensure_makes_folders_for_their_owner_only(place):
    place.ensure()
    place.ensure()
    assert stat.S_IMODE(place.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.drafts.stat().st_mode) == 0o700


def test_a_home_that_cannot_be_made_names_the_folder(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(StoreError) as caught:
        Home.find().ensure()
    assert str(tmp_path / "file" / "home") in caught.value.what
    assert "PKM_HOME" in caught.value.next


def test_without_a_file_every_setting_has_its_default(place):
    found = config.read(place)
    assert found["seek.every"] == "1h"
    assert found.seconds("seek.every") == 3600
    assert not found.is_set("name")
    assert all(isinstance(found[key], str) for key in config.SETTINGS)


def test_a_setting_is_kept_with_the_comments_around_it(place):
    place.ensure()
    place.config.write_text('# mine\nname = "Ann" # me\n\n[site]\n# where\ntitle = "Old"\n\n[channels]\nkeep = 1\n')
    config.set(place, "site.title", "New “title” \\ #")
    config.set(place, "editor", "vim -n")
    config.set(place, "seek.every", "2 weeks")
    text = place.config.read_text()
    assert "# mine" in text
    assert 'name = "Ann" # me' in text
    assert "# where" in text
    assert tomllib.loads(text)["channels"] == {"keep": 1}
    found = config.read(place)
    assert (found["site.title"], found["editor"], found["seek.every"]) == ("New “title” \\ #", "vim -n", "2 weeks")
    assert found.unknown == ("channels.keep",)
    assert stat.S_IMODE(place.config.stat().st_mode) == 0o600
    assert config.unset(place, "site.title")
    assert not config.unset(place, "site.title")
    assert not config.unset(place, "site.url")
    assert config.get(place, "site.title") == ""
    assert sorted(os.listdir(place.settings)) == ["config.toml", "drafts"]


def test_a_config_that_is_a_link_stays_one(place, tmp_path):
    place.ensure()
    real = tmp_path / "dotfiles.toml"
    real.write_text("# kept\n")
    place.config.symlink_to(real)
    config.set(place, "name", "Ann")
    assert place.config.is_symlink()
    assert "# kept" in real.read_text()
    assert 'name = "Ann"' in real.read_text()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name = \n", "line 1"),
        ("\n[site\ntitle = 'x'", "line 2"),
        ("name = 'a'\nname = 'b'\nx = 1", "line 2"),
        ("x = " + "[" * 5000, "TOML"),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_left_alone(place, text, line):
    place.ensure()
    place.config.write_text(text)
    for call in (
        lambda: config.read(place),
        lambda: config.set(place, "name", "x"),
        lambda: config.unset(place, "name"),
    ):
        with pytest.raises(Invalid) as caught:
            call()
        assert line in caught.value.why
        assert str(place.config) in caught.value.what
    assert place.config.read_text() == text


def test_a_file_that_is_no_utf8_is_named(place):
    place.ensure()
    place.config.write_bytes(b"name = '\xff'")
    with pytest.raises(Invalid, match="UTF-8"):
        config.read(place)


@pytest.mark.parametrize("text", ["name = 3", "seek = {every = 'often'}", "site.url = 'ftp://x'"])
def test_a_value_that_cannot_be_names_its_setting_and_the_command(place, text):
    place.ensure()
    place.config.write_text(text)
    with pytest.raises(Invalid) as caught:
        config.read(place)
    assert "pkm config " in caught.value.next


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("nmae", "name"),
        ("site.tilte", "site.title"),
        ("every", "seek.every"),
        ("url", "site.url"),
        ("zzz", "editor"),
        ("", "editor"),
    ],
)
def test_an_unknown_setting_suggests_the_right_one(place, key, meant):
    for call in (config.get, config.unset, lambda place, key: config.set(place, key, "x")):
        with pytest.raises(Invalid) as caught:
            call(place, key)
        assert meant in (caught.value.near or caught.value.why)


@pytest.mark.parametrize(
    ("key", "value"), [("seek.every", "often"), ("site.url", "example"), ("name", "a\nb"), ("name", "\x1b[2J")]
)
def test_a_value_that_cannot_be_is_not_set(place, key, value):
    with pytest.raises(Invalid):
        config.set(place, key, value)
    assert not place.config.exists()


def test_a_table_where_a_value_is_wanted_is_said(place):
    place.ensure()
    place.config.write_text('site = "x"\n')
    with pytest.raises(Invalid, match="table"):
        config.set(place, "site.title", "y")
    assert config.unset(place, "site.title") is False


@given(
    st.lists(
        st.tuples(st.sampled_from(["name", "site.title", "share.title", "editor"]), st.text(max_size=20)), max_size=6
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=tries(20), deadline=None)
def test_what_was_set_is_what_is_read(tmp_path, values):
    folder = tmp_path / "props"
    place = Home(folder, folder, folder)
    Path(place.config).unlink(missing_ok=True)
    expected = {}
    for key, value in values:
        try:
            config.set(place, key, value)
        except Invalid:
            continue
        expected[key] = value
    found = config.read(place)
    assert {key: found[key] for key in expected} == expected
    assert found.unknown == ()


def test_the_time_to_hold_mail_may_be_none_and_no_other(place):
    place.ensure()
    for value in ("0min", "0"):
        config.set(place, "share.cooling", value)
        assert config.read(place).seconds("share.cooling") == 0
    with pytest.raises(Invalid):
        config.set(place, "share.late", "0min")
