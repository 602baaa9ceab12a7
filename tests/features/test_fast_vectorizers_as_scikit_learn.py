"""The tests of scikit-learn's vectorizers, from the installed package, pass against ours."""

import importlib.util
import sys
from unittest import mock

import pytest
from sklearn.feature_extraction import text

from sktext.features import (
    FastCountVectorizer,
    FastHashingVectorizer,
    FastTfidfVectorizer,
)
from sktext.features._fast import _engine as _fast_engine

OURS = {
    "CountVectorizer": FastCountVectorizer,
    "TfidfVectorizer": FastTfidfVectorizer,
    "HashingVectorizer": FastHashingVectorizer,
}
pytestmark = pytest.mark.filterwarnings("default")  # as they are run


def their_module():
    """Run the file of tests with our classes under the names of theirs."""
    spec = importlib.util.find_spec("sklearn.feature_extraction.tests.test_text")
    module = importlib.util.module_from_spec(spec)
    with mock.patch.multiple(text, **OURS):
        spec.loader.exec_module(module)
    return module


def listed(mark):
    """Make lists of iterators of parameters, which pytest no longer likes."""
    if mark.name != "parametrize":
        return mark
    names, values = mark.args
    return pytest.mark.parametrize(names, list(values), **mark.kwargs).mark


THEIRS = their_module()
for name, test in vars(THEIRS).items():
    if name.startswith("test_"):
        test.pytestmark = [listed(mark) for mark in getattr(test, "pytestmark", [])]
        globals()[name] = test


@pytest.fixture(autouse=True, params=["engine", "few texts"])
def way(request, monkeypatch):
    """Count all texts by the engine, or few ones by scikit-learn."""
    monkeypatch.setitem(sys.modules, THEIRS.__name__, THEIRS)  # for pickles of its functions
    if request.param == "engine":
        monkeypatch.setattr(_fast_engine, "N_FEW", 1)
