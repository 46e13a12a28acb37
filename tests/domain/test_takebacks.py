"""Sentences that take something back are found whatever they say it with."""

from __future__ import annotations

import pytest

from artifact_assets.domain.art.takebacks import takebacks_of
from artifact_assets.domain.grounding.index import TranscriptIndex
from artifact_assets.domain.transcript import Transcript, Turn

PHRASES = """Scratch that.|Strike that.|Never mind.|Nevermind.|Cancel that.|Then forget it.|Forget what I said.|Take it back.
Let's not.|Let's not do that.|Ignore that.|I was wrong.|That was wrong.|That is off the table.
We don't need to do that.|Leave that out after all.|Hold off on it.|We will not send it.|I shall not send it.
We are not going to send it.|I no longer send it.|No need to send it.|It was called off.|It is not going ahead.
They decided against it.|Drop the call.|Skip the call.|I changed my mind.|Actually Monday.|I meant Monday.|Make that Monday.
A correction to that.|It should be Monday.|I misspoke.|Wait, no.|No, wait.|Sorry, Monday.|Monday rather."""


@pytest.mark.parametrize("phrase", [phrase for line in PHRASES.split("\n") for phrase in line.split("|")])
def test_each_phrase_is_noticed(phrase: str) -> None:
    turns = [
        Turn(index=n, speaker="Ana", start=None, end=None, text=t) for n, t in enumerate(("Good morning.", phrase))
    ]
    transcript = Transcript(format="text", turns=tuple(turns))
    (found,) = takebacks_of(transcript, TranscriptIndex.of(transcript))
    assert (found.turn, found.place) == (1, (1, 0))
