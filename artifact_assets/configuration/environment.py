"""Settings and configuration of this process, from its environment.

What belongs here: the one place that reads ``os.environ`` for the command line. What does not: what the values mean.
"""

from __future__ import annotations

import os

from artifact_assets.configuration.schema import Configuration, read_configuration
from artifact_assets.configuration.settings import Settings


def settings() -> Settings:
    """Where things are, for this process."""
    return Settings.from_environment(os.environ)


def configuration() -> Configuration:
    """What governs behaviour, for this process. Raises PipelineError naming each wrong key."""
    return read_configuration(settings().config)
