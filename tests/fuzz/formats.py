"""Reads damaged transcripts by the thousand: only failure classes may come out, and every transcript must be sound.

What belongs here: running and judging. What does not: the damage (see ``mutations``). Run:
``python -m tests.fuzz.formats --count 100000 --seed 1``; it prints count, seed, outcomes and findings, and ends with 1
when there is a finding. ``--only N`` reads one input again.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

from artifact_assets.domain.display import displayed
from artifact_assets.domain.documents import to_bytes
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.transcript import Transcript
from artifact_assets.formats.reading import read_transcript
from artifact_assets.formats.times import LONGEST_SECONDS
from tests.formats.samples import all_samples
from tests.fuzz.mutations import damaged

SLOWEST_SECONDS = 1.0
ALLOWED = {FailureClass.UNREADABLE_INPUT, FailureClass.UNSUPPORTED_FORMAT, FailureClass.EMPTY_TRANSCRIPT}
NAMES = (
    "",
    "a.vtt",
    "2026-11-17 Weekly.srt",
    "GMT20261117-100000_Recording.transcript.vtt",
    "../../etc/passwd\x00",
    "\u202e" * 300,
)


@dataclass
class Campaign:
    """What a run of damaged files led to."""

    outcomes: Counter[str] = field(default_factory=Counter[str])
    findings: list[str] = field(default_factory=list[str])
    slowest: float = 0.0
    slowest_input: int = 0


def damaged_input(seed: int, number: int, seeds: Sequence[bytes]) -> tuple[bytes, str]:
    """Input ``number`` of the campaign with ``seed``, and the file name it is read under."""
    choose = random.Random(f"{seed}:{number}")
    return damaged(seeds, choose), choose.choice(NAMES)


def outcome(content: bytes, file_name: str) -> str:
    """The failure class or format of ``content``. Raises AssertionError when a transcript is not sound."""
    try:
        transcript = read_transcript(content, file_name=file_name)
    except PipelineError as error:
        failure = error
    else:
        assert_sound(transcript)
        return transcript.format
    line = str(failure)
    assert failure.failure_class in ALLOWED, f"{failure.failure_class} is no failure of reading"
    assert "\n" not in line, "the failure is not one line"
    assert displayed(line) == line, "the failure shows control characters"
    return str(failure.failure_class)


def assert_sound(transcript: Transcript) -> None:
    """The table contract turn by turn, and the round trip through our own JSON."""
    latest = 0.0
    assert transcript.turns
    assert transcript.coverage is None or 0 <= transcript.coverage <= 1
    for index, turn in enumerate(transcript.turns):
        assert turn.index == index
        assert turn.text.strip()
        assert turn.speaker is None or turn.speaker.strip()
        if turn.start is not None:
            assert latest <= turn.start <= LONGEST_SECONDS
            latest = turn.start
        if turn.end is not None:
            assert 0 <= turn.end <= LONGEST_SECONDS
            assert turn.start is None or turn.end >= turn.start
    assert read_transcript(to_bytes(transcript), file_name="x.json") == transcript, (
        "read again it is another transcript"
    )


def run(count: int, seed: int, *, first: int = 0) -> Campaign:
    """Read ``count`` damaged files. An input over one second is a finding; over ten it is interrupted."""
    seeds = [sample.content for sample in all_samples()]
    campaign = Campaign()
    for number in range(first, first + count):
        content, file_name = damaged_input(seed, number, seeds)
        started = time.perf_counter()
        try:
            campaign.outcomes[outcome(content, file_name)] += 1
        except Exception as error:  # noqa: BLE001 - a fuzzer is the outermost shell: whatever escapes is the finding
            where = traceback.extract_tb(error.__traceback__)[-1]
            campaign.findings.append(
                f"input {number}: {type(error).__name__}: {error} at {where.filename}:{where.lineno}"[:400]
            )
        taken = time.perf_counter() - started
        if taken > campaign.slowest:
            campaign.slowest, campaign.slowest_input = taken, number
        if taken > SLOWEST_SECONDS:
            campaign.findings.append(f"input {number}: took {taken:.1f} s")
    return campaign


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError("hangs")


def main() -> int:
    """Print the campaign; 1 when there is a finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="read this one input and let its error show")
    options = parser.parse_args()
    if options.only is not None:
        content, file_name = damaged_input(options.seed, options.only, [sample.content for sample in all_samples()])
        print(repr(content[:2000]))
        print(outcome(content, file_name))
        return 0
    signal.signal(signal.SIGALRM, _interrupt)
    campaign = Campaign()
    for first in range(0, options.count, 1000):
        signal.alarm(300)
        part = run(min(1000, options.count - first), options.seed, first=first)
        signal.alarm(0)
        campaign.outcomes += part.outcomes
        campaign.findings += part.findings
        if part.slowest > campaign.slowest:
            campaign.slowest, campaign.slowest_input = part.slowest, part.slowest_input
    print(f"inputs {options.count:,}, seed {options.seed}, findings {len(campaign.findings)}")
    print(f"slowest {campaign.slowest * 1000:.0f} ms (input {campaign.slowest_input})")
    print("outcomes " + ", ".join(f"{name} {number:,}" for name, number in campaign.outcomes.most_common()))
    for finding in campaign.findings[:50]:
        print(finding)
    return 1 if campaign.findings else 0


if __name__ == "__main__":
    sys.exit(main())
