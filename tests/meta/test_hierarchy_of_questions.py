"""Fifty kinds of questions in six classes, real ones; SKTEXT_DATA names their folder."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union

from sktext import TfidfTorchClassifier
from sktext.meta import HierarchicalClassifier, LocalHierarchicalClassifier
from sktext.metrics import hierarchical_f1_score, level_scores


def shape(word):
    """A word without what only names and numbers have."""
    if any(map(str.isdigit, word)):
        return "0"
    if word[0].isupper():
        return "XX" if word.isupper() and len(word) > 1 else "Xx"
    return word


def shapes(text):
    """Runs of up to three words; names and numbers, but at the start, by their shape."""
    first, *others = text.split()
    words = ["^", first.lower(), *map(shape, others)]
    return [" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)]


def questions_vectorizer():
    return make_union(
        TfidfVectorizer(analyzer=shapes, sublinear_tf=True, dtype=np.float32),
        TfidfVectorizer(
            analyzer="char",
            lowercase=False,
            ngram_range=(1, 5),
            min_df=2,
            sublinear_tf=True,
            dtype=np.float32,
        ),
    )


@pytest.fixture(scope="module")
def questions(real_texts):
    frame = real_texts("trec")
    train, test = (frame[frame["split"] == split] for split in ("train", "test"))
    return train["text"], train["fine_label"], test["text"], test["fine_label"]


@pytest.mark.slow
def test_fine_labels_of_questions_are_told_without_a_contradiction(questions):
    X, y, X_test, y_test = questions
    network = TfidfTorchClassifier(questions_vectorizer(), (200,), 0.5, loss="mcm", random_state=0)
    clf = HierarchicalClassifier(network).fit(X, y)
    assert clf.score(X_test, y_test) >= 0.85
    assert clf.hierarchy_.count_violations(clf.predict_proba(X_test)) == 0
    assert clf.hierarchy_.count_violations(clf.predict_indicator(X_test)) == 0
    assert hierarchical_f1_score(y_test, clf.predict(X_test)) > 0.86
    assert level_scores(y_test, clf.predict(X_test))["accuracy"][0] > 0.88


@pytest.mark.slow
def test_one_classifier_of_all_levels_beats_flat_and_local_ones_of_the_same_kind(questions):
    X, y, X_test, y_test = questions

    def linear(loss):
        network = TfidfTorchClassifier(loss=loss, random_state=0)
        return network.set_params(vectorizer__ngram_range=(1, 2))

    joint = HierarchicalClassifier(linear("mcm")).fit(X, y).score(X_test, y_test)
    flat = linear("cross_entropy").fit(X, y)
    local = LocalHierarchicalClassifier(linear("cross_entropy")).fit(X, y)
    assert local.hierarchy_.count_violations(local.predict_indicator(X_test)) == 0
    assert joint > flat.score(X_test, y_test)
    assert joint > local.score(X_test, y_test)
