"""The table of token vectors that the networks of sequences start from."""

import torch
import torch.nn.functional as F
from torch import nn

from sktext._token_rows import PADDING

# Small enough that a few steps of training can turn a vector round.
START_SPREAD = 0.1


def token_embedding(n_rows, embedding_dim):
    """Make a table of small random vectors; the one of padding is zero and stays so."""
    embedding = nn.Embedding(n_rows, embedding_dim, padding_idx=PADDING)
    with torch.no_grad():
        embedding.weight *= START_SPREAD
    return embedding


def vectors_of(network, rows):
    """Look up vectors in ``network.embedding``.

    While ``network.sparse_gradient`` is set, as training does where the optimizer can use
    it, the gradient holds only the rows that were looked up.

    Parameters
    ----------
    network : Module
    rows : int tensor of shape (n_samples, length)

    Returns
    -------
    vectors : tensor of shape (n_samples, length, embedding_dim)
    """
    sparse = getattr(network, "sparse_gradient", False) and network.training
    return F.embedding(rows, network.embedding.weight, padding_idx=PADDING, sparse=sparse)


def pad_to(ids, width):
    """Pad ids on the right to a least width.

    Parameters
    ----------
    ids : tensor of shape (n_samples, length)
    width : int

    Returns
    -------
    ids : tensor of shape (n_samples, max(length, width))
    """
    return F.pad(ids, (0, max(width - ids.shape[1], 0)), value=PADDING)
