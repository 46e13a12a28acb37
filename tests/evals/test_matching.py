"""Matching: which found item is which expected one."""

from __future__ import annotations

from datetime import date

from artifact_assets.domain.artifact import ActionItem, Decision, FieldUpdate, NextStep
from evals.scoring.matching import match
from tests.evals.making import WAREHOUSE, expected, forbidden, item, order_form


def test_an_item_on_the_same_turn_that_reads_alike_is_the_expected_one() -> None:
    matching = match([expected()], [], [item(order_form())])
    assert [want.id for want, _ in matching.pairs] == ["a1"]
    assert not matching.missed
    assert not matching.surplus


def test_another_kind_on_the_same_words_is_another_thing() -> None:
    matching = match([expected()], [], [item(NextStep(text="send you the signed order form"))])
    assert not matching.pairs
    assert len(matching.surplus) == len(matching.missed) == 1


def test_two_things_in_one_breath_are_told_apart_by_their_words() -> None:
    wants = [expected(), expected(id="a9", text="Book the meeting room", quote=None)]
    found = [item(ActionItem(text="book the meeting room"), quote="Yes."), item(order_form())]
    pairs = {want.id: got.content for want, got in match(wants, [], found).pairs}
    assert pairs["a1"] == order_form()
    assert pairs["a9"] == ActionItem(text="book the meeting room")


def test_the_best_total_wins_and_not_the_first_come() -> None:
    wants = [expected(text="send order form", evidence=[1, 2], quote=None), expected(id="a2", evidence=[1])]
    found = [item(order_form()), item(order_form(text="send order form"), turn=2, quote="we agreed to start")]
    assert len(match(wants, [], found).pairs) == 2


def test_an_optional_item_is_no_error_when_there_and_none_when_not() -> None:
    want = expected(optional=True)
    there, absent = match([want], [], [item(order_form())]), match([want], [], [])
    assert len(there.excused) == 1
    assert not there.surplus
    assert not absent.missed


def test_what_is_forbidden_is_seen_unless_it_is_expected_too() -> None:
    island = item(ActionItem(text="buy you an island"), turn=3)
    assert [entry.reason for entry, _ in match([], [forbidden()], [island]).forbidden] == ["hypothetical"]
    assert not match([expected()], [forbidden(evidence=[1])], [item(order_form())]).forbidden
    assert not match([], [forbidden(kind="decision")], [island]).forbidden


def test_the_old_value_on_its_own_words_is_not_the_update_that_was_expected() -> None:
    want = expected(
        id="f1", kind="field_update", owner=None, due=None, object="deal", field="seats", value="25", evidence=[2]
    )
    old = item(FieldUpdate(object="deal", field="seats", value="30"), turn=0)
    matching = match([want], [forbidden(evidence=[0], reason="superseded")], [old])
    assert not matching.pairs
    assert matching.forbidden[0][0].retraction
    new = item(FieldUpdate(object="deal", field="seats", value="25 seats"), turn=2)
    assert match([want], [], [new]).pairs


def test_the_order_of_what_was_found_does_not_matter() -> None:
    found = [item(order_form()), item(order_form(due=date(2026, 11, 18)), turn=4), item(Decision(text="start"), turn=2)]
    wants = [expected(), type(expected()).model_validate(WAREHOUSE)]
    assert match(wants, [], found) == match(wants, [], found[::-1])


def test_one_turn_beside_is_near_enough_for_the_same_words_and_two_are_not() -> None:
    said = item(order_form(), 2, "we agreed to start")
    far = item(order_form(), 3, "If we won the lottery")
    want = expected(quote=None, text="send you the signed order form")
    assert match([want], [], [said]).pairs
    assert not match([want], [], [far]).pairs


def test_something_else_on_the_same_turn_is_something_else() -> None:
    other = item(ActionItem(text="repaint Zürich", owner="Dan Miller"), quote="Yes.")
    assert not match([expected()], [], [other]).pairs
