"""What the classifiers that read texts as sequences of tokens have in common."""

from itertools import pairwise
from numbers import Integral
from os import PathLike

import numpy as np
import torch
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from sktext._component import resolve
from sktext._devices import find_device
from sktext._texts import takes_tokens
from sktext._token_rows import N_RESERVED, TokenRows
from sktext._torch_defaults import torch_defaults
from sktext._training import _weights
from sktext._training._batches import in_prediction_order
from sktext._training._callbacks import Thaw
from sktext._training._checkpoints import find_checkpoint
from sktext._training._steps import HALF
from sktext._user_warnings import warn
from sktext._validation import HasMethods, Interval, StrOptions, check_texts
from sktext.classifiers._base import BaseTorchClassifier
from sktext.exceptions import TruncationWarning
from sktext.features import TOKENIZERS, WordTokenizer
from sktext.modules import EmbeddingInit, HashedNgrams


class BaseSequenceClassifier(BaseTorchClassifier):
    """Shared part of the classifiers of token sequences; a subclass writes ``make_module``."""

    _reads_tokens = True
    _parts = {**BaseTorchClassifier._parts, "tokenizer": TOKENIZERS}
    _network_params = (
        *BaseTorchClassifier._network_params,
        "tokenizer",
        "embedding_dim",
        "embedding_init",
    )
    _parameter_constraints = {
        **BaseTorchClassifier._parameter_constraints,
        "embedding_dim": [Interval(Integral, 1, None, closed="left")],
        "embedding_init": "no_validation",  # a message of our own says what to do
        "tokenizer": [str, HasMethods(["fit_transform", "transform", "get_params"]), callable],
        "max_length": [Interval(Integral, 1, None, closed="left"), None],
        "truncating": [StrOptions({"left", "right", "middle"})],
        "gradient_accumulation_steps": [Interval(Integral, 1, None, closed="left")],
        "compile": ["boolean"],
        "checkpoint_dir": [str, PathLike, None],
        "dtype": [StrOptions({"float32", "float64", *HALF})],
    }

    def make_module(self, n_tokens, n_outputs, embedding_dim, seed):
        """Make the network.

        Parameters
        ----------
        n_tokens : int
            Ids there are: 0 pads, 1 is every unknown token.
        n_outputs : int
            Logits: one for binary.
        embedding_dim : int
        seed : int
            Of everything that is drawn.

        Returns
        -------
        module : Module
            Maps ids of shape (n_samples, length), padded with 0 on the right, to logits
            of shape (n_samples, n_outputs). A last layer named ``head`` gets the start
            bias; a layer named ``embedding`` gets the word vectors.
        """
        raise NotImplementedError

    # -- texts to ids -----------------------------------------------------------------

    def _check_X(self, X, reset, name="X"):
        return check_texts(X, name, tokens=takes_tokens(self.tokenizer))

    def _fit_features(self, X, target):
        takes_one_text = callable(self.tokenizer) and not hasattr(self.tokenizer, "fit_transform")
        given = WordTokenizer(tokenizer=self.tokenizer) if takes_one_text else self.tokenizer
        self.tokenizer_ = resolve(given, TOKENIZERS, "tokenizer")
        rows = self._checked(self.tokenizer_.fit_transform(X))
        self.n_truncated_ = 0 if self.max_length is None else self._count_truncated(rows)
        return self._truncated(rows)

    def _transform_features(self, X):
        return self._truncated(self._checked(self.tokenizer_.transform(X)))

    def _truncated(self, rows):
        return rows if self.max_length is None else rows.truncated(self.max_length, self.truncating)

    def _checked(self, rows):
        """Take what a tokenizer of the user's gives."""
        if isinstance(rows, (list, tuple)):
            return TokenRows.from_lists(rows)
        if not isinstance(rows, TokenRows):
            raise TypeError(
                "tokenizer must give a list of ids for each text, from 1 on, as 0 is padding; "
                f"{self.tokenizer!r} gave a {type(rows).__name__}. A vectorizer belongs into "
                "TfidfTorchClassifier."
            )
        return rows

    def _count_truncated(self, rows):
        """Count the texts that are too long, and say so once."""
        longer = int((rows.lengths > self.max_length).sum())
        if longer:
            warn(
                # The same words for every fold, so that Python shows them once.
                f"Texts of more than max_length={self.max_length} tokens are cut on the "
                f"{self.truncating}; n_truncated_ counts them. Raise max_length to read all.",
                TruncationWarning,
            )
        return longer

    def tokenize(self, X):
        """Cut texts into the tokens that the network reads, after truncation.

        Parameters
        ----------
        X : array-like of str
            Texts.

        Returns
        -------
        tokens : list of list of str
        """
        check_is_fitted(self)
        tokens = [self.tokenizer_.tokenize(text) for text in self._check_X(X, reset=False)]
        places = self._truncated(TokenRows.from_lists([range(len(row)) for row in tokens]))
        return [[row[i] for i in kept] for row, kept in zip(tokens, places, strict=True)]

    # -- network ----------------------------------------------------------------------

    def _make_module(self, x, weight, seed):
        n_tokens, dim, vectors = self.tokenizer_.n_tokens_, self.embedding_dim, None
        self.embedding_init_ = None
        if self.embedding_init is not None:
            self._check_embedding_init()
            init = self.embedding_init_ = clone(self.embedding_init)
            texts = Sentences(x, self.tokenizer_) if init.needs_sentences else None
            vectors, _ = init.build(self.tokenizer_.vocabulary_, sentences=texts, seed=seed)
            dim = vectors.shape[1]
        with torch_defaults():
            module = self.make_module(n_tokens, self._labels.n_outputs, dim, seed)
            meet_ngrams(module, x)
        if vectors is not None:
            weights = self._embedding_weights(module, vectors)
            frozen = self.embedding_init_.frozen_epochs > 0
            with torch.no_grad():
                weights[:n_tokens].copy_(torch.from_numpy(vectors))
                if frozen:  # vectors of pairs that are not learned should not disturb
                    weights[n_tokens:] = 0
            weights.requires_grad_(not frozen)
        return module

    def _make_or_keep_net(self, x, part, weight, draw, seed, *, fresh, online):
        start = super()._make_or_keep_net(x, part, weight, draw, seed, fresh=fresh, online=online)
        module = self.net_.module_
        if not fresh and isinstance(module, HashedNgrams):
            weight = module.embedding.weight
            n_before = len(weight)
            meet_ngrams(module, x)
            self.net_.lengthen_optimizer(weight, n_before)
        return start

    def _embedding_weights(self, module, vectors):
        weights = getattr(getattr(module, "embedding", None), "weight", None)
        shape = None if weights is None else tuple(weights.shape)
        if shape is None or shape[0] < len(vectors) or shape[1:] != vectors.shape[1:]:
            raise ValueError(
                f"embedding_init needs a layer named embedding with weights of shape "
                f"{vectors.shape}; the network has {shape or 'none'}. Give its class a parameter "
                "embedding_dim, which is that of the vectors."
            )
        return weights

    def _check_embedding_init(self):
        if not isinstance(self.embedding_init, EmbeddingInit):
            raise TypeError(
                "embedding_init must be an EmbeddingInit; got "
                f"{type(self.embedding_init).__name__}. Wrap it: "
                "sktext.modules.EmbeddingInit(...)."
            )

    def _keep_prior(self, loss, prior):
        self._prior_logits = _weights.start_bias(loss, "prior", prior).double()

    def _extra_callbacks(self):
        init = self.embedding_init_
        waits = init is not None and 0 < init.frozen_epochs < np.inf
        return [("thaw", Thaw(init.frozen_epochs))] if waits else []

    @property
    def _net_options(self):
        half = self.dtype if self.dtype in HALF else None
        if half == "float16" and find_device(self.device).type == "cpu":
            half = None
            warn(
                "dtype='float16' is for CUDA devices; on this CPU the network trains in float32. "
                "Set dtype='float32', or 'bfloat16', which a CPU can."
            )
        return {"half": half, "compiles": self.compile}

    @property
    def _steps(self):
        return {"per_step": self.gradient_accumulation_steps}

    @property
    def _torch_dtype(self):
        # Mixed precision keeps weights, loss and sums in float32.
        return torch.float64 if self.dtype == "float64" else torch.float32

    # -- training and prediction ------------------------------------------------------

    def _find_checkpoint(self, part, held, online):
        if self.checkpoint_dir is None:
            return None
        if self.warm_start or online:
            raise ValueError(
                "checkpoint_dir is for runs that begin anew, and what warm_start=True or "
                "partial_fit go on from is in no file; leave one of them out."
            )
        return find_checkpoint(self.checkpoint_dir, self, part, held)

    def _logits_of(self, features):
        logits = super()._logits_of(features)
        # Of a text without a token that training has seen, nothing but the prior is known.
        of_text = np.repeat(np.arange(len(features)), features.lengths)
        n_known = np.bincount(of_text[features.ids >= N_RESERVED], minlength=len(features))
        return torch.where(torch.from_numpy(n_known > 0)[:, None], logits, self._prior_logits)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def meet_ngrams(module, x):
    """Let a network whose n-grams have vectors on demand make room for those of texts."""
    if isinstance(module, HashedNgrams):
        module.add_ngrams(texts.padded() for _, texts in in_prediction_order(x))


class Sentences:
    """The training texts as lists of known tokens, to be read several times.

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
