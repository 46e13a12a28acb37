"""The configuration's ``destinations:`` section.

What belongs here: which systems there are and how they are reached. What does not: secrets; the section names the environment
variables that hold them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from artifact_assets.domain.documents import Document

VENDORS = Literal["hubspot", "salesforce", "pipedrive", "odoo", "greenhouse", "lever", "ashby", "webhook"]


class RateLimits(Document):
    """How much a destination may be asked. The defaults stay well below every vendor's limits."""

    in_flight: int = Field(default=8, ge=1, le=200)
    per_second: float = Field(default=8.0, gt=0, le=1000)
    daily_requests: int | None = Field(
        default=None, gt=0, description="For vendors that do not tell what remains of the day."
    )
    share: float = Field(
        default=0.8, gt=0, le=1, description="Our part of the daily quota; the rest is for other integrations."
    )
    lookup_reserve: float = Field(default=0.05, ge=0, le=0.5, description="The part of it kept for look-ups.")


class DestinationSettings(Document):
    """One system. ``secret`` names the environment variable with the token, key or ``id:secret`` pair."""

    vendor: VENDORS
    secret: str | None = Field(default=None, pattern=r"[A-Z][A-Z0-9_]*")
    base_url: str | None = Field(
        default=None, description="For vendors whose address differs by customer, and for tests."
    )
    account: str | None = Field(default=None, description="The account expected; another one is refused.")
    options: Mapping[str, str] = Field(
        default_factory=dict[str, str], description="See the destination's page in docs."
    )
    limits: RateLimits = RateLimits()
