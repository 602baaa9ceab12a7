"""Fitted classifiers are slim, hold no training rows, and move."""

import copy
import io
import pickle
import subprocess
import sys
import textwrap

import joblib
import numpy as np
import pytest
import torch
from skorch.callbacks import EpochScoring

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext.losses import LOSSES, CombinedLoss, FocalLoss


def by_joblib(model):
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    buffer.seek(0)
    return joblib.load(buffer)


COPIES = {
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "joblib": by_joblib,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"loss": FocalLoss(gamma=1.0), "hidden_layer_sizes": (8,), "dropout": 0.2},
        {"loss": "ldam"},
        {"loss": CombinedLoss()},
        {"early_stopping": True, "callbacks": [EpochScoring("accuracy")]},
        {"optimizer": "adamw", "lr_schedule": "cosine", "warm_start": True},
    ],
    ids=lambda params: "-".join(params) or "defaults",
)
def test_copy_predicts_the_same_and_can_be_trained_on(way, params, multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(random_state=0, max_epochs=3, **params).fit(texts, labels)
    twin = COPIES[way](clf)
    np.testing.assert_array_equal(twin.predict_proba(texts), clf.predict_proba(texts))
    assert twin.history_[:, "train_loss"] == clf.history_[:, "train_loss"]
    assert twin.n_iter_ == clf.n_iter_
    twin.set_params(early_stopping=False).partial_fit(texts, labels)
    np.testing.assert_array_equal(COPIES[way](twin).predict_proba(texts), twin.predict_proba(texts))
    twin.set_params(warm_start=True).fit(texts, labels)


@pytest.mark.parametrize("optimizer", ["lbfgs", "adagrad", "adamw"])
def test_pickle_is_hardly_larger_than_the_weights_and_the_vocabulary(optimizer, rng):
    words = [f"word{i:05d}" for i in range(20_000)]
    texts = [" ".join(words[i] for i in rng.randint(20_000, size=40)) for _ in range(2000)]
    labels = rng.randint(5, size=2000)
    clf = TfidfTorchClassifier(optimizer=optimizer, max_epochs=5, batch_size=16).fit(texts, labels)
    size = len(pickle.dumps(clf))
    weights = sum(p.numel() * p.element_size() for p in clf.net_.module_.parameters())
    assert size <= 1.2 * weights + len(pickle.dumps(clf.vectorizer_))


def test_fitted_classifier_holds_no_training_rows(multiclass):
    texts, labels = multiclass
    marked = [f"{text} uniquemarker{i}" for i, text in enumerate(texts)]
    clf = TfidfTorchClassifier(
        "hashing", optimizer="adagrad", early_stopping=True, scoring="f1_macro", random_state=0
    ).fit(marked, labels)
    assert b"uniquemarker" not in pickle.dumps(clf)
    X = np.random.RandomState(0).normal(size=(5000, 50))
    clf = TorchClassifier(optimizer="adagrad", early_stopping=True).fit(X, np.arange(5000) % 2)
    assert len(pickle.dumps(clf)) < 20_000 < X.nbytes


def test_unpickling_leaves_torchs_generator_alone(multiclass):
    texts, labels = multiclass
    data = pickle.dumps(TfidfTorchClassifier(hidden_layer_sizes=(4,)).fit(texts, labels))
    before = torch.get_rng_state()
    pickle.loads(data)
    assert torch.equal(torch.get_rng_state(), before)


def test_unfitted_classifier_can_be_copied():
    clf = TfidfTorchClassifier(loss=FocalLoss(gamma=1.0))
    for way in COPIES.values():
        assert repr(way(clf)) == repr(clf)


def test_model_of_a_cuda_device_loads_without_one(multiclass, monkeypatch):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(random_state=0).fit(texts, labels)
    clf.device = clf.net_.device = "cuda"  # as after a fit on one
    data = pickle.dumps(clf)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    loaded = pickle.loads(data)
    assert loaded.device == "cuda"
    assert loaded.net_.device == "cpu"
    assert loaded.predict(texts).shape == (len(texts),)


@pytest.mark.slow
def test_loss_defined_in_main_survives_a_parallel_search_and_cloudpickle():
    script = """
        import cloudpickle, joblib, pickle
        import torch
        from sklearn.model_selection import GridSearchCV, cross_validate
        from sktext import TfidfTorchClassifier
        from sktext.datasets import make_imbalanced_texts
        from sktext.losses import Loss

        class PowerLoss(Loss):
            def __init__(self, power=1.0):
                super().__init__()
                self.power = power

            def per_sample(self, logits, target):
                missing = 1 - logits.softmax(dim=1).gather(1, target[:, None])[:, 0]
                return missing.clamp_min(1e-9) ** self.power

        if __name__ == "__main__":
            texts, labels = make_imbalanced_texts(150, imbalance=4, random_state=0)
            clf = TfidfTorchClassifier(loss=PowerLoss(), random_state=0)
            search = GridSearchCV(clf, {"loss__power": [0.5, 1.0]}, cv=2, n_jobs=2)
            search.fit(texts, labels)
            result = cross_validate(clf, texts, labels, cv=2, n_jobs=2, return_estimator=True)
            model = result["estimator"][0]
            twin = pickle.loads(cloudpickle.dumps(model))
            assert (twin.predict(texts) == model.predict(texts)).all()
            print(search.best_params_, type(model.loss_).__name__)
    """
    pytest.importorskip("cloudpickle")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "PowerLoss" in done.stdout


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_survives_in_a_fitted_classifier(name, multilabel, binary):
    texts, y = multilabel if "multilabel" in LOSSES[name]().tasks else binary
    clf = TfidfTorchClassifier(loss=name, max_epochs=1, random_state=0).fit(texts, y)
    twin = pickle.loads(pickle.dumps(clf))
    np.testing.assert_array_equal(twin.decision_function(texts), clf.decision_function(texts))
