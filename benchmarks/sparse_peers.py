"""Linear models on a sparse matrix, against what people fit to such rows: scikit-learn's own.

The matrix of ``sparse_epoch.py``: 10,000 rows, 50,000 columns, 60 values a row. Both sides of a
line do the same work: the same penalized minimum by L-BFGS, one pass over the rows in mini-batches
against one pass row by row, the same predictions.
"""

import warnings

import numpy as np
from _report import compare, print_machine
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sparse_epoch import make_matrix

from sktext import TorchClassifier

WEIGHT_DECAY = 5e-6


def make_labels(X, n_classes, rng):
    """Draw labels that depend on the rows, so that there is something to learn."""
    logits = X @ rng.normal(size=(X.shape[1], n_classes)) + rng.gumbel(size=(X.shape[0], n_classes))
    return np.asarray(logits).argmax(axis=1)


def objective(model, X, y):
    """Compute the penalized mean log loss that both sides minimize."""
    proba = model.predict_proba(X)
    loss = -np.log(np.maximum(proba[np.arange(len(y)), y], 1e-300)).mean()
    return loss + WEIGHT_DECAY / 2 * np.square(model.coef_).sum()


def main():
    """Print the comparisons."""
    print_machine()
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, _ = make_matrix()
    X = sparse.csr_matrix(X)
    rng = np.random.RandomState(0)
    for n_classes in (2, 20):
        y = make_labels(X, n_classes, rng)
        ours = TorchClassifier(weight_decay=WEIGHT_DECAY, random_state=0)
        theirs = LogisticRegression(C=1 / (WEIGHT_DECAY * len(y)), max_iter=1000)
        compare(
            f"LogisticRegression, {n_classes} classes",
            lambda ours=ours, y=y: ours.fit(X, y),
            lambda theirs=theirs, y=y: theirs.fit(X, y),
        )
        for name, model in (("ours", ours), ("theirs", theirs)):
            print(f"  what is minimized, {name}: {objective(model, X, y):.5f}")
        compare(
            f"predict_proba, {n_classes} classes",
            lambda ours=ours: ours.predict_proba(X),
            lambda theirs=theirs: theirs.predict_proba(X),
        )
        batches = TorchClassifier(optimizer="adagrad", max_epochs=1, random_state=0)
        rows = SGDClassifier(loss="log_loss", max_iter=1, tol=None, random_state=0)
        compare(
            f"SGDClassifier, one pass, {n_classes} classes",
            lambda batches=batches, y=y: batches.fit(X, y),
            lambda rows=rows, y=y: rows.fit(X, y),
        )


if __name__ == "__main__":
    main()
