"""Self-attention classifier of texts."""

from collections.abc import Callable
from dataclasses import KW_ONLY
from numbers import Integral, Real
from typing import Literal

from sklearn.base import BaseEstimator
from torch import nn

from sktext._validation import Interval, StrOptions
from sktext.classifiers._attention import AttentionMixin
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.classifiers._sequence_base import BaseSequenceClassifier
from sktext.modules import SelfAttentionEncoder


@classifier_dataclass
class SelfAttentionClassifier(AttentionMixin, BaseSequenceClassifier):
    """Small self-attention encoder trained from scratch on raw texts, with any loss.

    Use it where words far apart act together and there are ten thousands of texts. Do not use
    it on few texts: without pretraining it needs more of them than the other networks.

    Parameters
    ----------
    n_heads : int, default=4
        Attention heads, at least 1; a divisor of ``embedding_dim``.
    n_layers : int, default=2
        Layers on top of each other, at least 1.
    hidden_size : int, default=256
        Units of the dense part of each layer, at least 1.
    pooling : {"mean", "max", "attention"}, default="mean"
        What the states of all tokens are summed up to.
    dropout : float, default=0.1
        Fraction of what goes into each part of a layer that is dropped in training, in [0, 1).
    {inherited_parameters}

    Attributes
    ----------
    {sequence_attributes}
    {column_attributes}
    {shared_attributes}

    See Also
    --------
    LSTMClassifier : Reads words in order.
    CNNClassifier : Faster, and blind beyond a few neighbouring words.

    Notes
    -----
    {sequence_notes}
    Padding does not change what is predicted.
    {shared_notes}

    References
    ----------
    .. [1] Vaswani et al., Attention Is All You Need, NeurIPS 2017,
       https://arxiv.org/abs/1706.03762

    Examples
    --------
    >>> from sktext import SelfAttentionClassifier
    >>> from sktext.datasets import make_imbalanced_texts
    >>> texts, labels = make_imbalanced_texts(n_samples=300, random_state=0)
    >>> clf = SelfAttentionClassifier(embedding_dim=32, hidden_size=32, random_state=0)
    >>> clf.fit(texts, labels).predict_proba(texts[:2]).shape
    (2, 3)
    """

    n_heads: int = 4
    n_layers: int = 2
    hidden_size: int = 256
    pooling: Literal["last", "max", "mean", "concat", "attention", "label_attention"] = "mean"
    dropout: float = 0.1
    _: KW_ONLY
    tokenizer: str | BaseEstimator | Callable = "auto"

    _parameter_constraints = {
        **BaseSequenceClassifier._parameter_constraints,
        "n_heads": [Interval(Integral, 1, None, closed="left")],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "pooling": [StrOptions({"mean", "max", "attention"})],
        "dropout": [Interval(Real, 0, 1, closed="left")],
    }

    def make_module(
        self, n_tokens: int, n_outputs: int, embedding_dim: int, seed: int
    ) -> nn.Module:
        return SelfAttentionEncoder(
            n_tokens,
            n_outputs,
            embedding_dim=embedding_dim,
            n_heads=self.n_heads,
            n_layers=self.n_layers,
            hidden_size=self.hidden_size,
            pooling=self.pooling,
            dropout=self.dropout,
            seed=seed,
        )
