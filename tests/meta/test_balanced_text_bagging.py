"""Many classifiers on balanced draws."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from sktext import TfidfTorchClassifier
from sktext.datasets import make_imbalanced_texts
from sktext.meta import BalancedTextBagging

FAST = TfidfTorchClassifier(max_epochs=3)


@pytest.fixture(scope="module")
def hard():
    texts, labels = make_imbalanced_texts(800, n_classes=3, imbalance=30, random_state=0)
    return texts[:500], labels[:500], texts[500:], labels[500:]


def test_every_member_sees_as_many_rows_of_every_class(multiclass):
    texts, labels = multiclass
    clf = BalancedTextBagging(FAST, n_estimators=3, random_state=0).fit(texts, labels)
    smallest = np.unique(labels, return_counts=True)[1].min()
    for rows in clf.estimators_samples_:
        assert set(np.unique(labels[rows], return_counts=True)[1]) == {smallest}
    assert len({tuple(rows) for rows in clf.estimators_samples_}) == 3


def test_without_replacement_no_row_comes_twice(multiclass):
    clf = BalancedTextBagging(FAST, n_estimators=2, replacement=False, random_state=0)
    for rows in clf.fit(*multiclass).estimators_samples_:
        assert len(set(rows.tolist())) == len(rows)


@pytest.mark.slow
def test_result_is_the_same_for_any_number_of_jobs(multiclass):
    texts, labels = multiclass
    one, two = (
        BalancedTextBagging(FAST, n_estimators=3, n_jobs=n_jobs, random_state=0)
        .fit(texts, labels)
        .predict_proba(texts)
        for n_jobs in (1, 2)
    )
    np.testing.assert_array_equal(one, two)


def test_rare_classes_are_recalled_better_than_by_one_classifier(hard):
    texts, labels, test, y_test = hard
    one = TfidfTorchClassifier(random_state=0).fit(texts, labels).predict(test)
    many = BalancedTextBagging(random_state=0).fit(texts, labels).predict(test)
    assert recall_score(y_test, many, average="macro") > recall_score(y_test, one, average="macro")


def test_out_of_bag_score_is_near_the_score_on_new_rows(hard):
    texts, labels, test, y_test = hard
    clf = BalancedTextBagging(FAST, n_estimators=15, oob_score=True, random_state=0)
    clf.fit(texts, labels)
    assert clf.oob_score_ == pytest.approx(clf.score(test, y_test), abs=0.06)
    assert clf.oob_decision_function_.shape == (500, 3)
    assert np.isfinite(clf.oob_decision_function_).all()


def test_out_of_bag_rows_of_labels_without_signal_are_told_by_chance(rng):
    texts = [f"word{i} " + " ".join(rng.choice(list("abcdef"), 4)) for i in range(300)]
    labels = rng.randint(2, size=300)
    clf = BalancedTextBagging(FAST, n_estimators=10, oob_score=True, random_state=0)
    assert clf.fit(texts, labels).oob_score_ == pytest.approx(0.5, abs=0.1)


def test_row_that_all_members_saw_has_no_out_of_bag_score(multiclass):
    texts, labels = multiclass
    clf = BalancedTextBagging(FAST, n_estimators=2, replacement=False, oob_score=True)
    clf.fit(texts, labels)
    rarest = min(set(labels), key=labels.tolist().count)
    assert np.isnan(clf.oob_decision_function_[labels == rarest]).all()


def test_weights_follow_their_rows_and_zero_is_never_drawn(multiclass):
    texts, labels = multiclass
    weight = np.ones(len(texts))
    weight[:20] = 0
    clf = BalancedTextBagging(
        make_pipeline(TfidfVectorizer(), MultinomialNB()), n_estimators=3, random_state=0
    )
    clf.fit(texts, labels, weight)
    assert min(rows.min() for rows in clf.estimators_samples_) >= 20


def test_reweighted_members_predict_the_shares_of_the_data(hard):
    texts, labels, test, _ = hard
    inner = make_pipeline(TfidfVectorizer(), LogisticRegression())
    share = (labels == "account").mean()
    plain, reweighted = (
        BalancedTextBagging(inner, n_per_class=100, reweight=reweight, random_state=0)
        .fit(texts, labels)
        .predict_proba(test)[:, 0]
        .mean()
        for reweight in (False, True)
    )
    assert abs(reweighted - share) < abs(plain - share) / 2


def test_classifier_without_probabilities_votes_by_scores(multiclass, binary):
    inner = make_pipeline(TfidfVectorizer(), LinearSVC())
    for texts, labels in (multiclass, binary):
        clf = BalancedTextBagging(inner, n_estimators=3, oob_score=True, random_state=0)
        assert not hasattr(clf, "predict_proba")
        assert clf.fit(texts, labels).score(texts, labels) > 0.8
        assert not hasattr(clf, "predict_proba")


def test_labels_are_drawn_equally_often_for_multilabel_targets(multilabel):
    texts, y = multilabel
    clf = BalancedTextBagging(FAST, n_estimators=3, oob_score=True, random_state=0).fit(texts, y)
    assert clf.predict(texts).shape == y.shape
    for rows in clf.estimators_samples_:
        before, after = y.mean(axis=0), y[rows].mean(axis=0)
        assert after.max() / after.min() < before.max() / before.min()


def test_search_over_members(multiclass):
    grid = {"n_estimators": [1, 3], "estimator__loss": ["cross_entropy", "crammer_singer"]}
    search = GridSearchCV(BalancedTextBagging(FAST, random_state=0), grid, cv=2)
    assert search.fit(*multiclass).best_score_ > 0.7


def test_class_of_zero_weight_alone_is_no_class(multiclass):
    texts, labels = multiclass
    gone = labels[0]
    clf = BalancedTextBagging(FAST, n_estimators=2, oob_score=True, random_state=0)
    clf.fit(texts, labels, sample_weight=(labels != gone) * 1.0)
    assert gone not in clf.classes_
    assert clf.predict_proba(texts).shape == (len(texts), 2)
    assert np.isnan(clf.oob_decision_function_[labels == gone]).all()
    kept = labels != gone
    assert clf.score(np.array(texts, dtype=object)[kept], labels[kept]) > 0.8


def test_probabilities_of_several_outputs_are_one_matrix(multilabel):
    texts, y = multilabel
    inner = make_pipeline(TfidfVectorizer(), MultiOutputClassifier(LogisticRegression()))
    clf = BalancedTextBagging(inner, n_estimators=2, random_state=0).fit(texts, y)
    assert clf.predict(texts).shape == y.shape


def test_another_estimator_is_fitted_the_second_time(multiclass):
    clf = BalancedTextBagging(FAST, n_estimators=1, random_state=0).fit(*multiclass)
    clf.set_params(estimator=make_pipeline(TfidfVectorizer(), LinearSVC())).fit(*multiclass)
    assert not hasattr(clf, "predict_proba")


def test_metadata_routing_brings_weights_to_the_members(multiclass):
    texts, labels = multiclass
    with config_context(enable_metadata_routing=True):
        inner = LogisticRegression().set_fit_request(sample_weight=True)
        pipeline = make_pipeline(TfidfVectorizer(), inner)
        clf = BalancedTextBagging(pipeline, n_estimators=2, random_state=0)
        clf.fit(texts, labels, sample_weight=np.ones(len(texts)))
        with pytest.raises(UnsetMetadataPassedError):
            clf.set_params(estimator=make_pipeline(TfidfVectorizer(), LogisticRegression())).fit(
                texts, labels, sample_weight=np.ones(len(texts))
            )
