"""Import and export of people: honest counts, nothing twice, nothing lost, all of it undone by one undo."""

import csv
import json
import os
import re
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import CommandLine

KEYS = ["read", "new", "updated", "unchanged", "failed", "failures"]


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def write(path: Path, *cards: str) -> Path:
    path.write_text("".join(cards), encoding="utf-8", newline="")
    return path


def counts(summary: dict[str, object]) -> tuple[object, ...]:
    return tuple(summary[key] for key in KEYS[:-1])


def people(pkm: CommandLine) -> list[str]:
    return sorted(row["name"] for row in pkm.json("contact", "list", "-n", "9999"))


def dump(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """The tables that an import writes, without times of operations and ids of what was counted on."""
    db = sqlite3.connect(home / "pkm.db")
    tables = ("contact", "handle", "tagging", "membership", "link")
    return {table: db.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in tables}


def index(folder: Path) -> list[dict[str, str]]:
    with (folder / "INDEX.tsv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_every_shared_card_is_read_once_and_comes_back(
    pkm: CommandLine, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row for row in index(shared / "vcards") if row["file"].endswith(".vcf")]
    files = [shared / "vcards" / row["file"] for row in rows]
    first = [pkm.json("contact", "import", file, ok=(0, 4)) for file in files]
    assert [(file.name, one["read"]) for file, one in zip(files, first, strict=True)] == [
        (row["file"], int(row["cards"])) for row in rows
    ]
    again = [pkm.json("contact", "import", file, ok=(0, 4)) for file in files]
    assert [(one["new"], one["updated"]) for one in again] == [(0, 0)] * len(files)
    names = people(pkm)
    pkm("contact", "export", "--vcard", tmp_path / "out.vcf")
    own = pkm.json("contact", "import", tmp_path / "out.vcf")
    assert counts(own) == (len(names), 0, 0, len(names), 0)
    monkeypatch.setenv("PKM_HOME", str(tmp_path / "other"))
    assert pkm.json("contact", "import", tmp_path / "out.vcf")["new"] == len(names)
    assert people(pkm) == names
    pkm("contact", "export", "--vcard", tmp_path / "out2.vcf")
    one, two = ((tmp_path / name).read_bytes().split(b"END:VCARD") for name in ("out.vcf", "out2.vcf"))
    assert [sorted(card.splitlines()) for card in one] == [sorted(card.splitlines()) for card in two]


def test_every_shared_table_gives_its_contacts(
    pkm: CommandLine, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row in index(shared / "csv"):
        monkeypatch.setenv("PKM_HOME", str(tmp_path / row["file"]))
        file = shared / "csv" / row["file"]
        if row["file"] == "bad-not-contacts.csv":
            told = pkm("contact", "import", file, ok=1)
            assert "date, amount, text" in told.err
            continue
        found = pkm.json("contact", "import", file, ok=(0, 4))
        assert (found["new"], found["read"] + found["failed"]) == (int(row["contacts"]), int(row["rows"])), row["file"]
        again = pkm.json("contact", "import", file, ok=(0, 4))
        assert (again["new"], again["updated"], again["unchanged"]) == (0, 0, int(row["contacts"]))


def test_shared_tables_after_each_other_join_by_address(pkm: CommandLine, shared: Path) -> None:
    pkm("contact", "import", shared / "csv/linkedin-connections.csv")
    assert pkm.json("contact", "import", shared / "csv/linkedin-no-preamble.csv")["new"] == 0
    told = pkm.json("contact", "import", shared / "csv/google-contacts.csv")
    assert told["read"] - told["new"] >= 8
    for name in ("linkedin-connections.csv", "google-contacts.csv"):
        again = pkm.json("contact", "import", shared / "csv" / name)
        assert (again["new"], again["updated"]) == (0, 0)


def test_a_dry_run_says_what_the_import_then_does(pkm: CommandLine, shared: Path) -> None:
    pkm("contact", "import", shared / "vcards/John_Doe_GMAIL.vcf")
    for name in ("John_Doe_IPHONE.vcf", "odd-duplicates.vcf", "odd-mixed.vcf", "bad-unclosed.vcf"):
        file = shared / "vcards" / name
        dry = pkm.json("contact", "import", file, "--dry-run", ok=(0, 4))
        assert list(dry)[: len(KEYS)] == KEYS
        assert {**dry, "dry_run": False} == pkm.json("contact", "import", file, ok=(0, 4))
        assert dry["new"] + dry["updated"] > 0


def test_one_undo_takes_the_import_back_and_another_does_it_again(
    pkm: CommandLine, home: Path, shared: Path, tmp_path: Path
) -> None:
    pkm("contact", "import", shared / "vcards/John_Doe_GMAIL.vcf")
    before = dump(home)
    ann = card("FN:Ann", "EMAIL:ann@x.example", "CATEGORIES:friends").encode()
    (tmp_path / "more.vcf").write_bytes((shared / "vcards/John_Doe_IPHONE.vcf").read_bytes() + b"\r\n" + ann)
    done = pkm.json("contact", "import", tmp_path / "more.vcf", "--circle", "network")
    assert counts(done) == (2, 1, 1, 0, 0)
    after = dump(home)
    number = pkm.json("log")[0]["id"]
    pkm("undo", number)
    assert dump(home) == before
    pkm("undo", number + 1)
    assert dump(home) == after


def test_an_import_that_changes_nothing_is_not_in_the_log(pkm: CommandLine, tmp_path: Path) -> None:
    file = write(tmp_path / "a.vcf", card("FN:Ann"))
    pkm("contact", "import", file)
    told = pkm("contact", "import", file)
    assert told.out == "1 read · 0 new · 0 updated · 1 unchanged · 0 lost\n"
    assert [row["summary"] for row in pkm.json("log")] == ["1 new contact, 0 updated, from a.vcf"]


def test_arrivals_join_a_circle_with_the_import_as_reason(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("contact", "add", "Old Friend", "--email", "old@x.example")
    file = write(tmp_path / "cards.vcf", card("FN:Ann", "UID:1"), card("FN:Old Friend", "EMAIL:old@x.example"))
    pkm("contact", "import", file, "--circle", "network")
    assert [row["name"] for row in pkm.json("contact", "list", "--circle", "network")] == ["Ann"]
    assert "import of cards.vcf" in pkm("contact", "show", "Ann").out
    pkm("contact", "import", write(tmp_path / "b.vcf", card("FN:Ben")), "--circle", "network", "--because", "met in May")
    assert "met in May" in pkm("contact", "show", "Ben").out
    assert pkm("contact", "import", file, "--circle", "nowhere", ok=None).code == 1
    assert pkm("contact", "import", file, "--because", "x", ok=None).code == 2


def test_a_bad_card_is_named_with_file_line_and_text_and_the_rest_is_imported(pkm: CommandLine, tmp_path: Path) -> None:
    file = write(tmp_path / "odd.vcf", card("FN:Ann", "no property at all", "BDAY:19990231"), card("FN:Ben"), "BEGIN:VCARD\r\n"
                 "FN:Cut Off\r\n")  # fmt: skip
    told = pkm("contact", "import", file, ok=4)
    assert told.out == "2 read · 2 new · 0 updated · 1 lost\n"
    assert "odd.vcf, line 4: no property at all: it has no colon, so nothing is known of it; the rest is c1 Ann" in told.err
    assert "odd.vcf, line 5: BDAY:19990231: it is no date: kept as it is" in told.err
    lines = told.err.splitlines()
    assert "Cut Off: the card is cut off" in lines[0]  # first what nothing came of
    assert lines[0].endswith("; not imported")
    assert lines[-1] == "Take it back: pkm undo 1"
    again = pkm("contact", "import", file, ok=4)  # what was lost is lost again; the rest was looked at
    assert (again.out, again.err.count("\n")) == ("2 read · 0 new · 0 updated · 2 unchanged · 1 lost\n", 2)
    assert "19990231" in pkm("contact", "export", "--vcard", "-").out


def test_a_card_without_a_name_says_who_it_is_and_is_no_failure_for_ever(pkm: CommandLine, tmp_path: Path) -> None:
    file = write(tmp_path / "n.vcf", card("UID:u-1", "NOTE:who is this?"))
    told = pkm("contact", "import", file, ok=4)
    assert told.err == ("n.vcf, line 1: a card: it has no name, and nothing to name it by; kept as c1 (no name): "
                        "pkm contact edit c1 --name …\nTo see this again: pkm import --failed\n"
                        "Take it back: pkm undo 1\n")  # fmt: skip
    again = pkm("contact", "import", file)
    assert (again.out, again.err) == ("1 read · 0 new · 0 updated · 1 unchanged · 0 lost\n", "")


@pytest.mark.parametrize("names", ["ab", "abcdefg"])
def test_few_possible_duplicates_are_named_and_many_counted(pkm: CommandLine, tmp_path: Path, names: str) -> None:
    pkm("contact", "add", "Ann", "--email", "ann@x.example", "--org", "A")
    pairs = [card("FN:Ann", "EMAIL:ann@x.example", "ORG:B")]
    pairs += [card(f"FN:Person {name}", f"EMAIL:{name}{number}@x.example") for name in names for number in (1, 2)]
    told = pkm("contact", "import", write(tmp_path / "d.vcf", *pairs))
    assert f"{len(names)} possible duplicates" in told.out
    *named, differs, step, back = told.err.splitlines()
    assert [line.split(" may be ")[0] for line in named] == ([f"Person {name}" for name in names] if len(names) < 6 else [])
    assert differs == "c1: org differs: “A” here, “B” in the file"
    assert (step, back) == ("Next: pkm contact dupes", "Take it back: pkm undo 2")
    pkm("undo", "2")
    assert people(pkm) == ["Ann"]


def test_a_long_book_is_told_on_one_screen_and_what_was_lost_comes_first(pkm: CommandLine, tmp_path: Path) -> None:
    cards = [card(f"FN:Person {n}", f"EMAIL:p{n}@x.example", "BDAY:19990231", "no colon") for n in range(40)]
    cards += [card(f"FN:Other {n}", f"EMAIL:p{n}@x.example") for n in range(40)]
    told = pkm("contact", "import", write(tmp_path / "book.vcf", *cards, "BEGIN:VCARD\r\nFN:Cut Off\r\n"), ok=4)
    lines = told.err.splitlines()
    assert len(lines) < 12
    assert lines[0].endswith("it has no END:VCARD; not imported")
    assert "40 × it is no date: kept as it is (c1, c2, c3, c4 and 36 more)" in lines
    assert "Each by itself: pkm undo 1, and the same command with --json" in lines


def test_a_circle_is_named_exactly(pkm: CommandLine, tmp_path: Path) -> None:
    file = write(tmp_path / "a.vcf", card("FN:Ann"))
    for command in (("import", file), ("add", "Ann")):
        told = pkm("contact", *command, "--circle", "netwrk", ok=2)
        assert "Did you mean o1 network?" in told.err
    assert people(pkm) == []


@pytest.mark.parametrize(("others", "who"), [(0, '"kind:contact -circle:o1"'), (1, "c1,c2,c3,c4,c5,c6")])
def test_who_was_here_already_can_join_the_circle(pkm: CommandLine, tmp_path: Path, others: int, who: str) -> None:
    cards = [card(f"FN:{name}", f"EMAIL:{name}@x.example") for name in ("Ann", "Ben", "Cy", "Dee", "Eva", "Fay")]
    pkm("contact", "import", write(tmp_path / "one.vcf", *cards))
    for _ in range(others):
        pkm("contact", "add", "Somebody Else")
    file = write(tmp_path / "two.vcf", *cards, card("FN:New", "EMAIL:new@x.example"))
    told = pkm("contact", "import", file, "--circle", "network").err
    step = f"Next: pkm circle join network {who}"
    assert told.splitlines()[0] == f"6 were here already, 6 of them not in network: nobody was moved. {step}"
    pkm("circle", "join", "network", who.strip('"'))
    assert len(pkm.json("contact", "list", "--circle", "network")) == 7
    assert "6 were here already" not in pkm("contact", "import", file).err


def test_a_circle_with_nobody_in_it_says_so(pkm: CommandLine) -> None:
    assert pkm("contact", "list", "--circle", "network").err == "Nobody is in network. Next: pkm circle join o1 WHO\n"


def test_a_phone_books_own_groups_are_no_tags(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("contact", "import", write(tmp_path / "g.vcf", card("FN:Ann", "UID:1", "CATEGORIES:My Contacts,myContacts,starred,maps")))
    assert pkm.json("contact", "show", "c1")["tags"] == ["maps"]


def test_a_folder_of_tables_names_a_table(pkm: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv").write_text("Name,Email\nAnn,ann@x.example\n")
    told = pkm("contact", "import", tmp_path / "tables", ok=1).err
    assert f"Next: pkm contact import {tmp_path}/tables/a.csv" in told


def test_what_a_file_says_otherwise_is_told_and_stays_as_it_is(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("contact", "add", "Ann", "--email", "ann@x.example", "--org", "A")
    told = pkm("contact", "import", write(tmp_path / "a.vcf", card("FN:Ann", "EMAIL:ann@x.example", "ORG:B")))
    assert told.out == "1 read · 0 new · 0 updated · 1 unchanged · 0 lost\n"
    assert told.err == "c1: org differs: “A” here, “B” in the file\n"


def test_whose_site_is_followed_is_offered_as_its_writer(pkm: CommandLine, tmp_path: Path) -> None:
    opml = tmp_path / "feeds.opml"
    opml.write_text("<opml version='2.0'><body>" + "".join(
        f"<outline type='rss' text='{name}' xmlUrl='https://{name}.org/feed' htmlUrl='https://www.{name}.org/'/>"
        for name in ("ann", "bo", "firm")) + "</body></opml>")  # fmt: skip
    file = write(tmp_path / "a.vcf", card("FN:Ann", "URL:http://ann.org"), card("FN:Cy", "URL:https://firm.org"),
                 card("FN:Di", "URL:https://firm.org"))  # fmt: skip
    offer = "s1 ann is the site of c1 Ann. Next: pkm seek edit s1 --contact c1\n"
    pkm("contact", "import", file)
    assert offer in pkm("import", opml).err
    assert offer not in pkm("contact", "import", file).err
    pkm("undo", "1")
    pkm("contact", "add", "Bo", "--url", "https://bo.org/", "--no-feed", ok=None)
    told = pkm("contact", "import", file).err
    assert "s1 ann is the site of" in told
    assert "firm" not in told
    command = re.search(r"pkm (seek edit s1 --contact c\d+)", told)
    assert command is not None
    assert pkm(*command[1].split()).out.strip().endswith("Ann")


def test_hostile_and_enormous_values_do_no_harm(pkm: CommandLine, tmp_path: Path) -> None:
    photo = "PHOTO;ENCODING=b;TYPE=JPEG:" + "A" * 20_000_000
    file = write(tmp_path / "h.vcf", card(f"FN:{'x' * 10_000}", "UID:1"), card("FN:\x1b[31mRed [bold]Ann[/bold]\u202e", "UID:2"),
                 card("FN:Picture", photo), card("FN:" + "../" * 40 + "etc", "UID:../../etc/passwd"))  # fmt: skip
    told = pkm.json("contact", "import", file, ok=4)
    assert (told["read"], told["new"], told["failed"]) == (4, 4, 2)
    names = people(pkm)
    assert [len(name) for name in names if name.startswith("x")] == [1000]
    assert "Red [bold]Ann[/bold]" in names
    folder = tmp_path / "out"
    pkm("contact", "export", folder)
    assert len(list(folder.glob("*.vcf"))) == 4
    assert {path.parent for path in tmp_path.rglob("*.vcf")} == {tmp_path, folder}


def test_encodings_and_a_map(pkm: CommandLine, tmp_path: Path) -> None:
    table = "Wer;Wie, sonst;Post\nJörg Ólafsson;jo;joerg@x.example\n"
    for number, encoding in enumerate(("utf-16", "windows-1252", "utf-8-sig")):
        file = tmp_path / f"{number}.txt"
        file.write_bytes(table.encode(encoding))
        told = pkm.json("contact", "import", file, "--map", "name=Wer,nick=Wie, sonst,email=Post")
        assert counts(told) == ((1, 1, 0, 0, 0) if number == 0 else (1, 0, 0, 1, 0))
    assert [(row["name"], row["nick"]) for row in pkm.json("contact", "list")] == [("Jörg Ólafsson", "jo")]
    assert "Wer" in pkm("contact", "import", tmp_path / "0.txt", "--map", "name=Who", ok=2).err
    assert "FIELD=COLUMN" in pkm("contact", "import", tmp_path / "0.txt", "--map", "Wer", ok=2).err
    assert pkm("contact", "import", tmp_path / "0.txt", ok=1).err.startswith("Could not read")


def test_mentions_that_meant_nobody_mean_who_arrives(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("sense", "note", "With @ann_lee and @nobody on paths")
    told = pkm("contact", "import", write(tmp_path / "a.vcf", card("FN:Ann Lee"), card("FN:Ben")))
    assert "1 earlier mention in your notes" in told.err
    assert "paths" in pkm("contact", "show", "c1").out


def test_import_recognizes_people(pkm: CommandLine, shared: Path, tmp_path: Path) -> None:
    assert pkm.json("import", shared / "vcards/gmail-list.vcf")["new"] == 3
    assert pkm.json("import", shared / "csv/google-contacts-old.csv", "--dry-run")["new"] == 40
    assert "no column names people" in pkm("import", shared / "csv/bad-not-contacts.csv", ok=1).err
    odd = tmp_path / "cards.bak"
    odd.write_bytes((shared / "vcards/gmail-single.vcf").read_bytes())
    assert pkm.json("import", odd, "--as", "vcard")["new"] == 1
    assert pkm("import", odd, "--as", "csv", ok=1).err
    assert "vcard, csv" in pkm("import", odd, "--as", "cards", ok=2).err
    opml = next(shared.glob("opml/*.opml"))
    assert "read" not in pkm.json("import", opml, "--dry-run", ok=(0, 4))


def test_a_folder_of_cards_goes_in_and_out_without_needless_writing(pkm: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "book"
    folder.mkdir()
    write(folder / "ann.vcf", card("UID:u-ann", "FN:Ann", "EMAIL:ann@x.example", "X-KEEP:this"))
    write(folder / "ben.vcf", card("UID:u-ben", "FN:Ben", version="4.0"))
    write(folder / "picture.vcf", "\x89PNG no card at all")
    (folder / "notes.txt").write_text("not mine")
    told = pkm.json("contact", "import", folder, ok=4)
    assert counts(told) == (2, 2, 0, 0, 1)
    assert told["failures"][0]["what"] == "picture.vcf"
    (folder / "picture.vcf").unlink()

    stood = {path.name: path.read_bytes() for path in folder.iterdir()}
    first = pkm.json("contact", "export", folder)
    assert (first["new"], first["updated"], first["unchanged"]) == (0, 0, 2)
    assert {name: (folder / name).read_bytes() for name in stood} == stood

    pkm("contact", "edit", "Ann", "--org", "Acme")
    pkm("contact", "add", "Cleo")
    second = pkm.json("contact", "export", folder)
    assert (second["new"], second["updated"], second["unchanged"]) == (1, 1, 1)
    written = (folder / "ann.vcf").read_text()
    assert "ORG:Acme" in written
    assert "X-KEEP:this" in written
    (cleo,) = [path for path in folder.glob("*.vcf") if path.name not in stood]
    times = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    third = pkm.json("contact", "export", folder)
    assert (third["new"], third["updated"], third["unchanged"], third["files_removed"]) == (0, 0, 3, 0)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == times

    assert counts(pkm.json("contact", "import", folder)) == (3, 0, 0, 3, 0)
    pkm("undo", str(next(row["id"] for row in pkm.json("log") if "contact add" in row["command"])))
    assert pkm.json("contact", "export", folder)["files_removed"] == 1
    assert not cleo.exists()
    assert (folder / "notes.txt").read_text() == "not mine"


def test_an_export_does_not_overwrite_what_was_not_imported(pkm: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "book"
    pkm("contact", "add", "Ann", "--email", "ann@x.example")
    assert pkm.json("contact", "export", folder)["new"] == 1
    (file,) = folder.glob("*.vcf")
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text(file.read_text().replace("END:VCARD", "TEL:123\nEND:VCARD"))
    told = pkm("contact", "export", folder, ok=4)
    assert f"{file.name}: it says more than the contact (phone 123); import the folder first" in told.err
    assert counts(pkm.json("contact", "import", folder)) == (1, 0, 1, 0, 0)
    assert pkm.json("contact", "export", folder)["failed"] == 0
    pkm("contact", "edit", "Ann", "--email", "ann@y.example")
    pkm("contact", "export", folder)
    assert "ann@y.example" in file.read_text()


def test_export_to_a_file_and_to_stdout(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("contact", "add", "Ann", "--email", "ann@x.example", "--nick", "annie", "--tag", "org")
    file = tmp_path / "out.vcf"
    assert pkm("contact", "export", "--vcard", file).out == f"{file}  1 new\n"
    assert pkm.json("contact", "export", file)["unchanged"] == 1
    assert pkm("contact", "export").out.splitlines() == file.read_text().splitlines()
    assert "CATEGORIES:org" in pkm("contact", "export", "--vcard", "-").out
    assert pkm("contact", "export", file, "--vcard", file, ok=2).err
    assert pkm("contact", "import", tmp_path / "none.vcf", ok=1).err
    (tmp_path / "empty").mkdir()
    assert "no .vcf" in pkm("contact", "import", tmp_path / "empty", ok=1).err


def test_the_parts_of_a_name_and_what_pkm_does_not_know_come_back(pkm: CommandLine, tmp_path: Path) -> None:
    lines = ["UID:1", "N:Lee;Ann;B.;Dr.;Jr.", "FN:Dr. Ann B. Lee Jr.", "ORG:Acme;Research", "item1.X-ABDATE:2020-01-01",
             "item1.X-ABLABEL:Anniversary", "PHOTO;VALUE=uri:http://x.example/p.png", "KIND:individual"]  # fmt: skip
    pkm("contact", "import", write(tmp_path / "a.vcf", card(*lines)))
    out = pkm("contact", "export").out
    for line in ("N:Lee;Ann;B.;Dr.;Jr.", "ORG:Acme;Research", "item1.X-ABDATE:2020-01-01", "PHOTO:http://x.example/p.png"):
        assert line in out
    row = sqlite3.connect(tmp_path / "home/pkm.db").execute("SELECT vcard FROM contact").fetchone()
    assert "pkm.N:Lee;Ann;B.;Dr.;Jr." in json.loads(row[0])


def test_a_merged_cards_uid_finds_the_contact_that_stayed_and_is_not_written(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("contact", "add", "Ann")
    db = sqlite3.connect(tmp_path / "home/pkm.db")
    db.execute("INSERT INTO handle (contact_id, kind, value, folded, label, position) VALUES (1, 'uid', 'G-1', 'g-1', '', 0)")
    db.commit()
    assert counts(pkm.json("contact", "import", write(tmp_path / "a.vcf", card("FN:Annie", "UID:urn:uuid:g-1"))))[1] == 0
    assert "UID:G-1" not in pkm("contact", "export").out


def test_two_cards_with_one_uid_are_one_contact_and_said(pkm: CommandLine, tmp_path: Path) -> None:
    file = write(tmp_path / "a.vcf", card("FN:Ann", "UID:1", "TEL:1"), card("FN:Anna", "UID:1", "TEL:2"))
    told = pkm("contact", "import", file)
    assert "a.vcf, line 7: “Anna” is the contact of a.vcf, line 1: the same UID" in told.err
    assert pkm.json("contact", "import", file)["unchanged"] == 1


@pytest.mark.parametrize("copy", ["a.sync-conflict.vcf", "b.vcf"])
def test_a_stale_copy_of_a_card_takes_nothing_back_that_was_typed_here(
    pkm: CommandLine, tmp_path: Path, copy: str
) -> None:
    folder = tmp_path / "cards"
    folder.mkdir()
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nUID:u1\nORG:Old\nTITLE:Mason\nEND:VCARD\n"
    (folder / "a.vcf").write_text(card)
    pkm("contact", "import", folder)
    for org, name in (("Newer", "Ann B"), ("Newest", "Ann C")):
        pkm("contact", "edit", "c1", "--org", org, "--name", name)
        pkm("contact", "export", folder)
    (folder / copy).write_text(card)
    told = pkm.json("contact", "import", folder)
    assert {(one["field"], one["here"], one["there"]) for one in told["differences"]} == {("org", "Newest", "Old")}
    pkm("contact", "export", folder)
    pkm("contact", "import", folder)
    row = pkm.json("contact", "show", "c1")
    assert (row["name"], row["org"], row["role"]) == ("Ann C", "Newest", "Mason")
    (folder / copy).write_text(card.replace("UID", "REV:20240101T000000Z\nUID").replace("Mason", "Baker"))
    pkm("contact", "import", folder)  # no stale one: it is the newest, by its date
    assert pkm.json("contact", "show", "c1")["role"] == "Baker"


def test_a_changed_phone_follows_and_what_was_typed_stays(pkm: CommandLine, tmp_path: Path) -> None:
    lines = ["FN:Ann", "UID:1", "TEL:111", "ORG:Acme"]
    pkm("contact", "import", write(tmp_path / "a.vcf", card(*lines)))
    pkm("contact", "edit", "Ann", "--org", "Own", "--email", "own@x.example")
    newer = write(tmp_path / "a.vcf", card("FN:Ann", "UID:1", "TEL:222", "ORG:Acme"))
    assert counts(pkm.json("contact", "import", newer)) == (1, 0, 1, 0, 0)
    (ann,) = pkm.json("contact", "list")
    assert (ann["org"], [one["value"] for one in ann["handles"]]) == ("Own", ["own@x.example", "222"])
    other = write(tmp_path / "a.vcf", card("FN:Ann", "UID:1", "TEL:222", "ORG:Beta"))
    told = pkm("contact", "import", other, ok=4)
    assert "org was changed on both sides: “Own” here, “Beta” in the file" in told.err
    assert "X-PKM-OTHER;X-NAME=org:Beta" in pkm("contact", "export").out
    assert counts(pkm.json("contact", "import", other)) == (1, 0, 0, 1, 0)


def test_a_file_that_was_deleted_in_the_folder_stays_so_until_asked(pkm: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "book"
    for name in ("Ann", "Ben"):
        pkm("contact", "add", name)
    pkm("contact", "export", folder, "--version", "3.0")
    assert all(b"VERSION:3.0" in path.read_bytes() for path in folder.glob("*.vcf"))
    for path in folder.glob("*.vcf"):
        path.unlink()
    assert sorted(one["name"] for one in pkm.json("contact", "export", folder)["deleted"]) == ["Ann", "Ben"]
    pkm("contact", "edit", "Ben", "--org", "Acme")
    told = pkm("contact", "export", folder)
    assert "Ben was deleted there, and is written again" in told.err
    assert "Ann was deleted there: stays here, and is not written again" in told.err
    assert pkm.json("contact", "export", folder, "--restore")["new"] == 1
    assert pkm("contact", "export", folder, "--version", "5", ok=2).err


def told(pkm: CommandLine, *command: object, ok: tuple[int, ...] = (0,)) -> tuple[dict[str, object], str]:
    """The JSON summary of a dry run, and what the same import says to people."""
    summary = pkm.json(*command, "--dry-run", ok=ok)
    return summary, pkm(*command, ok=ok).err


@pytest.mark.parametrize("circle", ["practice", "network", None])
def test_a_known_card_moves_no_letters_in_silence(pkm: CommandLine, tmp_path: Path, circle: str | None) -> None:
    if circle == "practice":
        pkm("circle", "add", "practice", "--kind", "community")
    first = write(tmp_path / "a.vcf", card("UID:u1", "FN:Ann Able", "EMAIL:ann@a.example"))
    pkm("contact", "import", first, *(["--circle", circle] if circle else []))
    second = write(tmp_path / "b.vcf", card("UID:u1", "FN:Mallory", "EMAIL:mallory@m.example"))
    summary, said = told(pkm, "contact", "import", second)
    held = circle == "practice"
    assert summary["replaced"] == [
        {"contact": "c1", "name": "Ann Able", "field": "name", "from": "Ann Able", "to": "Mallory", "kept": False},
        {"contact": "c1", "name": "Ann Able", "field": "email", "from": "ann@a.example", "to": "mallory@m.example", "kept": held},
    ]
    assert "c1 Ann Able: e-mail ann@a.example → mallory@m.example" in said
    assert ("stays first" in said, "pkm contact edit c1 --email -ann@a.example" in said) == (held, held)
    emails = [one["value"] for one in pkm.json("contact", "show", "c1")["handles"] if one["kind"] == "email"]
    assert emails == ["ann@a.example", "mallory@m.example"] if held else ["mallory@m.example"]
    again, said = told(pkm, "contact", "import", second)
    assert (again["replaced"], "→" in said) == ([], False)


def test_a_date_in_the_future_does_not_block_a_card(pkm: CommandLine, tmp_path: Path) -> None:
    for rev, org in (("99990101T000000Z", "A"), ("20240101T000000Z", "B")):
        pkm("contact", "import", write(tmp_path / "a.vcf", card("UID:u1", "FN:Ann", f"ORG:{org}", f"REV:{rev}")))
    assert pkm.json("contact", "show", "c1")["org"] == "B"
    old = write(tmp_path / "old.vcf", card("UID:u1", "FN:Ann", "ORG:C", "REV:20230101T000000Z"))
    summary, said = told(pkm, "contact", "import", old)
    assert [(one["id"], one["date"], one["known"]) for one in summary["older"]] == [("c1", "20230101000000", "20240101000000")]
    assert [date in said for date in ("2023-01-01 00:00", "2024-01-01 00:00")] == [True, True]


def test_another_name_with_a_known_address_is_said_and_says_nothing_of_how_we_met(pkm: CommandLine, tmp_path: Path) -> None:
    pkm("contact", "import", write(tmp_path / "a.vcf", card("UID:u1", "FN:Ann Able", "EMAIL:a@a.example")))
    other = write(tmp_path / "b.vcf", card("UID:u2", "FN:Mallory", "EMAIL:a@a.example", "X-PKM-MET:at your wedding"))
    summary, said = told(pkm, "contact", "import", other)
    assert summary["taken_for"] == [
        {"what": "b.vcf, line 1: Mallory", "contact": "c1", "name": "Ann Able", "why": "the same e-mail a@a.example"}
    ]
    assert "“Mallory” is taken for c1 Ann Able (the same e-mail a@a.example)" in said
    assert pkm.json("contact", "show", "c1")["met"] == ""
    assert told(pkm, "contact", "import", other)[0]["taken_for"] == []


def test_a_file_name_that_is_no_text_stops_no_export(pkm: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "book"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.vcf")).write_text(card("UID:u1", "FN:Ann"))
    pkm("contact", "import", write(tmp_path / "a.vcf", card("UID:u1", "FN:Ann"), card("UID:u2", "FN:Ben")))
    done = pkm.json("contact", "export", folder, ok=(4,))
    assert (done["new"], done["failed"], done["failures"][0]["what"]) == (1, 1, "\ufffd.vcf")
    pkm("contact", "import", folder, ok=(0, 4))
    assert pkm.json("contact", "export", folder, ok=(4,))["new"] == 0


def test_of_thousands_of_addresses_a_hundred_are_used_and_the_rest_is_kept(pkm: CommandLine, tmp_path: Path) -> None:
    emails = [f"EMAIL:a{number}@a.example" for number in range(3000)]
    file = write(tmp_path / "a.vcf", card("UID:u1", "FN:Ann", *emails, "CATEGORIES:" + ",".join(f"t{n}" for n in range(300))))
    summary = pkm.json("contact", "import", file, ok=(4,))
    assert [(one["what"], one["why"][:27]) for one in summary["failures"]] == [
        ("a.vcf, line 105: EMAIL", "the card has more than 100:"), ("a.vcf, line 3005: CATEGORIES", "the card has more than 100:")
    ]  # fmt: skip
    shown = pkm.json("contact", "show", "c1")
    assert (len([one for one in shown["handles"] if one["kind"] == "email"]), len(shown["tags"])) == (100, 100)
    out = pkm("contact", "export").out
    assert (out.count("@a.example"), len(re.findall(r"\bt\d+", out.replace("\r\n ", "").replace("\n ", "")))) == (3000, 300)
    assert pkm.json("contact", "import", file, ok=(0,))["updated"] == 0  # said once


class TestSeveral:
    """Several files at once, as a shell gives them for *.vcf."""

    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        write(tmp_path / "ann.vcf", card("FN:Ann", "EMAIL:ann@a.example"))
        write(tmp_path / "ben.vcf", card("FN:Ben"), card("FN:Ann", "EMAIL:ann@a.example", "TITLE:Dr"))
        (tmp_path / "more").mkdir()
        write(tmp_path / "more" / "ann.vcf", card("FN:Eve"))
        monkeypatch.chdir(tmp_path)
        return tmp_path

    @pytest.mark.usefixtures("folder")
    def test_they_are_one_import_with_one_summary_and_one_undo(self, pkm: CommandLine) -> None:
        told = pkm("contact", "import", "ann.vcf", "ben.vcf", "more", "--circle", "network")
        assert told.out == "4 read · 3 new · 0 updated · 1 joined to another of them · 0 lost\n"
        assert people(pkm) == ["Ann", "Ben", "Eve"]
        assert "joined 2026-11-23: import of ann.vcf, ben.vcf, more" in pkm("why", "c3").out
        pkm("undo")
        assert people(pkm) == []

    @pytest.mark.usefixtures("folder")
    def test_what_is_wrong_with_one_stops_no_other_and_is_asked_for_again_by_its_name(
        self, pkm: CommandLine, tmp_path: Path
    ) -> None:
        write(tmp_path / "cut.vcf", "BEGIN:VCARD\r\nFN:Cut Off\r\n")
        (tmp_path / "notes.txt").write_text("Not a person at all\n")
        (tmp_path / "empty").mkdir()
        names = ["ann.vcf", "cut.vcf", "notes.txt", "none.vcf", "empty", "more", "more/ann.vcf"]
        summary = pkm.json("contact", "import", *names, ok=4)
        assert counts(summary)[:2] == (2, 2)
        assert [one["what"].split(":")[0] for one in summary["failures"]] == [
            "cut.vcf, line 1", "notes.txt", "none.vcf", "empty"
        ]  # fmt: skip
        assert "no vCards and no table" in summary["failures"][1]["why"]
        assert "there is no such file" in summary["failures"][2]["why"]
        (again,) = pkm.json("import", "--failed", "notes.txt")
        assert [one["what"] for one in again["failures"]] == ["notes.txt"]
        assert people(pkm) == ["Ann", "Eve"]

    @pytest.mark.usefixtures("folder")
    def test_files_of_one_name_are_told_apart(self, pkm: CommandLine, tmp_path: Path) -> None:
        write(tmp_path / "more" / "ann.vcf", card("FN:Eve", "EMAIL:broken address"))
        told = pkm("contact", "import", "more/ann.vcf", "ann.vcf", "ann.vcf", ok=(0, 4))
        assert "2 read · 2 new" in told.out
        assert people(pkm) == ["Ann", "Eve"]

    @pytest.mark.usefixtures("folder")
    def test_where_none_can_be_used_it_failed(self, pkm: CommandLine) -> None:
        told = pkm("contact", "import", "none.vcf", "gone.vcf", ok=1)
        assert told.out == "0 read · 0 new · 0 updated · 2 lost\n"
        assert "none.vcf: there is no such file or folder; not imported\n" in told.err
