"""Recurrent classifier of texts."""

from collections.abc import Callable
from dataclasses import KW_ONLY
from numbers import Integral, Real
from typing import Literal

from sklearn.base import BaseEstimator
from torch import nn

from sktext._validation import Interval, StrOptions
from sktext.classifiers._attention import AttentionMixin
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.classifiers._sequence_base import EMBEDDING_SCALE, BaseSequenceClassifier
from sktext.modules import TextRNN


@classifier_dataclass
class LSTMClassifier(AttentionMixin, BaseSequenceClassifier):
    """Recurrent network (LSTM or GRU) on raw texts, with any loss.

    Use it where the order of words decides and there are thousands of texts. Do not use it as
    the first model, which is :class:`TfidfTorchClassifier`, nor on long documents, where it is
    slow and :class:`CNNClassifier` is as good.

    Parameters
    ----------
    hidden_size : int, default=64
        Units of each layer and direction, at least 1.
    n_layers : int, default=1
        Layers on top of each other, at least 1.
    cell : {"lstm", "gru"}, default="lstm"
        Kind of unit.
    bidirectional : bool, default=True
        Whether texts are read from both ends.
    pooling : {"last", "max", "mean", "concat", "attention", "label_attention"}, \
            default="concat"
        What the states of all tokens are summed up to: the last one, the largest value or
        the mean of each unit, all three, a mean whose weights are learned, or one such mean
        for each label.
    dropout : float, default=0.5
        Fraction of the embedding, of the states between layers and of the pooled state that
        is dropped in training, in [0, 1); the same units at all tokens of a text.
    token_dropout : float, default=0.2
        Fraction of the tokens that training reads as unknown, in [0, 1): less is learned by
        heart, and what unknown tokens mean is learned.
    recurrent_dropout : float, default=0.0
        Fraction of the weights from state to state that is dropped in each batch, in [0, 1).
    skip : bool, default=True
        Whether each state has the token's own vector beside it, so that what a word says by
        itself need not be learned through the cells, for which few texts are not enough.
    {inherited_parameters}

    Attributes
    ----------
    {sequence_attributes}
    {column_attributes}
    {shared_attributes}

    See Also
    --------
    CNNClassifier : Faster, and blind beyond a few neighbouring words.
    FastTextClassifier : Much faster, and blind to order beyond pairs.

    Notes
    -----
    {sequence_notes}
    Padding does not change what is predicted.
    {shared_notes}

    References
    ----------
    .. [1] Hochreiter and Schmidhuber, Long Short-Term Memory, Neural Computation 9, 1997,
       https://doi.org/10.1162/neco.1997.9.8.1735
    .. [2] Gal and Ghahramani, A Theoretically Grounded Application of Dropout in Recurrent
       Neural Networks, NeurIPS 2016, https://arxiv.org/abs/1512.05287
    .. [3] Merity, Keskar and Socher, Regularizing and Optimizing LSTM Language Models,
       ICLR 2018, https://arxiv.org/abs/1708.02182
    .. [4] Iyyer, Manjunatha, Boyd-Graber and Daume, Deep Unordered Composition Rivals
       Syntactic Methods for Text Classification, ACL 2015, https://aclanthology.org/P15-1162

    Examples
    --------
    >>> from sktext import LSTMClassifier
    >>> from sktext.datasets import make_imbalanced_texts
    >>> texts, labels = make_imbalanced_texts(n_samples=300, random_state=0)
    >>> clf = LSTMClassifier(hidden_size=16, loss="focal", random_state=0)
    >>> clf.fit(texts, labels).predict_proba(texts[:2]).shape
    (2, 3)
    """

    hidden_size: int = 64
    n_layers: int = 1
    cell: Literal["lstm", "gru"] = "lstm"
    bidirectional: bool = True
    pooling: Literal["last", "max", "mean", "concat", "attention", "label_attention"] = "concat"
    dropout: float = 0.5
    token_dropout: float = 0.2
    recurrent_dropout: float = 0.0
    skip: bool = True
    _: KW_ONLY
    embedding_dim: int = 64
    max_length: int | None = 1000
    tokenizer: str | BaseEstimator | Callable = "auto"

    _fewest_epochs = 4

    _parameter_constraints = {
        **BaseSequenceClassifier._parameter_constraints,
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "cell": [StrOptions({"lstm", "gru"})],
        "bidirectional": ["boolean"],
        "pooling": [StrOptions({"last", "max", "mean", "concat", "attention", "label_attention"})],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "token_dropout": [Interval(Real, 0, 1, closed="left")],
        "recurrent_dropout": [Interval(Real, 0, 1, closed="left")],
        "skip": ["boolean"],
    }

    def make_module(
        self, n_tokens: int, n_outputs: int, embedding_dim: int, seed: int
    ) -> nn.Module:
        return TextRNN(
            n_tokens,
            n_outputs,
            embedding_dim=embedding_dim,
            hidden_size=self.hidden_size,
            cell=self.cell,
            n_layers=self.n_layers,
            bidirectional=self.bidirectional,
            pooling=self.pooling,
            dropout=self.dropout,
            token_dropout=self.token_dropout,
            recurrent_dropout=self.recurrent_dropout,
            embedding_scale=EMBEDDING_SCALE,
            skip=self.skip,
            seed=seed,
        )
