"""Batches and expected losses for the checks of losses."""

import torch
from sklearn.base import clone

N_SAMPLES = 6
COUNTS = (60.0, 25.0, 10.0, 5.0)
TOTAL = 100.0


def build(loss, task):
    """Bind a clone of a loss to a task with some class counts."""
    counts = {"binary": (80.0, 20.0), "multiclass": COUNTS, "multilabel": COUNTS}[task]
    return clone(loss).build(task, counts, TOTAL)


def make_batch(task, seed=0, n_samples=N_SAMPLES, dtype=torch.float64):
    """Make logits and a target, away from the kinks of any loss."""
    generator = torch.Generator().manual_seed(seed)
    n_columns = len(COUNTS)
    shape = (n_samples,) if task == "binary" else (n_samples, n_columns)
    logits = 2 * torch.randn(shape, generator=generator, dtype=torch.float64)
    if task == "multiclass":
        target = torch.arange(n_samples) % n_columns
    else:
        target = (torch.arange(logits.numel()).reshape(shape) % 3 == 0).to(dtype)
    return logits.to(dtype), target


def value_and_gradient(loss, logits, target, weight=None):
    """Evaluate the mean loss and its gradient."""
    logits = logits.clone().requires_grad_()
    value = loss(logits, target, weight)
    return value.detach(), torch.autograd.grad(value, logits)[0]


def expected_loss(loss, task, truth, logits):
    """Compute the expected loss of some logits under given class probabilities."""
    if task == "multiclass":
        classes = torch.arange(truth.shape[1])
        values = loss(logits.expand(len(classes), -1), classes, reduction="none")
        return (truth[0] * values).sum()
    positive = loss(logits, torch.ones_like(truth), reduction="none")
    negative = loss(logits, torch.zeros_like(truth), reduction="none")
    return (truth * positive + (1 - truth) * negative).sum()


def minimise_expected_loss(loss, task, truth):
    """Find the logits of least expected loss."""
    logits = torch.zeros_like(truth).requires_grad_()
    optimizer = torch.optim.LBFGS(
        [logits],
        max_iter=500,
        tolerance_grad=1e-12,
        tolerance_change=0.0,
        line_search_fn="strong_wolfe",
    )

    def closure():
        optimizer.zero_grad()
        value = expected_loss(loss, task, truth, logits)
        value.backward()
        return value

    optimizer.step(closure)
    return logits.detach()


def refusal_of(call):
    """Return the message of the ValueError that a call raises; empty if it raises none."""
    try:
        call()
    except ValueError as error:
        return str(error)
    return ""
