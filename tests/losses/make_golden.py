"""Compute the golden values of the losses.

    python tests/losses/make_golden.py

reads ``data/golden_losses.json``, computes every record anew with the formulas of
``golden_formulas.py`` and writes the values of records that have none yet. It stops at a record
whose value is another one. To add a record, write it into the file without ``expected``; with
``"expected_grad": null`` it gets the gradient, too.

A record has ``loss``, ``task``, ``params``, ``logits``, ``targets``, ``reduction`` and ``tol``,
the largest error that passes; ``sample_weight`` where rows have weights; ``oracle``, the public
code or closed form that gave the same value, with the difference in ``oracle_abs_diff``.
"""

import json
from pathlib import Path

import golden_formulas as formulas
import numpy as np

FILE = Path(__file__).parent / "data" / "golden_losses.json"
STEP = np.longdouble("1e-5")  # of central differences


def value(record, logits=None, **params):
    """The value of a record, at other logits or with further parameters where they are given."""
    name, p = record["loss"], record["params"] | params
    if name in OTHERS:
        return OTHERS[name](record, p)
    x = np.asarray(record["logits"] if logits is None else logits, dtype=np.longdouble)
    t = None if record["targets"] is None else np.asarray(record["targets"])
    weight = np.asarray(record.get("sample_weight") or np.ones(len(x)), dtype=np.longdouble)
    if name in formulas.PER_BATCH:
        return value_of_batch(name, x, t, weight, p)
    if name in formulas.PER_ROW:
        values, divisor = formulas.PER_ROW[name](x, t, p) * weight, weight
    elif record["task"] == "multiclass":
        values, divisor = values_of_classes(name, x, t, weight, p)
    else:
        values = formulas.PER_LABEL[name](x, t, p)
        values, divisor = (values.T * weight).T, weight
    if record["reduction"] == "mean":
        by_rows = p.get("normalization") == "batch"
        return values.sum(axis=0).mean() / (len(x) if by_rows else divisor.sum())
    return values.sum() if record["reduction"] == "sum" else values


def values_of_classes(name, x, t, weight, p):
    """Weighted values of rows, and the weights that their mean divides by."""
    of_classes = np.asarray(p.get("weight") or np.ones(x.shape[1]))[t]
    if name in formulas.PER_CLASS:
        values = formulas.PER_CLASS[name](x, t, p) * weight
    else:  # one against the rest
        right = formulas.one_hot(t, x.shape[1]).astype(float)
        values = formulas.PER_LABEL[name](x, right, p).sum(axis=1) * weight
    if name != "cross_entropy":  # which weighs the classes inside its sum
        values = values * of_classes
    return values, weight * of_classes


def value_of_batch(name, x, t, weight, p):
    if t.ndim == 1:
        probability = np.exp(formulas.log_softmax(x))
        t = formulas.one_hot(t, x.shape[1])
    else:
        probability = formulas.sigmoid(p.get("beta", 1) * (x + p.get("eta", 0)))
        if name != "sigmoid_f1":
            probability = formulas.sigmoid(x)
    return formulas.PER_BATCH[name](probability, t.astype(float), weight, p)


def gradient(record):
    """The gradient of the sum of the values, by central differences."""
    x = np.asarray(record["logits"], dtype=np.longdouble)
    fixed = {"factors_at": x} if record["params"].get("detach_weights") else {}
    slopes = np.empty_like(x)
    for place in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[place] = STEP
        upper, lower = value(record, x + step, **fixed), value(record, x - step, **fixed)
        slopes[place] = np.sum(upper - lower) / (2 * STEP)
    return slopes


# --- What is not the value of a loss -------------------------------------------------------


def class_weight(record, p):
    counts = np.asarray(p["counts"], dtype=np.longdouble)
    if p["scheme"] == "balanced":
        return counts.sum() / (len(counts) * counts)
    weight = (1 - np.longdouble(p["beta"])) / (1 - np.longdouble(p["beta"]) ** counts)
    return weight * len(counts) / weight.sum()


def resampling_weight(record, p):
    return np.asarray(p["counts"], dtype=np.longdouble) / np.asarray(p["resampled"])


def prior_shift(record, p):
    proba = np.asarray(p["proba"]) * np.asarray(p["target_prior"]) / np.asarray(p["source_prior"])
    return proba / proba.sum()


def mcm_output(record, p):
    x = np.asarray(record["logits"], dtype=np.longdouble)
    return formulas.sigmoid(formulas.max_below(x, p["descendants"]))


def recursive_regularization(record, p):
    weight = np.asarray(p["weight_matrix"], dtype=np.longdouble)
    parents, children = np.transpose(p["edges"])
    return p["penalty"] * ((weight[parents] - weight[children]) ** 2).sum() / 2


def bias_init(record, p):
    """The constant logits that are right for the class shares."""
    if record["task"] == "multiclass":
        counts = np.asarray(p["counts"], dtype=np.longdouble)
        return np.log(counts / counts.sum())
    prior = np.longdouble(p["prior"])
    if "loss" not in p:
        return np.log(prior / (1 - prior))
    low, high = np.longdouble(-20), np.longdouble(20)
    for _ in range(100):  # halves the interval in which the posterior crosses the share
        middle = (low + high) / 2
        is_below = focal_posterior_of_label(formulas.sigmoid(middle), p) < prior
        low, high = (middle, high) if is_below else (low, middle)
    return middle


def focal_slope(v, gamma):
    """One over minus the slope of the focal loss of a right class with probability ``v``."""
    return v / ((1 - v) ** gamma - gamma * (1 - v) ** (gamma - 1) * v * np.log(v))


def focal_posterior_of_label(v, p):
    alpha = 0.5 if p["alpha"] is None else p["alpha"]
    positive = focal_slope(v, p["gamma"]) / alpha
    return positive / (positive + focal_slope(1 - v, p["gamma"]) / (1 - alpha))


def bce_posterior(record, p):
    x = np.asarray(record["logits"], dtype=np.longdouble)
    return formulas.sigmoid(x - np.log(np.longdouble(p["pos_weight"])))


def posterior(of_probability):
    """Make the posterior of a softmax loss from what its classes are proportional to."""

    def compute(record, p):
        x = np.asarray([record["logits"]], dtype=np.longdouble)
        share = of_probability(np.exp(formulas.log_softmax(x)), x, p)[0]
        share = share / np.asarray(p.get("weight") or 1)
        return share / share.sum()

    return compute


OTHERS = {
    "class_weight": class_weight,
    "ldam_margins": lambda record, p: formulas.ldam_margins(p),
    "resampling_weight": resampling_weight,
    "prior_shift": prior_shift,
    "mcm_output": mcm_output,
    "recursive_regularization": recursive_regularization,
    "bias_init": bias_init,
    "bce.posterior": bce_posterior,
    "cross_entropy.posterior": posterior(
        lambda v, x, p: v - p.get("label_smoothing", 0) / x.shape[1]
    ),
    "focal.posterior": posterior(lambda v, x, p: focal_slope(v, p["gamma"])),
    "poly1_ce.posterior": posterior(lambda v, x, p: v / (1 + p["epsilon"] * v)),
    "generalized_ce.posterior": posterior(lambda v, x, p: v ** (1 - p["q"])),
    "logit_adjustment.posterior": posterior(
        lambda v, x, p: np.exp(formulas.log_softmax(formulas.adjusted_logits(x, p)))
    ),
}


# --- The file ------------------------------------------------------------------------------


def read():
    return json.loads(FILE.read_text(encoding="utf-8"))


def write(records):
    """Write one record a line, so that a change shows as the lines it is about."""
    lines = ",\n".join(json.dumps(record) for record in records)
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def complete(record):
    """A record with its values; a ``ValueError`` where it has other ones."""
    computed = {"expected": value(record)}
    if "expected_grad" in record:
        computed["expected_grad"] = gradient(record)
    for key, new in computed.items():
        old = record.get(key)
        if old is None:
            record = record | {key: np.asarray(new, dtype=np.float64).tolist()}
        elif not np.allclose(new.astype(np.float64), old, rtol=0, atol=record["tol"]):
            raise ValueError(f"{key} of {record} is {new}; correct the record or its formula.")
    return record


if __name__ == "__main__":
    write([complete(record) for record in read()])
