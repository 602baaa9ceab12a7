"""scikit-learn's callbacks, which its version 1.9 has brought."""

import copy
import pickle
import subprocess
import sys
from collections import Counter
from textwrap import dedent

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import FitFailedWarning
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline

from sktext import FastTextClassifier, TfidfTorchClassifier, TorchClassifier
from sktext.meta import CalibratedClassifier
from sktext.model_selection import LossSearchCV
from sktext.model_selection._joint._epochs import MatrixEpochs

callback = pytest.importorskip(
    "sklearn.callback", reason="scikit-learn has callbacks from version 1.9 on"
)

GRID = {"loss": ["cross_entropy", "focal"], "class_weight": [None, "balanced"]}


class Recorder:
    """Writes down what it is told of."""

    def __init__(self):
        self.calls = []

    def setup(self, estimator, context):
        self.calls.append(("setup", estimator, context, {}))

    def teardown(self, estimator, context):
        self.calls.append(("teardown", estimator, context, {}))

    def on_fit_task_begin(
        self, estimator, context, *, X=None, y=None, metadata=None, fitted_estimator=None
    ):
        told = {"X": X, "y": y, "metadata": metadata, "fitted": fitted_estimator}
        self.calls.append(("begin", estimator, context, told))

    def on_fit_task_end(
        self, estimator, context, *, X=None, y=None, metadata=None, fitted_estimator=None
    ):
        told = {"X": X, "y": y, "metadata": metadata, "fitted": fitted_estimator}
        self.calls.append(("end", estimator, context, told))

    def names(self):
        return [(event, context.task_name) for event, _, context, _ in self.calls]

    def count(self, event, task):
        return self.names().count((event, task))

    def ends_of(self, task):
        return [
            (context, told)
            for event, _, context, told in self.calls
            if (event, context.task_name) == ("end", task)
        ]


class SpreadRecorder(Recorder):
    """A recorder that searches and pipelines hand on to what they fit."""

    max_propagation_depth = None


class Stop(Recorder):
    """Stops training after an epoch."""

    def on_fit_task_end(self, estimator, context):
        super().on_fit_task_end(estimator, context)
        return context.task_name == "epoch" and context.task_id == 1


class SpreadStop(Stop):
    """Does so in all that a search fits."""

    max_propagation_depth = None


class Raises(Recorder):
    """Raises an error at the end of an epoch, or where it is told."""

    def __init__(self, at="epoch"):
        super().__init__()
        self.at = at

    def on_fit_task_end(self, estimator, context):
        super().on_fit_task_end(estimator, context)
        if context.task_name == self.at:
            raise ValueError("as it was asked to")

    def teardown(self, estimator, context):
        super().teardown(estimator, context)
        if self.at == "teardown":
            raise ValueError("as it was asked to")


@pytest.fixture
def clf():
    return TfidfTorchClassifier(optimizer="adam", max_epochs=3, random_state=0)


def tree(recorder):
    """Count what was told, whatever the order and the class of the search."""
    calls = Counter()
    for event, estimator, context, told in recorder.calls:
        path, task = [], context
        while task is not None:
            path.append((task.task_name, task.task_id, task.max_subtasks, task.sequential_subtasks))
            task = task.parent
        kind = "search" if hasattr(estimator, "param_grid") else type(estimator).__name__
        sizes = [None if told.get(name) is None else len(told[name]) for name in ("X", "y")]
        calls[(event, kind, tuple(path), *sizes, told.get("fitted") is None)] += 1
    return calls


def test_fit_is_a_task_with_a_subtask_for_each_epoch(every, binary):
    texts, labels = binary
    recorder = Recorder()
    every.set_callbacks(recorder).fit(texts, labels)
    epoch = [("begin", "epoch"), ("end", "epoch")]
    middle = [("begin", "fit"), *epoch * every.n_iter_, ("end", "fit")]
    assert recorder.names() == [("setup", "fit"), *middle, ("teardown", "fit")]
    root = recorder.calls[0][2]
    assert (root.max_subtasks, root.task_id, root.estimator_name) == (2, 0, type(every).__name__)
    assert [context.task_id for context, _ in recorder.ends_of("epoch")] == [0, 1]
    assert all(told["X"] is texts and told["y"] is labels for *_, told in recorder.calls[1:-1])


def test_fit_is_the_same_with_callbacks_and_without(every, binary):
    texts, labels = binary
    expected = clone(every).fit(texts, labels).decision_function(texts)
    scored = every.set_callbacks(callback.ScoringMonitor(scoring="f1_macro"), Recorder())
    np.testing.assert_array_equal(scored.fit(texts, labels).decision_function(texts), expected)


def test_a_copy_predicts_as_if_fit_had_stopped_after_the_epoch(clf, binary):
    texts, labels = binary
    recorder = Recorder()
    clf.set_callbacks(recorder).fit(texts, labels)
    for n_epochs, (_, told) in enumerate(recorder.ends_of("epoch"), 1):
        alone = clone(clf).set_params(max_epochs=n_epochs).set_callbacks().fit(texts, labels)
        assert told["fitted"].n_iter_ == n_epochs
        np.testing.assert_array_equal(
            told["fitted"].predict_proba(texts), alone.predict_proba(texts)
        )
    fitted = recorder.ends_of("fit")[0][1]["fitted"]
    np.testing.assert_array_equal(fitted.predict_proba(texts), clf.predict_proba(texts))


def test_copies_are_made_with_early_stopping_and_a_kept_optimizer(clf, binary):
    recorder = Recorder()
    clf.set_params(early_stopping=True, keep_optimizer=True, scoring="f1_macro")
    clf.set_callbacks(recorder).fit(*binary)
    fitted = [told["fitted"] for _, told in recorder.ends_of("epoch")]
    best = [copied.best_validation_score_ for copied in fitted]
    assert best == sorted(best)
    assert best[-1] == clf.best_validation_score_
    assert all("valid_score" in copied.history_[-1] for copied in fitted)


def test_weights_of_rows_are_metadata(clf, binary):
    recorder, weight = Recorder(), np.ones(len(binary[1]))
    clf.set_callbacks(recorder).fit(*binary, weight)
    assert all(told["metadata"]["sample_weight"] is weight for *_, told in recorder.calls[1:-1])
    recorder.calls.clear()
    clf.fit(*binary)
    assert all(told["metadata"] is None for *_, told in recorder.calls[1:-1])


def test_a_pass_of_partial_fit_is_a_fit_of_one_epoch(clf, binary):
    recorder = Recorder()
    clf.set_callbacks(recorder)
    for n_passes in (1, 2):
        clf.partial_fit(*binary)
        assert recorder.count("end", "fit") == recorder.count("end", "epoch") == n_passes
    assert recorder.calls[0][2].max_subtasks == 1
    first, second = (told["fitted"] for _, told in recorder.ends_of("fit"))
    assert (first.n_iter_, second.n_iter_) == (1, 2)
    assert (first.decision_function(binary[0]) != second.decision_function(binary[0])).any()


def test_a_callback_stops_training(clf, binary):
    stop = Stop()
    assert clf.set_callbacks(stop).fit(*binary).n_iter_ == 2
    search = LossSearchCV(clf.set_callbacks(), GRID, cv=2).set_callbacks(SpreadStop()).fit(*binary)
    assert search.best_estimator_.n_iter_ == 2


def test_what_a_callback_raises_ends_fit_and_is_torn_down(clf, binary):
    raises = Raises()
    with pytest.raises(ValueError, match="as it was asked to"):
        clf.set_callbacks(raises).fit(*binary)
    assert raises.names()[-1] == ("teardown", "fit")
    recorder = Recorder()
    assert clf.set_callbacks(recorder).fit(*binary).n_iter_ == 3


def test_clones_and_pickles_keep_callbacks_as_those_of_scikit_learn(clf, binary):
    recorder = Recorder()
    clf.set_callbacks(recorder)
    assert clone(clf)._skl_callbacks[0] is recorder
    clf.set_callbacks(callback.ScoringMonitor(scoring="accuracy")).fit(*binary)
    for copied in (pickle.loads(pickle.dumps(clf)), copy.deepcopy(clf)):
        assert len(copied._skl_callbacks) == 1
        np.testing.assert_array_equal(copied.predict(binary[0]), clf.predict(binary[0]))
    left = {"_parent_callback_ctx", "_callback_fit_ctx", "_skl_callbacks_to_teardown"}
    assert not left & set(vars(clf))


def test_numbers_for_texts_have_callbacks_too(rng):
    recorder = Recorder()
    classifier = TorchClassifier(optimizer="adam", max_epochs=2).set_callbacks(recorder)
    classifier.fit(rng.rand(30, 3), rng.randint(2, size=30))
    assert recorder.count("end", "epoch") == 2


def test_a_scoring_monitor_scores_after_each_epoch(clf, multiclass):
    texts, labels = multiclass
    monitor = callback.ScoringMonitor(scoring=["accuracy", "neg_log_loss"])
    clf.set_params(lr=0.1).set_callbacks(monitor).fit(texts, labels)
    rows = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    losses = [row["neg_log_loss"] for row in rows]
    assert len(rows) == 3
    assert losses == sorted(losses)
    assert rows[-1]["accuracy"] == clf.score(texts, labels)


def test_a_progress_bar_counts_epochs(clf, binary, capsys):
    pytest.importorskip("rich")
    clf.set_callbacks(callback.ProgressBar()).fit(*binary)
    shown = capsys.readouterr().out
    assert "TfidfTorchClassifier - fit" in shown
    assert "100%" in shown


def test_pipelines_and_validation_reach_the_classifier(clf, binary):
    spread, own = SpreadRecorder(), Recorder()
    Pipeline([("clf", clf)]).set_callbacks(spread).fit(*binary)
    assert spread.count("end", "epoch") == 3
    cross_val_score(clf.set_callbacks(own), *binary, cv=2)
    assert own.count("end", "epoch") == 2 * 3
    assert own.count("teardown", "fit") == 2


def test_classifiers_inside_others_keep_their_own(clf, binary):
    recorder = Recorder()
    CalibratedClassifier(clf.set_callbacks(recorder), cv=2).fit(*binary)
    assert recorder.count("end", "fit") >= 2
    assert recorder.count("end", "epoch") == 3 * recorder.count("end", "fit")


SEARCHED = {
    "epochs": TfidfTorchClassifier(optimizer="adam", max_epochs=3, random_state=0),
    "products": TfidfTorchClassifier(optimizer="lbfgs", max_epochs=3, random_state=0),
    "tokens": FastTextClassifier(n_buckets=500, embedding_dim=8, max_epochs=2, random_state=0),
    "apart": TfidfTorchClassifier(
        optimizer="adam", lr_schedule="one_cycle", max_epochs=2, random_state=0
    ),
    "alone": Pipeline(
        [("clf", TfidfTorchClassifier(optimizer="adam", max_epochs=2, random_state=0))]
    ),
}


@pytest.mark.parametrize("how", SEARCHED)
def test_a_joint_search_tells_what_grid_search_tells(how, binary):
    texts, labels = binary
    prefix = "clf__" if how == "alone" else ""
    grid = {prefix + name: values for name, values in GRID.items()}
    weight = {} if how == "alone" else {"sample_weight": np.ones(len(labels))}
    trees, scores = [], []
    for kind in (GridSearchCV, LossSearchCV):
        spread, own = SpreadRecorder(), Recorder()
        estimator = clone(SEARCHED[how])
        (estimator[-1] if how == "alone" else estimator).set_callbacks(own)
        search = kind(estimator, grid, cv=2).set_callbacks(spread).fit(texts, labels, **weight)
        trees.append([tree(spread), tree(own)])
        scores.append(search.cv_results_["mean_test_score"])
    assert trees[0] == trees[1]
    assert trees[0][0].total() > 20
    np.testing.assert_allclose(*scores)


@pytest.mark.parametrize("how", ["epochs", "products", "tokens"])
def test_copies_of_a_joint_search_are_those_of_single_fits(how, binary):
    texts, _ = binary
    found = []
    for kind in (GridSearchCV, LossSearchCV):
        recorder = Recorder()
        kind(clone(SEARCHED[how]).set_callbacks(recorder), GRID, cv=2, refit=False).fit(*binary)
        copies = {}
        for event, estimator, context, told in recorder.calls:
            if (event, context.task_name) == ("end", "epoch"):
                params = estimator.loss, estimator.class_weight, told["X"][0], context.task_id
                copies[params] = told["fitted"].decision_function(texts)
        found.append(copies)
    assert found[0].keys() == found[1].keys()
    for key, values in found[0].items():
        np.testing.assert_allclose(found[1][key], values, rtol=1e-4, atol=1e-5)


def test_halving_tells_of_its_rounds(clf, binary):
    spread = SpreadRecorder()
    search = LossSearchCV(clf, GRID, cv=2, halving=2).set_callbacks(spread).fit(*binary)
    n_rounds = search.cv_results_["iter"].max() + 1
    assert spread.count("end", "halving-iteration") == n_rounds
    grid = HalvingGridSearchCV(
        clf, GRID, cv=2, factor=2, resource="max_epochs", min_resources=1, max_resources=4
    )
    names = SpreadRecorder()
    grid.set_callbacks(names).fit(*binary)
    assert set(spread.names()) == set(names.names())


def test_an_epoch_is_told_once_though_training_begins_anew(clf, binary, monkeypatch):
    begun, run_epoch = [], MatrixEpochs.run_epoch

    def fail_in_second_epoch(epochs, device):
        begun.append(epochs)
        if begun.count(epochs) == 2:
            raise RuntimeError("for all at once, and for none alone")
        return run_epoch(epochs, device)

    recorder = Recorder()
    search = LossSearchCV(clf.set_callbacks(recorder), GRID, cv=2, refit=False)
    search.fit(*binary)
    expected = recorder.names()
    recorder.calls.clear()
    monkeypatch.setattr(MatrixEpochs, "run_epoch", fail_in_second_epoch)
    search.fit(*binary)
    assert len(begun) == 2 * 2
    assert Counter(recorder.names()) == Counter(expected)
    assert recorder.count("end", "epoch") == 2 * 4 * 3


@pytest.mark.parametrize("at", ["epoch", "fit", "teardown"])
def test_what_callbacks_of_a_candidate_raise_is_its_failure(at, clf, binary):
    raises = Raises(at)
    search = LossSearchCV(clf.set_callbacks(raises), GRID, cv=2)
    with pytest.raises(ValueError, match=r"fits failed|as it was asked to"):
        search.fit(*binary)
    assert raises.count("setup", "fit") == raises.count("teardown", "fit") == 8


def test_candidates_that_cannot_be_made_are_told_of(clf, binary):
    spread = SpreadRecorder()
    grid = [{"loss": ["cross_entropy"]}, {"loss": ["focal"], "loss__nothing": [1]}]
    with pytest.warns(FitFailedWarning), pytest.warns(UserWarning, match="non-finite"):
        LossSearchCV(clf, grid, cv=2).set_callbacks(spread).fit(*binary)
    for event in ("begin", "end"):
        assert spread.count(event, "candidate-split-evaluation") == 2
        assert spread.count(event, "fit") == 1 + 2 + 1  # the search, two folds, and the best


def test_callbacks_are_kept_off_what_a_search_finds(clf, binary):
    search = LossSearchCV(clf, GRID, cv=2).set_callbacks(SpreadRecorder()).fit(*binary)
    assert not [name for name in vars(search.best_estimator_) if "callback" in name[1:]]


@pytest.mark.slow
def test_older_versions_of_scikit_learn_have_none():
    code = dedent("""
        import builtins

        find = builtins.__import__

        def find_but(name, names=None, *args, **params):
            if name.startswith("sklearn.callback") and "sktext" in (names or {})["__name__"]:
                raise ImportError(name)
            return find(name, names, *args, **params)

        builtins.__import__ = find_but
        from sktext import TfidfTorchClassifier
        from sktext.model_selection import LossSearchCV

        X, y = ["good film", "bad film"] * 10, [1, 0] * 10
        classifier = TfidfTorchClassifier(max_epochs=2, optimizer="adam")
        assert not hasattr(classifier, "set_callbacks")
        assert classifier.fit(X, y).partial_fit(X, y).predict(X[:1]) == [1]
        for halving in (False, 2):
            search = LossSearchCV(classifier, {"loss": ["focal", "bce"]}, cv=2, halving=halving)
            assert search.fit(X, y).predict(X[:1]) == [1]
    """)
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
