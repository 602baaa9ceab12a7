"""The table of token vectors that the networks of sequences start from."""

import torch
import torch.nn.functional as F
from torch import nn

from sktext._token_rows import PADDING
from sktext.modules._slim_rows import SlimRows
from sktext.modules._start_weights import drawn

# Small enough that a few steps of training can turn a vector round.
START_SPREAD = 0.1


class TokenEmbedding(SlimRows, nn.Embedding):
    """A table of vectors that is pickled without those that are zero."""

    def vectors(self, rows, sparse=False):
        """Look up vectors, of shape (*rows.shape, embedding_dim)."""
        return F.embedding(rows, self.weight, padding_idx=PADDING, sparse=sparse)

    def means(self, rows, starts, sparse=False):
        """Average the vectors of bags of rows, of shape (n_bags, embedding_dim)."""
        return F.embedding_bag(rows, self.weight, starts, mode="mean", sparse=sparse)

    @torch.no_grad()
    def append(self, rows):
        """Add vectors at the end; the parameter stays the one that optimizers know."""
        self.weight.grad = None
        self.weight.data = torch.cat([self.weight, rows.to(self.weight)])
        self.num_embeddings = len(self.weight)


def token_embedding(n_rows, embedding_dim, n_zeros=0, *, generator):
    """Make a table of small random vectors; the one of padding is zero and stays so.

    Parameters
    ----------
    n_rows, embedding_dim : int
    n_zeros : int, default=0
        Vectors at the end that start at zero: those of hashed n-grams, of which training
        sees few, and the others should neither add noise nor lie in files. The other
        draws of a network do not depend on how many there are.
    generator : torch.Generator
    """
    n_drawn = n_rows - n_zeros
    embedding = drawn(
        TokenEmbedding, n_drawn, embedding_dim, padding_idx=PADDING, generator=generator
    )
    with torch.no_grad():
        embedding.weight *= START_SPREAD
    if n_zeros:
        embedding.append(torch.zeros(n_zeros, embedding_dim))
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
    return network.embedding.vectors(rows, sparse=wants_sparse_gradient(network))


def means_of(network, rows, starts):
    """Average vectors of ``network.embedding``, with gradients as in ``vectors_of``.

    Parameters
    ----------
    network : Module
    rows : int tensor of shape (n_rows,)
        The rows of all bags, one bag after the other.
    starts : int tensor of shape (n_bags,)
        Where each bag starts.

    Returns
    -------
    means : tensor of shape (n_bags, embedding_dim)
    """
    return network.embedding.means(rows, starts, sparse=wants_sparse_gradient(network))


def wants_sparse_gradient(network):
    """Return whether the gradient of a network's table holds only the rows of the batch."""
    return getattr(network, "sparse_gradient", False) and network.training


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
