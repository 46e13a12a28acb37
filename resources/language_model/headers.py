"""What the headers of an answer tell about limits and waiting.

What belongs here: Retry-After in its forms, and the rate-limit headers of OpenAI, which Azure and gateways copy. What does
not: what is done about it (see ``artifact_assets.domain.rates``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from artifact_assets.domain.model_ports import ProviderLimits

_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_FACTORS = (86_400.0, 3600.0, 60.0, 1.0, 0.001)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait as the provider asks: milliseconds, seconds, or a date judged by the provider's own clock."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    told = headers.get("retry-after")
    seconds = _number(told)
    if seconds is not None:
        return seconds
    moment = _date(told)
    if moment is not None:
        return max(0.0, (moment - (_date(headers.get("date")) or now)).total_seconds())
    limits = limits_of(headers)
    resets = (
        reset
        for left, reset in (
            (limits.requests_left, limits.requests_reset),
            (limits.tokens_left, limits.tokens_reset),
        )
        if left == 0 and reset is not None
    )
    return max(resets, default=None)


def limits_of(headers: Mapping[str, str]) -> ProviderLimits:
    """The rate limits told, None where nothing is."""

    def number(name: str) -> float | None:
        return _number(headers.get(f"x-ratelimit-{name}"))

    return ProviderLimits(
        requests_per_minute=number("limit-requests"),
        requests_left=number("remaining-requests"),
        requests_reset=_span(headers.get("x-ratelimit-reset-requests")),
        tokens_per_minute=number("limit-tokens"),
        tokens_left=number("remaining-tokens"),
        tokens_reset=_span(headers.get("x-ratelimit-reset-tokens")),
    )


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and 0 <= value < 1e12 else None


def _span(text: str | None) -> float | None:
    """Seconds in a span such as 6m0s, 1.5s, 120ms, or a plain number of seconds."""
    found = _SPAN.fullmatch(text.strip()) if text and text.strip() else None
    if found is None:
        return _number(text)
    return sum(float(part) * factor for part, factor in zip(found.groups(), _FACTORS, strict=True) if part)


def _date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
