"""What ``replay --dry-run`` tells before anything is run again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.commands.shell import Shell, write_meeting

PRICED = "model:\n  prices: {input: 1.0, output: 10.0}\n"


def stages_of(told: Any) -> dict[str, tuple[list[str], bool]]:
    """Why and perhaps, by stage, of the only meeting."""
    (meeting,) = told["meetings"]
    return {row["stage"]: (row["why"], row["perhaps"]) for row in meeting["stages"]}


def test_of_a_meeting_nothing_changed_for_nothing_would_run_again(delivered: Shell) -> None:
    told = delivered("replay", "--dry-run", "--json").json()
    assert stages_of(told) == {}
    assert told["total"] == {"meetings": 0, "calls": 0, "tokens": 0, "cost_usd": 0.0, "unknown": 0}
    assert delivered("replay", "--dry-run", "--stale", "--json").json()["meetings"] == []


def test_a_changed_setting_is_named_with_the_stage_it_makes_run_again(delivered: Shell, tmp_path: Path) -> None:
    config = tmp_path / "artifacts.yaml"
    config.write_text("tags: [{name: pricing, phrases: [price list]}]\n")
    delivered.variables["ARTIFACTS_CONFIG"] = str(config)
    found = stages_of(delivered("replay", "acme", "--dry-run", "--json").json())
    assert found == {
        "extracted": (["vocabulary"], False),
        "validated": (["vocabulary"], False),
        "delivered": (["follows extracted"], True),
    }


def test_the_rules_cost_nothing_and_a_model_is_estimated_with_its_prices(delivered: Shell, tmp_path: Path) -> None:
    config = tmp_path / "artifacts.yaml"
    config.write_text(PRICED)
    delivered.variables.update(ARTIFACTS_CONFIG=str(config), ARTIFACTS_LLM_MODEL="fake-1", OPENAI_API_KEY="k")
    told = delivered("replay", "--dry-run", "--json").json()
    why = stages_of(told)["extracted"][0]
    assert {"extractor.extractor", "extractor.model"} <= set(why)
    assert all(name.startswith("extractor.") for name in why)
    total = told["total"]
    assert (total["meetings"], total["calls"], total["unknown"]) == (1, 1, 0)
    assert total["tokens"] > 4000
    assert total["cost_usd"] == pytest.approx(4000 * 10e-6 + (total["tokens"] - 4000) * 1e-6)


def test_without_prices_the_cost_is_unknown_and_said_so(delivered: Shell) -> None:
    delivered.variables.update(ARTIFACTS_LLM_MODEL="fake-1", OPENAI_API_KEY="k")
    assert delivered("replay", "--dry-run", "--json").json()["total"]["cost_usd"] is None
    assert "unknown cost" in delivered("replay", "--dry-run").err


def test_a_dry_run_changes_nothing(delivered: Shell) -> None:
    delivered.variables.update(ARTIFACTS_LLM_MODEL="fake-1", OPENAI_API_KEY="k")
    before = delivered("trace", "acme", "--json").out
    assert delivered("replay", "--dry-run").code == 0
    assert delivered("trace", "acme", "--json").out == before


def test_a_result_whose_document_is_gone_would_be_made_again(delivered: Shell) -> None:
    for document in (delivered.home / "store").rglob("*"):
        if document.is_file():
            document.unlink()
    found = stages_of(delivered("replay", "--dry-run", "--json").json())
    assert set(found) == {"transcript", "normalized", "extracted", "validated", "delivered"}


def test_meetings_are_chosen_by_id_failure_class_and_day(delivered: Shell, tmp_path: Path) -> None:
    broken = write_meeting(tmp_path, "broken.vtt", "\0\1\2", {"meeting_id": "broken"})
    assert delivered("process", broken).code == 1

    def ids(*arguments: str) -> list[str]:
        told = delivered("replay", *arguments, "--dry-run", "--json").json()
        return [meeting["meeting_id"] for meeting in told["meetings"]]

    assert ids() == ["acme", "broken"]
    assert ids("acme") == ["acme"]
    assert ids("--failure-class", "unreadable_input") == ["broken"]
    assert ids("acme", "--failure-class", "unreadable_input") == []
    assert ids("--since", "2026-11-17") == ["acme", "broken"]
    assert ids("--since", "2026-11-18") == []
    assert ids("--stale") == ["broken"]


def test_an_unknown_meeting_is_refused(delivered: Shell) -> None:
    delivered("replay", "acme", "nope", "--dry-run").assert_refused("unreadable_input")


def test_without_a_phase_nothing_is_done(delivered: Shell) -> None:
    done = delivered("replay", "acme")
    done.assert_refused("unreadable_input")
    assert "--prepare" in done.err
