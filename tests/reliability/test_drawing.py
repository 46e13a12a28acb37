"""Facts come out the same from either database, and the same whatever days are read together."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from polars.testing import assert_frame_equal

from artifact_assets.domain.ledger_columns import Days
from artifact_assets.reliability.datasets import DATASETS
from artifact_assets.reliability.drawing import drawn
from artifact_assets.reliability.facts import Facts, together
from resources.ledger.ledger import SqlLedger
from tests.reliability.conftest import THREE_WEEKS, TUESDAY
from tests.reliability.ledger_story import Story, at

EARLIEST = date(2026, 11, 16)


def same(one: Facts, other: Facts) -> None:
    for name in DATASETS:
        assert_frame_equal(one[name].collect(), other[name].collect(), check_row_order=False)


@pytest.mark.usefixtures("story")
def test_facts_are_the_same_on_both_databases(ledger: SqlLedger, facts: Facts) -> None:
    same(asyncio.run(drawn(ledger.columns(), THREE_WEEKS)), facts)


@pytest.mark.usefixtures("story")
def test_days_read_one_by_one_make_the_same_facts(ledger: SqlLedger, facts: Facts) -> None:
    days = [EARLIEST + timedelta(days=number) for number in range(25)]
    parts = [asyncio.run(drawn(ledger.columns(), Days(day, day + timedelta(days=1)))) for day in days]
    same(together(parts), facts)


@pytest.mark.usefixtures("story")
def test_a_ledger_without_a_meeting_on_these_days_has_no_facts(ledger: SqlLedger) -> None:
    found = asyncio.run(drawn(ledger.columns(), Days(date(2025, 1, 1), date(2025, 2, 1))))
    assert all(found[name].collect().is_empty() for name in DATASETS)


def test_what_was_written_since_names_the_days_whose_meetings_it_is_about(ledger: SqlLedger, story: Story) -> None:
    columns = ledger.columns()
    assert TUESDAY in asyncio.run(columns.changed_days(asyncio.run(columns.marks())))  # the overlap
    marks = asyncio.run(columns.marks())
    story.meeting("friday", at("09:00:00", days=3), [("delivered", at("09:00:10", days=3))])
    assert date(2026, 11, 20) in asyncio.run(columns.changed_days(marks))
