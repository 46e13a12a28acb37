"""Agreement of two labellers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from artifact_assets.domain.failures import PipelineError
from evals.agreement import agreement, read_second
from evals.dataset.reading import read_dataset
from tests.evals.making import ORDER_FORM, WAREHOUSE, case, dataset


def second(folder: Path, *labels: Mapping[str, object], name: str = "a") -> Path:
    folder.mkdir()
    (folder / "all.jsonl").write_text(json.dumps({"case": name, "expected": labels, "forbidden": []}) + "\n")
    return folder


def test_the_same_labels_in_other_words_agree_fully(tmp_path: Path) -> None:
    read = read_dataset(dataset(tmp_path / "d", [case("a")]))
    reworded = {**ORDER_FORM, "id": "x", "text": "He sends the order form", "owner": "Dan"}
    told = agreement(read, read_second(second(tmp_path / "s", WAREHOUSE, reworded)))
    assert told.f1["all"].value == 100
    assert told.kappa["action_item"].value == 1
    assert told.details == {"owner": (2, 2), "due": (2, 2), "value": (0, 0)}
    assert not told.differing


def test_what_only_one_has_is_listed_and_lowers_both_figures(tmp_path: Path) -> None:
    read = read_dataset(dataset(tmp_path / "d", [case("a")]))
    decision = {"id": "d", "kind": "decision", "text": "Start with twenty five seats", "evidence": [2]}
    told = agreement(read, read_second(second(tmp_path / "s", {**ORDER_FORM, "due": "2026-11-21"}, decision)))
    assert told.f1["all"].value == 50
    # Five turns: one both, one only the first. Seen 0.8, by chance (2*1 + 3*4)/25.
    assert told.kappa["action_item"].value == pytest.approx((0.8 - 0.56) / 0.44, abs=1e-3)
    assert told.details["due"] == (0, 1)
    assert told.differing == (
        "a: only the first has action_item: Call the warehouse about the pallets",
        "a: only the second has decision: Start with twenty five seats",
    )


def test_labels_of_unknown_cases_are_left_out_and_no_labels_refused(tmp_path: Path) -> None:
    read = read_dataset(dataset(tmp_path / "d", [case("a"), case("b")]))
    assert agreement(read, read_second(second(tmp_path / "s", ORDER_FORM))).cases == 1
    (tmp_path / "empty").mkdir()
    with pytest.raises(PipelineError, match="no second labels"):
        read_second(tmp_path / "empty")
