"""Parts of an estimator: objects with their own parameters, or their short names."""

from difflib import get_close_matches
from typing import Any, Self

from sklearn.base import BaseEstimator, clone

# What is drawn for the seeds of parts stays below this.
MAX_SEED = 2**31 - 1


def resolve(part, table, what):
    """Return a fresh, unfitted part.

    Parameters
    ----------
    part : str or object
        A name in ``table``, or an object with ``get_params``; it is cloned.
    table : dict of {str: class}
        Every name that is known.
    what : str
        What the part is, for the error message.

    Returns
    -------
    part : object
        Safe to write to: never the caller's own.
    """
    if isinstance(part, type):
        raise TypeError(
            f"{what} is the class {part.__name__}; give an object of it: {what}={part.__name__}()."
        )
    if not isinstance(part, str):
        return clone(part)
    if part not in table:
        near = get_close_matches(part, table, n=1)
        hint = f"did you mean {near[0]!r}? Else choose" if near else "choose"
        raise ValueError(f"{what}={part!r} is not known; {hint} one of {sorted(table)}.")
    return table[part]()


def set_seed(estimator, seed):
    """Set every ``random_state`` that is None, of an estimator and of its parts."""
    params = estimator.get_params(deep=True)
    names = [name for name in params if name.split("__")[-1] == "random_state"]
    return estimator.set_params(**{name: seed for name in names if params[name] is None})


class NamedParts(BaseEstimator):
    """Estimator whose parts may be given by name and still have their parameters set.

    ``set_params(loss__gamma=2)`` works while ``loss`` is the string ``"focal"``: the name
    becomes its object at that moment.
    """

    _parts: dict[str, dict[str, Any]] = {}

    def set_params(self, **params: Any) -> Self:
        """Set the parameters of this estimator and of its parts.

        Parameters
        ----------
        **params : dict
            As in scikit-learn: ``loss__gamma`` is the parameter ``gamma`` of the part
            ``loss``. A part given by its name becomes an object when one of its
            parameters is set.

        Returns
        -------
        self : object
        """
        for part, table in self._parts.items():
            name = params.get(part, getattr(self, part))
            given = [key for key in params if key.startswith(f"{part}__")]
            if not given or not isinstance(name, str):
                continue
            if name not in table:
                raise ValueError(f"{part}={name!r} has no parameters; {given[0]} cannot be set.")
            params[part] = table[name]()
        return super().set_params(**params)
