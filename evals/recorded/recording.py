"""Recording what a model answers, so that the run can be repeated without it.

What belongs here: the model that listens, and writing the folder. What does not: replaying it (see ``answers``).
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path

from artifact_assets.domain.model_ports import LanguageModel, ModelRequest, RawAnswer
from evals.recorded.answers import ANSWERS, MANIFEST, RecordingManifest


@dataclass
class RecordingModel:
    """Implements ``domain.model_ports.LanguageModel``: asks ``model`` and remembers every answer as it came.

    ``name`` stands for the endpoint in digests where its address means nothing, such as a port of this machine.
    """

    model: LanguageModel
    name: str | None = None
    heard: dict[str, bytes] = field(default_factory=dict[str, bytes])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def provider(self) -> str:
        """The endpoint's name."""
        return self.name or self.model.provider

    async def ask(self, request: ModelRequest) -> RawAnswer:
        """One call. Raises ModelFailure."""
        answer = await self.model.ask(request)
        with self._lock:
            self.heard[request.digest] = answer.content
        return answer


def write_recordings(folder: Path, manifest: RecordingManifest, heard: dict[str, bytes]) -> None:
    """The folder with its manifest and one line per answer, sorted, so that a new recording gives a readable diff."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps({"request": digest, "answer": content.decode("utf-8", "surrogateescape")}, ensure_ascii=False)
        for digest, content in sorted(heard.items())
    ]
    (folder / ANSWERS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / MANIFEST).write_text(
        json.dumps(manifest.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
