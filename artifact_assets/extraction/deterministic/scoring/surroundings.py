"""What the scorer sees of a sentence besides its words: place in the meeting, speaker, length.

What belongs here: numbers read from the talk's shape. What does not: words (see ``tokens``).
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from artifact_assets.extraction.deterministic.talk import Sentence, Talk

Floats = npt.NDArray[np.float64]

NAMES = (
    "chair", "last_speaker", "first_5", "first_10", "first_25", "last_25", "last_15", "last_10", "last_5", "last_2",
    "under_3", "under_6", "under_10", "over_15", "over_25", "last_150_words", "last_300_words", "last_600_words",
    "asks", "chair_last_10", "chair_last_300_words", "turn_over_40", "turn_over_80", "turn_under_6",
)  # fmt: skip


def surroundings(talk: Talk) -> Floats:
    """One row per sentence, one column per name in ``NAMES``, each 0 or 1.

    The chair is who says most in the first and the last twentieth of the sentences: roles are seldom known.
    """
    sentences = talk.sentences
    count = len(sentences)
    if count == 0:
        return np.zeros((0, len(NAMES)))
    lengths = np.array([len(sentence.text.split()) for sentence in sentences])
    chair = _chair(sentences, lengths)
    by_chair = np.array([sentence.speaker is not None and sentence.speaker == chair for sentence in sentences])
    by_last = np.array([sentence.speaker == sentences[-1].speaker for sentence in sentences])
    asks = np.array([sentence.asks for sentence in sentences])
    place = np.arange(count) / count
    left = lengths.sum() - np.cumsum(lengths)
    rows = np.array([sentence.row for sentence in sentences])
    turn = np.bincount(rows, weights=lengths)[rows]
    columns = (
        by_chair, by_last, place < 0.05, place < 0.1, place < 0.25, place > 0.75, place > 0.85, place > 0.9, place > 0.95,
        place > 0.98, lengths < 3, lengths < 6, lengths < 10, lengths > 15, lengths > 25, left < 150, left < 300, left < 600,
        asks, by_chair & (place > 0.9), by_chair & (left < 300), turn > 40, turn > 80, turn < 6,
    )  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float64)


def _chair(sentences: tuple[Sentence, ...], lengths: npt.NDArray[np.int64]) -> str | None:
    edge = max(1, len(sentences) // 20)
    said: Counter[str] = Counter()
    for at in (*range(edge), *range(max(edge, len(sentences) - edge), len(sentences))):
        speaker = sentences[at].speaker
        if speaker is not None:
            said[speaker] += int(lengths[at])
    return said.most_common(1)[0][0] if said else None
