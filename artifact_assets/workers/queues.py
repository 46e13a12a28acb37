"""Which queue a run belongs to, when it does not say so itself.

What belongs here: the tag and the rule. What does not: limits per queue (see ``deploy/production/dagster.yaml``) and sending
runs (see ``launcher``).
"""

from __future__ import annotations

from collections.abc import Mapping

QUEUE_TAG = "dagster-celery/queue"
BACKFILL_TAG = "dagster/backfill"
LIVE = "live"
BACKFILL = "backfill"


def queue_of(tags: Mapping[str, str]) -> str:
    """The queue named by the run's own tag; else ``backfill`` for a backfill's runs and ``live`` for all others.

    A run that a person starts from the UI is live: somebody waits for it.
    """
    return tags.get(QUEUE_TAG) or (BACKFILL if BACKFILL_TAG in tags else LIVE)
