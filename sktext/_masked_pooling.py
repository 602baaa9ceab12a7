"""Vectors of texts from the states of their tokens, blind to padding."""

import torch


def masked_mean(states, mask):
    """Compute the mean over the valid positions, zero where there are none.

    Parameters
    ----------
    states : tensor of shape (n_samples, length, size)
    mask : bool tensor of shape (n_samples, length)

    Returns
    -------
    pooled : tensor of shape (n_samples, size)
    """
    total = (states * mask[:, :, None]).sum(dim=1)
    return total / mask.sum(dim=1).clamp(min=1)[:, None]


def masked_max(states, mask):
    """Compute the maximum over the valid positions, zero where there are none.

    Parameters
    ----------
    states : tensor of shape (n_samples, length, size)
    mask : bool tensor of shape (n_samples, length)

    Returns
    -------
    pooled : tensor of shape (n_samples, size)
    """
    highest = states.masked_fill(~mask[:, :, None], -torch.inf).amax(dim=1)
    return highest.masked_fill(~mask.any(dim=1)[:, None], 0)


def last_states(states, mask, n_backwards=0):
    """Return the state after the last token, zero where there is none.

    Parameters
    ----------
    states : tensor of shape (n_samples, length, size)
    mask : bool tensor of shape (n_samples, length)
    n_backwards : int
        Last columns of the states that were read backwards, so that their last ones stand at
        the first position.

    Returns
    -------
    pooled : tensor of shape (n_samples, size)
    """
    last = (mask.sum(dim=1) - 1).clamp(min=0)
    pooled = states[torch.arange(len(states), device=states.device), last]  # (n_samples, size)
    if n_backwards:
        first = states[:, 0, -n_backwards:]
        pooled = torch.cat([pooled[:, :-n_backwards], first], dim=1)
    return pooled.masked_fill(~mask.any(dim=1)[:, None], 0)
