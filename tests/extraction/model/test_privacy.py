"""No word of a meeting in errors, logs or the ledger; addresses and numbers hidden from the model when asked for."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_assets.domain.artifact import ActionItem, Claim, Evidence, Extraction
from artifact_assets.domain.failures import PipelineError
from artifact_assets.extraction.model.redaction import Redaction
from tests.domain.meeting_of import meeting
from tests.extraction.model.desk import QUICK, form, item, open_desk, words_of
from tests.extraction.model.test_every_failure import CASES, SMALLER, Case, named
from tests.fakes.openai_server import FakeOpenAI, error

SECRET = "zyzzyva"
TALK = meeting(("Ana", f"I'll tell the {SECRET} board."), ("Ben", f"The {SECRET} is fine."))
LEAKY = error(400, f"bad {SECRET} !", f"type {SECRET}", message=f"you said {SECRET}")


@pytest.mark.parametrize("case", [*CASES, *SMALLER], ids=named)
def test_no_failure_tells_what_was_said(case: Case, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    outcome = case.outcome
    policy = QUICK.model_copy(update={"attempts": 1, "read_timeout_seconds": 0.2, "connect_timeout_seconds": 0.2})
    said = [f'{{"{SECRET}": ["{SECRET}"', outcome] if case.name == "not JSON" else [outcome]
    told = ""
    with caplog.at_level(logging.DEBUG), FakeOpenAI(said) as server, open_desk(home, server.base_url, policy) as desk:
        try:
            found = asyncio.run(desk.extractor.extract(TALK, "d" * 64, desk.brief))
            told = found.model_dump_json()
        except PipelineError as failure:
            told = f"{failure} {failure.remedy}"
        told += repr(asyncio.run(desk.answers.calls("m-1"))) + repr(asyncio.run(desk.dependencies.health()))
    assert SECRET not in told
    assert SECRET not in caplog.text


def test_what_an_error_of_the_provider_says_is_not_repeated(home: Path) -> None:
    with FakeOpenAI([LEAKY]) as server, open_desk(home, server.base_url) as desk:
        with pytest.raises(PipelineError) as failed:
            asyncio.run(desk.extractor.extract(TALK, "d" * 64, desk.brief))
        assert SECRET not in str(failed.value)
        assert failed.value.__cause__ is None
        assert failed.value.__suppress_context__


def test_not_even_at_debug_level_is_a_word_of_a_meeting_logged(
    home: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG), FakeOpenAI([form()]) as server, open_desk(home, server.base_url) as desk:
        asyncio.run(desk.extractor.extract(TALK, "d" * 64, desk.brief))
    printed = capsys.readouterr()
    assert caplog.records
    assert SECRET not in caplog.text + printed.out + printed.err


PRIVATE = "Write to jo.roe+crm@acme-corp.co.uk or call +1 (415) 555-0134, card 4111 1111 1111 1111."


def test_hidden_words_do_not_reach_the_model_and_come_back_in_claims(home: Path) -> None:
    talk = meeting(("Ana", PRIVATE), ("jo.roe+crm@acme-corp.co.uk", "I'll pay 120000 for order 8812345 by 2026-11-20."))
    policy = QUICK.model_copy(update={"redact": True})
    said = item("Write to [email-1]", "Write to [email-1] or call [phone-3]", 0, owner="[email-1]")
    with FakeOpenAI([form(said)]) as server, open_desk(home, server.base_url, policy) as desk:
        found: Extraction = asyncio.run(desk.extractor.extract(talk, "d" * 64, desk.brief))
        sent = json.dumps(server.asked)
    for private in ("jo.roe", "415", "0134", "4111"):
        assert private not in sent
    assert "120000 for order 8812345 by 2026-11-20" in words_of(server.asked[0])
    (claim,) = found.claims
    assert isinstance(claim.content, ActionItem)
    assert claim.content.text == "Write to jo.roe+crm@acme-corp.co.uk"
    assert claim.content.owner == "jo.roe+crm@acme-corp.co.uk"
    assert claim.evidence[0].quote.startswith("Write to jo.roe+crm@acme-corp.co.uk or call")


def test_a_spoken_stand_in_does_not_become_somebodys_number() -> None:
    redaction = Redaction()
    hidden = redaction.hide(f"They wrote [email-1] on the board. {PRIVATE}")
    assert "[email-1] on the board" not in hidden
    assert redaction.show(hidden) == f"They wrote [email-1] on the board. {PRIVATE}"


@pytest.mark.parametrize("number", ["4111 1111 1111 1111", "+49 30 901820", "(415) 555-0134", "0151-2345-6789"])
def test_card_and_phone_numbers_are_found(number: str) -> None:
    assert number.strip("()+") not in Redaction().hide(f"It is {number}, thanks.")


@pytest.mark.parametrize(
    "number", ["120000", "2026-11-20", "17.11.2026", "3.5", "50%", "v2.10.3", "8812345", "1,200,000"]
)
def test_other_numbers_stay(number: str) -> None:
    assert Redaction().hide(f"It is {number} now") == f"It is {number} now"


@given(st.text(st.sampled_from("ab @.+-()[]0123456789emailphonecard"), max_size=200))
def test_whatever_is_hidden_comes_back(text: str) -> None:
    redaction = Redaction()
    claim = Claim(
        content=ActionItem(text=redaction.hide(text)), evidence=(Evidence(turns=(0,), quote=redaction.hide(text)),)
    )
    restored = redaction.restore(claim)
    assert isinstance(restored.content, ActionItem)
    assert (restored.content.text, restored.evidence[0].quote) == (text, text)
