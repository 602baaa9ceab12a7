"""Several labels per row: what they come in, they go out in."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, get_scorer
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from sktext import FastTextClassifier, TfidfTorchClassifier
from sktext.meta import BalancedTextBagging, RebalancedClassifier
from sktext.model_selection import IterativeStratifiedKFold

NAMES = np.array(["account", "billing", "delivery", "other"])


def sets_of(y, kind=tuple, names=NAMES):
    return [kind(names[row > 0].tolist()) for row in y]


def quick(**params):
    return TfidfTorchClassifier(**{"max_epochs": 3, "random_state": 0, **params})


SETS = {
    "tuples": sets_of,
    "lists": lambda y: sets_of(y, list),
    "sets": lambda y: sets_of(y, set),
    "frozensets": lambda y: sets_of(y, frozenset),
    "tuple of tuples": lambda y: tuple(sets_of(y)),
    "object array": lambda y: pd.Series(sets_of(y)).to_numpy(),
    "Series": lambda y: pd.Series(sets_of(y, list), index=range(5, 5 + len(y))),
    "polars": lambda y: pl.Series(sets_of(y, list)),
    "pyarrow": lambda y: pa.array(sets_of(y, list)),
}


@pytest.mark.parametrize("kind", SETS)
def test_sets_of_labels_are_learned_as_the_indicator_matrix_is(kind, multilabel):
    texts, y = multilabel
    clf = quick().fit(texts, SETS[kind](y))
    assert clf.classes_.tolist() == NAMES.tolist()
    expected = quick().fit(texts, y)
    np.testing.assert_array_equal(clf.predict_proba(texts), expected.predict_proba(texts))
    assert clf.predict(texts) == sets_of(expected.predict(texts))
    assert clf.score(texts, SETS[kind](y)) == accuracy_score(y, expected.predict(texts))


def test_numbers_may_be_the_labels_of_sets(multilabel):
    texts, y = multilabel
    clf = quick().fit(texts, sets_of(y, names=np.array([3, 7, 10, 20])))
    assert clf.classes_.tolist() == [3, 7, 10, 20]
    assert {type(label) for labels in clf.predict(texts) for label in labels} == {int}


MATRICES = {
    "array": (lambda y: y, np.ndarray),
    "bool array": (lambda y: y.astype(bool), np.ndarray),
    "list of lists": (lambda y: y.tolist(), np.ndarray),
    "csr_array": (sparse.csr_array, sparse.csr_array),
    "csc_matrix": (sparse.csc_matrix, sparse.csr_matrix),
    "pandas": (lambda y: pd.DataFrame(y, columns=NAMES), pd.DataFrame),
    "pandas of bool": (lambda y: pd.DataFrame(y > 0, columns=NAMES), pd.DataFrame),
    "polars": (lambda y: pl.DataFrame(y, schema=NAMES.tolist()), pl.DataFrame),
}


@pytest.mark.parametrize("kind", MATRICES)
def test_matrix_of_labels_comes_back_as_it_was_given(kind, multilabel):
    texts, y = multilabel
    convert, answer = MATRICES[kind]
    clf = pickle.loads(pickle.dumps(quick().fit(texts, convert(y))))
    predicted = clf.predict(texts)
    assert type(predicted) is answer
    expected = quick().fit(texts, y)
    dense = predicted.toarray() if sparse.issparse(predicted) else np.asarray(predicted)
    np.testing.assert_array_equal(dense, expected.predict(texts))
    if hasattr(predicted, "columns"):
        assert list(predicted.columns) == clf.classes_.tolist() == NAMES.tolist()
    assert clf.predict_proba(texts).shape == y.shape
    assert clf.score(texts, convert(y)) == accuracy_score(y, dense)


@pytest.mark.parametrize("kind", ["array", "csr_array", "pandas"])
@pytest.mark.parametrize("scoring", ["f1_micro", "f1_macro", "accuracy"])
def test_scorers_read_the_predictions(kind, scoring, multilabel):
    texts, y = multilabel
    given = MATRICES[kind][0](y)
    score = get_scorer(scoring)(quick().fit(texts, given), texts, given)
    assert score == get_scorer(scoring)(quick().fit(texts, y), texts, y)


def test_validation_takes_a_data_frame(multilabel):
    texts, y = multilabel
    expected = cross_validate(quick(), texts, y, cv=2, scoring="f1_micro")
    frame = pd.DataFrame(y, columns=NAMES)
    scores = cross_validate(quick(), texts, frame, cv=2, scoring="f1_micro")
    np.testing.assert_allclose(scores["test_score"], expected["test_score"])


def test_search_goes_over_sets_of_labels(multilabel):
    texts, y = multilabel
    search = GridSearchCV(quick(), {"max_epochs": [1, 3]}, cv=IterativeStratifiedKFold(2))
    search.fit(texts, sets_of(y))
    assert isinstance(search.predict(texts)[0], tuple)


def test_folds_of_sets_are_those_of_the_indicator_matrix(multilabel):
    _, y = multilabel
    folds = IterativeStratifiedKFold(3)
    for (_, test), (_, same) in zip(folds.split(y, sets_of(y)), folds.split(y, y), strict=True):
        np.testing.assert_array_equal(test, same)


def test_validation_rows_may_come_as_any_kind(multilabel):
    texts, y = multilabel
    for given in (sets_of(y), y):
        clf = quick(early_stopping=True, scoring="f1_micro")
        clf.fit(texts, sets_of(y), X_val=texts, y_val=given)
        predicted = clf.decision_function(texts) > 0
        best = max(clf.history_[:, "valid_score"])
        assert f1_score(y, predicted, average="micro") == pytest.approx(best)


def test_partial_fit_is_told_all_labels(multilabel):
    texts, y = multilabel
    clf = quick()
    clf.partial_fit(texts[:10], [("other",)] * 10, classes=NAMES)
    clf.partial_fit(texts, sets_of(y))
    assert clf.classes_.tolist() == NAMES.tolist()
    with pytest.raises(ValueError, match=r"y\[0\] has the label 'new'"):
        clf.partial_fit(texts[:1], [("new",)])


def test_partial_fit_takes_columns_in_any_order_of_names(multilabel):
    texts, y = multilabel
    frame = pd.DataFrame(y, columns=NAMES[::-1])
    clf = quick()
    for _ in range(2):
        clf.partial_fit(texts, frame, classes=NAMES)
    assert clf.predict(texts).columns.tolist() == NAMES[::-1].tolist()


def test_warm_start_takes_sets_again(multilabel):
    texts, y = multilabel
    clf = quick(warm_start=True).fit(texts, sets_of(y))
    assert clf.fit(texts, sets_of(y, set)).predict(texts[:1])[0].__class__ is tuple


def test_columns_in_another_order_are_refused(multilabel):
    texts, y = multilabel
    frame = pd.DataFrame(y, columns=NAMES)
    clf = quick(warm_start=True).fit(texts, frame)
    with pytest.raises(ValueError, match="Select them in that order"):
        clf.fit(texts, frame[NAMES[::-1]])
    with pytest.raises(ValueError, match="y_val has the columns"):
        clf.fit(texts, frame, X_val=texts, y_val=frame[NAMES[::-1]])


def test_class_weights_go_by_the_names_of_the_labels(multilabel):
    texts, y = multilabel
    named = quick(class_weight={"billing": 5.0}).fit(texts, sets_of(y))
    numbered = quick(class_weight={1: 5.0}).fit(texts, y)
    np.testing.assert_array_equal(named.predict_proba(texts), numbered.predict_proba(texts))


def test_sequence_classifier_takes_sets(multilabel):
    texts, y = multilabel
    clf = FastTextClassifier(max_epochs=1, random_state=0).fit(texts, sets_of(y))
    assert set().union(*clf.predict(texts)) <= set(NAMES.tolist())


@pytest.mark.parametrize("kind", ["sets", "csr_array", "pandas"])
def test_classifiers_of_classifiers_give_the_kind_back(kind, multilabel):
    texts, y = multilabel
    convert = SETS.get(kind) or MATRICES[kind][0]
    inner = make_pipeline(TfidfVectorizer(), OneVsRestClassifier(LogisticRegression()))
    for clf in (
        RebalancedClassifier(quick(), sampler="over", random_state=0),
        RebalancedClassifier(inner),
        BalancedTextBagging(quick(), n_estimators=2, random_state=0),
    ):
        clf.fit(texts, convert(y))
        assert type(clf.predict(texts)) is type(quick().fit(texts, convert(y)).predict(texts))
        assert clf.classes_.tolist() == (list(range(4)) if kind == "csr_array" else NAMES.tolist())
        assert 0 < clf.score(texts, convert(y)) <= 1


DEGENERATE = {
    "label without a positive": lambda y: np.column_stack([y, np.zeros(len(y), int)]),
    "label with positives only": lambda y: np.column_stack([y, np.ones(len(y), int)]),
    "rows without labels": lambda y: y * (np.arange(len(y)) % 2)[:, None],
    "no label in any row": lambda y: np.zeros_like(y),
    "one positive": lambda y: np.column_stack([y, np.arange(len(y)) == 5]).astype(int),
}


@pytest.mark.parametrize(
    "loss", ["bce", "focal", "asl", "zlpr", "soft_f1", "distribution_balanced"]
)
@pytest.mark.parametrize("kind", DEGENERATE)
def test_unusual_labels_are_learned_without_nan(kind, loss, multilabel):
    texts, y = multilabel
    y = DEGENERATE[kind](y)
    clf = quick(loss=loss, early_stopping=True, max_epochs=2).fit(texts, y)
    assert np.isfinite(clf.decision_function(texts)).all()
    assert np.isfinite(clf.history_[:, "valid_loss"]).all()
    assert clf.predict(texts).shape == y.shape


def test_single_label_in_sets_is_one_column(multilabel):
    texts, y = multilabel
    clf = quick().fit(texts, [("a",) if row[0] else () for row in y])
    assert clf.predict_proba(texts).shape == (len(texts), 1)
    assert set(clf.predict(texts)) <= {(), ("a",)}


def test_score_refuses_columns_in_another_order(multilabel):
    texts, y = multilabel
    frame = pd.DataFrame(y, columns=NAMES)
    clf = quick().fit(texts, frame)
    assert clf.score(texts, frame) == clf.score(texts, y)
    with pytest.raises(ValueError, match=r"y has the columns .* Select them in that order"):
        clf.score(texts, frame[NAMES[::-1]])


def test_score_counts_a_row_with_a_label_that_was_not_fitted_as_wrong(multilabel):
    texts, y = multilabel
    sets = sets_of(y)
    clf = quick().fit(texts, sets)
    right = clf.predict(texts)
    assert clf.score(texts, right) == 1.0
    right[0] = (*right[0], "new")
    assert clf.score(texts, right) == 1 - 1 / len(texts)
    assert clf.score(texts[:1], [("new",)]) == 0.0
