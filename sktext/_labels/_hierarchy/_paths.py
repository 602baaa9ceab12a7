"""Paths: labels that spell out all that is above them, as in ``"ENTY:animal"``."""


def prefixes(path, separator):
    """Return a path and all that is above it, from the top down.

    Parameters
    ----------
    path : str, tuple or any label
        A str is split at the separator, a tuple at its items; any other label is at the top.
    separator : str or None
        None splits no str.

    Returns
    -------
    labels : list
        Of the same type as ``path``; the last is ``path`` itself.
    """
    if isinstance(path, tuple):
        return [path[:end] for end in range(1, len(path) + 1)]
    if not isinstance(path, str) or not separator:
        return [path]
    parts = path.split(separator)
    return [separator.join(parts[:end]) for end in range(1, len(parts) + 1)]


def parents_of_paths(paths, separator):
    """Find all labels of some paths, and the parent of each.

    Parameters
    ----------
    paths : iterable of str, tuples or other labels
    separator : str or None

    Returns
    -------
    parents : dict of {label: label or None}
        Sorted, so that it does not depend on the order of the paths.

    Raises
    ------
    ValueError
        If a path is empty or has an empty part.
    """
    found = {}
    for path in dict.fromkeys(paths):
        labels = prefixes(path, separator)
        refuse_empty_part(path, separator)
        found.update(zip(labels, [None, *labels[:-1]], strict=True))
    return {label: found[label] for label in in_order(found)}


def refuse_empty_part(path, separator):
    """Raise if a path has nothing between two separators."""
    is_text = isinstance(path, str) and bool(separator)
    parts = path.split(separator) if is_text else path if isinstance(path, tuple) else [path]
    if not parts or any(part is None or part == "" or part != part for part in parts):
        raise ValueError(
            f"The path {path!r} has an empty part; name every level down to its last, as in "
            f"{'A' + (separator or ':') + 'b'!r}, and leave out what is below."
        )


def in_order(labels):
    """Sort labels; those that cannot be compared, by type and spelling."""
    try:
        return sorted(labels)
    except TypeError:
        return sorted(labels, key=lambda label: (type(label).__name__, repr(label)))
