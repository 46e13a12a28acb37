"""Runs whose worker does nothing any more, alive or dead: they are ended, so that Dagster starts them again.

What belongs here: which silent owners are runs of Dagster's on this machine, ending them, and telling so in the run. What does
not: who counts as silent (see ``artifact_assets.domain.silence``).

The death of a worker is noticed by the code server that started it, and by nobody when that died too: then the run would count
as going on until its longest time.

Only what Dagster's own launcher started on this machine is ended. A worker elsewhere has its pulse (see
``artifact_assets.workers``), and a command that somebody stopped with Ctrl-Z is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import dagster as dg
from dagster._core.storage.tags import GRPC_INFO_TAG
from pydantic import TypeAdapter, ValidationError

from artifact_assets.domain.silence import Silent, counts_from, silent, still_silent
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.walk import run_of

_REMEMBERED = TypeAdapter(dict[str, datetime])


async def end_silent_runs(
    instance: dg.DagsterInstance, equipment: Equipment, remembered: str | None
) -> tuple[str | None, Sequence[str]]:
    """What to remember for the next look, and what was done, a sentence each. ``remembered`` is of the last look."""
    before = counts_from(equipment.clock.now(), equipment.configuration.walk.lease_seconds)
    known = _read(remembered)
    found = {
        # Of a dead one others may have taken over all it held; its run is waited for all the same.
        **{owner: at for owner, at in known.items() if equipment.is_gone(owner)},
        **silent(await equipment.ledger.held(), before, equipment.is_gone),
    }
    now = {owner: at for owner, at in found.items() if _is_ours(instance, owner)}
    told: list[str] = []
    for owner in still_silent(known, now):
        run = instance.get_run_by_id(run_of(owner))
        if run is None or run.is_finished:
            continue
        if equipment.end_owner(owner):
            # Its code server notices the death and calls the run failed.
            since = f"{now[owner]:%Y-%m-%d %H:%M:%S} UTC"
            why = f"Its worker renewed no lease since {since} and lives: the process was ended, and the run is started again."
            instance.report_engine_event(why, run)
        elif equipment.is_gone(owner):
            why = "Its worker is gone, which nobody noticed: the run has failed, and is started again."
            instance.report_run_failed(run, why)
        else:
            continue
        told.append(f"{run.run_id}: {why}")
    return (_REMEMBERED.dump_json(now).decode() if now or remembered else None), told


def _is_ours(instance: dg.DagsterInstance, owner: str) -> bool:
    run = instance.get_run_by_id(run_of(owner))
    return run is not None and run.status is dg.DagsterRunStatus.STARTED and GRPC_INFO_TAG in run.tags


def _read(remembered: str | None) -> Silent:
    try:
        return _REMEMBERED.validate_json(remembered or "{}")
    except ValidationError:
        return {}
