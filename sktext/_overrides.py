"""Methods of other packages that are overridden though their names are private."""

from importlib.metadata import version


def check_overridden(kind, *names):
    """Check that a class has the methods that a subclass is about to override.

    A method that the other package has renamed would not be called any more, without a word.

    Parameters
    ----------
    kind : type
    *names : str

    Raises
    ------
    ImportError
        If it lacks one of them.
    """
    lacking = [name for name in names if not hasattr(kind, name)]
    if lacking:
        package = kind.__module__.split(".")[0]
        package = {"sklearn": "scikit-learn"}.get(package, package)
        raise ImportError(
            f"sktext overrides {', '.join(lacking)} of {kind.__name__}, which {package} "
            f"{version(package)} does not have. Install a version of {package} that sktext names "
            "in its requirements, or a newer sktext."
        )
