"""What README promises, and the test that shows it: read the table from top to bottom as README is read.

A promise is quoted word for word. README's own table of security names its tests itself, and is checked here as well. What
README measures (Figures) is shown by `python -m tests.bench` alone: no test asserts a time.
"""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import CommandLine
from tests.mail_server import MailServer
from tests.mail_server import mail as mail

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

PROMISES = (
    ("It follows the sources *and people* you learn from (seek)", "cli/test_seek.py::test_a_site_leads_to_its_feed",
     "cli/test_contact.py::test_add_with_a_site_follows_its_feed_in_one_operation"),
    ("make sense of what came in with words of your own (sense)",
     "cli/test_sense.py::TestKeep::test_with_words_it_makes_a_note_from_the_item"),
    ("never beyond the reach you gave them (share)", "edge/test_outbox.py::test_a_note_too_narrow_for_the_circle_makes_no_draft",
     "edge/test_outbox.py::test_a_note_narrowed_after_the_draft_is_held"),
    ("the whole chain from the person who set you thinking to those who got the result", "store/test_chain.py"
     "::test_the_chain_of_a_note_goes_from_the_person_behind_its_source_to_what_was_answered"),
    ("On a machine with Python 3.11 or newer", "::test_what_the_package_says_of_itself"),
    ("plays the whole loop in a throw-away home, with no network beyond your machine",
     "cli/test_tour.py::test_the_tour_plays_the_whole_loop"),
    ("## A first session", "test_docs.py::test_the_sessions_in_the_readme_are_the_recorded_ones",
     "cli/test_transcripts.py::test_transcript"),
    ('<img alt="pkm by itself: where everything stands"', "cli/test_pictures.py::test_the_dashboard_looks_as_it_did"),
    ("![The desk](tests/pictures/desk-80x24.svg)", "desk/test_pictures.py::test_the_desk_looks_as_it_did"),
    ("![The map of notes, people and circles]", "cli/test_map.py::test_its_picture"),
    ('<img alt="The site on a phone"', "cli/test_pictures.py::test_the_site_in_a_browser"),
    ("two weeks later, after a yes, the network gets it",
     "cli/test_plan.py::test_community_today_network_after_two_weeks_and_a_yes_then_once"),
    ("where everything stands, and the next step for each verb",
     "cli/test_ranked.py::TestOrder::test_bare_pkm_shows_the_best_too",
     "cli/test_pictures.py::test_the_dashboard_looks_as_it_did"),
    ("`pkm help` explains searches, selectors, dates, reach, plans, templates and the method",
     "cli/test_help.py::test_every_command_of_a_page_is_there_with_its_options"),
    ("Every command has `--help` with an example", "test_docs.py::test_every_command_has_help_with_an_example"),
    ("a unique beginning of a command is enough (`pkm sense ann`)", "::test_a_unique_beginning_of_a_command_is_enough"),
    ("completes commands, ids, tags, circles and people in bash, zsh and fish",
     "cli/test_whole.py::test_the_shell_completes_commands_ids_and_names"),
    ("A thing is named by its id (`n12`), by `.` (the last one touched), `%2` (row 2 of the last list), `-` (ids on standard "
     "input), or by words of its title", "::test_a_thing_is_named_in_five_ways"),
    ("`--json` on every command that prints data", "test_docs.py::test_every_command_prints_json_where_it_prints_data",
     "cli/test_sense.py::test_json_is_one_value_for_every_command_that_prints_data"),
    ("results on stdout, messages on stderr", "::test_each_exit_code", "edge/cases/test_edge_tool.py"
     "::test_69_json_is_clean_where_some_feeds_fail"),
    ("0 done, 1 failed, 2 wrong usage or ambiguous, 3 refused by a guard, 4 partly done", "::test_each_exit_code",
     "edge/cases/test_edge_http.py::test_26_offline_ends_with_1_and_partly_failed_with_4"),
    ("`PKM_HOME`, else the XDG folders", "unit/test_config.py::test_everything_is_under_pkm_home",
     "unit/test_config.py::test_without_pkm_home_the_xdg_folders_are_used"),
    ("brings it back, equal byte for byte", "cli/test_whole.py::test_export_import_export_is_equal_byte_for_byte"),
    ("`pkm undo` takes back a command, all of it", "store/test_journal.py::test_undoing_every_command_gives_the_first_store",
     "store/test_journal.py::test_a_final_command_is_refused_with_its_reason"),
    ("vCards, a folder of them, or the CSV of LinkedIn, Google and Outlook",
     "cli/test_contact_import.py::test_a_folder_of_cards_goes_in_and_out_without_needless_writing",
     "unit/test_contacts_csv.py::test_linkedin", "unit/test_contacts_csv.py::test_google_new_and_old",
     "unit/test_contacts_csv.py::test_outlook"),
    ("again and again without doubles", "cli/test_contact_import.py::test_import_recognizes_people",
     "cli/test_contact_import.py::test_an_import_that_changes_nothing_is_not_in_the_log"),
    ("gives them back, what pkm does not know included",
     "cli/test_contact_import.py::test_the_parts_of_a_name_and_what_pkm_does_not_know_come_back"),
    ("To a phone, by way of a CardDAV server", "cli/test_carddav.py::test_an_edit_travels_and_nothing_else_is_rewritten"),
    ('`pkm contact log maria "call, promised the paper by fri"`',
     "cli/test_touch.py::test_what_is_promised_is_told_and_undone_with_what_was_logged"),
    ("(one person, and what there is to talk about)", "cli/test_touch.py::test_next_tells_what_is_new_since_the_last_touch"),
    ("(what passed between you, in order)", "cli/test_transcripts.py::test_transcript"),
    ("(who may join, with evidence)", "cli/test_community_story.py"
     "::test_the_right_two_are_proposed_with_their_evidence_and_none_of_the_others"),
    ("`pkm contact dupes` and `merge`", "cli/test_contact_merge.py::test_dupes_say_why_and_end_with_the_command",
     "store/test_contact_merging.py::test_all_that_hung_on_them_hangs_on_the_one_who_stays"),
    ("`pkm contact introduce ann ben`", "cli/test_introduce.py::TestSending::test_a_draft_goes_to_both_and_is_logged"),
    ("Nobody is moved, merged or written to by itself", "cli/test_candidates.py"
     "::TestCandidates::test_nobody_is_moved_and_a_member_is_none",
     "cli/test_contact_import.py::test_few_possible_duplicates_are_named_and_many_counted",
     "::test_nothing_is_sent_but_by_share_and_a_confirmed_introduction"),
    ("tells what was given and came back", "cli/test_stats.py::test_who_gave_first_is_named_and_who_is_read_and_never_answered"),
    ("The inbox is best first and says why", "cli/test_ranked.py"
     "::TestOrder::test_best_first_with_the_reason_and_the_seventh_a_surprise",
     "cli/test_ranked.py::TestOrder::test_explain_shows_terms_that_add_up"),
    ("every seventh place is a surprise", "unit/test_rank.py"
     "::TestSurprise::test_every_seventh_place_is_one_from_outside_the_habits"),
    ("A new source puts its newest five there, the rest waits in its backlog", "edge/cases/test_edge_stories.py"
     "::test_57_of_an_archive_of_700_the_newest_five_come_into_the_inbox"),
    ("is one folder of sources", "cli/test_ranked.py::TestOrder::test_one_folder_of_sources_is_read_alone"),
    ("mutes, keeps only, tags and ranks what comes in",
     "cli/test_rules.py::test_what_a_rule_mutes_is_listed_and_comes_back_for_good",
     "cli/test_rules.py::test_of_a_scope_that_is_kept_only_what_matches_comes_in",
     "cli/test_rules.py::test_tags_and_ranks_are_put_once_however_often_they_are_applied"),
    ("suggest whom to follow next, each with its evidence", "edge/test_discovery.py"
     "::test_planted_sites_come_first_with_their_evidence",
     "edge/test_discovery.py::test_planted_people_come_first_with_their_evidence"),
    ("sites, feeds, pages without a feed", "cli/test_seek.py::test_a_site_leads_to_its_feed",
     "edge/test_formats.py::test_a_page_with_entries_and_no_feed_is_followed"),
    ("newsletters in a mailbox", "cli/test_mail.py::test_a_maildir_from_adding_to_listing",
     "cli/test_mail.py::test_imap_asks_for_the_place_of_its_password"),
    ("one author of a group's feed (`--author`)", "cli/test_rules.py::test_one_author_inside_a_groups_feed_is_followed_alone"),
    ("Bookmarks come in by `pkm import`", "cli/test_bookmarks.py::test_a_second_import_changes_nothing"),
    ("pages by `pkm seek clip`", "cli/test_clip.py::test_the_archived_page_comes_back_byte_for_byte"),
    ("private feeds with `--credential`", "edge/cases/test_edge_access.py::test_the_secret_is_sent_and_only_its_place_is_kept"),
    ("prints what makes the pull run by itself", "cli/test_unattended.py::test_config_timer_prints_and_installs_nothing",
     "unit/test_timer.py::test_systemd_takes_the_units"),
    ("tells what ails each source and the command for it",
     "cli/test_health.py::test_the_doctor_tells_kinds_apart_with_the_command_for_each"),
    ("which pages that you lead to are gone", "edge/test_dead_links.py::test_a_run_tells_mends_and_asks_nobody_twice_a_day"),
    ("tells the story of a subject: since when, from whom, what you made of it, who has it from you",
     "store/test_subject.py::test_all_of_it_is_on_one_screen",
     "store/test_subject.py::test_who_is_in_it_is_told_with_the_evidence"),
    ("A pull makes a verified copy of the store each week and keeps the last four",
     "store/test_backup.py::test_each_week_has_a_copy_and_the_oldest_go"),
    ("puts one back, also on a new machine", "cli/test_backup.py::test_a_folder_gets_a_copy_with_the_time_in_its_name",
     "cli/test_backup.py::test_a_copy_that_came_without_what_its_notes_show_says_so"),
    ("then `pkm forget c12 --backups`", "edge/test_forget.py::TestAPerson::test_no_byte_of_them_stays",
     "edge/test_forget.py::TestTheRest::test_copies_that_hold_it_are_named_and_removed_when_asked"),
    ("again and again, equal to the byte", "cli/test_vault.py"
     "::test_a_shared_vault_is_counted_as_its_index_says_and_goes_out_as_it_came",
     "cli/test_vault.py::test_a_vault_of_300_notes_twice"),
    ("say what wants joining", "cli/test_near.py::TestRelated::test_says_why",
     "cli/test_near.py::TestSuggest::test_what_is_mentioned_related_and_tagged",
     "cli/test_garden.py::TestGarden::test_each_part"),
    ("makes `:cop` a selector", "cli/test_searches.py::TestSavedSearches::test_selects_wherever_several_things_are_taken"),
    ("Notes also come from jrnl and nb, highlights from Readwise", "cli/test_vault.py::test_a_journal_of_jrnl_comes_in_once",
     "cli/test_other_notes.py::TestNb::test_notes_are_notes_and_bookmarks_are_items",
     "cli/test_other_notes.py::TestReadwise::test_highlights_are_quotes_of_a_kept_item_and_come_in_once"),
    ("opens the desk (`--plain`: one line, one key)", "desk/test_desk.py::test_keep_drop_and_take_back",
     "cli/test_sense.py::TestWalk::test_one_key_each"),
    ("brings a few notes back in five minutes", "cli/test_review.py::test_one_of_each_and_why"),
    ("draws notes, people and circles as one page", "cli/test_map.py::test_the_page_loads_nothing_and_holds_no_markup_of_others"),
    ("Nothing is sent anywhere but by `pkm share` and a confirmed introduction",
     "::test_nothing_is_sent_but_by_share_and_a_confirmed_introduction"),
    ("a note is private until you widen its reach", "::test_nothing_is_sent_but_by_share_and_a_confirmed_introduction",
     "cli/test_sense.py::TestReachAndTag::test_widening_says_who_may_now_get_it"),
    ("the site (`pkm share site open`), folders, mail, Mastodon, Bluesky, Matrix and webhooks",
     "edge/test_outbox.py::test_a_delivery_is_the_bytes_that_were_shown",
     "edge/test_mail_out.py::TestBytes::test_what_is_shown_is_what_is_stored_is_what_arrived",
     "edge/test_posts.py::TestEveryChannel::test_what_is_shown_is_what_is_stored_is_what_was_sent"),
    ("shows the very bytes, who gets them and what is new for whom", "edge/test_outbox.py"
     "::test_a_delivery_is_the_bytes_that_were_shown",
     "cli/test_preview.py::test_who_gets_it_what_they_had_and_what_can_be_taken_back"),
    ("go out without place and camera", "unit/test_picture.py::test_what_a_picture_tells_goes_and_what_it_shows_stays",
     "edge/test_pictures_out.py::test_they_lie_beside_files_and_pages", "edge/test_pictures_out.py::test_they_are_in_the_letter"),
    ("A mail channel with a mailbox brings the answers home", "edge/test_answers_by_mail.py"
     "::TestLetters::test_the_same_letter_twice_is_one_answer_also_where_the_mailbox_is_read_again"),
    ("`PKM_TEST_EFFORT=10 .venv/bin/pytest tests/properties` tries ten times as much", "::test_the_effort_multiplies"),
    ("Posts are tried against real servers where they are", "edge/test_servers.py"
     "::test_what_is_shown_is_what_is_stored_is_what_the_server_got"),
    ("what to touch to add a command, a channel or a column", "test_docs.py::test_files_named_in_the_architecture_exist"),
    ("are sessions that the tests replay", "cli/test_transcripts.py::test_transcript"),
    ("## License MIT", "::test_what_the_package_says_of_itself"),
)  # fmt: skip
"""What README says, and where that is shown: files below tests/; "::" alone is this file."""

SECURITY = README[README.index("## Security") : README.index("## Figures")]


def named() -> list[str]:
    """Every test that README or the table above names, the file written out."""
    here = Path(__file__).name
    path, found = "", [f"{here}{name}" if name.startswith("::") else name for _, *names in PROMISES for name in names]
    for said in re.findall(r"`([\w/]*(?:\.py)?::[\w:]+)`", SECURITY):
        place, _, name = said.partition("::")
        path = place or path
        found.append(f"{path}::{name}")
    return found


@cache
def functions_of(path: str) -> set[str]:
    """The tests of a file below tests/, those of a class behind its name."""
    tree = ast.parse((ROOT / "tests" / path).read_bytes())
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    within = [("", tree.body), *((f"{one.name}::", one.body) for one in classes)]
    return {f"{path}::{where}{node.name}" for where, body in within for node in body if isinstance(node, ast.FunctionDef)}


def test_every_test_that_shows_a_promise_is_there() -> None:
    names = named()
    assert len(names) > len(PROMISES) + 20  # those of the table of security, too
    assert [name for name in names if name not in functions_of(name.partition("::")[0])] == []


def test_every_promise_stands_in_the_readme_word_for_word() -> None:
    text = " ".join(README.split())
    assert [words for words, *_ in PROMISES if words not in text] == []


def test_every_paragraph_that_promises_has_its_line() -> None:
    """A point that is added to README's list, or a row to its table of security, names what shows it."""
    points = README[README.index("## What is where") : README.index("## Security")].split("\n- ")[1:]
    bare = [one for one in points if not any(words in " ".join(one.split()) for words, *_ in PROMISES)]
    rows = [row for row in SECURITY.split("\n") if row.startswith("| ") and "::" not in row]
    assert (bare, rows) == ([], ["| promise | shown by |", "| --- | --- |"])


def test_what_the_package_says_of_itself() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11"
    assert (ROOT / project["license"]["file"]).read_text().startswith("MIT License")


def test_the_effort_multiplies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.effort.EFFORT", 10)
    from tests.effort import tries

    assert tries(30) == 300


def test_a_unique_beginning_of_a_command_is_enough(pkm: CommandLine) -> None:
    pkm("sense", "note", "Walking retros work")
    assert pkm("sense", "ann", "n1", "-m", "so they do").out.startswith("a1 ")
    assert "short for several commands: show, suggest, shrink" in pkm("sense", "s", "n1", ok=2).err


def test_a_thing_is_named_in_five_ways(pkm: CommandLine) -> None:
    pkm("sense", "note", "Walking retros work")
    pkm("sense", "note", "Silence is a signal")

    def shown(words: str, stdin: str = "") -> str:
        return str(pkm.json("sense", "show", words, stdin=stdin)["id"])

    assert [shown("n1"), shown("."), shown("walking"), shown("-", "n2\n")] == ["n1", "n1", "n1", "n2"]
    rows = [row["id"] for row in pkm.json("find", "kind:note")]
    assert shown("%2") == rows[1]


def test_each_exit_code(pkm: CommandLine) -> None:
    """What failed says so on stderr, and stdout stays empty; what is partly done is shown with feeds that fail."""
    done = pkm("sense", "note", "Walking retros work")
    assert (done.code, done.out.split()[0]) == (0, "n1")
    for code, words in ((1, "sense show n99"), (2, "sense show"), (2, "sense reach n1 wide"), (3, "share draft n1 --to network")):
        failed = pkm(*words.split(), ok=code)
        assert failed.out == "", words
        assert failed.err, words


def test_nothing_is_sent_but_by_share_and_a_confirmed_introduction(
    pkm: CommandLine, mail: MailServer, tmp_path: Path, home: Path
) -> None:
    """An ordinary day with a circle that mail, a folder and the site lead to: nothing leaves until it is said."""
    drop = tmp_path / "drop"
    pkm("share", "channel", "add", "post", mail.url, "--from", "Me <me@example.org>")
    pkm("share", "channel", "add", "drop", f"files:{drop}")
    pkm("circle", "add", "practice", "--kind", "community", "--channel", "post", "--channel", "drop")
    for who in ("Ann", "Ben"):
        pkm("contact", "add", who, "--nick", who.lower(), "--email", f"{who.lower()}@example.org")
        pkm("circle", "join", "practice", who, "--because", "peer")
    pkm("sense", "note", "Walking retros work @ann")
    assert pkm.json("sense", "show", "n1")["reach"] == "private"
    assert "private" in pkm("share", "draft", "n1", "--to", "practice", ok=3).err
    pkm("sense", "reach", "n1", "network")
    pkm("contact", "log", "ann", "call, promised the paper by fri")
    pkm("share", "draft", "n1", "--to", "practice", "--title", "Walking")
    pkm("share", "preview", "x1")
    pkm("contact", "introduce", "ann", "ben", "--because", "both walk", "-m", "Do talk.")
    for draft in ("x1", "x2"):
        assert "Next: pkm share send " in pkm("share", "send", draft, ok=3).err
    for words in ("sense edit n1 --title Walks", "contact next", "circle candidates practice", "doctor", "undo", "", "log"):
        pkm(*words.split())
    assert (mail.letters, drop.exists(), (home / "site").exists()) == ([], False, False)
    pkm("share", "send", "x1", "--yes")
    assert sorted(to for to, _ in mail.letters) == ["ann@example.org", "ben@example.org"]
    assert list(drop.iterdir())
