"""The demo runs, from an empty folder, and writes what it says."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_demo_prints_the_table_draws_and_saves(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "demo.py")],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    for word in ("margin_ce", "fraud", "hard message", "reloaded"):
        assert word in done.stdout
    assert "searching over losses" in done.stderr
    assert (tmp_path / "demo_output" / "losses.png").stat().st_size > 10_000
    assert (tmp_path / "demo_output" / "model.joblib").exists()
