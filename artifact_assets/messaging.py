"""Building what tells people: alerts, the digest, the heartbeat.

What belongs here: which adapter stands behind which port. What does not: behaviour, and the equipment of meetings (see
``wiring``). Only ``definitions`` opens these.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from artifact_assets.configuration.schema import Configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.messages import Heartbeat, Messages
from artifact_assets.stages.alerting import Alerting
from artifact_assets.wiring import clock_for, open_ledger
from resources.ledger.alerts import SqlAlerts
from resources.ledger.dependencies import SqlDependencies
from resources.messages.heartbeat import WebHeartbeat
from resources.messages.webhook import WebhookMessages


@contextlib.contextmanager
def open_alerting(settings: Settings, configuration: Configuration) -> Generator[Alerting | None]:
    """Who tells an operator; None without a webhook. Other sources of trouble join it with ``Alerting.joined``."""
    if settings.alert_webhook is None:
        yield None
        return
    clock = clock_for(settings)
    with open_ledger(settings) as ledger, _webhook("alert webhook", settings.alert_webhook, settings) as messages:
        yield Alerting(ledger, SqlDependencies(ledger, clock), SqlAlerts(ledger), messages, clock, configuration.alerts)


@contextlib.contextmanager
def open_digest(settings: Settings) -> Generator[Messages | None]:
    """Where the digest goes; None without a webhook."""
    if settings.digest_webhook is None:
        yield None
        return
    with _webhook("digest webhook", settings.digest_webhook, settings) as messages:
        yield messages


@contextlib.contextmanager
def open_heartbeat(settings: Settings) -> Generator[Heartbeat | None]:
    """Whoever misses us when we are dead; None without an address."""
    if settings.heartbeat_url is None:
        yield None
        return
    heartbeat = WebHeartbeat(settings.heartbeat_url, clock_for(settings).now)
    try:
        yield heartbeat
    finally:
        heartbeat.close()


@contextlib.contextmanager
def _webhook(name: str, url: str, settings: Settings) -> Generator[WebhookMessages]:
    messages = WebhookMessages(name, url, clock_for(settings).now)
    try:
        yield messages
    finally:
        messages.close()
