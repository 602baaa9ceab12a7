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


def last_states(states, mask, bidirectional=False):
    """Return the state after the last token, zero where there is none.

    Parameters
    ----------
    states : tensor of shape (n_samples, length, size)
    mask : bool tensor of shape (n_samples, length)
    bidirectional : bool
        Whether the second half of each state was read backwards, so that its last one
        stands at the first position.

    Returns
    -------
    pooled : tensor of shape (n_samples, size)
    """
    last = (mask.sum(dim=1) - 1).clamp(min=0)
    pooled = states[torch.arange(len(states), device=states.device), last]  # (n_samples, size)
    if bidirectional:
        half = states.shape[2] // 2
        pooled = torch.cat([pooled[:, :half], states[:, 0, half:]], dim=1)
    return pooled.masked_fill(~mask.any(dim=1)[:, None], 0)
