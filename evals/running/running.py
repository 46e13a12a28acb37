"""Many cases through one system, in order, in this process or in several.

What belongs here: concurrency, repeats and what is skipped on resuming. What does not: one case (see ``pipeline``).
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor

from evals.dataset.meeting import EvalMeeting
from evals.running.outcome import Outcome
from evals.running.pipeline import Pipeline
from evals.systems import System, deterministic

AT_ONCE = 8
FEWEST_FOR_A_POOL = 150
"""Below this many cases starting processes costs more than it brings."""

Heard = Callable[[Outcome], None]


def _unheard(_: Outcome) -> None:
    return


async def run_cases(
    system: System,
    meetings: Iterable[EvalMeeting],
    *,
    repeats: int = 1,
    known: Iterable[Outcome] = (),
    heard: Heard = _unheard,
    at_once: int = AT_ONCE,
) -> tuple[Outcome, ...]:
    """The outcomes by case and repeat. ``known`` ones are kept and not run again; ``heard`` is told of each new one.

    Raises RecordingMissingError, after which nothing of the run is of use.
    """
    pipeline, gate = Pipeline(system.extractor), asyncio.Semaphore(at_once)
    kept = {(outcome.case, outcome.repeat): outcome for outcome in known if not outcome.limited}

    async def one(meeting: EvalMeeting, repeat: int) -> Outcome:
        found = kept.get((meeting.case.case, repeat))
        if found is not None:
            return found
        async with gate:
            outcome = await pipeline.over(meeting, repeat)
        heard(outcome)
        return outcome

    tasks = [one(meeting, repeat) for meeting in meetings for repeat in range(repeats)]
    outcomes = await asyncio.gather(*tasks)
    return tuple(sorted(outcomes, key=lambda outcome: (outcome.case, outcome.repeat)))


def run_rules(meetings: Sequence[EvalMeeting], *, processes: int = 1, heard: Heard = _unheard) -> tuple[Outcome, ...]:
    """The rules over ``meetings``, which is all computing: shared between processes when there is enough to do."""
    if processes < 2 or len(meetings) < FEWEST_FOR_A_POOL:
        return asyncio.run(run_cases(deterministic(), meetings, heard=heard))
    outcomes: list[Outcome] = []
    # Not forked: a thread of the parent may hold a lock.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        for outcome in pool.map(_one_by_rules, meetings, chunksize=4):
            heard(outcome)
            outcomes.append(outcome)
    return tuple(sorted(outcomes, key=lambda outcome: outcome.case))


def _one_by_rules(meeting: EvalMeeting) -> Outcome:
    return asyncio.run(Pipeline(deterministic().extractor).over(meeting))
