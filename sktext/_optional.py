"""Packages that are imported where they are used."""

from importlib import import_module


def import_optional(name, extra):
    """Import a package that is not needed by all.

    Parameters
    ----------
    name : str
        Module to import.
    extra : str
        The extra of this package that brings it.

    Returns
    -------
    module : module

    Raises
    ------
    ImportError
        Saying what to install.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(
            f"{name} is needed here and could not be imported; install it with "
            f"`pip install 'sktext[{extra}]'`."
        ) from error
