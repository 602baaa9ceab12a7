"""Divergence of training: losses, weights and predictions that are not finite."""

import numpy as np
import torch

from sktext._training._batches import take
from sktext.exceptions import DivergenceError

HELP = (
    "Lower lr or weight_decay, scale the features, or clip gradients: "
    "callbacks=[skorch.callbacks.GradientNormClipping(1.0)]."
)
# Training rows whose predictions are checked in the end.
ROWS = 64


def refuse_bad_losses(losses, epoch, what="The loss"):
    """Raise if a loss is not finite.

    Parameters
    ----------
    losses : list of float
        Of the batches of an epoch.
    epoch : int
        Number of the epoch, from 0 on.
    what : str, default="The loss"
        Name of the loss in the message.
    """
    if not np.isfinite(losses).all():
        raise DivergenceError(
            f"{what} became {losses[-1]} in epoch {epoch + 1}: training diverged. {HELP}"
        )


def refuse_bad_network(net, x):
    """Raise if weights or predictions are not finite after training.

    Parameters
    ----------
    net : Net
    x : tensor, SparseRows or RaggedTokens
        Training rows.
    """
    for name, weight in net.module_.named_parameters():
        if weight.requires_grad and not is_finite(weight.detach()):
            raise DivergenceError(
                f"The weights {name} became NaN or inf: training diverged. {HELP}"
            )
    rows = torch.linspace(0, len(x) - 1, min(len(x), ROWS)).long()
    logits = net.logits(take(x, rows)).double()
    loss = net.criterion_
    predicted = [logits]
    if hasattr(loss, "predict_proba"):
        predicted.append(loss.predict_proba(loss.final_logits(logits)))
    if not all(torch.isfinite(values).all() for values in predicted):
        raise DivergenceError(
            f"What is predicted for the training rows became NaN or inf: training diverged. {HELP}"
        )


def is_finite(values):
    """Return whether all values are finite; if their sum is, no copy is made."""
    return bool(torch.isfinite(values.sum())) or bool(torch.isfinite(values).all())
