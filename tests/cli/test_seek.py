"""`pkm seek` as it is typed: what it prints, where, and its exit codes."""

import pytest

from tests.edge.test_pull import rss

PAGE = """<html><head><title>Ann</title>{links}</head><body><article><h1>On paths</h1><p>Paths are made by walking, and
what is walked by many becomes a road that nobody planned, which is why it should be looked at before paving.</p>
</article></body></html>"""
OPML = """<opml version="2.0"><body><outline text="Web Dev"><outline type="rss" text="Ann" xmlUrl="http://a.org/f"
note="keep"/></outline><outline type="rss" text="Bo" xmlUrl="http://b.org/f"/>
<outline type="rss" text="no" xmlUrl="javascript:1"/></body></opml>"""


def link(href: str) -> str:
    return f'<link rel="alternate" type="application/rss+xml" href="{href}">'


def test_nothing_followed_says_what_to_do_first(pkm):
    for command in (("seek",), ("seek", "pull"), ("seek", "list")):
        ran = pkm(*command)
        assert "pkm contact add" in ran.err
    assert pkm.json("seek", "list") == []
    assert pkm.json("seek")["new"] == 0


def test_add_pull_list_as_the_scripts_have_it(pkm, server):
    url = server.add("/feed.xml", rss(*(f"t{n}" for n in range(30)), name="Ann's notes"))
    assert pkm("seek", "add", url, "--every", "1d", "--tag", "org").out == f"s1  Ann's notes  {url}\n"
    first = pkm.json("seek", "pull", "--all")
    assert {name: first[name] for name in ("new", "updated", "unchanged", "failed", "failures")} == {
        "new": 30, "updated": 0, "unchanged": 0, "failed": 0, "failures": [],
    }  # fmt: skip
    again = pkm.json("seek", "pull", "--all")
    assert (again["new"], again["updated"], again["unchanged"]) == (0, 0, 30)
    (row,) = pkm.json("seek", "list")
    wanted = {"id": "s1", "kind": "source", "title": "Ann's notes", "url": url, "items": 30, "every_s": 86400}
    assert wanted.items() <= row.items()
    assert row["tags"] == ["org"]
    assert pkm("seek", "list").out.split("  ")[:3] == ["s1", "Ann's notes", "30"]


def test_bare_seek_lists_what_this_pull_brought_and_says_where_the_rest_is(pkm, server, monkeypatch):
    pkm("seek", "add", server.add("/f", rss("a", "b")))
    ran = pkm("seek", "-n", "1")
    assert ran.out.splitlines()[0] == "2 new, 0 updated, 0 unchanged, from 1 source"
    assert len(ran.out.splitlines()) == 2
    assert ran.err == "1 of 2 shown; more: pkm sense inbox -n 50; 2 items in the inbox: pkm sense\n"
    monkeypatch.setenv("PKM_NOW", "2026-11-24T09:00:00Z")
    pkm("sense", "drop", "i1")
    monkeypatch.setenv("PKM_NOW", "2026-11-25T09:00:00Z")
    server.add("/f", rss("a", "b", "c", "d", "e"))
    told = pkm.json("seek", "-n", "2")
    assert ([row["title"] for row in told["items"]], told["inbox"], told["went"]) == (["c", "d"], 4, {"inbox": 3})
    assert "inbox    4 items to look at, 3 new since 2026-11-24\n" in pkm().out
    assert pkm("seek").err.endswith("4 items in the inbox: pkm sense\n")
    monkeypatch.setenv("PKM_NOW", "2026-11-27T09:00:00Z")
    server.add("/f", rss("a", "b", "c", "d", "e", "f"))
    ran = pkm("seek")
    assert ([line[:2] for line in ran.out.splitlines()[1:]], ran.err) == (["i6"], "5 items in the inbox: pkm sense\n")
    monkeypatch.setenv("PKM_NOW", "2026-11-29T09:00:00Z")
    assert pkm("seek").err == "5 items in the inbox: pkm sense\n"
    assert pkm("seek", "--quiet").out == ""


def test_where_what_is_new_went_adds_up(pkm, server):
    for name in "fg":  # nine entries are two sources' alike: nine stories
        pkm("seek", "add", server.add(f"/{name}", rss(*(f"A title of many words, {n}" for n in range(9)), name=name)))
    pkm("seek", "rules", "add", "mute", "title:8", "--force")
    ran = pkm("seek")
    new, _, parts = ran.out.splitlines()[0].partition(" new (")
    numbers = {words.split(" ", 1)[1]: int(words.split()[0]) for words in parts.partition(")")[0].split(", ")}
    assert sum(numbers.values()) == int(new) == 18
    assert pkm.json("sense", "inbox", "-n", "99").__len__() == numbers["in the inbox"]
    waiting = len(pkm.json("sense", "inbox", "--backlog", "-n", "99"))
    assert waiting == numbers["in the backlog"]
    assert f"{waiting} older items in the backlog" in ran.err
    there, found = pkm.json(), pkm.json("find", "is:inbox", "-n", "99")
    assert (there["inbox"], len(found), there["sources_due"]) == (numbers["in the inbox"], numbers["in the inbox"], 0)
    pkm("sense", "keep", "%1", "%2")
    (came,) = (one for one in pkm.json("stats", "seek")["measures"] if one["id"] == "kept_of_came_in")
    assert (came["came_in"], came["decided"], came["kept"]) == (numbers["in the inbox"], 2, 2)
    assert sum(one["came_in"] for one in came["sources"]["things"]) == came["came_in"] + came["told"]


def test_what_leaves_a_backlog_for_the_inbox_is_counted(pkm, server):
    pkm("seek", "add", server.add("/f", rss(*(f"Of {n} kinds" for n in range(20)))))
    pkm("seek")
    assert pkm("seek", "edit", "s1", "--backlog").out.endswith("  15 items put into the inbox\n")
    assert len(pkm.json("sense", "inbox", "-n", "99")) == 20
    assert pkm("seek", "edit", "s1", "--backlog").out.endswith("  nothing waited in its backlog\n")


def test_a_site_leads_to_its_feed(pkm, server):
    server.add("/feed", rss("a"))
    server.add("/comments", rss("c", name="Comments on Ann"))
    page = PAGE.format(links=link("/feed") + link("/comments"))
    row = pkm.json("seek", "add", server.add("/", page, content_type="text/html"))
    assert row["url"] == f"{server.url}/feed"


def test_several_feeds_are_listed_and_none_is_guessed(pkm, server):
    server.add("/essays", rss("a", name="Essays"))
    server.add("/links", rss("b", name="Links"))
    page = server.add("/", PAGE.format(links=link("/essays") + link("/links")), content_type="text/html")
    ran = pkm("seek", "add", page, ok=2)
    assert f"{server.url}/essays  Essays (1 entry)" in ran.err
    assert f"Next: follow one of them: pkm seek add {server.url}/essays" in ran.err
    assert pkm.json("seek", "list") == []


def test_no_feed_no_answer_no_address(pkm, server):
    page = server.add("/", PAGE.format(links=""), content_type="text/html")
    for address, code, told in (
        (page, 1, "no feed was found"), ("http://127.0.0.1:1/f", 1, "connection refused"),
        (server.url + "/none", 1, "404"), ("two words", 2, "neither a web address nor a file"),
        ("./none.xml", 1, "no such file"),
    ):  # fmt: skip
        ran = pkm("seek", "add", address, ok=code)
        assert told in ran.err
        assert "Next:" in ran.err
    assert pkm.json("seek", "list") == []
    assert pkm.json("seek", "add", "http://127.0.0.1:1/f", "--force")["title"] == "http://127.0.0.1:1/f"


def test_the_same_again_exists_and_a_like_address_is_warned_of(pkm, server):
    url = server.add("/f", rss("a"))
    server.add("/f/", rss("a"))
    pkm("seek", "add", url)
    assert "s1 (Feed)" in pkm("seek", "add", url, ok=1).err
    ran = pkm("seek", "add", url + "/")
    assert ran.out.startswith("s2")
    assert "may be the same" in ran.err


def test_addresses_on_stdin_and_a_file(pkm, server, tmp_path):
    path = tmp_path / "feed.xml"
    path.write_text(rss("a", name="On disk"))
    good = server.add("/f", rss("a"))
    summary = pkm.json("seek", "add", "-", stdin=f"{good}\n{server.url}/none\n", ok=4)
    assert (summary["new"], summary["failed"]) == (1, 1)
    assert pkm("seek", "add", path).out.startswith("s2  On disk")
    assert pkm.json("seek", "pull")["new"] == 2


def test_a_failure_is_one_line_and_exit_4(pkm, server):
    pkm("seek", "add", server.add("/f", rss("a")))
    pkm("seek", "add", "http://127.0.0.1:1/f", "--force")
    ran = pkm("seek", "pull", "--all", ok=4)
    assert ran.out == "1 new, 0 updated, 0 unchanged, from 1 source; 1 failed\n"
    assert "s2 http://127.0.0.1:1/f: connection refused" in ran.err.splitlines()
    assert pkm("seek", "pull", "--all", "--quiet", ok=4).out == ""


def test_what_becomes_of_updates_is_shown_where_it_is_not_silent(pkm, server):
    server.add("/f", rss("a"))
    pkm("seek", "add", server.url + "/f")
    assert "updates" not in pkm("seek", "show", "s1").out
    assert "resurface" in pkm("seek", "edit", "s1", "--updates", "resurface").out
    assert "  updates   resurface\n" in pkm("seek", "show", "s1").out


def test_edit_show_pause(pkm, server):
    url = server.add("/f", rss("a"))
    pkm("contact", "add", "Ann Lee", "--nick", "ann")
    pkm("seek", "add", url, "--contact", "ann", "--circle", "network", "--tag", "x", "--title", "Mine")
    pkm("seek", "pull")
    row = pkm.json("seek", "edit", "s1", "--tag", "+org", "--tag", "-x", "--every", "2h", "--pause")
    assert (row["tags"], row["every_s"], row["state"]) == (["org"], 7200, "paused")
    assert (row["contact"], row["circles"], row["title"]) == ("c1", ["network"], "Mine")
    assert pkm("seek", "edit", "s1", "--pause").out == "s1  Mine  nothing changed\n"
    assert pkm.json("seek", "pull", "--all")["sources"] == 0
    row = pkm.json("seek", "edit", "s1", "--resume", "--contact", "", "--every", "", "--leave", "network")
    assert (row["contact"], row["circles"], row["every_s"], row["state"]) == (None, [], None, "active")
    shown = pkm.json("seek", "show", "mine")
    assert [item["title"] for item in shown["latest"]] == ["a"]
    assert "  feed      " + url in pkm("seek", "show", "s1").out
    assert "nothing to change" in pkm("seek", "edit", "s1", ok=2).err


def test_remove_asks_counts_and_can_be_undone(pkm, server):
    pkm("seek", "add", server.add("/f", rss("a", "b", "c")))
    pkm("seek", "pull")
    pkm("sense", "keep", "i1", "--note", "My words")
    assert "--yes" in pkm("seek", "remove", "s1", ok=3).err
    ran = pkm("seek", "remove", "s1", "--yes")
    assert ran.out == "s1  removed: Feed\n"
    assert "2 items removed, 1 kept" in ran.err
    pkm("undo")
    assert pkm.json("seek", "list")[0]["items"] == 3
    assert pkm.json("seek", "pull", "--all")["new"] == 0


def test_import_twice_and_out_again(pkm, tmp_path):
    path = tmp_path / "list.opml"
    path.write_text(OPML)
    assert pkm.json("seek", "import", path, "--dry-run", ok=4)["new"] == 2
    assert pkm.json("seek", "list") == []
    first = pkm.json("seek", "import", path, ok=4)
    assert (first["new"], first["failed"]) == (2, 1)
    assert first["failures"][0]["what"] == "javascript:1"
    again = pkm.json("seek", "import", path, ok=4)
    assert (again["new"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert [row["tags"] for row in pkm.json("seek", "list")] == [["Web-Dev"], []]
    out = pkm("seek", "export").out
    assert '<outline text="Web Dev" title="Web Dev">' in out
    assert 'note="keep"' in out
    pkm("seek", "export", "--opml", tmp_path / "out.opml")
    assert (tmp_path / "out.opml").read_text() == out


@pytest.mark.parametrize("name", ["real-awesome-tech-rss.opml", "real-feedly.opml", "odd-deep-nesting.opml"])
def test_a_real_list_comes_out_as_it_went_in(pkm, shared, tmp_path, name, monkeypatch):
    pkm("seek", "import", shared / "opml" / name, ok=(0, 4))
    first = pkm("seek", "export").out
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "second"))
    pkm("seek", "import", "-", ok=(0, 4), stdin=first)
    assert pkm("seek", "export").out == first


def test_a_list_that_is_none(pkm, tmp_path):
    path = tmp_path / "x.opml"
    path.write_text("hello")
    assert "Could not read" in pkm("seek", "import", path, ok=1).err
    assert "no such file" in pkm("seek", "import", tmp_path / "none", ok=1).err


def test_clip_is_one_item_however_often(pkm, server):
    url = server.add("/page", PAGE.format(links=""), content_type="text/html")
    row = pkm.json("seek", "clip", url, "--note", "Walk first #paths", "--tag", "city")
    assert (row["id"], row["state"], row["via"], row["tags"], row["note"]) == ("i1", "kept", "clip", ["city"], "n1")
    assert "Paths are made by walking" in row["text"]
    ran = pkm("seek", "clip", url + "?utm_source=mail")
    assert ran.out.startswith("i1  ")
    assert "one item" in ran.err
    assert pkm.json("sense", "show", "n1")["item"] == "i1"


def test_words_typed_for_a_page_that_fails_are_kept(pkm, server, home):
    ran = pkm("seek", "clip", server.url + "/none", "--note", "My thought", ok=1)
    assert "404" in ran.err
    assert [path.read_text() for path in (home / "drafts").iterdir()] == ["My thought"]


def test_newsboats_list_in_and_out(pkm, tmp_path):
    urls, out = tmp_path / "urls", tmp_path / "out"
    urls.write_text('https://a.org/f "~Ann \\"A\\"" tech "two words"\nhttps://ann:s3cret@b.org/f !\nexec:x\n')
    told = pkm("seek", "import", urls, ok=4).err
    assert "exec:x: it runs a command" in told
    pkm("seek", "export", "--newsboat", out)
    assert out.read_text() == 'https://a.org/f "tech" "two words" "~Ann \\"A\\""\nhttps://b.org/f !\n'
    assert pkm.json("seek", "import", out)["unchanged"] == 1  # b.org is another address without its password
    assert "one of the two" in pkm("seek", "export", "--newsboat", out, "--opml", out, ok=2).err


def test_an_imported_list_that_names_this_network_says_so(pkm, tmp_path):
    path = tmp_path / "list.opml"
    hosts = ("a.example", "127.0.0.1:9", "169.254.169.254", "10.0.0.7", "localhost:8080")
    outlines = "".join(f"<outline xmlUrl='http://{host}/f'/>" for host in hosts)
    path.write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
    assert "4 sources (http://127.0.0.1:9/f, http" in pkm("seek", "import", path, "--dry-run").err
    ran = pkm("seek", "import", path)
    assert "4 sources (s2, s3, s4, s5)" in ran.err
    assert len(pkm.json("seek", "list")) == 5
    assert "network" not in pkm("seek", "import", path).err


@pytest.mark.parametrize(
    ("query", "told"),
    [("token=x1", True), ("a=1&api_key=x", True), ("private_token=x", True), ("page=2", False), ("keyword=x&monkey=y", False)],
)  # fmt: skip
def test_a_secret_in_a_query_is_warned_of(pkm, server, query, told):
    url = server.add("/feed", rss("one"))
    ran = pkm("seek", "add", f"{url}?{query}", "--force", ok=None)
    assert ("looks like a secret" in ran.err) is told
    assert ("--credential env:NAME" in ran.err) is told
