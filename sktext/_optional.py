"""Packages that only some features need."""

from importlib import import_module


def import_optional(name, extra):
    """Import a package that is not a dependency of the core.

    Parameters
    ----------
    name : str
        Name to import, such as ``"pandas"``.
    extra : str
        The extra of this package that installs it.

    Returns
    -------
    module : module

    Raises
    ------
    ImportError
        If it is not installed, saying how to install it. A package that is there but
        fails to import for want of another one keeps its own message.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0]:
            raise
        raise ImportError(
            f"This needs {name}, which is not installed. Install it with "
            f"pip install 'sktext[{extra}]'."
        ) from error
