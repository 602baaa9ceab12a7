"""Metadata requests work whenever they were made, before or after any import."""

import os
import subprocess
import sys
import textwrap

import pytest

# What somebody does before the package, or imbalanced-learn, is imported.
REQUEST = """
import pickle, sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
sklearn.set_config(enable_metadata_routing=True)
theirs = LogisticRegression().set_fit_request(sample_weight=True)
theirs.set_score_request(sample_weight=False)
"""
IMPORTS = {
    "package first": "import sktext\n" + REQUEST,
    "request first": REQUEST + "import sktext\n",
    "request, imbalanced-learn, package": REQUEST + "import imblearn\nimport sktext\n",
    "imbalanced-learn, request, package": "import imblearn\n" + REQUEST + "import sktext\n",
    "request from a file": (
        REQUEST + "data = pickle.dumps(theirs)\nimport sktext\ntheirs = pickle.loads(data)\n"
    ),
}
USE = """
from sktext import TfidfTorchClassifier
from sktext.datasets import make_imbalanced_texts
from sktext import meta
from sktext.model_selection import LossSearchCV
from sktext.sampling import SAMPLERS

texts, labels = make_imbalanced_texts(120, imbalance=3, random_state=0)
weight = [1.0, 2.0] * 60
mine = TfidfTorchClassifier(random_state=0).set_fit_request(sample_weight=True)
mine.set_score_request(sample_weight=False)
pipeline = make_pipeline(TfidfVectorizer(), theirs)
for inner in (mine, pipeline):
    for sampler in (None, "over", "under"):
        meta.RebalancedClassifier(inner, sampler=sampler).fit(texts, labels, sample_weight=weight)
    meta.TunedThresholdsClassifier(inner, cv=2).fit(texts, labels, sample_weight=weight)
    meta.CalibratedClassifier(inner, cv=2).fit(texts, labels, sample_weight=weight)
    outer = meta.RebalancedClassifier(inner, sampler="over").set_fit_request(sample_weight=True)
    outer.set_score_request(sample_weight=False)
    GridSearchCV(outer, {"reweight": [False, True]}, cv=2).fit(
        texts, labels, sample_weight=weight
    )
for sampler in SAMPLERS:
    if sampler == "word_replacement":
        continue  # which needs word vectors
    inner = sklearn.base.clone(mine).set_params(sampler=sampler, max_epochs=1)
    meta.TunedThresholdsClassifier(inner, cv=2).fit(texts, labels, sample_weight=weight)
for _ in range(2):
    grid = {"loss": ["cross_entropy", "focal"]}
    LossSearchCV(mine, grid, cv=2).fit(texts, labels, sample_weight=weight)
    GridSearchCV(mine, grid, cv=2).fit(texts, labels, sample_weight=weight)
print("routed")
"""


@pytest.mark.slow
@pytest.mark.parametrize("order", list(IMPORTS))
def test_requests_are_routed_in_any_order_of_imports(order):
    script = textwrap.dedent(IMPORTS[order]) + USE
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "routed" in done.stdout


def test_no_call_of_the_package_imports_imbalanced_learn_late():
    script = "import sys, sktext; assert 'imblearn.base' in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)
