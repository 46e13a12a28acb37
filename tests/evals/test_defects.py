"""The gate catches every seeded defect, and stays green on re-runs that change nothing.

The golden set is extracted once; a defect then changes claims, judgement or outcome of the cases it concerns, which are
judged and scored again.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from artifact_assets.domain.art.judgement import judge
from artifact_assets.domain.artifact import Extraction
from artifact_assets.domain.documents import sha256, to_bytes
from artifact_assets.domain.failures import FailureClass, PipelineError
from evals.dataset.meeting import EvalMeeting
from evals.dataset.reading import Dataset, read_dataset
from evals.evaluation import Evaluation
from evals.gate.baseline import Entry, entry_of
from evals.gate.verdict import Verdict, judge_run
from evals.places import GOLDEN
from evals.running.outcome import Outcome, state_of
from evals.running.pipeline import artifact_of, brief_of
from evals.running.run_file import manifest_of
from evals.scoring.scorecard import Scorecard, score_case
from evals.scoring.summary import by_case
from evals.systems import deterministic
from tests.evals.defects import DEFECTS, Broken, Defect


@dataclass(frozen=True)
class Known:
    """One case as the unbroken system does it. ``broken`` is None where the transcript cannot be read."""

    meeting: EvalMeeting
    broken: Broken | None
    outcome: Outcome
    card: Scorecard


@dataclass(frozen=True)
class Golden:
    dataset: Dataset
    cases: tuple[Known, ...]
    entry: Entry

    def verdict(self, outcomes: Iterable[Outcome], *, seed: int = 0) -> Verdict:
        """The gate's word on these outcomes; cases that are as they were keep their scores."""
        known = {case.outcome.case: case for case in self.cases}
        told = tuple(outcomes)
        cards = tuple(
            known[o.case].card if o is known[o.case].outcome else score_case(known[o.case].meeting, o) for o in told
        )
        manifest = manifest_of(self.dataset, deterministic())
        return judge_run(self.entry, Evaluation(manifest, told, cards, by_case(cards)), self.dataset, seed=seed)


@pytest.fixture(scope="module")
def golden() -> Golden:
    dataset = read_dataset(GOLDEN)
    cases = tuple(asyncio.run(_known(meeting)) for meeting in dataset.meetings)
    evaluation = Evaluation(
        manifest_of(dataset, deterministic()),
        tuple(case.outcome for case in cases),
        tuple(case.card for case in cases),
        by_case(case.card for case in cases),
    )
    return Golden(dataset, cases, entry_of(evaluation, "as it is"))


async def _known(meeting: EvalMeeting) -> Known:
    name = meeting.case.case
    try:
        transcript = meeting.transcript()
    except PipelineError as failure:
        lost = Outcome(case=name, state="failed", failure_class=failure.failure_class, cause=failure.cause)
        return Known(meeting, None, lost, score_case(meeting, lost))
    brief = brief_of(meeting, transcript)
    extraction = await deterministic().extractor(meeting, 0).extract(transcript, sha256(to_bytes(transcript)), brief)
    judgement = judge(extraction, transcript, brief, meeting.configuration.art)
    broken = Broken(meeting, transcript, extraction, judgement)
    outcome = _outcome(broken)
    return Known(meeting, broken, outcome, score_case(meeting, outcome))


def _outcome(broken: Broken) -> Outcome:
    artifact = artifact_of(broken.meeting, broken.transcript, broken.extraction, broken.judgement)
    return Outcome(case=broken.meeting.case.case, state=state_of(artifact), artifact=artifact)


def _judged(broken: Broken, extraction: Extraction) -> Broken:
    brief = brief_of(broken.meeting, broken.transcript)
    judgement = judge(extraction, broken.transcript, brief, broken.meeting.configuration.art)
    return replace(broken, extraction=extraction, judgement=judgement)


def _spoilt(case: Known, defect: Defect) -> Outcome:
    broken, outcome = case.broken, case.outcome
    if broken is not None and defect.claims is not None:
        claims = tuple(defect.claims(broken))
        if claims != broken.extraction.claims:
            broken = _judged(broken, broken.extraction.model_copy(update={"claims": claims}))
            outcome = _outcome(broken)
    if broken is not None and defect.judgement is not None:
        items = tuple(defect.judgement(broken))
        if items != broken.judgement.items:
            outcome = _outcome(replace(broken, judgement=broken.judgement.model_copy(update={"items": items})))
    return defect.outcome(outcome, broken) if defect.outcome is not None else outcome


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_is_caught(golden: Golden, defect: Defect) -> None:
    verdict = golden.verdict(_spoilt(case, defect) for case in golden.cases)
    assert not verdict.passed
    assert verdict.changes or verdict.lost_cases or verdict.hard_cases


def test_the_page_lists_the_seeded_defects() -> None:
    page = (Path(__file__).parents[2] / "docs" / "evals.md").read_text(encoding="utf-8")
    assert [f"| {d.name} | {d.like} |" in page for d in DEFECTS] == [True] * len(DEFECTS)


@pytest.mark.parametrize("seed", range(1, 19))
def test_a_harmless_rerun_stays_green(golden: Golden, seed: int) -> None:
    """Claims in another order, cases in another order, another bootstrap; a third of the cases judged again each time."""
    chance = random.Random(seed)
    outcomes: list[Outcome] = []
    for number, case in enumerate(golden.cases):
        if case.broken is None or number % 3 != seed % 3:
            outcomes.append(case.outcome)
            continue
        claims = list(case.broken.extraction.claims)
        chance.shuffle(claims)
        outcomes.append(
            _outcome(_judged(case.broken, case.broken.extraction.model_copy(update={"claims": tuple(claims)})))
        )
    chance.shuffle(outcomes)
    verdict = golden.verdict(outcomes, seed=seed)
    assert verdict.reasons == ()
    assert not verdict.changes


@pytest.mark.parametrize(("hash_seed", "zone"), [("1", "America/Los_Angeles"), ("2", "Asia/Tokyo")])
def test_another_process_in_another_zone_stays_green(golden: Golden, hash_seed: str, zone: str, tmp_path: Path) -> None:
    out = tmp_path / "run.json"
    subprocess.run(
        [sys.executable, "-m", "evals", "run", "--processes", "1", "--json", str(out)],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone, "LC_ALL": "C"},
        cwd=Path(__file__).parents[2],
    )
    from evals.running.run_file import read_run

    outcomes = read_run(out).outcomes
    assert golden.verdict(outcomes, seed=int(hash_seed)).reasons == ()


def test_an_endpoint_that_was_down_is_no_regression_of_quality_and_no_pass(golden: Golden) -> None:
    limited = [
        case.outcome.model_copy(
            update={"artifact": None, "state": "deferred", "failure_class": FailureClass.MODEL_QUOTA}
        )
        for case in golden.cases[:3]
    ]
    outcomes = [*limited, *(case.outcome for case in golden.cases[3:])]
    verdict = golden.verdict(o for o in outcomes if not o.limited)
    assert not verdict.passed
    assert set(verdict.lost_cases) == {case.outcome.case for case in golden.cases[:3]}
