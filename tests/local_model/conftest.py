"""The home of a test, as the tests of the model extractor have it."""

from tests.extraction.model.conftest import home

__all__ = ["home"]
