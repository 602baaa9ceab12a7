"""Networks around pretrained encoders: their step sizes, and what their training needs."""

from contextlib import ExitStack, contextmanager
from functools import partial

import torch
from skorch.callbacks import Callback
from torch.utils.checkpoint import checkpoint

from sktext._global_draws import own_draws
from sktext._torch_defaults import torch_defaults
from sktext._training._callbacks import GradientClipping
from sktext._training._drawing_network import DrawingNetwork
from sktext._training._half_precision import HalfPrecisionNetwork
from sktext._training._optimizer_plan import StepSizes

# The largest states of encoders that bear a step size: measured for small ones, and the usual
# advice for the others.
STEP_SIZES = ((384, 2e-4), (768, 5e-5), (float("inf"), 2e-5))
# The head starts at zero, and has to go further than weights that are trained already.
HEAD_STEP_SIZE = 5e-3
# Adapters start without effect and are few, so that they bear larger steps.
ADAPTER_STEP_SIZE = 1e-3
MAX_GRADIENT_NORM = 1.0


class PretrainedNetwork(DrawingNetwork, HalfPrecisionNetwork):
    """A ``TransformerNetwork`` in training.

    Parameters
    ----------
    make : callable
        From the features, the number of outputs and a seed to the module.
    dtype, device, compile : object
        As of ``HalfPrecisionNetwork``.
    head_lr : float or "auto"
    layer_decay : float
    frozen_epochs : int
    gradient_checkpointing : bool
    lora : bool, int or peft.LoraConfig
    seed : int or None
        Seed of an earlier fit.
    """

    def __init__(
        self,
        make,
        dtype,
        device,
        compile,
        *,
        head_lr,
        layer_decay,
        frozen_epochs,
        gradient_checkpointing,
        lora=False,
        seed=None,
    ):
        super().__init__(make, dtype, device, compile)
        self.head_lr = head_lr
        self.layer_decay = layer_decay
        self.frozen_epochs = frozen_epochs
        self.gradient_checkpointing = gradient_checkpointing
        self.lora = lora
        self.seed = seed

    def make_module(self, features, x, weight, n_outputs, seed):
        self.seed = seed
        with own_draws(seed), torch_defaults():
            module = self.make(features, n_outputs, seed)
        self._refuse_without_layers(module)
        return module

    def _refuse_without_layers(self, module):
        """Raise if something is asked of layers which cannot be told apart, as in ALBERT."""
        asked = {
            "layer_decay=1": self.layer_decay != 1,
            "gradient_checkpointing=False": self.gradient_checkpointing,
        }
        for usual, is_asked in asked.items():
            if is_asked and not module.layers:
                raise ValueError(
                    f"{usual.partition('=')[0]} needs layers that can be told apart, and those of "
                    f"a {type(module.encoder.model).__name__} cannot; set {usual}."
                )

    def begin(self, module):
        if self.lora is not False and module.adapters is None:
            module.adapt(self.lora, self.seed)

    def step_sizes(self, module):
        size = module.encoder.hidden_size
        lr = next(lr for largest, lr in STEP_SIZES if size <= largest)
        if module.adapters is not None:
            lr = ADAPTER_STEP_SIZE
        head_lr = HEAD_STEP_SIZE if self.head_lr == "auto" else self.head_lr
        groups = [(("head.*", "pooling.*", "column_layer.*"), {"lr": head_lr})]
        if self.layer_decay != 1:
            names = [name for name, _ in module.layers]
            below = tuple(f"encoder.{name}" for name in module.encoder.below_blocks)
            patterns = [below, *((f"{name}.*",) for name in names)]
            groups += [
                (some, {"lr_factor": self.layer_decay**depth})
                for depth, some in enumerate(reversed(patterns))
            ]
        return StepSizes(lr, tuple(groups), tuple(sorted(module.fixed)))

    def callbacks(self):
        return [
            *super().callbacks(),
            ("encoder_freezer", EncoderFreezer(self.frozen_epochs)),
            ("gradient_clipping", GradientClipping(MAX_GRADIENT_NORM)),
        ]

    @contextmanager
    def training(self, net):
        layers = [layer for _, layer in net.module_.layers] if self.gradient_checkpointing else []
        net.module_.remember(not net.compiles)  # what is compiled cannot look up
        try:
            with super().training(net), ExitStack() as stack:
                for layer in layers:
                    stack.enter_context(checkpointed(layer))
                yield
        finally:
            net.module_.remember(False)
            give_back_memory(net)
            if net.module_.adapters is not None:
                net.module_.merge()
                net.resumable = False  # the optimizer knows weights that are gone


class EncoderFreezer(Callback):
    """Train the head alone for some epochs, and the encoder from then on.

    Parameters
    ----------
    n_epochs : int
    """

    def __init__(self, n_epochs):
        self.n_epochs = n_epochs

    def on_epoch_begin(self, net, **kwargs):
        frozen = net.n_epochs <= self.n_epochs  # the epoch that begins is counted
        if frozen != net.module_.frozen:
            net.module_.freeze(frozen)


@contextmanager
def checkpointed(layer):
    """Let a layer keep nothing for its gradients but its input, and compute the rest again."""
    forward = layer.forward

    def compute(*args, **kwargs):
        if not torch.is_grad_enabled():
            return forward(*args, **kwargs)
        return checkpoint(partial(forward, **kwargs), *args, use_reentrant=False)

    layer.forward = compute
    try:
        yield
    finally:
        del layer.forward


def give_back_memory(net):
    """Drop what only training needs: gradients, and what the optimizer of ``fit`` remembers."""
    for weights in net.module_.parameters():
        weights.grad = None
    if not net.resumable:
        net.optimizer_.state.clear()
