"""Fits of the classifier inside another one: rows, labels, weights and metadata."""

import numpy as np
from sklearn import get_config
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils import indexable
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.validation import has_fit_parameter

from sktext._labels import Labels, inside, labels_of, named_classes, read_labels
from sktext._rows import rows_of
from sktext._sklearn import check_method_params, num_samples
from sktext._training._rows import Rows
from sktext._typing import Splitter
from sktext._validation import check_same_length, check_sample_weight

# Arguments of ``fit`` beside the rows; in a Pipeline after the name of a step.
VALIDATION = ("X_val", "y_val")


def check_rows(X):
    """Check that there are rows, and return them in a form that can be indexed."""
    (X,) = indexable(rows_of(X))
    if not num_samples(X):
        raise ValueError("X has no rows: 0 sample(s), while a minimum of 1 is required.")
    return X


def labelled_rows(X, y, sample_weight, estimator=None):
    """Check what ``fit`` is given.

    Parameters
    ----------
    X : rows
    y : labels
    sample_weight : array-like of shape (n_samples,) or None
    estimator : classifier, default=None
        If it is frozen, and so not fitted again, labels are read as it reads them.

    Returns
    -------
    part : Rows
        With labels that are not encoded.
    """
    X, labels = check_rows(X), frozen_labels(estimator)
    rows = read_labels(y) if labels is None else labels.read(y)
    check_same_length(num_samples(X), rows)
    return Rows(X, rows, check_sample_weight(sample_weight, X))


def frozen_labels(estimator):
    """Return how a frozen classifier reads labels, or None if it is not frozen."""
    return labels_of(estimator) if isinstance(estimator, FrozenEstimator) else None


def encoded(part, estimator=None):
    """Learn the labels of some rows, unless a frozen classifier has, and encode them.

    Returns
    -------
    part : Rows
    labels : Labels
    """
    rows, known = part.target, frozen_labels(estimator)
    if known is None:
        frozen = isinstance(estimator, FrozenEstimator) and rows.form == "one"
        labels = Labels.learn(rows, named_classes(estimator.classes_) if frozen else None)
    else:
        labels = Labels(known.classes, known.task, known.form, rows.container)
    return part._replace(target=labels.encode(rows)), labels


def encode_validation(labels, params):
    """Encode validation labels as the inner classifier gets the labels of the rows."""
    given = {name: y for name, y in params.items() if last_part(name) == "y_val" and y is not None}
    return {
        **params,
        **{
            name: labels.decode_target(labels.encode(labels.read(y, name), name))
            for name, y in given.items()
        },
    }


def params_of_rows(X, params, rows):
    """Take the rows of arguments of ``fit`` with an entry per row; None is all of them."""
    validation = {name: params[name] for name in params if last_part(name) in VALIDATION}
    others = {name: value for name, value in params.items() if name not in validation}
    return {**check_method_params(X, others, rows), **validation}


def last_part(name):
    """Strip the names of steps from the name of a parameter."""
    return name.rpartition("__")[2]


def without_weightless(part, params):
    """Leave out rows of weight zero, also from the other arguments of ``fit``."""
    if part.weight is None or part.weight.all():
        return part, params
    rows = np.flatnonzero(part.weight)
    return part.take(rows), params_of_rows(part.X, params, rows)


class RoutesToEstimator:
    """Mixin that takes sample weights itself and routes metadata to the inner classifier."""

    def _inner(self):
        """Return the classifier inside this one: fitted, if it is."""
        return self.estimator_ if hasattr(self, "estimator_") else inner_of(self)

    def get_metadata_routing(self) -> MetadataRouter:
        """Return which metadata this classifier takes, and which go to the inner one.

        Returns
        -------
        routing : MetadataRouter
            With the requests of this classifier and of the inner one.
        """
        mapping = MethodMapping().add(caller="fit", callee="fit")
        router = MetadataRouter(owner=self).add_self_request(self)
        return router.add(estimator=inner_of(self), method_mapping=mapping)


class RoutesToSplitter(RoutesToEstimator):
    """Mixin that also routes metadata to the splitter ``cv``."""

    cv: Splitter

    def get_metadata_routing(self) -> MetadataRouter:
        """Return which metadata this classifier takes, and which go to the inner one and ``cv``.

        Returns
        -------
        routing : MetadataRouter
            With the requests of this classifier, of the inner one and of ``cv``.
        """
        mapping = MethodMapping().add(caller="fit", callee="split")
        return super().get_metadata_routing().add(splitter=self.cv, method_mapping=mapping)


def route_to_splitter(owner, weight, params):
    """Separate what goes to the splitter ``cv`` from what goes to the inner classifier.

    Without metadata routing, ``groups`` go to the splitter alone, as in scikit-learn.

    Parameters
    ----------
    owner : RoutesToSplitter
    weight : ndarray of shape (n_samples,) or None
    params : dict
        Additional arguments of ``fit``.

    Returns
    -------
    for_splitter : dict
    for_fit : dict
        With metadata routing, all of them: each fit takes its own.
    """
    if get_config()["enable_metadata_routing"]:
        given = params if weight is None else {**params, "sample_weight": weight}
        return dict(process_routing(owner, "fit", **given).splitter.split), params
    for_fit = {name: value for name, value in params.items() if name != "groups"}
    return {"groups": params["groups"]} if "groups" in params else {}, for_fit


def inner_of(owner):
    """Return the classifier that another one clones and fits."""
    return owner.estimator if owner.estimator is not None else owner.default_estimator()


def fit_parameters(owner, estimator, weight, params):
    """Collect the arguments for the ``fit`` of the inner classifier.

    Parameters
    ----------
    owner : RoutesToEstimator
    estimator : classifier
        The inner one.
    weight : ndarray of shape (n_samples,) or None
    params : dict
        Its other arguments.

    Returns
    -------
    params : dict

    Raises
    ------
    TypeError
        If there are weights and the classifier does not take any.
    """
    if get_config()["enable_metadata_routing"]:
        given = params if weight is None else {**params, "sample_weight": weight}
        return process_routing(owner, "fit", **given).estimator.fit
    return params if weight is None else {**params, weight_parameter(estimator): weight}


def weight_parameter(estimator):
    """Return the name of the fit parameter for weights; in a Pipeline, of its last step."""
    last, prefix = estimator, ""
    while isinstance(last, Pipeline):
        prefix += f"{last.steps[-1][0]}__"
        last = inside(last)
    if not has_fit_parameter(last, "sample_weight"):
        raise TypeError(
            f"{type(last).__name__} takes no sample_weight; fit it without weights: "
            "class_weight=None, reweight=False and no sample_weight."
        )
    return f"{prefix}sample_weight"
