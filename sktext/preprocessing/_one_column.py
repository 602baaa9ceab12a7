"""The name of a column of texts that stays one column."""

import numpy as np


def name_of_column(input_features):
    """Name the one column that comes out, as scikit-learn's one-to-one transformers do.

    Parameters
    ----------
    input_features : array-like of one str, or None

    Returns
    -------
    feature_names_out : ndarray of shape (1,), dtype object
    """
    names = np.asarray(["x0"] if input_features is None else input_features, dtype=object)
    if names.shape != (1,):
        raise ValueError(
            f"input_features must name one column of texts; got {names.tolist()!r}. Select the "
            "text column."
        )
    return names
