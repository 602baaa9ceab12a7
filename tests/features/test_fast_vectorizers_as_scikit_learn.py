"""The tests of scikit-learn's vectorisers, from the installed package, pass against ours."""

import importlib.util
from unittest import mock

import pytest
from sklearn.feature_extraction import text

from sktext.features import (
    FastCountVectorizer,
    FastHashingVectorizer,
    FastTfidfVectorizer,
    _fast_engine,
)

OURS = {
    "CountVectorizer": FastCountVectorizer,
    "TfidfVectorizer": FastTfidfVectorizer,
    "HashingVectorizer": FastHashingVectorizer,
}


def their_tests():
    """Run the file of tests with our classes under their names, and give its tests."""
    spec = importlib.util.find_spec("sklearn.feature_extraction.tests.test_text")
    module = importlib.util.module_from_spec(spec)
    with mock.patch.multiple(text, **OURS):
        spec.loader.exec_module(module)
    return {name: thing for name, thing in vars(module).items() if name.startswith("test_")}


@pytest.fixture(autouse=True, params=["engine", "few texts"])
def way(request, monkeypatch):
    """Count all texts by the engine, or few ones by scikit-learn."""
    if request.param == "engine":
        monkeypatch.setattr(_fast_engine, "N_FEW", 1)


globals().update(their_tests())
