"""Classifiers are made from fields, and look as if each had a constructor of its own."""

import copy
import inspect
import pickle
import pydoc
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.utils.estimator_checks import (
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
)

import sktext
from sktext import LSTMClassifier, TfidfTorchClassifier
from sktext.classifiers._base import BaseTorchClassifier

OF_TOKENS = (
    "max_length={}, truncating='right', gradient_accumulation_steps=1, compile=False, "
    "checkpoint_dir=None, columns='auto'"
)
OF_SEQUENCES = f"embedding_dim={{}}, embedding_init=None, tokenizer='auto', {OF_TOKENS}"
OF_WORDS = OF_SEQUENCES.replace("'auto', max", "'words', max")
SHARED = (
    "*, loss='cross_entropy', class_weight=None, sampler=None, reweight=False, bias_init='auto', "
    "optimizer='auto', lr='auto', weight_decay='auto', lr_schedule=None, max_epochs={}, "
    "batch_size={}, early_stopping=False, validation_fraction=0.1, n_iter_no_change=5, "
    "scoring=None, callbacks=None, warm_start=False, keep_optimizer=False, device='auto', "
    "dtype='float32', random_state=None, verbose=0, net_params=None"
)
FROM_SCRATCH = SHARED.format("'auto'", 32).replace(
    "lr_schedule=None", "lr_schedule='warmup_linear'"
)
SIGNATURES = {
    "CNNClassifier": (
        "kernel_sizes=(3,), n_filters=100, n_layers=1, pooling='mean', n_buckets=500000, "
        "hidden_size=None, dropout=0.5, embedding_dropout=0.3",
        OF_SEQUENCES.format(50, 1000),
        FROM_SCRATCH,
    ),
    "FastTextClassifier": (
        "ngram_range=(1, 2), n_buckets=1000000, binary=True, dropout=0.0",
        OF_WORDS.format(50, None),
        FROM_SCRATCH,
    ),
    "FewShotClassifier": (
        "model, n_steps=60, texts_per_class=4, classes_per_batch=16, temperature=0.1, "
        "encoder_lr='auto', pooling='auto', prompt='auto', max_length=None, truncating='right', "
        "revision=None, local_files_only=False, trust_remote_code=False, columns='auto'",
        SHARED.format(10, 128).replace("weight_decay='auto'", "weight_decay=0.001"),
    ),
    "LSTMClassifier": (
        "hidden_size=64, n_layers=1, cell='lstm', bidirectional=True, pooling='concat', "
        "dropout=0.5, token_dropout=0.2, recurrent_dropout=0.0, skip=True",
        OF_SEQUENCES.format(64, 1000),
        FROM_SCRATCH,
    ),
    "ModuleClassifier": (
        "module, module_params=None",
        OF_WORDS.format(128, 400),
        SHARED.format(5, 32),
    ),
    "SelfAttentionClassifier": (
        "n_heads=4, n_layers=2, hidden_size=256, pooling='mean', dropout=0.1",
        OF_SEQUENCES.format(128, 400),
        FROM_SCRATCH,
    ),
    "TfidfTorchClassifier": (
        "vectorizer='auto', hidden_layer_sizes=(), dropout=0.0, memory=None, columns='auto'",
        SHARED.format(10, 128),
    ),
    "TransformerClassifier": (
        "model, pooling='auto', trained_layers='all', frozen_epochs=0, layer_decay=1.0, "
        "head_lr='auto', long_texts='truncate', window=None, stride=None, lora=False, "
        "store_base=True, dropout=0.1, gradient_checkpointing=False, revision=None, "
        "local_files_only=False, trust_remote_code=False",
        OF_TOKENS.format(None),
        SHARED.format(4, 32).replace("lr_schedule=None", "lr_schedule='warmup_linear'"),
    ),
    "TorchClassifier": ("hidden_layer_sizes=(), dropout=0.0", SHARED.format(10, 128)),
}
CLASSIFIERS = {name: getattr(sktext, name) for name in SIGNATURES}


def without_types(signature):
    empty = inspect.Parameter.empty
    bare = [parameter.replace(annotation=empty) for parameter in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=empty))


def make(cls):
    """Make a classifier; some have no default of their network."""
    parameters = inspect.signature(cls).parameters
    given = {"module": max, "model": "a/name"}
    return cls(**{name: given[name] for name in given if name in parameters})


def test_every_classifier_has_its_signature_here():
    known = {
        name
        for name, thing in vars(sktext).items()
        if inspect.isclass(thing) and issubclass(thing, BaseTorchClassifier)
    }
    assert known == set(SIGNATURES)


@pytest.mark.parametrize("name", SIGNATURES)
def test_signature_is_what_it_was(name):
    expected = f"({', '.join(SIGNATURES[name])})"
    assert without_types(inspect.signature(CLASSIFIERS[name])) == expected


@pytest.mark.parametrize("name", SIGNATURES)
def test_every_parameter_has_a_type(name):
    for parameter in inspect.signature(CLASSIFIERS[name]).parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty, parameter


@pytest.mark.parametrize("cls", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_marker_of_keywords_is_no_attribute(cls):
    assert not hasattr(make(cls), "_")
    assert "_" not in make(cls).get_params()


@pytest.mark.parametrize("cls", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_constructor_stores_what_it_gets(cls):
    clf, given = make(cls), {name: object() for name in inspect.signature(cls).parameters}
    assert set(vars(clf)) == set(given)
    stored = vars(cls(**given))
    assert all(stored[name] is value for name, value in given.items())
    positional = {
        name: value
        for name, value in given.items()
        if inspect.signature(cls).parameters[name].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    }
    assert vars(cls(*positional.values())).items() >= positional.items()


@pytest.mark.parametrize("cls", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_wrong_argument_is_named_with_the_class(cls):
    with pytest.raises(
        TypeError, match=rf"{cls.__name__}.__init__\(\) got an unexpected .*'gamma'"
    ):
        cls(gamma=2)


@pytest.mark.parametrize("cls", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_scikit_learns_checks_of_constructors(cls):
    check_no_attributes_set_in_init(cls.__name__, make(cls))
    if "model" not in inspect.signature(cls).parameters and cls is not sktext.ModuleClassifier:
        check_parameters_default_constructible(cls.__name__, make(cls))


@pytest.mark.parametrize("cls", CLASSIFIERS.values(), ids=CLASSIFIERS)
@pytest.mark.parametrize(
    "copied",
    [clone, copy.copy, copy.deepcopy, lambda clf: pickle.loads(pickle.dumps(clf))],
    ids=["clone", "copy", "deepcopy", "pickle"],
)
def test_copies_have_the_parameters(cls, copied):
    clf = make(cls).set_params(lr=0.1, loss__label_smoothing=0.1)
    twin = copied(clf)
    assert repr(twin) == repr(clf)
    assert "lr=0.1" in repr(twin)
    assert "max_epochs" not in repr(twin)
    assert twin.get_params().keys() == clf.get_params().keys()
    assert twin != clf
    assert len({twin, clf}) == 2


class Plain(LSTMClassifier):
    def make_module(self, n_tokens, n_outputs, embedding_dim, seed):
        return super().make_module(n_tokens, n_outputs, embedding_dim, seed)


class WithConstructor(TfidfTorchClassifier):
    def __init__(self, power=2.0, *, loss="focal", random_state=None):
        super().__init__(loss=loss, random_state=random_state)
        self.power = power


class WithMore(LSTMClassifier):
    scale: int = 3  # an annotation does not make a parameter

    def __init__(self, *args, power=2.0, **params):
        super().__init__(*args, **params)
        self.power = power


def test_plain_subclass_has_the_constructor_of_its_base():
    assert inspect.signature(Plain) == inspect.signature(LSTMClassifier)
    assert vars(clone(Plain(8, lr=0.1))) == vars(Plain(8, lr=0.1))
    assert repr(Plain(8)) == "Plain(hidden_size=8)"


def test_subclass_with_a_constructor_of_its_own(multiclass):
    texts, labels = multiclass
    clf = clone(WithConstructor(3.0).set_params(loss__gamma=1.0, random_state=0))
    assert set(clf.get_params(deep=False)) == {"power", "loss", "random_state"}
    assert repr(clf) == "WithConstructor(loss=FocalLoss(gamma=1.0), power=3.0, random_state=0)"
    loaded = pickle.loads(pickle.dumps(clf.fit(texts, labels)))
    assert loaded.power == 3.0
    assert loaded.score(texts, labels) > 0.9


def test_subclass_that_passes_everything_on_is_refused_by_scikit_learn_as_ever():
    assert WithMore(8, power=1.0, lr=0.1).hidden_size == 8
    with pytest.raises(RuntimeError, match="scikit-learn estimators should always specify"):
        WithMore().get_params()


def test_attributes_of_fitted_classifiers_are_no_fields(multiclass):
    clf = TfidfTorchClassifier(random_state=0)
    assert not [name for name in vars(clf) if name.endswith("_")]
    clf.fit(*multiclass)
    assert isinstance(clf.loss_, BaseEstimator)
    assert clf.optimizer_ == "lbfgs"


@pytest.mark.parametrize("cls", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_help_shows_every_parameter(cls):
    shown = pydoc.plain(pydoc.render_doc(cls))
    for name in inspect.signature(cls).parameters:
        assert f" |  {name} : " in shown


@pytest.mark.parametrize("cls", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_class_is_made_without_docstrings(cls):  # as by python -OO
    path = inspect.getsourcefile(cls)
    code = compile(Path(path).read_text(encoding="utf-8"), path, "exec", optimize=2)
    made = {"__name__": cls.__module__}
    exec(code, made)
    assert made[cls.__name__].__doc__ is None
    assert inspect.signature(made[cls.__name__]) == inspect.signature(cls)
