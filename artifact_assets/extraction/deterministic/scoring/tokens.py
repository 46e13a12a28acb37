"""Sentences as rows of token numbers, content masked, so that a scorer learns how people talk and not what about.

What belongs here: tokens, masks and n-gram keys. What does not: weights (see ``weights``) and scores (see ``model``).

A word outside the vocabulary becomes one mask token; names and job titles become one person token; numbers one number
token. A second row per sentence replaces verbs of work and words for days by their class.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from artifact_assets.domain.documents import digest_of
from artifact_assets.extraction.deterministic.lexicon import words
from artifact_assets.extraction.deterministic.verbs import LIGHT, TASKS

Ints = npt.NDArray[np.int64]

MASK, NUMBER, PERSON, START, END, WORK, WORKING, DAY = "_", "0", "<person>", "<", ">", "<work>", "<working>", "<day>"
SPECIAL = (MASK, NUMBER, PERSON, START, END, WORK, WORKING, DAY)
_TOKEN = re.compile(r"<person>|[a-z]+(?:'[a-z]+)?|\d+|\?")
_JOB = re.compile(
    r"\b(?:(?:project|product|account|engineering|sales|hiring|office) manager"
    r"|(?:industrial|(?:user )?interface|product|ux) designer"
    r"|marketing (?:expert|executive|manager)|designer|developer|engineer|recruiter)s?\b"
)
_VERBS = TASKS | LIGHT
_DAYS = words("monday tuesday wednesday thursday friday tomorrow today tonight week month hour minutes")
# Room for three token numbers in one key.
BASE = 4096


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of a talk as pairs: row ``sentence[i]`` holds key ``key[i]``. ``lengths`` counts each sentence's tokens."""

    sentence: Ints
    key: Ints
    lengths: Ints


def tokens_of(lower: str, names: re.Pattern[str] | None) -> list[str]:
    """The tokens of a lowered sentence, people and jobs as the person token."""
    masked = _JOB.sub(PERSON, lower)
    if names is not None:
        masked = names.sub(PERSON, masked)
    return _TOKEN.findall(masked)


def classes_digest() -> str:
    """SHA-256 of the verb and day lists the second row is made with, so that weights and lists cannot drift apart."""
    return digest_of([sorted(_VERBS), sorted(_DAYS)])


def class_of(token: str) -> str:
    """The class that stands for a token in a sentence's second row; itself when it has none."""
    if token in _VERBS:
        return WORK
    if token.endswith("ing") and (token[:-3] in _VERBS or f"{token[:-3]}e" in _VERBS):
        return WORKING
    return DAY if token in _DAYS else token


def grams_of(sentences: Sequence[Sequence[str]], numbers: Mapping[str, int]) -> Grams:
    """All one- to three-token keys of tokenized sentences; ``numbers`` numbers the vocabulary from 1, specials included.

    Keys with two masked words say nothing and are left out.
    """
    mask, number, start, end = (numbers[token] for token in (MASK, NUMBER, START, END))
    known: dict[str, int] = {}
    classed: dict[str, int] = {}
    flat: list[int] = []
    rows: list[int] = []
    lengths = np.array([len(sentence) for sentence in sentences], dtype=np.int64)
    for sentence in sentences:
        for token in sentence:
            if token not in known:
                known[token] = numbers.get(token, number if token.isdigit() else mask)
                name = class_of(token)
                classed[token] = numbers[name] if name != token else known[token]
        flat += [start, *[known[token] for token in sentence], end]
        rows += [start, *[classed[token] for token in sentence], end]
    owner = np.repeat(np.arange(len(sentences), dtype=np.int64), lengths + 2)
    keys: list[Ints] = []
    owners: list[Ints] = []
    for row in (np.array(flat, dtype=np.int64), np.array(rows, dtype=np.int64)):
        hidden = (row == mask).astype(np.int64)
        border = (row == start) | (row == end)
        keys.append(row[~border])
        owners.append(owner[~border])
        for length in (2, 3):
            count = max(len(row) - length + 1, 0)
            parts = [row[at : at + count] for at in range(length)]
            inside = owner[:count] == owner[length - 1 :][:count]
            clear = sum(hidden[at : at + count] for at in range(length)) < 2
            chosen = inside & clear
            key = sum(part * BASE**power for power, part in enumerate(parts))
            keys.append(np.asarray(key, dtype=np.int64)[chosen])
            owners.append(owner[:count][chosen])
    return Grams(np.concatenate(owners), np.concatenate(keys), lengths)
