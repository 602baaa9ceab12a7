"""How unequal classes or labels are, and what would be done about it."""

from typing import Any

import numpy as np

from sktext._class_weights import SCHEMES, class_weights, effective_number
from sktext._labels import target_and_classes
from sktext._optional import import_optional
from sktext._typing import LabelsLike
from sktext.sampling._multilabel import imbalance_ratios, mean_imbalance_ratio, scumble


def imbalance_report(y: LabelsLike, *, beta: float = 0.999) -> Any:
    """Tabulate how unequal classes or labels are, and the weights that each scheme gives.

    Use it before choosing a loss, weights or a sampler. Do not use it as a proof that
    anything must be done: classes that are easy to tell need no help at any ratio.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_labels)
        Labels, an indicator matrix of zeros and ones, or sets of labels.
    beta : float, default=0.999
        For effective numbers, in [0, 1): nearer to one, the longer a further sample
        of a class adds something.

    Returns
    -------
    report : DataFrame
        A row per class, the most frequent first, with the columns

        - ``count`` and ``proportion`` of the rows,
        - ``ratio``: count of the most frequent class over this one (IRLbl),
        - ``effective_number`` of samples: (1 - beta ** count) / (1 - beta),
        - ``balanced``, ``inverse``, ``effective``: the class weight by each scheme; for
          labels, of their positives.

        ``report.attrs`` has ``n_samples`` and ``mean_ratio`` (MeanIR); for labels also
        ``scumble`` (how much rare and frequent labels occur together: where it is high,
        resampling rows cannot help one without the other), ``labels_per_row``
        (cardinality) and ``without_label``, a fraction of the rows.

    Raises
    ------
    ValueError
        If ``y`` or ``beta`` is not what it must be.
    ImportError
        If pandas is not there.

    References
    ----------
    .. [1] Charte et al., "Addressing imbalance in multilabel classification: Measures and
       random resampling algorithms", Neurocomputing 2015.
       https://doi.org/10.1016/j.neucom.2014.08.091
    .. [2] Cui et al., "Class-Balanced Loss Based on Effective Number of Samples",
       CVPR 2019. https://arxiv.org/abs/1901.05555

    Examples
    --------
    >>> from sktext.sampling import imbalance_report
    >>> report = imbalance_report(["ham"] * 9 + ["spam"])
    >>> report[["count", "proportion", "ratio", "balanced"]].round(3)
           count  proportion  ratio  balanced
    class
    ham        9         0.9    1.0     0.556
    spam       1         0.1    9.0     5.000
    >>> report.attrs["mean_ratio"]
    5.0
    """
    pandas = import_optional("pandas", "frame")
    if not 0 <= beta < 1:
        raise ValueError(f"beta must be in [0, 1); got {beta!r}.")
    target, classes = target_and_classes(y)
    if target.ndim == 2:
        counts, weights, attrs = of_labels(target, beta)
    else:
        counts = np.bincount(target, minlength=len(classes))
        weights = {scheme: class_weights(counts, scheme, beta=beta) for scheme in SCHEMES}
        attrs = {"n_samples": len(target)}
    attrs["mean_ratio"] = float(mean_imbalance_ratio(counts))
    columns = {
        "count": counts,
        "proportion": counts / attrs["n_samples"],
        "ratio": imbalance_ratios(counts),
        "effective_number": effective_number(counts, beta),
        **weights,
    }
    report = pandas.DataFrame(columns, index=pandas.Index(classes, name="class"))
    report = report.sort_values("count", ascending=False, kind="stable")
    report.attrs.update(attrs)
    return report


def of_labels(target, beta):
    """Count the labels of an indicator matrix, and weigh their positives."""
    counts = target.sum(axis=0)
    pairs = np.stack([len(target) - counts, counts], axis=1)
    weights = {
        scheme: np.array([class_weights(pair, scheme, beta=beta)[1] for pair in pairs])
        for scheme in SCHEMES
    }
    attrs = {
        "n_samples": len(target),
        "scumble": scumble(target),
        "labels_per_row": float(target.sum(axis=1).mean()),
        "without_label": float((~target.any(axis=1)).mean()),
    }
    return counts, weights, attrs
