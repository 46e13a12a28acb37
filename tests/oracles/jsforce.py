"""Salesforce's standard objects as jsforce (MIT) declares them, cut down to those this program writes or reads.

What belongs here: making ``salesforce.json``, and reading it. What does not: holding requests against it (see
``tests.destinations.test_salesforce_oracle``).

Made with ``npm pack jsforce@3.10.16``, unpacked, then
``python -m tests.oracles.jsforce package/lib/types/standard-schema.d.ts``.
The licence of jsforce stands in ``LICENSE.jsforce`` beside it.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

STORED = Path(__file__).with_name("salesforce.json")
OBJECTS = (
    "Account",
    "Contact",
    "ContentDocumentLink",
    "Event",
    "Lead",
    "Note",
    "Opportunity",
    "Organization",
    "Task",
    "Topic",
    "TopicAssignment",
)
_BLOCK = re.compile(r"^type (Fields|ParentReferences)\$(\w+) = \{\n(.*?)^\};", re.DOTALL | re.MULTILINE)
_LINE = re.compile(r"^    (\w+): ([^;]+);$", re.MULTILINE)


def extracted(declarations: str) -> dict[str, dict[str, dict[str, str]]]:
    """Fields and parents by object: ``{"Task": {"fields": {"Subject": "string | null"}, "parents": {"Who": "Name"}}}``."""
    found: dict[str, dict[str, dict[str, str]]] = {name: {"fields": {}, "parents": {}} for name in OBJECTS}
    for kind, name, block in _BLOCK.findall(declarations):
        if name in found:
            part = "fields" if kind == "Fields" else "parents"
            found[name][part] = {field: told.replace("SObjectDefinition$", "") for field, told in _LINE.findall(block)}
    return found


def objects() -> Mapping[str, Any]:
    """What is stored."""
    return json.loads(STORED.read_text("utf-8"))["objects"]


def main() -> None:
    """Write the file from jsforce's declarations."""
    content = Path(sys.argv[1]).read_bytes()
    told = {
        "source": "jsforce 3.10.16 (npm), lib/types/standard-schema.d.ts, cut down to the objects below",
        "licence": "MIT, Copyright (c) 2011 Shinichi Tomita; see LICENSE.jsforce",
        "sha256": hashlib.sha256(content).hexdigest(),
        "objects": extracted(content.decode()),
    }
    STORED.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
