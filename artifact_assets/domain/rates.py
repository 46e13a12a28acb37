"""A budget of requests and tokens per minute, shared by every process: a token bucket that learns the provider's limits.

What belongs here: the arithmetic, as pure functions of the bucket and the time. What does not: storing it (see
``resources.ledger.rates``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from artifact_assets.domain.documents import Document
from artifact_assets.domain.model_ports import ProviderLimits

Unit = Literal["requests", "tokens"]
UNITS: tuple[Unit, Unit] = ("requests", "tokens")
_LOWEST_SHARE = 1 / 64
_SET_BACK = timedelta(minutes=1)
"""How far ahead of us a budget's time must lie to mean a clock that was set back and not another machine's that runs ahead."""


class RatePolicy(Document):
    """Most requests and tokens per minute; None means only what the provider's headers and 429s teach.

    ``live_reserve`` is the share of a bucket that a backfill leaves alone, so that a live meeting never waits for one.
    """

    requests_per_minute: float | None = Field(default=None, gt=0)
    tokens_per_minute: float | None = Field(default=None, gt=0)
    burst_seconds: float = Field(default=10, gt=0, le=60, description="How many seconds' worth may be used at once.")
    live_reserve: float = Field(default=0.2, ge=0, lt=1)
    after_limit: float = Field(default=0.7, gt=0, lt=1, description="What a 429 leaves of the rate.")
    recovery_seconds: float = Field(default=60, gt=0, le=3600, description="Time for a cut rate to double again.")
    blind_pause_seconds: float = Field(default=5, gt=0, le=600, description="Pause after a 429 without Retry-After.")

    def most(self, unit: Unit) -> float | None:
        """The configured limit of ``unit``."""
        return self.requests_per_minute if unit == "requests" else self.tokens_per_minute


@dataclass(frozen=True)
class Bucket:
    """One unit's budget. ``per_minute`` is the known limit, ``share`` what 429s have left of it, ``level`` what is unused."""

    per_minute: float | None = None
    share: float = 1.0
    level: float = 0.0


@dataclass(frozen=True)
class Rates:
    """A dependency's budget as of ``at``. Nobody sends before ``blocked_until``; ``live_until`` keeps backfills back."""

    name: str
    at: datetime
    requests: Bucket
    tokens: Bucket
    blocked_until: datetime | None = None
    live_until: datetime | None = None

    def bucket(self, unit: Unit) -> Bucket:
        """The bucket of ``unit``."""
        return self.requests if unit == "requests" else self.tokens


def fresh(name: str, now: datetime, policy: RatePolicy) -> Rates:
    """A budget nobody has used yet."""
    full = {unit: Bucket(policy.most(unit), 1.0, _capacity(policy.most(unit), 1.0, policy)) for unit in UNITS}
    return Rates(name, now, full["requests"], full["tokens"])


def forward(rates: Rates, now: datetime, policy: RatePolicy) -> Rates:
    """The budget refilled up to ``now``; a configured limit that changed counts from now on."""
    rates = _set_back(rates, now)
    elapsed = max(0.0, (now - rates.at).total_seconds())
    filled = {unit: _filled(rates.bucket(unit), policy.most(unit), elapsed, policy) for unit in UNITS}
    return replace(rates, at=max(now, rates.at), requests=filled["requests"], tokens=filled["tokens"])


def _set_back(rates: Rates, now: datetime) -> Rates:
    """Its times moved along with a clock that was set back; otherwise nothing refills until the old time comes again."""
    ahead = rates.at - now
    if ahead <= _SET_BACK:
        return rates
    blocked, live = rates.blocked_until, rates.live_until
    return replace(
        rates,
        at=now,
        blocked_until=None if blocked is None else blocked - ahead,
        live_until=None if live is None else live - ahead,
    )


def take(rates: Rates, now: datetime, tokens: float, policy: RatePolicy, *, live: bool) -> tuple[Rates, float]:
    """Take one request and ``tokens`` from the budget, or tell how many seconds to wait first (0 when taken).

    A request larger than a full bucket is let through when the bucket is full, and leaves a debt.
    """
    rates = forward(rates, now, policy)
    if rates.blocked_until is not None and now < rates.blocked_until:
        return _wanted(rates, rates.blocked_until, live=live), (rates.blocked_until - now).total_seconds()
    if not live and rates.live_until is not None and now < rates.live_until:
        return rates, (rates.live_until - now).total_seconds()
    wait = max(
        _wait(rates.requests, 1.0, policy, live=live),
        _wait(rates.tokens, tokens, policy, live=live),
    )
    if wait > 0:
        return _wanted(rates, now + timedelta(seconds=wait), live=live), wait
    return (
        replace(
            rates,
            requests=replace(rates.requests, level=rates.requests.level - 1),
            tokens=replace(rates.tokens, level=rates.tokens.level - tokens),
        ),
        0.0,
    )


def throttled(rates: Rates, now: datetime, retry_after: float | None, policy: RatePolicy) -> Rates:
    """After a 429: nobody sends for a while, and less than before afterwards."""
    rates = forward(rates, now, policy)
    until = now + timedelta(seconds=policy.blind_pause_seconds if retry_after is None else retry_after)
    if rates.blocked_until is not None and rates.blocked_until > now:
        # Several calls under way met the same limit; it is cut once.
        return replace(rates, blocked_until=max(until, rates.blocked_until))
    cut = {
        unit: replace(
            rates.bucket(unit),
            share=max(rates.bucket(unit).share * policy.after_limit, _LOWEST_SHARE),
            level=min(rates.bucket(unit).level, 0.0) if rates.bucket(unit).per_minute else 0.0,
        )
        for unit in UNITS
    }
    return replace(rates, blocked_until=until, requests=cut["requests"], tokens=cut["tokens"])


def observed(rates: Rates, now: datetime, limits: ProviderLimits, spare: float, policy: RatePolicy) -> Rates:
    """After an answer: its headers' limits count where they are tighter, and ``spare`` reserved tokens are given back."""
    rates = forward(rates, now, policy)
    requests = _told(
        rates.requests, limits.requests_per_minute, limits.requests_left, policy.requests_per_minute, policy
    )
    tokens = _told(rates.tokens, limits.tokens_per_minute, limits.tokens_left, policy.tokens_per_minute, policy)
    return replace(rates, requests=requests, tokens=replace(tokens, level=tokens.level + spare))


def _capacity(per_minute: float | None, share: float, policy: RatePolicy) -> float:
    return 0.0 if per_minute is None else max(1.0, per_minute * share * policy.burst_seconds / 60)


def _filled(bucket: Bucket, most: float | None, elapsed: float, policy: RatePolicy) -> Bucket:
    per_minute = bucket.per_minute if most is None else min(most, bucket.per_minute or most)
    share = min(1.0, bucket.share * 2 ** (elapsed / policy.recovery_seconds))
    if per_minute is None:
        return Bucket(None, share, 0.0)
    if bucket.per_minute is None:
        return Bucket(per_minute, share, _capacity(per_minute, share, policy))
    capacity = _capacity(per_minute, share, policy)
    return Bucket(per_minute, share, min(capacity, bucket.level + per_minute * share * elapsed / 60))


def _wait(bucket: Bucket, amount: float, policy: RatePolicy, *, live: bool) -> float:
    if bucket.per_minute is None:
        return 0.0
    capacity = _capacity(bucket.per_minute, bucket.share, policy)
    kept = 0.0 if live else capacity * policy.live_reserve
    needed = min(amount + kept, capacity)
    return max(0.0, (needed - bucket.level) / (bucket.per_minute * bucket.share / 60))


def _wanted(rates: Rates, until: datetime, *, live: bool) -> Rates:
    if not live:
        return rates
    return replace(rates, live_until=max(until, rates.live_until or until))


def _told(
    bucket: Bucket, per_minute: float | None, left: float | None, most: float | None, policy: RatePolicy
) -> Bucket:
    if per_minute is not None and per_minute > 0:
        known = min(per_minute, most) if most is not None else per_minute
        if bucket.per_minute is None:
            bucket = Bucket(known, bucket.share, _capacity(known, bucket.share, policy))
        else:
            bucket = replace(bucket, per_minute=known)
    if left is not None and bucket.per_minute is not None:
        bucket = replace(bucket, level=min(bucket.level, left))
    return bucket
