"""A pretrained encoder with an output layer, on token ids."""

from os import PathLike
from typing import Any, Literal, Self

import torch
from torch import Tensor, nn

from sktext._pretrained import (
    Pieces,
    PretrainedEncoder,
    check_ids,
    choose_pooling,
    load_encoder,
    load_pieces,
    load_sentence_settings,
)
from sktext._pretrained._adapters import Adapters
from sktext._token_rows import N_RESERVED, PADDING, UNKNOWN
from sktext._torch_defaults import torch_defaults
from sktext.modules._dropout import SeededDropout
from sktext.modules._head import Head
from sktext.modules._known_vectors import KnownVectors
from sktext.modules._pooling import POOLINGS, Pooling
from sktext.modules._start_weights import drawn_seed
from sktext.modules._windows import Windows, join_windows

# Padded tokens that are predicted at once: more are slower on a CPU, whose caches they exceed.
TOKENS_ON_CPU, TOKENS_ON_CUDA = 2**11, 2**15


class TransformerNetwork(nn.Module):
    """Pretrained encoder, pooling of its states, and an output layer.

    Use it to train a pretrained encoder in a loop of your own, on the ids of
    :class:`sktext.features.PretrainedTokenizer`. :class:`sktext.TransformerClassifier` does
    the rest as well.

    Do not use it for texts that are longer than the encoder reads without ``window``; they have
    to be truncated.

    Parameters
    ----------
    encoder : PretrainedEncoder
        As :meth:`from_pretrained` makes it.
    pieces : Pieces
        Has the special tokens, which are put around each text.
    n_outputs : int
        Number of logits.
    pooling : {"cls", "last", "max", "mean", "concat", "attention", "label_attention"}, \
            default="mean"
        How the states of a text become one vector: the first one, the last one, the largest
        values, the mean, the three latter side by side, a mean with learned weights, or one
        such mean for each output. Special tokens count as others do.
    trained_layers : int or "all", default="all"
        Number of layers, counted from the output, that are trained. With a number, the other
        layers and the embeddings stay as they are.
    window : int or None, default=None
        Tokens that the encoder reads at once, special ones included; longer texts are read in
        several windows, whose states are pooled together. None is the whole text.
    stride : int or None, default=None
        Tokens from the start of a window to that of the next one; None is as many as a window
        has, so that they do not overlap.
    dropout : float, default=0.1
        Fraction of the pooled vector that is dropped in training, in [0, 1). The encoder has
        dropout of its own, which draws from torch's global generator.
    seed : int, default=0
        Of the start weights that are not pretrained, and of dropout.

    Attributes
    ----------
    encoder : PretrainedEncoder
    head : Linear
        The last layer. It starts at zero, so that the bias alone decides at first.

    Raises
    ------
    ValueError
        If the encoder cannot be pooled so, has fewer layers, reads fewer tokens, or has no
        vectors of some pieces.

    References
    ----------
    .. [1] Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language
       Understanding", NAACL 2019. https://aclanthology.org/N19-1423
    .. [2] Reimers and Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese
       BERT-Networks", EMNLP 2019 (mean pooling). https://aclanthology.org/D19-1410

    Examples
    --------
    >>> import tempfile
    >>> import torch
    >>> from sktext.modules import TransformerNetwork
    >>> from sktext.testing import make_tiny_encoder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     network = TransformerNetwork.from_pretrained(make_tiny_encoder(folder), n_outputs=3)
    >>> network.eval()(torch.tensor([[7, 5, 9], [4, 0, 0]])).shape
    torch.Size([2, 3])
    """

    known: KnownVectors | None = None

    def __init__(
        self,
        encoder: PretrainedEncoder,
        pieces: Pieces,
        n_outputs: int,
        pooling: Literal[
            "cls", "last", "max", "mean", "concat", "attention", "label_attention"
        ] = "mean",
        trained_layers: int | Literal["all"] = "all",
        window: int | None = None,
        stride: int | None = None,
        dropout: float = 0.1,
        seed: int = 0,
    ) -> None:
        super().__init__()
        refuse_pooling(pooling, encoder, pieces)
        check_ids(pieces, encoder)
        self.windows = Windows.of(pieces, encoder.max_positions, window, stride)
        self.encoder = encoder
        self.prefix, self.suffix = tuple(pieces.prefix), tuple(pieces.suffix)
        self.unknown_id = UNKNOWN if pieces.unknown_id is None else pieces.unknown_id
        self.trained_layers = check_layers(trained_layers, encoder)
        self.adapters: Adapters | None = None
        self.reads_first = pooling == "cls"
        size = encoder.hidden_size
        with torch_defaults():
            generator = torch.Generator().manual_seed(seed)
            # Of several windows the first states are averaged.
            kind = "mean" if self.reads_first else pooling
            self.pooling = Pooling(kind, size, n_outputs, generator=generator)
            self.dropout = SeededDropout(dropout, drawn_seed(generator))
            self.head = Head(self.pooling.n_features, n_outputs)
        self.freeze(False)

    @classmethod
    def from_pretrained(
        cls,
        model: str | PathLike | tuple[Any, Any],
        n_outputs: int,
        pooling: str = "auto",
        **params: Any,
    ) -> Self:
        """Make the network from a pretrained model.

        Parameters
        ----------
        model : str, path or (model, tokenizer)
            A folder, a name on the hub, or objects of transformers, which are copied.
        n_outputs : int
            Number of logits.
        pooling : str, default="auto"
            "auto" is what a model of sentence-transformers says, the last state of models that
            read each token with the earlier ones alone, and else the mean.
        **params : dict
            The other parameters of the class.

        Returns
        -------
        network : TransformerNetwork
        """
        encoder, pieces = load_encoder(model), load_pieces(model)
        if pooling == "auto":
            pooling = choose_pooling(encoder, load_sentence_settings(model))
        return cls(encoder, pieces, n_outputs, pooling, **params)

    # -- computing --------------------------------------------------------------------

    def forward(self, ids: Tensor) -> Tensor:
        """Map token ids to logits.

        Parameters
        ----------
        ids : int tensor of shape (n_samples, length)
            Padded on the right with 0, without special tokens.

        Returns
        -------
        logits : tensor of shape (n_samples, n_outputs)
        """
        return self.head(self.dropout(self.pooled(ids)))

    def pooled(self, ids: Tensor) -> Tensor:
        """Map token ids to the vectors that the output layer reads.

        Parameters
        ----------
        ids : int tensor of shape (n_samples, length)
            Padded on the right with 0, without special tokens.

        Returns
        -------
        pooled : tensor of shape (n_samples, size) or (n_samples, n_outputs, size)
            The second with ``pooling="label_attention"``.
        """

        def compute(ids):
            return self.pooling(*self.encode(ids))

        # What is computed in inference mode cannot be trained with.
        if self.known is None or not self.is_fixed or torch.is_inference_mode_enabled():
            return compute(ids)
        return self.known(ids, compute)

    def encode(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Map token ids to the states that are pooled.

        Parameters
        ----------
        ids : int tensor of shape (n_samples, length)
            Padded on the right with 0, without special tokens.

        Returns
        -------
        states : tensor of shape (n_samples, n_states, size)
            Those of all tokens, special ones included; with ``pooling="cls"``, of the first one
            of each window.
        mask : bool tensor of shape (n_samples, n_states)
            False where there is none.
        """
        rows, n_windows = self._rows(ids)
        if n_windows is None:
            return self._states(rows)
        chunks = [rows]
        if not torch.is_grad_enabled():  # a single text may have any number of windows
            chunks = list(rows.split(max(1, self.n_tokens_at_once // rows.shape[1])))
        parts = [self._states(chunk) for chunk in chunks]
        states, masks = (torch.cat(some) for some in zip(*parts, strict=True))
        return join_windows(states, masks, n_windows)

    def attention(self, ids: Tensor) -> Tensor:
        """Compute the weight of each piece, where ``pooling`` is one of the attentions.

        Parameters
        ----------
        ids : int tensor of shape (n_samples, length)
            Padded on the right with 0, without special tokens.

        Returns
        -------
        weights : tensor of shape (n_samples, length) or (n_samples, n_outputs, length)
            The second for ``pooling="label_attention"``. Zero on padding. A piece in several
            windows has the sum of its weights there. The weights of a text sum to one together
            with those of its special tokens.

        Raises
        ------
        AttributeError
            With another pooling.
        """
        weights = self.pooling.attention(*self.encode(ids))
        places = self._places(ids)
        if weights.ndim > places.ndim:  # alike for each output
            places = places[:, None].expand(weights.shape)
        summed = weights.new_zeros(*weights.shape[:-1], ids.shape[1] + 1)
        return summed.scatter_add(-1, places, weights)[..., :-1]

    def _places(self, ids):
        """Return to which piece each state belongs; special tokens belong behind the last one."""
        rows, n_windows = self._rows(ids)
        mask = self._with_special_tokens(rows)[1]
        place = torch.arange(mask.shape[1], device=ids.device)[None] - len(self.prefix)
        is_piece = (place >= 0) & (place < (rows > PADDING).sum(dim=1, keepdim=True))
        if n_windows is not None:
            place = place + self.windows.starts(n_windows)[:, None]
        place = torch.where(is_piece, place, ids.shape[1])
        if n_windows is None:
            return place
        return join_windows(place[:, :, None], mask, n_windows)[0][:, :, 0]

    def _rows(self, ids):
        """Return the rows that the encoder reads, and how many each text has, None for one each."""
        return self.windows.split(ids) if self.windows.may_split(ids) else (ids, None)

    def _states(self, ids):
        model_ids, mask = self._with_special_tokens(ids)
        states = self.encoder(model_ids, mask)
        return (states[:, :1], mask[:, :1]) if self.reads_first else (states, mask)

    def _with_special_tokens(self, ids):
        """Turn ids into those of the model, with the special tokens around each row."""
        is_piece = ids > PADDING  # no piece of a text can be taken for padding
        lengths = is_piece.sum(dim=1, keepdim=True)  # (n_rows, 1)
        own = torch.where(ids == UNKNOWN, self.unknown_id, ids - N_RESERVED)
        own = own.masked_fill(~is_piece, self.encoder.pad_id)
        n_rows, n_before, n_behind = len(ids), len(self.prefix), len(self.suffix)
        before = own.new_tensor(self.prefix).expand(n_rows, n_before)
        behind = own.new_full((n_rows, n_behind), self.encoder.pad_id)
        model_ids = torch.cat([before, own, behind], dim=1)
        place = torch.arange(model_ids.shape[1], device=ids.device)[None]
        ends = lengths + n_before
        for i, number in enumerate(self.suffix):
            model_ids = model_ids.masked_fill(place == ends + i, number)
        # The encoder has to read something of a text without any token.
        return model_ids, place < (ends + n_behind).clamp(min=1)

    @property
    def n_tokens_at_once(self) -> int:
        """Padded tokens that are best predicted at once."""
        return TOKENS_ON_CUDA if self.head.weight.is_cuda else TOKENS_ON_CPU

    # -- training ---------------------------------------------------------------------

    @property
    def layers(self) -> list[tuple[str, nn.Module]]:
        """The layers of the encoder from the input to the output, by the names of parameters."""
        return [(f"encoder.{name}", layer) for name, layer in self.encoder.blocks]

    def adapt(self, lora: Any, seed: int) -> None:
        """Add low-rank adapters to the encoder, which alone are trained from now on.

        Parameters
        ----------
        lora : True, int or peft.LoraConfig
            Rank, or a configuration, which is copied.
        seed : int
            Decides the start of the adapters.
        """
        self.adapters = Adapters(self.encoder, lora, seed)
        self.freeze(self.frozen)

    def merge(self) -> None:
        """Add the adapters to the weights of the encoder, if it has some, and take them out."""
        if self.adapters is not None:
            self.adapters.merge(self.encoder)
            self.adapters = None
            self.freeze(self.frozen)

    def remember(self, known: bool) -> None:
        """Compute the vector of a text once for all epochs in which the encoder is frozen.

        Parameters
        ----------
        known : bool
            False computes each vector again, and drops those that are known.
        """
        self.known = KnownVectors() if known else None

    @property
    def is_fixed(self) -> bool:
        """Whether training changes the output layer alone, not the vectors that it reads."""
        return (self.frozen or self.trained_layers == 0) and self.pooling.scorer is None

    @property
    def fixed(self) -> set[str]:
        """Names of the parameters that are never trained."""
        names = [f"encoder.{name}" for name, _ in self.encoder.named_parameters()]
        others = set() if self.adapters is None else set(names) - self.adapters.names
        return others | self._below_trained(names)

    def _below_trained(self, names):
        """Return those of some names whose parameters are below the layers that are trained."""
        if self.trained_layers == "all":
            return set()
        if self.trained_layers == 0:
            return set(names)
        kept = tuple(f"{name}." for name, _ in self.layers[: -self.trained_layers])
        below = {f"encoder.{name}" for name in self.encoder.below_blocks}
        return {name for name in names if name in below or name.startswith(kept)}

    def freeze(self, frozen: bool) -> None:
        """Keep all of the encoder as it is, or train the layers that are to be trained.

        Parameters
        ----------
        frozen : bool
            Whether the encoder is frozen.
        """
        self.frozen = frozen
        self.remember(self.known is not None)
        fixed = self.fixed
        for name, weights in self.encoder.named_parameters():
            weights.requires_grad_(not frozen and f"encoder.{name}" not in fixed)
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """Set the mode; what is not trained has no dropout either."""
        super().train(mode)
        if mode and self.frozen:
            self.encoder.eval()
        elif mode and self.trained_layers != "all":
            self.encoder.eval()
            for _, layer in self.layers[len(self.layers) - self.trained_layers :]:
                layer.train()
        return self


def refuse_pooling(pooling, encoder, pieces):
    """Raise if an encoder has no state that ``pooling`` could take."""
    if pooling not in ("cls", *POOLINGS):
        raise ValueError(
            f"pooling must be one of {', '.join(('cls', *POOLINGS))}; got {pooling!r}."
        )
    if pooling == "cls" and not pieces.prefix:
        raise ValueError(
            "pooling='cls' needs a special token before each text, and this tokenizer puts none "
            "there. Set pooling='mean', or 'last' for models that write texts."
        )
    if pooling == "cls" and encoder.is_causal:
        raise ValueError(
            "pooling='cls' takes the first state, which has seen nothing of the text in a model "
            "that reads each token with the earlier ones alone. Set pooling='last' or 'mean'."
        )


def check_layers(trained_layers, encoder):
    """Return the number of layers to train, or "all"; raise if there are fewer."""
    n_layers = len(encoder.blocks)
    if trained_layers == "all" or trained_layers == 0:
        return trained_layers
    if not n_layers:
        raise ValueError(
            f"trained_layers must be 'all' or 0 for a {type(encoder.model).__name__}, whose layers "
            f"cannot be told apart; got {trained_layers}."
        )
    if trained_layers > n_layers:
        raise ValueError(
            f"trained_layers must be at most {n_layers}, the number of layers of the model; got "
            f"{trained_layers}. 'all' trains these and the embeddings."
        )
    return trained_layers
