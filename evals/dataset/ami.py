"""The AMI layout: one JSON file a meeting with utterances, human summaries and the utterances each sentence rests on.

What belongs here: AMI meetings as cases. What does not: training (see ``evals.training``). The corpus is CC BY 4.0 and
stays where the user keeps it.

Turns are made as the product makes them, of one speaker's utterances in a row; scores count in the corpus's own
utterances. Annotators name roles, and an action item's owner is not labelled apart, so owners and dates are not scored.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.artifact import ItemKind
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.meeting import Sidecar
from artifact_assets.domain.transcript import Transcript, Turn
from artifact_assets.extraction.deterministic.scoring.weights import FOLDER
from evals.dataset.case import Case, Expected
from evals.dataset.meeting import EvalMeeting, Utterances

SPLITS = ("all", "development", "held_out")
DAY = datetime(2005, 3, 7, 9, tzinfo=UTC)
"""The corpus tells no dates; a known one lets relative days resolve the same way everywhere."""
_SECTIONS = {"actions": ItemKind.ACTION_ITEM, "decisions": ItemKind.DECISION}


def is_ami(folder: Path) -> bool:
    """Whether a folder holds meetings in AMI's layout."""
    first = next(iter(sorted(folder.glob("*.json"))), None)
    if first is None or (folder / "cases").is_dir():
        return False
    with first.open("rb") as file:
        return b'"meeting_id"' in file.read(4096)


def read_ami(folder: Path, split: str) -> tuple[EvalMeeting, ...]:
    """The meetings of a split; ``held_out`` are the series the committed scorer was neither trained nor tuned on."""
    if split not in SPLITS:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"There is no split {split} of an AMI folder, so nothing was run.",
            f"Choose one of {', '.join(SPLITS)}.",
        )
    provenance = json.loads(files(FOLDER).joinpath("scorer.json").read_text(encoding="utf-8"))
    held_out = frozenset[str](provenance["held_out_series"])
    return tuple(
        _meeting(path)
        for path in sorted(folder.glob("*.json"))
        if split == "all" or (path.stem[:-1] in held_out) == (split == "held_out")
    )


def _meeting(path: Path) -> EvalMeeting:
    content = path.read_bytes()
    document: dict[str, Any] = json.loads(content)
    turns, utterances, turn_of = _turns(document["utterances"])
    transcript = Transcript(format="ami", started_at=DAY, kind="internal", turns=turns, language="en")
    expected: list[Expected] = []
    linked: set[int] = set()
    for number, link in enumerate(document["evidence_links"]):
        kind = _SECTIONS.get(link["section"])
        if kind is None or not link["utterance_indices"]:
            continue
        if kind is ItemKind.ACTION_ITEM:
            linked.update(link["utterance_indices"])
        utterances_of: list[int] = link["utterance_indices"]
        evidence = tuple(dict.fromkeys(turn_of[at] for at in utterances_of))
        expected.append(Expected(id=f"{link['section']}-{number}", kind=kind, text=link["text"], evidence=evidence))
    case = Case(
        case=document["meeting_id"],
        domain="ami",
        transcript=path.name,
        sidecar={"kind": "internal"},
        expected=tuple(expected),
    )
    return EvalMeeting(case, content, path.name, Sidecar(), Configuration(), transcript, utterances, frozenset(linked))


def _turns(spoken: list[dict[str, Any]]) -> tuple[tuple[Turn, ...], Utterances, list[int]]:
    """One speaker's utterances in a row are a turn. Also where each utterance starts in it, and each one's turn."""
    rows: list[list[int]] = []
    for at, utterance in enumerate(spoken):
        if at and utterance["speaker"] == spoken[at - 1]["speaker"]:
            rows[-1].append(at)
        else:
            rows.append([at])
    turns: list[Turn] = []
    starts: list[tuple[int, ...]] = []
    turn_of = [0] * len(spoken)
    for index, row in enumerate(rows):
        text, begins = "", list[int]()
        for at in row:
            text += " " if text else ""
            begins.append(len(text))
            text += spoken[at]["text"]
            turn_of[at] = index
        first, last = spoken[row[0]], spoken[row[-1]]
        speaker = first["role"] or first["speaker"]
        turns.append(Turn(index=index, speaker=speaker, start=first["start"], end=last["end"], text=text))
        starts.append(tuple(begins))
    return tuple(turns), Utterances(tuple(starts), tuple(tuple(row) for row in rows)), turn_of
