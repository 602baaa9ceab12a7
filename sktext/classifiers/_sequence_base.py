"""The base of the classifiers that read texts as sequences of tokens."""

from collections.abc import Callable
from dataclasses import KW_ONLY
from numbers import Integral

from sklearn.base import BaseEstimator
from torch import nn

from sktext._training._token_features import TokenFeatures
from sktext._training._token_network import TokenNetwork
from sktext._validation import HasMethods, Interval, StrOptions
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.classifiers._shared_docs import SCRATCH_PARAMETERS
from sktext.classifiers._token_base import BaseTokenClassifier
from sktext.features import TOKENIZERS
from sktext.modules import EmbeddingInit

# What the networks multiply vectors by that start small, so that they leave their start in few
# steps.
EMBEDDING_SCALE = 5.0


@classifier_dataclass
class BaseSequenceClassifier(BaseTokenClassifier):
    """Base of the classifiers that read texts as sequences of tokens.

    Use it for a classifier of your own on tokens; a subclass writes ``make_module``, and has a
    field for each parameter of its own. Do not use it for a network that you have already;
    :class:`ModuleClassifier` takes it as it is.

    Parameters
    ----------
    {all_parameters}

    See Also
    --------
    FastTextClassifier : The shortest of its subclasses.

    Examples
    --------
    >>> from sktext import LSTMClassifier
    >>> from sktext.classifiers import BaseSequenceClassifier
    >>> issubclass(LSTMClassifier, BaseSequenceClassifier)
    True
    """

    _: KW_ONLY
    embedding_dim: int = 128
    embedding_init: EmbeddingInit | None = None
    tokenizer: str | BaseEstimator | Callable = "words"
    max_epochs: int | str = "auto"  # type: ignore[assignment]  # a number in the base
    lr_schedule: str | Callable | None = "warmup_linear"

    _fewest_epochs = 5
    _parameter_texts = {**BaseTokenClassifier._parameter_texts, **SCRATCH_PARAMETERS}
    _parts = {**BaseTokenClassifier._parts, "tokenizer": TOKENIZERS}
    _network_params = (
        *BaseTokenClassifier._network_params,
        *("tokenizer", "embedding_dim", "embedding_init"),
    )
    _parameter_constraints = {
        **BaseTokenClassifier._parameter_constraints,
        "max_epochs": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "embedding_dim": [Interval(Integral, 1, None, closed="left")],
        "embedding_init": "no_validation",  # a message of our own says what to do
        "tokenizer": [str, HasMethods(["fit_transform", "transform", "get_params"]), callable],
    }

    def make_module(
        self, n_tokens: int, n_outputs: int, embedding_dim: int, seed: int
    ) -> nn.Module:
        """Make the network.

        Parameters
        ----------
        n_tokens : int
            Number of ids: 0 is padding, 1 is every unknown token.
        n_outputs : int
            Number of logits; one for two classes.
        embedding_dim : int
            Size of the vector of each token.
        seed : int
            Seed of all random numbers.

        Returns
        -------
        module : Module
            Maps ids of shape (n_samples, length), padded with 0 on the right, to logits
            of shape (n_samples, n_outputs). A last layer named ``head`` gets the start
            bias; a layer named ``embedding`` gets the word vectors.
        """
        raise NotImplementedError

    def _make_features(self):
        given = self.tokenizer
        if isinstance(given, str) and given == "auto" and self.embedding_init is not None:
            given = "words"
        return TokenFeatures(
            given, self.max_length, self.truncating, getattr(self, "tokenizer_", None)
        )

    def _make_network(self):
        return TokenNetwork(*self._network_arguments())

    def _network_arguments(self):
        fitted_init = getattr(self, "embedding_init_", None)
        own = self.make_module, self.embedding_dim, self.embedding_init, self.dtype
        return *own, self.device, self.compile, fitted_init
