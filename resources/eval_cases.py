"""Cases that `python -m evals add` made of a meeting, as one of the places an erasure reaches.

What belongs here: finding a case in the folders it was written to, and taking it out. What does not: making cases (see
``evals.adding``), whose file layout this follows: one line in ``cases/*.jsonl`` that names the files beside it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artifact_assets.domain.erasure import Taken
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intent
from resources.files import reason, write_private


@dataclass(frozen=True)
class EvalCases:
    """``Copies`` in the home's folder of cases and in those that the ledger remembers (``folders_of`` a meeting)."""

    own: Path
    folders_of: Callable[[str], Awaitable[Sequence[str]]]

    async def forget(self, meeting_id: str, intents: Iterable[Intent]) -> Taken:
        """See ``Copies.forget``. A folder that is elsewhere by now, and recorded answers, are what remains."""
        del intents
        told = [Path(folder) for folder in await self.folders_of(meeting_id)]
        return await asyncio.to_thread(self._forget, meeting_id, told)

    def _forget(self, meeting_id: str, told: Sequence[Path]) -> Taken:
        folders = list(dict.fromkeys([self.own, *told]))
        try:
            removed = sum(_out_of(folder, meeting_id) for folder in folders)
            recorded = sum(_recorded(folder, meeting_id) for folder in folders)
        except OSError as error:
            raise PipelineError(
                FailureClass.STORAGE_UNAVAILABLE,
                f"A case that evals made of {meeting_id} cannot be removed ({reason(error)}), so its erasure stopped there.",
                "Give the program the right to change the folder named by `python -m evals add --to`, then say it again.",
            ) from error
        # On another machine the home's own folder is elsewhere too.
        away = sum(not folder.is_dir() for folder in dict.fromkeys(told))
        left = (
            ("folders of evals cases that are elsewhere by now", away),
            ("recorded answers of an evals case", recorded),
        )
        return Taken(removed, tuple({"what": what, "count": count} for what, count in left if count))


def _out_of(folder: Path, meeting_id: str) -> int:
    """Files of the case first, its line last: a kill in between leaves the line, which finds them again."""
    removed = 0
    for file in sorted((folder / "cases").glob("*.jsonl")):
        lines = [line for line in file.read_text("utf-8").splitlines() if line.strip()]
        of_meeting = [line for line in lines if _parsed(line).get("case") == meeting_id]
        for line in of_meeting:
            for name in ("transcript", "configuration"):
                told = _parsed(line).get(name)
                beside = (folder / str(told)).resolve() if told else None
                if beside is not None and beside.is_relative_to(folder.resolve()):
                    beside.unlink(missing_ok=True)
        if of_meeting:
            kept = [line for line in lines if line not in of_meeting]
            fresh = file.with_suffix(".part")
            write_private(fresh, "".join(f"{line}\n" for line in kept))
            fresh.replace(file)
        removed += len(of_meeting)
    # A case that was cut off between its files and its line.
    for name in (f"transcripts/{meeting_id}.json", f"configurations/{meeting_id}.yaml"):
        (folder / name).unlink(missing_ok=True)
    return removed


def _recorded(folder: Path, meeting_id: str) -> int:
    manifests = (folder / "recordings").glob("*/manifest.json")
    return sum(meeting_id in _parsed(file.read_text("utf-8")).get("cases", ()) for file in manifests)


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        told: object = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}  # pyright: ignore[reportUnknownVariableType]
