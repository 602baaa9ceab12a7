"""Shapes and types of logits and targets, and the task they tell."""

import torch

HALF = (torch.float16, torch.bfloat16)


def prepare(loss, logits, target):
    """Check a batch and bring it into the form a loss computes on.

    Parameters
    ----------
    loss : Loss
        Its task decides; an unbuilt one, as in plain torch, goes by the shapes.
    logits, target : tensor
        As given to the loss.

    Returns
    -------
    task : {"binary", "multiclass", "multilabel"}
    logits : tensor
        At least float32; of shape (n_samples,) for binary.
    target : tensor
        Of the type of the logits, but for class numbers.
    """
    if logits.ndim == 2 and logits.shape[1] == 1 and target.ndim == 1:
        logits = logits[:, 0]  # never broadcast (n, 1) against (n,)
    task = getattr(loss, "task_", None) or task_of_batch(loss, logits, target)
    expected = target.shape if task != "multiclass" else target.shape + logits.shape[1:]
    if logits.shape != expected or logits.ndim != 1 + (task != "binary"):
        raise ValueError(
            f"{task} logits and target must match; got logits of shape {tuple(logits.shape)} and "
            f"a target of shape {tuple(target.shape)}."
        )
    if logits.dtype in HALF:
        logits = logits.float()
    return task, logits, target if task == "multiclass" else target.to(logits.dtype)


def task_of_batch(loss, logits, target):
    """Find the task of an unbuilt loss from what it is given, and check the target."""
    if target.ndim == 2:
        task = "multilabel" if "multilabel" in loss.tasks else "binary"
    else:
        task = "binary" if logits.ndim == 1 else "multiclass"
    loss.check(task)
    if loss.needs_counts:
        loss.build(task)  # raises: it needs the class counts
    wrong = target.is_floating_point() if task == "multiclass" else (target > 1).any()
    if wrong or (target < 0).any():
        what = "class numbers" if task == "multiclass" else "0 and 1"
        raise ValueError(f"A {task} target holds {what}; got {target.flatten()[:5].tolist()}.")
    return task
