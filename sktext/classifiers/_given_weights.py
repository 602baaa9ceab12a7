"""Classifiers that may be given weights as objects, of which a file has the trained ones only."""

import copy
from typing import Any, ClassVar

from sktext._fingerprint import fingerprint


class GivenWeightsMixin:
    """Pickles that hold weights once, of a classifier with a parameter that may have some.

    A subclass names the parameter as ``_given_weights``, and writes ``_stand_in``.
    """

    _given_weights: ClassVar[str]
    _network: dict[str, str]

    def _stand_in(self) -> Any:
        """Return what takes the place of the parameter in files; None if it has no weights."""
        raise NotImplementedError

    def __getstate__(self) -> dict[str, Any]:
        """Return the state with given weights only once, as they were trained."""
        state: dict[str, Any] = super().__getstate__()  # type: ignore[assignment]
        stand_in = self._stand_in()
        if stand_in is None or "net_" not in state:
            return state
        name = self._given_weights
        return {
            **state,
            name: stand_in,
            "_network": {**self._network, name: fingerprint(stand_in)},
        }

    def __deepcopy__(self, memo):
        """Copy the given weights as well, which a pickle leaves out to be small."""
        twin = memo[id(self)] = type(self).__new__(type(self))
        vars(twin).update(copy.deepcopy(super().__getstate__(), memo))
        return twin
