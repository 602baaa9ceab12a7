"""Thresholds around classifiers of all kinds of y, X and answers."""

import pickle

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_backend
from scipy import sparse
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import make_classification, make_multilabel_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, precision_score
from sklearn.model_selection import GridSearchCV, PredefinedSplit, cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from sktext import TfidfTorchClassifier
from sktext.meta import Cost, FBeta, RecallAtPrecision, TunedThresholdsClassifier
from sktext.testing import text_classifier_checks

MULTILABEL = [
    OneVsRestClassifier(LinearSVC()),
    OneVsRestClassifier(LogisticRegression()),
    MultiOutputClassifier(GaussianNB()),
    ClassifierChain(LogisticRegression(), random_state=0),
    RandomForestClassifier(20, random_state=0),
    DecisionTreeClassifier(max_depth=3, random_state=0),
    KNeighborsClassifier(),
    MLPClassifier((4,), max_iter=30, random_state=0),
]
ONE_LABEL = [LinearSVC(), LogisticRegression(), GaussianNB(), SVC(), KNeighborsClassifier()]


class Recorder(LogisticRegression):
    """Remembers the weights of every fit."""

    seen = []

    def fit(self, X, y, sample_weight=None):
        self.seen.append(sample_weight)
        return super().fit(X, y, sample_weight)


class OwnScores(ClassifierMixin, BaseEstimator):
    """Answers with its rows."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, X):
        return X[:, 0] if X.shape[1] == 1 else X


@pytest.fixture
def labels():
    X, y = make_multilabel_classification(200, n_classes=4, random_state=0)
    y[:, 3] &= np.arange(200) % 4 == 0
    return X, y


@pytest.fixture
def numbers():
    X, y = make_classification(400, weights=[0.85], flip_y=0.1, random_state=0)
    return X, np.array(["no", "yes"])[y]


@pytest.fixture
def classes():
    X, y = make_classification(
        400, n_classes=3, n_informative=6, weights=[0.8, 0.15], flip_y=0.1, random_state=0
    )
    return X, np.array(["a", "b", "c"])[y]


@pytest.mark.parametrize("estimator", MULTILABEL, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("strategy", ["micro_macro", "per_label", "global"])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_multilabel_answers_of_all_shapes(estimator, strategy, labels):
    X, y = labels
    clf = TunedThresholdsClassifier(estimator, strategy=strategy, cv=3, random_state=0).fit(X, y)
    assert clf.thresholds_.shape == clf.objective_values_.shape == clf.fallback_.shape == (4,)
    assert clf.fold_thresholds_.shape == (3, 4)
    assert clf.classes_.tolist() == [0, 1, 2, 3]
    answers = clf.predict(X)
    assert answers.shape == y.shape
    assert set(np.unique(answers)) <= {0, 1}
    assert not clf.fallback_.any()
    assert clf.best_score_ == pytest.approx(clf.objective_values_.mean())


@pytest.mark.parametrize("estimator", ONE_LABEL, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("data", ["numbers", "classes"])
def test_one_label_per_row(estimator, data, request):
    X, y = request.getfixturevalue(data)
    clf = TunedThresholdsClassifier(estimator, cv=3, random_state=0).fit(X, y)
    assert set(clf.predict(X)) <= set(y)
    assert clf.thresholds_.shape == ((1,) if data == "numbers" else (3,))


@pytest.mark.parametrize("estimator", [LinearSVC(), LogisticRegression()])
def test_out_of_fold_macro_f1_of_classes_rises(estimator, classes):
    X, y = classes
    clf = TunedThresholdsClassifier(estimator, random_state=0).fit(X, y)
    plain = f1_score(y, cross_val_predict(estimator, X, y, cv=5), average="macro")
    assert clf.best_score_ > plain


def test_thresholds_of_classes_decide(classes):
    X, y = classes
    clf = TunedThresholdsClassifier(LogisticRegression(), random_state=0).fit(X, y)
    assert clf.thresholds_.sum() == pytest.approx(1)
    answer = np.argmax(clf.predict_proba(X) / clf.thresholds_, axis=1)
    np.testing.assert_array_equal(clf.predict(X), clf.classes_[answer])


def test_thresholds_of_labels_decide(labels):
    X, y = labels
    clf = TunedThresholdsClassifier(
        OneVsRestClassifier(LinearSVC(random_state=0)), random_state=0
    ).fit(X, y)
    expected = clf.decision_function(X) > clf.thresholds_
    np.testing.assert_array_equal(clf.predict(X), expected)


def test_objective_values_are_those_of_out_of_fold_predictions(labels):
    X, y = labels
    split = PredefinedSplit(np.arange(200) % 5)
    inner = OneVsRestClassifier(LogisticRegression())
    clf = TunedThresholdsClassifier(inner, cv=split).fit(X, y)
    scores = cross_val_predict(inner, X, y, cv=split, method="predict_proba")
    expected = f1_score(y, scores > clf.thresholds_, average=None)
    np.testing.assert_allclose(clf.objective_values_, expected)


@pytest.mark.parametrize("make", [sparse.csr_array, lambda y: y.tolist(), pd.DataFrame])
def test_container_of_labels_does_not_matter(make, labels):
    X, y = labels
    clf = TunedThresholdsClassifier(OneVsRestClassifier(LinearSVC(random_state=0)), random_state=0)
    expected = clf.fit(X, y).thresholds_
    np.testing.assert_array_equal(clf.fit(X, make(y)).thresholds_, expected)


@pytest.mark.parametrize("pos_label", ["no", "yes", None])
def test_objective_is_about_the_positive_class(pos_label, numbers):
    X, y = numbers
    clf = TunedThresholdsClassifier(
        LogisticRegression(), pos_label=pos_label, objective=RecallAtPrecision(0.97), random_state=0
    ).fit(X, y)
    positive = pos_label or "yes"
    column = clf.predict_proba(X)[:, ["no", "yes"].index(positive)]
    np.testing.assert_array_equal(clf.predict(X) == positive, column > clf.thresholds_[0])


def test_precision_is_reached_on_the_rows_that_were_scored(numbers):
    X, y = numbers
    split = PredefinedSplit(np.arange(400) % 5)
    objective = RecallAtPrecision(precision=0.9)
    clf = TunedThresholdsClassifier(LinearSVC(random_state=0), objective=objective, cv=split).fit(
        X, y
    )
    scores = cross_val_predict(
        LinearSVC(random_state=0), X, y, cv=split, method="decision_function"
    )
    assert clf.fold_thresholds_.shape == (1, 1)
    assert precision_score(y == "yes", scores > clf.thresholds_[0]) >= 0.9


def test_dear_misses_lower_the_cut(numbers):
    cuts = [
        TunedThresholdsClassifier(
            LogisticRegression(), objective=Cost([[0, 1], [miss, 0]]), random_state=0
        ).fit(*numbers).thresholds_[0]
        for miss in (0.2, 1, 20)
    ]  # fmt: skip
    assert cuts[0] > cuts[1] > cuts[2]


def test_costs_between_classes_are_minded(classes):
    X, y = classes
    costs = np.array([[0, 1, 1], [1, 0, 1], [50, 50, 0]])
    clf = TunedThresholdsClassifier(LogisticRegression(), objective=Cost(costs), random_state=0)
    assert (clf.fit(X, y).predict(X) == "c").sum() > (y == "c").sum() * 2


@pytest.mark.parametrize("objective", ["balanced_accuracy", "matthews_corrcoef", "jaccard", "f1"])
def test_scorer_by_name_for_two_classes(objective, numbers):
    clf = TunedThresholdsClassifier(LogisticRegression(), objective=objective, random_state=0)
    assert 0 < clf.fit(*numbers).best_score_ < 1


def test_scorer_that_averages_over_labels_is_asked_per_label(labels):
    X, y = labels
    inner = OneVsRestClassifier(LogisticRegression())
    params = {"strategy": "per_label", "random_state": 0, "cv": 3}
    by_score = TunedThresholdsClassifier(inner, objective="f1_weighted", **params).fit(X, y)
    exact = TunedThresholdsClassifier(inner, objective="f1", **params).fit(X, y)
    np.testing.assert_allclose(by_score.objective_values_, exact.objective_values_)
    np.testing.assert_array_equal(by_score.predict(X), exact.predict(X))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"objective": "roc_auc"}, "scores .*, which no threshold changes"),
        ({"objective": "f2"}, "objective='f2' is not known"),
        ({"objective": FBeta(beta=0)}, "beta"),
        ({"objective": Cost([1, 2])}, r"costs must be finite numbers of shape \(2, 2\)"),
        ({"pos_label": "maybe"}, "pos_label='maybe' is not one of"),
        ({"response_method": "predict_proba"}, "LinearSVC has no predict_proba"),
    ],
)
def test_what_does_not_suit_is_refused(params, message, numbers):
    with pytest.raises(ValueError, match=message):
        TunedThresholdsClassifier(LinearSVC(), **params).fit(*numbers)


def test_what_is_for_labels_is_refused_for_classes(classes, labels):
    clf = TunedThresholdsClassifier(LinearSVC(), strategy="global")
    with pytest.raises(ValueError, match="is for several labels per row"):
        clf.fit(*classes)
    with pytest.raises(ValueError, match="pos_label='a' is for two classes"):
        clone(clf).set_params(strategy="auto", pos_label="a").fit(*classes)
    clf = TunedThresholdsClassifier(OneVsRestClassifier(LinearSVC()), objective="f1_micro")
    with pytest.raises(ValueError, match="average='micro'"):
        clf.fit(*labels)
    one_against_one = SVC(decision_function_shape="ovo")
    X = np.random.RandomState(0).normal(size=(80, 2))
    with pytest.raises(ValueError, match="set decision_function_shape='ovr'"):
        TunedThresholdsClassifier(one_against_one).fit(X, np.arange(80) % 4)


@pytest.mark.filterwarnings("ignore:Label .* is present in all training examples")
@pytest.mark.parametrize(
    "inner", [OneVsRestClassifier(LinearSVC()), RandomForestClassifier(5, random_state=0)]
)
def test_labels_of_few_rows_keep_the_cut_of_the_classifier(inner, labels):
    X, y = labels
    y = np.column_stack([y, np.zeros(200, int), np.ones(200, int), np.arange(200) == 3])
    clf = TunedThresholdsClassifier(inner, random_state=0).fit(X, y)
    default = 0.5 if isinstance(inner, RandomForestClassifier) else 0.0
    assert clf.fallback_.tolist() == [False] * 4 + [True, True, False]
    assert (clf.thresholds_[[4, 5]] == default).all()
    answers = clf.predict(X)
    assert answers[:, 4].sum() == 0
    assert answers[:, 5].all()
    clf.set_params(min_positives=2).fit(X, y)
    assert clf.fallback_[6]
    assert clf.thresholds_[6] == default


def test_class_of_one_row_is_survived(classes):
    X, y = classes
    y = y.astype(object)
    y[0] = "rare"
    for inner in (LogisticRegression(), LinearSVC()):
        clf = TunedThresholdsClassifier(inner, min_positives=2, random_state=0).fit(X, y)
        assert clf.fallback_.tolist() == [False, False, False, True]
        assert set(clf.predict(X)) <= {"a", "b", "c", "rare"}


def test_at_least_one_label_if_wished(labels):
    X, y = labels
    clf = TunedThresholdsClassifier(
        OneVsRestClassifier(LinearSVC()), objective=RecallAtPrecision(1.0), random_state=0
    ).fit(X, y)
    bare = clf.predict(X)
    assert not bare.any(axis=1).all()
    full = clf.set_params(at_least_one=True).predict(X)
    assert full.any(axis=1).all()
    some = bare.any(axis=1)
    np.testing.assert_array_equal(full[some], bare[some])
    assert (full[~some].sum(axis=1) == 1).all()


def test_weights_reach_the_classifier_and_the_objective(numbers):
    X, y = numbers
    weight = np.linspace(0.5, 2, 400)
    Recorder.seen.clear()
    TunedThresholdsClassifier(Recorder(), cv=4, random_state=0).fit(X, y, sample_weight=weight)
    assert sorted(map(len, Recorder.seen)) == [300] * 4 + [400]
    heavy = np.where(y == "yes", 30.0, 1.0)
    plain = TunedThresholdsClassifier(GaussianNB(), objective="accuracy", random_state=0)
    untaught = KNeighborsClassifier(15)  # takes no weights itself
    plain.set_params(estimator=untaught)
    before = plain.fit(X, y).thresholds_[0]
    assert plain.fit(X, y, sample_weight=heavy).thresholds_[0] < before


def test_weight_zero_is_a_row_left_out(labels):
    X, y = labels
    weight = (np.arange(200) % 3 > 0).astype(float)
    clf = TunedThresholdsClassifier(OneVsRestClassifier(LinearSVC(random_state=0)), random_state=0)
    by_weight = clf.fit(X, y, sample_weight=weight).thresholds_
    kept = weight > 0
    np.testing.assert_array_equal(by_weight, clf.fit(X[kept], y[kept]).thresholds_)


def test_weights_are_routed_on_request(numbers):
    X, y = numbers
    with config_context(enable_metadata_routing=True):
        inner = Recorder().set_fit_request(sample_weight=True)
        Recorder.seen.clear()
        TunedThresholdsClassifier(inner, cv=2).fit(X, y, sample_weight=np.arange(400) + 1.0)
        assert [len(weight) for weight in Recorder.seen] == [400, 200, 200]


def test_frozen_classifier_stays_what_it_is():
    scores = np.array([[3.0], [2.0], [1.0], [0.5], [0.2], [0.1]])
    y = np.array([1, 1, 1, 0, 0, 0])
    frozen = FrozenEstimator(OwnScores().fit(scores, y))
    split = [([0, 5], np.arange(6))]
    clf = TunedThresholdsClassifier(frozen, cv=split).fit(scores, y)
    assert clf.thresholds_.tolist() == [0.75]
    np.testing.assert_array_equal(clf.predict(scores), y)


@pytest.mark.parametrize("make", [list, np.array, pd.Series], ids=lambda make: make.__name__)
def test_texts_in_any_container(make, multilabel):
    texts, y = multilabel
    inner = make_pipeline(TfidfVectorizer(), OneVsRestClassifier(LinearSVC(random_state=0)))
    clf = TunedThresholdsClassifier(inner, random_state=0).fit(make(texts), y)
    expected = clone(clf).fit(texts, y)
    np.testing.assert_array_equal(clf.thresholds_, expected.thresholds_)
    np.testing.assert_array_equal(clf.predict(make(texts)), expected.predict(texts))


def test_around_a_torch_classifier(multilabel, multiclass):
    for texts, y in (multilabel, multiclass):
        inner = TfidfTorchClassifier(max_epochs=2, random_state=0)
        clf = TunedThresholdsClassifier(inner, cv=2, random_state=0).fit(texts, y)
        assert clf.predict(texts).shape == y.shape


def test_parallel_fits_pickles_and_search(labels):
    X, y = labels
    clf = TunedThresholdsClassifier(OneVsRestClassifier(LinearSVC(random_state=0)), random_state=0)
    one = clone(clf).fit(X, y)
    with_threads = clone(clf).set_params(n_jobs=2)
    with parallel_backend("threading"):
        np.testing.assert_array_equal(with_threads.fit(X, y).thresholds_, one.thresholds_)
    again = pickle.loads(pickle.dumps(one))
    np.testing.assert_array_equal(again.predict(X), one.predict(X))
    grid = {"objective__beta": [0.5, 2], "estimator__estimator__C": [0.1, 1]}
    search = GridSearchCV(clf, grid, scoring="f1_macro", cv=2).fit(X, y)
    assert search.best_params_.keys() == grid.keys()
    assert clone(clf).set_params(objective__beta=2).objective.beta == 2


def test_methods_are_those_of_the_classifier(numbers):
    clf = TunedThresholdsClassifier(LinearSVC())
    assert not hasattr(clf, "predict_proba")
    assert clf.fit(*numbers).decision_function(numbers[0]).shape == (400,)


with config_context(enable_metadata_routing=True):
    ASKING = LogisticRegression().set_fit_request(sample_weight=True)
PIPELINE = make_pipeline(TfidfVectorizer(), ASKING)
THRESHOLDS = "thresholds, not the largest score, decide"
EXPECTED = {
    "check_column_of_texts_is_a_container": "vectorisers of scikit-learn take one dimension",
    "check_non_texts_are_refused_by_place": "its vectorisers do not say where",
    "check_shapes_that_are_no_texts_are_refused": "its vectorisers speak of the vocabulary",
    "check_tags_tell_of_texts": "a Pipeline passes no tag of texts on",
    "check_probabilities_are_probabilities": THRESHOLDS,
    "check_decision_values_point_at_the_prediction": THRESHOLDS,
    "check_scale_of_weights_does_not_matter": "its penalty counts less next to larger weights",
}


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(check, id=name)
        for name, check in text_classifier_checks(
            TunedThresholdsClassifier(PIPELINE), expected_failed_checks=EXPECTED, slow=False
        )
    ],
)
def test_passes_the_checks_of_text_classifiers(check):
    check(TunedThresholdsClassifier(PIPELINE, cv=3))
