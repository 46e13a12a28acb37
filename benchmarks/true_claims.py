"""True claims about real and example meetings, for the corruptor to spoil.

What belongs here: reading meetings and writing down what was really said in them. What does not: spoiling claims (see
``corruptor``), judging them (see ``corruption``), and any rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

from artifact_assets.configuration.schema import read_configuration
from artifact_assets.domain.artifact import ActionItem, Claim, Content, Decision, Evidence, FieldUpdate, NextStep, Tag
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.meeting import Sidecar
from artifact_assets.domain.transcript import Transcript, Turn
from artifact_assets.formats.joining import join_sidecar
from artifact_assets.formats.reading import read_transcript
from benchmarks.corruptor import clean

ROOT = Path(__file__).resolve().parent.parent
AMI = ROOT.parent / "shared" / "data" / "gold_ami"
EXAMPLES = ROOT / "examples"
STARTED = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
"""AMI meetings have no date; any will do."""
_COMMITS = re.compile(r"\b(?:I'll|I will|I'm going to|I can|let me)\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty)\b"
)
SUMMARY = "annotators' words"
"""Claims whose wording is an annotator's summary, not what was said."""


@dataclass(frozen=True)
class Meeting:
    """A meeting with true claims about it, each with the way it was made."""

    name: str
    transcript: Transcript
    brief: Brief
    claims: tuple[tuple[str, Claim], ...]

    @property
    def day(self) -> date:
        """The meeting's day."""
        return (self.brief.started_at or STARTED).date()


def ami_meetings(split: str, count: int, random: Random) -> list[Meeting]:
    """``count`` meetings of a split, chosen by ``random``. Series with even numbers are ``test``, odd ones ``dev``."""
    wanted = 0 if split == "test" else 1
    paths = [path for path in sorted(AMI.glob("*.json")) if int(path.stem[2:6]) % 2 == wanted]
    chosen = sorted(random.sample(paths, min(count, len(paths))))
    return [_ami(json.loads(path.read_text(encoding="utf-8")), random) for path in chosen]


def _ami(document: dict[str, Any], random: Random) -> Meeting:
    turns = tuple(
        Turn(index=n, speaker=u["role"] or u["speaker"], start=u["start"], end=u["end"], text=u["text"])
        for n, u in enumerate(document["utterances"])
    )
    transcript = Transcript(format="ami", started_at=STARTED, turns=turns)
    claims = (*_verbatim(document, turns, random), *_summaries(document, turns))
    return Meeting(document["meeting_id"], transcript, Brief(kind="internal", started_at=STARTED), claims)


def _verbatim(document: dict[str, Any], turns: Sequence[Turn], random: Random) -> Iterator[tuple[str, Claim]]:
    """Commitments, numbers and what annotators linked to decisions and actions, in the words that were said."""
    linked = {
        n for link in document["evidence_links"] if link["section"] != "problems" for n in link["utterance_indices"]
    }
    long = [turn for turn in turns if 6 <= len(turn.text.split()) <= 60]
    commits = [turn for turn in long if _COMMITS.search(turn.text) and "if" not in turn.text.split()]
    numbered = [turn for turn in long if _NUMBERED.search(turn.text)]
    for turn in _some(commits, 6, random):
        yield "commitment", _claim(ActionItem(text=turn.text, owner=turn.speaker), turn, turn.text, random)
    for turn in _some(numbered, 5, random):
        yield "number", _claim(Decision(text=turn.text), turn, turn.text, random)
    for turn in _some([turn for turn in long if turn.index in linked], 6, random):
        yield "linked", _claim(random.choice((Decision, NextStep))(text=turn.text), turn, turn.text, random)


def _some(turns: Sequence[Turn], most: int, random: Random) -> list[Turn]:
    return random.sample(turns, min(most, len(turns)))


def _claim(content: Content, turn: Turn, quote: str, random: Random) -> Claim:
    """Half of the quotes are verbatim, half copied the way a careful model does."""
    said = quote if random.random() < 0.5 else clean(quote)
    return Claim(content=content, evidence=(Evidence(turns=(turn.index,), quote=said),))


def _summaries(document: dict[str, Any], turns: Sequence[Turn]) -> Iterator[tuple[str, Claim]]:
    for link in document["evidence_links"]:
        linked: list[int] = link["utterance_indices"]
        quoted = [turns[n] for n in linked if len(turns[n].text.split()) >= 4]
        if link["section"] == "problems" or not quoted:
            continue
        kind = ActionItem if link["section"] == "actions" else Decision
        evidence = tuple(Evidence(turns=(turn.index,), quote=turn.text) for turn in quoted)
        yield SUMMARY, Claim(content=kind(text=link["text"]), evidence=evidence)


def example_meetings(random: Random) -> list[Meeting]:
    """The example meetings with what their ``expected`` files insist on, in the words that were said."""
    vocabulary = read_configuration(EXAMPLES / "artifacts.yaml").vocabulary
    found: list[Meeting] = []
    for path in sorted((EXAMPLES / "meetings").glob("*.expected.json")):
        stem = path.name.removesuffix(".expected.json")
        expected = json.loads(path.read_text(encoding="utf-8"))
        if not expected["must_find"]:
            continue
        (file,) = (p for p in path.parent.glob(f"{stem}.*") if not p.name.endswith((".expected.json", ".meta.json")))
        beside = path.with_name(f"{stem}.meta.json")
        sidecar = Sidecar.model_validate_json(beside.read_bytes()) if beside.exists() else Sidecar()
        transcript = join_sidecar(read_transcript(file.read_bytes(), file_name=file.name), sidecar)
        brief = Brief(
            kind=transcript.kind,
            started_at=transcript.started_at,
            participants=transcript.participants,
            vocabulary=vocabulary,
        )
        claims = tuple(_expected(expected["must_find"], transcript, random))
        found.append(Meeting(stem, transcript, brief, claims))
    return found


def _expected(wanted: Sequence[dict[str, Any]], transcript: Transcript, random: Random) -> Iterator[tuple[str, Claim]]:
    for entry in wanted:
        said: str = entry["turn_contains"]
        turn = next(turn for turn in transcript.turns if said in turn.text)
        due = date.fromisoformat(entry["due"]) if entry.get("due") else None
        content: Content
        match entry["kind"]:
            case "action_item":
                content = ActionItem(text=said, owner=entry["owner"], due=due)
            case "decision":
                content = Decision(text=said)
            case "next_step":
                content = NextStep(text=said, due=due)
            case "tag":
                content = Tag(tag=entry["contains"])
            case _:
                name, _, field = entry["contains"].partition(".")
                content = FieldUpdate(object=name, field=field, value=entry["value"])
        yield f"example {entry['kind']}", _claim(content, turn, said, random)
