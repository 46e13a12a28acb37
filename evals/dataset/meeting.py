"""A case made ready to run: its transcript as bytes or turns, its configuration, and where its utterances lie.

What belongs here: the value handed from a dataset to a run. What does not: reading a dataset (see ``reading``, ``ami``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.artifact import Span
from artifact_assets.domain.meeting import Sidecar
from artifact_assets.domain.transcript import Transcript
from artifact_assets.formats.joining import join_sidecar
from artifact_assets.formats.reading import read_transcript
from evals.dataset.case import Case


@dataclass(frozen=True)
class Utterances:
    """Where a corpus's utterances lie in turns: for each turn, the character each one starts at and its number."""

    starts: tuple[tuple[int, ...], ...]
    numbers: tuple[tuple[int, ...], ...]

    def under(self, spans: Iterable[Span]) -> frozenset[int]:
        """The utterances that ``spans`` touch."""
        found: set[int] = set()
        for span in spans:
            starts = self.starts[span.turn]
            first = max(bisect_right(starts, span.start) - 1, 0)
            last = max(bisect_right(starts, max(span.end - 1, span.start)) - 1, first)
            found.update(self.numbers[span.turn][first : last + 1])
        return frozenset(found)


@dataclass(frozen=True)
class EvalMeeting:
    """One case with what is needed to run and score it.

    ``ready`` is the transcript of a corpus that has turns and no file. ``utterances`` maps spans to a corpus's own
    numbering; without it an utterance is a turn. ``linked`` are the utterances annotators linked to an action item, None
    where the dataset has expected items instead.
    """

    case: Case
    content: bytes = field(repr=False)
    file_name: str
    sidecar: Sidecar
    configuration: Configuration
    ready: Transcript | None = field(default=None, repr=False)
    utterances: Utterances | None = field(default=None, repr=False)
    linked: frozenset[int] | None = None

    def transcript(self) -> Transcript:
        """The normalized transcript. Raises PipelineError for a file that is none."""
        if self.ready is not None:
            return self.ready
        read = read_transcript(self.content, file_name=self.file_name, limits=self.configuration.reading_limits)
        return join_sidecar(read, self.sidecar)
