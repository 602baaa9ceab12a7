"""What the files around the package say of versions and targets agrees with each other."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import sktext

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
REQUIREMENTS = [
    Requirement(line) for lines in (PROJECT["dependencies"], *EXTRAS.values()) for line in lines
]
NOT_TESTED = {"torch"}  # whose older builds for the CPU alone are not on PyPI


def pins(name):
    """The versions of a file of constraints, by package."""
    lines = (ROOT / ".ci" / name).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(package): Version(version) for package, version in pairs}


def lower_bound(requirement):
    (bound,) = [Version(s.version) for s in requirement.specifier if s.operator == ">="]
    return bound


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=str)
def test_oldest_versions_are_the_lower_bounds(requirement):
    oldest = pins("oldest.txt")[canonicalize_name(requirement.name)]
    if requirement.name in NOT_TESTED:
        assert oldest >= lower_bound(requirement)
    else:
        assert oldest == lower_bound(requirement)


@pytest.mark.parametrize("name", ["constraints.txt", "oldest.txt"])
@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=str)
def test_pinned_versions_are_allowed(requirement, name):
    assert requirement.specifier.contains(pins(name)[canonicalize_name(requirement.name)])


def test_hook_formats_with_the_pinned_ruff():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    (revision,) = re.findall(r"rev: v(\S+)", hooks)
    assert Version(revision) == pins("constraints.txt")["ruff"]


def test_citation_names_the_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {sktext.__version__}\n" in citation


def test_every_target_of_make_says_what_it_does():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split()
    described = re.findall(r"^([a-z-]+):.*  ## [A-Z].*\.$", text, re.MULTILINE)
    assert described == targets


def test_workflow_calls_targets_that_exist():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    called = re.findall(r"make ([a-z-]+)", workflow)
    called += re.findall(r"target: \[(.*)\]", workflow)[0].split(", ")
    for target in called:
        assert re.search(rf"^{target}:", text, re.MULTILINE), target


def test_every_benchmark_is_run_by_make_bench():
    files = {path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py")} - {"run_all"}
    assert set(runpy.run_path(str(ROOT / "benchmarks" / "run_all.py"))["NAMES"]) == files


def test_table_of_rooms_names_every_room():
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## The rooms")[1]
    table = table.split("## Adding a part")[0]
    rooms = {path.parent.name for path in (ROOT / "sktext").glob("*/__init__.py")}
    assert rooms <= set(re.findall(r"`(\w+)`", table))
