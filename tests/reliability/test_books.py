"""The Parquet export: it follows the ledger, keeps its shapes, and forgets for good."""

from __future__ import annotations

import asyncio
import stat
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy import update

from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.objectives import ReliabilityPolicy
from artifact_assets.reliability.bookkeeping import Bookkeeping
from artifact_assets.reliability.books import FORMAT, STATE, Books, forget_in_export
from artifact_assets.reliability.datasets import DATASETS
from artifact_assets.reliability.export_schemas import EXPORTED, checked, schema_of
from artifact_assets.reliability.facts import Facts
from resources.ledger.ledger import SqlLedger
from resources.ledger.tables import MEETINGS
from tests.clock import NOON, ScriptedClock
from tests.reliability.conftest import TUESDAY
from tests.reliability.ledger_story import Story, at

FRIDAY = date(2026, 11, 20)


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path / "export")


def refreshed(books: Books, ledger: SqlLedger) -> tuple[date, ...]:
    return asyncio.run(books.refresh(ledger.columns(), NOON))


@pytest.mark.usefixtures("story")
def test_the_books_hold_what_the_ledger_tells(books: Books, ledger: SqlLedger, facts: Facts) -> None:
    assert refreshed(books, ledger) == (TUESDAY, TUESDAY + timedelta(days=1))
    for name in DATASETS:
        assert_frame_equal(books.facts()[name].collect(), facts[name].collect(), check_row_order=False)
    assert books.made_at() == NOON


def test_only_days_about_which_something_was_written_are_drawn_again(
    books: Books, ledger: SqlLedger, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resources.ledger.columns.OVERLAP", 0)
    refreshed(books, ledger)
    assert refreshed(books, ledger) == ()
    story.meeting("friday", at("09:00:00", days=3), [("failed", at("09:00:10", days=3), "internal_error")])
    assert refreshed(books, ledger) == (FRIDAY,)
    # Somebody works on a meeting of Tuesday weeks later: it is Tuesday's book that changes.
    story.step("torn", "normalized", at("10:00:00", days=30), 1.0)
    assert refreshed(books, ledger) == (TUESDAY,)
    assert books.facts()["meetings"].collect().height == 7


def test_an_erased_meeting_leaves_every_file_and_does_not_come_back(
    books: Books, ledger: SqlLedger, story: Story
) -> None:
    refreshed(books, ledger)
    removed = forget_in_export(books.folder, ["plain", "never-there"])
    assert removed >= 10
    story.step("plain", "normalized", at("10:00:00", days=30), 1.0)
    refreshed(books, ledger)
    assert traces_of(books.folder, "plain") == []
    assert traces_of(books.folder, "away") != []
    # Not even when everything is drawn anew.
    (books.folder / STATE).write_text((books.folder / STATE).read_text().replace(f'"format": {FORMAT}', '"format": 0'))
    refreshed(books, ledger)
    assert traces_of(books.folder, "plain") == []


def test_forgetting_without_an_export_is_no_error(tmp_path: Path) -> None:
    assert forget_in_export(tmp_path / "nowhere", ["plain"]) == 0
    assert not (tmp_path / "nowhere").exists()


def test_a_damaged_state_means_drawing_anew(books: Books, ledger: SqlLedger, story: Story) -> None:
    assert story.engine is not None
    refreshed(books, ledger)
    (books.folder / STATE).write_text("{")
    assert TUESDAY in refreshed(books, ledger)


@pytest.mark.usefixtures("story")
def test_every_file_keeps_the_shape_it_promises_and_only_its_owner_reads_it(books: Books, ledger: SqlLedger) -> None:
    keeping = Bookkeeping(ledger.columns(), books, ReliabilityPolicy(), ScriptedClock())
    assert asyncio.run(keeping.keep_metrics(TUESDAY, FRIDAY)) >= 1
    found = {path.parts[-3] for path in books.folder.rglob("*.parquet")}
    assert found == set(EXPORTED)
    for path in books.folder.rglob("*.parquet"):
        schema_of(path.parts[-3]).validate(pl.read_parquet(path, hive_partitioning=False))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_rows_of_another_shape_are_not_written() -> None:
    with pytest.raises(PipelineError) as refused:
        checked("interventions", pl.DataFrame({"meeting_id": [1]}))
    assert "interventions" in refused.value.cause


def test_no_exported_table_has_a_column_for_words(books: Books, ledger: SqlLedger, story: Story) -> None:
    """A canary in every column of the ledger that may hold a person's words."""
    with story.engine.begin() as connection:
        connection.execute(update(MEETINGS).values(cause="CANARY", file_name="CANARY", source="CANARY"))
    refreshed(books, ledger)
    assert all(b"CANARY" not in path.read_bytes() for path in books.folder.rglob("*.parquet"))


def test_a_folder_that_cannot_be_written_is_named_with_a_remedy(tmp_path: Path, ledger: SqlLedger) -> None:
    (tmp_path / "export").write_text("a file")
    with pytest.raises(PipelineError) as refused:
        refreshed(Books(tmp_path / "export"), ledger)
    assert "ARTIFACTS_EXPORT" in refused.value.remedy


def traces_of(folder: Path, meeting_id: str) -> list[Path]:
    found: list[Path] = []
    for path in folder.rglob("*.parquet"):
        frame = pl.read_parquet(path, hive_partitioning=False)
        if "meeting_id" in frame.columns and meeting_id in frame["meeting_id"].to_list():
            found.append(path)
    return found
