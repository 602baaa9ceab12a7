"""The posterior of a fitted loss, corrected for weights and resampling."""

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from sktext._labels import inside
from sktext._training._weights import weights_of_classes
from sktext.losses import class_weights
from sktext.meta._calibration._maps import Posterior

OTHERS = "Take method='temperature', 'vector', 'sigmoid' or 'isotonic', which learn from the rows."


def posterior_of(estimator, part, labels):
    """Make the posterior of a fitted classifier.

    Parameters
    ----------
    estimator : classifier
        Fitted.
    part : Rows
        With encoded labels: the rows whose class proportions count.
    labels : Labels

    Returns
    -------
    posterior : Posterior

    Raises
    ------
    ValueError
        If the loss has none, or if its resampling or weights cannot be corrected for.
    """
    last = last_step(estimator)
    loss = getattr(last, "loss_", None)
    if not hasattr(loss, "posterior"):
        what = type(last if loss is None else loss).__name__
        raise ValueError(f"method='posterior' needs a loss that has one; {what} has none. {OTHERS}")
    several = labels.task == "multilabel"
    resampled = last.sampler is not None and not last.reweight
    if several and (resampled or isinstance(last.class_weight, str)):
        setting = "sampler" if resampled else "class_weight"
        raise ValueError(
            f"method='posterior' cannot correct for {setting}={getattr(last, setting)!r} where "
            f"rows have several labels. {OTHERS}"
        )
    priors = (last.class_counts_, labels.counts(part.target, part.weight)) if resampled else None
    return Posterior(loss, weight_of_classes(last, labels, part), priors)


def last_step(estimator):
    """Find the classifier at the end of pipelines, frozen or not."""
    # No further: what a meta-estimator did to the rows is not known here.
    while isinstance(estimator, (FrozenEstimator, Pipeline)):
        estimator = inside(estimator)
    return estimator


def weight_of_classes(classifier, labels, part):
    """Compute the class weights that a classifier was fitted with."""
    if classifier.class_weight is None:
        return None
    if isinstance(classifier.class_weight, str):
        return class_weights(np.asarray(classifier.class_counts_), classifier.class_weight)
    return weights_of_classes(labels, part.target, part.weight, classifier.class_weight)
