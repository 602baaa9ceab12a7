"""Fitting the classifier inside another one, with weights where it wants them."""

from sklearn import get_config
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils import indexable
from sklearn.utils.metadata_routing import process_routing
from sklearn.utils.validation import _num_samples, has_fit_parameter


def check_rows(X):
    """Check that there are rows, and return them in a form that can be indexed."""
    if isinstance(X, (str, bytes)):
        raise ValueError(f"X must be a sequence of rows; got a single {type(X).__name__}.")
    (X,) = indexable(X)
    if not _num_samples(X):
        raise ValueError("X has no rows: 0 sample(s), while a minimum of 1 is required.")
    return X


def fit_inner(owner, X, y, weight, params):
    """Fit a clone of ``owner.estimator``.

    Parameters
    ----------
    owner : meta-estimator
        With ``estimator`` and ``get_metadata_routing``.
    X, y : rows and labels
    weight : ndarray of shape (n_samples,) or None
    params : dict
        Whatever else goes to ``fit``.

    Returns
    -------
    estimator : fitted classifier

    Raises
    ------
    TypeError
        If there are weights and the classifier takes none.
    """
    estimator = clone(owner.estimator)
    if get_config()["enable_metadata_routing"]:
        given = params if weight is None else {**params, "sample_weight": weight}
        return estimator.fit(X, y, **process_routing(owner, "fit", **given).estimator.fit)
    if weight is not None:
        params = {**params, weight_parameter(estimator): weight}
    return estimator.fit(X, y, **params)


def weight_parameter(estimator):
    """Name the fit parameter for sample weights; in a Pipeline, that of its last step."""
    last, prefix = estimator, ""
    while isinstance(last, Pipeline):
        name, last = last.steps[-1]
        prefix += f"{name}__"
    if not has_fit_parameter(last, "sample_weight"):
        raise TypeError(
            f"{type(last).__name__} takes no sample_weight; fit it without weights: "
            "class_weight=None, reweight=False and no sample_weight."
        )
    return f"{prefix}sample_weight"
