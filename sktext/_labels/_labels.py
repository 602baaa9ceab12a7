"""Labels in, targets for the loss; logits in, labels out."""

from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sktext._labels._advice import advise
from sktext._labels._containers import DENSE, Container
from sktext._labels._matrix import refuse_unobserved_cells
from sktext._labels._reading import COLUMNS, ONE, SEVERAL, LabelRows, read_labels
from sktext._labels._sets import drop_other_labels, labels_of_sets, to_indicator
from sktext._labels._single import codes_of, kind_of, sorted_classes
from sktext._typing import LabelsLike
from sktext._validation import check_same_length, weights_or_ones

TASKS = ("binary", "multiclass", "multilabel")


class Labels:
    """The classes of a fitted classifier, and the way to and from their numbers.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Sorted labels, or the names or numbers of the label columns.
    task : {"binary", "multiclass", "multilabel"}
    form : {"one", "sets", "columns"}, default="one"
        What the first fit was given, by which all labels are read from there on.
    container : Container, default=DENSE
        What predictions of several labels per row go out in.
    """

    def __init__(
        self, classes: NDArray[Any], task: str | None, form: str = ONE, container: Container = DENSE
    ) -> None:
        self.classes = classes
        self.task = task
        self.form = form
        self.container = container

    @classmethod
    def learn(
        cls, rows: LabelRows, classes: NDArray[Any] | None = None, *, online: bool = False
    ) -> Self:
        """Find the task and the classes.

        Parameters
        ----------
        rows : LabelRows
        classes : ndarray of shape (n_classes,), default=None
            All classes, as ``named_classes`` reads them, where the rows may not have them all.
        online : bool, default=False
            Whether the rows are the first of a stream.
        """
        if rows.form == COLUMNS:
            columns, numbers = rows.container.columns, np.arange(rows.values.shape[1])
            found = numbers if columns is None else columns
            labels = cls(found, "multilabel", COLUMNS, rows.container)
            labels.refuse_other_classes(classes)
        elif rows.form == SEVERAL:
            found = labels_of_sets(rows.values) if classes is None else classes
            labels = cls(found, "multilabel", SEVERAL, rows.container)
        else:
            found = sorted_classes(rows.values) if classes is None else classes
            refuse_single_class(found, classes, online=online)
            labels = cls(found, "binary" if len(found) == 2 else "multiclass", ONE)
        advise(labels, rows.values, online=online)
        return labels

    def read(self, y: LabelsLike, name: str = "y") -> LabelRows:
        """Read labels as those of the first fit were read.

        Parameters
        ----------
        y : labels in any container
        name : str, default="y"
            What to call them in messages.

        Returns
        -------
        rows : LabelRows
        """
        rows = read_labels(y, self, name=name)
        self.refuse_other_columns(rows.container, name)
        return rows

    @property
    def n_outputs(self) -> int:
        """Number of logits: one for binary."""
        return 1 if self.task == "binary" else len(self.classes)

    def refuse_other_classes(self, classes: NDArray[Any] | None) -> None:
        """Raise for classes other than those of the first fit."""
        if classes is None:
            return
        if set(classes.tolist()) != set(self.classes.tolist()):
            raise ValueError(
                f"classes={classes.tolist()} are not those of the first fit, "
                f"{self.classes.tolist()}; name all that will ever come there, or leave them out."
            )

    def refuse_other_columns(self, container: Container, name: str = "y") -> None:
        """Raise for columns other than those of the first fit, or in another order."""
        first, now = self.container.columns, container.columns
        if first is None and self.form == SEVERAL:
            first = self.classes
        if first is not None and now is not None and not np.array_equal(first, now):
            raise ValueError(
                f"{name} has the columns {now.tolist()}, not those of the first fit, "
                f"{first.tolist()}. Select them in that order."
            )

    def refuse_unobserved(self, target: NDArray[Any]) -> None:
        """Name the labels that no row says anything about."""
        if self.task != "multilabel":
            return
        unknown = self.classes[(target < 0).all(axis=0)]
        if len(unknown):
            raise ValueError(
                f"y has no observed row of the labels {unknown.tolist()}: all are -1. Drop these "
                "columns, or observe them in some rows."
            )

    def encode(self, rows: LabelRows, name: str = "y") -> NDArray[Any]:
        """Turn labels into what a loss reads.

        Parameters
        ----------
        rows : LabelRows
            As ``read`` gives them.
        name : str, default="y"

        Returns
        -------
        target : ndarray of shape (n_samples,), int64, or (n_samples, n_labels), int8
            In an indicator, -1 where a label was not observed.
        """
        if rows.form == SEVERAL:
            return to_indicator(rows.values, self.classes, name)
        if rows.form == COLUMNS:
            if rows.values.shape[1] != len(self.classes):
                raise ValueError(
                    f"{name} must have {len(self.classes)} label columns as in the first fit; got "
                    f"{rows.values.shape[1]}."
                )
            return rows.values.astype(np.int8)
        codes = self.find_codes(rows.values, name)
        for row in np.flatnonzero(codes < 0)[:1]:
            label = rows.values[row : row + 1].tolist()[0]
            advice = (
                "Give all classes there (classes= of partial_fit), fit anew with "
                "warm_start=False, or drop the row."
            )
            raise ValueError(
                f"{name}[{row}] is {label!r}, which is not among the classes that were fitted, "
                f"{self.classes.tolist()}. "
                + (advice if name == "y" else "Drop the row, or have such rows in y, too.")
            )
        return codes

    def encode_known(self, rows: LabelRows) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Turn several labels per row into an indicator, and leave out those not fitted.

        Returns
        -------
        target : ndarray of shape (n_samples, n_labels), int8
        strange : ndarray of bool of shape (n_samples,)
            Which rows have labels that were not fitted.
        """
        if rows.form != SEVERAL:
            return self.encode(rows), np.zeros(len(rows), dtype=bool)
        known, strange = drop_other_labels(rows.values, self.classes)
        return self.encode(replace(rows, values=known)), strange

    def find_codes(self, labels: NDArray[Any], name: str = "y") -> NDArray[np.int64]:
        """Number single labels; -1 stands for those that were not fitted."""
        if len(labels) and kind_of(labels) != kind_of(self.classes):
            raise ValueError(
                f"{name} must hold labels such as {self.classes[:1].tolist()[0]!r}, as in the "
                f"first fit; got {labels[:1].tolist()[0]!r}."
            )
        return codes_of(labels, self.classes)

    def decode(self, logits: NDArray[Any]) -> Any:
        """Turn logits of shape (n_samples, n_outputs) into labels in the user's container."""
        return self.write(self.decide(logits))

    def write(self, decided: NDArray[Any]) -> Any:
        """Put labels into the container that they came in; one per row stays an array."""
        multilabel = self.task == "multilabel"
        return self.container.write(decided, self.classes) if multilabel else decided

    def decide(self, logits: NDArray[Any]) -> NDArray[Any]:
        """Turn logits of shape (n_samples, n_outputs) into labels, or an indicator matrix."""
        if self.task == "multilabel":
            return (logits > 0).astype(np.int64)
        codes = (logits[:, 0] > 0).astype(int) if self.task == "binary" else logits.argmax(axis=1)
        return self.classes[codes]

    def decode_target(self, target: NDArray[Any]) -> NDArray[Any]:
        """Turn encoded labels back into labels, or an indicator matrix."""
        return target.astype(np.int64) if self.task == "multilabel" else self.classes[target]

    def counts(
        self, target: NDArray[Any], weight: NDArray[Any] | None = None
    ) -> NDArray[np.float64]:
        """Sum the weights of each class; for multilabel, of the positives of each label."""
        if self.task == "multilabel":
            positive = target > 0
            return positive.sum(axis=0, dtype=float) if weight is None else weight @ positive
        return np.bincount(target, weight, minlength=len(self.classes)).astype(float)

    def n_observed(
        self, target: NDArray[Any], weight: NDArray[Any] | None = None
    ) -> NDArray[np.float64]:
        """Sum the weights of the rows in which each label was observed."""
        observed = target >= 0
        return observed.sum(axis=0, dtype=float) if weight is None else weight @ observed

    def accuracy(
        self, y: LabelsLike, predicted: Any, sample_weight: ArrayLike | None = None
    ) -> float:
        """Compute the fraction of rows whose labels are all right, whatever they are in.

        A row of ``y`` with a label that was not fitted is wrong, as in scikit-learn.
        """
        rows, predicted = self.read(y), self.read(predicted, "predict(X)")
        check_same_length(len(predicted), rows)
        if self.task == "multilabel":
            target, strange = self.encode_known(rows)
            refuse_unobserved_cells(target)
            right = (target == self.encode(predicted)).all(axis=1) & ~strange
        else:
            right = self.find_codes(rows.values) == self.find_codes(predicted.values)
        return float(np.average(right, weights=weights_or_ones(sample_weight, right)))


def refuse_single_class(found, named, *, online):
    """Raise if there are fewer than two classes, and say where the others may be."""
    if len(found) > 1:
        return
    if not len(found):
        raise ValueError("y has no labels, and at least two classes are needed.")
    what = "y has" if named is None else "classes names"
    if named is not None:
        advice = "Name all that will ever come."
    elif online:
        advice = "Name all that will ever come in classes= of the first partial_fit."
    else:
        advice = "Look for a filter or a split that dropped the others."
    raise ValueError(f"{what} one class, {found.tolist()[0]!r}; at least two are needed. {advice}")
