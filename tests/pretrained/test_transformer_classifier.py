"""Fine-tuned encoders of every family: alike whatever surrounds a text, and without a trace."""

import copy
import gc
import os
import pickle
import subprocess
import sys
import weakref

import numpy as np
import pytest
import torch
from sklearn.base import clone
from skorch.callbacks import Callback
from transformers import AutoModel, AutoTokenizer

from sktext import TransformerClassifier
from sktext._training import _pretrained_network
from sktext.exceptions import TruncationWarning

FAMILIES = ("bert", "roberta", "xlm-roberta", "distilbert", "deberta", "modernbert", "gpt2")
TEXTS = [
    "my refund is late",
    "the parcel",
    "",
    "a payment is not a refund",
    "invoice late late",
] * 6
LABELS = np.array(["money", "parcel", "parcel", "money", "money"] * 6)
LONG = " ".join(["my refund is late the parcel is not"] * 20)


def make(model, **params):
    defaults = {"lr": 0.01, "head_lr": 0.05, "max_epochs": 2, "batch_size": 8, "random_state": 0}
    return TransformerClassifier(model, **{**defaults, **params})


@pytest.fixture(params=FAMILIES)
def folder(request, tiny_encoder):
    return tiny_encoder(request.param)


@pytest.fixture
def bert(tiny_encoder):
    return tiny_encoder("bert")


@pytest.mark.parametrize("pooling", ["auto", "last", "concat", "label_attention"])
@pytest.mark.parametrize("windows", [{}, {"long_texts": "windows", "window": 7, "stride": 3}])
def test_predictions_are_blind_to_neighbours(folder, pooling, windows):
    clf = make(folder, pooling=pooling, max_epochs=1, **windows).fit(TEXTS, LABELS)
    texts = [*TEXTS[:5], " ".join(TEXTS[:10])]
    alone = np.vstack([clf.predict_proba([text]) for text in texts])
    np.testing.assert_allclose(clf.predict_proba(texts), alone, atol=1e-5)


def test_equal_fits_are_equal_and_leave_the_global_generator(folder):
    before = torch.get_rng_state()
    one, other = (make(folder).fit(TEXTS, LABELS).predict_proba(TEXTS) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert torch.equal(torch.get_rng_state(), before)
    assert not np.array_equal(
        one, make(folder, random_state=1).fit(TEXTS, LABELS).predict_proba(TEXTS)
    )


def test_labels_are_learned(folder):
    clf = make(folder, max_epochs=15, dropout=0.0).fit(TEXTS, LABELS)
    known = [i for i, text in enumerate(TEXTS) if text]
    assert (clf.predict(TEXTS) == LABELS)[known].mean() > 0.9


def test_empty_text_gets_the_class_proportions(folder):
    clf = make(folder).fit(TEXTS, LABELS)
    np.testing.assert_allclose(clf.predict_proba(["", " \n"]), [[0.6, 0.4]] * 2, atol=1e-6)


def test_gradient_checkpointing_changes_nothing(folder):
    plain = make(folder).fit(TEXTS, LABELS)
    saving = make(folder, gradient_checkpointing=True).fit(TEXTS, LABELS)
    np.testing.assert_allclose(saving.predict_proba(TEXTS), plain.predict_proba(TEXTS), atol=1e-6)
    assert "forward" not in vars(saving.net_.module_.layers[0][1])


# -- what is trained ------------------------------------------------------------------


def changed(clf):
    """Names of the weights that a fit has changed."""
    start = make(clf.model, lr=1e-30, head_lr=1e-30, max_epochs=1).set_params(
        weight_decay=0, trained_layers=clf.trained_layers, pooling=clf.pooling
    )
    before = start.fit(TEXTS, LABELS).net_.module_.state_dict()
    after = clf.net_.module_.state_dict()
    return {name for name in after if not torch.equal(before[name], after[name])}


@pytest.mark.parametrize("gradient_checkpointing", [False, True])
@pytest.mark.parametrize("trained_layers", [0, 1, 2])
def test_last_layers_alone_are_trained(folder, trained_layers, gradient_checkpointing):
    params = {"trained_layers": trained_layers, "gradient_checkpointing": gradient_checkpointing}
    clf = make(folder, max_epochs=1, **params).fit(TEXTS, LABELS)
    module = clf.net_.module_
    kept = tuple(f"{name}." for name, _ in module.layers[: 2 - trained_layers])
    below = {f"encoder.{name}" for name in module.encoder.below_blocks}
    found = changed(clf)
    assert "head.weight" in found
    assert not found & below
    assert not [name for name in found if name.startswith(kept) and kept]
    if trained_layers:
        assert [name for name in found if name.startswith(f"{module.layers[-1][0]}.")]
    else:
        assert found == {"head.weight", "head.bias"}
    optimized = {id(x) for group in clf.net_.optimizer_.param_groups for x in group["params"]}
    assert optimized == {id(x) for name, x in module.named_parameters() if x.requires_grad}


def test_frozen_layers_have_no_dropout(bert):
    module = make(bert, trained_layers=1).fit(TEXTS, LABELS).net_.module_.train()
    first, last = (layer for _, layer in module.layers)
    assert not any(part.training for part in first.modules())
    assert all(part.training for part in last.modules())
    assert module.head.training
    assert module.dropout.training


class Weights(Callback):
    """The weights of an encoder, and its mode, after each epoch."""

    seen: list = []

    def on_epoch_end(self, net, **kwargs):
        self.seen.append(next(iter(net.module_.encoder.parameters())).clone())


def test_encoder_is_frozen_for_some_epochs(bert):
    Weights.seen.clear()
    clf = make(bert, frozen_epochs=2, max_epochs=4, callbacks=[Weights()], lr_schedule=None)
    clf.fit(TEXTS, LABELS)
    first, second, third, fourth = Weights.seen
    assert torch.equal(first, second)
    assert not torch.equal(second, third)
    assert not torch.equal(third, fourth)


def rates(clf):
    """The learning rate and the weight decay of each parameter."""
    names = {id(value): name for name, value in clf.net_.module_.named_parameters()}
    return {
        names[id(value)]: (group["lr"], group["weight_decay"])
        for group in clf.net_.optimizer_.param_groups
        for value in group["params"]
    }


def test_head_and_layers_have_step_sizes_of_their_own(bert):
    params = {"lr": 0.01, "head_lr": 0.5, "layer_decay": 0.5, "lr_schedule": None}
    found = rates(make(bert, **params).fit(TEXTS, LABELS))
    prefix = "encoder.model.encoder.layer"
    assert found["head.weight"] == (0.5, 0.01)
    assert found["head.bias"] == (0.5, 0.0)
    assert found[f"{prefix}.1.output.dense.weight"] == (0.01, 0.01)
    assert found[f"{prefix}.0.output.dense.weight"] == (0.005, 0.01)
    assert found[f"{prefix}.0.output.LayerNorm.weight"] == (0.005, 0.0)
    assert found["encoder.model.embeddings.word_embeddings.weight"] == (0.0025, 0.01)


@pytest.mark.parametrize(("hidden_size", "lr"), [(16, 2e-4), (512, 5e-5), (1024, 2e-5)])
def test_step_size_suits_the_size_of_the_encoder(hidden_size, lr, tiny_encoder):
    folder = tiny_encoder("bert", hidden_size=hidden_size, n_layers=1)
    clf = make(folder, lr="auto", head_lr="auto", lr_schedule=None, max_epochs=1)
    found = rates(clf.fit(TEXTS[:10], LABELS[:10]))
    assert {rate for name, (rate, _) in found.items() if name.startswith("encoder")} == {lr}
    assert found["head.weight"][0] == 5e-3


class Norms(Callback):
    """The norm of the gradients of each step."""

    seen: list = []

    def on_grad_computed(self, net, named_parameters, **kwargs):
        grads = [value.grad.flatten() for _, value in named_parameters if value.grad is not None]
        self.seen.append(float(torch.cat(grads).norm()))


def test_gradients_are_clipped_once_a_step(bert, monkeypatch):
    Norms.seen.clear()
    monkeypatch.setattr(_pretrained_network, "MAX_GRADIENT_NORM", 0.05)
    clf = make(bert, callbacks=[Norms()], gradient_accumulation_steps=2, batch_size=4)
    clf.fit(TEXTS, LABELS)
    assert len(Norms.seen) == 2 * 4
    np.testing.assert_allclose(max(Norms.seen), 0.05, rtol=1e-4)


def test_accumulated_steps_are_those_of_large_batches(plain_encoder):
    params = {"dropout": 0.0, "lr": 1e-3, "optimizer": "sgd"}
    # One step of all rows, of which the order does not matter.
    large = make(plain_encoder, batch_size=30, **params).fit(TEXTS, LABELS)
    small = make(plain_encoder, batch_size=6, gradient_accumulation_steps=5, **params).fit(
        TEXTS, LABELS
    )
    np.testing.assert_allclose(small.predict_proba(TEXTS), large.predict_proba(TEXTS), atol=1e-5)


# -- long texts -----------------------------------------------------------------------


def test_long_texts_are_truncated_counted_and_warned_about(folder):
    with pytest.warns(TruncationWarning, match=r"more than 64 tokens.*long_texts='windows'"):
        clf = make(folder).fit([*TEXTS, LONG], [*LABELS, "money"])
    assert clf.n_truncated_ == 1
    pieces = clf.tokenizer_.pieces_
    assert len(clf.tokenize([LONG])[0]) == 64 - pieces.n_special
    np.testing.assert_array_equal(clf.predict_proba([LONG]), clf.predict_proba([f"{LONG} refund"]))


def test_windows_read_all_of_a_text(folder, recwarn):
    params = {"long_texts": "windows", "window": 16, "pooling": "mean"}
    clf = make(folder, **params).fit([*TEXTS, LONG], [*LABELS, "money"])
    assert clf.n_truncated_ == 0
    assert not [w for w in recwarn if w.category is TruncationWarning]
    change = clf.predict_proba([LONG]) - clf.predict_proba([f"{LONG} refund"])
    assert np.abs(change).max() > 0
    assert len(clf.tokenize([LONG])[0]) == len(LONG.split())


def test_short_texts_are_read_alike_with_and_without_windows(folder):
    plain = make(folder).fit(TEXTS, LABELS)
    windows = make(folder, long_texts="windows").fit(TEXTS, LABELS)
    np.testing.assert_allclose(windows.predict_proba(TEXTS), plain.predict_proba(TEXTS), atol=1e-6)


def test_pooled_windows_are_the_mean_of_their_states(bert):
    clf = make(bert, long_texts="windows", window=6, pooling="cls").fit(TEXTS, LABELS)
    words = ["my", "refund", "is", "late", "the", "parcel", "is", "not"]
    halves = [" ".join(words[:4]), " ".join(words[4:])]
    module, features = clf.net_.module_.eval(), clf._make_features()
    ids = [
        torch.from_numpy(row)[None].long() for row in features.transform([" ".join(words), *halves])
    ]
    with torch.no_grad():
        whole, first, second = (module.pooling(*module.encode(row)) for row in ids)
    torch.testing.assert_close(whole, (first + second) / 2)


def test_a_single_text_of_any_length_is_read_a_few_windows_at_a_time(bert, monkeypatch):
    clf = make(bert, long_texts="windows", window=32).fit(TEXTS, LABELS)
    sizes, encoder = [], clf.net_.module_.encoder
    forward = encoder.forward
    monkeypatch.setattr(
        encoder, "forward", lambda ids, mask: sizes.append(ids.numel()) or forward(ids, mask)
    )
    clf.predict([" ".join([LONG] * 50)])
    assert len(sizes) > 1
    assert max(sizes) <= 2**11 * 32 / 30


def test_prediction_and_validation_are_cut_by_tokens(bert, monkeypatch):
    sizes = []
    texts = [" ".join(TEXTS[3].split() * 9)] * 200
    clf = make(bert, max_epochs=1, early_stopping=True, validation_fraction=0.5)
    clf.fit(texts, np.arange(200) % 2)
    assert clf.history_[-1, "valid_batch_count"] == 3
    forward = clf.net_.module_.encoder.forward
    monkeypatch.setattr(
        clf.net_.module_.encoder,
        "forward",
        lambda ids, mask: sizes.append(ids.numel()) or forward(ids, mask),
    )
    clf.predict(texts)
    assert max(sizes) <= 2**11 * 64 / 62


# -- early stopping, precision, compilation -------------------------------------------


class Kept(Callback):
    seen: list = []

    def on_epoch_end(self, net, **kwargs):
        self.seen.append(set(dict(net.callbacks_)["early_stopping"].state_))


def test_early_stopping_keeps_what_is_trained_alone(bert):
    clf = make(bert, trained_layers=1, early_stopping=True, callbacks=[Kept()])
    module = clf.fit(TEXTS, LABELS).net_.module_
    frozen = {name for name, value in module.named_parameters() if not value.requires_grad}
    assert frozen
    assert not Kept.seen[-1] & frozen
    assert "head.weight" in Kept.seen[-1]


@pytest.mark.parametrize("dtype", ["bfloat16", "float64"])
def test_other_precisions_predict_nearly_the_same(folder, dtype):
    clf = make(folder, dtype=dtype, max_epochs=1).fit(TEXTS, LABELS)
    plain = make(folder, max_epochs=1).fit(TEXTS, LABELS)
    np.testing.assert_allclose(clf.predict_proba(TEXTS), plain.predict_proba(TEXTS), atol=0.1)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # torch warns of its own code
def test_compiled_training_is_the_same(plain_encoder):
    params = {"dropout": 0.0, "max_epochs": 1}
    plain = make(plain_encoder, **params).fit(TEXTS, LABELS)
    compiled = make(plain_encoder, compile=True, **params).fit(TEXTS, LABELS)
    np.testing.assert_allclose(compiled.predict_proba(TEXTS), plain.predict_proba(TEXTS), atol=1e-4)


# -- copies, files and traces ---------------------------------------------------------


@pytest.mark.slow
def test_pickles_predict_in_another_process_without_the_folder(tiny_encoder, tmp_path):
    classifiers = [make(tiny_encoder(family)).fit(TEXTS, LABELS) for family in FAMILIES]
    for clf in classifiers:
        clf.model = "no/such_model"
    file = tmp_path / "classifiers.pkl"
    file.write_bytes(pickle.dumps([pickle.dumps(clf) for clf in classifiers]))
    code = (
        "import pickle, socket; socket.socket.connect = None\n"
        f"for content in pickle.load(open({str(file)!r}, 'rb')):\n"
        f"    print(pickle.loads(content).predict_proba({TEXTS[:5]!r}).tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    for clf, line in zip(classifiers, done.stdout.splitlines(), strict=True):
        np.testing.assert_allclose(eval(line), clf.predict_proba(TEXTS[:5]), atol=1e-6)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_objects_are_copied_and_in_a_file_once(bert):
    model, tokenizer = AutoModel.from_pretrained(bert), AutoTokenizer.from_pretrained(bert)
    before = copy.deepcopy(model.state_dict())
    clf = make((model, tokenizer)).fit(TEXTS, LABELS)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    of_folder = make(bert).fit(TEXTS, LABELS)
    np.testing.assert_array_equal(clf.predict_proba(TEXTS), of_folder.predict_proba(TEXTS))
    data = pickle.dumps(clf)
    assert len(data) < 1.01 * len(pickle.dumps(of_folder))
    loaded = pickle.loads(data)
    np.testing.assert_array_equal(loaded.predict_proba(TEXTS), clf.predict_proba(TEXTS))
    loaded.partial_fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match=r"model was a BertModel object.*Give it again"):
        loaded.fit(TEXTS, LABELS)
    copy.deepcopy(clf).fit(TEXTS, LABELS)
    clone(clf).fit(TEXTS, LABELS)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"gradient_checkpointing": True},
        {"early_stopping": True},
        {"frozen_epochs": 1},
        {"gradient_accumulation_steps": 2, "sampler": "over"},
    ],
    ids=str,
)
def test_dropped_classifier_is_freed_at_once(bert, params):
    clf = make(bert, **params).fit(TEXTS, LABELS)
    clf.predict(TEXTS)
    alive = [weakref.ref(part) for part in (clf.net_.module_, clf.net_.module_.head.weight)]
    gc.disable()
    try:
        del clf
        assert [part() for part in alive] == [None, None]
    finally:
        gc.enable()


def test_fitted_net_keeps_no_gradients_and_no_state_of_the_optimizer(bert):
    net = make(bert).fit(TEXTS, LABELS).net_
    assert all(weights.grad is None for weights in net.module_.parameters())
    assert not net.optimizer_.state


@pytest.mark.parametrize("loss", ["focal", "hinge", "dice", "asl"])
def test_any_loss_and_weight_on_many_labels(bert, loss):
    y = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]] * 6)
    clf = make(bert, loss=loss, pooling="label_attention", long_texts="windows", window=5)
    clf.fit(TEXTS, y, sample_weight=np.arange(1, 31))
    assert clf.predict(TEXTS).shape == y.shape
    assert np.isfinite(clf.decision_function(TEXTS)).all()


# -- errors ---------------------------------------------------------------------------

WRONG = {
    "max_length must be at most 64, .* got 65.*long_texts='windows'": {"max_length": 65},
    "max_length must be at least 3, as the model puts 2": {"max_length": 2},
    "window must be at most 64": {"long_texts": "windows", "window": 100},
    "window must be at least 3": {"long_texts": "windows", "window": 2},
    "stride must be from 1 to 6": {"long_texts": "windows", "window": 8, "stride": 7},
    "trained_layers must be at most 2": {"trained_layers": 3},
    "lr_schedule='warmup_linear' has no effect on optimizer='lbfgs'": {"optimizer": "lbfgs"},
}


@pytest.mark.parametrize("message", WRONG)
def test_wrong_numbers_are_said_with_the_right_ones(message, bert):
    with pytest.raises(ValueError, match=message):
        make(bert, **WRONG[message]).fit(TEXTS, LABELS)


def test_first_state_of_a_model_that_writes_is_refused(tiny_encoder):
    with pytest.raises(ValueError, match=r"pooling='cls' needs a special token.*'last'"):
        make(tiny_encoder("gpt2"), pooling="cls").fit(TEXTS, LABELS)


MISSING = {
    "/no/such/folder": (FileNotFoundError, "must be an existing folder"),
    "no_such/model": (OSError, "was not found: there is no folder of that name"),
}


@pytest.mark.parametrize("model", MISSING)
def test_missing_models_are_said(model):
    kind, message = MISSING[model]
    with pytest.raises(kind, match=message):
        make(model).fit(TEXTS, LABELS)


def test_wrong_kind_of_model_is_said():
    with pytest.raises(TypeError, match="model must be a folder, a name on the hub, or a pair"):
        make(3).fit(TEXTS, LABELS)


def test_missing_extra_is_said(bert, monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ImportError, match=r"pip install 'sktext\[pretrained\]'"):
        make(bert).fit(TEXTS, LABELS)


def test_network_cannot_change_while_training_goes_on(bert):
    clf = make(bert).fit(TEXTS, LABELS)
    clf.set_params(warm_start=True, head_lr=0.1, frozen_epochs=1).fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match="pooling changed since the first fit"):
        clf.set_params(pooling="max").fit(TEXTS, LABELS)


# -- real weights ---------------------------------------------------------------------


@pytest.mark.slow
def test_minilm_finds_spam(minilm, sms, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    texts, labels = sms
    clf = TransformerClassifier(minilm, dtype="bfloat16", max_epochs=3, random_state=0)
    clf.fit(texts[:600], labels[:600])
    assert clf.score(texts[-600:], labels[-600:]) >= 0.965
    assert len(pickle.dumps(clf)) < 87 * 2**20
    assert not list(tmp_path.iterdir())
