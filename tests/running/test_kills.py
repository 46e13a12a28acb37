"""SIGKILL of run workers over one backfill: it costs time and nothing else.

Three kills here; ``python -m tests.running.chaos`` does as many as asked for.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running.chaos import survive_kills

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]


def test_killing_run_workers_repeats_no_finished_stage_and_doubles_no_record(tmp_path: Path) -> None:
    outcome = survive_kills(tmp_path, meetings=40, kills=3, seed=7)
    assert outcome.kills == 3
    assert outcome.delivered == 40
    assert outcome.doubled_records == 0
    assert outcome.lost_records == 0
    assert outcome.repeated_stages == 0
    assert outcome.in_flight <= 3 * outcome.kills
    assert outcome.partitions == dict.fromkeys(outcome.partitions, (40, 0))
    # The metrics, from the ledger alone, agree with what the trial counted at the far side and at the workers.
    assert outcome.measured == {
        "got through": 40, "ended": 40, "confirmed": 80, "repeated": outcome.doubled_records, "extractions": 40,
    }  # fmt: skip
