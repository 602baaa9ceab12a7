"""AutoTextClassifier: every task, the choice, its limits, interrupts, copies, nested use."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.metrics import f1_score, get_scorer, log_loss
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sktext import AutoTextClassifier, TfidfTorchClassifier
from sktext.datasets import make_imbalanced_texts
from sktext.meta import TunedThresholdsClassifier
from sktext.model_selection._auto import _portfolio
from sktext.model_selection._auto._portfolio import Portfolio
from sktext.model_selection._auto._search import classes_first

VARIANTS = (("cross_entropy", None, 30.0), ("hinge", None, 3.0))


@pytest.fixture
def few(monkeypatch):
    """A portfolio of two losses on two sets of features."""
    monkeypatch.setattr(_portfolio, "ONE_LABEL", VARIANTS)
    monkeypatch.setattr(_portfolio, "SEVERAL_LABELS", VARIANTS)
    features = {"one": {"characters": 2.0}, "several": {"words+pairs": 2.0}}
    monkeypatch.setattr(_portfolio, "OTHER_FEATURES", features)
    monkeypatch.setattr(Portfolio, "networks", lambda self: [])


@pytest.fixture
def auto():
    return AutoTextClassifier(time_limit=None, cv=2)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel"])
def test_every_task_is_learned(task, auto, request):
    texts, y = request.getfixturevalue(task)
    auto.fit(texts, y)
    assert f1_score(y, auto.predict(texts), average="macro") > 0.9
    assert 0.5 < auto.best_score_ <= 1
    n_outputs = len(auto.classes_)
    proba, scores = auto.predict_proba(texts[:5]), auto.decision_function(texts[:5])
    assert proba.shape == (5, n_outputs)
    assert scores.shape == ((5,) if task == "binary" else (5, n_outputs))
    assert auto.n_folds_ == 2


@pytest.mark.usefixtures("few")
def test_sets_of_labels_come_back_as_such(auto, multilabel):
    texts, y = multilabel
    sets = [{"abcd"[i] for i in np.flatnonzero(row)} for row in y]
    auto.fit(texts, sets)
    assert auto.classes_.tolist() == list("abcd")
    other = clone(auto).fit(texts, y).predict(texts[:9])
    assert [set(row) for row in auto.predict(texts[:9])] == [
        {"abcd"[i] for i in np.flatnonzero(row)} for row in other
    ]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("container", [list, pd.Series, np.array])
def test_containers_of_texts_and_sparse_labels_are_taken(container, auto, multilabel):
    texts, y = multilabel
    predicted = auto.fit(container(texts), sparse.csr_matrix(y)).predict(container(texts[:3]))
    assert sparse.issparse(predicted)


@pytest.mark.usefixtures("few")
def test_same_candidates_give_the_same_model(auto, multiclass):
    texts, y = multiclass
    one, two = (clone(auto).fit(texts, y) for _ in range(2))
    np.testing.assert_array_equal(one.predict_proba(texts), two.predict_proba(texts))
    columns = ["candidate", "score", "spread", "folds", "weight"]
    pd.testing.assert_frame_equal(one.leaderboard_[columns], two.leaderboard_[columns])


@pytest.mark.usefixtures("few")
def test_leaderboard_has_all_candidates_and_the_chosen_first(auto, multiclass):
    board = auto.fit(*multiclass).leaderboard_
    assert len(board) == 4
    assert board.weight.sum() == pytest.approx(1)
    assert board.weight.iloc[0] > 0
    assert (board.folds == 2).all()
    assert board.seconds.gt(0).all()
    assert board.bytes.gt(1000).all()
    assert board.error.isna().all()


def only(monkeypatch, *variants):
    """Leave one group of candidates."""
    monkeypatch.setattr(_portfolio, "ONE_LABEL", variants)
    monkeypatch.setattr(Portfolio, "others", lambda self, best: [])
    monkeypatch.setattr(Portfolio, "networks", lambda self: [])


def test_single_choice_is_the_candidate_fitted_on_all_rows(auto, multiclass, monkeypatch):
    only(monkeypatch, ("cross_entropy", "balanced", 30.0))
    texts, y = multiclass
    auto.fit(texts, y)
    (member,) = auto.best_estimator_.estimators_
    alone = TfidfTorchClassifier(
        "words+pairs", class_weight="balanced", weight_decay=1 / 30 / len(y), random_state=0
    ).fit(texts, y)
    np.testing.assert_array_equal(auto.predict(texts), alone.predict(texts))
    np.testing.assert_allclose(member.coef_, alone.coef_, atol=1e-4)


def test_score_of_one_candidate_is_that_of_cross_validation(auto, multiclass, monkeypatch):
    from sktext.model_selection import _auto_text_classifier as module

    only(monkeypatch, ("cross_entropy", None, 30.0))
    divide, folds = module.folds_of, []
    monkeypatch.setattr(
        module, "folds_of", lambda *given: folds.extend(divide(*given)) or list(folds)
    )
    texts, y = multiclass
    score = auto.fit(texts, y).best_score_
    alone = TfidfTorchClassifier("words+pairs", weight_decay=1 / 30 / (len(y) // 2), random_state=0)
    expected = cross_val_score(alone, texts, y, scoring="f1_macro", cv=folds)
    assert score == pytest.approx(expected.mean())


@pytest.mark.usefixtures("few")
def test_thresholds_are_chosen_where_the_score_asks(auto):
    texts, y = make_imbalanced_texts(
        400, n_classes=6, imbalance=40, difficulty=0.7, multilabel=True, random_state=0
    )
    auto.fit(texts, y)
    assert isinstance(auto.best_estimator_, TunedThresholdsClassifier)
    assert auto.best_estimator_.thresholds_.shape == (6,)
    plain = clone(auto).set_params(scoring="accuracy").fit(texts, y)
    assert not isinstance(plain.best_estimator_, TunedThresholdsClassifier)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("scoring", ["neg_log_loss", "neg_brier_score", "accuracy", "roc_auc"])
def test_any_scorer_chooses(scoring, auto, binary):
    texts, y = binary
    rare = (y == "billing").astype(int)
    auto.set_params(scoring=scoring).fit(texts, rare)
    assert np.isfinite(auto.best_score_)
    assert get_scorer(scoring)(auto, texts, rare) > auto.best_score_ - 0.1


@pytest.mark.usefixtures("few")
def test_own_scorer_sees_the_labels(auto, binary):
    texts, y = binary

    def recall_of_billing(estimator, X, y):
        assert set(y) <= {"billing", "delivery"}
        return float(np.mean(estimator.predict(X)[y == "billing"] == "billing"))

    auto.set_params(scoring=recall_of_billing).fit(texts, y)
    assert 0 < auto.best_score_ <= 1


def test_probabilities_are_calibrated(auto, monkeypatch):
    only(monkeypatch, ("hinge", None, 3.0))
    texts, y = make_imbalanced_texts(600, n_classes=2, difficulty=0.7, random_state=0)
    half = len(texts) // 2
    auto.set_params(scoring="neg_log_loss").fit(texts[:half], y[:half])
    loss = log_loss(y[half:], auto.predict_proba(texts[half:]), labels=auto.classes_)
    assert loss == pytest.approx(-auto.best_score_, abs=0.15)


def test_candidates_that_fail_are_left_out(auto, multiclass, monkeypatch):
    only(monkeypatch, ("zlpr", None, 30.0), ("hinge", None, 3.0))
    with pytest.warns(UserWarning, match="1 candidates failed, 'words\\+pairs, zlpr"):
        board = auto.fit(*multiclass).leaderboard_
    assert board.weight.tolist() == [1.0, 0.0]
    assert "zlpr" in board.error[1]
    monkeypatch.setattr(_portfolio, "ONE_LABEL", (("zlpr", None, 30.0),))
    with pytest.raises(ValueError, match=r"All candidates failed(?s:.*)zlpr"):
        clone(auto).fit(*multiclass)


# -- limits ---------------------------------------------------------------------------


def test_one_candidate_is_fitted_however_little_time_there_is(multiclass):
    auto = AutoTextClassifier(time_limit=1e-3).fit(*multiclass)
    assert len(auto.leaderboard_) == 1
    assert auto.score(*multiclass) > 0.9


@pytest.mark.usefixtures("few")
def test_first_rounds_take_fewer_rows_where_all_take_too_long(multiclass, monkeypatch):
    from sktext.model_selection._auto import _search

    def half(search, first):
        search.fraction = 0.5

    monkeypatch.setattr(_search.Search, "choose_rows", half)
    texts, y = multiclass
    auto = AutoTextClassifier(time_limit=60, cv=2).fit(texts, y)
    assert auto.n_folds_ == 2
    # No time for a fold: what is known of the first rounds decides.
    monkeypatch.setattr(_search.Search, "affordable", lambda self, records: [])
    auto.fit(texts, y)
    assert auto.n_folds_ == 0
    assert auto.score(texts, y) > 0.8


def test_few_rows_have_all_classes():
    target = np.array([0, 0, 0, 1, 0, 2])
    rows = classes_first(np.arange(6), target)
    assert sorted(rows) == list(range(6))
    assert set(target[rows[:3]]) == {0, 1, 2}


@pytest.mark.usefixtures("few")
def test_model_is_no_larger_than_asked_for(auto, multiclass):
    texts, y = multiclass
    large = clone(auto).fit(texts, y)
    auto.set_params(max_bytes=6000).fit(texts, y)
    assert len(pickle.dumps(large.best_estimator_)) > 2 * 6000
    assert len(pickle.dumps(auto.best_estimator_)) <= 6000
    assert auto.score(texts, y) > 0.8
    with pytest.raises(ValueError, match="max_bytes"):
        auto.set_params(max_bytes=10).fit(texts, y)


# -- interrupts -----------------------------------------------------------------------


class Interrupts:
    """A scorer that is interrupted at its n-th call, as by Ctrl-C."""

    def __init__(self, n):
        self.n = n

    def __call__(self, estimator, X, y):
        self.n -= 1
        if not self.n:
            raise KeyboardInterrupt
        return float(np.mean(estimator.predict(X) == y))


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("n", [2, 4, 6])
def test_interrupt_ends_the_search_and_fits_the_best_so_far(n, auto, multiclass):
    texts, y = multiclass
    auto.set_params(scoring=Interrupts(n))
    with pytest.warns(UserWarning, match="interrupted; the best candidate so far"):
        auto.fit(texts, y)
    assert auto.score(texts, y) > 0.9
    assert (auto.leaderboard_.weight > 0).sum() == 1


@pytest.mark.usefixtures("few")
def test_interrupt_before_the_first_candidate_ends_the_fit(auto, multiclass):
    auto.set_params(scoring=Interrupts(1))
    with pytest.raises(KeyboardInterrupt):
        auto.fit(*multiclass)
    assert not hasattr(auto, "best_estimator_")


# -- rows and labels that are hard -----------------------------------------------------


def test_one_class_is_refused(auto, multiclass):
    with pytest.raises(ValueError, match="y has one class"):
        auto.fit(multiclass[0][:5], ["a"] * 5)


def test_too_few_rows_are_refused(auto):
    with pytest.raises(ValueError, match="two rows of each class"):
        auto.fit(["one", "two"], ["a", "b"])


@pytest.mark.usefixtures("few")
def test_classes_of_one_row_and_two_rows_are_learned():
    texts = [f"{word} again" for word in ("one", "two", "three", "four")] * 3
    y = ["a", "b", "c", "d"] * 3
    texts, y = [*texts, "rare indeed", "pair first", "pair second"], [*y, "rare", "pair", "pair"]
    auto = AutoTextClassifier(time_limit=None, cv=3)
    with pytest.warns(UserWarning, match="The least populated class in y has only 1"):
        auto.fit(texts, y)
    assert auto.predict(["rare indeed"]) == ["rare"]
    assert auto.predict(["pair first"]) == ["pair"]


@pytest.mark.slow
def test_thousands_of_classes_are_learned():
    texts = [f"name{i} of thing {i % 7}" for i in range(2000)] * 2
    y = [f"class {i}" for i in range(2000)] * 2
    auto = AutoTextClassifier(time_limit=5, cv=2).fit(texts, y)
    assert auto.score(texts[:200], y[:200]) > 0.5


@pytest.mark.usefixtures("few")
def test_rows_of_weight_zero_do_not_count(auto, multiclass):
    texts, y = multiclass
    weight = np.ones(len(y))
    weight[::3] = 0
    weighted = clone(auto).fit(texts, y, sample_weight=weight)
    kept = np.flatnonzero(weight)
    fewer = auto.fit([texts[i] for i in kept], y[kept], sample_weight=weight[kept])
    np.testing.assert_allclose(weighted.predict_proba(texts), fewer.predict_proba(texts))


# -- an estimator of scikit-learn ------------------------------------------------------


@pytest.mark.usefixtures("few")
def test_copies_predict_the_same(auto, multiclass):
    texts, y = multiclass
    auto.fit(texts, y)
    copy = pickle.loads(pickle.dumps(auto))
    np.testing.assert_array_equal(copy.predict_proba(texts), auto.predict_proba(texts))
    assert not hasattr(clone(auto), "best_estimator_")


@pytest.mark.usefixtures("few")
def test_it_is_nested_in_pipelines_and_cross_validation(auto, multiclass):
    texts, y = multiclass
    lower = FunctionTransformer(lambda texts: [text.lower() for text in texts])
    pipeline = make_pipeline(lower, auto).set_params(autotextclassifier__scoring="accuracy")
    scores = cross_val_score(pipeline, texts, y, cv=2, error_score="raise")
    assert scores.min() > 0.7


@pytest.mark.usefixtures("few")
def test_progress_is_shown_on_request(auto, multiclass, capsys):
    auto.set_params(verbose=1).fit(*multiclass)
    assert "fit" in capsys.readouterr().err


def test_named_encoder_is_tried(auto, multiclass, monkeypatch, tiny_encoder):
    pytest.importorskip("transformers")
    monkeypatch.setattr(_portfolio, "ONE_LABEL", VARIANTS)
    monkeypatch.setattr(_portfolio, "OTHER_FEATURES", {"one": {}, "several": {}})
    monkeypatch.setattr(Portfolio, "networks", lambda self: [])
    texts, y = multiclass
    auto.set_params(encoder=str(tiny_encoder("bert"))).fit(texts, y)
    names = auto.leaderboard_.candidate
    assert names.str.startswith("words+encoder").any()
    assert names.str.startswith("encoder").any()


@pytest.mark.slow
@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel"])
def test_whole_portfolio_is_tried_without_a_limit(task, request):
    texts, y = request.getfixturevalue(task)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        board = AutoTextClassifier(time_limit=None, cv=3).fit(texts, y).leaderboard_
    assert board.error.isna().all()
    assert {"fastText", "CNN"} < set(board.candidate)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The least populated class in y")
def test_time_is_kept_on_real_questions_of_fifty_kinds(real_texts):
    frame = real_texts("trec")
    train, test = (frame[frame.split == part] for part in ("train", "test"))
    auto = AutoTextClassifier(time_limit=30).fit(train.text, train.fine_label)
    assert auto.fit_time_ < 1.3 * 30
    predicted = auto.predict(test.text)
    assert f1_score(test.fine_label, predicted, average="macro", zero_division=0) > 0.6
