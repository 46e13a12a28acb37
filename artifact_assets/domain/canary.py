"""A new prompt tried on a share of live meetings: which meetings, and what a try came to.

What belongs here: the policy, the choice and the report. What does not: trying (see ``stages.canary``). A report holds codes,
counts and ids, and no word of a meeting.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from pydantic import Field

from artifact_assets.domain.documents import Document, sha256
from artifact_assets.domain.failures import FailureClass

_WHOLE = 1 << 32


class CanaryPolicy(Document):
    """Another prompt for some live meetings, extracted beside the one in use, compared, and never delivered.

    Costs what extracting these meetings once more costs, within the same budgets.
    """

    share: float = Field(gt=0, le=0.5, description="Share of live meetings, chosen by their id.")
    prompt: str = Field(min_length=1, description="File with the prompt, relative to the configuration file.")
    seconds: float = Field(default=120, gt=0, le=3600, description="Longest time for one run's canaries together.")

    def takes(self, meeting_id: str) -> bool:
        """Whether a meeting is among them: the same answer everywhere and every time."""
        return int(sha256(f"canary:{meeting_id}".encode())[:8], 16) < self.share * _WHOLE


class CanaryReport(Document):
    """One meeting under both prompts. ``states`` counts items by state, for the prompt in use and the other one.

    ``kept`` items are the same thing under both, ``added`` only the other prompt finds, ``gone`` only the one in use.
    """

    meeting_id: str
    at: datetime
    prompt: str
    prompt_digest: str | None = None
    failure_class: FailureClass | None = None
    cause: str | None = None
    in_use: Mapping[str, int] = Field(default_factory=dict[str, int])
    other: Mapping[str, int] = Field(default_factory=dict[str, int])
    kept: int = 0
    added: int = 0
    gone: int = 0
    held_for: Mapping[str, int] = Field(default_factory=dict[str, int])
    cost: float | None = None
    seconds: float = 0.0


class CanaryBook(Protocol):
    """Where reports are kept."""

    async def record(self, report: CanaryReport) -> None:
        """Keep a report; a meeting's older one of the same prompt is replaced."""
        ...
