"""Which queue a run belongs to, when it does not say so itself.

What belongs here: the tag and the rule. What does not: limits per queue (see ``deploy/production/dagster.yaml``) and sending
runs (see ``launcher``).
"""

from __future__ import annotations

from collections.abc import Mapping

QUEUE_TAG = "dagster-celery/queue"
BACKFILL_TAG = "dagster/backfill"
PRIORITY_TAG = "dagster/priority"
LIVE = "live"
BACKFILL = "backfill"


def queue_of(tags: Mapping[str, str]) -> str:
    """The queue named by the run's own tag; else ``backfill`` for a backfill's runs and for those that are in no hurry.

    All others are live, also those a person starts from the UI: somebody waits for them. What is in no hurry says so by a
    negative priority, such as nightly counting.
    """
    if QUEUE_TAG in tags:
        return tags[QUEUE_TAG]
    return BACKFILL if BACKFILL_TAG in tags or tags.get(PRIORITY_TAG, "").startswith("-") else LIVE
