"""The pipeline behind the web UI: what the UI asks, asked through GraphQL of real processes."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from artifact_assets.assets.specs import check_specs
from artifact_assets.domain.states import STAGES, MeetingState
from tests.instruments.deployment import Deployment, running
from tests.running.talks import write_meetings

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployment")]
ALL = tuple(stage.value for stage in STAGES)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Generator[Deployment]:
    with running(tmp_path_factory.mktemp("deployment")) as started:
        yield started


def test_a_backfill_with_three_bad_meetings_ends_exact_and_can_be_resumed(deployment: Deployment) -> None:
    graphql = deployment.graphql
    bad = {"b04", "b13", "b22"}
    names = [f"b{number:02d}" for number in range(30)]
    keys = deployment.receive(write_meetings(deployment.home, names, empty=bad))
    backfill = graphql.launch_backfill(keys)
    assert graphql.wait_for_backfill(backfill) in {"COMPLETED_FAILED", "FAILED"}
    assert graphql.partitions() == {"transcript": (30, 0), **dict.fromkeys(ALL[1:], (27, 3))}
    (run,) = graphql.backfill(backfill)["runs"]
    told = graphql.failure_of(run["runId"])
    assert "3 of 30 meetings did not get through" in told
    assert "b13: failed at normalized [empty_transcript]" in told
    tags = {tag["key"]: tag["value"] for tag in graphql.run(run["runId"])["tags"]}
    assert tags["artifacts/failure.empty_transcript"] == "3"

    answered = {call: count for call, count in deployment.calls().items() if call.startswith("answer")}
    deployment.receive(write_meetings(deployment.home, sorted(bad)[:2]))
    again = graphql.reexecute(run["runId"], "FROM_FAILURE")
    assert graphql.wait_for_run(again) == "FAILURE"
    assert graphql.partitions() == {"transcript": (30, 0), **dict.fromkeys(ALL[1:], (29, 1))}

    deployment.receive(write_meetings(deployment.home, sorted(bad)[2:]))
    last = graphql.reexecute(again, "FROM_ASSET_FAILURE")
    assert graphql.wait_for_run(last) == "SUCCESS"
    assert graphql.partitions() == dict.fromkeys(ALL, (30, 0))
    assert {m.state for m in deployment.meetings().values()} == {MeetingState.DELIVERED}
    assert all(deployment.calls()[call] == count for call, count in answered.items()), "a finished stage ran again"
    assert set(deployment.written().values()) == {1}


def test_one_asset_alone_and_one_check_alone_can_be_run(deployment: Deployment) -> None:
    graphql = deployment.graphql
    keys = deployment.receive(write_meetings(deployment.home, ["alone"]))
    assert graphql.wait_for_run(graphql.launch(keys[0], ["transcript"], [])) == "SUCCESS"
    assert deployment.meetings()["alone"].state is MeetingState.RECEIVED
    assert graphql.wait_for_run(graphql.launch(keys[0], ["validated"])) == "FAILURE"
    assert graphql.wait_for_run(graphql.launch(keys[0], ALL)) == "SUCCESS"
    assert graphql.wait_for_run(graphql.launch(keys[0], [], [("validated", "accurate")])) == "SUCCESS"
    with deployment.instance() as instance:
        accurate = next(spec.key for spec in check_specs() if spec.name == "accurate")
        records = instance.event_log_storage.get_asset_check_execution_history(accurate, limit=2)
    assert len({record.run_id for record in records}) == 2
