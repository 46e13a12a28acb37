"""AMI and ICSI meetings as talks with the utterances their annotators linked to an action or a decision.

What belongs here: reading the corpora's files. What does not: splitting or fitting. The corpora are CC BY 4.0 and stay
outside the repository.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from artifact_assets.extraction.deterministic.talk import Sentence, Talk, lowered


@dataclass(frozen=True)
class Labelled:
    """One meeting: an utterance is a sentence. ``heard`` is the same talk as a recognizer heard it, None without one."""

    meeting_id: str
    series: str
    talk: Talk
    heard: Talk | None
    actions: npt.NDArray[np.bool_]
    decisions: npt.NDArray[np.bool_]


def read_corpus(folder: Path) -> tuple[Labelled, ...]:
    """All meetings of a corpus folder. A series is the meeting id without its last letter or digits of the occasion."""
    return tuple(_labelled(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json")))


def _labelled(document: dict[str, Any]) -> Labelled:
    utterances = document["utterances"]
    heard = "text_asr" in utterances[0]
    meeting_id: str = document["meeting_id"]
    series = meeting_id[:-1] if meeting_id[-1].isalpha() else meeting_id[:3]
    return Labelled(
        meeting_id,
        series,
        _talk(utterances, "text"),
        _talk(utterances, "text_asr") if heard else None,
        _linked(document, "actions"),
        _linked(document, "decisions"),
    )


def _talk(utterances: list[dict[str, Any]], key: str) -> Talk:
    sentences: list[Sentence] = []
    row = -1
    for position, utterance in enumerate(utterances):
        if position == 0 or utterance["speaker"] != utterances[position - 1]["speaker"]:
            row += 1
        text = utterance.get(key) or ""
        speaker = utterance["role"] or utterance["speaker"]
        sentences.append(Sentence(position, position, row, speaker, text, lowered(text)))
    return Talk(tuple(sentences))


def _linked(document: dict[str, Any], section: str) -> npt.NDArray[np.bool_]:
    labels = np.zeros(len(document["utterances"]), dtype=bool)
    for link in document["evidence_links"]:
        if link["section"] == section:
            labels[link["utterance_indices"]] = True
    return labels
