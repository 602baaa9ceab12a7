"""The demo runs, from an empty folder, and writes what it says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Several run at once on few cores, where threads would wait for each other.
ENVIRONMENT = {"MPLBACKEND": "template", "OMP_NUM_THREADS": "1"}


@pytest.mark.slow
def test_demo_prints_the_table_draws_and_saves(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "demo.py")],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    for word in ("margin_ce", "fraud", "hard message", "reloaded"):
        assert word in done.stdout
    assert "searching over losses" in done.stderr
    assert (tmp_path / "demo_output" / "losses.png").stat().st_size > 10_000
    assert (tmp_path / "demo_output" / "model.joblib").exists()


PLOTS = sorted((ROOT / "examples").glob("plot_*.py"))


@pytest.mark.slow
@pytest.mark.parametrize("path", PLOTS, ids=lambda path: path.stem)
def test_gallery_example_runs_in_a_minute(path, tmp_path):
    code = path.read_text(encoding="utf-8")
    if "fetch_" in code and "SKTEXT_DATA" not in os.environ:
        pytest.skip("SKTEXT_DATA does not name a folder of data sets")
    if "gensim" in code:
        pytest.importorskip("gensim")
    vectors = "fasttext_wiki_news_999x300.vec.gz"
    if vectors in code and not (Path(os.environ["SKTEXT_DATA"]) / vectors).exists():
        pytest.skip("SKTEXT_DATA has no file of word vectors")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, **ENVIRONMENT},
        timeout=180,  # a minute on two free cores
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 4
    (folder,) = tmp_path.iterdir()
    assert folder.name == "pictures", "an example leaves nothing but its pictures behind"
    (picture,) = folder.iterdir()
    assert picture.stat().st_size > 10_000
    assert f"saved {picture.relative_to(tmp_path)}" in done.stdout
