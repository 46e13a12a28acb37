"""The documented table of formats says what the registry does: every row is a format, every format has a row and a sample."""

from __future__ import annotations

import re
from pathlib import Path

from artifact_assets.formats.assembly import NAMED, UNKNOWN
from artifact_assets.formats.limits import ReadingLimits
from artifact_assets.formats.registry import format_names
from tests.formats.samples import all_samples

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
ROWS = {
    cells[1].strip("` "): set(re.findall(r"`([^`]+)`", cells[-2]))
    for line in PAGE.splitlines()
    if line.startswith("| `") and not line.startswith("| `--format`") and len(cells := line.split("|")) == 8
}


def test_every_format_has_a_row_and_every_row_is_a_format() -> None:
    assert set(ROWS) == set(format_names())


def test_every_row_names_exactly_the_samples_that_prove_it() -> None:
    proven: dict[str, set[str]] = {}
    for sample in all_samples():
        proven.setdefault(sample.format, set()).add(sample.name)
    assert proven == ROWS


def test_every_warning_the_readers_give_is_explained() -> None:
    given: set[str] = set()
    for path in (ROOT / "artifact_assets" / "formats").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        given |= set(re.findall(r'(?:notes\.add\(\s*|code=)"([a-z_]+)"', text))
        given |= set(re.findall(r'"((?:long|late)_turn)"', text))
    explained = set(re.findall(r"`([a-z_]+)`", PAGE.split("## Warnings")[1].split("## Deviations")[0]))
    assert given == explained


def test_the_numbers_of_the_rules_are_those_of_the_code() -> None:
    limits = ReadingLimits()
    for number in (NAMED.end_at_sentence_after, NAMED.end_anywhere_after, UNKNOWN.end_anywhere_after):
        assert f"{number:,}" in PAGE
    for number in (limits.max_bytes, limits.max_turns, limits.max_expanded_bytes):
        assert f"{number:,}" in PAGE
    assert f"| JSON depth | {limits.max_nesting} |" in PAGE
    assert f"{limits.max_expansion} times" in PAGE
