"""The ART checks turn a stored artifact into a verdict and numbers, without a word of the meeting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from artifact_assets.domain.art.checks import accurate_check, relevant_check, timely_check
from artifact_assets.domain.art.codes import CODES, Code, failure, state_of
from artifact_assets.domain.art.policy import ArtPolicy, TimelinessPolicy
from artifact_assets.domain.artifact import (
    ActionItem,
    Alignment,
    Artifact,
    ExtractorTrace,
    GroundedEvidence,
    Item,
    ItemState,
    RuleFailure,
)

STARTED = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
POLICY = TimelinessPolicy(freshness_hours={"sales": 2.0})
SECRET = "acquire the harbour site"


def item(
    number: int, alignment: Alignment, *codes: Code, state: ItemState | None = None, due: date | None = None
) -> Item:
    failures = tuple(failure(code, f"reason about: {SECRET}") for code in codes)
    evidence = GroundedEvidence(turns=(number,), quote=SECRET, alignment=alignment, score=50)
    return Item(
        item_id=f"i{number}",
        content=ActionItem(text=SECRET, due=due),
        evidence=(evidence,),
        state=state or state_of(failures),
        failures=failures,
    )


def artifact(*items: Item, failures: tuple[RuleFailure, ...] = ()) -> Artifact:
    return Artifact(
        meeting_id="m",
        revision="r",
        transcript_digest="t",
        extraction_digest="e",
        trace=ExtractorTrace(extractor="test", version="1"),
        items=items,
        failures=failures,
    )


def test_accurate_counts_how_quotes_were_found_and_why_items_wait() -> None:
    checked = accurate_check(
        artifact(
            item(1, Alignment.EXACT),
            item(2, Alignment.FUZZY),
            item(3, Alignment.NONE, Code.QUOTE_NOT_FOUND, Code.NUMBER_NOT_IN_EVIDENCE),
            item(4, Alignment.EXACT, Code.SMALL_TALK),
        )
    )
    assert (checked.passed, checked.severity) == (False, "WARN")
    assert checked.metadata["grounded_share"] == 0.75
    assert checked.metadata["quarantined"] == 2
    assert checked.metadata["held_by_accurate"] == 1
    assert checked.metadata["code_quote_not_found"] == 1
    assert "code_small_talk" not in checked.metadata


def test_relevant_looks_at_its_own_reasons_only() -> None:
    held = artifact(item(1, Alignment.NONE, Code.QUOTE_NOT_FOUND))
    assert relevant_check(held).passed
    assert not relevant_check(artifact(item(1, Alignment.EXACT, Code.SMALL_TALK))).passed


def test_a_suspect_artifact_is_an_error_and_not_a_warning() -> None:
    gate = (failure(Code.EXTRACTION_SUSPECT, "5 of 6"),)
    checked = accurate_check(artifact(failures=gate))
    assert (checked.passed, checked.severity, checked.metadata["code_extraction_suspect"]) == (False, "ERROR", 1)


def test_an_empty_artifact_passes() -> None:
    assert accurate_check(artifact()).passed
    assert accurate_check(artifact()).metadata["grounded_share"] == 1.0
    assert relevant_check(artifact()).passed


def test_what_is_settled_holds_no_check_back() -> None:
    for state in (ItemState.SUPERSEDED, ItemState.REJECTED, ItemState.EXPIRED, ItemState.ACCEPTED):
        assert accurate_check(artifact(item(1, Alignment.NONE, Code.QUOTE_NOT_FOUND, state=state))).passed


def test_timely_plots_freshness_and_counts_what_is_no_longer_worth_delivering() -> None:
    made = artifact(item(1, Alignment.EXACT, due=date(2026, 11, 18)), item(2, Alignment.EXACT))
    fresh = timely_check(made, "sales", STARTED, STARTED, STARTED + timedelta(hours=1), POLICY)
    assert (fresh.passed, fresh.metadata["freshness_seconds"]) == (True, 3600.0)
    late = timely_check(made, "sales", STARTED, STARTED, STARTED + timedelta(hours=3), POLICY)
    assert (late.passed, late.metadata["late"]) == (False, True)
    replayed = timely_check(made, "sales", STARTED, STARTED + timedelta(days=9), STARTED + timedelta(days=9), POLICY)
    assert (replayed.passed, replayed.metadata["untimely_items"], replayed.metadata["code_past_due"]) == (False, 1, 1)


def test_metadata_holds_no_word_of_the_meeting() -> None:
    made = artifact(item(1, Alignment.NONE, Code.QUOTE_NOT_FOUND), item(2, Alignment.EXACT, Code.SMALL_TALK))
    now = STARTED + timedelta(days=100)
    for checked in (
        accurate_check(made),
        relevant_check(made),
        timely_check(made, "sales", STARTED, STARTED, now, POLICY),
    ):
        assert "harbour" not in str(checked)


def test_every_code_says_what_it_means_and_to_whom() -> None:
    assert set(CODES) == set(Code)
    assert all(rule.means and rule.quality for rule in CODES.values())


def test_doubt_is_shown_to_a_person_and_what_is_too_old_is_not() -> None:
    taken_back, doubt, old = (failure(c, "") for c in (Code.RETRACTED, Code.QUOTE_NOT_FOUND, Code.TOO_OLD))
    assert state_of(()) is ItemState.ACCEPTED
    assert state_of((taken_back,)) is ItemState.SUPERSEDED
    assert state_of((taken_back, doubt)) is ItemState.QUARANTINED
    assert state_of((taken_back, doubt, old)) is ItemState.EXPIRED


def test_a_judgement_does_not_depend_on_how_long_things_are_worth_delivering() -> None:
    other = ArtPolicy(timeliness=TimelinessPolicy(task_days=3))
    assert other.judged_by() == ArtPolicy().judged_by()
    assert ArtPolicy(max_items=7).judged_by() != ArtPolicy().judged_by()
