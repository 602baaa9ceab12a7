"""A classifier with adapters trains little of the encoder and leaves no adapter behind."""

import os
import pickle
import subprocess
import sys

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from sktext import TransformerClassifier
from sktext.testing import make_tiny_encoder

peft = pytest.importorskip("peft")
FAMILIES = ("bert", "roberta", "distilbert", "deberta", "modernbert", "gpt2")


@pytest.fixture
def clf(tiny_encoder):
    return TransformerClassifier(
        tiny_encoder(n_positions=256), lora=4, max_epochs=2, random_state=0
    )


def has_adapters(clf):
    return any("peft" in type(part).__module__ for part in clf.net_.module_.modules())


def weights(clf):
    return {name: x.detach().clone() for name, x in clf.net_.module_.named_parameters()}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_adapted_and_merged(family, tiny_encoder, binary):
    texts, y = binary
    clf = TransformerClassifier(
        tiny_encoder(family, n_positions=256), lora=True, max_epochs=1, random_state=0
    )
    before = clone(clf).set_params(lora=False, trained_layers=0).fit(texts, y)
    clf.fit(texts, y)
    assert not has_adapters(clf)
    ours, frozen = weights(clf), weights(before)
    assert ours.keys() == frozen.keys()
    changed = {name for name in ours if not ours[name].equal(frozen[name])}
    assert any("layer" in name or ".h." in name for name in changed)
    assert not any("norm" in name.lower() or "embed" in name for name in changed)
    assert all(x.requires_grad for x in clf.net_.module_.parameters())


def test_a_fraction_of_the_weights_is_trained(tiny_encoder, binary):
    from skorch.callbacks import Callback

    class Count(Callback):
        def on_train_begin(self, net, **kwargs):
            sizes = [x.numel() for group in net.optimizer_.param_groups for x in group["params"]]
            self.n_ = sum(sizes)
            counts.append(self.n_)

    counts = []
    Count.__deepcopy__ = lambda self, memo: self
    clf = TransformerClassifier(
        tiny_encoder(n_positions=256), max_epochs=1, callbacks=[Count()], random_state=0
    )
    for lora in (False, 1):
        clf.set_params(lora=lora).fit(*binary)
    assert counts[1] < counts[0] / 5


@pytest.mark.parametrize("trained_layers", ["all", 1])
def test_only_trained_layers_are_adapted(trained_layers, clf, binary):
    start = clone(clf).set_params(lora=False, trained_layers=0).fit(*binary)
    clf.set_params(trained_layers=trained_layers).fit(*binary)
    changed = {name for name, x in weights(clf).items() if not x.equal(weights(start)[name])}
    lower = {name for name in changed if ".layer.0." in name}
    assert bool(lower) == (trained_layers == "all")
    assert any(".layer.1." in name for name in changed)


@pytest.mark.slow
def test_equal_fits_are_equal_and_stopping_early_keeps_the_best(clf, binary):
    texts, y = binary
    first = clf.fit(texts, y).predict_proba(texts)
    assert np.array_equal(clone(clf).fit(texts, y).predict_proba(texts), first)
    clf.set_params(early_stopping=True, n_iter_no_change=1, max_epochs=4).fit(texts, y)
    assert not has_adapters(clf)


@pytest.mark.slow
def test_fits_that_go_on_begin_new_adapters(clf, binary):
    texts, y = binary
    clf.partial_fit(texts, y, classes=np.unique(y))
    before = weights(clf)
    clf.partial_fit(texts, y)
    assert not has_adapters(clf)
    changed = {name for name, x in weights(clf).items() if not x.equal(before[name])}
    assert any(".layer.0." in name for name in changed)
    clf.set_params(warm_start=True).fit(texts, y)
    assert not has_adapters(clf)


def test_an_interrupted_fit_leaves_no_adapters(clf, binary):
    from skorch.callbacks import Callback

    class Interrupt(Callback):
        def on_epoch_end(self, net, **kwargs):
            net_of.append(net)
            raise RuntimeError("stopped")

    net_of = []
    with pytest.raises(RuntimeError, match="stopped"):
        clf.set_params(callbacks=[Interrupt()]).fit(*binary)
    assert net_of[0].module_.adapters is None
    assert clf.predict(binary[0][:3]).shape == (3,)


@pytest.mark.slow
def test_a_configuration_is_searched_and_copied(clf, binary):
    config = peft.LoraConfig(r=2, target_modules=["query", "value"])
    before = config.to_dict()
    search = GridSearchCV(clf, {"lora": [2, config]}, cv=2).fit(*binary)
    assert config.to_dict() == before
    assert not has_adapters(search.best_estimator_)


CODE = """
import joblib, socket, sys
def refuse(*args, **kwargs): raise AssertionError("asked the network")
socket.socket.connect = refuse
clf, texts, expected = joblib.load(sys.argv[1])
assert (clf.predict_proba(texts) == expected).all()
assert "peft" not in sys.modules
"""


@pytest.mark.slow
def test_saved_classifier_predicts_the_same_without_network_or_base(tmp_path, binary):
    texts, y = binary
    base = tmp_path / "base"
    clf = TransformerClassifier(
        make_tiny_encoder(base, n_positions=256), lora=True, max_epochs=1, random_state=0
    )
    expected = clf.fit(texts, y).predict_proba(texts[:9])
    joblib.dump((clf, texts[:9], expected), tmp_path / "clf.joblib")
    for file in base.iterdir():
        file.unlink()
    command = [sys.executable, "-c", CODE, str(tmp_path / "clf.joblib")]
    subprocess.run(command, check=True, cwd=tmp_path, env={**os.environ, "OMP_NUM_THREADS": "1"})


@pytest.mark.slow
def test_pickle_that_names_the_base_is_small_and_predicts_the_same(tmp_path, binary):
    texts, y = binary
    folder = make_tiny_encoder(tmp_path, hidden_size=64, n_positions=256)
    clf = TransformerClassifier(folder, lora=1, max_epochs=1, random_state=0).fit(texts, y)
    whole = len(pickle.dumps(clf))
    clf.set_params(store_base=False).fit(texts, y)
    stored = pickle.dumps(clf)
    assert len(stored) < whole / 2
    loaded = pickle.loads(stored)
    assert np.array_equal(loaded.predict_proba(texts), clf.predict_proba(texts))
    loaded.set_params(warm_start=True).fit(texts, y)
    again = pickle.loads(pickle.dumps(loaded))
    assert np.array_equal(again.predict_proba(texts), loaded.predict_proba(texts))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"lora": "yes"}, "lora must be True, False, a rank of at least 1"),
        ({"lora": 0}, "lora must be True, False, a rank of at least 1"),
        ({"lora": True, "trained_layers": 0}, "set one of them only"),
        ({"lora": False, "store_base": False}, "store_base=False is for lora"),
        ({"lora": peft.LoraConfig(target_modules=["nowhere"])}, r"lora must fit to a BertModel"),
        (
            {"lora": peft.PromptTuningConfig(task_type="SEQ_CLS", num_virtual_tokens=2)},
            "adapters are merged into the weights.*got a PromptTuningConfig",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(params, message, clf, binary):
    with pytest.raises(ValueError, match=message):
        clf.set_params(**params).fit(*binary)


KINDS = {
    "ia3": peft.IA3Config(target_modules=["key"], feedforward_modules=[]),
    "loha": peft.LoHaConfig(r=2, target_modules=["query"]),
    "adalora": peft.AdaLoraConfig(target_modules=["query"], total_step=9),
    "dora": peft.LoraConfig(r=2, target_modules="all-linear", use_dora=True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_pickle_that_names_the_base_keeps_adapters_of_any_kind(kind, clf, binary):
    clf.set_params(lora=KINDS[kind], store_base=False, max_epochs=1).fit(*binary)
    loaded = pickle.loads(pickle.dumps(clf))
    np.testing.assert_allclose(
        loaded.predict_proba(binary[0]), clf.predict_proba(binary[0]), atol=1e-6
    )
