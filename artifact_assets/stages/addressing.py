"""Which record of a destination a meeting is about.

What belongs here: the order of what is believed: the sidecar, what was settled before, the destination's own look-up. What
does not: guessing. Several candidates or none end the writes with a remedy, never with a guess and never with a new contact.
"""

from __future__ import annotations

from collections.abc import Sequence

from artifact_assets.domain.destination import Destination
from artifact_assets.domain.exchange import Candidate, Wanted
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Intent
from artifact_assets.stages.planning import Aim, Circumstances, outside_domains

LISTED = 5


async def aim_at(
    wanted: str,
    about: Circumstances,
    destination: Destination,
    known: Sequence[Intent],
    own_domains: tuple[str, ...],
    meeting_id: str,
    *,
    create_missing: bool = False,
) -> Aim:
    """The record of object ``wanted`` for this meeting."""
    refs = {**about.sidecar.refs.get(destination.vendor, {}), **about.sidecar.refs.get(destination.name, {})}
    if wanted in refs:
        return Aim({"object": wanted, "id": refs[wanted]})
    settled = [
        intent.target
        for intent in known
        if intent.destination == destination.name and intent.target.get("object") == wanted and intent.target.get("id")
    ]
    if settled:
        return Aim(settled[-1])
    if destination.vendor == "webhook":
        # A receiver finds its record by itself, from everything that is known of the meeting.
        return Aim({"object": wanted, "refs": {system: dict(ids) for system, ids in about.sidecar.refs.items()}})
    people = [p.email for p in about.participants if p.email]
    outside = tuple(sorted(outside_domains(about.participants, own_domains))) if own_domains else ()
    emails = tuple(sorted(each for each in people if each.rpartition("@")[2].lower() not in set(own_domains)))
    found = await destination.candidates(Wanted(wanted, emails, outside)) if emails or outside else ()
    return _chosen(wanted, found, destination.name, meeting_id, create_missing=create_missing)


def _chosen(wanted: str, found: Sequence[Candidate], name: str, meeting_id: str, *, create_missing: bool) -> Aim:
    alive = {each.record_id: each for each in found if not each.closed}
    if len(alive) == 1:
        return Aim({"object": wanted, "id": next(iter(alive))})
    if len(alive) > 1:
        listed = ", ".join(sorted(alive)[:LISTED])
        return Aim(
            {"object": wanted, "unresolved": "ambiguous"},
            FailureClass.RECORD_AMBIGUOUS,
            f"{len(alive)} records of {name} may be the {wanted} of {meeting_id} ({listed}), so nothing was written to one.",
        )
    if create_missing:
        return Aim({"object": wanted, "key": f"meeting:{meeting_id}"})
    return Aim(
        {"object": wanted, "unresolved": "not found"},
        FailureClass.RECORD_NOT_FOUND,
        f"{name} has no open {wanted} with the people of {meeting_id}, so nothing was written.",
    )
