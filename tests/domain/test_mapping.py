"""From our values to a destination's, and from spoken names to its users."""

from __future__ import annotations

import pytest

from artifact_assets.domain.mapping import Approval, DestinationMapping, MappedField, coerced
from artifact_assets.domain.meeting import Participant
from artifact_assets.domain.people import Person, person_for, teams_of


@pytest.mark.parametrize(
    ("value", "field", "wanted"),
    [
        ("48,000", MappedField(field="amount", type="number"), "48000"),
        ("EUR 48 000.50", MappedField(field="amount", type="number"), "48000.5"),
        ("$48k", MappedField(field="amount", type="number"), "48000"),
        ("1200000", MappedField(field="amount", type="number"), "1200000"),
        ("-3.50", MappedField(field="amount", type="number"), "-3.5"),
        ("2026-11-20", MappedField(field="close", type="date"), "2026-11-20"),
        ("2026-11-20", MappedField(field="close", type="datetime", zone="Europe/Berlin"), "2026-11-20T00:00:00+01:00"),
        ("Negotiation", MappedField(field="stage", type="enum", values={"negotiation": "4"}), "4"),
        ("a; b", MappedField(field="tags", type="multi", values={"a": "A", "b": "B"}), "A;B"),
        ("Remote", MappedField(field="mode"), "Remote"),
    ],
)
def test_a_value_becomes_what_the_field_takes(value: str, field: MappedField, wanted: str) -> None:
    assert coerced(value, field) == wanted


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("between 4 and 5", MappedField(field="amount", type="number")),
        ("a lot", MappedField(field="amount", type="number")),
        ("next Friday", MappedField(field="close", type="date")),
        ("2026-11-20", MappedField(field="close", type="datetime")),
        ("lost", MappedField(field="stage", type="enum", values={"won": "1"})),
    ],
)
def test_a_value_that_does_not_fit_is_refused_without_being_told(value: str, field: MappedField) -> None:
    with pytest.raises(ValueError) as refusal:
        coerced(value, field)
    assert value not in str(refusal.value)


def test_a_zone_that_does_not_exist_is_refused_at_birth() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        MappedField(field="close", type="datetime", zone="Europe/Nowhere")


def test_a_field_that_is_not_mapped_is_never_written_and_a_mapped_one_asks_first() -> None:
    mapping = DestinationMapping(fields={"deal.amount": MappedField(field="amount")})
    assert mapping.approval("set_field", "deal.close_date") is Approval.NEVER
    assert mapping.approval("set_field", "deal.amount") is Approval.REVIEW
    assert mapping.approval("create_task") is Approval.AUTO


ANA = Person(name="Ana Ruiz", aliases=("Anita",), emails=("ana@us.example",), team="North", users={"hubspot": "1"})
ANA_2 = Person(name="Ana Berg", emails=("ana.berg@us.example",), team="South", users={"hubspot": "2"})


@pytest.mark.parametrize("named", ["Ana Ruiz", "ana ruiz", "Anita", "ana@us.example"])
def test_a_person_is_found_by_name_alias_and_address(named: str) -> None:
    assert person_for(named, (ANA, ANA_2), ()) is ANA


def test_a_first_name_of_two_is_nobody_unless_one_of_them_was_there() -> None:
    assert person_for("Ana", (ANA, ANA_2), ()) is None
    present = (Participant(name="A. Berg", email="Ana.Berg@us.example"),)
    assert person_for("Ana", (ANA, ANA_2), present) is ANA_2
    both = (*present, Participant(name="Ana R", email="ana@us.example"))
    assert person_for("Ana", (ANA, ANA_2), both) is None


def test_a_participant_is_found_by_the_address_in_the_sidecar() -> None:
    present = (Participant(name="Ann-Marie", email="ana@us.example"),)
    assert person_for("Ann-Marie", (ANA, ANA_2), present) is ANA


def test_nobody_is_made_up() -> None:
    assert person_for("Zoe", (ANA,), ()) is None
    assert person_for(None, (ANA,), ()) is None
    assert teams_of((ANA, ANA_2), (Participant(name="x", email="ANA@us.example"),)) == {"north"}
