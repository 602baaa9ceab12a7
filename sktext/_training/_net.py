"""The skorch net inside every classifier: skorch's history and callbacks, our batches."""

import numpy as np
import torch
from sklearn.base import ClassifierMixin
from skorch import NeuralNet
from skorch.callbacks import EpochTimer, PassthroughScoring
from skorch.history import History

from sktext import _threads
from sktext._training._batches import in_prediction_order
from sktext._training._loop import loss_of
from sktext._training._memory import memory_of_prediction
from sktext._training._net_state import net_state, restore_net
from sktext.modules import RaggedTokens

# From this many texts on, prediction uses the threads of all cores.
MANY_TEXTS = 64
# Epochs that the history of partial_fit keeps, as streams have no end.
MAX_HISTORY = 1000
HALF = {"bfloat16": torch.bfloat16, "float16": torch.float16}


class Net(ClassifierMixin, NeuralNet):
    """A skorch net on batches that carry their weights.

    Parameters
    ----------
    module : Module
        The built network.
    criterion : Loss
        The built loss.
    n_classes : int
        Number of classes or labels.
    optimizer : OptimizerPlan or None
        Makes the optimizer; None for a net that only predicts.
    half : {"bfloat16", "float16"} or None
        Precision of the forward pass, if not that of the weights.
    compiles : bool
        Whether the network is compiled for training.
    **net_params : dict
        Passed to skorch.

    Attributes
    ----------
    class_counts : ndarray of shape (n_classes,)
        Training rows (sum of their weights) of each class.
    prior_logits : tensor of shape (n_outputs,) or None
        Logits of texts without a token that training has seen.
    shrinkage : Shrinkage or None
        The weight decay that was chosen from the rows.
    best_validation_score : float or None
    resumable : bool
        Whether the next ``partial_fit`` can resume with the state of the optimizer.
    """

    history_: History

    # Set by ``begin``; a net that only predicts has neither.
    scaler_ = None
    compiled_ = None

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
        self.resumable = False
        self.keeps_optimizer = False
        self.optimizer_name = self.weight_decay = None
        self.n_forgotten = 0
        self.first_epoch = 0  # later where a callback has restored a checkpoint
        self.class_counts = self.prior_logits = self.best_validation_score = None
        self.shrinkage = None

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
    def n_tokens_at_once(self):
        """Padded tokens that the network should predict at once; None if it has no wish."""
        return getattr(self.module_, "n_tokens_at_once", None)

    @property
    def classes_(self):
        """Class numbers, for scoring callbacks."""
        return np.arange(self.n_classes)

    @property
    def n_epochs(self):
        """Epochs that have begun, including those that the history no longer has."""
        return self.n_forgotten + len(self.history_)

    def initialize_optimizer(self, *args, **kwargs):
        """Make the optimizer of the plan."""
        self.optimizer_ = None if self.optimizer is None else self.optimizer.make(self.module_)
        return self

    def check_training_readiness(self):
        """Do nothing: a net is always fully built."""

    @property
    def _default_callbacks(self):
        return [
            ("epoch_timer", EpochTimer()),
            ("train_loss", PassthroughScoring(name="train_loss", on_train=True)),
            ("valid_loss", PassthroughScoring(name="valid_loss")),
        ]

    # -- training ---------------------------------------------------------------------

    def begin(self, plan, callbacks, *, verbose=0, partial=False):
        """Set the net up for a run of training.

        Parameters
        ----------
        plan : OptimizerPlan
        callbacks : list of (str, Callback)
            Beside those that fill the history.
        verbose : int, default=0
        partial : bool, default=False
            Whether to keep the optimizer of the last run with its state.
        """
        self.verbose = 0
        self.callbacks = callbacks
        self._initialize_callbacks()
        # The optimizer of fit is not kept, as its learning rate may have decayed, for example.
        if partial and self.resumable and plan.can_resume(self.optimizer):
            plan.set_lr(self.optimizer_, self.optimizer)
            self.optimizer = plan
        else:
            self.optimizer = plan
            self._initialize_optimizer()
        if partial:
            self.forget_epochs()
        self.resumable = partial
        self.optimizer_name = plan.name or type(self.optimizer_).__name__
        self.weight_decay = plan.weight_decay
        self.verbose = verbose
        self.stop_training = False
        self.first_epoch = 0
        self.set_training(True)  # also modules that were built in another mode
        scales = self.half == "float16" and self.torch_device.type == "cuda"
        self.scaler_ = torch.amp.GradScaler("cuda") if scales else None
        # skorch refuses modules that are set outside of its own initialize methods.
        vars(self)["compiled_"] = self.compile_module() if self.compiles else None

    def compile_module(self):
        """Compile the network, for batches of any length."""
        return torch.compile(self.module_, dynamic=True)

    def set_training(self, training):
        """Set the mode of the network and of the loss."""
        self.module_.train(training)
        self.criterion_.train(training)

    def notify(self, method_name, **cb_kwargs):
        """Call the callbacks; a ``KeyboardInterrupt`` that one of them raises ends training.

        This is how skorch's callbacks, such as its ``EarlyStopping``, stop training. Ctrl-C
        surfaces elsewhere and is raised.
        """
        getattr(self, method_name)(self, **cb_kwargs)
        for _, callback in self.callbacks_:
            try:
                getattr(callback, method_name)(self, **cb_kwargs)
            except KeyboardInterrupt as interrupt:
                in_callback = interrupt.__traceback__.tb_next
                is_ours = type(callback).__module__.startswith("sktext.")
                if is_ours or in_callback is None or in_callback.tb_next is not None:
                    raise
                self.stop_training = True
                return

    def on_epoch_begin(self, net, **kwargs):
        """Number the epoch, including those that the history no longer has."""
        super().on_epoch_begin(net, **kwargs)
        self.history.record("epoch", self.n_epochs)

    def forget_epochs(self):
        """Drop the oldest epochs of a long history, and the batches of all epochs."""
        n_dropped = max(0, len(self.history_) + 1 - MAX_HISTORY)
        del self.history_[:n_dropped]
        self.n_forgotten += n_dropped
        for epoch in self.history_:
            epoch["batches"] = []

    # -- prediction -------------------------------------------------------------------

    def infer(self, x, **fit_params):
        """Compute the logits of the rows of a batch."""
        _threads.look()
        rows = x.to(self.torch_device).x
        forward = self.module_ if self.compiled_ is None else self.compiled_
        return self.forward_in_precision(forward, rows)

    def forward_in_precision(self, forward, rows):
        """Run the network on rows, in half precision if that is set."""
        if isinstance(rows, RaggedTokens):
            if rows.columns is not None:
                texts = RaggedTokens(rows.indptr, rows.ids)
                logits = self.forward_in_precision(forward, texts)
                return logits + self.module_.column_layer(rows.columns)
            rows = rows.padded()
        if self.half is None or (self.half == "float16" and self.torch_device.type == "cpu"):
            return forward(rows)  # a net that was fitted in float16 on CUDA
        with torch.autocast(self.torch_device.type, HALF[self.half]):
            logits = forward(rows)
        return logits.float()

    def logits_of_columns(self, columns):
        """Compute what columns beside texts add to the logits of these.

        Parameters
        ----------
        columns : tensor of shape (n_samples, n_columns)

        Returns
        -------
        logits : tensor of shape (n_samples, n_outputs), float64, on the CPU
        """
        self.module_.eval()
        with torch.inference_mode():
            return self.module_.column_layer(columns.to(self.torch_device)).cpu().double()

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Compute the loss of a batch, for skorch and its callbacks."""
        return loss_of(self, y_pred, y_true, X.weight, training=training)

    def get_dataset(self, X, y=None):
        """Return batches unchanged: they are their own data set."""
        return X

    def get_iterator(self, dataset, training=False):
        """Return batches unchanged: they iterate over themselves."""
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
            for rows, batch in in_prediction_order(x, self.n_tokens_at_once):
                _threads.look(is_large=isinstance(x, RaggedTokens) and len(x) >= MANY_TEXTS)
                with memory_of_prediction(batch):
                    found = self.forward_in_precision(self.module_, batch.to(device)).cpu()
                if logits is None:
                    logits = found.new_empty(len(x), found.shape[1])
                logits[rows] = found
        return logits

    def predict_proba(self, X):
        """Predict probabilities of batches, for callbacks."""
        logits = self.forward(X, device=self.device).detach()
        return self.criterion_.predict_proba(logits).cpu().numpy()

    def predict(self, X):
        """Predict class numbers or label indicators of batches, for callbacks."""
        logits = self.criterion_.final_logits(self.forward(X).detach()).cpu().numpy()
        if self.criterion_.task_ == "multiclass":
            return logits.argmax(axis=1)
        return (logits[:, 0] if self.criterion_.task_ == "binary" else logits).astype(float) > 0

    # -- persistence ------------------------------------------------------------------

    def __getstate__(self):
        return net_state(self)

    def __setstate__(self, state):
        restore_net(self, state)
