"""How many bad items the judgement accepts, and how many true ones, per kind of corruption.

What belongs here: true claims about real meetings, the corruptor's variations, and the table. What does not: making
claims untrue (see ``benchmarks.corruptor``).

    python -m benchmarks.corruption [--seed N] [--meetings N] [--split test|dev] [--json]

Reads the AMI meetings beside the checkout (``../shared/data/gold_ami``) and the example meetings. Nothing was tuned on
the meetings of the ``test`` split: series are divided by the parity of their number.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from artifact_assets.domain.art.judgement import judge_in, scene_of
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.art.subject import Scene
from artifact_assets.domain.artifact import (
    ActionItem,
    Claim,
    Decision,
    Evidence,
    ItemState,
    NextStep,
)
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.transcript import Transcript, Turn
from benchmarks.corruptor import (
    Case,
    changed_numbers,
    clean,
    invented_quotes,
    stale_dates,
    swapped_turns,
    wrong_owners,
)

ROOT = Path(__file__).resolve().parent.parent
AMI = ROOT.parent / "shared" / "data" / "gold_ami"
STARTED = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
MUST_BE_ZERO = ("invented quote", "changed number", "stale date")
ORDER = ("true", *MUST_BE_ZERO, "wrong owner", "swapped turns")
_COMMITS = re.compile(r"\b(?:I'll|I will|I'm going to|I can|let me)\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty)\b"
)


@dataclass(frozen=True)
class Meeting:
    """A meeting with true claims about it."""

    name: str
    transcript: Transcript
    brief: Brief
    claims: tuple[tuple[str, Claim], ...]


def ami_meetings(split: str, count: int, random: Random) -> list[Meeting]:
    """``count`` meetings of a split, chosen by ``random``."""
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
    claims = (*_verbatim(document, turns, random), *_abstractive(document, turns))
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
        yield "commitment", _claim(ActionItem(text=turn.text, owner=turn.speaker), turn, random)
    for turn in _some(numbered, 5, random):
        yield "number", _claim(Decision(text=turn.text), turn, random)
    for turn in _some([turn for turn in long if turn.index in linked], 6, random):
        yield "linked", _claim(random.choice((Decision, NextStep))(text=turn.text), turn, random)


def _some(turns: Sequence[Turn], most: int, random: Random) -> list[Turn]:
    return random.sample(turns, min(most, len(turns)))


def _claim(content: ActionItem | Decision | NextStep, turn: Turn, random: Random) -> Claim:
    quote = turn.text if random.random() < 0.5 else clean(turn.text)
    return Claim(content=content, evidence=(Evidence(turns=(turn.index,), quote=quote),))


def _abstractive(document: dict[str, Any], turns: Sequence[Turn]) -> Iterator[tuple[str, Claim]]:
    """The annotators' own sentences with the utterances they linked as quotes."""
    for link in document["evidence_links"]:
        linked: list[int] = link["utterance_indices"]
        quoted = [turns[n] for n in linked if len(turns[n].text.split()) >= 4]
        if link["section"] == "problems" or not quoted:
            continue
        kind = ActionItem if link["section"] == "actions" else Decision
        evidence = tuple(Evidence(turns=(turn.index,), quote=turn.text) for turn in quoted)
        yield "annotators' words", Claim(content=kind(text=link["text"]), evidence=evidence)


def cases_of(meeting: Meeting, random: Random) -> list[Case]:
    """True claims and every corruption of them."""
    cases = [Case("true", detail, claim) for detail, claim in meeting.claims]
    told = [claim for detail, claim in meeting.claims if detail != "annotators' words"]
    people = meeting.transcript.speakers
    for claim in told:
        cases.extend(invented_quotes(claim, meeting.transcript, random))
        cases.extend(wrong_owners(claim, people, random))
        cases.extend(changed_numbers(claim, meeting.transcript, random))
        cases.extend(stale_dates(claim, STARTED.date(), random))
    cases.extend(swapped_turns(told, meeting.transcript, random))
    return cases


Verdict = tuple[bool, tuple[str, ...]]


def verdict_of(case: Case, scene: Scene) -> Verdict:
    """Whether the claim alone is accepted, and the codes against it.

    Claims are judged one at a time, so that the gate on the whole artifact and merging cannot hide an accepted bad one.
    """
    item = judge_in(scene, [case.claim]).items[0]
    return item.state is ItemState.ACCEPTED, tuple(failure.code for failure in item.failures)


def table(rows: Sequence[tuple[Case, Verdict]]) -> list[dict[str, Any]]:
    """One row per corruption and variant: how many, how many accepted, what spoke against the others."""
    groups: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for case, verdict in rows:
        groups[case.corruption, case.detail].append(verdict)
        groups[case.corruption, "ALL"].append(verdict)
    order = sorted(groups, key=lambda key: (ORDER.index(key[0]), key[1] != "ALL", key[1]))
    return [
        {
            "corruption": corruption,
            "variant": detail,
            "items": len(verdicts := groups[corruption, detail]),
            "accepted": sum(accepted for accepted, _ in verdicts),
            "share": round(sum(accepted for accepted, _ in verdicts) / len(verdicts), 4),
            "codes": dict(Counter(code for _, codes in verdicts for code in set(codes)).most_common(4)),
        }
        for corruption, detail in order
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; exit 1 when an invented quote, changed number or stale date was accepted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20261117)
    parser.add_argument("--meetings", type=int, default=30)
    parser.add_argument("--split", choices=("test", "dev"), default="test")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--show", metavar="CORRUPTION", help="print accepted bad items, or refused true ones")
    options = parser.parse_args(arguments)
    if not AMI.exists():
        print("skipped: the AMI meetings are not beside this checkout", file=sys.stderr)
        return 0
    random = Random(options.seed)
    policy = ArtPolicy()
    rows: list[tuple[Case, Verdict]] = []
    for meeting in ami_meetings(options.split, options.meetings, random):
        scene = scene_of(meeting.transcript, meeting.brief, policy)
        rows.extend((case, verdict_of(case, scene)) for case in cases_of(meeting, random))
    if options.show:
        _show(rows, options.show)
    result = table(rows)
    if options.json:
        print(json.dumps({"seed": options.seed, "split": options.split, "rows": result}, indent=1))
    else:
        print(f"seed {options.seed}, {options.meetings} AMI meetings of the {options.split} split")
        for row in result:
            codes = ", ".join(f"{code} {count}" for code, count in row["codes"].items())
            figures = f"{row['items']:6} {row['accepted']:6} {row['share']:8.2%}"
            print(f"{row['corruption']:15} {row['variant']:28} {figures}  {codes}")
    leaked = sum(row["accepted"] for row in result if row["corruption"] in MUST_BE_ZERO and row["variant"] == "ALL")
    return 1 if leaked else 0


def _show(rows: Sequence[tuple[Case, Verdict]], corruption: str) -> None:
    for case, (accepted, codes) in rows:
        if case.corruption == corruption and accepted == (corruption != "true"):
            print(case.detail, "|", case.claim.content, "|", [e.quote for e in case.claim.evidence], "|", codes)


if __name__ == "__main__":
    sys.exit(main())
