"""Fine-tuned pretrained encoders as classifiers of texts."""

from collections.abc import Callable
from dataclasses import KW_ONLY
from numbers import Integral, Real
from os import PathLike
from typing import Any, Literal

from sklearn.utils.validation import check_is_fitted
from torch import nn

from sktext._pretrained import ModelOfFile, Pieces, PretrainedEncoder, choose_pooling
from sktext._training._pretrained_features import PretrainedFeatures
from sktext._training._pretrained_network import PretrainedNetwork
from sktext._typing import RowsLike
from sktext._validation import Interval, StrOptions
from sktext.classifiers._attention import AttentionMixin
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.classifiers._given_weights import GivenWeightsMixin
from sktext.classifiers._shared_docs import PRETRAINED_PARAMETERS
from sktext.classifiers._token_base import BaseTokenClassifier
from sktext.features import PretrainedTokenizer
from sktext.modules import TransformerNetwork


@classifier_dataclass
class TransformerClassifier(AttentionMixin, GivenWeightsMixin, BaseTokenClassifier):
    """Pretrained encoder (BERT and its kin) fine-tuned on raw texts, with any loss.

    Use it where the meaning of whole sentences decides, as in sentiment and in questions, and
    there are hundreds of texts or more. With the extra ``pretrained``.

    Do not use it as the first model: :class:`TfidfTorchClassifier` takes a second for what
    this takes minutes, and is as good where single words decide.

    Parameters
    ----------
    model : str, path or (model, tokenizer)
        The encoder: a name on the hub, a folder, or objects of transformers, which are copied
        at each fit, and of which the file of a fitted classifier holds the trained copy only:
        give them again to fit what was loaded anew.
    pooling : {"auto", "cls", "last", "max", "mean", "concat", "attention", \
            "label_attention"}, default="auto"
        How the states of a text become one vector: the first one, the last one, the largest
        values, the mean, the three latter side by side, a mean whose weights are learned, or one
        such mean for each label. "auto" is what a model of sentence-transformers says, "last"
        for models that write texts, and else "mean".
    trained_layers : int or "all", default="all"
        Number of layers, counted from the output and at least 0, that are trained. With a number,
        the other layers and the embeddings stay as they are; 0 trains the output layer alone.
    frozen_epochs : int, default=0
        Epochs, at least 0, in which only the output layer is trained.
    layer_decay : float, default=1.0
        Step size of each layer as a fraction of that of the layer above it, in (0, 1]; that of
        the embeddings is the smallest.
    head_lr : float or "auto", default="auto"
        Step size of the output layer, greater than 0. It starts at zero and needs a far larger
        one than the encoder; "auto" is 0.005.
    long_texts : {"truncate", "windows"}, default="truncate"
        What becomes of texts of more tokens than the encoder reads: the rest is left out, or they
        are read in several windows, whose states are pooled together. A text has one loss and
        one weight, however many windows it has.
    window : int or None, default=None
        Tokens that are read at once with ``long_texts="windows"``, at least 1 beside the
        special ones, which count as well; None is all that the encoder can.
    stride : int or None, default=None
        Tokens from the start of a window to that of the next one, at least 1. None is as many as
        a window has, so that they do not overlap.
    lora : bool, int or peft.LoraConfig, default=False
        Whether to train low-rank adapters [4]_ in place of the weights of the encoder: a fiftieth
        of the numbers, and less time and memory. True is rank 8 in all linear layers, an
        int another rank, at least 1. They are merged into the weights when training ends, and each
        call of ``partial_fit`` begins new ones. With the extra ``lora``.
    store_base : bool, default=True
        Whether a pickle holds all weights. With False it holds the adapters of ``lora`` and
        the name of ``model``, which is loaded again, with the same weights, when it is opened.
    dropout : float, default=0.1
        Fraction of the pooled state that is dropped in training, in [0, 1). The encoder has
        the dropout of its configuration.
    gradient_checkpointing : bool, default=False
        Whether layers compute their values again for the gradients instead of keeping them:
        less memory, about a third more time, and the same results.
    revision : str or None, default=None
        Branch, tag or commit on the hub.
    local_files_only : bool, default=False
        Whether only what was downloaded earlier is used.
    trust_remote_code : bool, default=False
        Whether code that comes with the model is run.
    {inherited_parameters}

    Attributes
    ----------
    tokenizer_ : PretrainedTokenizer
        The tokenizer of the model.
    n_truncated_ : int
        Training texts of which something was left out.
    {column_attributes}
    {shared_attributes}

    See Also
    --------
    TfidfTorchClassifier : A second instead of minutes, and the model to compare with.
    LSTMClassifier : Learns its word vectors from the texts.

    Notes
    -----
    Texts come in batches of like length, padded to the longest of the batch. A text without a
    token gets the class proportions. Padding and the other texts of a batch do not change
    what is predicted.

    Gradients are clipped at norm 1, biases and norms have no weight decay, and what is frozen
    has no dropout. While the whole encoder is frozen, by ``trained_layers=0`` or
    ``frozen_epochs``, it reads each text once, and later epochs look its vector up; poolings
    with learned weights and compiled networks read it each time. A fitted classifier, and its
    pickle, hold weights and tokenizer once, and ask no hub; ``fit`` leaves no file behind.

    The dropout of encoders draws from torch's global generators. While a network is trained,
    these are seeded from ``random_state``, and put back at the end; fits in several threads
    wait for one another.
    {shared_notes}

    References
    ----------
    .. [1] Devlin et al., BERT: Pre-training of Deep Bidirectional Transformers for Language
       Understanding, NAACL 2019, https://aclanthology.org/N19-1423
    .. [2] Howard and Ruder, Universal Language Model Fine-tuning for Text Classification,
       ACL 2018, for step sizes by layer, https://aclanthology.org/P18-1031
    .. [3] Mosbach et al., On the Stability of Fine-tuning BERT, ICLR 2021, for warm-up and
       the number of epochs, https://arxiv.org/abs/2006.04884
    .. [4] Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, ICLR 2022,
       https://arxiv.org/abs/2106.09685

    Examples
    --------
    >>> import tempfile
    >>> from sktext import TransformerClassifier
    >>> from sktext.datasets import make_imbalanced_texts
    >>> from sktext.testing import make_tiny_encoder
    >>> texts, labels = make_imbalanced_texts(n_samples=300, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model = make_tiny_encoder(folder, n_positions=256)
    ...     clf = TransformerClassifier(model, loss="focal", random_state=0).fit(texts, labels)
    >>> clf.predict_proba(texts[:2]).shape
    (2, 3)
    """

    model: str | PathLike | tuple[Any, Any]
    pooling: Literal[
        "auto", "cls", "last", "max", "mean", "concat", "attention", "label_attention"
    ] = "auto"
    trained_layers: int | Literal["all"] = "all"
    frozen_epochs: int = 0
    layer_decay: float = 1.0
    head_lr: float | Literal["auto"] = "auto"
    long_texts: Literal["truncate", "windows"] = "truncate"
    window: int | None = None
    stride: int | None = None
    lora: bool | int | Any = False
    store_base: bool = True
    dropout: float = 0.1
    gradient_checkpointing: bool = False
    revision: str | None = None
    local_files_only: bool = False
    trust_remote_code: bool = False
    _: KW_ONLY
    max_length: int | None = None
    lr_schedule: str | Callable | None = "warmup_linear"
    max_epochs: int = 4

    _given_weights = "model"
    _parameter_texts = {**BaseTokenClassifier._parameter_texts, **PRETRAINED_PARAMETERS}
    _network_params = (
        *BaseTokenClassifier._network_params,
        "model",
        "pooling",
        "trained_layers",
        "long_texts",
        "window",
        "stride",
        "dropout",
        "revision",
    )
    _parameter_constraints = {
        **BaseTokenClassifier._parameter_constraints,
        "model": "no_validation",  # messages of its own say what is missing
        "pooling": [
            StrOptions(
                {"auto", "cls", "last", "max", "mean", "concat", "attention", "label_attention"}
            )
        ],
        "trained_layers": [StrOptions({"all"}), Interval(Integral, 0, None, closed="left")],
        "frozen_epochs": [Interval(Integral, 0, None, closed="left")],
        "layer_decay": [Interval(Real, 0, 1, closed="right")],
        "head_lr": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "long_texts": [StrOptions({"truncate", "windows"})],
        "window": [Interval(Integral, 1, None, closed="left"), None],
        "stride": [Interval(Integral, 1, None, closed="left"), None],
        "lora": "no_validation",  # a configuration is of a package that may not be there
        "store_base": ["boolean"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "gradient_checkpointing": ["boolean"],
        "revision": [str, None],
        "local_files_only": ["boolean"],
        "trust_remote_code": ["boolean"],
    }

    def make_module(
        self,
        encoder: PretrainedEncoder,
        pieces: Pieces,
        n_outputs: int,
        pooling: str,
        window: int | None,
        seed: int,
    ) -> nn.Module:
        """Make the network.

        Parameters
        ----------
        encoder : PretrainedEncoder
            Loaded for this network alone.
        pieces : Pieces
            The tokenizer, with its special tokens.
        n_outputs : int
            Number of logits; one for two classes.
        pooling : str
            That of the parameter, or the one that suits the encoder.
        window : int or None
            Tokens that are read at once; None is any number.
        seed : int
            Seed of all random numbers.

        Returns
        -------
        module : Module
            Maps ids of shape (n_samples, length), padded with 0 on the right, to logits of
            shape (n_samples, n_outputs).
        """
        return TransformerNetwork(
            encoder,
            pieces,
            n_outputs,
            pooling=pooling,  # type: ignore[arg-type]
            trained_layers=self.trained_layers,
            window=window,
            stride=self.stride if window is not None else None,
            dropout=self.dropout,
            seed=seed,
        )

    def token_offsets(self, X: RowsLike) -> list[list[tuple[int, int]]]:
        """Return where the tokens that the network reads lie in the texts, after truncation.

        Use it to mark in a text what :meth:`attention` weighs.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Texts.

        Returns
        -------
        offsets : list of list of (int, int)
            The first character of each token that ``tokenize`` returns, and the one after its
            last.
        """
        check_is_fitted(self)
        features, texts = self._checked_texts(X)
        return features.offsets(texts)

    def _module_of(self, features, n_outputs, seed):
        encoder, pooling, window = features.take_encoder(not self.store_base), self.pooling, None
        if pooling == "auto":
            pooling = choose_pooling(encoder, features.sentence_settings())
        if self.long_texts == "windows":
            window = self.window or features.longest
        pieces = features.fitted.pieces_
        return self.make_module(encoder, pieces, n_outputs, pooling, window, seed)

    def _checked_lora(self):
        """Return ``lora``; raise if it, or what goes with it, is not what it must be."""
        lora = self.lora
        is_config = hasattr(lora, "peft_type")
        is_rank = isinstance(lora, Integral) and (isinstance(lora, bool) or lora >= 1)
        if not (is_config or is_rank):
            raise ValueError(
                "lora must be True, False, a rank of at least 1, or a configuration of peft; got "
                f"{lora!r}."
            )
        if lora is not False and self.trained_layers == 0:
            raise ValueError(
                "trained_layers=0 trains the output layer alone, and lora adapts the layers below; "
                "set one of them only."
            )
        if lora is False and not self.store_base:
            raise ValueError(
                "store_base=False is for lora, which leaves the weights of the model as they are; "
                "set lora=True, or store_base=True."
            )
        return lora

    def _make_features(self):
        options = self.revision, self.local_files_only, self.trust_remote_code
        names = "revision", "local_files_only", "trust_remote_code"
        return PretrainedFeatures(
            PretrainedTokenizer(self.model, **dict(zip(names, options, strict=True))),
            self.max_length,
            self.truncating,
            self.long_texts == "windows",
            getattr(self, "tokenizer_", None),
            getattr(self, "_n_positions", None),
        )

    def _make_network(self):
        return PretrainedNetwork(
            self._module_of,
            self.dtype,
            self.device,
            self.compile,
            head_lr=self.head_lr,
            layer_decay=self.layer_decay,
            frozen_epochs=self.frozen_epochs,
            gradient_checkpointing=self.gradient_checkpointing,
            lora=self._checked_lora(),
            seed=getattr(self, "_draw_seed", None),
        )

    def _stand_in(self):
        is_pair = isinstance(self.model, (tuple, list))
        return ModelOfFile(type(self.model[0]).__name__) if is_pair else None
