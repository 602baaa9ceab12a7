"""A pretrained encoder behind one interface, whatever its family."""

import copy
import inspect
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from sktext._optional import import_optional
from sktext._pretrained._quiet import without_draws
from sktext._pretrained._sizes import max_positions, n_ids, n_layers

# What families call the tables of vectors, and the stack of layers, in their first modules.
EMBEDDINGS = (
    "embeddings",
    "embed_tokens",
    "tok_embeddings",
    "wte",
    "wpe",
    "shared",
    "embed_positions",
)


# Tokens of padding with which an encoder is asked whether it sees them, and what is still the same.
N_PADDING, SAME = 7, 1e-4


class PretrainedEncoder(nn.Module):
    """Ids to states, by a model of transformers without its head.

    A pickle holds the configuration and the weights, nothing of the folder that they came from,
    and is loaded without a network.

    Parameters
    ----------
    model : PreTrainedModel
        In float32.
    is_part : bool, default=False
        Whether the model is the encoder of one that has a decoder, too.
    sees_padding : bool or None, default=None
        Whether padding changes the states of a text in spite of the mask; None is to find out.
        Convolutions over tokens, as of ConvBERT, and Fourier transforms, as of FNet, read it as if
        it were text. Texts of equal length are then computed together, without padding.

    Attributes
    ----------
    hidden_size : int
        Length of a state.
    max_positions : int or None
        Tokens of a text at most, special ones included; None is any number.
    n_ids : int or None
        Ids that have a vector; None if the model says nothing.
    pad_id : int
        Id of the model that stands for padding.
    """

    def __init__(self, model, is_part=False, sees_padding=None):
        super().__init__()
        self.model = model
        self.is_part = is_part
        if hasattr(model.config, "use_cache"):  # only for texts that are written word by word
            model.config.use_cache = False
        self.sees_padding = self._sees_padding() if sees_padding is None else sees_padding

    @property
    def config(self):
        """The configuration of the model."""
        return self.model.config

    @property
    def hidden_size(self):
        return self.config.hidden_size

    @property
    def max_positions(self):
        return max_positions(self.model)

    @property
    def n_ids(self):
        return n_ids(self.model)

    @property
    def pad_id(self):
        pad_id = getattr(self.config, "pad_token_id", None)
        return 0 if pad_id is None else pad_id

    def _sees_padding(self):
        first, second, third = [number for number in range(4) if number != self.pad_id][:3]
        ids = torch.tensor([[first, second, third, *[self.pad_id] * N_PADDING]])
        ids = ids[:, : self.max_positions]
        mask = torch.arange(ids.shape[1])[None] < 3
        with torch.no_grad(), without_draws(), in_evaluation(self.model):
            alone = self._states(ids[:, :3], mask[:, :3])
            padded = self._states(ids, mask)[:, :3]
        return not torch.allclose(alone, padded, atol=SAME, rtol=SAME)

    @property
    def is_causal(self) -> bool:
        """Whether a state depends on earlier tokens alone, as in models that write texts."""
        first, *last = [number for number in range(4) if number != self.pad_id][:3]
        ids = torch.tensor([[first, number] for number in last])
        ids = ids.to(next(self.parameters()).device)
        with torch.no_grad(), in_evaluation(self.model):
            states = self._states(ids, torch.ones_like(ids, dtype=torch.bool))[:, 0]
        return torch.equal(states[0], states[1])

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Compute the states of the tokens.

        Parameters
        ----------
        ids : int tensor of shape (n_samples, length)
            Ids of the model, padded on the right with ``pad_id``.
        mask : bool tensor of shape (n_samples, length), default=None
            False at the padding; None if there is none.

        Returns
        -------
        states : tensor of shape (n_samples, length, hidden_size)
        """
        if mask is None or not self.sees_padding:
            return self._states(ids, mask)
        lengths = mask.sum(dim=1)
        states = ids.new_zeros((*ids.shape, self.hidden_size), dtype=torch.float32)
        for length in lengths.unique().tolist():
            rows = (lengths == length).nonzero()[:, 0]
            found = self._states(ids[rows, :length], None)
            states = states.to(found.dtype)
            states[rows, :length] = found
        return states

    def _states(self, ids, mask):
        attention_mask = None if mask is None else mask.long()
        return self.model(input_ids=ids, attention_mask=attention_mask).last_hidden_state

    # -- its layers -------------------------------------------------------------------

    @property
    def blocks(self):
        """The layers from the input to the output, as pairs of a name and a module.

        Empty if there is no such list, as in ALBERT, whose layers share their weights, or several,
        as in XLM, where each part of a layer is in a list of its own.
        """
        stacks = [
            (name, module)
            for name, module in self.model.named_modules()
            if isinstance(module, nn.ModuleList) and len(module) == n_layers(self.config)
        ]
        if not stacks:
            return []
        name, stack = stacks[0]
        parent = name.rpartition(".")[0]
        if any(other.rpartition(".")[0] == parent for other, _ in stacks[1:]):
            return []
        return [(f"model.{name}.{i}", layer) for i, layer in enumerate(stack)]

    @property
    def below_blocks(self):
        """Names of the parameters that the first layer reads: the embeddings."""
        in_blocks = tuple(f"{name}." for name, _ in self.blocks)
        names = [name for name, _ in self.named_parameters() if not name.startswith(in_blocks)]
        return [name for name in names if any(part in EMBEDDINGS for part in name.split("."))]

    # -- copies and pickles -----------------------------------------------------------

    def remember(self, config, weights):
        """Take note of adapters that are about to be merged; the merged weights are enough."""

    def copy_with(self, model):
        """Wrap a copy of the model."""
        return type(self)(model, self.is_part, self.sees_padding)

    def __deepcopy__(self, memo):
        copied = self.copy_with(copy.deepcopy(self.model, memo))
        copied.train(self.training)
        return copied

    def __getstate__(self) -> dict[str, Any]:
        if has_remote_code(self.model):  # only the class itself can make it again
            return {"model": self.model, **self._own_state}
        return {
            "config": self.config.to_dict() | {"_name_or_path": ""},
            "attention": self.config._attn_implementation,
            "weights": {name: x.cpu() for name, x in self.model.state_dict().items()},
            "frozen": [name for name, x in self.model.named_parameters() if not x.requires_grad],
            **self._own_state,
        }

    @property
    def _own_state(self):
        names = "is_part", "sees_padding", "training"
        return {name: getattr(self, name) for name in names}

    def __setstate__(self, state):
        model = state["model"] if "model" in state else rebuild(state)
        self.__init__(model, state["is_part"], state["sees_padding"])
        self.train(state["training"])


@contextmanager
def in_evaluation(module):
    """Switch dropout off, and put the mode of each part of a module back."""
    modes = {part: part.training for part in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for part, mode in modes.items():
            part.training = mode


def rebuild(state):
    """Make the model of a pickle again."""
    transformers = import_optional("transformers", "pretrained")
    description = dict(state["config"])
    kind = description.pop("model_type")
    config = transformers.AutoConfig.for_model(kind, **description)
    config._attn_implementation = state["attention"]
    with without_draws():
        model = build(config, state["is_part"])
    model.load_state_dict(state["weights"], assign=True)
    for name, weights in model.named_parameters():
        weights.requires_grad_(name not in state["frozen"])
    return model


def build(config, is_part=False):
    """Make a model with random weights from its configuration."""
    transformers = import_optional("transformers", "pretrained")
    kind = transformers.MODEL_MAPPING[type(config)]
    model = kind(config, **without_pooler(kind))
    return model.get_encoder() if is_part else model


def without_pooler(kind):
    """Return the arguments with which a class leaves out a pooler that nobody reads."""
    takes_it = "add_pooling_layer" in inspect.signature(kind.__init__).parameters
    return {"add_pooling_layer": False} if takes_it else {}


def has_remote_code(model):
    """Return whether a model is of a class that came with its files."""
    return type(model).__module__.split(".")[0] == "transformers_modules"
