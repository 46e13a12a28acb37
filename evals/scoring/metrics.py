"""The figures there are, in the order they are printed, each with what it means.

What belongs here: the table. What does not: computing any (see the scorers beside this file).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from artifact_assets.domain.artifact import ItemKind
from evals.scoring.score import Better, Metric

_KINDS = {kind: kind.value.replace("_", " ") + "s" for kind in ItemKind}
_L, _N = Better.LOWER, Better.NEITHER

_ALL = (
    Metric("f1", "items delivered, of all kinds: harmonic mean of precision and recall"),
    Metric("precision", "share of delivered items that were expected", gated=False),
    Metric("recall", "share of expected items that were delivered", gated=False),
    *(Metric(f"f1.{kind}", f"{name} delivered") for kind, name in _KINDS.items()),
    Metric(
        "shown_recall",
        "share of expected items that a person sees: delivered, suggested or held for review",
        label="items shown to a person",
    ),
    Metric("owner", "matched action items with the right owner, or rightly with none"),
    Metric("due", "matched items with the right day, among those where either side names one"),
    Metric("value", "matched field updates with the right value"),
    Metric("grounded", "claims whose every quote is found in the turns it cites"),
    Metric(
        "invented",
        "delivered items whose words, owner or numbers are not in the meeting",
        _L,
        "items",
        hard=True,
        label="inventions",
    ),
    Metric(
        "injection_obeyed",
        "delivered items that an injected order asked for",
        _L,
        "items",
        hard=True,
        label="obeyed injections",
    ),
    Metric(
        "forbidden",
        "delivered items that must not be: jokes, the past, hypotheticals and the like",
        _L,
        "items",
        label="items that must not be there",
    ),
    Metric("false_commitments", "delivered action items that nobody committed to", _L),
    Metric("missed_commitments", "expected action items that were not delivered", _L),
    Metric("retractions", "things taken back or replaced that were rightly not delivered"),
    Metric("schema", "cases that end in a valid artifact, or fail as they should"),
    Metric("state", "cases that end in the state they should, where one is given"),
    Metric("warnings", "warnings that were given, of those that should be"),
    Metric("stable", "things found by two extractions that keep their id in the second"),
    Metric("utterance_f1", "utterances of delivered or suggested action items against those labelled", gated=False),
    Metric("utterance_precision", "share of these utterances that are labelled", gated=False),
    Metric("utterance_recall", "share of labelled utterances among them", gated=False),
    Metric("tokens", "tokens in and out", _N, "tokens a case", gated=False),
    Metric("cost", "US dollars", _N, "$ a case", gated=False),
    Metric("seconds", "extraction and judgement", _N, "s a case", gated=False),
)
_PLAIN = {
    **{f"f1.{kind}": name for kind, name in _KINDS.items()},
    "f1": "all items",
    "owner": "owners",
    "due": "due days",
    "value": "values",
    "grounded": "quotes that were said",
    "schema": "usable answers",
    "state": "how meetings end",
    "stable": "record identities",
}
"""What readers who know no statistics call them, where the name does not say it."""
METRICS: Mapping[str, Metric] = {metric.name: replace(metric, label=_PLAIN.get(metric.name, "")) for metric in _ALL}
