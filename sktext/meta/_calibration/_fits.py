"""Fits of calibration maps by least log loss."""

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_expit, log_softmax
from sklearn.isotonic import IsotonicRegression

from sktext.meta._calibration._maps import PlattMap, softmax_of_rows

# Bounds of the logarithm of a scale, for scores of mean size one.
LOG_SCALES = (-10.0, 10.0)
PRECISE = {"ftol": 1e-14, "gtol": 1e-9, "maxiter": 1000}


def best_scale(scores, log_loss):
    """Find the scale of least log loss.

    Parameters
    ----------
    scores : ndarray
    log_loss : callable
        Takes scaled scores.

    Returns
    -------
    scale : float
        Above 0; 1 where there is nothing to learn from.
    """
    size = np.abs(scores).mean() if scores.size else 0.0
    if size == 0:
        return 1.0
    unit = scores / size
    found = minimize_scalar(
        lambda power: log_loss(np.exp(power) * unit),
        bounds=LOG_SCALES,
        method="bounded",
        options={"xatol": 1e-8},
    )
    return float(np.exp(found.x) / size)


def label_scale(scores, truth, weight):
    """Find one scale for labels; all arrays of shape (n_scores,)."""
    return best_scale(scores, lambda logits: label_loss(logits, truth, weight))


def class_scale(scores, target, weight):
    """Find one scale for classes; scores of shape (n_samples, n_classes)."""
    rows = np.arange(len(target))

    @np.errstate(under="ignore")
    def log_loss(logits):
        return -np.average(log_softmax(logits, axis=1)[rows, target], weights=weight)

    return best_scale(scores, log_loss)


def label_loss(logits, truth, weight):
    """Compute the mean log loss of labels, which may be soft."""
    losses = truth * log_expit(logits) + (1 - truth) * log_expit(-logits)
    return -np.average(losses, weights=weight)


def fit_platt(scores, truth, weight):
    """Fit the scale and the shift of a label; all arrays of shape (n_samples,)."""
    size = np.abs(scores).mean() or 1.0
    unit, fraction = scores / size, weight / weight.sum()

    def loss_and_slope(point):
        logits = point[0] * unit + point[1]
        slope = fraction * (np.exp(log_expit(logits)) - truth)
        return label_loss(logits, truth, weight), np.array([slope @ unit, slope.sum()])

    found = minimize(
        loss_and_slope, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", options=PRECISE
    )
    return PlattMap(found.x[0] / size, found.x[1])


def soft_labels(truth, weight):
    """Smooth labels as Platt does, so that few rows do not make probabilities overconfident."""
    positives, negatives = weight @ truth, weight @ (1 - truth)
    return np.where(truth > 0, (positives + 1) / (positives + 2), 1 / (negatives + 2))


def fit_map(method, scores, truth, weight):
    """Fit the map of one label, or of one class against the rest."""
    if method == "temperature":
        return PlattMap(label_scale(scores, truth, weight))
    if method == "vector":
        return fit_platt(scores, truth, weight)
    if method == "sigmoid":
        return fit_platt(scores, soft_labels(truth, weight), weight)
    return IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, truth, weight)


def fit_scales_and_shifts(scores, target, weight, free, scale):
    """Fit a scale and a shift for each class that is free.

    Parameters
    ----------
    scores : ndarray of shape (n_samples, n_classes)
    target : ndarray of shape (n_samples,), int64
    weight : ndarray of shape (n_samples,)
    free : ndarray of bool of shape (n_classes,)
        The other classes keep the common scale.
    scale : float
        The common scale, where the search begins.

    Returns
    -------
    scales, shifts : ndarrays of shape (n_classes,)
    """
    scaled, fraction = scale * scores, weight / weight.sum()
    rows, n_classes = np.arange(len(target)), scores.shape[1]

    def loss_and_slope(point):
        logits = point[:n_classes] * scaled + point[n_classes:]
        slope = softmax_of_rows(logits)
        slope[rows, target] -= 1
        slope *= fraction[:, None]
        slopes = np.where(free, [(slope * scaled).sum(axis=0), slope.sum(axis=0)], 0.0)
        return -fraction @ log_softmax(logits, axis=1)[rows, target], slopes.ravel()

    start = np.concatenate([np.ones(n_classes), np.zeros(n_classes)])
    found = minimize(loss_and_slope, start, jac=True, method="L-BFGS-B", options=PRECISE)
    return found.x[:n_classes] * scale, found.x[n_classes:]
