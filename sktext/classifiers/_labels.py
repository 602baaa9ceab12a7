"""Labels in, targets for the loss; logits in, labels out."""

import numpy as np
from sklearn.metrics import accuracy_score
from sklearn.utils import check_consistent_length

from sktext.classifiers._check_labels import (
    check_labels,
    is_text,
    refuse_unobserved_cells,
    sort_classes,
)
from sktext.classifiers._label_containers import DENSE
from sktext.classifiers._label_sets import (
    are_label_sets,
    drop_other_labels,
    labels_of_sets,
    to_indicator,
)


class Labels:
    """The classes of a fitted classifier, and the way to and from their numbers.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Sorted labels, or the names or numbers of the label columns.
    task : {"binary", "multiclass", "multilabel"}
    container : Container
        What predictions of several labels per row go out in.
    """

    def __init__(self, classes, task, container=DENSE):
        self.classes = classes
        self.task = task
        self.container = container

    @classmethod
    def learn(cls, y, classes=None, container=DENSE):
        """Find the task and the classes.

        Parameters
        ----------
        y : ndarray
            As ``check_labels`` returns it.
        classes : array-like of shape (n_classes,), default=None
            All classes, where ``y`` may not have them all.
        container : Container, default=DENSE
            What ``y`` came in.
        """
        if y.ndim == 2:
            columns = container.columns
            numbers = np.arange(y.shape[1])
            return cls(numbers if columns is None else columns, "multilabel", container)
        if are_label_sets(y):
            labels = labels_of_sets(y) if classes is None else sort_classes(classes)
            return cls(labels, "multilabel", container)
        found = np.unique(y) if classes is None else sort_classes(classes)
        if len(found) < 2:
            raise ValueError(
                f"y has one class, {found.tolist()[0]!r}; at least two are needed. Look for a "
                "filter or a split that dropped the others."
            )
        return cls(found, "binary" if len(found) == 2 else "multiclass")

    @property
    def n_outputs(self):
        """Number of logits: one for binary."""
        return 1 if self.task == "binary" else len(self.classes)

    def refuse_other_classes(self, classes):
        """Say that the classes were settled in the first fit."""
        if classes is None:
            return
        named = sort_classes(classes)
        if not np.array_equal(named, np.unique(self.classes)):
            raise ValueError(
                f"classes={named.tolist()} are not those of the first fit, "
                f"{self.classes.tolist()}; name all that will ever come there, or leave them out."
            )

    def refuse_other_columns(self, container, name="y"):
        """Say that the columns were named, and put in order, in the first fit."""
        first, now = self.container.columns, container.columns
        if first is not None and now is not None and not np.array_equal(first, now):
            raise ValueError(
                f"{name} has the columns {now.tolist()}, not those of the first fit, "
                f"{first.tolist()}. Select them in that order."
            )

    def refuse_unobserved(self, target):
        """Name the labels that no row says anything about."""
        if self.task != "multilabel":
            return
        unknown = self.classes[(target < 0).all(axis=0)]
        if len(unknown):
            raise ValueError(
                f"y has no observed row of the labels {unknown.tolist()}: all are -1. Drop these "
                "columns, or observe them in some rows."
            )

    def encode(self, y, name="y"):
        """Turn labels into what a loss reads.

        Returns
        -------
        target : ndarray of shape (n_samples,), int64, or (n_samples, n_labels), int8
            In an indicator, -1 where a label was not observed.
        """
        if are_label_sets(y) and self.task == "multilabel":
            return to_indicator(y, self.classes, name)
        if (y.ndim == 2) != (self.task == "multilabel"):
            raise ValueError(
                f"{name} must be {self.task} as in the first fit; got an array of shape {y.shape}."
            )
        if self.task == "multilabel":
            if y.shape[1] != len(self.classes):
                raise ValueError(
                    f"{name} must have {len(self.classes)} label columns as in the first fit; got "
                    f"{y.shape[1]}."
                )
            return y.astype(np.int8)
        if is_text(y) != is_text(self.classes):
            raise ValueError(
                f"{name} must hold labels such as {self.classes[:1].tolist()[0]!r}, as in the "
                f"first fit; got {y[:1].tolist()[0]!r}."
            )
        codes = np.searchsorted(self.classes, y).clip(max=len(self.classes) - 1)
        unknown = np.flatnonzero(self.classes[codes] != y)
        if len(unknown):
            label = y[unknown[:1]].tolist()[0]
            advice = (
                "Give all classes there (classes= of partial_fit), fit anew with "
                "warm_start=False, or drop the row."
            )
            raise ValueError(
                f"{name}[{unknown[0]}] is {label!r}, which is not among the classes that were "
                f"fitted, {self.classes.tolist()}. "
                + (advice if name == "y" else "Drop the row, or have such rows in y, too.")
            )
        return codes.astype(np.int64)

    def decode(self, logits):
        """Turn logits of shape (n_samples, n_outputs) into labels in the user's container."""
        return self.write(self.decide(logits))

    def write(self, decided):
        """Put labels into the container that they came in; one per row stays an array."""
        multilabel = self.task == "multilabel"
        return self.container.write(decided, self.classes) if multilabel else decided

    def decide(self, logits):
        """Turn logits of shape (n_samples, n_outputs) into labels, or an indicator matrix."""
        if self.task == "multilabel":
            return (logits > 0).astype(np.int64)
        codes = (logits[:, 0] > 0).astype(int) if self.task == "binary" else logits.argmax(axis=1)
        return self.classes[codes]

    def decode_target(self, target):
        """Turn encoded labels back into labels, or an indicator matrix."""
        return target.astype(np.int64) if self.task == "multilabel" else self.classes[target]

    def counts(self, target, weight=None):
        """Sum the weights of each class; for multilabel, of the positives of each label."""
        if self.task == "multilabel":
            positive = target > 0
            return positive.sum(axis=0, dtype=float) if weight is None else weight @ positive
        return np.bincount(target, weight, minlength=len(self.classes)).astype(float)

    def n_observed(self, target, weight=None):
        """Sum the weights of the rows in which each label was observed."""
        observed = target >= 0
        return observed.sum(axis=0, dtype=float) if weight is None else weight @ observed

    def accuracy(self, y, predicted, sample_weight=None):
        """Compute the share of rows whose labels are all right, whatever they are in.

        A row of ``y`` with a label that was not fitted is wrong, as in scikit-learn.
        """
        y, predicted = check_labels(y), check_labels(predicted)
        strange = np.zeros(len(y), dtype=bool)
        if are_label_sets(y):
            y, strange = drop_other_labels(y, self.classes)
        pair = [self.encode(y), self.encode(predicted)]
        check_consistent_length(*pair)
        refuse_unobserved_cells(pair[0])
        pair[0][strange] = 1 - pair[1][strange]
        return float(accuracy_score(*pair, sample_weight=sample_weight))
