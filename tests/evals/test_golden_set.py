"""The golden set holds what its page says, and each label points at words that were said."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from tests.architecture.tree import ROOT
from tests.evals.golden_counts import domain_rows, kind_rows, trait_rows, without_action
from tests.evals.golden_rules import GOLDEN, REASONS, Case, cases, complaints, second_cases

CASES = cases()
SECOND = second_cases()
PAGE = (ROOT / "docs" / "golden-set.md").read_text("utf-8")
LEAST = {"sales": 14, "recruiting": 12, "internal": 12, "support": 8, "incident": 8, "edge": 10}
NEEDED = {
    *(
        "retraction",
        "changed_value",
        "corrected_owner",
        "noisy_asr",
        "injection",
        "hypothetical",
        "sarcasm",
        "two_names",
    ),
    *("zones", "month_end", "leap_day", "long", "empty", "small_talk", "no_speakers", "past_action", "someone_should"),
    *("quoted", "reported_absent", "spoken_numbers", "crosstalk", "fillers", "language:de", "language:fr"),
    *("language:es", "language:pt", "language:mixed"),
}


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_case_keeps_the_rules_of_labelling(case: Case) -> None:
    assert complaints(case) == []


@pytest.mark.parametrize("case", SECOND, ids=[case["case"] for case in SECOND])
def test_a_second_labelling_keeps_the_same_rules(case: Case) -> None:
    assert complaints(case) == []


def test_every_case_is_labelled_a_second_time_and_the_page_counts_what_is_there() -> None:
    assert Counter(case["case"] for case in SECOND) == Counter(case["case"] for case in CASES)
    first, second = (
        Counter(item["kind"] for case in labelled for item in case["expected"]) for labelled in (CASES, SECOND)
    )
    counts = {"all": (first.total(), second.total())} | {kind: (first[kind], second[kind]) for kind in first}
    rows = {row.split(" | ")[0][2:]: row for row in PAGE.splitlines() if row.count(" | ") == 4}
    assert [k for k, (one, two) in counts.items() if not rows[k].endswith(f" | {one} | {two} |")] == []


def test_no_two_cases_share_a_name_or_a_transcript() -> None:
    for key in ("case", "transcript"):
        assert [name for name, count in Counter(case[key] for case in CASES).items() if count > 1] == []


def test_every_file_of_the_set_belongs_to_a_case() -> None:
    used = {case["transcript"] for case in CASES} | {case["configuration"] for case in CASES}
    there = {
        f"{f.parent.name}/{f.name}" for part in ("transcripts", "configurations") for f in (GOLDEN / part).iterdir()
    }
    assert there == used


def test_every_domain_is_covered() -> None:
    counted = Counter(case["domain"] for case in CASES)
    assert {domain: counted[domain] for domain in LEAST if counted[domain] < LEAST[domain]} == {}


def test_the_set_is_large_and_a_quarter_of_it_holds_no_action_item() -> None:
    assert len(CASES) >= 64
    assert 0.2 <= sum(without_action(case) for case in CASES) / len(CASES) <= 0.35


def test_every_trait_that_is_promised_is_there() -> None:
    assert NEEDED - {trait for case in CASES for trait in case["traits"]} == set()


def test_the_trait_of_a_case_without_action_items_is_true() -> None:
    assert [case["case"] for case in CASES if ("zero_actions" in case["traits"]) != without_action(case)] == []


def test_the_files_are_of_several_formats() -> None:
    assert {"vtt", "srt", "txt", "json", "csv", "md"} <= {case["transcript"].rsplit(".", 1)[1] for case in CASES}


@pytest.mark.parametrize("rows", [domain_rows, kind_rows, trait_rows])
def test_the_page_counts_what_is_there(rows: Callable[[Sequence[Case]], list[str]]) -> None:
    assert [row for row in rows(CASES) if f"{row}\n" not in PAGE] == []


def test_the_guide_names_every_reason() -> None:
    assert {reason for reason in REASONS if f"`{reason}`" not in PAGE} == set()


def labelled(kind: str) -> tuple[Case, Case]:
    """A deep copy of a case with an item of ``kind``, and that item."""
    for case in copy.deepcopy(CASES):
        for item in case["expected"]:
            if item["kind"] == kind and (kind != "action_item" or item["due"]):
                return case, item
    raise AssertionError(kind)


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("action_item", {"evidence": [9999]}, "turns that are not there"),
        ("action_item", {"evidence": []}, "turns that are not there"),
        ("action_item", {"quote": "words that nobody said"}, "quote does not stand"),
        ("action_item", {"due": "2026-02-30"}, "is no date"),
        ("action_item", {"due_text": None}, "needs its words"),
        ("action_item", {"due_text": "by the twelfth of never"}, "nobody says"),
        ("action_item", {"owner": "Somebody Else"}, "not in the meeting"),
        ("action_item", {"kind": "promise"}, "keys or kind"),
        ("action_item", {"field": "amount"}, "has no field"),
        ("field_update", {"field": "shoe_size"}, "no field"),
        ("field_update", {"object": "deal", "field": "vehicles", "value": "a lot"}, "a lot is no number"),
        ("tag", {"value": "weather"}, "no tag"),
    ],
)
def test_a_spoiled_item_is_noticed(kind: str, change: Case, said: str) -> None:
    case, item = labelled(kind)
    item.update(change)
    if change.get("field") == "vehicles":
        case["configuration"] = "configurations/sales.yaml"
    assert any(said in complaint for complaint in complaints(case))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"domain": "cooking"}, "domain"),
        ({"notes": " "}, "why it exists"),
        ({"colour": "red"}, "unknown"),
        ({"forbidden": [{"kind": None, "evidence": [9999], "reason": "past"}]}, "not there"),
        ({"forbidden": [{"kind": "joke", "evidence": [0], "reason": "past"}]}, "kind joke"),
        ({"forbidden": [{"kind": None, "evidence": [0], "reason": ""}]}, "keys"),
        ({"transcript": "transcripts/edge-empty-file.vtt"}, "cannot be read"),
    ],
)
def test_a_spoiled_case_is_noticed(change: Case, said: str) -> None:
    case, _ = labelled("action_item")
    case.update(change)
    assert any(said in complaint for complaint in complaints(case))


def test_a_trap_in_the_turn_of_a_right_answer_is_noticed() -> None:
    case, item = labelled("action_item")
    for kind in (None, "action_item"):
        case["forbidden"] = [{"kind": kind, "evidence": item["evidence"], "reason": "past"}]
        assert any("also carries" in complaint for complaint in complaints(case))


def test_a_missing_key_a_repeated_id_and_a_meeting_without_a_day_are_noticed() -> None:
    case, item = labelled("action_item")
    case["expected"].append(item)
    assert any("ids repeat" in complaint for complaint in complaints(case))
    case["sidecar"]["started_at"] = None
    assert any("needs the day" in complaint for complaint in complaints(case))
    del case["language"]
    assert any("keys missing" in complaint for complaint in complaints(case))
