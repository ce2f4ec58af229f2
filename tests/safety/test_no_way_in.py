"""What the code itself must not do: read as a tree, so that no new file forgets it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "pkm"
CALLS = {
    "eval", "exec", "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "tempfile.mktemp",
    "pickle.load", "pickle.loads", "marshal.loads", "yaml.load", "yaml.unsafe_load", "ssl._create_unverified_context",
    "shelve.open", "os.spawnlp", "os.execlp",
}  # fmt: skip
"""Shells, code out of data, names that somebody else can take first, and TLS that believes anybody."""
ARGUMENTS = {("shell", True), ("verify", False), ("check_hostname", False), ("resolve_entities", True), ("no_network", False),
             ("huge_tree", True), ("load_dtd", True), ("autoescape", False)}  # fmt: skip
NAMES = {"CERT_NONE", "executescript"}


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield str(path.relative_to(PACKAGE.parent)), ast.parse(path.read_text("utf-8"))


def test_no_shell_no_code_out_of_data_no_tls_that_believes_anybody() -> None:
    found = []
    for name, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                if ast.unparse(node.func) in CALLS:
                    found.append(f"{name}:{node.lineno} calls {ast.unparse(node.func)}")
                given = {(word.arg, word.value.value) for word in node.keywords if isinstance(word.value, ast.Constant)}
                found += [f"{name}:{node.lineno} says {word}={value}" for word, value in given & ARGUMENTS]
            elif isinstance(node, ast.Attribute) and node.attr in NAMES:
                found.append(f"{name}:{node.lineno} names {node.attr}")
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                ends = {(target.attr, node.value.value) for target in node.targets if isinstance(target, ast.Attribute)}
                found += [f"{name}:{node.lineno} sets {word} to {value}" for word, value in ends & ARGUMENTS]
    assert found == []


ODD = ["'; DROP TABLE note; --", '" OR 1=1 --', 'NEAR("a" "b")', "a* OR b", "title:x", "{a b}: c", "^a", "-", "(((", "\\",
       "%' --", "note_fts MATCH 'x'", "a AND", "tag:';--", "kind:note'--"]  # fmt: skip


@pytest.mark.parametrize("words", ODD)
def test_words_are_no_sql(pkm, home: Path, words: str) -> None:  # type: ignore[no-untyped-def]
    made = pkm.json("sense", "note", "-", stdin=f"there {words}")
    pkm("contact", "add", f"Ann {words}", "--org", words, ok=(0, 2))
    pkm("sense", "tag", "n1", f"+{words}", ok=None)
    for command in (["find", words], ["sense", "show", words], ["contact", "show", words], ["tag", "rename", words, "x"],
                    ["sense", "inbox", "--tag", words]):  # fmt: skip
        ran = pkm(*command, ok=(0, 1, 2))
        assert "could not be used" not in ran.err, "a word reached SQLite as a statement"
    assert pkm.json("sense", "show", "n1")["text"] == made["text"]
    assert [row["id"] for row in pkm.json("find", "there")] == ["n1"]
    assert pkm.json("doctor") == []
