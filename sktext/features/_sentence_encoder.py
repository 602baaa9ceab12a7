"""Texts as the vectors of a pretrained encoder."""

import copy
from numbers import Integral
from os import PathLike
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted
from torch import nn
from tqdm.auto import tqdm

from sktext._devices import find_device
from sktext._pretrained import (
    POOLINGS,
    Pieces,
    SentenceNetwork,
    SentenceSettings,
    check_ids,
    load_dense_layers,
    load_encoder,
    load_pieces,
    load_sentence_settings,
)
from sktext._texts import Texts
from sktext._token_rows import TRUNCATING
from sktext._user_warnings import warn
from sktext._validation import Interval, StrOptions, check_texts, fit_context
from sktext.exceptions import TruncationWarning
from sktext.features._encoding import encode_batches
from sktext.features._prompted_pieces import PromptedPieces, choose_length, choose_prompt
from sktext.features._vector_cache import fingerprint_of, key_of, opened


class SentenceEncoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Write texts as the vectors of a pretrained encoder, which is not trained.

    Use it for short texts whose meaning decides, and beside TF-IDF, as
    :class:`HybridVectorizer` puts them: the two know different things. With ``cache``, a search
    over classifiers encodes each text once. With the extra ``pretrained``.

    Do not use it alone where single words decide, as in long reviews or many labels: TF-IDF is
    as good there and a thousand times faster. Where there are thousands of labelled texts and
    minutes to spare, :class:`sktext.TransformerClassifier` trains the encoder as well.

    Parameters
    ----------
    model : str, path or (model, tokenizer), \
            default="sentence-transformers/all-MiniLM-L6-v2"
        A folder, a name on the hub, or objects of transformers, which are copied. What
        sentence-transformers has saved is used as it does.
    pooling : {"auto", "mean", "cls", "max", "last", "mean_sqrt_len", "weighted_mean"}, \
            default="auto"
        How the states of the tokens become one vector. "auto" is what the folder says, with
        several poolings side by side and dense layers behind them; the mean if it says nothing.
    normalize : bool or "auto", default="auto"
        Whether vectors are scaled to length one. "auto" is what the folder says.
    prompt : str or None, default="auto"
        Written before each text: the name of a prompt of the model, or the prompt itself. None
        is none. "auto" is the default prompt of the model, and "query: " for the family E5,
        which was trained with it.
    max_length : int or None, default=None
        Tokens of a text that are read, special ones and the prompt included; None is as many as
        the model was made for.
    truncating : {"right", "left", "middle"}, default="right"
        Where longer texts are truncated; "middle" keeps their beginning and their end.
    truncate_dim : int or None, default=None
        How many of the first numbers of a vector are kept, at least 1, for models that were
        trained for it. With ``normalize=True`` what is kept is scaled to length one again.
    batch_tokens : int or "auto", default="auto"
        Tokens that are encoded at once, padding included, at least 1. "auto" is 2,048 on a CPU,
        where more are slower, and 32,768 on a CUDA device.
    cache : str, path, bool or None, default=None
        Where vectors are kept. A folder is for all processes and for later; it is never
        emptied. True is for this process, up to 512 MiB. None and False keep nothing. Keys
        depend on the weights and all settings, so that models never get each other's vectors.
    revision : str or None, default=None
        Branch, tag or commit on the hub.
    local_files_only : bool, default=False
        Whether only what was downloaded earlier is used.
    trust_remote_code : bool, default=False
        Whether code that comes with the model is run.
    device : str, default="auto"
        "cpu", "cuda", "cuda:1" and so on; "auto" takes a CUDA device if there is one.
    dtype : {"float32", "bfloat16"}, default="float32"
        Precision that the encoder computes in. "bfloat16" is twice as fast or more where the
        hardware has it, with three correct digits. Vectors are of float32.
    verbose : int, default=0
        From 1 on, a progress bar.

    Attributes
    ----------
    encoder_ : SentenceNetwork
        The encoder with its pooling.
    pieces_ : Pieces
        The tokenizer, in a copy of its own.
    prompt_ : str
        What is written before each text.
    max_length_ : int or None
        Tokens of a text that are read; None is any number.
    n_truncated_ : int
        Number of training texts that were longer.

    Raises
    ------
    OSError
        If the model, or a network to fetch it, is not there.

    See Also
    --------
    HybridVectorizer : The vectors beside TF-IDF.
    PretrainedTokenizer : The ids of the pieces.

    Notes
    -----
    Nothing is learned from the texts. A pickle holds the weights and needs no network. A vector
    depends on the other texts of a batch in the last digit only.

    Texts are sorted by length and each distinct one is encoded once, on as many threads as are
    free.

    References
    ----------
    .. [1] Reimers and Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese
       BERT-Networks", EMNLP 2019. https://aclanthology.org/D19-1410
    .. [2] Wang et al., "MiniLM: Deep Self-Attention Distillation for Task-Agnostic Compression
       of Pre-Trained Transformers", NeurIPS 2020. :arxiv:`2002.10957`
    .. [3] Wang et al., "Text Embeddings by Weakly-Supervised Contrastive Pre-training", 2022
       (E5). :arxiv:`2212.03533`

    Examples
    --------
    >>> import tempfile
    >>> from sktext.features import SentenceEncoder
    >>> from sktext.testing import make_tiny_encoder
    >>> folder = tempfile.TemporaryDirectory()
    >>> encoder = SentenceEncoder(make_tiny_encoder(folder.name), normalize=True)
    >>> vectors = encoder.fit_transform(["My refund!", "Where is my parcel?"])
    >>> vectors.shape
    (2, 16)
    >>> folder.cleanup()
    """

    _parameter_constraints = {
        "model": "no_validation",  # a message of its own says what is missing
        "pooling": [StrOptions({"auto", *POOLINGS})],
        "normalize": ["boolean", StrOptions({"auto"})],
        "prompt": [str, None],
        "max_length": [Interval(Integral, 1, None, closed="left"), None],
        "truncating": [StrOptions(set(TRUNCATING))],
        "truncate_dim": [Interval(Integral, 1, None, closed="left"), None],
        "batch_tokens": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "cache": [str, PathLike, "boolean", None],
        "revision": [str, None],
        "local_files_only": ["boolean"],
        "trust_remote_code": ["boolean"],
        "device": [str],
        "dtype": [StrOptions({"float32", "bfloat16"})],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        model: str | PathLike | tuple[Any, Any] = "sentence-transformers/all-MiniLM-L6-v2",
        *,
        pooling: Literal[
            "auto", "mean", "cls", "max", "last", "mean_sqrt_len", "weighted_mean"
        ] = "auto",
        normalize: bool | Literal["auto"] = "auto",
        prompt: str | None = "auto",
        max_length: int | None = None,
        truncating: Literal["right", "left", "middle"] = "right",
        truncate_dim: int | None = None,
        batch_tokens: int | Literal["auto"] = "auto",
        cache: str | PathLike | bool | None = None,
        revision: str | None = None,
        local_files_only: bool = False,
        trust_remote_code: bool = False,
        device: str = "auto",
        dtype: Literal["float32", "bfloat16"] = "float32",
        verbose: int = 0,
    ) -> None:
        self.model = model
        self.pooling = pooling
        self.normalize = normalize
        self.prompt = prompt
        self.max_length = max_length
        self.truncating = truncating
        self.truncate_dim = truncate_dim
        self.batch_tokens = batch_tokens
        self.cache = cache
        self.revision = revision
        self.local_files_only = local_files_only
        self.trust_remote_code = trust_remote_code
        self.device = device
        self.dtype = dtype
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, texts: Texts, y: None = None) -> Self:
        """Load the encoder; nothing is learned from the texts.

        Parameters
        ----------
        texts : array-like of str of shape (n_texts,)
            Texts in any container, or one column of them. Those that are too long are counted.
        y : None
            Not used.

        Returns
        -------
        self : object

        Raises
        ------
        OSError
            If the model, or a network to fetch it, is not there.
        ValueError, TypeError
            If a parameter or a text is not what it must be.
        """
        checked = check_texts(texts, "texts")
        self._load()
        self._count_truncated(checked)
        return self

    def transform(self, texts: Texts) -> NDArray[np.float32]:
        """Return the vectors of texts.

        Parameters
        ----------
        texts : array-like of str of shape (n_texts,)
            Texts in any container, or one column of them.

        Returns
        -------
        vectors : ndarray of shape (n_texts, n_features), float32

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If no encoder was loaded.
        ValueError, TypeError
            If a text is not one.
        """
        check_is_fitted(self, "encoder_")
        checked = check_texts(texts, "texts")
        number = {text: i for i, text in enumerate(dict.fromkeys(checked))}
        return self._encode(list(number))[[number[text] for text in checked]]

    def _encode(self, texts):
        """Return the vectors of distinct texts, from the cache or from the encoder."""
        vectors = np.empty((len(texts), self.encoder_.n_features), dtype=np.float32)
        with opened(self.cache) as cache:
            keys = self._keys(texts) if self.cache else []
            found = cache.get(keys)
            for i, key in enumerate(keys):
                if key in found:
                    vectors[i] = found[key]
            missing = [i for i in range(len(texts)) if not (keys and keys[i] in found)]
            bar = tqdm(total=len(missing), unit="text", leave=False, disable=not self.verbose)
            with bar:
                for part, encoded in self._encoded([texts[i] for i in missing]):
                    places = [missing[i] for i in part]
                    vectors[places] = encoded
                    cache.put([keys[i] for i in places] if keys else [], encoded if keys else [])
                    bar.update(len(places))
        return vectors

    def _encoded(self, texts):
        """Encode texts, batch by batch."""
        if not texts:
            return ()
        rows = self._reader.truncated(self._reader.encode(texts))
        half = self.dtype == "bfloat16"
        return encode_batches(self.encoder_, self._reader.pieces, rows, self.batch_tokens, half)

    # -- loading ----------------------------------------------------------------------

    def _load(self):
        options = {
            "revision": self.revision,
            "local_files_only": self.local_files_only,
            "trust_remote_code": self.trust_remote_code,
        }
        device = find_device(self.device)
        settings = load_sentence_settings(self.model, **options) or SentenceSettings()
        follows = self.pooling == "auto"
        if follows:
            refuse_others(settings, self.model)
        pieces = load_pieces(self.model, **options)
        encoder = load_encoder(self.model, **options)
        check_ids(pieces, encoder)
        dense = nn.Sequential()
        if follows and settings.dense:
            dense = load_dense_layers(self.model, settings.dense, **options)
        self._reader = reader = PromptedPieces(
            pieces,
            choose_prompt(self.prompt, self.model, settings),
            settings.lowercase,
            choose_length(self.max_length, settings, pieces, encoder),
            self.truncating,
        )
        reader.check_length()
        self.encoder_ = SentenceNetwork(
            encoder,
            settings.poolings if follows else (self.pooling,),
            dense,
            normalize=settings.normalize if self.normalize == "auto" else bool(self.normalize),
            truncate_dim=self.truncate_dim,
            normalize_last=self.normalize is True and self.truncate_dim is not None,
            n_skipped=reader.n_not_pooled if reader.prompt and not settings.include_prompt else 0,
        ).to(device)
        self._n_features_out = self.encoder_.n_features
        self._fingerprint = None  # of the cache, computed when it is asked for

    @property
    def pieces_(self) -> Pieces:
        """The tokenizer, in a copy of its own."""
        return self._reader.pieces

    @property
    def prompt_(self) -> str:
        """What is written before each text."""
        return self._reader.prompt

    @property
    def max_length_(self) -> int | None:
        """Tokens of a text that are read; None is any number."""
        return self._reader.max_length

    def _count_truncated(self, texts):
        """Count the training texts that are too long, and warn of them."""
        distinct = list(dict.fromkeys(texts))
        too_long = self._reader.too_long(self._reader.encode(distinct))
        longer = {distinct[i] for i in np.flatnonzero(too_long)}
        self.n_truncated_ = sum(text in longer for text in texts)
        if self.n_truncated_:
            warn(
                # All folds warn in the same words, which Python shows once.
                f"Texts of more than {self._reader.max_length} tokens are truncated on the "
                f"{self.truncating}; n_truncated_ counts them. truncating='middle' keeps the end "
                "of a text as well; a larger max_length helps if the model was made for it.",
                TruncationWarning,
            )

    def _keys(self, texts):
        if self._fingerprint is None:
            self._fingerprint = fingerprint_of(self.encoder_, self._reader)
        return [key_of(self._fingerprint, self.dtype, text) for text in texts]

    # -- pickles ----------------------------------------------------------------------

    def __getstate__(self):
        state = dict(super().__getstate__())  # which may be that of the object itself
        encoder = state.get("encoder_")
        if encoder is None:
            return state
        if encoder.device.type != "cpu":
            state["encoder_"] = encoder = copy.deepcopy(encoder).cpu()
        if isinstance(state["model"], (tuple, list)):  # its weights need not be there twice
            state["model"] = (encoder.encoder, self._reader.pieces)
        return state

    def __setstate__(self, state):
        super().__setstate__(state)
        if "encoder_" in vars(self):
            self.encoder_ = self.encoder_.to(device_here(self.device))

    def _takes_tokens(self):
        return False

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def device_here(name):
    """Return a device, or the CPU if this machine does not have it."""
    try:
        return find_device(name)
    except ValueError:
        return find_device("cpu")


def refuse_others(settings, model):
    """Raise for parts of a model that are not read, as its vectors would be other ones."""
    if settings.others:
        raise ValueError(
            f"model={model!r} has parts of the kinds {', '.join(settings.others)}, and a "
            "SentenceEncoder reads an encoder, poolings, dense layers and a normalization behind "
            "them. Use another model, or set pooling='mean' to take the encoder alone."
        )
