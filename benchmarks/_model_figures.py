"""What a model costs and how well it does on a set, as figures and as a line."""

import pickle

import numpy as np
from _report import cpu_seconds, seconds
from sklearn.metrics import accuracy_score, f1_score

from sktext.metrics import expected_calibration_error


def calibration_error(y, proba, classes):
    """Compute the calibration error of the largest probability, or the mean one of all labels."""
    how = {"n_bins": 15, "strategy": "uniform"}
    if y.ndim == 2:
        return expected_calibration_error(y, proba, **how)
    right = classes[proba.argmax(axis=1)] == y
    return expected_calibration_error(right, proba.max(axis=1), labels=[False, True], **how)


def measure(model, data):
    """Fit a model, and return its figures."""
    cost = {}

    def fit():
        cost["s"] = seconds(lambda: model.fit(data.X, data.y))

    _, cost["cpu_s"] = cpu_seconds(fit)
    predicted = np.asarray(model.predict(data.X_test))
    f1 = {
        f"{average}_f1": f1_score(data.y_test, predicted, average=average, zero_division=0)
        for average in ("macro", "micro")
    }
    ece = None
    if hasattr(model, "predict_proba"):
        proba = np.asarray(model.predict_proba(data.X_test))
        ece = calibration_error(data.y_test, proba, model.classes_)
    accuracy = accuracy_score(data.y_test, predicted)
    size = {"bytes": len(pickle.dumps(model))}
    return {"accuracy": accuracy, **f1, "ece": ece, **cost, **size}


def show(row, figures):
    """Print the line of a row."""
    if "error" in figures:
        print(f"  {row:<52} {figures['error'].splitlines()[0]}", flush=True)
        return
    ece = "     -" if figures["ece"] is None else f"{figures['ece']:.4f}"
    print(
        f"  {row:<52} accuracy {figures['accuracy']:.4f}   macro F1 {figures['macro_f1']:.4f}   "
        f"micro F1 {figures['micro_f1']:.4f}   ECE {ece}   {figures['cpu_s']:7.1f} CPU s   "
        f"{figures['s']:7.1f} s   {figures['bytes']:12,} bytes",
        flush=True,
    )
