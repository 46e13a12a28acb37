"""Where a meeting's writes go: its routes, and everything planning needs to know of each destination.

What belongs here: putting desks together. What does not: planning at them (see ``planning``).
"""

from __future__ import annotations

from artifact_assets.domain.artifact import Artifact
from artifact_assets.domain.capabilities import Family
from artifact_assets.domain.destination import Destination
from artifact_assets.domain.mapping import DestinationMapping
from artifact_assets.domain.people import teams_of
from artifact_assets.domain.records import Json
from artifact_assets.domain.routes import MeetingFacts, Way, ways
from artifact_assets.stages.addressing import aim_at
from artifact_assets.stages.case import Case
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.planning import Aim, Circumstances, Desk, object_of


async def circumstances(case: Case) -> Circumstances:
    """What planning needs to know of the meeting."""
    transcript = await case.transcript()
    return Circumstances(
        transcript.kind, transcript.title, transcript.started_at, transcript.participants, await case.sidecar()
    )


def ways_of(equipment: Equipment, about: Circumstances) -> tuple[Way, ...]:
    """The destinations of the meeting."""
    configuration = equipment.configuration
    domains = {p.email.rpartition("@")[2].lower() for p in about.participants if p.email}
    facts = MeetingFacts(
        about.kind,
        about.title,
        frozenset(domains),
        teams_of(configuration.people, about.participants),
        about.started_at,
    )
    families = {name: destination.family for name, destination in equipment.destinations.items()}
    return ways(configuration.routes, facts, families)


def addressed(equipment: Equipment, about: Circumstances) -> Json:
    """What of the configuration decides where the meeting's writes go and how: digests, for telling a change of it."""
    configuration = equipment.configuration
    if not configuration.destinations:
        return {}
    digest, mapping, people = equipment.standing.digest, configuration.mapping, configuration.people
    chosen = tuple(sorted((way.destination, way.mode.value) for way in ways_of(equipment, about)))
    names = [name for name, _ in chosen if name in mapping]
    return {
        "routes": digest(("routes", chosen), configuration.routes, lambda: chosen),
        "mapping": digest(
            ("mapping", *names), mapping, lambda: {name: mapping[name].model_dump(mode="json") for name in names}
        ),
        "people": digest("people", people, lambda: [person.model_dump(mode="json") for person in people]),
    }


async def desk_for(case: Case, artifact: Artifact, about: Circumstances, way: Way) -> Desk:
    """The desk of one destination, its records found. Raises what the destination's preflight and look-ups raise."""
    equipment, configuration = case.equipment, case.equipment.configuration
    destination = equipment.destinations[way.destination]
    plain = Desk(equipment.tenant, way.destination, await destination.account(), configuration.own_domains)
    if destination.family is Family.EMBEDDED:
        return plain
    mapping = configuration.mapping.get(way.destination, DestinationMapping())
    wanted = {object_of(item, about.kind, mapping) for item in artifact.deliverable}
    return Desk(
        tenant=plain.tenant,
        destination=plain.destination,
        account=plain.account,
        own_domains=plain.own_domains,
        family=destination.family,
        vendor=destination.vendor,
        mapping=mapping,
        mode=way.mode,
        people=configuration.people,
        capabilities=(await destination.preflight()).capabilities,
        aims={each: await _aim(case, about, destination, each, mapping) for each in sorted(wanted)},
    )


async def _aim(
    case: Case, about: Circumstances, destination: Destination, wanted: str, mapping: DestinationMapping
) -> Aim:
    return await aim_at(
        wanted,
        about,
        destination,
        case.opened.intents,
        case.equipment.configuration.own_domains,
        case.meeting.meeting_id,
        create_missing=mapping.create_missing,
    )
