"""Convolutional classifier of texts."""

from collections.abc import Callable
from dataclasses import KW_ONLY
from numbers import Integral, Real
from typing import Literal

from sklearn.base import BaseEstimator
from torch import nn

from sktext._validation import Interval, StrOptions
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.classifiers._sequence_base import EMBEDDING_SCALE, BaseSequenceClassifier
from sktext.modules import DilatedCNN, TextCNN


@classifier_dataclass
class CNNClassifier(BaseSequenceClassifier):
    """Convolutional network on raw texts, with any loss.

    Use it where phrases of a few words decide: it is fast, and strong on sentiment and topics.
    Do not use it where words far apart act together, which :class:`LSTMClassifier` can see.

    Parameters
    ----------
    kernel_sizes : tuple of int, default=(3,)
        Tokens that each group of parallel filters sees, each at least 1; the first is that
        of all layers if there are several.
    n_filters : int, default=100
        Filters of each group, or of each layer, at least 1.
    n_layers : int, default=1
        Layers, at least 1. From 2 on they are dilated and residual: the filters of layer k
        see tokens ``2**k`` apart.
    pooling : {"max", "mean", "concat"}, default="mean"
        What the answers of each filter over a text are summed up to: the strongest one, the
        mean, or both.
    n_buckets : int, default=500_000
        Embeddings that pairs of neighbouring words share by hashing, at least 0; that of a
        pair is added to that of its first word. Only pairs of the training texts take
        memory, ``embedding_dim`` numbers each; others count as zeros. With one layer only.
    hidden_size : int or None, default=None
        Units of a dense layer after pooling, at least 1; None is no such layer. With one
        layer only.
    dropout : float, default=0.5
        Fraction of what goes into the dense layers that is dropped in training, in [0, 1); with
        several layers, of what goes into each.
    embedding_dropout : float, default=0.3
        Fraction of the embedding that is dropped in training, in [0, 1); with one layer only.
    {inherited_parameters}

    Attributes
    ----------
    {sequence_attributes}
    {column_attributes}
    {shared_attributes}

    See Also
    --------
    LSTMClassifier : Sees words far apart, and is slower.
    FastTextClassifier : Much faster, and blind to order beyond pairs.

    Notes
    -----
    {sequence_notes}
    Padding does not change what is predicted.
    {shared_notes}

    References
    ----------
    .. [1] Kim, Convolutional Neural Networks for Sentence Classification, EMNLP 2014,
       https://arxiv.org/abs/1408.5882
    .. [2] Kalchbrenner et al., Neural Machine Translation in Linear Time, 2016, for the
       dilated layers, https://arxiv.org/abs/1610.10099

    Examples
    --------
    >>> from sktext import CNNClassifier
    >>> from sktext.datasets import make_imbalanced_texts
    >>> texts, labels = make_imbalanced_texts(n_samples=300, random_state=0)
    >>> clf = CNNClassifier(n_filters=16, class_weight="balanced", random_state=0)
    >>> clf.fit(texts, labels).predict_proba(texts[:2]).shape
    (2, 3)
    """

    kernel_sizes: tuple[int, ...] = (3,)
    n_filters: int = 100
    n_layers: int = 1
    pooling: Literal["max", "mean", "concat"] = "mean"
    n_buckets: int = 500_000
    hidden_size: int | None = None
    dropout: float = 0.5
    embedding_dropout: float = 0.3
    _: KW_ONLY
    embedding_dim: int = 50
    max_length: int | None = 1000
    tokenizer: str | BaseEstimator | Callable = "auto"

    _parameter_constraints = {
        **BaseSequenceClassifier._parameter_constraints,
        "kernel_sizes": ["array-like"],
        "n_filters": [Interval(Integral, 1, None, closed="left")],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "pooling": [StrOptions({"max", "mean", "concat"})],
        "n_buckets": [Interval(Integral, 0, None, closed="left")],
        "hidden_size": [Interval(Integral, 1, None, closed="left"), None],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "embedding_dropout": [Interval(Real, 0, 1, closed="left")],
    }

    def make_module(
        self, n_tokens: int, n_outputs: int, embedding_dim: int, seed: int
    ) -> nn.Module:
        sizes = tuple(self.kernel_sizes)
        for i, size in enumerate(sizes):
            if not isinstance(size, Integral) or size < 1:
                raise ValueError(f"kernel_sizes[{i}] must be an int of at least 1; got {size!r}.")
        if not sizes:
            raise ValueError("kernel_sizes needs at least one size; got none.")
        if self.n_layers == 1:
            return TextCNN(
                n_tokens,
                n_outputs,
                embedding_dim=embedding_dim,
                kernel_sizes=sizes,
                n_filters=self.n_filters,
                pooling=self.pooling,
                n_buckets=self.n_buckets,
                hidden_size=self.hidden_size,
                dropout=self.dropout,
                embedding_dropout=self.embedding_dropout,
                embedding_scale=EMBEDDING_SCALE,
                seed=seed,
                on_demand=True,
            )
        return DilatedCNN(
            n_tokens,
            n_outputs,
            embedding_dim=embedding_dim,
            n_filters=self.n_filters,
            kernel_size=sizes[0],
            n_layers=self.n_layers,
            pooling=self.pooling,
            dropout=self.dropout,
            seed=seed,
        )
