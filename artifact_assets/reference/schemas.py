"""JSON Schemas of what other programs read and write: the stored artifact, the transcript and the sidecar.

What belongs here: exporting them. What does not: the models (see ``domain``) and reading older versions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from artifact_assets.domain.artifact import Artifact
from artifact_assets.domain.documents import Document
from artifact_assets.domain.meeting import Sidecar
from artifact_assets.domain.transcript import Transcript

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_EXPORTED: Mapping[str, type[Document]] = {"artifact-1": Artifact, "transcript-1": Transcript, "sidecar": Sidecar}
NAMES = tuple(_EXPORTED)


def schema_of(name: str) -> dict[str, Any]:
    """The schema exported as ``docs/schema/NAME.json``; ``name`` is one of ``NAMES``.

    Keys with a default are not required: a document stored before its version gained the key lacks it and stays valid.
    """
    return {"$schema": DIALECT, "$id": f"{name}.json", **_EXPORTED[name].model_json_schema()}


def schema_text(name: str) -> str:
    """The schema as the file holds it."""
    return json.dumps(schema_of(name), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
