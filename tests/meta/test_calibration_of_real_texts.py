"""Bent probabilities come back on real texts; SKTEXT_DATA names their folder."""

import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split
from sklearn.preprocessing import MultiLabelBinarizer

from sktext import TfidfTorchClassifier
from sktext.meta import CalibratedClassifier
from sktext.metrics import expected_calibration_error

BENT = [{"loss": "focal"}, {"sampler": "over"}, {"loss": "logit_adjustment"}]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["temperature", "vector", "sigmoid", "isotonic"])
@pytest.mark.parametrize("params", BENT, ids=str)
def test_probabilities_of_spam_come_back(params, method, sms):
    train, test, y_train, y_test = train_test_split(
        *sms, test_size=0.3, stratify=sms[1], random_state=0
    )
    inner = TfidfTorchClassifier(random_state=0, **params)
    clf = CalibratedClassifier(inner, method=method, cv=3, random_state=0).fit(train, y_train)
    raw = expected_calibration_error(y_test, clf.estimator_.predict_proba(test))
    error = expected_calibration_error(y_test, clf.predict_proba(test))
    assert error < raw
    assert error <= 0.02


@pytest.mark.slow
@pytest.mark.parametrize("params", BENT[:2], ids=str)
def test_probabilities_of_moods_of_news_come_back(params, real_texts):
    frame = real_texts("financial_phrasebank").drop_duplicates("text")
    texts, labels = frame["text"].to_numpy(), frame["label"].to_numpy()
    inner = TfidfTorchClassifier(random_state=0, **params)
    raw, error = (
        expected_calibration_error(
            labels,
            cross_val_predict(
                clf,
                texts,
                labels,
                cv=StratifiedKFold(3, shuffle=True, random_state=0),
                method="predict_proba",
            ),
        )
        for clf in (inner, CalibratedClassifier(inner, method="vector", random_state=0))
    )
    assert error < raw
    assert error <= 0.02


@pytest.mark.slow
@pytest.mark.parametrize("params", BENT[:2], ids=str)
def test_probabilities_of_topics_come_back(params, real_texts):
    frame = real_texts("reuters_r90")
    y = MultiLabelBinarizer().fit_transform(frame["labels"].str.split(","))
    y = y[:, np.argsort(-y.sum(axis=0))[:10]]
    train, texts = (frame["split"] == "train").to_numpy(), frame["text"].to_numpy()
    inner = TfidfTorchClassifier(random_state=0, **params)
    clf = CalibratedClassifier(inner, method="vector", random_state=0).fit(texts[train], y[train])
    for average in ("macro", "micro"):
        raw, error = (
            expected_calibration_error(y[~train], one.predict_proba(texts[~train]), average=average)
            for one in (clf.estimator_, clf)
        )
        assert error < raw
        assert error <= 0.02
