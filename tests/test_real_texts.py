"""What the package promises, on real texts; SKTEXT_DATA names their folder."""

import numpy as np
import pytest
import torch
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.metrics import f1_score, log_loss
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedKFold,
    cross_val_predict,
    cross_val_score,
    train_test_split,
)
from sklearn.preprocessing import MultiLabelBinarizer

from sktext import TfidfTorchClassifier
from sktext.losses import LOSSES


def characters(**params):
    """A classifier on character n-grams within words."""
    return TfidfTorchClassifier(random_state=0, **params).set_params(
        vectorizer__analyzer="char_wb", vectorizer__ngram_range=(2, 5)
    )


@pytest.fixture(scope="module")
def sms_split(sms):
    texts, labels = sms
    return train_test_split(texts, labels, test_size=0.3, stratify=labels, random_state=0)


def test_sms_spam_is_told_by_a_hinge_loss(sms_split):
    train, test, y_train, y_test = sms_split
    clf = characters(loss="hinge").fit(train, y_train)
    assert f1_score(y_test, clf.predict(test), average="macro") > 0.965


@pytest.mark.slow
def test_search_over_losses_on_sms_spam_is_the_same_with_two_jobs(sms_split):
    train, _, y_train, _ = sms_split
    grid = [{"loss": ["cross_entropy", "margin_ce"]}, {"loss": ["focal"], "loss__gamma": [1, 5]}]
    one, two = (
        GridSearchCV(
            TfidfTorchClassifier(random_state=0), grid, scoring="neg_log_loss", cv=2, n_jobs=n_jobs
        ).fit(train, y_train)
        for n_jobs in (1, 2)
    )
    np.testing.assert_array_equal(
        one.cv_results_["mean_test_score"], two.cv_results_["mean_test_score"]
    )


@pytest.mark.parametrize("params", [{"class_weight": "balanced"}, {"loss": "logit_adjustment"}])
def test_correction_raises_the_recall_of_spam(params, sms_split):
    train, test, y_train, y_test = sms_split
    plain = TfidfTorchClassifier(random_state=0).fit(train, y_train).predict(test)
    corrected = TfidfTorchClassifier(random_state=0, **params).fit(train, y_train).predict(test)
    spam = y_test == "spam"
    assert (corrected[spam] == "spam").mean() > (plain[spam] == "spam").mean()


@pytest.mark.parametrize(
    ("loss", "params"),
    [
        ("focal", {"loss__gamma": 2.0}),
        ("focal", {"loss__gamma": 2.0, "loss__alpha": 0.25}),
        ("logit_adjustment", {}),
        ("cross_entropy", {"loss__label_smoothing": 0.2}),
        ("bce", {"loss__pos_weight": 5.0}),
    ],
)
def test_posterior_is_closer_to_the_truth_than_the_raw_probability(loss, params, sms_split):
    train, test, y_train, y_test = sms_split
    clf = TfidfTorchClassifier(loss=loss, random_state=0, weight_decay=1e-4).set_params(**params)
    clf.set_params(vectorizer="words").fit(train, y_train)
    logits = torch.from_numpy(clf.decision_function(test))
    raw = log_loss(y_test, clf.predict_proba(test))
    assert log_loss(y_test, clf.loss_.posterior(logits).numpy()) < raw


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in LOSSES if "multilabel" in LOSSES[n]().tasks])
def test_every_multilabel_loss_learns_the_frequent_labels_of_reuters(name, real_texts):
    news = real_texts("reuters_r90", nrows=3000)
    y = MultiLabelBinarizer().fit_transform(news["labels"].str.split(","))
    y = y[:, np.argsort(-y.sum(axis=0))[:8]]
    texts = news["text"].str.slice(0, 300).tolist()
    clf = TfidfTorchClassifier(loss=name, random_state=0).fit(texts[:2000], y[:2000])
    scores = clf.decision_function(texts[2000:])
    frequent = scores[:, 0][y[2000:, 0] == 1].mean(), scores[:, 0][y[2000:, 0] == 0].mean()
    assert frequent[0] > frequent[1]
    micro = f1_score(y[2000:], clf.predict(texts[2000:]), average="micro")
    assert micro > (0.2 if name in ("log_cosh", "soft_f1") else 0.6)


def test_many_classes_of_questions(real_texts):
    questions = real_texts("trec")
    train, test = (questions[questions["split"] == split] for split in ("train", "test"))
    clf = TfidfTorchClassifier(random_state=0).set_params(vectorizer__ngram_range=(1, 2))
    clf.fit(train["text"], train["label"])
    assert clf.score(test["text"], test["label"]) > 0.85


@pytest.mark.slow
def test_best_loss_reaches_97_percent_macro_f1_on_sms_spam(sms):
    texts, labels = sms
    splits = StratifiedKFold(5, shuffle=True, random_state=0)
    scores = cross_val_score(characters(loss="hinge"), texts, labels, cv=splits, scoring="f1_macro")
    assert scores.mean() >= 0.97


@pytest.mark.slow
def test_probabilities_of_cross_entropy_are_those_of_the_data(sms):
    texts, labels = sms
    clf = TfidfTorchClassifier(weight_decay=1e-5, random_state=0)
    proba = cross_val_predict(clf, texts, labels, cv=5, method="predict_proba")[:, 1]
    assert proba.mean() == pytest.approx((labels == "spam").mean(), abs=0.01)


@pytest.mark.slow
def test_reviews_are_told_as_well_as_by_logistic_regression(real_texts):
    reviews = real_texts("imdb")
    train, test = (reviews[reviews["split"] == split] for split in ("train", "test"))
    clf = TfidfTorchClassifier(random_state=0).set_params(vectorizer__min_df=2)
    clf.fit(train["text"], train["label"])
    assert clf.score(test["text"], test["label"]) >= 0.884


# -- imbalance ------------------------------------------------------------------------


def calibration_error(is_spam, proba):
    """Mean distance of confidence and share, in ten bins of equal size."""
    bins = np.array_split(np.argsort(proba, kind="stable"), 10)
    return np.mean([abs(proba[rows].mean() - is_spam[rows].mean()) for rows in bins])


@pytest.mark.slow
def test_search_over_samplers_on_sms_spam_is_the_same_with_two_jobs(sms_split):
    train, test, y_train, y_test = sms_split
    grid = {
        "sampler": [None, RandomOverSampler(), RandomUnderSampler(), SMOTE()],
        "reweight": [False, True],
        "loss": ["cross_entropy", "margin_ce"],
    }
    one, two = (
        GridSearchCV(
            TfidfTorchClassifier(random_state=0), grid, scoring="f1_macro", cv=2, n_jobs=n_jobs
        ).fit(train, y_train)
        for n_jobs in (1, 2)
    )
    np.testing.assert_array_equal(
        one.cv_results_["mean_test_score"], two.cv_results_["mean_test_score"]
    )
    np.testing.assert_array_equal(one.predict(test), two.predict(test))
    assert f1_score(y_test, one.predict(test), average="macro") > 0.95


@pytest.mark.parametrize("sampler", [RandomOverSampler(), SMOTE()])
def test_reweighted_probabilities_of_spam_are_as_calibrated_as_without_a_sampler(
    sampler, sms_split
):
    train, test, y_train, y_test = sms_split
    is_spam = y_test == "spam"
    errors = {}
    for name, params in {
        "none": {},
        "plain": {"sampler": sampler},
        "reweighted": {"sampler": sampler, "reweight": True},
    }.items():
        model = TfidfTorchClassifier(random_state=0, **params).fit(train, y_train)
        errors[name] = calibration_error(is_spam, model.predict_proba(test)[:, 1])
    assert errors["reweighted"] < errors["none"] + 0.003
    assert abs(errors["reweighted"] - errors["none"]) < abs(errors["plain"] - errors["none"])


@pytest.mark.parametrize("sampler", ["over", "under", "word_deletion", "balanced_batches"])
def test_samplers_raise_the_recall_of_spam(sampler, sms_split):
    train, test, y_train, y_test = sms_split
    spam = y_test == "spam"
    plain = TfidfTorchClassifier(random_state=0, optimizer="adagrad").fit(train, y_train)
    clf = TfidfTorchClassifier(random_state=0, optimizer="adagrad", sampler=sampler)
    recall = (clf.fit(train, y_train).predict(test)[spam] == "spam").mean()
    assert recall >= (plain.predict(test)[spam] == "spam").mean()


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["over", "under", RandomOverSampler()])
def test_rare_topics_of_reuters_become_less_rare(sampler, real_texts):
    frame = real_texts("reuters_r90", nrows=2000)
    y = MultiLabelBinarizer().fit_transform(frame["labels"].str.split(","))
    clf = TfidfTorchClassifier(sampler=sampler, max_epochs=2, random_state=0)
    counts = clf.fit(frame["text"].tolist(), y).class_counts_
    assert counts.max() / np.median(counts) < y.sum(axis=0).max() / np.median(y.sum(axis=0))
