"""Errors say what was expected, what came and where, and what to do."""

import numpy as np
import pandas as pd
import pytest
import torch

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext.losses import FocalLoss

TEXTS = [f"text number {i}" for i in range(20)]
LABELS = np.array(["a", "b"] * 10)


def with_text(value):
    return [*TEXTS[:17], value, *TEXTS[18:]]


def weights(value):
    return np.r_[np.ones(19), value]


FIT_ERRORS = {
    "callback": (lambda c: c(callbacks=["log"]).fit(TEXTS, LABELS), r"callbacks\[0\].*'log'"),
    "bare string": (lambda c: c().fit("hello", LABELS), r"single str.*\[X\]"),
    "bytes": (lambda c: c().fit(with_text(b"x"), LABELS), r"X\[17\].*bytes.*decode"),
    "None text": (lambda c: c().fit(with_text(None), LABELS), r"X\[17\].*None.*fill"),
    "NaN text": (lambda c: c().fit(with_text(np.nan), LABELS), r"X\[17\].*nan.*fill"),
    "NA text": (lambda c: c().fit(with_text(pd.NA), LABELS), r"X\[17\].*NA.*fill"),
    "number": (lambda c: c().fit(with_text(3.5), LABELS), r"X\[17\].*float 3.5.*passthrough"),
    "empty": (lambda c: c().fit([], []), r"X has no texts"),
    "two columns": (lambda c: c().fit(np.array([TEXTS] * 2).T, LABELS), r"\(20, 2\).*column"),
    "matrix": (lambda c: c().fit(np.zeros((20, 3)), LABELS), r"\(20, 3\)"),
    "sparse matrix": (
        lambda c: c().fit(__import__("scipy.sparse").sparse.eye(20).tocsr(), LABELS),
        r"sparse matrix.*TorchClassifier",
    ),
    "one class": (lambda c: c().fit(TEXTS, ["a"] * 20), r"one class, 'a'"),
    "short y": (lambda c: c().fit(TEXTS, LABELS[:-1]), r"X has 20, y has 19"),
    "no y": (lambda c: c().fit(TEXTS, None), r"the target y is None"),
    "missing label": (lambda c: c().fit(TEXTS, [*LABELS[:-1], None]), r"y\[19\] is missing"),
    "mixed labels": (lambda c: c().fit(TEXTS, [*LABELS[:-1], 3]), r"y\[19\] is 3.*into str"),
    "label among sets": (lambda c: c().fit(TEXTS, ["a", ("a", "b")] * 10), r"y\[0\] must be a set"),
    "labels twice": (lambda c: c().fit(TEXTS, [(3, 1, 3)] * 20), r"y\[0\] repeats a label"),
    "missing in a set": (lambda c: c().fit(TEXTS, [("a", None)] * 20), r"y\[0\] .* missing"),
    "mixed labels in sets": (lambda c: c().fit(TEXTS, [("a",), (1,)] * 10), r"one type; y\[1\]"),
    "empty sets": (lambda c: c().fit(TEXTS, [()] * 20), r"no label in any row"),
    "continuous y": (lambda c: c().fit(TEXTS, np.linspace(0, 1, 20)), r"Unknown label type"),
    "indicator of 2s": (lambda c: c().fit(TEXTS, 2 * np.eye(20, 4, dtype=int)), r"zeros and ones"),
    "NaN weight": (
        lambda c: c().fit(TEXTS, LABELS, sample_weight=weights(np.nan)),
        r"sample_weight\[19\].*NaN.*Give 0",
    ),
    "negative weight": (
        lambda c: c().fit(TEXTS, LABELS, sample_weight=weights(-1)),
        r"sample_weight\[19\] must not be negative; got -1",
    ),
    "zero weights": (
        lambda c: c().fit(TEXTS, LABELS, sample_weight=np.zeros(20)),
        r"All entries of sample_weight are zero",
    ),
    "short weights": (
        lambda c: c().fit(TEXTS, LABELS, sample_weight=np.ones(19)),
        r"sample_weight",
    ),
    "weight of another class": (
        lambda c: c(class_weight={"z": 2}).fit(TEXTS, LABELS),
        r"\['z'\].*\['a', 'b'\]",
    ),
    "X_val without y_val": (lambda c: c().fit(TEXTS, LABELS, X_val=TEXTS), r"belong together"),
    "label only in y_val": (
        lambda c: c().fit(TEXTS, LABELS, X_val=["x"], y_val=["z"]),
        r"y_val\[0\] is 'z'.*not among the classes",
    ),
    "nothing to hold out": (
        lambda c: c(early_stopping=True, validation_fraction=0.001).fit(TEXTS, LABELS),
        r"validation_fraction=0.001 of 20 rows",
    ),
    "unknown loss": (
        lambda c: c(loss="focl").fit(TEXTS, LABELS),
        r"loss='focl' is not known; did you mean 'focal'",
    ),
    "loss of another task": (
        lambda c: c(loss="zlpr").fit(TEXTS, LABELS),
        r"multilabel labels; got binary.*'focal'",
    ),
    "loss parameter out of range": (
        lambda c: c(loss=FocalLoss(gamma=-1)).fit(TEXTS, LABELS),
        r"'gamma' parameter of FocalLoss.*-1",
    ),
    "alpha with classes": (
        lambda c: c(loss=FocalLoss(alpha=0.25)).fit(TEXTS, [*LABELS[:-1], "c"]),
        r"alpha=0.25.*class_weight",
    ),
    "unknown device": (lambda c: c(device="abacus").fit(TEXTS, LABELS), r"'abacus'.*'auto'"),
    "bad layer": (
        lambda c: c(hidden_layer_sizes=(8, 0)).fit(TEXTS, LABELS),
        r"hidden_layer_sizes\[1\]",
    ),
    "chunks for L-BFGS": (
        lambda c: c(optimizer="lbfgs").partial_fit(TEXTS, LABELS),
        r"partial_fit.*optimizer='auto'",
    ),
    "schedule for L-BFGS": (
        lambda c: c(optimizer="lbfgs", lr_schedule="step").fit(TEXTS, LABELS),
        r"lr_schedule='step' has no effect",
    ),
    "early stopping of chunks": (
        lambda c: c(early_stopping=True).partial_fit(TEXTS, LABELS),
        r"early_stopping=False",
    ),
    "balance of chunks": (
        lambda c: c(class_weight="balanced").partial_fit(TEXTS, LABELS),
        r"dict of weights",
    ),
    "typo in net_params": (
        lambda c: c(net_params={"optimiser__betas": 1}).fit(TEXTS, LABELS),
        r"optimiser__betas",
    ),
}


@pytest.mark.parametrize("case", FIT_ERRORS)
def test_error_of_fit_is_a_helpful_sentence(case):
    call, message = FIT_ERRORS[case]
    with pytest.raises((ValueError, TypeError), match=f"(?s){message}"):
        call(TfidfTorchClassifier)


def test_cuda_that_is_not_there_is_named():
    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    with pytest.raises(ValueError, match="sees no CUDA device"):
        TfidfTorchClassifier(device="cuda").fit(TEXTS, LABELS)


def test_wrong_loss_parameter_lists_the_right_ones():
    with pytest.raises(ValueError, match=r"'gama'.*\['alpha', 'gamma'\]"):
        TfidfTorchClassifier(loss="focal").set_params(loss__gama=2)


def test_misspelt_parameter_is_refused_at_once():
    with pytest.raises(TypeError, match="bananas"):
        TfidfTorchClassifier(bananas=3)


def test_texts_for_the_numeric_classifier_point_to_the_other():
    with pytest.raises(ValueError, match="TfidfTorchClassifier"):
        TorchClassifier().fit(TEXTS, LABELS)


def test_loss_without_probabilities_has_no_predict_proba():
    clf = TfidfTorchClassifier(loss="hinge")
    assert not hasattr(clf, "predict_proba")
    clf.fit(TEXTS, LABELS)
    assert not hasattr(clf, "predict_proba")
    assert clf.decision_function(TEXTS).shape == (20,)


def test_other_labels_than_in_the_first_fit_are_named():
    clf = TfidfTorchClassifier(warm_start=True).fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match=r"y\[3\] is 'z'"):
        clf.fit(TEXTS, [*LABELS[:3], "z", *LABELS[4:]])
    with pytest.raises(ValueError, match="as in the first fit"):
        clf.fit(TEXTS, np.eye(20, 3, dtype=int))
