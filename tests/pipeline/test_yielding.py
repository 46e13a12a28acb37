"""Runs that may wait leave the processor to those that may not; in processes of their own, because there is no way back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROCESS = """
import os, sys
import dagster as dg
from dagster._core.storage.tags import GRPC_INFO_TAG
from artifact_assets.assets.yielding import yield_processor
from artifact_assets.lanes import LANE
tags = {LANE: sys.argv[1]} | ({GRPC_INFO_TAG: "{}"} if sys.argv[2] == "launched" else {})
before = os.nice(0)
yield_processor(dg.DagsterRun(job_name="j", tags=tags))
yield_processor(dg.DagsterRun(job_name="j", tags=tags))
print(before, os.nice(0))
"""


@pytest.mark.parametrize(
    ("lane", "launched", "yields"),
    [
        ("live", "launched", False),
        ("backfill", "launched", True),
        ("upkeep", "launched", True),
        ("backfill", "", False),
    ],
)
def test_who_yields_the_processor(lane: str, launched: str, yields: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROCESS, lane, launched], cwd=ROOT, check=True, capture_output=True, text=True
    )
    before, after = map(int, done.stdout.split())
    assert after == (max(before, 10) if yields else before)
