"""The asset that measures days: numbers and verdicts by day, and no harm to meetings when it cannot."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from artifact_assets.assets.reliability import JOB, NAME
from artifact_assets.definitions import build_definitions
from artifact_assets.domain.objectives import ReliabilityPolicy
from artifact_assets.reliability.bookkeeping import Bookkeeping
from artifact_assets.reliability.books import Books
from resources.ledger.ledger import open_ledger
from tests.clock import ScriptedClock
from tests.conftest import TENANT
from tests.reliability.ledger_story import Story, at, tell


@pytest.fixture
def bookkeeping(sqlite_template: Path, tmp_path: Path) -> Generator[Bookkeeping]:
    """Books of the told Tuesday, on the Thursday after."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'ledger.db')}"
    story = Story(url)
    tell(story)
    story.engine.dispose()
    with open_ledger(url, tenant=TENANT, clock=ScriptedClock()) as ledger:
        clock = ScriptedClock(at("06:00:00", days=2))
        yield Bookkeeping(ledger.columns(), Books(tmp_path / "export"), ReliabilityPolicy(), clock)


def measured(instance: dg.DagsterInstance, bookkeeping: Bookkeeping, *days: str) -> dg.ExecuteInProcessResult:
    """One run over consecutive days, through the production definitions."""
    job = build_definitions({"bookkeeping": bookkeeping}).resolve_implicit_global_asset_job_def()
    tags = {"dagster/asset_partition_range_start": days[0], "dagster/asset_partition_range_end": days[-1]}
    return job.execute_in_process(
        instance=instance,
        partition_key=days[0] if len(days) == 1 else None,
        tags=tags if len(days) > 1 else {},
        asset_selection=[dg.AssetKey(NAME)],
        raise_on_error=False,
    )


def test_a_day_becomes_numbers_that_dagster_plots_and_a_verdict_on_each_promise(bookkeeping: Bookkeeping) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert measured(instance, bookkeeping, "2026-11-17").success
        event = instance.get_latest_materialization_event(dg.AssetKey(NAME))
        assert event is not None
        materialization = event.asset_materialization
        assert materialization is not None
        assert materialization.partition == "2026-11-17"
        told = {name: value.value for name, value in materialization.metadata.items()}
        assert told["completion"] == pytest.approx(4 / 6, abs=1e-6)
        assert told["terminal_failures/unreadable_input"] == pytest.approx(1 / 6, abs=1e-6)
        assert told["freshness/p50"] == 600
        assert told["meetings_received"] == 6
        assert told["budget_left/writes_land"] == pytest.approx(1 - 1 / 0.06)
        assert all(isinstance(value, float) for value in told.values())
        verdicts = {
            info.check_key.name: info.latest_execution_status.value
            for info in instance.event_log_storage.get_asset_check_partition_info(
                [dg.AssetCheckKey(dg.AssetKey(NAME), name) for name in ("writes_land", "replays_change_nothing")]
            )
        }
        assert verdicts == {"writes_land": "FAILED", "replays_change_nothing": "FAILED"}
    assert (bookkeeping.books.folder / "metrics/measured=2026-11-17/part.parquet").exists()


def test_many_days_are_measured_in_one_run(bookkeeping: Bookkeeping) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert measured(instance, bookkeeping, "2026-11-16", "2026-11-17", "2026-11-18").success
        days = instance.get_materialized_partitions(dg.AssetKey(NAME))
        assert days == {"2026-11-16", "2026-11-17", "2026-11-18"}


def test_when_it_cannot_be_measured_the_run_says_why_and_nothing_else_happens(bookkeeping: Bookkeeping) -> None:
    bookkeeping.books.folder.write_text("a file where the export should be")
    with dg.DagsterInstance.ephemeral() as instance:
        done = measured(instance, bookkeeping, "2026-11-17")
        assert not done.success
        (failure,) = [event for event in done.all_events if event.is_step_failure]
        assert "cannot be written" in str(failure.step_failure_data.user_failure_data)


def test_the_schedule_asks_for_yesterday_once() -> None:
    repository = build_definitions().get_repository_def()
    schedule = repository.get_schedule_def(f"{NAME}_daily")
    assert schedule.job_name == JOB
    when = datetime(2026, 11, 18, 0, 41, tzinfo=UTC)
    with dg.build_schedule_context(scheduled_execution_time=when, repository_def=repository) as context:
        requests = schedule.evaluate_tick(context).run_requests or ()
    assert [(one.partition_key, one.run_key) for one in requests] == [("2026-11-17", "2026-11-17")]
