"""What is deployed: nothing is reachable but the proxy, everything is pinned, and the profiles agree with each other.

Compose and Kubernetes are read as text here: no container engine is at hand. The start command, dagster.yaml and the proxy's
file are exercised with real processes in ``tests/running/test_production.py``.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.architecture.tree import ROOT

PRODUCTION = ROOT / "deploy" / "production"
IMAGE = re.compile(r"docker\.io/[a-z/]+:\d+\.\d+(\.\d+)?-[a-z-]+")


def compose() -> dict[str, Any]:
    return yaml.safe_load((PRODUCTION / "compose.yaml").read_text())


def test_only_the_proxy_is_published_and_only_on_loopback() -> None:
    published = {name: service["ports"] for name, service in compose()["services"].items() if "ports" in service}
    assert published == {"proxy": ["127.0.0.1:8080:8080"]}
    outside = {name for name, service in compose()["services"].items() if "outside" in service["networks"]}
    assert outside == {"proxy"}


def test_every_foreign_image_is_pinned_and_everything_else_is_built_from_the_lock_file() -> None:
    for name, service in compose()["services"].items():
        assert "build" in service or IMAGE.fullmatch(service["image"]), name
    dockerfile = (PRODUCTION / "Dockerfile").read_text()
    assert all(IMAGE.fullmatch(line.split()[1]) for line in dockerfile.splitlines() if line.startswith("FROM"))
    assert "uv sync --frozen --no-default-groups --extra production" in dockerfile
    assert re.search(r"^USER [1-9]\d*$", dockerfile, re.MULTILINE), "not root"
    assert all(item["hash"].startswith("sha256:") for item in _archives()), (
        "the lock file holds a digest of each archive"
    )


def _archives() -> list[dict[str, Any]]:
    import tomllib

    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    return [
        item for package in packages for item in [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
    ]


def test_every_service_is_watched_and_starts_after_what_it_needs() -> None:
    services = compose()["services"]
    assert [name for name, service in services.items() if "healthcheck" not in service] == ["migrate"]
    for name in ("daemon", "web", "viewer", "live", "backfill"):
        assert services[name]["depends_on"]["code"] == {"condition": "service_healthy"}, name
        assert services[name]["command"] == [name]
        assert services[name]["restart"] == "unless-stopped"
    assert "-h 127.0.0.1" in services["postgres"]["healthcheck"]["test"][1], (
        "its socket answers before its databases are there"
    )
    assert services["code"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_what_an_operator_puts_beside_the_files_gets_into_no_image_and_no_commit() -> None:
    theirs = {f"deploy/production/{name}" for name in ("environment", "artifacts.yaml", "proxy/users")}
    for name in (".dockerignore", ".gitignore"):
        assert theirs <= set((ROOT / name).read_text().splitlines()), name
    dockerfile = (PRODUCTION / "Dockerfile").read_text()
    copied = [source for line in dockerfile.splitlines() if line.startswith("COPY ") for source in line.split()[1:-1]]
    assert not {"deploy", "deploy/production", "."} & set(copied)
    assert {source for source in copied if not source.startswith(("--", "/")) and not (ROOT / source).exists()} == set()


def test_the_image_answers_to_dagster_by_name_as_the_chart_calls_it_and_to_start_in_compose() -> None:
    dockerfile = (PRODUCTION / "Dockerfile").read_text()
    assert not re.search("^ENTRYPOINT", dockerfile, re.MULTILINE), "the chart sets arguments only: dagster api grpc ..."
    assert "PATH=/app/.venv/bin:$PATH" in dockerfile
    assert "--extra kubernetes" in dockerfile, "a run's pod reads an instance whose launcher is dagster_k8s"
    ours = {name: service for name, service in compose()["services"].items() if "build" in service}
    assert {service["entrypoint"][0] for name, service in ours.items() if name != "migrate"} == {
        "/app/deploy/production/start"
    }


def test_the_helm_values_name_what_their_commands_make_and_the_version_that_is_locked() -> None:
    text = (PRODUCTION / "kubernetes" / "values.yaml").read_text()
    values = yaml.safe_load(text)
    (deployment,) = values["dagster-user-deployments"]["deployments"]
    named = {each["name"] for each in deployment["envSecrets"]} | {values["global"]["postgresqlSecretName"]}
    named |= {volume["configMap"]["name"] for volume in deployment["volumes"]}
    made = set(re.findall(r"kubectl create (?:secret generic|configmap) (\S+)", text))
    assert named == made | {"artifacts-dagster-instance"}, "the last is the chart's own"
    assert values["generatePostgresqlPasswordSecret"] is False, "the chart would write its own over it"
    version = re.search(r'name = "dagster"\nversion = "([\d.]+)"', (ROOT / "uv.lock").read_text())
    assert version
    assert f"--version {version[1]} " in text
    assert f"version {version[1]})" in text


def test_no_secret_is_in_a_file() -> None:
    for path in PRODUCTION.rglob("*"):
        if path.is_file():
            for found in re.findall(r"(?:PASSWORD=|://[a-z]*:)([^\s@\"]+)", path.read_text()):
                assert found in {"CHANGE-ME", "PASSWORD", "SECRET"}, path.name


@pytest.mark.parametrize("profile", ["local", "production", "kubernetes"])
def test_no_profile_repeats_runs_for_failures_that_have_another_owner(profile: str) -> None:
    if profile == "kubernetes":
        daemon = yaml.safe_load((PRODUCTION / "kubernetes" / "values.yaml").read_text())["dagsterDaemon"]
        retries = daemon["runRetries"]["retryOnAssetOrOpFailure"]
        monitored, longest = daemon["runMonitoring"]["enabled"], daemon["runMonitoring"]["maxRuntimeSeconds"]
    else:
        told = yaml.safe_load((ROOT / "deploy" / profile / "dagster.yaml").read_text())
        retries = told["run_retries"]["retry_on_asset_or_op_failure"]
        monitored, longest = told["run_monitoring"]["enabled"], told["run_monitoring"]["max_runtime_seconds"]
    assert retries is False
    assert monitored is True
    assert 0 < longest <= 7200


def test_the_service_unit_starts_what_the_tests_start_and_starts_it_again() -> None:
    unit = (PRODUCTION / "systemd" / "meeting-artifacts@.service").read_text()
    assert "deploy/production/start %i" in unit
    assert "Restart=always" in unit
    assert "StartLimitIntervalSec=0" in unit, "five quick failures would end it for good"
    assert "User=artifacts" in unit
