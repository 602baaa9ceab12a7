"""Tables name every part, docstrings keep their form, signatures agree."""

import importlib
import inspect
import pkgutil
import re

import pytest
import torch
from sklearn.base import BaseEstimator

import sktext
import sktext.losses
from sktext.classifiers._base import BaseTorchClassifier
from sktext.classifiers._sequence_base import BaseSequenceClassifier
from sktext.losses import LOSSES, Loss, SetLoss

CLASSIFIERS = [
    thing
    for thing in vars(sktext).values()
    if inspect.isclass(thing) and issubclass(thing, BaseTorchClassifier)
]
SEQUENCE_CLASSIFIERS = [cls for cls in CLASSIFIERS if issubclass(cls, BaseSequenceClassifier)]
ROOMS = [
    importlib.import_module(f"sktext.{room.name}")
    for room in pkgutil.iter_modules(sktext.__path__)
    if not room.name.startswith("_")
]
PUBLIC = list(
    dict.fromkeys(  # each once, though the root has some of the others
        getattr(module, name)
        for module in (sktext, *ROOMS)
        for name in module.__all__
        if callable(thing := getattr(module, name))
        and not (inspect.isclass(thing) and issubclass(thing, Exception))
    )
)
SHARED = [
    "loss",
    "class_weight",
    "sampler",
    "reweight",
    "bias_init",
    "optimizer",
    "lr",
    "weight_decay",
    "lr_schedule",
    "max_epochs",
    "batch_size",
    "early_stopping",
    "validation_fraction",
    "n_iter_no_change",
    "scoring",
    "callbacks",
    "warm_start",
    "keep_optimizer",
    "device",
    "dtype",
    "random_state",
    "verbose",
    "net_params",
]


OF_SEQUENCES = [
    "embedding_dim",
    "embedding_init",
    "tokenizer",
    "max_length",
    "truncating",
    "gradient_accumulation_steps",
    "compile",
    "checkpoint_dir",
]


def all_subclasses(cls):
    return {sub for direct in cls.__subclasses__() for sub in {direct, *all_subclasses(direct)}}


def test_every_loss_of_the_package_is_in_the_table():
    losses = {cls for cls in all_subclasses(Loss) if cls.__module__.startswith("sktext.")}
    assert losses - {SetLoss} == set(LOSSES.values())


def test_every_loss_of_the_table_is_public():
    assert {cls.__name__ for cls in LOSSES.values()} <= set(sktext.losses.__all__)


@pytest.mark.parametrize("name", LOSSES)
def test_loss_docstring_says_when_to_use_it_and_when_not(name):
    doc = inspect.getdoc(LOSSES[name])
    paragraphs = doc.split("\n\n")
    assert re.fullmatch(r"[A-Z].{10,99}\.", paragraphs[0]), "one-line summary"
    assert any(paragraph.startswith("Use it") for paragraph in paragraphs)
    assert any(paragraph.startswith("Not ") for paragraph in paragraphs)
    assert "Formula: ``" in doc
    assert re.search(r"References\n-+\n\.\. \[1\] .*https?://", doc, re.DOTALL)
    assert ">>> " in doc


@pytest.mark.parametrize("thing", PUBLIC, ids=lambda thing: thing.__name__)
def test_public_docstring_names_every_parameter(thing):
    parameters = [
        name for name in inspect.signature(thing).parameters if name not in ("args", "kwargs")
    ]
    named = entries(inspect.getdoc(thing), "Parameters") if parameters else {}
    assert [name for names in named for name in names.split(", ")] == parameters


@pytest.mark.parametrize("cls", CLASSIFIERS, ids=lambda cls: cls.__name__)
def test_classifiers_share_names_defaults_and_order(cls):
    parameters = inspect.signature(cls).parameters
    assert [name for name in parameters if name in SHARED] == SHARED
    assert list(parameters)[-len(SHARED) :] == SHARED
    reference = inspect.signature(CLASSIFIERS[0]).parameters
    for name in SHARED:
        assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY
        if name not in ("lr", "weight_decay", "max_epochs", "batch_size"):
            assert parameters[name].default == reference[name].default, name


def entries(doc, section):
    """The entries of a section of a numpydoc docstring, by name."""
    body = re.split(rf"\n{section}\n-+\n", doc)[1]
    body = re.split(r"\n[A-Z][A-Za-z ]+\n-+\n", body)[0]
    found = re.split(r"\n(?=\S)", body)
    return {entry.split(" : ")[0]: entry.strip() for entry in found}


@pytest.mark.parametrize("cls", CLASSIFIERS, ids=lambda cls: cls.__name__)
def test_classifiers_word_the_shared_parameters_alike(cls):
    reference = entries(inspect.getdoc(CLASSIFIERS[0]), "Parameters")
    own = entries(inspect.getdoc(cls), "Parameters")
    for name in SHARED:
        assert defaults_aside(own[name]) == defaults_aside(reference[name]), name
    documented = {"classes_", "net_", "loss_", "history_", "n_iter_", "class_counts_", "optimizer_"}
    assert documented | {"best_validation_score_"} <= set(
        entries(inspect.getdoc(cls), "Attributes")
    )


def defaults_aside(entry):
    """An entry of a docstring without the default, which may differ."""
    return re.sub(r", default=\S+", "", entry)


@pytest.mark.parametrize("cls", SEQUENCE_CLASSIFIERS, ids=lambda cls: cls.__name__)
def test_classifiers_of_sequences_share_their_parameters(cls):
    parameters = list(inspect.signature(cls).parameters)
    assert [name for name in parameters if name in OF_SEQUENCES] == OF_SEQUENCES
    reference = entries(inspect.getdoc(SEQUENCE_CLASSIFIERS[0]), "Parameters")
    own = entries(inspect.getdoc(cls), "Parameters")
    for name in OF_SEQUENCES:
        assert defaults_aside(own[name]) == defaults_aside(reference[name]), name


@pytest.mark.parametrize("cls", [*CLASSIFIERS, *LOSSES.values()], ids=lambda cls: cls.__name__)
def test_constructors_only_store(cls):
    source = inspect.getsource(cls.__init__) if "__init__" in vars(cls) else ""
    body = re.split(r"\)(?: -> None)?:\n", source)[1] if source else ""
    for line in body.splitlines():
        stores = re.fullmatch(r"\s*self\.(\w+) = \1", line)
        assert stores or re.search(r"super\(\).__init__|nn.Module.__init__", line), line


def test_no_public_class_takes_keyword_soup():
    for thing in PUBLIC:
        inherited = (object.__init__, torch.nn.Module.__init__)
        written = inspect.isclass(thing) and thing.__init__ not in inherited
        if written and issubclass(thing, BaseEstimator | torch.nn.Module):
            kinds = {p.kind for p in inspect.signature(thing.__init__).parameters.values()}
            assert inspect.Parameter.VAR_KEYWORD not in kinds, thing


@pytest.mark.parametrize("thing", PUBLIC, ids=lambda thing: thing.__name__)
def test_public_docstring_says_when_to_use_it_and_when_not(thing):
    doc = " ".join(inspect.getdoc(thing).split())
    assert re.search(r"\bUse (it|\S+)", doc), "when to use it"
    assert re.search(r"\bNot |\bnot \b", doc), "when not"
    assert ">>> " in doc, "an example"
