"""The mean of the vectors of words and word n-grams."""

import torch
import torch.nn.functional as F
from torch import Tensor

from sktext._token_rows import PADDING
from sktext._torch_defaults import torch_defaults
from sktext.modules._dropout import SeededDropout
from sktext.modules._hashed_ngrams import HashedNgrams, hash_next
from sktext.modules._head import Head
from sktext.modules._start_weights import drawn_seed
from sktext.modules._token_embedding import means_of, token_embedding


class FastText(HashedNgrams):
    """Mean of the vectors of a text's words and n-grams, then a linear layer.

    Use it when there are many texts: it trains nearly as fast as a linear model, and
    words that behave alike share what they learn. N-grams get their vectors by hashing,
    so that they need no vocabulary.

    Do not use it for a few hundred texts, where a linear model on TF-IDF is better; nor
    when words further apart than an n-gram must be read together.

    Parameters
    ----------
    n_tokens : int
        Number of ids; 0 is padding.
    n_outputs : int
        Number of logits.
    embedding_dim : int, default=50
        Length of a vector.
    ngram_range : tuple (min_n, max_n) of int, default=(1, 2)
        Least and greatest number of words of an n-gram. (1, 1) takes single words only.
    n_buckets : int, default=200_000
        Number of vectors that the n-grams of two and more words share. 0 takes single
        words only.
    binary : bool, default=True
        Whether an n-gram counts once, however often it stands in a text; else each time.
    dropout : float, default=0.0
        Fraction of the features of the mean that are dropped in training, in [0, 1).
    embedding_scale : float, default=1.0
        What token vectors are multiplied by where they are read, greater than 0. They start
        small; a factor of 5 lets a network leave its start in few steps.
    seed : int, default=0
        Of the start weights and of dropout.
    on_demand : bool, default=False
        Whether n-grams have vectors only after ``add_ngrams`` was given texts that they are in,
        before the optimizer is made; the others count as zeros. Else all have.

    Attributes
    ----------
    embedding : Embedding of shape (n_tokens + n_buckets, embedding_dim)
        The vectors of the n-grams stand behind those of the words, and start at zero
        where words are counted, too; without n-grams there are none. Shorter with
        ``on_demand``.
    head : Linear
        The last layer. It starts at zero, so that the bias alone decides at first.
    sparse_gradient : bool
        Whether the gradient of ``embedding`` holds only the rows a batch has. Set by
        training, where the optimizer can use it.

    References
    ----------
    .. [1] Joulin et al., "Bag of Tricks for Efficient Text Classification", EACL 2017.
       https://arxiv.org/abs/1607.01759

    Examples
    --------
    >>> import torch
    >>> from sktext.modules import FastText
    >>> network = FastText(n_tokens=100, n_outputs=3, n_buckets=1000)
    >>> network(torch.tensor([[7, 5, 9], [4, 0, 0]])).shape
    torch.Size([2, 3])
    """

    def __init__(
        self,
        n_tokens: int,
        n_outputs: int,
        embedding_dim: int = 50,
        ngram_range: tuple[int, int] = (1, 2),
        n_buckets: int = 200_000,
        binary: bool = True,
        dropout: float = 0.0,
        embedding_scale: float = 1.0,
        seed: int = 0,
        on_demand: bool = False,
    ) -> None:
        super().__init__()
        min_n, max_n = ngram_range
        if not 1 <= min_n <= max_n or (min_n > 1 and n_buckets == 0):
            raise ValueError(
                "ngram_range must be (min_n, max_n) with 1 <= min_n <= max_n, and min_n=1 "
                f"if n_buckets=0; got ngram_range={ngram_range!r}, n_buckets={n_buckets}."
            )
        n_buckets = n_buckets if max_n > 1 else 0
        # Without words all would be zero, and nothing could be learned.
        zero_start = min_n == 1
        self._set_table(n_tokens, n_buckets, on_demand, zero_start=zero_start, seed=seed)
        self.ngram_range = (min_n, max_n if n_buckets else 1)
        self.binary = binary
        self.embedding_scale = embedding_scale
        self.sparse_gradient = False
        with torch_defaults():
            generator = torch.Generator().manual_seed(seed)
            n_rows = self._n_first_rows
            n_zeros = n_rows - n_tokens if zero_start else 0
            self.embedding = token_embedding(n_rows, embedding_dim, n_zeros, generator=generator)
            self.dropout = SeededDropout(dropout, drawn_seed(generator))
            self.head = Head(embedding_dim, n_outputs)

    def forward(self, ids: Tensor) -> Tensor:
        """Map token ids to logits.

        Parameters
        ----------
        ids : int tensor of shape (n_samples, length)
            Padded on the right with 0.

        Returns
        -------
        logits : tensor of shape (n_samples, n_outputs)
        """
        return self.logits_of(self.read(ids), ids)

    def read(self, ids: Tensor) -> Tensor:
        """Average the vectors of each text.

        Parameters
        ----------
        ids : int tensor of shape (n_samples, length)
            Padded on the right with 0.

        Returns
        -------
        mean : tensor of shape (n_samples, embedding_dim)
        """
        rows, valid = self.rows_of_ngrams(ids)
        if self.binary:
            rows, valid = each_once(rows, valid)
        n_valid = valid.sum(dim=1)
        return means_of(self, self._placed(rows[valid]), n_valid.cumsum(dim=0) - n_valid)

    def logits_of(self, mean: Tensor, ids: Tensor) -> Tensor:
        """Map what was read of some ids to logits.

        Parameters
        ----------
        mean : tensor of shape (n_samples, embedding_dim)
            What ``read`` returned.
        ids : int tensor of shape (n_samples, length)
            The ids that were read.

        Returns
        -------
        logits : tensor of shape (n_samples, n_outputs)
        """
        return self.head(self.dropout(mean * self.embedding_scale))

    def rows_of_ngrams(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Find the rows of a full ``embedding`` that belong to the n-grams of each text.

        Parameters
        ----------
        ids : int tensor of shape (n_samples, length)
            Padded on the right with 0.

        Returns
        -------
        rows : int64 tensor of shape (n_samples, n_ngrams)
        valid : bool tensor of shape (n_samples, n_ngrams)
            False where an n-gram touches padding.
        """
        min_n, max_n = self.ngram_range
        ids = ids.long()
        rows, valid = ([ids], [ids != PADDING]) if min_n == 1 else ([], [])
        hashed = ids
        for n in range(2, min(max_n, ids.shape[1]) + 1):
            last = ids[:, n - 1 :]
            hashed = hash_next(hashed[:, :-1], last)
            if n >= min_n:
                rows.append(self.n_tokens + hashed.remainder(self.n_buckets))
                valid.append(last != PADDING)
        if not rows:  # all texts are shorter than the shortest n-gram
            return ids[:, :0], ids[:, :0] != PADDING
        return torch.cat(rows, dim=1), torch.cat(valid, dim=1)

    def _hashed_rows(self, ids):
        rows, valid = self.rows_of_ngrams(ids)
        return rows[valid]


def each_once(rows, valid):
    """Leave out what stands in a text again.

    Parameters
    ----------
    rows : int64 tensor of shape (n_samples, n_ngrams)
    valid : bool tensor of shape (n_samples, n_ngrams)

    Returns
    -------
    rows : int64 tensor of shape (n_samples, n_ngrams), ascending
    valid : bool tensor of shape (n_samples, n_ngrams)
    """
    rows = rows.masked_fill(~valid, PADDING).sort(dim=1).values
    return rows, F.pad(rows, (1, 0), value=PADDING).diff(dim=1) != 0
