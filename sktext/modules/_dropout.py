"""Dropout that draws from a generator of its own."""

import torch
from torch import Tensor, nn

from sktext._token_rows import PADDING, UNKNOWN
from sktext.modules._sparse_rows import SparseRows


class SeededDropout(nn.Module):
    """Dropout whose draws depend on a seed alone, not on torch's global generator.

    Use it in networks of your own: two models trained in two threads then do not disturb
    each other. With ``shared_dim=1`` it is the variational dropout of sequences, where a
    feature is dropped at all positions of a text or at none, so that the words around it
    cannot make up for it.

    Do not expect the draws of ``nn.Dropout``: a copy or a pickle starts again from the
    seed.

    Parameters
    ----------
    p : float
        Fraction of the values that are dropped, in [0, 1).
    seed : int
        Give each dropout of a network another one.
    shared_dim : int, default=None
        Dimension along which all values share one draw. None draws for each value.

    References
    ----------
    .. [1] Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in
       Recurrent Neural Networks", NeurIPS 2016 (the shared draws).
       https://arxiv.org/abs/1512.05287

    Examples
    --------
    >>> import torch
    >>> from sktext.modules import SeededDropout
    >>> dropped = SeededDropout(0.5, seed=0, shared_dim=1)(torch.ones(1, 3, 4))
    >>> torch.equal(dropped[:, 0], dropped[:, 2])
    True
    """

    def __init__(self, p: float, seed: int, shared_dim: int | None = None) -> None:
        super().__init__()
        self.p = p
        self.seed = seed
        self.shared_dim = shared_dim
        self._generator = None

    def forward(self, x: Tensor | SparseRows) -> Tensor | SparseRows:
        """Drop values of a dense tensor, or of sparse rows, while training.

        Parameters
        ----------
        x : tensor or SparseRows
            Values to drop some of.

        Returns
        -------
        x : tensor or SparseRows of the same shape
            The same one outside of training.
        """
        if not self.training or self.p == 0:
            return x
        if isinstance(x, SparseRows):
            values = self._drop(x.values)
            return SparseRows(x.indptr, x.indices, values, x.n_columns)
        return self._drop(x)

    def _drop(self, values):
        drawn = values if self.shared_dim is None else values.narrow(self.shared_dim, 0, 1)
        return values * self._draw(torch.empty_like(drawn)) / (1 - self.p)

    def _draw(self, keep):
        """Fill a tensor with ones and, with probability ``p``, zeros."""
        if self._generator is None or self._generator.device != keep.device:
            self._generator = torch.Generator(keep.device).manual_seed(self.seed)
        return keep.bernoulli_(1 - self.p, generator=self._generator)

    def __getstate__(self):
        return self.__dict__ | {"_generator": None}  # generators cannot be pickled


class TokenDropout(SeededDropout):
    """Some tokens of a text are read as unknown, so that no few of them are relied on.

    It also trains the vector of the unknown token, which training may not see otherwise.
    """

    def forward(self, ids):
        """Replace ids while training; padding stays."""
        if not self.training or self.p == 0:
            return ids
        keep = self._draw(torch.empty(ids.shape, device=ids.device)).bool()
        return torch.where(keep | (ids == PADDING), ids, UNKNOWN)
