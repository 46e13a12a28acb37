"""A burning budget becomes one alert that says what, since when, why, an example and what to type."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from artifact_assets.domain.alerts import Severity
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.objectives import ReliabilityPolicy
from artifact_assets.reliability.bookkeeping import Bookkeeping
from artifact_assets.reliability.books import Books
from artifact_assets.reliability.telling import FRESH_SECONDS, KIND, burn_source
from resources.ledger.ledger import open_ledger
from tests.clock import ScriptedClock
from tests.conftest import TENANT
from tests.reliability.ledger_story import Story, at


@pytest.fixture
def story(sqlite_template: Path, tmp_path: Path) -> Generator[Story]:
    """A quiet Tuesday morning, until half past eleven."""
    told = Story(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'ledger.db')}")
    for minute in range(60):
        told.meeting(f"good{minute:02d}", at(f"10:{minute:02d}:00"), [("delivered", at(f"10:{minute:02d}:30"))])
    for minute in range(30, 60):
        state = ("failed", at(f"11:{minute}:20"), "model_output_invalid" if minute % 3 else "internal_error")
        told.meeting(f"bad{minute}", at(f"11:{minute}:00"), [state])
    yield told
    told.engine.dispose()


@pytest.fixture
def bookkeeping(story: Story, tmp_path: Path) -> Generator[Bookkeeping]:
    """Its books at noon."""
    with open_ledger(str(story.engine.url), tenant=TENANT, clock=ScriptedClock()) as ledger:
        yield Bookkeeping(
            ledger.columns(), Books(tmp_path / "export"), ReliabilityPolicy(), ScriptedClock(at("12:00:00"))
        )


async def test_what_burns_is_told_with_all_an_operator_needs(bookkeeping: Bookkeeping) -> None:
    source = burn_source(bookkeeping)
    (told,) = await source.conditions(at("12:00:00"))
    assert source.kinds == {KIND}
    assert (told.key, told.severity, told.count) == ("error_budget:meetings_get_through", Severity.CRITICAL, 30)
    assert told.since == at("11:30:20")
    assert "30 of 30 were bad in 60 minutes, mostly model_output_invalid" in told.cause
    assert told.example_meeting == "bad59"
    assert told.next_command == "python -m artifact_assets meetings --state failed --failure-class model_output_invalid"


async def test_when_the_burning_is_over_only_the_slow_warning_of_the_same_alert_remains(
    story: Story, bookkeeping: Bookkeeping
) -> None:
    for minute in range(60):
        when = at(f"12:{minute:02d}:00")
        story.meeting(f"later{minute}", when, [("delivered", when)])
    found = {told.key: told for told in await burn_source(bookkeeping).conditions(at("12:59:59"))}
    # The last half hour was good; over three days and six hours too much was bad.
    told = found["error_budget:meetings_get_through"]
    assert told.severity is Severity.WARNING
    assert "in 3 days" in told.cause


async def test_ticks_close_together_read_the_ledger_once(story: Story, bookkeeping: Bookkeeping) -> None:
    await bookkeeping.facts(FRESH_SECONDS)
    story.meeting("new", at("12:00:00"), [("delivered", at("12:00:01"))])
    assert (await bookkeeping.facts(FRESH_SECONDS))["meetings"].collect().height == 90
    clock = bookkeeping.clock
    assert isinstance(clock, ScriptedClock)
    clock.forward(FRESH_SECONDS + 1)
    assert (await bookkeeping.facts(FRESH_SECONDS))["meetings"].collect().height == 91


async def test_when_nobody_can_count_alerts_stay_as_they_are(bookkeeping: Bookkeeping) -> None:
    bookkeeping.books.folder.write_text("a file where the export should be")
    with pytest.raises(PipelineError):
        await burn_source(bookkeeping).conditions(at("12:00:00"))
