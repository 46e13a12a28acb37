"""The five stages by name.

What belongs here: the table. What does not: anything else.
"""

from __future__ import annotations

from collections.abc import Mapping

from artifact_assets.domain.states import Stage
from artifact_assets.stages.delivered import DELIVERED
from artifact_assets.stages.extracted import EXTRACTED
from artifact_assets.stages.normalized import NORMALIZED
from artifact_assets.stages.stage import StageWork
from artifact_assets.stages.transcript import TRANSCRIPT
from artifact_assets.stages.validated import VALIDATED

WORKS: Mapping[Stage, StageWork] = {
    work.stage: work for work in (TRANSCRIPT, NORMALIZED, EXTRACTED, VALIDATED, DELIVERED)
}
