"""Labels in, targets for the loss; logits in, labels out."""

import numpy as np
from scipy import sparse
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from sktext._validation import is_missing

TASK_OF_TYPE = {
    "binary": "binary",
    "multiclass": "multiclass",
    "multilabel-indicator": "multilabel",
}


class Labels:
    """The classes of a fitted classifier, and the way to and from their numbers.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Sorted labels, or the numbers of the label columns.
    task : {"binary", "multiclass", "multilabel"}
    """

    def __init__(self, classes, task):
        self.classes = classes
        self.task = task

    @classmethod
    def learn(cls, y, classes=None):
        """Find the task and the classes.

        Parameters
        ----------
        y : ndarray
            As ``check_labels`` returns it.
        classes : array-like of shape (n_classes,), default=None
            All classes, where ``y`` may not have them all.
        """
        if y.ndim == 2:
            return cls(np.arange(y.shape[1]), "multilabel")
        found = np.unique(y if classes is None else np.asarray(classes))
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
        if classes is not None and not np.array_equal(np.unique(classes), self.classes):
            raise ValueError(
                f"classes={np.unique(classes).tolist()} are not those of the first fit, "
                f"{self.classes.tolist()}; name all that will ever come there, or leave them out."
            )

    def encode(self, y, name="y"):
        """Turn labels into what a loss reads.

        Returns
        -------
        target : ndarray of shape (n_samples,), int64, or (n_samples, n_labels), int8
        """
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
        """Turn logits of shape (n_samples, n_outputs) into labels."""
        if self.task == "multilabel":
            return (logits > 0).astype(np.int64)
        codes = (logits[:, 0] > 0).astype(int) if self.task == "binary" else logits.argmax(axis=1)
        return self.classes[codes]

    def decode_target(self, target):
        """Turn encoded labels back into labels."""
        return target.astype(np.int64) if self.task == "multilabel" else self.classes[target]

    def counts(self, target, weight=None):
        """Sum the weights of each class; for multilabel, of the positives of each label."""
        if self.task == "multilabel":
            return target.sum(axis=0, dtype=float) if weight is None else weight @ target
        return np.bincount(target, weight, minlength=len(self.classes)).astype(float)


def check_labels(y):
    """Check labels and return them as an array.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_labels), or sparse indicator
        Labels of any type, or an indicator matrix of zeros and ones.

    Returns
    -------
    y : ndarray of shape (n_samples,) or (n_samples, n_labels)
    """
    if y is None:
        raise ValueError(
            "This classifier requires y to be passed, but the target y is None. Give one label "
            "per sample."
        )
    if isinstance(y, (str, bytes)):
        raise ValueError(
            f"y must be a sequence of labels; got a single {type(y).__name__}. Put it in a list: "
            "[y]."
        )
    array = to_array(y)
    if array.dtype.kind == "T":
        array = array.astype(object)
    if array.dtype == object and array.ndim == 1:
        refuse_missing(array)
        refuse_mixture(array)
    if array.dtype == object:
        array = np.asarray(array.tolist())
    if array.dtype.kind == "f":
        array = check_array(array, ensure_2d=False, input_name="y", ensure_min_samples=0)
    if array.ndim == 2 and array.shape[1] == 1:
        array = column_or_1d(array, warn=True)
    if len(array):
        check_classification_targets(array)
        kind = type_of_target(array, input_name="y")
        if kind not in TASK_OF_TYPE:
            raise ValueError(
                f"Unknown label type: {kind}. y must hold one label per sample, or an indicator "
                "matrix of zeros and ones."
            )
        if kind == "multilabel-indicator" and not np.isin(array, (0, 1)).all():
            raise ValueError(
                f"A multilabel y must hold zeros and ones; got the values "
                f"{np.unique(array).tolist()}."
            )
    return array


def is_text(array):
    """Tell whether an array holds strings."""
    return array.dtype.kind in "UST"


def to_array(y):
    """Turn any container of labels into an array; a list keeps the types it has."""
    if sparse.issparse(y):
        return y.toarray()
    if hasattr(y, "to_pylist"):  # pyarrow
        y = y.to_pylist()
    if hasattr(y, "to_numpy"):  # pandas, polars
        return y.to_numpy()
    return np.asarray(y, dtype=object if isinstance(y, (list, tuple)) else None)


def refuse_missing(y):
    """Name the first label that is missing."""
    for row, label in enumerate(y):
        if is_missing(label):
            raise ValueError(
                f"y[{row}] is missing ({label}). Drop the row, or give it a label of its own."
            )


def refuse_mixture(y):
    """Say that strings and numbers, or sets of labels, cannot be labels together."""
    if isinstance(y[0] if len(y) else None, (list, tuple, set, frozenset)):
        raise TypeError(
            f"y[0] is a {type(y[0]).__name__} of labels; give an indicator matrix instead, as "
            "sklearn.preprocessing.MultiLabelBinarizer makes it."
        )
    is_str = np.array([isinstance(label, str) for label in y])
    if len(set(is_str)) > 1:
        row = int(np.flatnonzero(is_str != is_str[0])[0])
        raise TypeError(
            f"y must hold labels of one type; y[0] is {y[0]!r} and y[{row}] is {y[row]!r}. Turn "
            "them all into str."
        )
