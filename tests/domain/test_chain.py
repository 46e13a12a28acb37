"""A chain of lines tells of every change, and where it begins."""

from __future__ import annotations

import json

import pytest

from artifact_assets.domain.chain import chained, verified

ROWS = [{"kind": "event", "at": f"2026-11-17T10:0{n}:00", "what": f"thing {n}"} for n in range(6)]


def lines() -> list[bytes]:
    return list(chained({"meeting_id": "acme", "tenant": "t"}, ROWS))


def test_a_chain_is_whole_as_it_was_written() -> None:
    found = verified(lines())
    assert (found.sound, found.lines) == (True, 8)
    assert json.loads(lines()[0])["format"] == "meeting-artifacts-trace"


def changed(at: int) -> list[bytes]:
    told = lines()
    told[at] = told[at].replace(b"thing", b"thong")
    return told


@pytest.mark.parametrize("at", range(1, 7))
def test_a_changed_line_is_noticed_where_the_next_one_names_another_digest(at: int) -> None:
    found = verified(changed(at))
    assert (found.sound, found.broken_line) == (False, at + 2)


@pytest.mark.parametrize("at", range(8))
def test_a_line_that_was_taken_out_is_noticed(at: int) -> None:
    told = lines()
    del told[at]
    assert verified(told).broken_line == at + 1


def test_lines_that_changed_places_are_noticed() -> None:
    told = lines()
    told[2], told[3] = told[3], told[2]
    assert verified(told).broken_line == 3


def test_lines_cut_off_or_added_at_the_end_are_noticed() -> None:
    assert verified(lines()[:-1]).broken_line == 8
    assert verified([*lines(), lines()[-1]]).broken_line == 9
    assert verified([]).broken_line == 1


def test_a_line_written_in_another_form_is_noticed_itself() -> None:
    told = lines()
    told[4] = json.dumps(json.loads(told[4]), indent=1).replace("\n", "").encode()
    assert verified(told).broken_line == 5
    told[4] = b"no json"
    assert verified(told).broken_line == 5


def test_a_chain_made_anew_has_another_digest() -> None:
    """The one thing a chain cannot notice by itself; the digest that was kept elsewhere does."""
    forged = list(chained({"meeting_id": "acme", "tenant": "t"}, [*ROWS[:-1], {"kind": "event", "what": "forged"}]))
    assert verified(forged).sound
    assert verified(forged).digest != verified(lines()).digest
