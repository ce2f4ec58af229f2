"""What of a folder is nobody's own words, or not the person's: templates are left out, a wrong folder is asked about."""

from pathlib import Path
from unicodedata import normalize

import pytest

from pkm.sense import vault_sight
from pkm.store.session import Store
from tests.conftest import CommandLine


def fill(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


TEMPLATES = {
    "Obsidian's setting": (
        {".obsidian/templates.json": '{"folder": "Meta/Forms/"}', "Meta/Forms/Day.md": "# Mood", "Meta/Own.md": "x"},
        ["Meta/Forms/Day.md"],
    ),
    "Templater's": (
        {".obsidian/plugins/templater-obsidian/data.json": '{"templates_folder": "T"}', "T/Day.md": "x", "To.md": "x"},
        ["T/Day.md"],
    ),
    "the vault itself": ({".obsidian/templates.json": '{"folder": "/"}', "Own.md": "{{x}}"}, []),
    "a setting that is broken": ({".obsidian/templates.json": '["T"]', "T/Own.md": "x"}, []),
    "Foam's and zk's": ({".foam/templates/a.md": "$FOAM_TITLE", ".zk/templates/b.md": "{{title}}", "Own.md": "x"}, []),
    "by name": (
        {"templates/Day.md": "---\ndate: {{date}}\n---\n", "templates/Book.md": "<% tp.date.now() %>",
         "templates/To do.md": "- [ ]"},
        ["templates/Book.md", "templates/Day.md", "templates/To do.md"],
    ),
    "with an underscore": (
        {"_templates/Day.md": "# $FOAM_TITLE", "_Template/Book.md": "${FOAM_DATE_YEAR}"},
        ["_Template/Book.md", "_templates/Day.md"],
    ),
    "words about templates": ({"Templates/In C++.md": "They are compiled.", "Own.md": "{{x}}"}, []),
    "Logseq's blocks": (
        {
            "logseq/config.edn": "{}", "logseq/bak/pages/Own/1.md": "an old copy",
            "pages/forms.md": "- Day\n  template:: day\n\t- ## <% time %>\n- Week\n\t- template:: week\n",
            "pages/templates.md": "- How to\n- Day\n  template:: day\n", "pages/Own.md": "- mine\n- Day\n  template:: day\n",
        },
        ["pages/forms.md", "pages/templates.md"],
    ),
    "nb's": ({".index": "", "templates/a.md": "{{title}}\n\n{{content}}", "Own.md": "x"}, ["templates/a.md"]),
}  # fmt: skip


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_are_left_out_and_taken_when_asked(pkm: CommandLine, tmp_path: Path, name: str) -> None:
    files, left = TEMPLATES[name]
    folder = fill(tmp_path / "v", {**files, "Mine.md": "my own words"})
    told = pkm.json("import", folder)
    assert told["templates"] == left
    own = [path for path in (*files, "Mine.md") if path.endswith(".md") and not path.startswith((".", "logseq"))]
    assert told["new"] == len(own) - len(left)
    kind = "nb" if ".index" in files else "vault"
    if left:
        assert f"--as {kind}\n" in pkm("import", folder).err
    assert pkm.json("import", folder, "--as", kind)["new"] == len(left)
    assert pkm.json("import", folder)["templates"] == []  # what came in stays in step
    assert pkm.json("import", folder)["unchanged"] == len(own)


def test_a_shared_vault_comes_in_without_its_templates(pkm: CommandLine, shared: Path) -> None:
    told = pkm("import", shared / "vaults/kepano")
    assert "49 notes: 49 new" in told.out
    assert "52 templates left out (Templates). To take them too: pkm import" in told.err
    assert told.err.endswith("Take it back: pkm undo 1\n")


ODD = {
    "a program": ({"README.md": "x", "docs/a.md": "x", "pyproject.toml": ""}, "it looks like a program's (pyproject.toml)"),
    "others' words": (
        {".obsidian/app.json": "{}", "web/node_modules/left/README.md": "x"}, "others' words are in it (web/node_modules/left/",
    ),
    "many": ({f"n{number}.md": "x" for number in range(4)}, "4 notes would be new, and you have 0"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_a_folder_that_is_no_vault_is_shown_and_asked_about(
    pkm: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    files, why = ODD[name]
    folder = fill(tmp_path / "v", files)
    monkeypatch.setattr(vault_sight, "LARGE", 3)
    told = pkm("import", folder, ok=3).err
    assert why in told
    assert f"Next: pkm import {folder} --yes" in told
    monkeypatch.setattr("pkm.cli.render.is_asked", lambda: True)
    assert "Nothing was changed." in pkm("import", folder, ok=1, stdin="n\n").err
    assert pkm.json("find", "kind:note") == []
    number = sum(path.endswith(".md") for path in files)
    told = pkm("import", folder, stdin="y\n").err
    assert f"Take {number} file{'s' if number > 1 else ''} of Markdown as your own notes?" in told
    assert why not in pkm("import", folder).err  # it is known from now on
    pkm("undo")
    assert pkm.json("import", folder, "--yes")["new"] == number


def test_what_is_shown_is_counted_by_folder(pkm: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"deps/{number}/README.md": "x" for number in range(3)} | {"docs/a.md": "x", "b.md": "x", "go.mod": ""}
    folder = fill(tmp_path / "home/code", files)
    told = pkm("import", folder, "--dry-run").err.splitlines()
    assert told[1:4] == ["       3  deps/", "       1  .", "       1  docs/"]
    assert "go.mod" not in pkm("import", folder, "--as", "vault", "--dry-run").err
    monkeypatch.setenv("HOME", str(folder))
    for wrong in (folder, folder.parent):
        assert "it is your home folder, or one that holds it" in pkm("import", wrong, ok=3).err
    assert "home folder" not in pkm("import", folder / "docs").err


def test_what_is_new_is_counted_against_what_the_home_holds(
    pkm: CommandLine, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_sight, "LARGE", 3)
    folder = fill(tmp_path / "v", {normalize("NFD", "Café.md"): "x"})
    (folder / "Linked.md").symlink_to(folder / "Gone.md")
    seen = vault_sight.look(store, folder)
    assert (seen.notes, seen.new, seen.held) == ({"": 1}, 1, 0)
    pkm("import", folder, ok=(0, 4))
    assert (vault_sight.look(store, folder).new, vault_sight.look(store, folder).held) == (0, 1)
    for number, doubt in ((10, ""), (11, "11 notes would be new, and you have 1")):
        fill(folder, {f"n{one}.md": "x" for one in range(number)})
        assert vault_sight.look(store, folder).doubt == doubt
