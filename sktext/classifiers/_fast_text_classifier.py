"""Averaged embeddings as a classifier of texts."""

from dataclasses import KW_ONLY
from numbers import Integral, Real

from torch import nn

from sktext._validation import Interval
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.classifiers._sequence_base import EMBEDDING_SCALE, BaseSequenceClassifier
from sktext.modules import FastText


@classifier_dataclass
class FastTextClassifier(BaseSequenceClassifier):
    """Averaged embeddings of words and word n-grams, with any loss: the quick baseline.

    Use it as the first network: it trains in seconds and is hard to beat on sentiment and
    topics. Do not use it where the order of words matters beyond neighbours.

    Parameters
    ----------
    ngram_range : tuple of int, default=(1, 2)
        Shortest and longest run of words that has an embedding; (1, 1) is words alone.
    n_buckets : int, default=1_000_000
        Embeddings that runs of two and more words share by hashing, at least 1. Only runs
        of the training texts take memory, ``embedding_dim`` numbers each; others count as
        zeros.
    binary : bool, default=True
        Whether a word or run of words counts once, however often it stands in a text;
        else each time, as in the paper.
    dropout : float, default=0.0
        Fraction of the averaged embedding that is dropped in training, in [0, 1).
    {inherited_parameters}

    Attributes
    ----------
    {sequence_attributes}
    {column_attributes}
    {shared_attributes}

    See Also
    --------
    TfidfTorchClassifier : A linear model on counts, with coefficients to look at.
    LSTMClassifier : Reads words in order.

    Notes
    -----
    {sequence_notes}
    Padding does not change what is predicted.
    {shared_notes}

    References
    ----------
    .. [1] Joulin et al., Bag of Tricks for Efficient Text Classification, EACL 2017,
       https://arxiv.org/abs/1607.01759

    Examples
    --------
    >>> from sktext import FastTextClassifier
    >>> from sktext.datasets import make_imbalanced_texts
    >>> texts, labels = make_imbalanced_texts(n_samples=300, random_state=0)
    >>> clf = FastTextClassifier(n_buckets=10_000, random_state=0)
    >>> clf.fit(texts, labels).predict_proba(texts[:2]).shape
    (2, 3)
    """

    ngram_range: tuple[int, int] = (1, 2)
    n_buckets: int = 1_000_000
    binary: bool = True
    dropout: float = 0.0
    _: KW_ONLY
    embedding_dim: int = 50
    max_length: int | None = None

    _fewest_epochs = 10

    _parameter_constraints = {
        **BaseSequenceClassifier._parameter_constraints,
        "ngram_range": [tuple],
        "n_buckets": [Interval(Integral, 1, None, closed="left")],
        "binary": ["boolean"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
    }

    def make_module(
        self, n_tokens: int, n_outputs: int, embedding_dim: int, seed: int
    ) -> nn.Module:
        sizes = self.ngram_range
        whole = all(isinstance(size, Integral) for size in sizes)
        if len(sizes) != 2 or not whole or not 1 <= sizes[0] <= sizes[1]:
            raise ValueError(
                "ngram_range must be (shortest, longest), two ints from 1 on; got "
                f"{self.ngram_range!r}."
            )
        return FastText(
            n_tokens,
            n_outputs,
            embedding_dim=embedding_dim,
            ngram_range=self.ngram_range,
            n_buckets=self.n_buckets,
            binary=self.binary,
            dropout=self.dropout,
            embedding_scale=EMBEDDING_SCALE,
            seed=seed,
            on_demand=True,
        )
