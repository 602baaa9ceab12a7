"""Parameters of classifiers as typed fields."""

from dataclasses import dataclass, field, fields, make_dataclass
from typing import Any, TypeVar, cast, dataclass_transform

from sktext.classifiers._shared_docs import complete

T = TypeVar("T")


@dataclass_transform(eq_default=False)
def classifier_dataclass(classifier: type[T]) -> type[T]:
    """Make the constructor of a classifier from its fields, and complete its docstring.

    Use it on a subclass of ``BaseTorchClassifier`` or ``BaseSequenceClassifier``. Do not use it
    for other classes; ``dataclasses.dataclass`` is for these.

    A class has a field for each parameter of its own, and one for each parameter of a base
    whose default differs. In the constructor its own parameters come first, then those of
    its bases; all may be given by position but those that every classifier has. Its own
    parameters count as those that the network is made from, unless the class lists these
    itself in ``_network_params``.

    Parameters
    ----------
    classifier : type
        Where its docstring has the line ``{inherited_parameters}``, it gets the entries of
        these.

    Returns
    -------
    classifier : type
        The same class.

    Examples
    --------
    >>> from sktext.classifiers import BaseSequenceClassifier, classifier_dataclass
    >>> from sktext.modules import FastText
    >>> @classifier_dataclass
    ... class BagClassifier(BaseSequenceClassifier):
    ...     binary: bool = True
    ...
    ...     def make_module(self, n_tokens, n_outputs, embedding_dim, seed):
    ...         return FastText(n_tokens, n_outputs, embedding_dim, binary=self.binary, seed=seed)
    >>> BagClassifier(binary=False, lr=0.1)
    BagClassifier(binary=False, lr=0.1)
    """
    # Fields of bases stand behind KW_ONLY, since for type checkers they would come first.
    doc, cls = classifier.__doc__, cast(Any, classifier)
    dataclass(eq=False, repr=False, init=False, match_args=False)(cls)
    own, *inherited = parameters_by_class(cls)
    cls.__init__ = make_constructor(cls)
    if "_network_params" not in vars(cls):
        cls._network_params = (*cls._network_params, *own)
    # Without docstrings, as by python -OO, a dataclass would get its signature for one.
    cls.__doc__ = doc and complete(doc, cls, [name for names in inherited for name in names])
    return classifier


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
