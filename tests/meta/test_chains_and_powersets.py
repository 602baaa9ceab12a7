"""Chains of labels, a classifier per label and classes of label sets, by scikit-learn's means."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.pipeline import make_pipeline

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext.meta import CalibratedClassifier, TunedThresholdsClassifier
from sktext.model_selection import IterativeStratifiedKFold


def linear(**params):
    return TorchClassifier(random_state=0, **params)


INNER = {
    "cross-entropy": linear(),
    "focal": linear(loss="focal", class_weight="balanced"),
    "over-sampled": linear(sampler="over"),
    "hidden units": linear(hidden_layer_sizes=(8,), max_epochs=30),
}
METAS = {"chain": ClassifierChain, "one each": MultiOutputClassifier}


@pytest.fixture(scope="module")
def labels(multilabel):
    texts, y = multilabel
    return texts[:160], y[:160], texts[160:], y[160:]


@pytest.mark.slow
@pytest.mark.parametrize("inner", INNER)
@pytest.mark.parametrize("meta", METAS)
def test_meta_estimator_learns_labels_of_sparse_features(meta, inner, labels):
    texts, y, texts_test, y_test = labels
    clf, oracle = (
        make_pipeline(TfidfVectorizer(), METAS[meta](classifier)).fit(texts, y)
        for classifier in (INNER[inner], LogisticRegression(C=10))
    )
    scores = [f1_score(y_test, one.predict(texts_test), average="micro") for one in (clf, oracle)]
    assert scores[0] > scores[1] - 0.1
    proba = np.array(clf.predict_proba(texts_test))
    assert np.all((proba >= 0) & (proba <= 1))


def test_one_classifier_each_is_the_multilabel_classifier(labels):
    texts, y, texts_test, _ = labels
    vectorizer = TfidfVectorizer().fit(texts)
    X, X_test = vectorizer.transform(texts), vectorizer.transform(texts_test)
    inner = linear(loss="bce", weight_decay=1e-3, dtype="float64")
    together = inner.fit(X, y).predict_proba(X_test)
    each = MultiOutputClassifier(inner).fit(X, y).predict_proba(X_test)
    np.testing.assert_allclose(together, np.column_stack([p[:, 1] for p in each]), atol=0.01)


def test_one_classifier_each_takes_raw_texts_and_weights(labels):
    texts, y, texts_test, y_test = labels
    clf = MultiOutputClassifier(TfidfTorchClassifier(random_state=0))
    clf.fit(texts, y, sample_weight=np.ones(len(texts)))
    assert f1_score(y_test, clf.predict(texts_test), average="micro") > 0.7


def test_chain_hands_labels_on_to_those_after_them(rng):
    X = rng.randn(400, 6)
    X_test = rng.randn(400, 6)
    first = X[:, 0] + rng.randn(400) > 0
    y = np.column_stack([first, first & (X[:, 1] > 0)]).astype(int)
    chain = ClassifierChain(linear(), order=[0, 1]).fit(X, y)
    assert [clf.n_features_in_ for clf in chain.estimators_] == [6, 7]
    predicted = chain.predict(X_test)
    assert np.all(predicted[:, 1] <= predicted[:, 0])
    alone = MultiOutputClassifier(linear()).fit(X, y).predict(X_test)
    assert np.any(alone[:, 1] > alone[:, 0])


@pytest.mark.parametrize("meta", METAS)
def test_parameters_of_the_inner_loss_are_searched(meta, labels):
    texts, y, _, _ = labels
    pipeline = make_pipeline(TfidfVectorizer(), METAS[meta](linear(loss="focal", max_epochs=3)))
    step, chain = pipeline.steps[-1]
    inner = "estimator" if hasattr(chain, "estimator") else "base_estimator"  # before 1.7
    name = f"{step}__{inner}__loss__gamma"
    search = GridSearchCV(
        pipeline, {name: [0.0, 5.0]}, scoring="f1_micro", cv=IterativeStratifiedKFold(2)
    ).fit(texts, y)
    assert search.best_params_[name] in (0.0, 5.0)


@pytest.mark.slow
@pytest.mark.parametrize("meta", METAS)
@pytest.mark.parametrize("outer", [TunedThresholdsClassifier, CalibratedClassifier])
def test_thresholds_and_calibration_go_around_it(outer, meta, labels):
    texts, y, texts_test, y_test = labels
    pipeline = make_pipeline(TfidfVectorizer(), METAS[meta](linear()))
    clf = outer(pipeline, cv=2, random_state=0).fit(texts, y)
    assert f1_score(y_test, clf.predict(texts_test), average="micro") > 0.7
    assert clf.predict(texts_test).shape == y_test.shape


@pytest.mark.parametrize("meta", METAS)
def test_copies_and_pickles_predict_the_same(meta, labels):
    texts, y, texts_test, _ = labels
    clf = make_pipeline(TfidfVectorizer(), METAS[meta](linear())).fit(texts, y)
    for twin in (clone(clf).fit(texts, y), pickle.loads(pickle.dumps(clf))):
        np.testing.assert_array_equal(twin.predict(texts_test), clf.predict(texts_test))


# -- every set of labels that occurs as a class ----------------------------------------------


@pytest.mark.parametrize(
    "clf",
    [TfidfTorchClassifier(random_state=0), make_pipeline(TfidfVectorizer(), linear())],
    ids=["texts", "pipeline"],
)
def test_sets_of_labels_are_told_as_classes(clf, labels):
    texts, y, texts_test, y_test = labels
    sets, numbers = np.unique(y, axis=0, return_inverse=True)
    predicted = sets[clf.fit(texts, numbers.ravel()).predict(texts_test)]
    assert {tuple(row) for row in predicted} <= {tuple(row) for row in sets}
    assert f1_score(y_test, predicted, average="micro") > 0.7


def test_probabilities_of_sets_add_up_to_those_of_labels(labels):
    texts, y, texts_test, y_test = labels
    sets, numbers = np.unique(y, axis=0, return_inverse=True)
    clf = TfidfTorchClassifier(random_state=0).fit(texts, numbers.ravel())
    proba = clf.predict_proba(texts_test) @ sets
    assert np.all((proba > 0) & (proba < 1))
    assert f1_score(y_test, proba > 0.5, average="micro") > 0.7
