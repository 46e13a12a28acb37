"""What never happens at an ATS, whatever a meeting says: looked at in the requests themselves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.protected import mentions_protected
from resources.http.client import HttpClient
from resources.http.reply import Reply
from tests.destinations.rig import rig_for

PRIVATE = {
    "greenhouse": {"visibility": "admin_only"},
    "lever": {"secret": True, "notifyFollowers": False},
    "ashby": {"isPrivate": True, "sendNotifications": False},
}
JUDGING = re.compile(r"score|reject|advance|move|stage|archive|hire|offer|disqualif|feedback|rating", re.IGNORECASE)


@pytest.mark.parametrize("name", list(PRIVATE))
async def test_notes_are_private_notify_nobody_and_no_request_scores_moves_or_rejects(
    name: str, tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str, Any]] = []
    call = HttpClient.call

    async def seen(self: HttpClient, method: str, path: str, **told: Any) -> Reply:
        sent.append((method, path, told.get("json")))
        return await call(self, method, path, **told)

    monkeypatch.setattr(HttpClient, "call", seen)
    with rig_for(name, tmp_path, template=sqlite_template) as rig:
        for operation in rig.case.operations:
            await rig.plan(operation)
        await rig.deliver()
    bodies: list[dict[str, Any]] = [body for _, _, body in sent if isinstance(body, dict)]
    notes = [body for body in bodies if PRIVATE[name].keys() & body.keys()]
    assert len(notes) >= 2, "tasks are notes at an ATS"
    for body in notes:
        assert {key: body[key] for key in PRIVATE[name]} == PRIVATE[name]
    assert [path for _, path, _ in sent if JUDGING.search(path)] == []


@pytest.mark.parametrize(
    "text",
    ["She is pregnant", "He mentioned his wife", "uses a wheelchair", "is 52 years old", "schwanger", "his religion"],
)
def test_words_of_protected_characteristics_are_seen(text: str) -> None:
    assert mentions_protected("Fine so far", text)
    assert not mentions_protected("Knows Python and likes SQL", None)
