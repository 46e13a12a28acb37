"""The committed scorer and the arithmetic it shares with its training."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from artifact_assets.extraction.deterministic.scoring.model import COLUMNS, along, overlap, sigmoid
from artifact_assets.extraction.deterministic.scoring.tokens import (
    BASE,
    MASK,
    PERSON,
    SPECIAL,
    classes_digest,
    grams_of,
    tokens_of,
)
from artifact_assets.extraction.deterministic.scoring.weights import FOLDER, action_scorer, thresholds
from artifact_assets.extraction.deterministic.talk import talk_of
from evals.training.corpora import read_corpus
from evals.training.measures import Scored, even_threshold, figures, precise_threshold
from evals.training.splits import split_series
from tests.extraction.talks import transcript

AMI = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "gold_ami"


def test_weights_state_their_origin_and_stay_small() -> None:
    folder = files(FOLDER)
    provenance = json.loads(folder.joinpath("scorer.json").read_text(encoding="utf-8"))
    assert "CC BY 4.0" in provenance["attribution"]
    assert not set(provenance["development_series"]) & set(provenance["held_out_series"])
    assert len(folder.joinpath("scorer.npz").read_bytes()) < 1_000_000


def test_weights_belong_to_the_word_lists_in_use() -> None:
    provenance = json.loads(files(FOLDER).joinpath("scorer.json").read_text(encoding="utf-8"))
    assert provenance["classes"] == classes_digest(), "train again: python -m evals.training fit"


def test_the_scorer_knows_no_word_of_the_remote_control() -> None:
    known = set(action_scorer().numbers)
    scenario = {
        "remote",
        "button",
        "buttons",
        "television",
        "battery",
        "banana",
        "designer",
        "marketing",
        "euro",
        "plastic",
    }
    assert known & scenario == set()
    assert {"will", "send", "meeting"} <= known


def test_names_and_job_titles_become_one_person() -> None:
    import re

    assert tokens_of("dan and the industrial designer will look", re.compile(r"\bdan\b"))[:2] == [PERSON, "and"]
    assert tokens_of("the industrial designer", None) == ["the", PERSON]


def test_keys_tell_word_order_and_leave_masked_pairs_out() -> None:
    numbers = {word: n for n, word in enumerate((*SPECIAL, "i", "will"), start=1)}
    grams = grams_of([["i", "will", "zebra", "yak"]], numbers)
    keys = set(grams.key.tolist())
    mask = numbers[MASK]
    assert numbers["i"] + BASE * numbers["will"] in keys
    assert numbers["will"] + BASE * numbers["i"] not in keys
    assert mask + BASE * mask not in keys


def test_a_talk_is_scored_sentence_by_sentence_between_0_and_1() -> None:
    talk = talk_of(
        transcript("A: So, for the next meeting, you will work on the design.", "B: Okay.", "A: Nice weather.")
    )
    likely = action_scorer().probabilities(talk, None)
    assert likely.shape == (3,)
    assert ((likely >= 0) & (likely <= 1)).all()
    assert likely[0] > 2 * likely[2]


def test_thresholds_are_ordered() -> None:
    assert 0 < thresholds().suggest < thresholds().deliver < 1


@pytest.mark.parametrize("distance", [distance for distance, _ in COLUMNS])
def test_a_neighbour_is_exactly_that_far_away(distance: int) -> None:
    row = np.arange(5)
    here, there = overlap(5, distance)
    assert (row[there] - row[here] == distance).all()
    assert len(row[here]) == 5 - abs(distance)


def test_more_neighbours_than_sentences_is_no_error() -> None:
    assert overlap(1, 2) == (slice(0, 0), slice(1, 1))
    assert along(np.zeros(1)).shape[0] == 1
    assert sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist() == [0.0, 0.5, 1.0]


def test_figures_count_utterances() -> None:
    meetings = [Scored(np.array([True, False, True]), np.array([0.9, 0.8, 0.1]))] * 4
    found = figures(meetings, 0.5)
    assert (found.precision, found.recall, found.f1) == (50.0, 50.0, 50.0)
    assert found.f1_interval == (50.0, 50.0)
    assert even_threshold(meetings) == pytest.approx(0.4)
    assert precise_threshold([Scored(np.ones(6, bool), np.linspace(0.4, 0.9, 6))], 0.75) == pytest.approx(0.4)


def test_no_series_is_on_two_sides() -> None:
    split = split_series(f"S{n}" for n in range(30))
    assert len(split.held_out) == 8
    assert not set(split.held_out) & set(split.development)
    assert sorted(series for fold in split.folds for series in fold) == sorted(split.development)


@pytest.mark.skipif(not AMI.is_dir(), reason="the AMI meetings are not beside this checkout")
def test_the_committed_scorer_reaches_the_stated_figures_on_unseen_series() -> None:
    provenance = json.loads(files(FOLDER).joinpath("scorer.json").read_text(encoding="utf-8"))
    held_out = [meeting for meeting in read_corpus(AMI) if meeting.series in provenance["held_out_series"]]
    scored = [Scored(meeting.actions, action_scorer().probabilities(meeting.talk, None)) for meeting in held_out]
    assert figures(scored, thresholds().suggest).f1 > 45
    assert figures(scored, thresholds().deliver).precision >= 75
