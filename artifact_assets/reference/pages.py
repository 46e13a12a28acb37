"""The generated files under ``docs/``.

What belongs here: which file holds what. What does not: the contents (see the other modules of this room).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from artifact_assets.domain.objectives import ReliabilityPolicy
from artifact_assets.reference.configuration_page import configuration_page
from artifact_assets.reference.dashboard import dashboard_text
from artifact_assets.reference.metrics_page import metrics_page
from artifact_assets.reference.schemas import NAMES, schema_text
from artifact_assets.reference.states_page import states_page
from artifact_assets.reliability.alert_rules import alert_rules_text

PAGES: Mapping[str, Callable[[], str]] = {
    "configuration.md": configuration_page,
    "metrics.md": metrics_page,
    "states.md": states_page,
    "../deploy/monitoring/alerts.yaml": partial(alert_rules_text, ReliabilityPolicy()),
    "../deploy/monitoring/dashboard.json": dashboard_text,
    **{f"schema/{name}.json": partial(schema_text, name) for name in NAMES},
}
"""Path from ``docs/`` to the function that makes the file's text."""
