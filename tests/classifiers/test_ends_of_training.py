"""Training that ran away, or ended too early, says so."""

import numpy as np
import pytest
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from skorch.callbacks import Callback
from skorch.history import History

from sktext import LSTMClassifier, TfidfTorchClassifier, TorchClassifier
from sktext._training._convergence import warn_of_bad_ends
from sktext.model_selection import LossSearchCV

RUNAWAY = [
    {"optimizer": "sgd", "weight_decay": 1e6},
    {"optimizer": "sgd", "lr": 1e3},
    {"optimizer": "sgd", "lr": 1e12},
    {"optimizer": "adamw", "weight_decay": 1e6},
    {"optimizer": "adam", "lr": 1e12},
    {"optimizer": "adagrad", "lr": 1e12},
]


def error_of_fit(clf, X, y):
    """Fit, and give the message of what is raised, if anything is."""
    try:
        clf.fit(X, y)
    except ValueError as error:
        return str(error)
    return None


@pytest.mark.parametrize("params", RUNAWAY, ids=str)
def test_training_that_runs_away_is_an_error_or_a_warning(params, every, multiclass, recwarn):
    every.set_params(**params)
    if "head_lr" in every.get_params():  # clipped steps of the encoder alone do no harm
        every.set_params(head_lr=every.lr)
    error = error_of_fit(every, *multiclass)
    if error is not None:
        assert "training diverged. Lower lr" in error
        return
    found = [str(w.message) for w in recwarn if w.category is ConvergenceWarning]
    assert any("made the loss worse" in message for message in found)
    assert np.isfinite(every.predict_proba(multiclass[0])).all()


def spoil(clf, value):
    """Let the last step leave a weight that is no number, which no loss has seen."""

    class Spoil(Callback):
        def on_epoch_end(self, net, **kwargs):
            with torch.no_grad():
                next(iter(net.module_.head.parameters())).fill_(value)

    return clf.set_params(callbacks=[Spoil()])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_in_the_end_are_an_error(value, every, multiclass):
    spoil(every.set_params(max_epochs=1), value)
    with pytest.raises(ValueError, match=r"The weights .* became NaN or inf: training diverged"):
        every.fit(*multiclass)
    every.set_params(early_stopping=False)
    with pytest.raises(ValueError, match="training diverged"):
        every.partial_fit(*multiclass)


def test_weights_too_large_to_predict_with_are_an_error(rng):
    X = rng.normal(size=(200, 3)) * 1e3
    clf = TorchClassifier(hidden_layer_sizes=(8,), max_epochs=1, random_state=0)
    with pytest.raises(ValueError, match="What is predicted for the training rows became NaN or"):
        spoil(clf, 3e38).fit(X, X[:, 0] > 0)
    assert spoil(clf, 1e30).fit(X, X[:, 0] > 0) is clf  # large, and yet numbers


@pytest.mark.parametrize("search", [GridSearchCV, LossSearchCV])
def test_candidate_that_runs_away_gets_the_error_score(search, multiclass):
    clf = TfidfTorchClassifier(optimizer="adamw", batch_size=8, max_epochs=2, random_state=0)
    found = search(clf, {"weight_decay": [0.01, 1e6]}, cv=2)
    with pytest.warns(Warning, match=r"fits failed|non-finite"):
        found.fit(*multiclass)
    scores = found.cv_results_["mean_test_score"]
    assert scores[0] > 0.4
    assert np.isnan(scores[1])


def test_network_that_still_learns_in_the_last_epoch_says_so(multiclass):
    texts, labels = multiclass
    clf = LSTMClassifier(16, embedding_dim=16, lr=0.03, max_epochs=3, random_state=0)
    with pytest.warns(ConvergenceWarning, match=r"still falling by \d+% .*raise max_epochs \(now"):
        clf.fit(texts, labels)


class Ended:
    """What the rule looks at."""

    def __init__(self, start, losses):
        self.start = start
        self.history_ = History()
        for loss in losses:
            self.history_.new_epoch()
            self.history_.record("train_loss", loss)
        self.n_epochs = len(losses)


# Losses of the epochs as they were measured, with that of the class shares first.
MEASURED = {
    "LSTM of 151 classes": (4.920, [4.242, 3.201, 2.730, 2.435], True),
    "LSTM of questions": (1.654, [1.250, 0.887, 0.709, 0.607], True),
    "TF-IDF": (4.920, [0.304, 0.294, 0.292, 0.291, 0.291], False),
    "TF-IDF by batches": (4.920, [1.485, 0.273, 0.154, 0.107, 0.081], False),
    "CNN of reviews": (0.693, [0.472, 0.031, 0.006, 0.003, 0.002], False),
    "fastText of reviews": (0.693, [0.616, 0.294, 0.145, 0.086, 0.057, 0.042, 0.032], False),
    "CNN of 151 classes": (4.920, [3.628, 1.624, 0.890, 0.541, 0.366], False),
    "noisy labels": (0.651, [0.425, 0.299, 0.281, 0.266], False),
    "one lucky epoch": (0.630, [0.402, 0.338, 0.286, 0.313, 0.261], False),
    "one epoch": (4.920, [4.242], False),
}


@pytest.mark.parametrize("name", MEASURED)
def test_rule_tells_what_has_not_learned_yet_from_what_has(name, recwarn):
    start, losses, unfinished = MEASURED[name]
    run = Ended(start, losses)
    warn_of_bad_ends(run.history_, run, None)
    assert bool(len(recwarn)) == unfinished
    run.n_epochs += 1  # as of one that has converged, or that a callback has ended
    recwarn.clear()
    warn_of_bad_ends(run.history_, run, None)
    assert not len(recwarn)


@pytest.mark.parametrize(
    "way", ["partial_fit", "warm_start", "search", "changing loss", "defaults on an easy problem"]
)
def test_no_word_where_the_loss_says_nothing_of_that(way, multiclass, recwarn):
    texts, labels = multiclass
    clf = LSTMClassifier(16, embedding_dim=16, lr=0.03, max_epochs=3, random_state=0)
    clf.set_params(lr_schedule=None)
    if way == "partial_fit":
        for _ in range(2):
            clf.partial_fit(texts, labels)
    elif way == "warm_start":
        clf.set_params(max_epochs=1, warm_start=True).fit(texts, labels).fit(texts, labels)
    elif way == "search":
        clf.set_params(lr=0.003)
        LossSearchCV(clf, {"loss": ["focal", "cross_entropy"]}, cv=2, refit=False).fit(
            texts, labels
        )
    elif way == "changing loss":
        clf.set_params(loss="ldam", loss__reweight_from=0.5).fit(texts, labels)
    else:
        TfidfTorchClassifier(random_state=0).fit(texts, labels)
    assert not [w for w in recwarn if w.category is ConvergenceWarning]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_lstm_of_many_classes_and_few_epochs_says_that_it_has_not_learned_yet(seed, real_texts):
    frame = real_texts("clinc150_imbalanced")
    frame = frame[frame["split"] == "train"]
    with pytest.warns(ConvergenceWarning, match="still falling"):
        LSTMClassifier(
            max_epochs=4, lr=0.03, lr_schedule=None, pooling="mean", skip=False, random_state=seed
        ).fit(frame.text.tolist(), frame.label)
