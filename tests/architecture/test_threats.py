"""The tables of threats and of rules: each row names the tests that show it, and these are there, or says that it has none."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import ROOT

TABLES = {"SECURITY.md": 30, "docs/hiring.md": 3}
"""Pages with a column ``shown by``, and how many rows they have at least."""
_PATH = re.compile(r"`(tests/[^`]+)`")


def rows(page: str) -> list[tuple[str, str]]:
    """First and last cell of every row of the tables whose last column is ``shown by``."""
    found: list[tuple[str, str]] = []
    inside = False
    for line in (ROOT / page).read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            inside = False
        elif cells[-1] == "shown by":
            inside = True
        elif inside and not set(cells[0]) <= {"-"}:
            found.append((cells[0], cells[-1]))
    return found


def missing(shown_by: str) -> list[str]:
    """What a cell names and is not there: a file or folder with tests, or with ``::`` one test of a file."""
    wrong: list[str] = []
    for named in _PATH.findall(shown_by):
        path, _, test = named.partition("::")
        place = ROOT / path
        files = [place] if place.is_file() else sorted(place.glob("test_*.py")) if place.is_dir() else []
        texts = [file.read_text("utf-8") for file in files]
        if not any(f"def {test or 'test_'}" in text for text in texts):
            wrong.append(named)
    return wrong


@pytest.mark.parametrize("page", TABLES)
def test_every_row_names_tests_that_are_there_or_says_that_it_has_none(page: str) -> None:
    told = rows(page)
    assert len(told) >= TABLES[page]
    assert [what for what, shown_by in told if not _PATH.search(shown_by) and shown_by != "none"] == []
    assert {what: missing(shown_by) for what, shown_by in told if missing(shown_by)} == {}


def test_a_test_that_is_not_there_is_noticed() -> None:
    assert missing("`tests/nowhere/test_nothing.py`") == ["tests/nowhere/test_nothing.py"]
    here = "tests/architecture/test_threats.py"
    assert missing(f"`{here}`, `tests/architecture`") == []
    assert missing(f"`{here}::test_elsewhere`") == [f"{here}::test_elsewhere"]
    assert missing(f"`{here}::{test_a_test_that_is_not_there_is_noticed.__name__}`") == []
