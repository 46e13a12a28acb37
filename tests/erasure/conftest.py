"""What tests of erasure share with those of the command line."""

from tests.commands.conftest import delivered, processed_home, shell

__all__ = ["delivered", "processed_home", "shell"]
