"""Docstrings of all that is public are numpydoc, and worded as CONTRIBUTING.md says."""

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
from numpydoc.validate import validate

import sktext

# Checks of numpydoc that are not wanted, and why.
NOT_WANTED = {
    "ES01",  # a summary that says all needs no longer one below it
    "GL01",  # the summary begins on the line of the quotes, as in most of scientific Python
    "GL02",  # ... and a docstring of one line ends on it
    "RT02",  # one value is named, too: its shape speaks of it, as in scikit-learn
    "RT03",  # the name, the type and the summary say what is returned, or a description does
    "SA01",  # a class links to its neighbours; most things have none to be seen also
}
# Further ones by kind.
NOT_WANTED_OF = {
    "function": set(),
    "class": set(),
    # What torch's modules and Python's exceptions take is no parameter of theirs.
    "class of others' parameters": {"PR01"},
    # Methods are read on the page of their class, whose example shows them.
    "method": {"EX01"},
    # A method that stands in place of another says what is different.
    "override": {"EX01", "PR01", "RT01"},
    # Properties are documented as attributes are: by what they are, in one line.
    "property": {"EX01", "RT01"},
}
PACKAGE = Path(sktext.__file__).parent
PLACES = ["sktext"]
PLACES += [
    f"sktext.{room.name}"
    for room in pkgutil.iter_modules(sktext.__path__)
    if not room.name.startswith("_")
]


def defining_class(cls, name):
    return next(base for base in cls.__mro__ if name in vars(base))


def overrides(cls, name):
    """Return whether a method stands in place of one of a base."""
    return any(name in vars(base) for base in cls.__mro__[1:])


def public_things():
    """Yield the dotted name of each public thing, and what it is."""
    seen = set()
    for place in PLACES:
        module = importlib.import_module(place)
        for name in module.__all__:
            thing = getattr(module, name)
            if not callable(thing) or thing in seen:
                continue
            seen.add(thing)
            path = f"{place}.{name}"
            if not inspect.isclass(thing):
                yield path, "function"
                continue
            own = getattr(thing.__init__, "__module__", "").startswith("sktext.")
            yield path, "class" if own else "class of others' parameters"
            yield from members(path, thing, seen)


def members(path, cls, seen):
    for name in dir(cls):
        if name.startswith("_"):
            continue
        owner = defining_class(cls, name)
        member = vars(owner)[name]
        own = owner.__module__.startswith("sktext.") and (owner, name) not in seen
        is_documented = callable(member) or isinstance(member, property | classmethod)
        is_documented |= hasattr(member, "fn")  # of available_if
        if not own or not is_documented or inspect.isclass(member):
            continue
        seen.add((owner, name))
        kind = "property" if isinstance(member, property) else "method"
        if overrides(owner, name):
            if not getattr(member, "__doc__", None):
                continue  # it inherits that of the base
            kind = "override"
        yield f"{path}.{name}", kind


THINGS = dict(public_things())


@pytest.mark.parametrize("path", THINGS)
def test_docstring_is_numpydoc(path):
    let_pass = NOT_WANTED | NOT_WANTED_OF[THINGS[path]]
    errors = [error for error in validate(path)["errors"] if error[0] not in let_pass]
    assert errors == []


def docstrings(path):
    """Yield every docstring of a file, of private things, too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield ast.get_docstring(node) or ""


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_docstrings_use_the_words_of_the_field(path):
    for doc in docstrings(path):
        assert not re.match(r"(Give|Say|Tell) ", doc), "Return, Check, Raise or Compute"
        sentence = re.search(r"(?:^|[.:] )Not (?!used\.)[^.]*", " ".join(doc.split()))
        assert sentence is None, "a sentence has a verb"
