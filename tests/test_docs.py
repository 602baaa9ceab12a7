"""The pages say what the code says, and their code runs."""

import doctest
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import sktext
from sktext.losses import LOSSES

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "docs" / f"{n}.md" for n in ("imbalance", "networks")]
# Pages whose code takes some seconds.
LONG_PAGES = [ROOT / "docs" / f"{n}.md" for n in ("guide", "multilabel")]
EXAMPLES = sorted((ROOT / "examples" / "extending").glob("*.py"))


@pytest.mark.filterwarnings("error::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    "page",
    [*PAGES, *(pytest.param(page, marks=pytest.mark.slow) for page in LONG_PAGES)],
    ids=lambda page: page.name,
)
def test_code_of_the_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    text = re.sub(r"^```.*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    test = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    assert len(test.examples) >= 5
    runner = doctest.DocTestRunner(optionflags=flags)
    runner.run(test)
    assert runner.failures == 0


def test_first_block_of_the_readme_runs_when_pasted_and_prints_what_stands_below_it(tmp_path):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code, printed = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL).groups()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == printed
    assert (tmp_path / "model.joblib").exists()


def test_code_for_pretrained_encoders_fits(tiny_encoder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "pretrained.md").read_text(encoding="utf-8")
    texts, labels = ["a parcel", "my refund is late"] * 9, [0, 1] * 9
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 3
    for code in blocks:
        code = code.replace("sentence-transformers/all-MiniLM-L6-v2", tiny_encoder())
        names = {"texts": texts, "labels": labels}
        exec(code, names)
        assert names["clf"].predict(texts).shape == (18,)


def test_pages_made_from_the_code_are_up_to_date():
    pages = runpy.run_path(str(ROOT / "docs" / "make_pages.py"))["pages"]()
    for path, text in pages.items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run make docs"


def test_readme_and_guide_recommend_the_same_losses():
    def rows(page):
        text = page.read_text(encoding="utf-8")
        table = re.search(r"^\| you want \|.*\n(?:\|.*\n)+", text, re.MULTILINE).group(0)
        return set(table.splitlines())

    assert rows(ROOT / "README.md") < rows(ROOT / "docs" / "guide.md")


def test_page_of_losses_names_them_all():
    text = (ROOT / "docs" / "losses.md").read_text(encoding="utf-8")
    for name, Loss in LOSSES.items():
        assert f"## `{name}`" in text
        assert Loss.__name__ in text


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_example_of_an_extension_runs(example):
    done = subprocess.run(
        [sys.executable, str(example)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_links_between_pages_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("benchmarks/*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_changelog_names_the_version_or_what_is_unreleased():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## Unreleased" in text or sktext.__version__ in text
