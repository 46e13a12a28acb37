"""Opening a configured destination: which adapter, at which address, with which credentials.

What belongs here: one line per vendor. What does not: reading configuration or environment (see ``artifact_assets.wiring``).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from artifact_assets.domain.capabilities import Proof
from artifact_assets.domain.destination import Destination
from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.destinations.ashby import Ashby
from resources.destinations.greenhouse import Greenhouse, greenhouse_credentials
from resources.destinations.hubspot import HubSpot
from resources.destinations.lever import Lever
from resources.destinations.odoo import Odoo
from resources.destinations.pipedrive import Pipedrive
from resources.destinations.salesforce import Salesforce
from resources.destinations.vendor import VendorDestination
from resources.destinations.vendor_calls import Vendor
from resources.destinations.webhook import Webhook
from resources.http.budget import Limits, Shared
from resources.http.client import Credentials, HttpClient, Timeouts


@dataclass(frozen=True)
class VendorKind:
    """How a vendor is reached. ``scheme`` says how the secret becomes a header."""

    base_url: str | None
    scheme: str
    proof: Proof
    adapter: Callable[[str, HttpClient, Mapping[str, str]], Vendor] | None


VENDORS: Mapping[str, VendorKind] = {
    "hubspot": VendorKind("https://api.hubapi.com", "bearer", Proof.FAKE_ONLY, HubSpot),
    "salesforce": VendorKind(None, "bearer", Proof.FAKE_ONLY, Salesforce),
    "pipedrive": VendorKind("https://api.pipedrive.com", "x-api-token", Proof.FAKE_ONLY, Pipedrive),
    "odoo": VendorKind(None, "bearer", Proof.REAL_SERVER, Odoo),
    "greenhouse": VendorKind("https://harvest.greenhouse.io", "greenhouse", Proof.FAKE_ONLY, Greenhouse),
    "lever": VendorKind("https://api.lever.co", "basic", Proof.FAKE_ONLY, Lever),
    "ashby": VendorKind("https://api.ashbyhq.com", "basic", Proof.FAKE_ONLY, Ashby),
    "webhook": VendorKind(None, "hmac", Proof.FAKE_ONLY, None),
}


@dataclass(frozen=True)
class Opening:
    """What is needed to open a destination. ``secret`` never leaves this value but as a header."""

    name: str
    vendor: str
    secret: str
    base_url: str | None
    account: str | None
    options: Mapping[str, str]
    limits: Limits
    now: Callable[[], datetime]
    timeouts: Timeouts = Timeouts()
    shared: Shared | None = None

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Opening({self.name!r}, {self.vendor!r})"


def open_destination(opening: Opening) -> Destination:
    """The destination, nothing asked of it yet. Raises PipelineError(unreadable_input) for an incomplete configuration."""
    kind = VENDORS[opening.vendor]
    address = opening.base_url or kind.base_url
    if address is None:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"Destination {opening.name} has no base_url, so nothing was started.",
            f"Give the address of your {opening.vendor}; see docs/destinations/{opening.vendor}.md.",
        )
    client = HttpClient(
        opening.name,
        address,
        credentials=_credentials(kind.scheme, opening),
        limits=opening.limits,
        timeouts=opening.timeouts,
        now=opening.now,
        shared=opening.shared,
    )
    if kind.adapter is None:
        path = opening.options.get("path", "/")
        return Webhook(opening.name, client, secret=opening.secret, account=opening.account or address, path=path)
    options = {**opening.options, **({"account": opening.account} if opening.account else {})}
    return VendorDestination(opening.name, kind.adapter(opening.name, client, options), client)


def _credentials(scheme: str, opening: Opening) -> Credentials:
    if scheme == "greenhouse":
        return greenhouse_credentials(opening.secret, opening.options, opening.now)
    pair = opening.secret if ":" in opening.secret else f"{opening.secret}:"
    headers = {
        "bearer": {"authorization": f"Bearer {opening.secret}"},
        "basic": {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"},
        "x-api-token": {"x-api-token": opening.secret},
        "hmac": {},
    }[scheme]

    async def fixed(client: HttpClient, fresh: bool) -> Mapping[str, str]:
        del client, fresh
        return headers

    return fixed
