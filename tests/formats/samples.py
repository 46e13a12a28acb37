"""One small file of every format, written for these tests after the quirks real exports show.

What belongs here: the list of all samples. What does not: a family's samples (``samples_*``).
"""

from __future__ import annotations

from tests.formats import (
    samples_captions,
    samples_containers,
    samples_meeting_tools,
    samples_recognizers,
    samples_text,
    samples_word,
)
from tests.formats.sample import Sample


def all_samples() -> tuple[Sample, ...]:
    """Every sample of every family."""
    return (
        *samples_captions.SAMPLES,
        *samples_text.SAMPLES,
        *samples_word.samples(),
        *samples_meeting_tools.SAMPLES,
        *samples_recognizers.SAMPLES,
        *samples_containers.SAMPLES,
    )
