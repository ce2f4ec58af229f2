"""The outbox: frozen bytes leave once, only as far as their notes' reach, and an undo takes them down again."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from pkm.config import Home
from pkm.errors import PkmError, Refused
from pkm.people.circles import add_circle
from pkm.sense.notes import add_note, set_reach
from pkm.share import draft, mirror
from pkm.share.rendered import look_at
from pkm.share.wiring import add_channel
from pkm.store import deliveries, shares
from pkm.store.session import Store
from pkm.whole.undo import undo_command
from tests.effort import tries
from tests.sending import circle, drafted, fresh, note, send
from tests.warm import Running


@pytest.fixture
def drop(home_paths: Home, tmp_path: Path) -> Path:
    """A community `practice` that is reached by a folder."""
    folder = tmp_path / "drop"
    store = fresh(home_paths, "setup")
    add_channel(store, home_paths, "drop", f"files:{folder}")
    add_circle(store, "practice", "community", channels=["drop"])
    return folder


def read(folder: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file())


def article(page: Path) -> str:
    found = re.search(r"<article.*?</article>", page.read_text(encoding="utf-8"), re.S)
    assert found
    return found[0]


def test_a_delivery_is_the_bytes_that_were_shown(home_paths: Home, drop: Path) -> None:
    share = drafted(home_paths, [note(home_paths, "Walking retros work", "community")], "practice")
    shown = {one.file_name: one.payload for one in look_at(fresh(home_paths), home_paths, share)}
    send(home_paths, share)
    assert {path.name: path.read_bytes() for path in drop.glob("2026*")} == shown
    rows = deliveries.rows(fresh(home_paths).read(), share=share)
    assert {row["sha256"] for row in rows} == {hashlib.sha256(payload).hexdigest() for payload in shown.values()}
    assert {row["state"] for row in rows} == {"sent"}


def test_sending_again_sends_nothing_and_a_preview_shows_what_went(home_paths: Home, drop: Path) -> None:
    number = note(home_paths, "Walking retros work", "community")
    share = drafted(home_paths, [number], "practice")
    send(home_paths, share)
    before = read(drop)
    from pkm.sense.notes import edit_note

    edit_note(fresh(home_paths), number, text="Quite another text")
    again = send(home_paths, share)
    assert (len(again.sent), again.already) == (0, 2)
    assert read(drop) == before
    assert all(b"another" not in one.payload for one in look_at(fresh(home_paths), home_paths, share))


def test_a_note_too_narrow_for_the_circle_makes_no_draft(home_paths: Home, drop: Path) -> None:
    with pytest.raises(Refused) as refused:
        drafted(home_paths, [note(home_paths, "Only for the team", "team")], "practice")
    assert refused.value.findings[0][2] == "pkm sense reach n1 community"
    assert shares.rows(fresh(home_paths).read(), 10) == []


def test_a_public_channel_gets_only_what_is_meant_for_the_network(home_paths: Home) -> None:
    add_circle(fresh(home_paths), "blue", "team", channels=["site"])
    with pytest.raises(Refused):
        drafted(home_paths, [note(home_paths, "For the team", "team")], "blue")


def test_a_public_channel_hides_what_the_circle_may_know(home_paths: Home) -> None:
    add_circle(fresh(home_paths), "blue", "team", channels=["site"])
    note(home_paths, "Merger talks with the other house", "team")
    told = note(home_paths, "We walk more, see [[Merger talks with the other house]]", "network")
    from pkm.sense.notes import edit_note

    edit_note(fresh(home_paths), told, title="We walk more")
    share = drafted(home_paths, [told], "blue")
    send(home_paths, share)
    assert "Merger" not in read(home_paths.site)
    assert "blue" not in read(home_paths.site)


def test_the_title_of_a_private_note_stays_at_home(home_paths: Home, drop: Path) -> None:
    note(home_paths, "The budget talk with Bob")
    said = "Walk more\n\nas said in [[The budget talk with Bob]], and in [[The budget talk with Bob|that talk]]"
    told = note(home_paths, said, "community")
    share = drafted(home_paths, [told], "practice")
    send(home_paths, share)
    assert "that talk" in read(drop)
    assert "budget" not in read(drop)


def test_comments_on_quotes_and_in_the_text_stay_at_home(home_paths: Home, drop: Path) -> None:
    told = note(home_paths, "Walk more %%the boss hates it%% and talk", "community")
    share = drafted(home_paths, [told], "practice")
    send(home_paths, share)
    assert "Walk more" in read(drop)
    assert "boss" not in read(drop)


def test_a_note_narrowed_after_the_draft_is_held(home_paths: Home, drop: Path) -> None:
    number = note(home_paths, "A thought about pairs", "community")
    share = drafted(home_paths, [number], "practice")
    set_reach(fresh(home_paths), [number], "private")
    with pytest.raises(Refused):
        send(home_paths, share)
    assert not drop.exists()
    assert deliveries.rows(fresh(home_paths).read()) == []


def test_a_channel_that_fails_is_refused_and_tried_again_with_what_the_note_says_then(home_paths: Home, drop: Path) -> None:
    number = note(home_paths, "Walking retros work, UNWANTED", "community")
    share = drafted(home_paths, [number], "practice")
    drop.write_text("a file where the folder should be")
    assert send(home_paths, share).failures
    rows = deliveries.rows(fresh(home_paths).read(), share=share)
    assert {row["state"] for row in rows} == {"refused"}
    assert shares.row(fresh(home_paths).read(), share)["state"] == "draft"  # type: ignore[index]
    drop.unlink()
    from pkm.sense.notes import edit_note

    edit_note(fresh(home_paths), number, text="Walking retros work")
    shown = {one.payload for one in look_at(fresh(home_paths), home_paths, share)}
    assert not send(home_paths, share).failures
    assert {path.read_bytes() for path in drop.glob("2026*")} == shown
    assert "UNWANTED" not in read(drop)


def kill_while_sending(home: Home, share: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object, **__: object) -> None:
        states = {row["state"] for row in deliveries.rows(Store(home).read(), share=share)}
        assert states == {"sending"}, "it was not committed before its channel was called"
        raise KeyboardInterrupt

    monkeypatch.setattr(mirror, "mirror", killed)
    with pytest.raises(KeyboardInterrupt):
        send(home, share)
    monkeypatch.undo()
    monkeypatch.setenv("PKM_NOW", "2026-11-23T09:00:00Z")


def test_bytes_that_began_to_leave_are_guarded_again(home_paths: Home, drop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = note(home_paths, "The budget talk with Bob", "community")
    told = note(home_paths, "Walk more\n\nas said in [[The budget talk with Bob]]", "community")
    share = drafted(home_paths, [told], "practice")
    kill_while_sending(home_paths, share, monkeypatch)
    set_reach(fresh(home_paths), [other], "private")
    with pytest.raises(Refused, match="may not go there"):
        send(home_paths, share)
    assert not drop.exists()


def test_a_run_that_was_killed_while_sending_is_taken_up(home_paths: Home, drop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share = drafted(home_paths, [note(home_paths, "Walking retros work", "community")], "practice")
    kill_while_sending(home_paths, share, monkeypatch)
    assert [row["number"] for row in shares.unfinished(fresh(home_paths).read())] == [share]
    assert len(send(home_paths, share).sent) == 2
    assert len(list(drop.glob("2026*"))) == 2


def test_an_undo_takes_the_page_down_and_its_undo_puts_it_back(home_paths: Home) -> None:
    share = drafted(home_paths, [note(home_paths, "Walking retros work", "network")], "network")
    send(home_paths, share)
    published = read(home_paths.site)
    assert "Walking retros" in published
    undone = undo_command(fresh(home_paths, "pkm undo"), home_paths)
    assert "Walking retros" not in read(home_paths.site)
    undo_command(fresh(home_paths, "pkm undo"), home_paths, undone.number)
    assert read(home_paths.site) == published


def test_a_later_digest_leaves_the_earlier_page_as_it_is(home_paths: Home) -> None:
    first = drafted(home_paths, [note(home_paths, "Walking retros work", "network")], "network")
    send(home_paths, first)
    (page,) = home_paths.site.glob("2026/*/index.html")
    before = article(page)
    second = drafted(home_paths, [note(home_paths, "Another thing to tell", "network")], "network")
    send(home_paths, second)
    assert article(page) == before  # around it, a link to the newer one appears
    assert len(list(home_paths.site.glob("2026/*/index.html"))) == 2


def test_what_was_put_away_or_shared_or_has_no_words_is_not_drafted(home_paths: Home) -> None:
    from pkm.sense.inbox import drop as put_away

    shared = note(home_paths, "Shared already", "network")
    send(home_paths, drafted(home_paths, [shared], "network"))
    away = note(home_paths, "Put away", "network")
    put_away(fresh(home_paths), [("note", away)])
    note(home_paths, "https://example.org/ #link", "network")
    note(home_paths, "Still private")
    waiting = note(home_paths, "This one goes", "network")
    plan = draft.plan_digest(fresh(home_paths).read(), circle(home_paths, "network"))
    assert [row["id"] for row in plan.notes] == [waiting]
    assert [row["title"] for row in plan.without_words] == ["https://example.org/"]


def test_the_oldest_wait_where_there_are_many(home_paths: Home) -> None:
    numbers = [note(home_paths, f"Note number {number}", "network") for number in range(5)]
    plan = draft.plan_digest(fresh(home_paths).read(), circle(home_paths, "network"), limit=3)
    assert ([row["id"] for row in plan.notes], plan.waiting) == (numbers[2:], 2)


def test_the_site_is_the_same_bytes_from_the_same_store(home_paths: Home) -> None:
    send(home_paths, drafted(home_paths, [note(home_paths, "Walking retros work", "network")], "network"))
    before = {path: path.read_bytes() for path in home_paths.site.rglob("*") if path.is_file()}
    mirror.mirror(fresh(home_paths).read(), home_paths, 1)
    assert {path: path.read_bytes() for path in home_paths.site.rglob("*") if path.is_file()} == before
    assert json.loads((home_paths.site / "feed.json").read_text(encoding="utf-8"))["items"]


@pytest.mark.parametrize(("template", "said"), [
    (b"a\n{{ nonsense }}", "nonsense"), (b"a\n{% for %}", "Expected an expression"), (b"a\n\xff", "not UTF-8"),
    (b"a\n{% include 'gone.md' %}", "no template gone.md"),
])  # fmt: skip
def test_a_template_of_ones_own_with_an_error_sends_nothing(home_paths: Home, drop: Path, template: bytes, said: str) -> None:
    home_paths.templates.mkdir(parents=True)
    (home_paths.templates / "digest.md").write_bytes(template)
    share = drafted(home_paths, [note(home_paths, "Walking retros work", "community")], "practice")
    with pytest.raises(PkmError, match=said) as error:
        send(home_paths, share)
    assert error.value.what == "the template digest.md, line 2"
    assert deliveries.rows(fresh(home_paths).read()) == []


def test_circles_that_share_a_folder_have_files_of_their_own(home_paths: Home, drop: Path) -> None:
    add_circle(fresh(home_paths), "blue", "team", channels=["drop"])
    share = drafted(home_paths, [note(home_paths, "Walking retros work", "community")], "practice", "blue")
    send(home_paths, share)
    assert len(list(drop.glob("2026*.md"))) == 2


def test_bringing_a_digest_back_is_guarded(home_paths: Home) -> None:
    number = note(home_paths, "Walking retros work", "network")
    send(home_paths, drafted(home_paths, [number], "network"))
    undone = undo_command(fresh(home_paths, "pkm undo"), home_paths)
    set_reach(fresh(home_paths), [number], "private")
    with pytest.raises(Refused, match="may no longer stand there"):
        undo_command(fresh(home_paths, "pkm undo"), home_paths, undone.number)
    assert "Walking retros" not in read(home_paths.site)


def test_an_undo_that_cannot_take_the_page_down_takes_nothing_back(home_paths: Home) -> None:
    send(home_paths, drafted(home_paths, [note(home_paths, "Walking retros work", "network")], "network"))
    (home_paths.site / ".pkm-manifest.json").write_text("rubbish")
    with pytest.raises(PkmError):
        undo_command(fresh(home_paths, "pkm undo"), home_paths)
    assert [row["state"] for row in deliveries.rows(fresh(home_paths).read())] == ["sent"]


def test_the_doctor_puts_back_what_a_killed_run_left(home_paths: Home) -> None:
    from pkm.whole.doctor import examine

    send(home_paths, drafted(home_paths, [note(home_paths, "Walking retros work", "network")], "network"))
    (page,) = home_paths.site.glob("2026/*/index.html")
    page.unlink()
    assert [finding.state for finding in examine(fresh(home_paths), home_paths)] == ["mended"]
    assert page.exists()
    assert examine(fresh(home_paths), home_paths) == []


@pytest.mark.parametrize("text", [
    "About [[Layoffs]] we should talk soon. And more here.",
    "About [[Quarterly merger plan]] now. More text. %%see Quarterly merger plan%%",
])  # fmt: skip
def test_a_title_taken_from_the_text_names_no_private_note(home_paths: Home, text: str) -> None:
    note(home_paths, "Layoffs")
    note(home_paths, "Quarterly merger plan")
    send(home_paths, drafted(home_paths, [note(home_paths, text, "network")], "network"))
    assert "layoffs" not in read(home_paths.site).lower()
    assert "merger" not in read(home_paths.site).lower()


@pytest.mark.parametrize(
    "text", ["Use `[[Secret merger plan]]` in code. And more.", "See [[Secret merger plan|Secret merger plan]]."]
)
def test_a_private_title_in_code_or_in_a_label_is_hidden(home_paths: Home, text: str) -> None:
    note(home_paths, "Secret merger plan")
    send(home_paths, drafted(home_paths, [note(home_paths, text, "network")], "network"))
    assert "…" in read(home_paths.site)
    assert "merger" not in read(home_paths.site).lower()


def test_a_share_s_own_title_is_guarded_too(home_paths: Home) -> None:
    note(home_paths, "Secret merger plan")
    told = note(home_paths, "Walk more", "network")
    row = draft.create_share(fresh(home_paths), [told], [circle(home_paths, "network")], "Finds %%not for you%%")
    assert row["title"] == "Finds"
    row = draft.create_share(fresh(home_paths), [told], [circle(home_paths, "network")], "Finds [[Secret merger plan]]")
    with pytest.raises(Refused):
        send(home_paths, row["number"])


def test_an_item_s_title_may_say_what_a_private_note_is_called(home_paths: Home) -> None:
    from pkm.store.model import Item

    note(home_paths, "People in the complex domain")
    with fresh(home_paths).unit() as unit:
        item = unit.add(Item(title="People in the complex domain %%c%%", url="https://example.org/1", received_at=unit.at))
    told = int(add_note(fresh(home_paths), "Probe first", reach="network", item_id=item.id).row["id"][1:])
    assert not send(home_paths, drafted(home_paths, [told], "network")).failures


def test_two_circles_on_one_site_get_one_page(home_paths: Home) -> None:
    add_circle(fresh(home_paths), "guild", "community", channels=["site"])
    share = drafted(home_paths, [note(home_paths, "Walking retros work", "network")], "network", "guild")
    assert not send(home_paths, share).failures
    assert len(list(home_paths.site.glob("2026/*/index.html"))) == 1


def test_runs_at_once_put_a_note_into_one_digest(home_paths: Home) -> None:
    note(home_paths, "Walking retros work", "network")
    note(home_paths, "Pairs are better", "network")
    for process in [Running("share", "--yes") for _ in range(1 + tries(1))]:
        process.wait()
    sent = [row for row in shares.rows(fresh(home_paths).read(), 10) if row["state"] == "sent"]
    assert len(sent) == 1
    assert len(list(home_paths.site.glob("2026/*/index.html"))) == 1


def test_a_slug_is_given_once(home_paths: Home) -> None:
    told = note(home_paths, "Walking retros work", "network")
    network = circle(home_paths, "network")
    slugs = {draft.create_share(fresh(home_paths), [told], [network], "Same title 1")["slug"] for _ in range(3)}
    assert len(slugs) == 3
