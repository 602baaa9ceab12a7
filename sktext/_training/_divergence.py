"""Training that has run away: losses, weights and predictions that are no numbers."""

import numpy as np
import torch

from sktext._training._batches import take
from sktext.exceptions import DivergenceError

HELP = (
    "Lower lr or weight_decay, scale the features, or clip gradients: "
    "callbacks=[skorch.callbacks.GradientNormClipping(1.0)]."
)
# Training rows whose predictions are looked at in the end.
ROWS = 64


def refuse_bad_losses(losses, epoch, what="The loss"):
    """Say that a loss is no number any more, and what helps.

    Parameters
    ----------
    losses : list of float
        Of the batches of an epoch.
    epoch : int
        Which one it was, from 0 on.
    what : str, default="The loss"
    """
    if not np.isfinite(losses).all():
        raise DivergenceError(
            f"{what} became {losses[-1]} in epoch {epoch + 1}: training diverged. {HELP}"
        )


def refuse_bad_network(net, x):
    """Say that weights or predictions are no numbers after training, whatever the loss was.

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
    made = [logits]
    if hasattr(loss, "predict_proba"):
        made.append(loss.predict_proba(loss.final_logits(logits)))
    if not all(torch.isfinite(values).all() for values in made):
        raise DivergenceError(
            f"What is predicted for the training rows became NaN or inf: training diverged. {HELP}"
        )


def is_finite(values):
    """Tell whether all values are numbers; their sum says so without a copy, if it is one."""
    return bool(torch.isfinite(values.sum())) or bool(torch.isfinite(values).all())
