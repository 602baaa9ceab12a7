"""Parameters of classifiers as typed fields, which are written and documented once."""

import inspect
from dataclasses import MISSING, dataclass, field, fields, make_dataclass
from typing import dataclass_transform

from sktext._validation import StrOptions
from sktext.classifiers._shared_docs import SEQUENCE_PARAMETERS, SHARED_PARAMETERS, SHARED_TEXTS


@dataclass_transform(eq_default=False)
def classifier_dataclass(cls):
    """Make the constructor of a classifier from its fields, and complete its docstring.

    A class has a field for each parameter of its own, and one for each parameter of a base
    whose default differs. Its own parameters come first, then those of its bases; all but
    those that every classifier has may be given by position. Bases declare all of theirs
    after ``KW_ONLY``, as type checkers know fields of bases first only.

    A class's own parameters are ``_network_params``, too, unless it lists these itself.

    In the docstring, ``{inherited_parameters}`` on a line of its own stands for the
    parameters of the bases, and each key of ``SHARED_TEXTS`` for its text.
    """
    doc = cls.__doc__
    cls = dataclass(eq=False, repr=False, init=False, match_args=False)(cls)
    own, *inherited = parameters_by_class(cls)
    cls.__init__ = make_constructor(cls)
    if "_network_params" not in vars(cls):
        cls._network_params = (*cls._network_params, *own)
    # Without docstrings, as by python -OO, a dataclass would get its signature for one.
    cls.__doc__ = doc and complete(doc, cls, [name for names in inherited for name in names])
    return cls


def parameters_by_class(cls):
    """Return the names of the parameters that a class and each of its bases introduces."""
    known, by_class = set(), []
    for base in reversed(cls.__mro__):
        if "__dataclass_fields__" in vars(base):
            by_class.append([kind.name for kind in fields(base) if kind.name not in known])
            known.update(by_class[-1])
    return by_class[::-1]


def make_constructor(cls):
    """Make the ``__init__`` that stores the parameters, in the order of their classes."""
    kinds = {kind.name: kind for kind in fields(cls)}
    *others, shared = parameters_by_class(cls)
    order = [name for names in (*others, shared) for name in names]
    twin = make_dataclass(
        cls.__name__,
        [
            (name, kinds[name].type, field(default=kinds[name].default, kw_only=name in shared))
            for name in order
        ],
    )
    init = twin.__init__
    init.__module__, init.__qualname__ = cls.__module__, f"{cls.__qualname__}.__init__"
    return init


def complete(doc, cls, inherited):
    """Replace the words that stand for shared texts in a docstring."""
    texts = SHARED_TEXTS | {
        "{inherited_parameters}": "\n".join(describe(name, cls) for name in inherited)
    }
    lines = inspect.cleandoc(doc).splitlines()
    return "\n".join(texts[line].strip() if line in texts else line for line in lines) + "\n"


def describe(name, cls):
    """Return the numpydoc entry of an inherited parameter, with what this class accepts."""
    table = SHARED_PARAMETERS | SEQUENCE_PARAMETERS if cls._reads_tokens else SHARED_PARAMETERS
    head, text = table[name].split("\n", 1)
    default = getattr(cls, name, MISSING)
    options = [
        option
        for kind in cls._parameter_constraints[name]
        if isinstance(kind, StrOptions)
        for option in sorted(kind.options, key=lambda option: (option != default, option))
    ]
    head = head.replace("{options}", one_of(options))
    head = head.replace("{names}", one_of(cls._parts.get(name, ())))
    return f"{head}, default={literal(default)}\n{text}"


def one_of(names):
    """Write the names that a parameter takes as numpydoc does; a single one without braces."""
    shown = ", ".join(map(literal, names))
    return shown if len(names) == 1 else f"{{{shown}}}"


def literal(value):
    """Write a value as the source code does."""
    return repr(value).replace("'", '"')
