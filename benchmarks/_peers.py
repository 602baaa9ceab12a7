"""What people fit to texts otherwise, with scikit-learn's interface where it has none."""

import re
import tempfile
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import precision_recall_curve
from sklearn.model_selection import KFold, cross_val_predict

FOLDS = KFold(3, shuffle=True, random_state=0)


class ThresholdsByHand(ClassifierMixin, BaseEstimator):
    """The threshold of each label with the best F1 on scores of three folds.

    Parameters
    ----------
    estimator : classifier
        Of several labels, with ``decision_function``.
    """

    def __init__(self, estimator):
        self.estimator = estimator

    def fit(self, X, y):
        """Find the thresholds, and fit to all rows."""
        how = {"cv": FOLDS, "method": "decision_function"}
        scores = cross_val_predict(self.estimator, X, y, **how)
        pairs = zip(y.T, scores.T, strict=True)
        self.thresholds_ = np.array([best_threshold(*pair) for pair in pairs])
        self.estimator_ = clone(self.estimator).fit(X, y)
        return self

    def predict(self, X):
        """Return the labels whose scores reach their thresholds."""
        return (self.estimator_.decision_function(X) >= self.thresholds_).astype(int)


def best_threshold(truth, scores):
    """Find the score from which on predictions have the best F1."""
    precision, recall, thresholds = precision_recall_curve(truth, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return thresholds[f1[:-1].argmax()]


class FastText(ClassifierMixin, BaseEstimator):
    """Supervised fastText with its defaults, or with what its tutorial ends at; one thread.

    The fitted model is the content of its file, so that a pickle is as long as that.

    Parameters
    ----------
    tutorial : bool
        Whether letters are made lower, punctuation is set apart, and step size, epochs, pairs of
        words and sizes are those of https://fasttext.cc/docs/en/supervised-tutorial.html.
    autotune : int or None
        Seconds that its own search of these parameters takes, by the F1 of every tenth row.
    """

    def __init__(self, tutorial=False, autotune=None):
        self.tutorial = tutorial
        self.autotune = autotune

    def fit(self, X, y):
        """Write texts and labels into a file, and train on it."""
        import fasttext

        params = {"loss": "ova"} if y.ndim == 2 else {}
        if self.tutorial and not self.autotune:  # which leaves alone what is set
            params |= {"lr": 1.0, "epoch": 25, "wordNgrams": 2, "bucket": 200_000, "dim": 50}
        self.classes_, columns = columns_of(y)
        self.several_ = y.ndim == 2
        with tempfile.TemporaryDirectory() as folder:
            rows, file = Path(folder) / "rows.txt", Path(folder) / "model.bin"
            lines = [f"{line}\n" for line in map(self._line, X, columns)]
            if self.autotune:
                tenth = Path(folder) / "tenth.txt"
                tenth.write_text("".join(lines[::10]), encoding="utf-8")
                del lines[::10]
                params |= {"autotuneValidationFile": str(tenth), "autotuneDuration": self.autotune}
            rows.write_text("".join(lines), encoding="utf-8")
            model = fasttext.train_supervised(str(rows), thread=1, verbose=0, **params)
            model.save_model(str(file))
            self.model_ = file.read_bytes()
        return self

    def _line(self, text, columns=()):
        if self.tutorial:
            text = re.sub(r"([.!?,'/()])", r" \1 ", text).lower()
        return " ".join([*(f"__label__{column}" for column in columns), *text.split()])

    def predict_proba(self, X):
        """Return a probability for each class or label."""
        import fasttext

        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "model.bin"
            file.write_bytes(self.model_)
            model = fasttext.load_model(str(file))
        names, proba = model.predict([self._line(text) for text in X], k=-1)
        filled = np.zeros((len(X), len(self.classes_)))
        for row, (of_row, values) in enumerate(zip(names, proba, strict=True)):
            filled[row, [int(name.removeprefix("__label__")) for name in of_row]] = values
        return filled.clip(0, 1)  # its sums of float32 pass 1

    def predict(self, X):
        """Return the most probable class, or all labels of at least one half."""
        proba = self.predict_proba(X)
        return (proba >= 0.5).astype(int) if self.several_ else self.classes_[proba.argmax(axis=1)]


class LibMultiLabel(ClassifierMixin, BaseEstimator):
    """One-vs-rest of LibMultiLabel on the features that it makes by default, on all cores."""

    def fit(self, X, y):
        """Make features and train."""
        from libmultilabel import linear

        self.classes_, columns = columns_of(y)
        self.several_ = y.ndim == 2
        self.vectorizer_ = TfidfVectorizer()
        targets = sparse.lil_matrix((len(y), len(self.classes_)))
        for row, of_row in enumerate(columns):
            targets[row, of_row] = 1.0
        features = self.vectorizer_.fit_transform(X)
        how = {"multiclass": not self.several_, "verbose": False}
        self.model_ = linear.train_1vsrest(targets.tocsr(), features, **how)
        return self

    def predict(self, X):
        """Return the class of the largest value, or all labels of positive ones."""
        scores = self.model_.predict_values(self.vectorizer_.transform(X))
        return (scores > 0).astype(int) if self.several_ else self.classes_[scores.argmax(axis=1)]


def columns_of(y):
    """Return the classes, and for each row the columns of its labels among them."""
    if y.ndim == 2:
        return np.arange(y.shape[1]), [np.flatnonzero(row) for row in y]
    classes, codes = np.unique(y, return_inverse=True)
    return classes, codes[:, None]
