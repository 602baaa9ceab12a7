"""Scorers of scikit-learn, adapted to the classes of a classifier."""

import inspect
from functools import partial
from numbers import Integral

import numpy as np

from sktext._sklearn import keywords_of, score_function, with_keywords, wraps_metric


def all_keywords_of(scorer):
    """Return the keywords that a scorer calls its function with."""
    function, keywords = score_function(scorer), keywords_of(scorer)
    while isinstance(function, partial):
        keywords, function = {**function.keywords, **keywords}, function.func
    return keywords


def usual_pos_label(scorer):
    """Return the default of ``pos_label`` in the signature of a scorer's function, or None."""
    if not wraps_metric(scorer):
        return None
    parameters = inspect.signature(score_function(scorer)).parameters
    return parameters["pos_label"].default if "pos_label" in parameters else None


def of_two_classes(scorer, positive):
    """Make a scorer that names the positive class, if it does not yet."""
    keywords = all_keywords_of(scorer)
    if "pos_label" in keywords or usual_pos_label(scorer) is None:
        return scorer
    averages = keywords.get("average", "binary") != "binary"
    return with_keywords(scorer, pos_label=None if averages else positive)


def of_one_label(scorer):
    """Turn a scorer that averages over labels into one of a single label."""
    keywords = all_keywords_of(scorer)
    average = keywords.get("average", "binary")
    if average == "binary":
        positive = keywords.get("pos_label", 1)
        if positive not in (0, 1):
            raise ValueError(
                f"The objective has pos_label={positive!r}, while each of several labels is a "
                f"column of ones and zeros. For one label, take labels=[{positive!r}] with "
                "average='macro'."
            )
        return scorer
    if average not in ("macro", "weighted"):
        raise ValueError(
            f"The objective averages with average={average!r}, to which labels do not contribute "
            "one by one; take 'f1', with strategy='micro_macro' or 'global'."
        )
    single = {"average": "binary"}
    single |= {"labels": None} if "labels" in keywords else {}
    return with_keywords(scorer, **single, pos_label=1)


def labels_of(scorer, classes):
    """Find which labels a scorer with ``labels=`` is about, by name or by column.

    Returns
    -------
    concerns : ndarray of bool of shape (n_labels,), or None
        None if it is about all.
    """
    keywords = all_keywords_of(scorer)
    if keywords.get("labels") is None or keywords.get("average", "binary") == "binary":
        return None
    concerns, names = np.zeros(len(classes), dtype=bool), classes.tolist()
    for label in keywords["labels"]:
        if label in names:
            concerns[names.index(label)] = True
        elif isinstance(label, Integral) and 0 <= label < len(names):
            concerns[label] = True
        else:
            raise ValueError(
                f"The objective has labels={list(keywords['labels'])!r}, and {label!r} is not "
                f"among the labels {names}."
            )
    return concerns
