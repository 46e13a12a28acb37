"""Reports of a tried prompt as files in the home, one a meeting and prompt.

What belongs here: the adapter. What does not: what is in a report (see ``artifact_assets.domain.canary``). Local to each
machine: a comparison is worth no table in the ledger.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from pydantic import ValidationError

from artifact_assets.domain.canary import CanaryReport
from artifact_assets.domain.documents import sha256, to_bytes
from resources.files import make_private_folder


class FileCanaryBook:
    """Implements ``domain.canary.CanaryBook`` over a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def record(self, report: CanaryReport) -> None:
        """See ``CanaryBook.record``."""
        await asyncio.to_thread(self._write, report)

    def _write(self, report: CanaryReport) -> None:
        make_private_folder(self._folder)
        path = self._folder / f"{report.meeting_id}-{sha256(report.prompt.encode())[:8]}.json"
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        unfinished.write_bytes(to_bytes(report))
        unfinished.replace(path)

    def reports(self) -> tuple[CanaryReport, ...]:
        """Every readable report, oldest first."""
        found: list[CanaryReport] = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                found.append(CanaryReport.model_validate_json(path.read_bytes()))
            except (OSError, ValidationError):
                continue
        return tuple(sorted(found, key=lambda report: report.at))
