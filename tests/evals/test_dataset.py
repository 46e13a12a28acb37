"""Datasets: what a case may say, and what is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.failures import FailureClass, PipelineError
from evals.dataset.reading import read_dataset
from tests.evals.making import ORDER_FORM, TALK, case, dataset, vtt


def test_a_dataset_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    read = read_dataset(dataset(tmp_path / "d", [case("b"), case("a")]))
    assert [meeting.case.case for meeting in read.meetings] == ["a", "b"]
    assert len(read.meetings[0].transcript().turns) == len(TALK)
    assert read.meetings[0].transcript().participants[0].name == "Ann Lee"


def test_the_digest_changes_with_a_word_said_and_not_with_a_note(tmp_path: Path) -> None:
    one = read_dataset(dataset(tmp_path / "one", [case("a")])).digest
    noted = read_dataset(dataset(tmp_path / "two", [case("a", notes="why")])).digest
    other = read_dataset(
        dataset(tmp_path / "three", [case("a")], {"talk.vtt": vtt((*TALK, ("Ann Lee", "Bye.")))})
    ).digest
    assert one == noted
    assert one != other


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"expected": [{**ORDER_FORM, "evidence": [9]}]}, "a1 cites turn 9 of 5"),
        ({"expected": [{**ORDER_FORM, "quote": "I promise you the moon"}]}, "a1 quotes what its turns do not say"),
        ({"expected": [ORDER_FORM, ORDER_FORM]}, "the expected item a1 stands twice"),
        ({"expected": [{**ORDER_FORM, "kind": "decision"}]}, "only an action_item has an owner"),
        ({"expected": [{**ORDER_FORM, "kind": "wish"}]}, "expected.0.kind"),
        ({"forbidden": [{"evidence": [7], "reason": "past"}]}, "forbidden[0] cites turn 7"),
        ({"transcript": "transcripts/none.vtt"}, "none.vtt cannot be read"),
        ({"transcripts": []}, "transcripts"),
        (
            {"expected": [{"id": "t", "kind": "tag", "text": "pricing", "evidence": [2]}]},
            "the tag pricing, which its configuration does not know",
        ),
    ],
)
def test_a_wrong_case_is_refused_with_its_place(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    folder = dataset(tmp_path / "d", [case("fine"), case("wrong", **change)])
    with pytest.raises(PipelineError) as refused:
        read_dataset(folder)
    assert refused.value.failure_class is FailureClass.UNREADABLE_INPUT
    assert "some.jsonl:2" in refused.value.cause
    assert told in refused.value.cause


def test_a_transcript_nobody_can_read_has_to_be_expected(tmp_path: Path) -> None:
    empty = {"talk.vtt": "WEBVTT\n"}
    wanted = case("a", expected=[], forbidden=[], expects={"state": "failed", "failure_class": "empty_transcript"})
    assert len(read_dataset(dataset(tmp_path / "one", [wanted], empty)).meetings) == 1
    with pytest.raises(PipelineError, match="does not expect that"):
        read_dataset(dataset(tmp_path / "two", [case("a", expected=[], forbidden=[])], empty))


def test_utterances_of_the_ami_layout_keep_their_numbers_though_turns_are_joined(tmp_path: Path) -> None:
    said = [("A", "Right."), ("A", "I'll write the minutes by Friday."), ("B", "Thanks."), ("A", "Bye.")]
    document = {
        "meeting_id": "ES2010a",
        "utterances": [
            {"index": n, "speaker": who, "role": who, "text": text, "start": n, "end": n + 1}
            for n, (who, text) in enumerate(said)
        ],
        "evidence_links": [{"section": "actions", "text": "A writes the minutes.", "utterance_indices": [1]}],
    }
    (tmp_path / "ES2010a.json").write_text(json.dumps(document))
    (meeting,) = read_dataset(tmp_path, split="held_out").meetings
    assert [turn.text for turn in meeting.transcript().turns] == [
        "Right. I'll write the minutes by Friday.",
        "Thanks.",
        "Bye.",
    ]
    assert meeting.linked == {1}
    assert meeting.case.expected[0].evidence == (0,)
    assert read_dataset(tmp_path, split="all").digest != ""
