"""The skorch net inside every classifier: skorch's history and callbacks, our batches."""

import copy
import dis

import numpy as np
import torch
from sklearn.base import ClassifierMixin
from skorch import NeuralNet
from skorch.callbacks import EpochTimer, PassthroughScoring

from sktext import _threads
from sktext._devices import move
from sktext._sums import stable_dot
from sktext._training._batches import in_prediction_order
from sktext._training._divergence import refuse_bad_losses, refuse_bad_network
from sktext._training._epochs import EpochsMixin
from sktext._training._going_on import restore_training, training_state
from sktext._training._steps import StepsMixin
from sktext._training._unchecked_gradients import unchecked_gradients
from sktext.modules import RaggedTokens

# Texts that are worth the threads of all cores to predict, were it for a moment.
MANY_TEXTS = 64

# Epochs that the history of chunks holds: streams have no end.
MAX_HISTORY = 1000


class Net(EpochsMixin, StepsMixin, ClassifierMixin, NeuralNet):
    """A skorch net trained on batches that carry their weights.

    Parameters
    ----------
    module : Module
        The built network.
    criterion : Loss
        The built loss.
    n_classes : int
        Number of classes or labels.
    optimizer : OptimizerPlan or None
        Makes the optimizer from the module; None is a net that only predicts.
    half : {"bfloat16", "float16"} or None
        Precision of the forward pass, if it is not that of the weights.
    compiles : bool
        Whether the network is compiled for training.
    **net_params : dict
        Passed to skorch.
    """

    def __init__(
        self,
        module,
        *,
        criterion,
        n_classes,
        optimizer=None,
        half=None,
        compiles=False,
        **net_params,
    ):
        # skorch divides the length of a data set by batch_size; ours consist of batches.
        params = {"callbacks": "disable", "verbose": 0, "batch_size": 1} | net_params
        super().__init__(module, criterion=criterion, optimizer=optimizer, **params)
        self.n_classes = n_classes
        self.half = half
        self.compiles = compiles
        self.goes_on = False
        self.keeps_optimizer = False
        self.optimizer_name = None
        self.n_forgotten = 0

    # -- set-up -----------------------------------------------------------------------

    @property
    def torch_device(self):
        """The device the net is on."""
        return torch.device(self.device)

    @property
    def dtype(self):
        """The type of number that the network computes with."""
        return next(self.module_.parameters()).dtype

    @property
    def classes_(self):
        """Class numbers, for scoring callbacks."""
        return np.arange(self.n_classes)

    @property
    def n_epochs(self):
        """Epochs that were begun, with those that the history has no more."""
        return self.n_forgotten + len(self.history_)

    def initialize_optimizer(self, *args, **kwargs):
        """Make the optimizer that the plan asks for."""
        self.optimizer_ = None if self.optimizer is None else self.optimizer.make(self.module_)
        return self

    def check_training_readiness(self):
        """Nothing to check: a net is always built whole."""

    @property
    def _default_callbacks(self):
        return [
            ("epoch_timer", EpochTimer()),
            ("train_loss", PassthroughScoring(name="train_loss", on_train=True)),
            ("valid_loss", PassthroughScoring(name="valid_loss")),
        ]

    # -- training ---------------------------------------------------------------------

    def begin(self, plan, callbacks, *, verbose=0, go_on=False):
        """Set the net up for a run of training.

        Parameters
        ----------
        plan : OptimizerPlan
        callbacks : list of (str, Callback)
            Next to those that fill the history.
        verbose : int, default=0
        go_on : bool, default=False
            Keep the optimizer of the last run, with what it remembers.
        """
        self.verbose = 0
        self.callbacks = callbacks
        self._initialize_callbacks()
        # What an epoch of fit has left, such as a step size at its end, is not to go on from.
        if go_on and self.goes_on and plan.continues(self.optimizer):
            plan.set_lr(self.optimizer_, self.optimizer)
            self.optimizer = plan
        else:
            self.optimizer = plan
            self._initialize_optimizer()
        if go_on:
            self.forget_epochs()
        self.goes_on = go_on
        self.optimizer_name = plan.name or type(self.optimizer_).__name__
        self.verbose = verbose

    def forget_epochs(self):
        """Drop the oldest epochs of a long history, and the batches of all."""
        n_dropped = max(0, len(self.history_) + 1 - MAX_HISTORY)
        del self.history_[:n_dropped]
        self.n_forgotten += n_dropped
        for epoch in self.history_:
            epoch["batches"] = []

    def lengthen_optimizer(self, weight, n_before):
        """Let an optimizer that goes on remember the rows that a parameter has got more.

        What it remembers of new rows is what a new optimizer would.

        Parameters
        ----------
        weight : Parameter
        n_before : int
            How many rows it had.
        """
        if not self.goes_on or len(weight) == n_before:
            return
        state = self.optimizer_.state[weight]
        new = self.optimizer.make(self.module_).state[weight]
        for name, value in state.items():
            if torch.is_tensor(value) and value.ndim and len(value) == n_before:
                more = value.new_zeros(len(weight) - n_before, *value.shape[1:])
                state[name] = torch.cat([value, new[name][n_before:] if name in new else more])

    def train(self, train, valid, max_epochs):
        """Run the training loop.

        Parameters
        ----------
        train : Batches
        valid : Batches or None
        max_epochs : int

        Raises
        ------
        KeyboardInterrupt
            If the user pressed Ctrl-C; what a callback raises to stop ends training.
        """
        self.stop_training = False
        self.start_steps()
        rows = train.x
        train = train.to(self.torch_device)
        valid = None if valid is None else valid.to(self.torch_device)
        self.first_epoch = 0  # a callback that goes on from a checkpoint says otherwise
        self.notify("on_train_begin", X=train, y=None)
        try:
            with unchecked_gradients():
                self.fit_loop((train, valid), epochs=max_epochs)
        except KeyboardInterrupt as interrupt:
            if not raised_by_callback(interrupt, self):
                raise
        finally:
            self.notify("on_train_end", X=train, y=None)
        refuse_bad_network(self, rows)
        return self

    def fit_loop(self, X, y=None, epochs=None, **fit_params):
        """Run epochs until the end, convergence, or a callback that sets ``stop_training``."""
        train, valid = X
        parts = {"dataset_train": train, "dataset_valid": valid}
        for epoch in range(self.first_epoch, epochs):
            if self.stop_training:  # a run that goes on may have been about to stop
                break
            self.criterion_.set_progress(epoch / epochs)
            self.notify("on_epoch_begin", **parts)
            self.run_single_epoch(train, training=True, prefix="train", step_fn=self.train_step)
            self.run_single_epoch(
                valid, training=False, prefix="valid", step_fn=self.validation_step
            )
            self.refuse_divergence(epoch)
            self.notify("on_epoch_end", **parts)
            if self.optimizer.has_converged(self.history, epoch):
                break
        return self

    def on_epoch_begin(self, net, **kwargs):
        """Number the epoch, whatever the history has forgotten."""
        super().on_epoch_begin(net, **kwargs)
        self.history.record("epoch", self.n_epochs)

    def refuse_divergence(self, epoch):
        """Say that the loss is no number any more."""
        batches = self.history[-1]["batches"]
        losses = [batch["train_loss"] for batch in batches if "train_loss" in batch]
        refuse_bad_losses(losses, epoch)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Compute the weighted loss, with the penalty on the weights in training."""
        device = self.torch_device
        weight = None if X.weight is None else move(X.weight, device)
        loss = self.criterion_(y_pred, move(y_true, device), weight)
        if training and self.optimizer.penalty:
            squares = sum(HalfSquares.apply(weight) for weight in decayed(self.module_))
            loss = loss + self.optimizer.penalty * squares
        added = self.criterion_.penalty(self.module_) if training else None
        return loss if added is None else loss + added

    def get_train_step_accumulator(self):
        """Keep the last of the evaluations an optimizer makes in one step."""
        return LastStep()

    # -- prediction -------------------------------------------------------------------

    def get_dataset(self, X, y=None):
        """Batches are their own data set."""
        return X

    def get_iterator(self, dataset, training=False):
        """Batches iterate over themselves."""
        return dataset

    def logits(self, x):
        """Compute the logits of rows.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_features), SparseRows or RaggedTokens

        Returns
        -------
        logits : tensor of shape (n_samples, n_outputs), on the CPU
        """
        self.module_.eval()
        device = self.torch_device
        logits = None
        with torch.inference_mode():
            for rows, batch in in_prediction_order(x):
                _threads.look(is_large=isinstance(x, RaggedTokens) and len(x) >= MANY_TEXTS)
                part = self.forward_in_precision(self.module_, batch.to(device)).cpu()
                if logits is None:
                    logits = part.new_empty(len(x), part.shape[1])
                logits[rows] = part
        return logits

    def predict_proba(self, X):
        """Predict probabilities of batches; for callbacks."""
        logits = self.forward(X, device=self.device).detach()
        return self.criterion_.predict_proba(logits).cpu().numpy()

    def predict(self, X):
        """Predict class numbers or label indicators of batches; for callbacks."""
        logits = self.criterion_.final_logits(self.forward(X).detach()).cpu().numpy()
        if self.criterion_.task_ == "multiclass":
            return logits.argmax(axis=1)
        return (logits[:, 0] if self.criterion_.task_ == "binary" else logits).astype(float) > 0

    # -- persistence ------------------------------------------------------------------

    def __getstate__(self):
        """Keep what predicts: network and loss on the CPU and the history per epoch."""
        history = copy.copy(self.history_)
        history[:] = [{**epoch, "batches": []} for epoch in self.history_]
        return {
            "module": on_cpu(self.module_),
            "criterion": on_cpu(self.criterion_),
            "n_classes": self.n_classes,
            "half": self.half,
            "compiles": self.compiles,
            "device": str(self.device),
            "history": history,
            "n_forgotten": self.n_forgotten,
            "optimizer_name": self.optimizer_name,
            "training": training_state(self) if self.keeps_optimizer else None,
        }

    def __setstate__(self, state):
        device = torch.device(state["device"])
        if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self.__init__(
            state["module"],
            criterion=state["criterion"],
            n_classes=state["n_classes"],
            half=state["half"],
            compiles=state["compiles"],
            device=str(device),
        )
        self.initialize()
        self.history_ = state["history"]
        self.n_forgotten = state["n_forgotten"]
        self.optimizer_name = state["optimizer_name"]
        if state["training"] is not None:
            restore_training(self, state["training"])


class HalfSquares(torch.autograd.Function):
    """Half the sum of squares of a tensor; its gradient is the tensor."""

    @staticmethod
    def forward(ctx, weight):
        ctx.save_for_backward(weight)
        flat = weight.flatten()
        return stable_dot(flat, flat) / 2

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.saved_tensors[0]


class LastStep:
    """Accumulator of the last evaluation of an optimizer's step."""

    def __init__(self):
        self.step = None

    def store_step(self, step):
        """Remember an evaluation."""
        self.step = step

    def get_step(self):
        """Give the last one."""
        return self.step


def decayed(module):
    """Give the parameters that weight decay is for: all but biases and scales."""
    return [value for value in module.parameters() if value.ndim > 1]


def on_cpu(module):
    """Give the module itself if it is on the CPU, else a copy that is."""
    tensors = [*module.parameters(), *module.buffers()]
    if all(tensor.device.type == "cpu" for tensor in tensors):
        return module
    return copy.deepcopy(module).cpu()


def raised_by_callback(interrupt, net):
    """Tell a callback's ``raise KeyboardInterrupt``, which ends training, from Ctrl-C.

    Both may surface in a callback's frame; only the callback's own is a raise statement.
    """
    trace = interrupt.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    frame = trace.tb_frame
    instruction = frame.f_code.co_code[trace.tb_lasti]
    raiser = frame.f_locals.get("self")
    is_callback = any(callback is raiser for _, callback in net.callbacks_)
    return is_callback and dis.opname[instruction] == "RAISE_VARARGS"
