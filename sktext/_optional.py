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
    package = name.partition(".")[0]
    try:
        import_module(package)
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise ImportError(
            f"This needs {package}, which is not installed. Install it with "
            f"pip install 'sktext[{extra}]'."
        ) from error
