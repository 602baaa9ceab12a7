"""Vectors that word n-grams share by hashing, behind those of words in one table."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from sktext._token_rows import PADDING
from sktext.modules._token_embedding import START_SPREAD

# Odd, and of 60 bits, so that products of ids run over the whole range of int64.
MULTIPLIER = 0x5851F42D4C957F2D
# Fraction of the table that is added at least, so that a stream of texts seldom copies it.
SPARE_FRACTION = 1 / 8


def hash_next(hashed, ids):
    """Add one more id to each hash; products and shifts of int64 wrap on every device."""
    product = (hashed * MULTIPLIER + ids) * MULTIPLIER
    return product ^ (product >> 32)


class HashedNgrams(nn.Module):
    """A network whose ``embedding`` has vectors of hashed n-grams behind those of words.

    Use it as the base of a network that reads word n-grams: classifiers call ``add_ngrams``
    with the training texts, so that the table has only the n-grams that occur. Do not use
    it for networks that read single tokens, whose table is that of the vocabulary.

    A subclass calls ``_set_table`` once and has ``_hashed_rows(ids)``, which gives the rows
    of all n-grams of some ids as a full table numbers them.

    Attributes
    ----------
    places : int32 tensor of shape (n_tokens + n_buckets,) or None
        Where the rows of a full table are in a table ``on_demand``; those that are not
        there are where padding is, whose vector is zero. None is a full table.

    Examples
    --------
    >>> import torch
    >>> from sktext.modules import FastText, HashedNgrams
    >>> net = FastText(10, 2, embedding_dim=4, n_buckets=100, on_demand=True, seed=0)
    >>> isinstance(net, HashedNgrams), len(net.embedding.weight)
    (True, 10)
    >>> net.add_ngrams([torch.tensor([[2, 3, 4]])])
    >>> len(net.embedding.weight) > 10
    True
    """

    embedding: Any
    places: Any
    _hashed_rows: Any

    def _set_table(self, n_tokens, n_buckets, on_demand, *, zero_start=True, seed=0):
        """Set what the table is made of.

        Parameters
        ----------
        n_tokens, n_buckets : int
        on_demand : bool
            Whether the table has the words only, until ``add_ngrams`` adds the rest.
        zero_start : bool, default=True
            Whether the vectors of n-grams start at zero; else they are drawn.
        seed : int, default=0
        """
        self.n_tokens = n_tokens
        self.n_buckets = n_buckets
        self.zero_start = zero_start
        self.start_seed = seed
        places = None
        if on_demand and n_buckets:
            places = torch.zeros(n_tokens + n_buckets, dtype=torch.int32)
            places[:n_tokens] = torch.arange(n_tokens)
        self.register_buffer("places", places, persistent=False)

    @property
    def _n_first_rows(self):
        """Rows that the table starts with."""
        return self.n_tokens + (self.n_buckets if self.places is None else 0)

    def add_ngrams(self, batches: Iterable[Tensor]) -> None:
        """Make room for the n-grams of some texts in a table that was made ``on_demand``.

        To be called before the optimizer is made. N-grams that were never added count as a
        vector of zeros. A full table has room for all.

        Parameters
        ----------
        batches : iterable of int tensor of shape (n_samples, length)
            Token ids, padded with 0 on the right.
        """
        if self.places is None:
            return
        is_found = torch.zeros_like(self.places, dtype=torch.bool)
        for ids in batches:
            is_found[self._hashed_rows(ids.to(is_found.device))] = True
        is_found[PADDING] = False
        new = (is_found & (self.places == PADDING)).nonzero()[:, 0]
        first = int(self.places.max()) + 1
        self._make_room(first + len(new))
        self.places[new] = torch.arange(len(new), device=new.device, dtype=torch.int32) + first

    def _make_room(self, n_rows):
        """Lengthen the table to a number of rows at least."""
        weight = self.embedding.weight
        n_more = n_rows - len(weight)
        if n_more <= 0:
            return
        n_more = max(n_more, int(SPARE_FRACTION * len(weight)))
        rows = torch.zeros(n_more, weight.shape[1])
        if not self.zero_start and weight.requires_grad:
            generator = torch.Generator().manual_seed(self.start_seed + len(weight))
            rows.normal_(0, START_SPREAD, generator=generator)
        self.embedding.append(rows)

    def _placed(self, rows):
        """Turn rows of a full table into those of the table there is."""
        return rows if self.places is None else self.places[rows].long()

    def __getstate__(self):
        """Leave out of the places what is not in the table."""
        state = super().__getstate__()
        if self.places is None:
            return state
        found = self.places.nonzero()[:, 0].to(torch.int32)
        buffers = state["_buffers"] | {"places": torch.stack([found, self.places[found]])}
        return state | {"_buffers": buffers}

    def __setstate__(self, state):
        super().__setstate__(state)
        if self.places is not None:
            found, rows = self.places
            self.places = rows.new_zeros(self.n_tokens + self.n_buckets)
            self.places[found] = rows
