"""Classifiers of labels in a hierarchy: coherent, closed upward, and learning."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from sktext import FastTextClassifier, TfidfTorchClassifier
from sktext.losses import MCMLoss
from sktext.meta import HierarchicalClassifier, LocalHierarchicalClassifier
from sktext.metrics import hierarchical_f1_score
from sktext.preprocessing import Hierarchy, HierarchyEncoder
from sktext.testing import text_classifier_checks

WORDS = {
    "animal:dog": "bark leash puppy",
    "animal:cat": "purr whisker kitten",
    "animal": "fur tail paw",
    "food:fruit:apple": "cider orchard core",
    "food:fruit:plum": "stone jam purple",
    "food:bread": "oven crust flour",
}
SHARED = {"animal": "fur tail paw", "food": "taste eat cook"}


def make_texts(n_samples=240, seed=0):
    rng = np.random.RandomState(seed)
    labels = rng.choice(list(WORDS), n_samples)
    texts = []
    for label in labels:
        own, shared = WORDS[label].split(), SHARED[label.split(":")[0]].split()
        words = [*rng.choice(own, 2), *rng.choice(shared, 2), *rng.choice(["the", "a", "it"], 3)]
        texts.append(" ".join(rng.permutation(words)))
    return texts, labels


TEXTS, LABELS = make_texts()
TEST_TEXTS, TEST_LABELS = make_texts(120, seed=1)


def tfidf(**params):
    return TfidfTorchClassifier(random_state=0, **params)


def pipeline(classifier):
    return make_pipeline(TfidfVectorizer(), classifier)


ESTIMATORS = {
    "mcm": tfidf(loss="mcm"),
    "bce": tfidf(loss="bce"),
    "without probabilities": tfidf(loss="hinge"),
    "fast_text": FastTextClassifier(embedding_dim=16, loss="mcm", max_epochs=80, random_state=0),
    "one vs rest": pipeline(OneVsRestClassifier(LogisticRegression(C=10))),
    "margins": pipeline(OneVsRestClassifier(LinearSVC())),
    "list of probabilities": pipeline(RandomForestClassifier(20, random_state=0)),
}


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("coherence", ["raise_parents", "lower_children"])
def test_any_classifier_learns_and_never_contradicts(name, coherence):
    clf = HierarchicalClassifier(ESTIMATORS[name], coherence=coherence).fit(TEXTS, LABELS)
    assert clf.score(TEST_TEXTS, TEST_LABELS) > 0.8
    predicted = clf.predict(TEST_TEXTS)
    assert np.mean(predicted == TEST_LABELS) == pytest.approx(clf.score(TEST_TEXTS, TEST_LABELS))
    indicator = clf.predict_indicator(TEST_TEXTS)
    np.testing.assert_array_equal(indicator, clf.hierarchy_.close(indicator))
    np.testing.assert_array_equal(
        indicator, HierarchyEncoder(clf.hierarchy_).fit(predicted).transform(predicted)
    )
    assert hasattr(clf, "predict_proba") == (name not in ("without probabilities", "margins"))
    if hasattr(clf, "predict_proba"):
        proba = clf.predict_proba(TEST_TEXTS)
        assert proba.shape == (len(TEST_TEXTS), len(clf.classes_))
        assert clf.hierarchy_.count_violations(proba) == 0


@pytest.mark.parametrize("decision", ["path", "leaf"])
def test_only_labels_that_ended_a_row_are_predicted(decision):
    clf = HierarchicalClassifier(tfidf(loss="bce", max_epochs=1), decision=decision)
    predicted = clf.fit(TEXTS, LABELS).predict([*TEST_TEXTS, "unheard words", ""])
    assert set(predicted) <= set(LABELS)
    assert "food:fruit" in clf.classes_


def test_path_is_the_likeliest_of_all_consistent_sets():
    clf = HierarchicalClassifier(tfidf(loss="mcm", max_epochs=2)).fit(TEXTS, LABELS)
    proba = clf.predict_proba(TEST_TEXTS)
    sets = clf.hierarchy_.above().toarray()[[list(clf.classes_).index(label) for label in WORDS]]
    likelihood = [np.prod(np.where(s > 0, proba, 1 - proba), axis=1) for s in sets]
    best = np.array(list(WORDS))[np.argmax(likelihood, axis=0)]
    np.testing.assert_array_equal(clf.predict(TEST_TEXTS), best)


def test_sets_of_labels_are_predicted_with_all_labels_above():
    parents = {"pet": None, "animal": None, "dog": ["pet", "animal"], "bread": None}
    y = [["dog", "bread"] if "a" in text.split() else {"bread"} for text in TEXTS]
    clf = HierarchicalClassifier(tfidf(loss="mcm"), parents=parents)
    clf.set_params(estimator__vectorizer__token_pattern=r"\S+").fit(TEXTS, y)
    assert clf.predict(["a a", "the"]) == [["pet", "animal", "dog", "bread"], ["bread"]]
    assert clf.predict_paths(["a a"]) == [[("pet", "dog"), ("animal", "dog"), ("bread",)]]
    assert clf.score(TEXTS, y) > 0.95


def test_indicator_matrix_gives_the_same_model_as_lists():
    encoder = HierarchyEncoder().fit(LABELS)
    only_last = encoder.hierarchy_.most_specific(encoder.transform(LABELS)).astype(int)
    by_columns = HierarchicalClassifier(tfidf(loss="mcm"), parents=encoder.hierarchy_)
    by_columns.fit(TEXTS, only_last)
    by_lists = HierarchicalClassifier(tfidf(loss="mcm")).fit(TEXTS, [[label] for label in LABELS])
    expected = encoder.transform([sorted(row) for row in by_lists.predict(TEST_TEXTS)])
    np.testing.assert_array_equal(by_columns.predict(TEST_TEXTS), expected)
    assert by_columns.score(TEST_TEXTS, encoder.transform(TEST_LABELS)) > 0.8


@pytest.mark.parametrize("make", [sparse.csr_array, sparse.csr_matrix, pd.DataFrame])
def test_matrix_goes_out_in_the_container_it_came_in(make):
    encoder = HierarchyEncoder().fit(LABELS)
    columns = encoder.classes_
    y, y_test = (encoder.transform(labels) for labels in (LABELS, TEST_LABELS))
    clf = HierarchicalClassifier(tfidf(loss="mcm"), parents=encoder.hierarchy_)
    expected = clone(clf).fit(TEXTS, y).predict(TEST_TEXTS)
    if make is pd.DataFrame:
        y, y_test = (pd.DataFrame(part, columns=columns)[columns[::-1]] for part in (y, y_test))
    predicted = clf.fit(TEXTS, make(y)).predict(TEST_TEXTS)
    assert type(predicted) is make
    if make is pd.DataFrame:
        assert predicted.columns.tolist() == columns.tolist()
    dense = predicted.toarray() if sparse.issparse(predicted) else predicted.to_numpy()
    np.testing.assert_array_equal(dense, expected)
    assert clf.score(TEST_TEXTS, make(y_test)) > 0.8


def test_hierarchy_reaches_a_loss_by_name_or_object_but_replaces_none():
    for loss in ("mcm", MCMLoss()):
        clf = HierarchicalClassifier(tfidf(loss=loss, max_epochs=1)).fit(TEXTS, LABELS)
        assert clf.estimator_.loss_.hierarchy == clf.hierarchy_
        assert clf.estimator.loss is loss
    own = Hierarchy(dict.fromkeys(HierarchyEncoder().fit(LABELS).classes_.tolist()))
    clf = HierarchicalClassifier(tfidf(loss=MCMLoss(own), max_epochs=1)).fit(TEXTS, LABELS)
    assert clf.estimator_.loss_.hierarchy == own


@pytest.mark.parametrize("meta", [HierarchicalClassifier, LocalHierarchicalClassifier])
def test_weight_zero_leaves_a_row_out(meta):
    loss = "mcm" if meta is HierarchicalClassifier else "cross_entropy"
    keep = np.arange(len(TEXTS)) % 3 > 0
    clf = meta(tfidf(loss=loss, vectorizer="hashing"))
    clf.set_params(estimator__vectorizer__n_features=2**10)
    some = clone(clf).fit([t for t, k in zip(TEXTS, keep, strict=True) if k], LABELS[keep])
    weighted = clf.fit(TEXTS, LABELS, sample_weight=keep.astype(float))
    np.testing.assert_allclose(
        weighted.predict_proba(TEST_TEXTS), some.predict_proba(TEST_TEXTS), atol=1e-5
    )


@pytest.mark.parametrize("meta", [HierarchicalClassifier, LocalHierarchicalClassifier])
def test_copies_and_pickles_predict_the_same(meta):
    loss = "mcm" if meta is HierarchicalClassifier else "cross_entropy"
    clf = meta(tfidf(loss=loss, max_epochs=2)).fit(TEXTS, LABELS)
    for twin in (clone(clf).fit(TEXTS, LABELS), pickle.loads(pickle.dumps(clf))):
        np.testing.assert_array_equal(twin.predict_proba(TEST_TEXTS), clf.predict_proba(TEST_TEXTS))


def test_search_reaches_the_inner_loss_and_scores_with_the_hierarchy():
    search = GridSearchCV(
        HierarchicalClassifier(tfidf(loss=MCMLoss(), max_epochs=1)),
        {"estimator__loss__hierarchy": [None], "estimator__max_epochs": [1, 5]},
        scoring=make_scorer(hierarchical_f1_score),
        cv=KFold(2),
    ).fit(TEXTS, LABELS)
    assert search.best_score_ > 0.8
    assert search.best_estimator_.estimator_.loss_.hierarchy is not None


def test_labels_to_watch_are_written_as_columns():
    clf = HierarchicalClassifier(tfidf(loss="mcm", early_stopping=True, max_epochs=3))
    clf.fit(TEXTS, LABELS, X_val=TEST_TEXTS, y_val=TEST_LABELS)
    assert clf.estimator_.best_validation_score_ is not None
    with pytest.raises(ValueError, match=r"y_val\[0\] has the label 'stone'"):
        clf.fit(TEXTS, LABELS, X_val=["a"], y_val=["stone"])


def test_probabilities_of_the_local_classifier_multiply_on_the_way_down():
    clf = LocalHierarchicalClassifier(tfidf()).fit(TEXTS, LABELS)
    proba = dict(zip(clf.classes_, clf.predict_proba(TEST_TEXTS).T, strict=True))
    assert clf.hierarchy_.count_violations(clf.predict_proba(TEST_TEXTS)) == 0
    np.testing.assert_allclose(proba["animal"] + proba["food"], 1)
    np.testing.assert_allclose(
        proba["food:fruit:apple"] + proba["food:fruit:plum"], proba["food:fruit"]
    )
    assert (proba["animal:dog"] + proba["animal:cat"] < proba["animal"]).all()  # it may stop
    assert set(clf.predict(TEST_TEXTS)) == set(WORDS)
    assert clf.score(TEST_TEXTS, TEST_LABELS) > 0.8


def test_way_that_all_rows_go_needs_no_classifier():
    texts, y = ["cat", "dog", "oak", "elm"] * 5, ["a:b:cat", "a:b:dog", "t:oak", "t:oak"] * 5
    clf = LocalHierarchicalClassifier(tfidf()).fit(texts, y)
    names = {"top" if i < 0 else clf.classes_[i] for i in clf.estimators_}
    assert names == {"top", "a:b"}
    assert clf.predict(texts[:4]).tolist() == y[:4]
    assert clf.predict_paths(["elm"]) == [[("t", "t:oak")]]
    one_way = LocalHierarchicalClassifier(tfidf()).fit(["x", "y"], ["a:b", "a:b"])
    assert one_way.predict(["z"]).tolist() == ["a:b"]
    np.testing.assert_array_equal(one_way.predict_proba(["z"]), [[1, 1]])


@pytest.mark.parametrize(
    ("clf", "y", "message"),
    [
        (HierarchicalClassifier(tfidf(loss="mcm")), ["a", "a"], "one class, 'a'"),
        (HierarchicalClassifier(tfidf(loss="mcm")), ["a"], "inconsistent numbers of samples"),
        (HierarchicalClassifier(tfidf(loss="mcm")), np.eye(2), "pass parents="),
        (
            LocalHierarchicalClassifier(tfidf(), parents={"a": None, "b": None}),
            [["a", "b"], ["a"]],
            r"y\[0\] has 2 labels",
        ),
        (
            LocalHierarchicalClassifier(tfidf(), parents={"a": None, "b": None, "c": ["a", "b"]}),
            ["a", "c"],
            "several parents",
        ),
        (
            HierarchicalClassifier(tfidf(), parents={"a": None, "b": "a"}),
            pd.DataFrame({"b": [1, 0], "c": [0, 1]}),
            r"columns \['b', 'c'\], and the hierarchy the labels \['a', 'b'\]",
        ),
        (HierarchicalClassifier(tfidf()), [[0, 1, 1], [1, 0, 0]], r"y\[0\] repeats a label"),
        (
            LocalHierarchicalClassifier(tfidf(), parents={"a": None, "b": "a"}),
            np.array([[1, -1], [1, 1]]),
            r"y\[0, 1\] is -1",
        ),
    ],
)
def test_what_cannot_be_fitted_is_refused(clf, y, message):
    with pytest.raises(ValueError, match=message):
        clf.fit(["x", "y"], y)


# -- on labels without levels, what every text classifier promises --------------------------

ROUTING = "the inner classifier has its own requests"
EXPECTED = {
    HierarchicalClassifier: {
        "check_probabilities_are_probabilities": "rows of labels that include others exceed one",
        "check_indicator_matrix_is_multilabel": "a matrix needs parents",
        "check_weights_are_routed_on_request": ROUTING,
    },
    LocalHierarchicalClassifier: {"check_weights_are_routed_on_request": ROUTING},
}


def flat_checks():
    """Every check of both classifiers, as test parameters."""
    for meta, loss in (
        (HierarchicalClassifier, "mcm"),
        (LocalHierarchicalClassifier, "cross_entropy"),
    ):
        clf = meta(tfidf(loss=loss, max_epochs=10))
        checks = text_classifier_checks(clf, expected_failed_checks=EXPECTED[meta], slow=False)
        for name, check in checks:
            yield pytest.param(clf, check, id=f"{meta.__name__}-{name}")


@pytest.mark.slow
@pytest.mark.parametrize(("clf", "check"), list(flat_checks()))
def test_classifier_of_flat_labels_passes_the_check(clf, check):
    check(clf)


@pytest.mark.parametrize("Classifier", [HierarchicalClassifier, LocalHierarchicalClassifier])
def test_score_counts_a_label_that_was_not_fitted_as_wrong(Classifier):
    texts = ["red round apple", "long yellow banana", "big grey elephant", "small grey mouse"]
    labels = ["fruit:apple", "fruit:banana", "animal:elephant", "animal:mouse"]
    clf = Classifier(TfidfTorchClassifier(random_state=0)).fit(texts, labels)
    right = list(clf.predict(texts))
    assert clf.score(texts, right) == 1.0
    assert clf.score(texts, ["fruit:cherry", *right[1:]]) == 0.75


def test_score_names_a_label_that_given_parents_lack():
    texts, labels = ["red apple", "grey mouse"], ["apple", "mouse"]
    parents = {"fruit": None, "animal": None, "apple": "fruit", "mouse": "animal"}
    clf = HierarchicalClassifier(TfidfTorchClassifier(random_state=0), parents=parents)
    with pytest.raises(ValueError, match="'cherry', which is not among"):
        clf.fit(texts, labels).score(texts, ["apple", "cherry"])


@pytest.mark.parametrize("kind", [HierarchicalClassifier, LocalHierarchicalClassifier])
def test_paths_are_scored_whether_they_come_as_tuples_or_as_lists(kind):
    clf = kind(TfidfTorchClassifier(random_state=0))
    clf.fit(["red", "blue"] * 20, [("a", "b"), ("a", "c")] * 20)
    assert clf.score(["red", "blue"], [("a", "b"), ("a", "c")]) == 1
    assert clf.score(["red", "blue"], [["a", "b"], ["a", "c"]]) == 1
    assert clf.score(["red", "blue"], [["a", "c"], ["a", "c"]]) == 0.5
