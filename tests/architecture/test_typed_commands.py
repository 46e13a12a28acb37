"""What the pages tell people to type is accepted: commands with their options, benchmarks with theirs, settings by their path.

``test_pages`` asks whether commands, targets, links and paths exist; here it is what stands behind a command's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from pydantic import BaseModel

from artifact_assets.commands.main import COMMANDS, cli
from artifact_assets.configuration.schema import Configuration
from tests.architecture.test_pages import PAGES
from tests.architecture.tree import ROOT, named

TYPED = re.compile(r"python -m artifact_assets ([a-z][^`\n#|&']*)")
SPAN = re.compile(r"`([a-z-]+ [^`\n]+)`")
MODULE = re.compile(r"python -m ((?:benchmarks|evals|tests|examples)[\w.]*)([^`\n#|]*)")
SETTING = re.compile(r"`([a-z_]+(?:\.[A-Za-z_]+)+)(?::[^`]*)?`")
GONE = {"CHANGELOG.md"}
"""Tells of settings that are no more."""
NIGHT = ("runbook.md", "recovery.md")
"""Pages whose commands are copied by somebody who was woken: they are whole."""


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_option_on_a_page_is_one_of_its_command(page: Path) -> None:
    assert [f"{typed}: {fault}" for typed in typed_on(page) for fault in unknown(typed)] == []


@pytest.mark.parametrize("name", NIGHT)
def test_a_command_for_the_night_lacks_no_option_that_it_needs(name: str) -> None:
    page = ROOT / "docs" / name
    assert [f"{typed}: {option}" for typed in typed_on(page) for option in missing(typed)] == []


def test_these_tests_see_what_is_wrong() -> None:
    assert unknown("replay --stale --dry-run") == []
    assert unknown("replay --stail") == ["--stail"]
    assert unknown("backfills stop --why x") == ["stop"]
    assert missing("destinations resume crm") == ["--why"]
    assert missing("destinations resume crm --why TEXT") == []
    assert has_setting("destinations.NAME.limits.share")
    assert not has_setting("walk.metting_seconds")


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_module_on_a_page_runs_with_the_options_it_is_given(page: Path) -> None:
    wrong: list[str] = []
    for module, rest in MODULE.findall(page.read_text("utf-8")):
        text = source_of(module)
        wrong += [f"{module} {option}" for option in re.findall(r"--[a-z-]+", rest) if f'"{option}"' not in text]
        wrong += [] if text else [module]
    assert wrong == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in GONE], ids=named)
def test_every_setting_on_a_page_is_in_the_configuration(page: Path) -> None:
    found = {
        name for name in SETTING.findall(page.read_text("utf-8")) if name.split(".")[0] in Configuration.model_fields
    }
    assert {name for name in found if not name.endswith((".py", ".yaml", ".md")) and not has_setting(name)} == set()


def typed_on(page: Path) -> list[str]:
    """What follows the program's name, and code that begins with one of its commands and has an option or name."""
    text = page.read_text("utf-8")
    spans = [
        span for span in SPAN.findall(text) if span.split()[0] in COMMANDS and re.search(r" --?[a-z]| [A-Z]{2}", span)
    ]
    return [*TYPED.findall(text), *spans]


def unknown(typed: str) -> list[str]:
    """Subcommands and options that are not there."""
    command, chain, rest = resolved(typed)
    if isinstance(command, click.Group) and rest and re.fullmatch("[a-z]+", rest[0]) and "--" in typed:
        return [rest[0]]
    known = {"--help", "--json"} | {option for each in chain for param in each.params for option in options(param)}
    return [option for word in rest for option in re.findall(r"^\[?(--?[a-z][a-z-]*)", word) if option not in known]


def missing(typed: str) -> Iterator[str] | list[str]:
    """Options without which the command refuses."""
    command, _, _ = resolved(typed)
    needed = [param.opts[0] for param in command.params if isinstance(param, click.Option) and param.required]
    return [option for option in needed if option not in typed]


@cache
def resolved(typed: str) -> tuple[click.Command, list[click.Command], list[str]]:
    """The innermost command, all from the outermost on, and the words after their names."""
    words = typed.split()
    command: click.Command = cli
    chain: list[click.Command] = []
    while isinstance(command, click.Group) and words:
        inner = command.get_command(click.Context(command), words[0])
        if inner is None:
            break
        command, words = inner, words[1:]
        chain.append(command)
    return command, chain, words


def options(param: click.Parameter) -> list[str]:
    """Every way to write it."""
    return [*param.opts, *param.secondary_opts]


def source_of(module: str) -> str:
    """The text of the module, of the whole package where it is one, or nothing."""
    path = ROOT / module.replace(".", "/")
    if path.with_suffix(".py").is_file():
        return path.with_suffix(".py").read_text("utf-8")
    return "".join(each.read_text("utf-8") for each in path.rglob("*.py")) if (path / "__main__.py").is_file() else ""


def has_setting(name: str) -> bool:
    """Whether the path leads to a field; a capital word stands for a name the operator chose."""
    kinds: list[Any] = [Configuration]
    for part in name.split("."):
        models = [model for kind in kinds for model in models_in(kind)]
        if part.isupper():
            continue
        kinds = [model.model_fields[part].annotation for model in models if part in model.model_fields]
        if not kinds:
            return False
    return True


def models_in(kind: Any) -> list[type[BaseModel]]:
    """The models in an annotation."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [model for each in get_args(kind) for model in models_in(each)]
