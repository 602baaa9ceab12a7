"""Training that scales: checkpoints, gathered gradients, half precision, memory, vectors."""

import copy
import os
import shutil
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import torch
from killed_runs import KillAfter, KilledError
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import CountVectorizer
from skorch.callbacks import Callback, GradientNormClipping

from sktext import CNNClassifier, LSTMClassifier, ModuleClassifier
from sktext._fingerprint import fingerprint
from sktext.modules import EmbeddingInit, TextRNN
from sktext.sampling import BalancedBatches


def state(clf):
    return [value.detach().clone() for value in clf.net_.module_.parameters()]


def assert_same_run(one, two):
    for a, b in zip(state(one), state(two), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)
    for name in ("train_loss", "valid_loss", "valid_score", "event_lr"):
        values = [run.history_[:, name] if name in run.history_[0] else None for run in (one, two)]
        assert values[0] == values[1], name


RUNS = {
    "plain": {},
    "dropout": {"dropout": 0.5},
    "schedule": {"lr_schedule": "cosine"},
    "one_cycle": {"lr_schedule": "one_cycle", "optimizer": "adam"},
    "warmup": {"lr_schedule": "warmup_cosine", "optimizer": "adam"},
    "plateau": {"lr_schedule": "plateau", "early_stopping": True},
    "stopping": {"early_stopping": True, "n_iter_no_change": 2, "scoring": "f1_macro"},
    "accumulation": {"gradient_accumulation_steps": 2},
    "sampler": {"sampler": "balanced_batches"},
    "sgd": {"optimizer": "sgd"},
}


@pytest.mark.parametrize("run", RUNS)
def test_killed_run_goes_on_as_if_nothing_had_been(run, multiclass, tmp_path):
    params = {"embedding_dim": 8, "max_epochs": 5, "random_state": 0} | RUNS[run]
    whole = LSTMClassifier(8, **params).fit(*multiclass)
    killed = LSTMClassifier(8, checkpoint_dir=tmp_path, callbacks=[KillAfter(2)], **params)
    with pytest.raises(KilledError):
        killed.fit(*multiclass)
    assert len(list(tmp_path.glob("*.pt"))) == 1
    again = LSTMClassifier(8, checkpoint_dir=tmp_path, callbacks=[Count()], **params)
    again.fit(*multiclass)
    assert_same_run(whole, again)
    n_seen = dict(again.net_.callbacks_)["Count"].n_epochs_
    assert n_seen == whole.n_iter_ - 2
    assert not list(tmp_path.iterdir())


class Count(Callback):
    """Count the epochs that are really trained."""

    def on_train_begin(self, net, **kwargs):
        self.n_epochs_ = 0

    def on_epoch_end(self, net, **kwargs):
        self.n_epochs_ += 1


def test_network_with_dropout_of_torch_goes_on_too(multiclass, tmp_path):
    params = {"embedding_dim": 8, "max_epochs": 4, "random_state": 0}
    whole = ModuleClassifier(Dropping, **params).fit(*multiclass)
    with pytest.raises(KilledError):
        ModuleClassifier(Dropping, checkpoint_dir=tmp_path, callbacks=[KillAfter(2)], **params).fit(
            *multiclass
        )
    again = ModuleClassifier(Dropping, checkpoint_dir=tmp_path, **params).fit(*multiclass)
    assert_same_run(whole, again)


class Dropping(torch.nn.Module):
    """A network with torch's own dropout."""

    def __init__(self, n_tokens, n_outputs, embedding_dim):
        super().__init__()
        self.embedding = torch.nn.EmbeddingBag(n_tokens, embedding_dim, padding_idx=0)
        self.dropout = torch.nn.Dropout(0.5)
        self.last = torch.nn.Linear(embedding_dim, n_outputs)

    def forward(self, ids):
        return self.last(self.dropout(self.embedding(ids)))


def test_network_with_dropout_of_torch_leaves_the_global_generator_alone(multiclass):
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    one = ModuleClassifier(Dropping, embedding_dim=8, random_state=0).fit(*multiclass)
    torch.testing.assert_close(torch.rand(3), expected)
    two = ModuleClassifier(Dropping, embedding_dim=8, random_state=0).fit(*multiclass)
    assert_same_run(one, two)


def test_folder_keeps_the_runs_of_a_search_apart(multiclass, tmp_path):
    texts, labels = multiclass
    for size, rows in ((4, slice(None)), (8, slice(None)), (8, slice(100))):
        clf = LSTMClassifier(
            size,
            embedding_dim=8,
            random_state=0,
            checkpoint_dir=tmp_path,
            callbacks=[KillAfter(1)],
        )
        with pytest.raises(KilledError):
            clf.fit(texts[rows], labels[rows])
    assert len(list(tmp_path.glob("*.pt"))) == 3


def split_on_spaces(text):
    return text.split()


@pytest.mark.slow
def test_run_with_a_function_is_found_again_in_another_process(multiclass, tmp_path):
    code = """
        import sys
        sys.path.insert(0, sys.argv[1])
        from words import split_on_spaces
        from sktext._fingerprint import fingerprint
        print(fingerprint([split_on_spaces, {"a": 1.0}]))
    """
    (tmp_path / "words.py").write_text("def split_on_spaces(text):\n    return text.split()\n")
    found = {
        subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in (1, 2)
    }
    assert len(found) == 1


def test_networks_with_other_weights_are_other_runs():
    same, other = TextRNN(9, 2, seed=0), TextRNN(9, 2, seed=1)
    assert fingerprint(same) == fingerprint(copy.deepcopy(same)) != fingerprint(other)
    vectors = {str(i): [float(i)] for i in range(50)}
    one = fingerprint(EmbeddingInit(vectors))
    assert one == fingerprint(EmbeddingInit(dict(vectors)))
    assert one != fingerprint(EmbeddingInit(vectors | {"49": [0.0]}))
    assert fingerprint(split_on_spaces) != fingerprint(str.split)


def test_run_that_was_about_to_stop_stops(multiclass, tmp_path):
    params = {"embedding_dim": 8, "max_epochs": 30, "random_state": 0, "early_stopping": True}
    params |= {"n_iter_no_change": 1, "lr": 0.1}
    whole = LSTMClassifier(8, **params).fit(*multiclass)
    with pytest.raises(KilledError):
        LSTMClassifier(8, checkpoint_dir=tmp_path, callbacks=[KillAtTheEnd()], **params).fit(
            *multiclass
        )
    again = LSTMClassifier(8, checkpoint_dir=tmp_path, callbacks=[Count()], **params)
    assert again.fit(*multiclass).n_iter_ == whole.n_iter_ < 30
    assert_same_run(whole, again)


class KillAtTheEnd(Callback):
    """A kill after the last checkpoint of a run."""

    def on_train_end(self, net, **kwargs):
        raise KilledError


def test_checkpoint_needs_a_seed(multiclass, tmp_path):
    with pytest.raises(ValueError, match="checkpoint_dir needs an int random_state"):
        LSTMClassifier(checkpoint_dir=tmp_path).fit(*multiclass)


@pytest.mark.parametrize("content", [b"", b"garbage\n", b"PK\x03\x04 cut off"])
def test_checkpoint_that_cannot_be_read_is_named(multiclass, tmp_path, content):
    texts, labels = multiclass
    clf = LSTMClassifier(
        4, max_epochs=2, checkpoint_dir=tmp_path, callbacks=[KillAfter(1)], random_state=0
    )
    with pytest.raises(KilledError):
        clf.fit(texts, labels)
    [path] = tmp_path.iterdir()
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"{path.name} cannot be read .* Delete it"):
        clf.fit(texts, labels)


def test_checkpoint_and_warm_start_exclude_each_other(multiclass, tmp_path):
    clf = LSTMClassifier(checkpoint_dir=tmp_path, warm_start=True, random_state=0)
    with pytest.raises(ValueError, match="leave one of them out"):
        clf.fit(*multiclass)


@pytest.mark.slow
def test_run_that_the_system_kills_goes_on(tmp_path):
    code = """
        import os, signal, sys
        from skorch.callbacks import Callback
        from sktext import LSTMClassifier
        from sktext.datasets import make_imbalanced_texts

        class Kill(Callback):
            def on_batch_end(self, net, **kwargs):
                if sys.argv[2] == "kill" and len(net.history) == 3:
                    os.kill(os.getpid(), signal.SIGKILL)

        texts, labels = make_imbalanced_texts(300, random_state=0)
        folder = sys.argv[1] if sys.argv[2] != "whole" else None
        clf = LSTMClassifier(
            8, embedding_dim=8, max_epochs=5, random_state=0, checkpoint_dir=folder,
            callbacks=[Kill()],
        )
        print(clf.fit(texts, labels).predict_proba(texts).sum(axis=0).tolist(), clf.n_iter_)
    """
    outputs = {}
    for how in ("whole", "kill", "again"):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), str(tmp_path), how],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        outputs[how] = done
    assert outputs["kill"].returncode == -9
    assert outputs["whole"].stdout == outputs["again"].stdout != ""


def test_gathered_gradients_equal_one_large_batch(multiclass):
    params = {"embedding_dim": 8, "dtype": "float64", "random_state": 0}
    params |= {"dropout": 0.0, "token_dropout": 0.0}
    params |= {"max_epochs": 3, "optimizer": "sgd", "lr": 0.5, "class_weight": "balanced"}
    large = LSTMClassifier(8, batch_size=1000, **params).fit(*multiclass)
    for batch_size in (100, 7):
        clf = LSTMClassifier(8, batch_size=batch_size, gradient_accumulation_steps=1000, **params)
        for a, b in zip(state(large), state(clf.fit(*multiclass)), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-12)


class Forgetful(torch.optim.SGD):
    """An optimizer that has its own way to forget gradients."""

    n_forgotten = 0

    def zero_grad(self, set_to_none=True):
        type(self).n_forgotten += 1
        super().zero_grad(set_to_none)


def test_gathered_gradients_are_dropped_by_an_optimizer_of_your_own(multiclass):
    clf = LSTMClassifier(4, optimizer=Forgetful, lr=0.1, batch_size=50, max_epochs=1)
    clf.set_params(gradient_accumulation_steps=2).fit(*multiclass)
    assert Forgetful.n_forgotten == -(-clf.history_[-1, "train_batch_count"] // 2)


def test_gradients_are_clipped_once_per_step(multiclass):
    params = {"embedding_dim": 8, "dtype": "float64", "random_state": 0}
    params |= {"dropout": 0.0, "token_dropout": 0.0}
    params |= {"max_epochs": 2, "optimizer": "sgd", "lr": 0.5}
    runs = [
        LSTMClassifier(
            8,
            batch_size=size,
            gradient_accumulation_steps=steps,
            callbacks=[GradientNormClipping(0.01)],
            **params,
        ).fit(*multiclass)
        for size, steps in ((240, 1), (60, 4))
    ]
    for a, b in zip(*map(state, runs), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-12)


def test_half_precision_keeps_weights_and_logits_in_float32(multiclass):
    texts, labels = multiclass
    clf = CNNClassifier(n_filters=8, embedding_dim=8, dtype="bfloat16", random_state=0)
    clf.fit(texts, labels)
    assert {value.dtype for value in state(clf)} == {torch.float32}
    full = CNNClassifier(n_filters=8, embedding_dim=8, random_state=0).fit(texts, labels)
    assert abs(clf.score(texts, labels) - full.score(texts, labels)) < 0.1


class Greedy(TextRNN):
    """A network for which the memory runs out at long texts."""

    def forward(self, ids):
        if ids.shape[1] > 50 and self.training:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory.")
        return super().forward(ids)


def test_memory_that_runs_out_says_which_batch_and_what_to_lower():
    texts = ["a b c"] * 64 + [" ".join("abcdefg" * 10)] * 32
    clf = ModuleClassifier(Greedy, {"hidden_size": 4}, embedding_dim=4, random_state=0)
    with pytest.raises(
        MemoryError,
        match=r"epoch 1, train batch \d: 32 texts of up to 70 tokens. Lower batch_size",
    ):
        clf.fit(texts, [0, 1] * 48)


class Broken(TextRNN):
    """A network with a mistake."""

    def forward(self, ids):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")


def test_other_errors_stay_what_they_are(multiclass):
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        ModuleClassifier(Broken).fit(*multiclass)


def test_compiled_network_is_the_one_that_trains(multiclass, monkeypatch):
    calls = []

    def compile_(module, **params):
        def forward(ids):
            calls.append(ids.shape)
            return module(ids)

        return forward

    monkeypatch.setattr(torch, "compile", compile_)
    params = {"embedding_dim": 8, "max_epochs": 1, "random_state": 0}
    compiled = LSTMClassifier(8, compile=True, **params).fit(*multiclass)
    assert len(calls) == -(-240 // 32)
    assert_same_run(compiled, LSTMClassifier(8, **params).fit(*multiclass))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
@pytest.mark.filterwarnings("ignore")  # torch warns of its own code
def test_compiled_network_trains_the_same(multiclass):
    texts, labels = multiclass
    params = {
        "n_filters": 4,
        "n_buckets": 0,
        "embedding_dim": 4,
        "max_epochs": 2,
        "random_state": 0,
    }
    plain = CNNClassifier(dropout=0.0, **params).fit(texts, labels)
    compiled = CNNClassifier(dropout=0.0, compile=True, **params).fit(texts, labels)
    np.testing.assert_allclose(compiled.predict_proba(texts), plain.predict_proba(texts), atol=1e-4)


# -- word vectors ---------------------------------------------------------------------


@pytest.fixture
def vectors(multiclass, rng):
    """Vectors of most words."""
    words = sorted({word for text in multiclass[0] for word in text.lower().split()})
    return {word.strip(".,!?"): rng.normal(size=6).astype(np.float32) for word in words[::2]}


def embedding_of(clf, word):
    row = clf.tokenizer_.vocabulary_[word]
    return clf.net_.module_.embedding.weight[row].detach().numpy()


@pytest.mark.parametrize("trainable", [True, False, 2])
def test_word_vectors_are_frozen_as_long_as_asked_for(trainable, small, multiclass, vectors):
    texts, labels = (part[:90] for part in multiclass)
    init = EmbeddingInit(vectors, trainable=trainable)
    if type(small).__name__ == "SelfAttentionClassifier":
        small.set_params(n_heads=3)
    clf = small.set_params(embedding_init=init, max_epochs=2).fit(texts, labels)
    word = next(word for word in vectors if word in clf.tokenizer_.vocabulary_)
    same = np.array_equal(embedding_of(clf, word), vectors[word])
    assert same == (trainable is not True)
    assert 0.2 < clf.embedding_init_.coverage_ < 1
    assert clf.net_.module_.embedding.embedding_dim == 6
    moved = small.set_params(max_epochs=3).fit(texts, labels)
    same = np.array_equal(embedding_of(moved, word), vectors[word])
    assert same == (trainable is False)


def test_killed_run_thaws_word_vectors_in_time(multiclass, vectors, tmp_path):
    params = {"embedding_init": EmbeddingInit(vectors, trainable=2), "random_state": 0}
    params |= {"max_epochs": 4}
    whole = LSTMClassifier(8, **params).fit(*multiclass)
    for stop in (1, 3):
        with pytest.raises(KilledError):
            LSTMClassifier(8, checkpoint_dir=tmp_path, callbacks=[KillAfter(stop)], **params).fit(
                *multiclass
            )
        again = LSTMClassifier(8, checkpoint_dir=tmp_path, **params).fit(*multiclass)
        assert_same_run(whole, again)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (lambda n_tokens, n_outputs: torch.nn.Embedding(n_tokens, 5), "logits of shape"),
        (lambda n_tokens, n_outputs: 3, "made a int"),
    ],
)
def test_network_that_does_not_fit_is_refused_before_training(module, message, multiclass):
    with pytest.raises((TypeError, ValueError), match=message):
        ModuleClassifier(module).fit(*multiclass)


def test_built_network_is_copied_at_each_fit(multiclass):
    module = TextRNN(500, 3, embedding_dim=4, hidden_size=4)
    before = [value.detach().clone() for value in module.parameters()]
    one = ModuleClassifier(module, random_state=0).fit(*multiclass)
    two = ModuleClassifier(module, random_state=0).fit(*multiclass)
    assert_same_run(one, two)
    for a, b in zip(before, module.parameters(), strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize(
    ("module", "params", "message"),
    [
        (TextRNN(500, 5, hidden_size=4), None, r"logits of shape \(2, 3\)"),
        (TextRNN(10, 3, hidden_size=4), None, "tokenizer__max_features"),
        (TextRNN(500, 3, hidden_size=4), {"a": 1}, "module_params are for a class"),
    ],
)
def test_built_network_that_does_not_fit_is_refused(module, params, message, multiclass):
    with pytest.raises(ValueError, match=message):
        ModuleClassifier(module, params).fit(*multiclass)


def test_word_vectors_of_another_size_than_the_network_are_refused(multiclass, vectors):
    clf = ModuleClassifier(TextRNN(500, 3, embedding_dim=8), embedding_init=EmbeddingInit(vectors))
    with pytest.raises(ValueError, match="embedding_dim, which is that of the vectors"):
        clf.fit(*multiclass)


class Lists(BaseEstimator):
    """A tokenizer of the user's that knows nothing of the package."""

    n_tokens_ = 12

    def fit_transform(self, texts, y=None):
        return self.transform(texts)

    def transform(self, texts):
        return [[2 + len(word) % 10 for word in text.split()] for text in texts]


def test_tokenizer_that_gives_lists_goes(multiclass):
    texts, labels = multiclass
    clf = LSTMClassifier(8, tokenizer=Lists(), max_epochs=1).fit(texts, labels)
    assert clf.net_.module_.embedding.num_embeddings == 12
    assert len(clf.predict(texts)) == len(texts)


def test_vectorizer_as_tokenizer_is_refused(multiclass):
    with pytest.raises(TypeError, match=r"returned a csr_matrix. A vectorizer belongs in"):
        LSTMClassifier(tokenizer=CountVectorizer()).fit(*multiclass)


def test_prior_is_that_of_the_last_fit(multiclass):
    texts, labels = multiclass
    clf = LSTMClassifier(4, embedding_dim=4, max_epochs=1, warm_start=True).fit(texts, labels)
    rows = np.concatenate([np.flatnonzero(labels == name)[:5] for name in clf.classes_])
    clf.fit([texts[row] for row in rows], labels[rows])
    np.testing.assert_allclose(clf.predict_proba([""]), 1 / 3, atol=1e-6)


@pytest.mark.filterwarnings("ignore:dtype='float16' is for CUDA devices")
@pytest.mark.parametrize("params", [{"gradient_accumulation_steps": 2}, {"dtype": "float16"}])
def test_full_batches_have_nothing_to_gather_or_scale(params, multiclass):
    with pytest.raises(ValueError, match="step by the batch"):
        LSTMClassifier(4, optimizer="lbfgs", **params).fit(*multiclass)


def test_lbfgs_of_torch_names_ours(multiclass):
    with pytest.raises(ValueError, match="set optimizer='lbfgs'"):
        LSTMClassifier(4, optimizer=torch.optim.LBFGS).fit(*multiclass)


def test_cycle_ends_where_a_sampler_draws_more_rows(multiclass):
    clf = LSTMClassifier(4, sampler=BalancedBatches(n_rows=400), lr_schedule="one_cycle")
    assert clf.set_params(max_epochs=2, random_state=0).fit(*multiclass).n_iter_ == 2
