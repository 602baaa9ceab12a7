"""Everything of scikit-learn and imbalanced-learn that takes a classifier takes ours."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_validate,
    learning_curve,
    validation_curve,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler

from sktext import TfidfTorchClassifier, TorchClassifier


@pytest.fixture
def clf():
    return TfidfTorchClassifier(max_epochs=3, random_state=0)


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def strip(texts):
    return [text.strip() for text in texts]


def test_pipeline_of_texts(clf, multiclass):
    texts, labels = multiclass
    model = make_pipeline(FunctionTransformer(strip), clf).fit(texts, labels)
    assert model.score(texts, labels) > 0.9
    assert model.predict_proba(texts).shape == (len(texts), 3)


def test_pipeline_with_a_vectorizer_of_ones_own(multiclass):
    texts, labels = multiclass
    model = make_pipeline(TfidfVectorizer(), MaxAbsScaler(), TorchClassifier(random_state=0))
    assert model.fit(texts, labels).score(texts, labels) > 0.9


def test_vectorizer_object_of_any_kind(multiclass):
    texts, labels = multiclass
    both = FeatureUnion([("words", CountVectorizer()), ("chars", TfidfVectorizer(analyzer="char"))])
    for vectorizer in (both, CountVectorizer(max_features=50), make_pipeline(TfidfVectorizer())):
        clf = TfidfTorchClassifier(vectorizer=vectorizer, random_state=0).fit(texts, labels)
        assert clf.score(texts, labels) > 0.9
        assert not hasattr(vectorizer, "vocabulary_")


def test_column_transformer_picks_the_text_column(multiclass):
    texts, labels = multiclass
    frame = pd.DataFrame({"text": texts, "length": [len(text) for text in texts]})
    columns = ColumnTransformer([("text", TfidfVectorizer(), "text")], remainder=MaxAbsScaler())
    model = make_pipeline(columns, TorchClassifier(random_state=0)).fit(frame, labels)
    assert model.score(frame, labels) > 0.9


def test_imblearn_pipeline_with_smote_before_the_numeric_classifier(multiclass):
    texts, labels = multiclass
    model = make_imblearn_pipeline(
        TfidfVectorizer(), SMOTE(random_state=0), TorchClassifier(random_state=0)
    )
    assert model.fit(texts, labels).score(texts, labels) > 0.9
    counts = model[-1].class_counts_
    assert len(set(counts)) == 1


def test_imblearn_pipeline_with_the_text_classifier(multiclass):
    texts, labels = multiclass
    column = np.array(texts, dtype=object)[:, None]
    model = make_imblearn_pipeline(RandomOverSampler(random_state=0), TfidfTorchClassifier())
    assert model.fit(column, labels).score(column, labels) > 0.9


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
@pytest.mark.parametrize("ensemble", [True, False])
def test_calibrated_classifier(method, ensemble, clf, multiclass):
    texts, labels = multiclass
    model = CalibratedClassifierCV(clf, method=method, ensemble=ensemble, cv=2)
    proba = model.fit(texts, labels).predict_proba(texts)
    np.testing.assert_allclose(proba.sum(axis=1), 1)


def test_calibration_gives_probabilities_to_a_loss_without_any(binary):
    texts, labels = binary
    hinge = TfidfTorchClassifier(loss="hinge", random_state=0)
    assert not hasattr(hinge, "predict_proba")
    model = CalibratedClassifierCV(hinge, cv=2).fit(texts, labels)
    assert model.predict_proba(texts).shape == (len(texts), 2)


def test_frozen_classifier_is_calibrated_without_a_fit(clf, multiclass):
    texts, labels = multiclass
    fitted = clf.fit(texts, labels)
    model = CalibratedClassifierCV(FrozenEstimator(fitted)).fit(texts, labels)
    assert model.score(texts, labels) > 0.9
    assert model.calibrated_classifiers_[0].estimator.estimator is fitted


def test_tuned_and_fixed_thresholds(clf, binary):
    texts, labels = binary
    tuned = TunedThresholdClassifierCV(clf, scoring="balanced_accuracy", cv=2)
    assert tuned.fit(texts, labels).score(texts, labels) > 0.9
    eager = FixedThresholdClassifier(clf, threshold=0.01, pos_label="billing").fit(texts, labels)
    plain = clone(clf).fit(texts, labels)
    assert (eager.predict(texts) == "billing").sum() > (plain.predict(texts) == "billing").sum()


def test_one_versus_rest_and_multi_output(clf, multiclass, multilabel):
    texts, labels = multiclass
    assert OneVsRestClassifier(clf).fit(texts, labels).score(texts, labels) > 0.9
    texts, y = multilabel
    assert OneVsRestClassifier(clf).fit(texts, y).predict(texts).shape == y.shape
    assert MultiOutputClassifier(clf).fit(texts, y).predict(texts).shape == y.shape


@pytest.mark.parametrize("voting", ["soft", "hard"])
def test_voting(voting, clf, multiclass):
    texts, labels = multiclass
    focal = clone(clf).set_params(loss="focal")
    model = VotingClassifier([("ce", clf), ("focal", focal)], voting=voting, n_jobs=2)
    assert model.fit(texts, labels).score(texts, labels) > 0.9


def test_stacking(clf, multiclass):
    texts, labels = multiclass
    margin = clone(clf).set_params(loss="margin_ce")
    model = StackingClassifier([("ce", clf), ("margin", margin)], LogisticRegression(), cv=2)
    assert model.fit(texts, labels).score(texts, labels) > 0.9


def test_bagging_of_one_column(clf, multiclass):
    texts, labels = multiclass
    column = np.array(texts, dtype=object)[:, None]
    model = BaggingClassifier(clf, n_estimators=3, random_state=0).fit(column, labels)
    assert model.score(column, labels) > 0.9


def test_cross_validation_curves_and_importance(clf, multiclass):
    texts, labels = multiclass
    result = cross_validate(clf, texts, labels, cv=2, scoring=["f1_macro", "neg_log_loss"])
    assert np.isfinite(result["test_neg_log_loss"]).all()
    proba = cross_val_predict(clf, texts, labels, cv=2, method="predict_proba")
    assert proba.shape == (len(texts), 3)
    _, _, scores = learning_curve(clf, texts, labels, cv=2, train_sizes=[0.5, 1.0])
    assert scores.shape == (2, 2)
    learning_curve(clf, texts, labels, cv=2, exploit_incremental_learning=True)
    validation_curve(clf, texts, labels, param_name="max_epochs", param_range=[1, 2], cv=2)
    frame = pd.DataFrame({"text": texts})
    fitted = clf.fit(frame, labels)
    importance = permutation_importance(fitted, frame, labels, n_repeats=2, random_state=0)
    assert importance.importances_mean[0] > 0.1


def test_html_repr_shows_the_loss(clf):
    html = clf.set_params(loss="focal", loss__gamma=1.5)._repr_html_()
    assert "FocalLoss" in html
    assert "TfidfTorchClassifier" in html


def test_routing_takes_weights_to_fit_and_score(routing, clf, multiclass, rng):
    texts, labels = multiclass
    weight = rng.uniform(0.1, 2, size=len(texts))
    asks = clf.set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
    scorer = get_scorer("accuracy").set_score_request(sample_weight=True)
    pipeline = make_pipeline(FunctionTransformer(strip), asks)
    search = GridSearchCV(pipeline, {"tfidftorchclassifier__max_epochs": [1, 3]}, scoring=scorer)
    search.fit(texts, labels, sample_weight=weight)
    refit = search.best_estimator_[-1]
    direct = clone(refit).fit(texts, labels, sample_weight=weight)
    np.testing.assert_array_equal(refit.predict_proba(texts), direct.predict_proba(texts))
    result = cross_validate(
        asks, texts, labels, params={"sample_weight": weight}, scoring=scorer, cv=2
    )
    assert np.isfinite(result["test_score"]).all()
    CalibratedClassifierCV(asks, cv=2).fit(texts, labels, sample_weight=weight)


def test_validation_rows_pass_through_the_steps_of_a_pipeline(routing, multiclass):
    texts, labels = multiclass
    train, held = texts[:180], texts[180:]
    clf = TorchClassifier(early_stopping=True, random_state=0)
    clf.set_fit_request(X_val=True, y_val=True)
    model = make_pipeline(TfidfVectorizer(), clf, transform_input=["X_val"])
    model.fit(train, labels[:180], X_val=held, y_val=labels[180:])
    assert len(model[-1].history_[:, "valid_loss"]) == model[-1].n_iter_
    assert model.score(held, labels[180:]) > 0.8
