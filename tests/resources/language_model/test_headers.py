"""What headers tell: waiting in every form, limits, and nothing where nothing is told."""

from __future__ import annotations

import pytest

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.model_ports import Advice
from resources.language_model.classification import meaning_of
from resources.language_model.headers import limits_of, retry_after
from tests.clock import NOON


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after-ms": "1500", "retry-after": "7"}, 1.5),
        ({"retry-after": "Tue, 17 Nov 2026 12:01:00 GMT"}, 60),
        # Judged by the provider's clock, which is ahead of ours here.
        ({"retry-after": "Tue, 17 Nov 2026 13:01:00 GMT", "date": "Tue, 17 Nov 2026 13:00:00 GMT"}, 60),
        ({"retry-after": "Tue, 17 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, 360),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "120ms"}, 0.12),
        ({"x-ratelimit-remaining-tokens": "5", "x-ratelimit-reset-tokens": "9s"}, None),
    ],
)
def test_waiting_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOON) == (None if seconds is None else pytest.approx(seconds))


def test_limits_are_read_and_garbage_is_nothing() -> None:
    told = limits_of({"x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-tokens": "x", "x-other": "1"})
    assert (told.requests_per_minute, told.tokens_left, told.tokens_per_minute) == (500, None, None)
    spans = {"1h2m3s": 3723, "1.5s": 1.5, "2d": 172_800, "17": 17, "": None, "abc": None}
    for text, seconds in spans.items():
        assert limits_of({"x-ratelimit-reset-requests": text}).requests_reset == seconds


@pytest.mark.parametrize("status", range(400, 600))
def test_every_status_has_a_meaning_and_only_five_hundreds_and_a_few_are_tried_again(status: int) -> None:
    meaning = meaning_of(status, None)
    again = status >= 500 or status in {408, 409, 425, 429}
    assert (meaning.advice is Advice.AGAIN) == again


def test_a_code_says_more_than_a_status() -> None:
    assert meaning_of(429, "insufficient_quota").failure_class is FailureClass.MODEL_QUOTA
    assert meaning_of(403, None, "insufficient_quota").failure_class is FailureClass.MODEL_QUOTA
    assert meaning_of(500, "content_filter").advice is Advice.AGAIN
    assert meaning_of(400, None, None, "input_tokens").advice is Advice.SMALLER
