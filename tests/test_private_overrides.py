"""Private names of other packages: all are there still, and overrides are called.

A method that another package has renamed, or calls no more, fails nowhere: the override just
has no effect. So each is watched at work.
"""

import importlib
import inspect
import pkgutil
import subprocess
import sys
from functools import wraps
from textwrap import dedent
from typing import NamedTuple

import pytest
import torch
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.metrics import accuracy_score, make_scorer
from skorch import NeuralNet
from torch import nn

import sktext
from sktext import TfidfTorchClassifier
from sktext._sklearn import (
    BaseComposition,
    BaseSearchCV,
    MetadataRequest,
    MethodMetadataRequest,
    MultimetricScorer,
)
from sktext._training._lbfgs import StableLBFGS, _StableVector
from sktext._training._net import Net
from sktext.features import FastCountVectorizer, FastHashingVectorizer, FastTfidfVectorizer
from sktext.model_selection import LossSearchCV

TEXTS, LABELS = ["good film", "not a good film", "bad film", "dull"] * 40, [1, 0, 0, 0] * 40


def fit_all_at_once():
    TfidfTorchClassifier(optimizer="lbfgs", max_epochs=2).fit(TEXTS, LABELS)


def fit_by_batches():
    TfidfTorchClassifier(optimizer="adam", max_epochs=2).fit(TEXTS, LABELS)


def count():
    FastCountVectorizer(max_features=2, strip_accents="unicode").fit_transform(TEXTS)


def weigh():
    FastTfidfVectorizer(max_features=2, strip_accents="unicode").fit_transform(TEXTS)


def hash_terms():
    FastHashingVectorizer(n_features=8, strip_accents="unicode").transform(TEXTS)


def search():
    LossSearchCV(TfidfTorchClassifier(max_epochs=2), {"loss": ["focal"]}, cv=2).fit(TEXTS, LABELS)


class Override(NamedTuple):
    """A method of another package's class, ours in its place, and what should call it."""

    theirs: type
    name: str
    ours: type
    run: callable
    caller: str  # the package that calls it

    def __repr__(self):
        return f"{self.ours.__name__}.{self.name}"


OVERRIDES = [
    Override(torch.optim.LBFGS, "_gather_flat_grad", StableLBFGS, fit_all_at_once, "torch"),
    Override(torch.optim.LBFGS, "_add_grad", StableLBFGS, fit_all_at_once, "torch"),
    Override(torch.Tensor, "dot", _StableVector, fit_all_at_once, "torch"),
    Override(torch.Tensor, "sum", _StableVector, fit_all_at_once, "torch"),
    *(
        Override(CountVectorizer, name, ours, run, "sklearn")
        for ours, run in [(FastCountVectorizer, count), (FastTfidfVectorizer, weigh)]
        for name in ("_count_vocab", "_sort_features", "_limit_features")
    ),
    *(
        Override(CountVectorizer.__mro__[1], "_warn_for_unused_params", ours, run, "sklearn")
        for ours, run in [(FastCountVectorizer, count), (FastTfidfVectorizer, weigh)]
    ),
    Override(CountVectorizer, "build_preprocessor", FastCountVectorizer, count, "sklearn"),
    Override(HashingVectorizer, "build_preprocessor", FastHashingVectorizer, hash_terms, "sklearn"),
    Override(BaseEstimator, "_validate_params", TfidfTorchClassifier, fit_by_batches, "sklearn"),
    Override(NeuralNet, "_default_callbacks", Net, fit_by_batches, "skorch"),
    Override(NeuralNet, "initialize_optimizer", Net, fit_by_batches, "skorch"),
    Override(NeuralNet, "infer", Net, fit_by_batches, "sktext"),
]
# Made by the other package's machinery, or declared for it; and a method that is there to be
# abstract no more.
DECLARED = {
    "_abc_impl",
    "_backward_cls",
    "_parameter_constraints",
    "_run_search",
    "_sklearn_auto_wrap_output_keys",
}

SCORER = make_scorer(accuracy_score)
# What is read or called, of a class or of an object.
USED = [
    (CountVectorizer, ["_word_ngrams", "_char_ngrams", "_char_wb_ngrams", "_white_spaces"]),
    (HashingVectorizer, ["_validate_ngram_range", "_get_hasher"]),
    (TfidfVectorizer().fit(TEXTS), ["_tfidf"]),
    (BaseSearchCV, ["_get_scorers", "_get_routed_params_for_fit", "_format_results"]),
    (BaseSearchCV, ["_check_refit_for_multimetric", "_select_best_index", "_run_search"]),
    (SCORER, ["_score_func", "_kwargs", "_sign", "_response_method"]),
    (MultimetricScorer(scorers={"accuracy": SCORER}), ["_scorers"]),
    (MetadataRequest(owner="somebody"), ["fit", "score", "fit_resample"]),
    (MethodMetadataRequest(owner="somebody", method="fit"), ["requests"]),
    (BaseComposition, ["_get_params", "_set_params"]),
    (NeuralNet, ["_initialize_callbacks", "_initialize_optimizer"]),
    (NeuralNet, ["_set_training", "_zero_grad_optimizer"]),
    (nn.Linear(1, 1), ["_buffers", "_parameters"]),
]


@pytest.mark.parametrize("override", OVERRIDES, ids=repr)
def test_what_is_overridden_is_there(override):
    assert hasattr(override.theirs, override.name)
    theirs = inspect.getattr_static(override.theirs, override.name)
    ours = inspect.getattr_static(override.ours, override.name)
    assert ours is not theirs, f"{override!r} is not overridden; take it off the table"


@pytest.mark.parametrize("override", OVERRIDES, ids=repr)
def test_overrides_are_called(override, monkeypatch):
    callers = set()
    monkeypatch.setattr(override.ours, override.name, spy(override, callers))
    override.run()
    assert override.caller in callers


def spy(override, callers):
    """Replace an override by one that writes down which packages call it."""
    own = inspect.getattr_static(override.ours, override.name)
    kind = type(own) if isinstance(own, (property, staticmethod)) else None
    function = {property: "fget", staticmethod: "__func__"}.get(kind)
    function = own if function is None else getattr(own, function)

    @wraps(function)
    def called(*args, **params):
        callers.add(sys._getframe(1).f_globals["__name__"].split(".")[0])
        return function(*args, **params)

    return called if kind is None else kind(called)


@pytest.mark.parametrize(("thing", "names"), USED)
def test_what_is_used_is_there(thing, names):
    assert [name for name in names if not hasattr(thing, name)] == []


def test_every_override_of_a_private_method_is_on_the_table():
    watched = {(override.theirs, override.name) for override in OVERRIDES}
    for ours in classes_of_the_package():
        for name in set(dir(ours)) - DECLARED:
            if name.startswith("_") and not name.startswith("__"):
                theirs = overridden(ours, name)
                assert theirs is None or (theirs, name) in watched, f"{ours.__name__}.{name}"


def classes_of_the_package():
    modules = pkgutil.walk_packages(sktext.__path__, "sktext.")
    for module in [importlib.import_module(found.name) for found in modules]:
        for thing in vars(module).values():
            if inspect.isclass(thing) and is_ours(thing):
                yield thing


def is_ours(kind):
    return kind.__module__.split(".")[0] == "sktext"


def overridden(kind, name):
    """Find the class of another package whose method a class of ours overrides."""
    owners = [owner for owner in kind.__mro__ if name in vars(owner)]
    theirs = [owner for owner in owners if not is_ours(owner) and owner.__module__ != "typing"]
    return theirs[-1] if theirs and is_ours(owners[0]) else None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("torch.optim.LBFGS", "_add_grad"),
        ("sklearn.feature_extraction.text.CountVectorizer", "_sort_features"),
    ],
)
def test_the_import_says_which_method_is_missing(kind, name):
    module, kind = kind.rsplit(".", 1)
    code = dedent(f"""
        from {module} import {kind}
        del {kind}.{name}
        try:
            import sktext
        except ImportError as error:
            assert str(error).startswith("sktext overrides {name} of {kind}, which "), error
        else:
            raise AssertionError("imported")
    """)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
