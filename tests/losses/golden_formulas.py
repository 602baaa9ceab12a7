"""The formulas of the losses as their papers have them, in NumPy and without torch.

``make_golden.py`` computes the golden values with them. They share nothing with the package,
so that a slip in one is not repeated in the other. Numbers are long doubles, which are wider
than 64 bits on most machines.

A formula takes logits ``x``, targets ``t`` and the parameters ``p`` of a record:

- ``PER_LABEL``: a value for each label, from its own logit (sigmoid);
- ``PER_CLASS``: a value for each row, from all logits and the number of its class (softmax);
- ``PER_ROW``: a value for each row, from all its labels;
- ``PER_BATCH``: one value from probabilities, indicators and the weights of the rows.
"""

import numpy as np

# --- Links ---------------------------------------------------------------------------------


def softplus(x):
    return np.logaddexp(0, x)


def sigmoid(x):
    return np.exp(-softplus(-x))


def log_softmax(x):
    return x - np.logaddexp.reduce(x, axis=1, keepdims=True)


def one_hot(t, n_classes):
    return np.arange(n_classes) == t[:, None]


def log_right_and_rest(x, t):
    """Logs of the probability of the right class and of all others together."""
    right = one_hot(t, x.shape[1])
    total = np.logaddexp.reduce(x, axis=1)
    rest = np.logaddexp.reduce(x, axis=1, where=~right, initial=-np.inf)
    return x[right] - total, rest - total


def log_positive_and_negative(x):
    return -softplus(-x), -softplus(x)


# --- A value per label ---------------------------------------------------------------------


def bce(x, t, p):
    smoothing = p.get("label_smoothing", 0)
    t = t * (1 - smoothing) + smoothing / 2
    weight = np.asarray(p.get("pos_weight", 1))
    return weight * t * softplus(-x) + (1 - t) * softplus(x)


def focal_label(x, t, p):
    log_p, log_rest = log_positive_and_negative(x)
    alpha = p.get("alpha")
    of_positives, of_negatives = (1, 1) if alpha is None else (alpha, 1 - alpha)
    positive = of_positives * np.exp(p["gamma"] * log_rest) * -log_p
    negative = of_negatives * np.exp(p["gamma"] * log_p) * -log_rest
    return np.where(t == 1, positive, negative)


def poly1_label(x, t, p):
    log_wrong = np.where(t == 1, -softplus(x), -softplus(-x))
    return focal_label(x, t, p) + p["epsilon"] * np.exp((p["gamma"] + 1) * log_wrong)


def gate(signed, p):
    """One where the logit of the right answer is below that of the margin, else zero."""
    threshold = np.log(p["margin"] / (1 - np.longdouble(p["margin"])))
    if p.get("softness") is not None:
        return sigmoid(-p["softness"] * (signed - threshold))
    return (1 - np.sign(signed - threshold)) / 2


def cost_at_margin(p):
    """What the hard gate takes off, so that the value has no jump."""
    return 0 if p.get("softness") is not None else -np.log(np.longdouble(p["margin"]))


def margin_label(x, t, p):
    signed = (2 * t - 1) * x
    return gate(signed, p) * (softplus(-signed) - cost_at_margin(p))


def hinge(x, t, p):
    return np.maximum(0, p.get("margin", 1) - (2 * t - 1) * x) ** p["p"]


def dice_of_each(probability, t, p):
    f = (1 - probability) ** p["alpha"] * probability
    mass = f**2 + t**2 if p.get("square_denominator") else f + t
    return 1 - (2 * f * t + p["smooth"]) / (mass + p["smooth"])


def self_adjusting_dice_label(x, t, p):
    return dice_of_each(sigmoid(x), t, p)


def log_cosh_of(error):
    size = np.abs(error)
    return size + softplus(-2 * size) - np.log(np.longdouble(2))


def log_cosh_label(x, t, p):
    return log_cosh_of(sigmoid(x) - t)


def logit_adjustment_label(x, t, p):
    share = np.asarray(p["label_counts"], dtype=np.longdouble) / p["n_samples"]
    return bce(x + p["tau"] * np.log(share / (1 - share)), t, {})


def asl(x, t, p):
    at = p.get("factors_at", x)  # elsewhere than x to leave the factors out of a gradient
    clip = np.longdouble(p["clip"])
    positive = np.exp(p["gamma_pos"] * -softplus(at)) * softplus(-x)
    if clip == 0:
        return np.where(t == 1, positive, np.exp(p["gamma_neg"] * -softplus(-at)) * softplus(x))
    factor = np.maximum(sigmoid(at) - clip, 0) ** p["gamma_neg"]
    return np.where(t == 1, positive, factor * -np.log(np.minimum(sigmoid(-x) + clip, 1)))


def distribution_balanced(x, t, p):
    counts = np.asarray(p["label_counts"], dtype=np.longdouble)
    lam = p.get("lam", 1)
    x = x - p.get("kappa", 0) * np.log(p["n_samples"] / counts - 1)
    x = np.where(t == 1, x, lam * x)
    if p.get("focal", True):
        values = focal_label(x, t, {"gamma": 2, "alpha": 0.5})
    else:
        values = bce(x, t, {})
    if "NOT divided" not in p["variant"]:
        values = np.where(t == 1, values, values / lam)
    if p.get("reweight") == "CB":
        values = values * (1 - 0.9) / (1 - 0.9**counts)
    if p.get("reweight") == "rebalance":
        share = (1 / counts) / (t / counts).sum(axis=1, keepdims=True)
        values = values * (0.1 + sigmoid(10 * (share - 0.9)))
    return p.get("loss_weight", 1) * values


def max_below(x, descendants):
    """The highest logit of each label and those below it."""
    return np.where(np.asarray(descendants) == 1, x[:, None, :], -np.inf).max(axis=2)


def mcm(x, t, p):
    of_positives = max_below(np.where(t == 1, x, -np.inf), p["descendants"])
    return np.where(t == 1, softplus(-of_positives), softplus(max_below(x, p["descendants"])))


PER_LABEL = {
    "bce": bce,
    "focal": focal_label,
    "margin_ce": margin_label,
    "hinge": hinge,
    "self_adjusting_dice": self_adjusting_dice_label,
    "log_cosh": log_cosh_label,
    "logit_adjustment": logit_adjustment_label,
    "asl": asl,
    "distribution_balanced": distribution_balanced,
    "poly1_focal": poly1_label,
    "mcm": mcm,
}


# --- A value per row, from all classes -----------------------------------------------------


def cross_entropy(x, t, p):
    smoothing, n_classes = p.get("label_smoothing", 0), x.shape[1]
    target = (1 - smoothing) * one_hot(t, n_classes) + smoothing / n_classes
    weight = np.asarray(p.get("weight", np.ones(n_classes)))
    return -(np.where(target > 0, target * log_softmax(x), 0) * weight).sum(axis=1)


def focal_class(x, t, p):
    log_p, log_rest = log_right_and_rest(x, t)
    return np.exp(p["gamma"] * log_rest) * -log_p


def margin_class(x, t, p):
    log_p, log_rest = log_right_and_rest(x, t)
    return gate(log_p - log_rest, p) * (-log_p - cost_at_margin(p))


def distances(x, t):
    """How far the logit of each wrong class is above that of the right one."""
    right = one_hot(t, x.shape[1])
    return np.where(right, -np.inf, x - x[right][:, None])


def multi_margin(x, t, p):
    return (np.maximum(0, p.get("margin", 1) + distances(x, t)) ** p["p"]).mean(axis=1)


def crammer_singer(x, t, p):
    excess, smoothing = p.get("margin", 1) + distances(x, t), p["smoothing"]
    if smoothing == 0:
        return np.maximum(0, excess.max(axis=1))
    largest = np.maximum(0, excess.max(axis=1))
    rest = np.exp((excess - largest[:, None]) / smoothing).sum(axis=1)
    return largest + smoothing * np.log(np.exp(-largest / smoothing) + rest)


def self_adjusting_dice_class(x, t, p):
    right = one_hot(t, x.shape[1])
    values = dice_of_each(np.exp(log_softmax(x)), right.astype(float), p)
    if p["classes"] == "target":
        return values[right]
    return values.sum(axis=1) if p.get("class_reduction") == "sum" else values.mean(axis=1)


def log_cosh_class(x, t, p):
    return log_cosh_of(np.exp(log_softmax(x)) - one_hot(t, x.shape[1])).mean(axis=1)


def ldam_margins(p):
    counts = np.asarray(p["class_counts"], dtype=np.longdouble)
    return p["max_m"] * (counts.min() / counts) ** 0.25


def ldam(x, t, p):
    shifted = x - ldam_margins(p) * one_hot(t, x.shape[1])
    return cross_entropy(p["s"] * shifted, t, {})


def adjusted_logits(x, p):
    counts = np.asarray(p["class_counts"], dtype=np.longdouble)
    return x + p["tau"] * np.log(counts / counts.sum())


def logit_adjustment_class(x, t, p):
    return cross_entropy(adjusted_logits(x, p), t, {})


def poly1_ce(x, t, p):
    return poly1_class(x, t, {"gamma": 0} | p)


def poly1_class(x, t, p):
    rest = log_right_and_rest(x, t)[1]
    return focal_class(x, t, p) + p["epsilon"] * np.exp((p["gamma"] + 1) * rest)


def generalized_ce(x, t, p):
    return -np.expm1(p["q"] * log_right_and_rest(x, t)[0]) / p["q"]


def symmetric_ce(x, t, p):
    log_p, log_rest = log_right_and_rest(x, t)
    log_zero = {"log(1e-4)": np.log(np.longdouble("1e-4"))}.get(p["A"], p["A"])
    return p["alpha"] * -log_p - p["beta"] * log_zero * np.exp(log_rest)


PER_CLASS = {
    "cross_entropy": cross_entropy,
    "focal": focal_class,
    "margin_ce": margin_class,
    "multi_margin": multi_margin,
    "crammer_singer": crammer_singer,
    "self_adjusting_dice": self_adjusting_dice_class,
    "log_cosh": log_cosh_class,
    "ldam": ldam,
    "logit_adjustment": logit_adjustment_class,
    "poly1_ce": poly1_ce,
    "poly1_focal": poly1_class,
    "generalized_ce": generalized_ce,
    "symmetric_ce": symmetric_ce,
}


# --- A value per row, from all labels ------------------------------------------------------


def zlpr(x, t, p):
    absent = np.logaddexp.reduce(x, axis=1, where=t == 0, initial=0)
    return absent + np.logaddexp.reduce(-x, axis=1, where=t == 1, initial=0)


def hierarchy_violation(x, t, p):
    parents, children = np.transpose(p["edges"])
    above = np.maximum(0, sigmoid(x)[:, children] - sigmoid(x)[:, parents])
    return p["penalty"] * (above**2).sum(axis=1)


PER_ROW = {"zlpr": zlpr, "hierarchy_violation": hierarchy_violation}


# --- One value of a batch ------------------------------------------------------------------


def tversky(probability, t, weight, p):
    weight = weight[:, None]
    true = (weight * probability * t).sum(axis=0)
    false = (weight * probability * (1 - t)).sum(axis=0)
    missed = (weight * (1 - probability) * t).sum(axis=0)
    if p.get("average") == "micro":
        true, false, missed = true.sum(), false.sum(), missed.sum()
    wrong = p["alpha"] * false + p["beta"] * missed
    index = (true + p["smooth"]) / (true + wrong + p["smooth"])
    return ((1 - index) ** p.get("gamma", 1)).mean()


def dice(probability, t, weight, p):
    halves = {"alpha": 0.5, "beta": 0.5, "smooth": p.get("smooth", 0) / 2}
    return tversky(probability, t, weight, p | halves)


PER_BATCH = {
    "dice": dice,
    "tversky": tversky,
    "focal_tversky": tversky,
    "soft_f1": dice,
    "sigmoid_f1": dice,
}
