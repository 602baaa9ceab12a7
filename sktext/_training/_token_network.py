"""Networks on token ids: initial word vectors, and tables that grow."""

from itertools import pairwise

import numpy as np
import torch
from sklearn.base import clone

from sktext._torch_defaults import torch_defaults
from sktext._training._batches import in_prediction_order
from sktext._training._callbacks import Unfreezer
from sktext._training._half_precision import HalfPrecisionNetwork
from sktext._training._resume_state import extend_optimizer
from sktext.modules import EmbeddingInit, HashedNgrams


class TokenNetwork(HalfPrecisionNetwork):
    """A network on padded ids of tokens.

    Parameters
    ----------
    make : callable
        From numbers of tokens and outputs, the size of the vectors and a seed to a module.
    embedding_dim : int
    embedding_init : EmbeddingInit or None
    dtype, device, compile : object
        As of ``HalfPrecisionNetwork``.
    fitted_init : EmbeddingInit or None
        The fitted word vectors of an earlier fit.
    """

    def __init__(
        self, make, embedding_dim, embedding_init, dtype, device, compile, fitted_init=None
    ):
        super().__init__(make, dtype, device, compile)
        self.embedding_dim = embedding_dim
        self.embedding_init = embedding_init
        self.fitted_init = fitted_init

    def make_module(self, features, x, weight, n_outputs, seed):
        n_tokens, dim, vectors = features.fitted.n_tokens_, self.embedding_dim, None
        self.fitted_init = None
        if self.embedding_init is not None:
            vectors = self._word_vectors(features.fitted, x, seed)
            dim = vectors.shape[1]
        with torch_defaults():
            module = self.make(n_tokens, n_outputs, dim, seed)
            add_ngrams(module, x)
        if vectors is not None:
            self._set_vectors(module, vectors)
        return module

    def grow(self, net, x):
        if isinstance(net.module_, HashedNgrams):
            weight = net.module_.embedding.weight
            n_before = len(weight)
            add_ngrams(net.module_, x)
            extend_optimizer(net, weight, n_before)

    def callbacks(self):
        epochs = 0 if self.fitted_init is None else self.fitted_init.frozen_epochs
        return [("unfreezer", Unfreezer(epochs))] if 0 < epochs < np.inf else []

    def learned(self):
        return {"embedding_init_": self.fitted_init}

    def _word_vectors(self, tokenizer, x, seed):
        if not isinstance(self.embedding_init, EmbeddingInit):
            raise TypeError(
                "embedding_init must be an EmbeddingInit; got "
                f"{type(self.embedding_init).__name__}. Wrap it: "
                "sktext.modules.EmbeddingInit(...)."
            )
        self.fitted_init = clone(self.embedding_init)
        texts = Sentences(x, tokenizer) if self.fitted_init.needs_sentences else None
        return self.fitted_init.build(tokenizer.vocabulary_, sentences=texts, seed=seed)[0]

    def _set_vectors(self, module, vectors):
        """Set the initial embedding to word vectors."""
        weights = embedding_weights(module, vectors)
        frozen = self.fitted_init.frozen_epochs > 0
        with torch.no_grad():
            weights[: len(vectors)].copy_(torch.from_numpy(vectors))
            if frozen:  # the vectors of pairs are not learned either, and should have no effect
                weights[len(vectors) :] = 0
        weights.requires_grad_(not frozen)
        if hasattr(module, "embedding_scale"):  # they are as large as they should be
            module.embedding_scale = 1.0


def embedding_weights(module, vectors):
    """Return the embedding table of a network; raise if word vectors do not fit."""
    weights = getattr(getattr(module, "embedding", None), "weight", None)
    shape = None if weights is None else tuple(weights.shape)
    if shape is None or shape[0] < len(vectors) or shape[1:] != vectors.shape[1:]:
        raise ValueError(
            f"embedding_init needs a layer named embedding with weights of shape "
            f"{vectors.shape}; the network has {shape or 'none'}. Give its class a parameter "
            "embedding_dim, which is that of the vectors."
        )
    return weights


def add_ngrams(module, x):
    """Add vectors for the n-grams of texts to a network that makes them on demand."""
    if isinstance(module, HashedNgrams):
        module.add_ngrams(texts.padded() for _, texts in in_prediction_order(x))


class Sentences:
    """The training texts as lists of known tokens, which can be iterated over repeatedly.

    Parameters
    ----------
    x : RaggedTokens
    tokenizer : fitted tokenizer
    """

    def __init__(self, x, tokenizer):
        self.x = x
        self.tokens = {number: token for token, number in tokenizer.vocabulary_.items()}

    def __iter__(self):
        for start, stop in pairwise(self.x.indptr.tolist()):
            ids = self.x.ids[start:stop].tolist()
            yield [self.tokens[number] for number in ids if number in self.tokens]
