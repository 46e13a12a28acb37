"""Whatever is named as a transcript: one clear line with its failure class, never a traceback, and nothing lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from artifact_assets.domain.meeting import is_meeting_id
from tests.commands.shell import MEETING, SPOKEN, Shell, write_meeting

MANY = 200 * 1024 * 1024


def nothing(path: Path) -> None:
    path.touch()


def binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 40)


def video(path: Path) -> None:
    path.write_bytes(b"\x00\x00\x00\x20ftypisom" + bytes(range(256)) * 40)


def sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, MANY)


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def locked(path: Path) -> None:
    path.write_text(MEETING)
    path.chmod(0)


def missing(path: Path) -> None:
    assert not path.exists()


def broken_json(path: Path) -> None:
    path.write_text(f'{{"turns": [{{"text": "{SPOKEN}"')


def wordless(path: Path) -> None:
    path.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n\n")


def half_a_package(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + SPOKEN.encode() * 20)


BAD: list[tuple[Callable[[Path], None], str, str]] = [
    (nothing, "a.vtt", "empty_transcript"),
    (wordless, "a.vtt", "empty_transcript"),
    (binary, "a.vtt", "unreadable_input"),
    (video, "a.vtt", "unreadable_input"),
    (sparse, "a.vtt", "unreadable_input"),
    (folder, "a.vtt", "unreadable_input"),
    (pipe, "a.vtt", "unreadable_input"),
    (loop, "a.vtt", "unreadable_input"),
    (missing, "a.vtt", "unreadable_input"),
    (broken_json, "a.json", "unreadable_input"),
    (half_a_package, "a.docx", "unsupported_format"),
]
if os.geteuid() != 0:  # nothing is locked to root
    BAD.append((locked, "a.vtt", "unreadable_input"))


@pytest.mark.parametrize("command", ["normalize", "extract", "meta"])
@pytest.mark.parametrize(("make", "name", "failure_class"), BAD, ids=[make.__name__ for make, _, _ in BAD])
def test_a_bad_file_is_refused_in_one_line(
    shell: Shell, tmp_path: Path, command: str, make: Callable[[Path], None], name: str, failure_class: str
) -> None:
    path = tmp_path / name
    make(path)
    done = shell(command, path)
    done.assert_refused(failure_class)
    assert len(done.err) < 600


def test_bad_files_become_failed_meetings_beside_good_ones(shell: Shell, tmp_path: Path) -> None:
    expected: dict[str, tuple[str, str | None]] = {"fine": ("delivered", None)}
    files = [write_meeting(tmp_path, "fine.vtt", sidecar={"meeting_id": "fine"})]
    for make, name, failure_class in BAD:
        if make in (folder, pipe, loop, missing):
            continue  # no file: refused before anything starts
        path = write_meeting(tmp_path / make.__name__, name, sidecar={"meeting_id": make.__name__})
        path.unlink()
        make(path)
        files.append(path)
        expected[make.__name__] = ("failed", failure_class)
    done = shell("process", *files, "--json")
    assert done.code == 1
    assert {row["meeting_id"]: (row["state"], row["failure_class"]) for row in done.json()} == expected
    assert all(row["cause"] for row in done.json() if row["state"] == "failed")
    done.assert_discreet()


def test_a_failed_meeting_comes_with_the_remedy_of_its_own_case(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "big.vtt"
    sparse(path)
    assert "raise max_file_bytes" in shell("process", path).err


@pytest.mark.parametrize("make", [folder, pipe, loop, missing], ids=lambda make: make.__name__)
def test_a_file_that_is_none_stops_everything_before_it_starts(
    shell: Shell, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "bad.vtt")
    shell("process", write_meeting(tmp_path), tmp_path / "bad.vtt").assert_refused("unreadable_input")
    assert shell("meetings", "--json").json() == []


def test_a_wrong_encoding_is_read_and_the_guess_is_told(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "latin.vtt"
    path.write_bytes(MEETING.replace("Great", "Très bien, José, à bientôt").encode("latin-1"))
    done = shell("normalize", path)
    assert done.code == 0
    assert [warning["code"] for warning in done.json()["warnings"]] == ["guessed_encoding"]
    assert "warning[guessed_encoding]" in done.err


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_declared_encoding_is_no_guess(shell: Shell, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "declared.vtt"
    path.write_bytes(MEETING.encode(encoding))
    done = shell("normalize", path)
    assert done.json()["turns"][0]["speaker"] == "Ada Moor"
    assert done.json()["warnings"] == []


def longest(folder: Path, suffix: str = ".vtt") -> str:
    return "x" * (os.pathconf(folder, "PC_NAME_MAX") - len(suffix)) + suffix


def test_hostile_names_are_meetings_like_any_other(shell: Shell, tmp_path: Path) -> None:
    names = [
        "a...b.vtt",
        "new\nline.vtt",
        "\x1b[31mred.vtt",
        "会议.vtt",
        " .vtt",
        "-dash.vtt",
        "$(id).vtt",
        longest(tmp_path),
    ]
    files = [write_meeting(tmp_path, name, sidecar={}) for name in names]
    done = shell("process", "--json", "--", *files)
    assert done.code == 0
    rows = done.json()
    assert len({row["meeting_id"] for row in rows}) == len(names)
    assert all(is_meeting_id(row["meeting_id"]) and row["state"] == "delivered" for row in rows)
    done.assert_discreet()
    assert "\x1b" not in done.err


def test_a_name_that_climbs_out_stays_a_name(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_meeting(tmp_path, "x.vtt", sidecar={})
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    (row,) = shell("process", "../x.vtt", "--json").json()
    assert row["meeting_id"].startswith("x-")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["below", "home", "x.vtt"]


def test_a_name_longer_than_any_file_system_takes_is_not_there(shell: Shell, tmp_path: Path) -> None:
    shell("process", tmp_path / ("x" * 300 + ".vtt")).assert_refused("unreadable_input")


@pytest.mark.parametrize("command", ["process", "normalize"])
def test_a_refused_name_stays_on_its_line(shell: Shell, tmp_path: Path, command: str) -> None:
    done = shell(command, tmp_path / "new\nline\x1b[2J.vtt")
    done.assert_refused("unreadable_input")
    assert "\x1b" not in done.err


def test_a_sidecar_beside_its_transcript_is_left_to_it(shell: Shell, tmp_path: Path) -> None:
    write_meeting(tmp_path / "drop")
    done = shell("process", *sorted((tmp_path / "drop").iterdir()), "--json")
    assert [row["meeting_id"] for row in done.json()] == ["acme"]


def test_a_sidecar_alone_is_wrong(shell: Shell, tmp_path: Path) -> None:
    shell("process", write_meeting(tmp_path).with_name("my.meta.json")).assert_refused("unreadable_input")


@pytest.mark.parametrize(
    ("sidecar", "names"),
    [
        ('{"meeting_idd": "x"}', "meeting_idd"),
        ('{"meeting_id": "../x"}', "meeting_id"),
        ('{"started_at": "2026-11-17T10:00:00"}', "started_at"),
        ("[1, 2", "JSON"),
    ],
)
def test_a_wrong_sidecar_is_told_by_key(shell: Shell, tmp_path: Path, sidecar: str, names: str) -> None:
    path = write_meeting(tmp_path)
    path.with_name("my.meta.json").write_text(sidecar)
    done = shell("normalize", path)
    done.assert_refused("unreadable_input")
    assert names in done.err


def test_two_files_that_claim_one_meeting_are_both_named(shell: Shell, tmp_path: Path) -> None:
    one, two = (write_meeting(tmp_path, name) for name in ("one.vtt", "two.vtt"))
    done = shell("process", one, two)
    done.assert_refused("unreadable_input")
    assert "one.vtt and two.vtt both claim the meeting id acme" in done.err


def test_one_refused_file_does_not_hold_up_the_others(delivered: Shell, tmp_path: Path) -> None:
    other_words = MEETING.replace("pricing sheet", "contract draft").replace("annual", "monthly")
    (tmp_path / "my.vtt").write_text(MEETING)
    rival = write_meeting(tmp_path / "rival", "rival.vtt", text=other_words)
    fine = write_meeting(tmp_path, "fine.vtt", sidecar={"meeting_id": "fine"})
    done = delivered("process", rival, fine, "--json")
    assert done.code == 2
    assert [row["meeting_id"] for row in done.json()] == ["fine"]
    assert "error[unreadable_input]" in done.err
    assert "acme" in done.err


def test_a_bad_export_replaced_by_a_good_one_ends_right(shell: Shell, tmp_path: Path) -> None:
    path = write_meeting(tmp_path, text="")
    assert shell("process", path).code == 1
    path.write_text(MEETING)
    (row,) = shell("process", path, "--json").json()
    assert (row["state"], row["failure_class"], row["delivered"]) == ("delivered", None, 2)
