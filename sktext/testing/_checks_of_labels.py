"""Checks of the labels of a text classifier, and of their scores."""

import numpy as np
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score
from sklearn.utils import get_tags

from sktext.testing._text_models import (
    assert_refused,
    assert_same,
    assert_same_model,
    dense,
    error_of,
    fitted,
    make_binary_texts,
    make_multilabel_texts,
    make_texts,
    scores,
    seeded,
    skip_unless,
)

# For each kind, the smaller and the larger label.
LABELS = {
    "str": ("ham", "spam"),
    "object": np.array(["ham", "spam"], dtype=object),
    "int": (0, 1),
    "bool": (False, True),
    "negative": (-1, 1),
    "gaps": (1, 7),
}
METHODS = ("predict", "predict_proba", "decision_function")


def check_labels_of_any_kind_come_back(estimator):
    """Predictions are labels of ``y``, and renamed labels lead to the same model."""
    X, y = make_binary_texts()
    expected = None
    for kind, pair in LABELS.items():
        pair = np.asarray(pair)
        labels = pair[y.astype(int)]
        model = fitted(seeded(estimator), X, labels)
        answers = np.asarray(model.predict(X))
        message = f"predict must return the {kind} labels that were given, among {pair.tolist()}"
        assert answers.shape == (len(X),), f"predict must return one label per text: {message}"
        assert set(answers.tolist()) <= set(pair.tolist()), message
        is_second = answers == pair[1]
        expected = is_second if expected is None else expected
        message = f"{kind} labels must be learned as any others are"
        np.testing.assert_array_equal(is_second, expected, err_msg=message)


def check_classes_are_sorted_labels(estimator):
    """``classes_`` holds the labels once, sorted and of their type."""
    X, y = make_texts(estimator)
    numbers = 3 * np.unique(y, return_inverse=True)[1] - 4
    for labels in (y, y.tolist(), numbers):
        model = fitted(seeded(estimator), X, labels)
        assert isinstance(model.classes_, np.ndarray), "classes_ must be an array"
        expected = sorted(set(labels))
        assert model.classes_.tolist() == expected, (
            f"classes_ must be the sorted labels {expected}; got {model.classes_.tolist()}"
        )
        kinds = model.predict(X[:2]).dtype.kind, model.classes_.dtype.kind
        message = f"predictions must be of the type of classes_; got the kinds {kinds}"
        assert kinds[0] == kinds[1], message


def check_probabilities_are_probabilities(estimator):
    """Probabilities have a column per class, sum to one and agree with the prediction."""
    skip_unless(hasattr(estimator, "predict_proba"), "it has no probabilities")
    problems = [make_binary_texts()]
    if get_tags(estimator).classifier_tags.multi_class:
        problems.append(make_texts(estimator))
    for X, y in problems:
        model = fitted(seeded(estimator), X, y)
        proba = model.predict_proba(X)
        shape = (len(X), len(model.classes_))
        assert proba.shape == shape, f"probabilities must be of shape {shape}; got {proba.shape}"
        assert ((proba >= 0) & (proba <= 1)).all(), "probabilities must lie in [0, 1]"
        assert_same(proba.sum(axis=1), np.ones(len(X)), "probabilities must sum to one")
        codes = np.searchsorted(model.classes_, model.predict(X))
        message = "the predicted class must have the largest probability"
        assert_same(proba[np.arange(len(X)), codes], proba.max(axis=1), message)


def check_decision_values_point_at_the_prediction(estimator):
    """Two classes have one decision value, positive for the second; more have one each."""
    skip_unless(hasattr(estimator, "decision_function"), "it has no decision function")
    X, y = make_binary_texts()
    model = fitted(seeded(estimator), X, y)
    values = model.decision_function(X)
    shape = (len(X),)
    message = f"decision values of two classes must be of shape {shape}; got {values.shape}"
    assert values.shape == shape, message
    message = "a positive decision value must mean the second class"
    np.testing.assert_array_equal(values > 0, model.predict(X) == model.classes_[1], message)
    if not get_tags(estimator).classifier_tags.multi_class:
        return
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    values = model.decision_function(X)
    shape = (len(X), len(model.classes_))
    assert values.shape == shape, f"decision values must be of shape {shape}; got {values.shape}"
    answers = model.classes_[values.argmax(axis=1)]
    message = "the predicted class must have the largest decision value"
    np.testing.assert_array_equal(answers, model.predict(X), message)


def check_indicator_matrix_is_multilabel(estimator):
    """For an indicator matrix, dense or sparse, predictions are one, with a score per label."""
    X, y = make_multilabel_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    answers = dense(model.predict(X))
    assert answers.shape == y.shape, f"predictions must be of shape {y.shape}: {answers.shape}"
    assert np.isin(answers, (0, 1)).all(), "predictions must hold zeros and ones"
    for method in METHODS[1:]:
        if hasattr(model, method):
            values = getattr(model, method)(X)
            message = f"{method} must be of shape {y.shape}; got {np.shape(values)}"
            assert np.shape(values) == y.shape, message
    by_sparse = fitted(seeded(estimator), X, sparse.csr_array(y))
    assert_same_model(by_sparse, model, X, "a sparse indicator matrix must count as a dense one")


def check_several_labels_are_refused_or_taken_as_the_tags_say(estimator):
    """A classifier whose tags do not claim several labels refuses an indicator matrix."""
    tags = get_tags(estimator)
    skip_unless(not tags.classifier_tags.multi_label, "its tags claim several labels")
    X, _ = make_texts(estimator)
    y = np.eye(len(X), 3, dtype=int)
    assert_refused(lambda: seeded(estimator).fit(X, y), "an indicator matrix")


def check_score_is_accuracy(estimator):
    """``score`` is the accuracy, weighted by ``sample_weight`` if given."""
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    answers = model.predict(X)
    assert_same(model.score(X, y), accuracy_score(y, answers), "score must be the accuracy")
    weight = np.linspace(0, 1, len(X))
    expected = accuracy_score(y, answers, sample_weight=weight)
    message = "score with sample_weight must be the weighted accuracy"
    assert_same(model.score(X, y, sample_weight=weight), expected, message)


def check_unfitted_says_so(estimator):
    """Before a fit, every prediction raises NotFittedError."""
    X, _ = make_texts(estimator)
    for method in METHODS:
        if not hasattr(estimator, method):
            continue
        error = error_of(lambda: getattr(seeded(estimator), method)(X))  # noqa: B023
        assert isinstance(error, NotFittedError), (
            f"{method} before fit must raise NotFittedError; got {error!r}"
        )


def check_prediction_does_not_depend_on_its_batch(estimator):
    """A text gets the same scores alone, in any order, and next to texts of any length."""
    X, y = make_texts(estimator)
    model = fitted(seeded(estimator), X, y)
    expected = scores(model, X)
    message = "the scores of a text must not depend on the order of the batch"
    assert_same(scores(model, X[::-1])[::-1], expected, message)
    message = "the scores of a text must not depend on the texts around it"
    alone = np.concatenate([scores(model, [text]) for text in X[:8]])
    assert_same(alone, expected[:8], message)
    among = scores(model, ["", *X[:8], "The parcel is late. " * 500])
    assert_same(among[1:9], expected[:8], message)
