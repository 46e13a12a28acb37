"""``retention`` at the terminal and in scripts: a dry run first, then what it said."""

from __future__ import annotations

from pathlib import Path

from tests.commands.shell import SIDECAR, SPOKEN, Shell, write_meeting

CONFIGURATION = """
retention:
  kinds:
    interview: {source: 7 days, documents: 30 days, answers: 30 days, ledger_text: 90 days}
"""


def configured(shell: Shell, tmp_path: Path, text: str = CONFIGURATION) -> Shell:
    """The shell with a configuration, 40 days after the meeting."""
    config = tmp_path / "retention.yaml"
    config.write_text(text)
    shell.variables.update(ARTIFACTS_CONFIG=str(config), ARTIFACTS_NOW="2026-12-27T12:00:00+01:00")
    return shell


def test_off_without_a_period(delivered: Shell) -> None:
    assert delivered("retention", "--json").json() == {"policy": None, "parts": [], "kept": []}
    assert "off" in delivered("retention", "--dry-run").err


def test_a_dry_run_names_the_policy_and_what_it_said_is_what_goes(shell: Shell, tmp_path: Path) -> None:
    talk = {**SIDECAR, "meeting_id": "talk", "kind": "interview"}
    inside = write_meeting(shell.home / "inbox", "talk.vtt", sidecar=talk)
    assert shell("process", inside, write_meeting(tmp_path)).code == 0
    configured(shell, tmp_path)

    seen = shell("retention", "--dry-run", "--json").json()
    assert (seen["confirmed"], seen["kept"], seen["unfinished"]) == (False, [], 0)
    assert seen["meetings"] == [{"meeting_id": "talk", "parts": ["source", "answers", "documents"]}]
    assert {(row["kind"], row["part"]): row["meetings"] for row in seen["parts"]} == {
        ("interview", part): 1 for part in ("source", "answers", "documents")
    }
    assert {row["part"]: row["things"] for row in seen["parts"]}["source"] == 2
    told = shell("retention", "--dry-run")
    assert f"retention --confirm {seen['policy']}" in told.err
    assert inside.exists()

    shell("retention").assert_refused("unreadable_input")
    shell("retention", "--confirm", "deadbeef").assert_refused("unreadable_input")
    assert inside.exists()
    done = shell("retention", "--confirm", seen["policy"], "--json").json()
    assert (done["meetings"], done["kept"]) == (1, [])
    assert not inside.exists()
    # Confirmed, it needs no more words; what went is over.
    assert shell("retention", "--json").json()["meetings"] == 0
    assert shell("retention", "--dry-run", "--json").json()["confirmed"] is True

    for command in ("show talk", "replay --dry-run talk"):
        refused = shell(*command.split())
        refused.assert_refused("unreadable_input")
        assert "by retention" in refused.err
    assert "by retention" in shell("process", write_meeting(shell.home / "inbox", "talk.vtt", sidecar=talk)).err
    assert "retention: its time was over" in shell("trace", "talk").out
    assert {row["state"] for row in shell("meetings", "--json").json()} == {"delivered"}
    assert SPOKEN in shell("show", "acme").out, "the other kind is kept"
    # Erasing what is left of it works as ever.
    assert shell("forget", "talk").code == 0


def test_what_is_kept_is_told_with_its_reason(delivered: Shell, tmp_path: Path) -> None:
    configured(delivered, tmp_path, "retention: {default: {documents: 30 days}}\n")
    assert delivered("replay", "--prepare", "acme", "--here").code == 0
    told = delivered("retention", "--dry-run")
    assert "a replay plan waits to be applied" in told.out
    assert delivered("retention", "--dry-run", "--json").json()["kept"] == [
        {"meeting_id": "acme", "needs": ["a replay plan waits to be applied"]}
    ]


def test_a_wrong_period_is_told_by_key_before_anything_starts(shell: Shell, tmp_path: Path) -> None:
    configured(shell, tmp_path, "retention: {kinds: {interview: {source: 30}}}\n")
    refused = shell("retention", "--dry-run")
    refused.assert_refused("unreadable_input")
    assert "retention.kinds.interview.source: write a period like `30 days`" in refused.err
