"""Tables name every part, docstrings keep their form, signatures agree."""

import ast
import importlib
import inspect
import pkgutil
import re
from numbers import Integral, Real
from os import PathLike

import pytest
import torch
from sklearn.base import BaseEstimator

import sktext
import sktext.losses
from sktext._validation import HasMethods, Interval, StrOptions
from sktext.classifiers._base import BaseTorchClassifier
from sktext.classifiers._sequence_base import BaseSequenceClassifier
from sktext.classifiers._shared_docs import SEQUENCE_PARAMETERS, SHARED_PARAMETERS
from sktext.classifiers._token_base import BaseTokenClassifier
from sktext.losses import LOSSES, BatchLoss, Loss
from sktext.sampling import EpochSampler

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
# What a docstring calls what a constraint lets through.
WORDS = {
    str: "str",
    bool: "bool",
    dict: "dict",
    list: "list",
    tuple: "tuple",
    callable: "callable",
    Integral: "int",
    Real: "float",
    PathLike: "path",
    Loss: "Loss",
    EpochSampler: "EpochSampler",
    torch.device: "torch.device",
    torch.nn.Module: "Module",
    "array-like": "tuple",
    "boolean": "bool",
    "random_state": "RandomState instance",
    "verbose": "int or bool",
}
# Names that are too many for a docstring.
UNLISTED = {"scoring"}


def all_subclasses(cls):
    return {sub for direct in cls.__subclasses__() for sub in {direct, *all_subclasses(direct)}}


def test_every_loss_of_the_package_is_in_the_table():
    losses = {cls for cls in all_subclasses(Loss) if cls.__module__.startswith("sktext.")}
    assert losses - {BatchLoss} == set(LOSSES.values())


def test_every_loss_of_the_table_is_public():
    assert {cls.__name__ for cls in LOSSES.values()} <= set(sktext.losses.__all__)


@pytest.mark.parametrize("name", LOSSES)
def test_loss_docstring_says_when_to_use_it_and_when_not(name):
    doc = inspect.getdoc(LOSSES[name])
    paragraphs = doc.split("\n\n")
    assert re.fullmatch(r"[A-Z].{10,99}\.", paragraphs[0]), "one-line summary"
    assert any(paragraph.startswith("Use it") for paragraph in paragraphs)
    assert any(paragraph.startswith("Do not use it ") for paragraph in paragraphs)
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


def entries(doc, section):
    """The entries of a section of a numpydoc docstring, by name."""
    body = re.split(rf"\n{section}\n-+\n", doc)[1]
    body = re.split(r"\n[A-Z][A-Za-z ]+\n-+\n", body)[0]
    found = re.split(r"\n(?=\S)", body)
    return {entry.split(" : ")[0]: entry.strip() for entry in found}


def described(cls):
    """Each parameter with its constraints, what its docstring says it may be, and its default."""
    for name, entry in entries(inspect.getdoc(cls), "Parameters").items():
        head = entry.split("\n")[0].removeprefix(f"{name} : ")
        kinds = cls._parameter_constraints[name]
        if kinds != "no_validation":
            yield name, kinds, *re.fullmatch(r"(.*?)(?:,\s+default=(.+))?", head).groups()


@pytest.mark.parametrize("cls", CLASSIFIERS, ids=lambda cls: cls.__name__)
def test_docstring_of_a_classifier_gives_the_defaults(cls):
    for name, _, _, documented in described(cls):
        default = inspect.signature(cls).parameters[name].default
        given = inspect.Parameter.empty if documented is None else ast.literal_eval(documented)
        assert given == default, name


@pytest.mark.parametrize("cls", CLASSIFIERS, ids=lambda cls: cls.__name__)
def test_docstring_of_a_classifier_names_the_strings_it_takes(cls):
    for name, kinds, head, _ in described(cls):
        documented = set(re.findall(r'"([\w+]+)"', head))
        options = [kind.options for kind in kinds if isinstance(kind, StrOptions)]
        if name in UNLISTED:
            assert not documented
        elif options:
            assert documented == set().union(*options), name
        elif documented:
            assert documented - {"passthrough"} == set(cls._parts[name]), name


@pytest.mark.parametrize("cls", CLASSIFIERS, ids=lambda cls: cls.__name__)
def test_docstring_of_a_classifier_names_the_types_it_takes(cls):
    for name, kinds, head, default in described(cls):
        for kind in kinds:
            if kind is None:
                assert default == "None" or head.endswith(" None"), name
            elif kind is str and "{" in head:
                assert cls._parts[name], name  # whose names are there
            elif not isinstance(kind, StrOptions | HasMethods):
                kind = kind.type if isinstance(kind, Interval) else kind
                assert WORDS[kind] in head, (name, kind)


@pytest.mark.parametrize("cls", CLASSIFIERS, ids=lambda cls: cls.__name__)
def test_docstring_of_a_classifier_gives_the_ranges_of_numbers(cls):
    texts = entries(inspect.getdoc(cls), "Parameters")
    for name, kinds, _, _ in described(cls):
        for kind in (kind for kind in kinds if isinstance(kind, Interval)):
            if kind.right is not None:
                left, right = ("[", ")") if kind.closed == "left" else ("(", ")")
                right = "]" if kind.closed == "right" else right
                expected = f"in {left}{kind.left}, {kind.right}{right}"
            else:
                expected = f"{'at least' if kind.closed == 'left' else 'greater than'} {kind.left}"
            assert expected in " ".join(texts[name].split()), name


@pytest.mark.parametrize("cls", CLASSIFIERS, ids=lambda cls: cls.__name__)
def test_docstring_of_a_classifier_is_complete(cls):
    doc = inspect.getdoc(cls)
    assert not re.search(r"^\s*\{\w+\}", doc, re.MULTILINE), "a text that was not filled in"
    assert "{options}" not in doc
    assert "{names}" not in doc
    assert inspect.cleandoc(doc) == doc.rstrip("\n")
    documented = {"classes_", "net_", "loss_", "history_", "n_iter_", "class_counts_", "optimizer_"}
    assert documented | {"best_validation_score_"} <= set(entries(doc, "Attributes"))


@pytest.mark.parametrize("cls", CLASSIFIERS, ids=lambda cls: cls.__name__)
def test_half_precision_and_convolutions_are_documented_for_sequences_only(cls):
    texts = entries(inspect.getdoc(cls), "Parameters")
    reads_tokens = issubclass(cls, BaseTokenClassifier) or "model" in texts
    assert ("16" in texts["dtype"]) == reads_tokens
    assert ("convolutions" in texts["optimizer"]) == (cls in SEQUENCE_CLASSIFIERS)


def test_shared_texts_are_all_used_by_their_names():
    assert list(SHARED_PARAMETERS) == list(inspect.signature(BaseTorchClassifier).parameters)
    own = inspect.signature(BaseSequenceClassifier).parameters
    assert set(SEQUENCE_PARAMETERS) <= set(own)
    assert set(own) <= {*SHARED_PARAMETERS, *SEQUENCE_PARAMETERS}


@pytest.mark.parametrize("cls", LOSSES.values(), ids=lambda cls: cls.__name__)
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
    assert re.search(r"\b[Nn]ot ", doc), "when not"
    assert ">>> " in doc, "an example"
