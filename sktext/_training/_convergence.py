"""Whether training has converged, by the loss at the start and of each epoch."""

from itertools import pairwise

import torch
from sklearn.exceptions import ConvergenceWarning

from sktext._user_warnings import warn

# Rows that the loss at the start is computed from.
MAX_ROWS = 4096
# Training has diverged if the loss is more than this many times the loss at the start.
WORSE = 2.0
# Training has not converged if the loss decreased by more than the first fraction in each of the
# last two epochs (one may be chance), and more than the second fraction of that at the start is
# left.
STILL_FALLING = 0.07
STILL_LEFT = 0.25


def loss_at_start(loss, bias, target, weight):
    """Compute the loss of predicting the start biases for every row.

    Parameters
    ----------
    loss : Loss
        The built loss.
    bias : tensor of shape (n_outputs,)
    target : tensor of shape (n_samples,) or (n_samples, n_labels)
    weight : tensor of the shape of ``target`` or (n_samples,), or None

    Returns
    -------
    value : float or None
        None if the loss changes over the epochs, so that it cannot be compared.
    """
    rows = torch.linspace(0, len(target) - 1, min(len(target), MAX_ROWS)).long()
    logits = bias.to(torch.float64).repeat(len(rows), 1)
    weight = None if weight is None else weight[rows].double()
    target = target[rows].double() if target.is_floating_point() else target[rows]
    values = []
    with torch.no_grad():
        for progress in (1 - 1e-6, 0.0):
            loss.set_progress(progress)
            values.append(float(loss(logits, target, weight)))
    return values[1] if values[0] == values[1] else None


def warn_of_standing_still(optimizer, loss):
    """Warn if the line search of "lbfgs" has not left the start.

    Parameters
    ----------
    optimizer : Optimizer
    loss : Loss
    """
    if getattr(optimizer, "stands_still", False):
        warn(
            "optimizer='lbfgs' has found no lower loss than that at the start, although the "
            f"gradient of {type(loss).__name__} is not zero there: the model has learned nothing. "
            "The loss has kinks or jumps; set optimizer='adagrad', or parameters that smooth it.",
            ConvergenceWarning,
        )


def warn_of_bad_ends(history, run, stopper):
    """Warn if training made the loss worse, or ended while it was falling steeply.

    Parameters
    ----------
    history : History
        Of the net.
    run : TrainingRun
        With the loss at the start.
    stopper : EarlyStopping or None
    """
    start, losses = run.start, history[:, "train_loss"]
    if start <= 0 or not losses:
        return
    if losses[-1] > WORSE * start:
        warn(
            f"Training made the loss worse: {losses[-1]:.3g} in the last epoch, where predicting "
            f"the class proportions for every row has {start:.3g}. Lower lr (or weight_decay); "
            "probabilities may be all 0 and 1.",
            ConvergenceWarning,
        )
        return
    ended_early = len(losses) < run.n_epochs or (stopper is not None and stopper.misses_)
    if ended_early or len(losses) < 2:
        return
    steep = [before - after > STILL_FALLING * before for before, after in pairwise(losses[-3:])]
    before, last = losses[-2:]
    if all(steep) and last > STILL_LEFT * start:
        advice = "" if stopper is not None else ", or set early_stopping=True with many epochs"
        warn(
            f"The loss was still falling by {(before - last) / before:.0%} in the last epoch "
            f"({before:.3g} -> {last:.3g}); raise max_epochs (now {run.n_epochs}){advice}.",
            ConvergenceWarning,
        )
