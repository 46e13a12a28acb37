"""Parts of a deployment killed in the middle of a batch: it costs time and nothing else.

Three cheap faults here; ``make chaos`` tries them all.
"""

from __future__ import annotations

import random

import pytest

from tests.running.faults import recovering
from tests.running.recovery import survive

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]


def test_what_is_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing() -> None:
    chance = random.Random(3)
    with recovering() as (deployment, far):
        for number, fault in enumerate(("run worker killed", "daemon killed", "web server killed")):
            row = survive(deployment, far, fault, number, 8, chance)
            assert row.good, row
            # What a killed worker had asked and not stored yet is asked again, three meetings at most.
            assert row.again <= (3 if fault == "run worker killed" else 0), row
