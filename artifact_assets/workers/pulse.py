"""Signs of life of runs: kept by the worker that executes a run, read by whoever watches it.

What belongs here: writing and reading them in Redis or Valkey. What does not: what follows from a missing one (see
``launcher``).

Celery's own word on a task is no sign of life: it says STARTED for ever when the whole worker was killed, and nothing at
all once the broker lost its data, while the run goes on.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field

from redis import Redis, RedisError

BEAT_SECONDS = 5.0
LASTS_SECONDS = 15
"""Three beats: one may be late and one may be lost."""
_PREFIX = "artifacts:pulse:"


@dataclass
class Pulse:
    """One run's sign of life, renewed on a thread of its own until ``stop``. A broker that is away is tried again."""

    broker: Redis
    run_id: str
    owner: str
    beat_seconds: float = BEAT_SECONDS
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin to beat."""
        self._thread = threading.Thread(target=self._run, name=f"pulse-{self.run_id[:8]}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; the sign is taken away at once."""
        self._over.set()
        self._thread.join(self.beat_seconds)
        with contextlib.suppress(RedisError):
            self.broker.delete(_PREFIX + self.run_id)

    def _run(self) -> None:
        while True:
            with contextlib.suppress(RedisError):
                self.broker.set(_PREFIX + self.run_id, self.owner, ex=LASTS_SECONDS)
            if self._over.wait(self.beat_seconds):
                return


def beats(broker: Redis, run_id: str) -> bool:
    """Whether a worker lately said that it executes the run. Raises RedisError while the broker is away."""
    return bool(broker.exists(_PREFIX + run_id))


def open_broker(url: str) -> Redis:
    """A client that gives up on a silent broker within seconds."""
    return Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
