"""Every public signature has hints, and the package says so to type checkers."""

import importlib
import inspect
from pathlib import Path

import pytest

import sktext

# Rooms whose public functions, methods and constructors have hints for everything.
ROOMS_WITH_HINTS = [
    "_labels",
    "classifiers",
    "datasets",
    "exceptions",
    "features",
    "inspection",
    "losses",
    "meta",
    "metrics",
    "model_selection",
    "modules",
    "preprocessing",
    "sampling",
    "testing",
]


def is_of_the_package(thing):
    return getattr(thing, "__module__", None) and thing.__module__.startswith("sktext.")


def function_of(member):
    """Return the function behind a method, a property or a method that may be missing."""
    if isinstance(member, property):
        return member.fget
    if isinstance(member, classmethod | staticmethod):
        return member.__func__
    # The descriptor of ``available_if``.
    return getattr(member, "fn", member)


def public_functions(room):
    """Yield name and function of all that is public in a room, inherited methods once."""
    module = importlib.import_module(f"sktext.{room}")
    for name in module.__all__:
        thing = getattr(module, name)
        if inspect.isfunction(thing):
            yield name, inspect.unwrap(thing)
        elif inspect.isclass(thing):
            for cls in filter(is_of_the_package, thing.__mro__):
                for member_name, member in vars(cls).items():
                    if member_name == "__init__" or not member_name.startswith("_"):
                        function = inspect.unwrap(function_of(member))
                        if inspect.isfunction(function):
                            yield f"{cls.__name__}.{member_name}", function


SIGNATURES = {
    f"{room}.{name}": function
    for room in ROOMS_WITH_HINTS
    for name, function in public_functions(room)
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_signature_has_hints(name):
    signature = inspect.signature(SIGNATURES[name])
    without = [
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.annotation is parameter.empty and parameter.name not in ("self", "cls")
    ]
    assert without == []
    assert signature.return_annotation is not signature.empty


def test_type_checkers_are_told_of_the_hints():
    assert (Path(sktext.__file__).parent / "py.typed").exists()
