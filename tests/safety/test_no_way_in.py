"""What the code must not do, read as a tree, so that no new file forgets it; and what a hostile body or word comes to."""

import ast
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pkm.net.fetch import is_local
from pkm.seek import entry, jsonfeed, parse
from tests.conftest import CommandLine
from tests.server import FeedServer

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
def test_words_are_no_sql(pkm: CommandLine, words: str) -> None:
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


SECRET = "what stands in a file of this machine"
GOOD = "<rss version='2.0'><channel><title>good</title><item><guid>1</guid><title>good entry</title></item></channel></rss>"
BODIES = {
    "deep XML": "<rss version='2.0'><channel>" + "<a>" * 50_000,
    "deep JSON": '{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * 50_000,
    "deep JSON in an item": '{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": "1", "title": "x", '
                            '"_a": ' + "[" * 5000 + "]" * 5000 + "}]}",
    "a file of this machine": "<!DOCTYPE r [<!ENTITY x SYSTEM 'file://{file}'>]>" + GOOD.replace("good entry", "&x;"),
    "a DTD elsewhere": "<!DOCTYPE r SYSTEM '{url}/dtd'>" + GOOD,
    "a parameter entity elsewhere": "<!DOCTYPE r [<!ENTITY % x SYSTEM '{url}/dtd'> %x;]>" + GOOD,
    "words without end": "<!DOCTYPE r [<!ENTITY a 'ha'>" + "".join(
        f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12)) + "]>" + GOOD.replace("good entry", "&m;"),
}  # fmt: skip


def test_a_hostile_feed_takes_nothing_fetches_nothing_and_stops_nobody(
    pkm: CommandLine, server: FeedServer, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    server.add("/dtd", f"<!ENTITY y '{SECRET}'>")
    addresses = []
    for number, (name, body) in enumerate(BODIES.items()):
        body = body.replace("{file}", str(secret)).replace("{url}", server.url)
        kind = "application/feed+json" if "JSON" in name else "application/xml"
        addresses.append(server.add(f"/{number}", body, content_type=kind))
    addresses.append(server.add("/good", GOOD))
    (tmp_path / "urls").write_text("\n".join(addresses))
    pkm("import", tmp_path / "urls", "--as", "urls")
    told = pkm.json("seek", "pull", "--all", ok=(0, 4))
    assert told["sources"] == len(addresses)
    assert server.hits("/dtd") == 0
    listed = pkm("sense", "inbox", "-n", 99, "--json").out
    assert "good entry" in listed
    assert SECRET not in listed
    assert "hahahaha" not in listed


@pytest.mark.parametrize("body", [
    "<rss version='2.0'><channel><title>t</title>" + "<item><title>e</title></item>" * 50 + "</channel></rss>",
    json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": str(n), "title": "e"} for n in range(50)]}),
], ids=["RSS", "JSON"])  # fmt: skip
def test_a_feed_of_entries_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    assert entry.MAX_ENTRIES <= 20_000
    for reader in (parse, jsonfeed):
        monkeypatch.setattr(reader, "MAX_ENTRIES", 10)
    assert len(parse.parse_feed(body.encode(), url="https://example.org/").entries) == 10


def test_a_name_leads_to_this_network_only_where_that_was_allowed(
    pkm: CommandLine, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be public when it is followed, and somebody else's choice of address later."""
    looked_up = socket.getaddrinfo

    def look_up(host: str, *more: Any, **options: Any) -> Any:
        return looked_up("127.0.0.1" if host == "feeds.example.org" else host, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    urls = [f"http://feeds.example.org:{server.port}/{name}" for name in ("a", "b", "c")]
    for url in urls:
        feed = f"<rss version='2.0'><channel><title>T</title><item><title>{url}</title><guid>{url}</guid></item></channel></rss>"
        server.add(f"/{url[-1]}", feed, etag='"1"')
        told = " ".join(pkm("seek", "add", url, ok=1).err.split())
        assert "it is an address of this machine or its local network" in told
        assert "pkm config seek.local feeds.example.org" in told
        pkm("seek", "add", url, "--force")
    refused = pkm.json("seek", "pull", "--all", ok=4)
    assert {one["why"].partition(";")[2] for one in refused["failures"]} == {
        " where that is meant: pkm config seek.local feeds.example.org"
    }
    assert server.requests == []
    pkm("config", "seek.local", "other.example *.example.org")
    assert pkm.json("seek", "pull", "--all")["new"] == 3
    asked = len(server.requests)
    pkm("config", "seek.local", "other.example")
    assert pkm.json("seek", "pull", "--all", ok=4)["failed"] == 3  # asked whether anything changed, by another way
    assert len(server.requests) == asked


@pytest.mark.parametrize(("url", "local"), [
    ("http://127.0.0.1/", True), ("http://[::1]/", True), ("http://127.1/", True), ("http://nas/", True),
    ("http://LOCALHOST:80/", True),
    ("http://nas.local./", True), ("http://a.home.arpa/", True), ("http://[2606:4700::1111]/", False), ("http://8.8.8.8/", False),
    ("http://local/", True), ("http://notlocal.example/", False), ("http:///", False), ("mailto:a@b", False), ("http://[", False),
])  # fmt: skip
def test_which_addresses_say_that_they_are_local(url: str, local: bool) -> None:
    assert is_local(url) is local
