"""One step of training: mixed precision, gradients of several batches."""

from functools import partial

import torch

from sktext import _threads
from sktext._training._epochs import listeners
from sktext.modules import RaggedTokens

HALF = {"bfloat16": torch.bfloat16, "float16": torch.float16}


class StepsMixin:
    """The steps of a skorch net whose batches know their share of an optimizer step."""

    # Set by ``begin``; a net that only predicts has neither.
    scaler_ = None
    compiled_ = None
    # Set where several nets train side by side: computes the gradients of a batch together
    # with those of the others.
    shared_gradients = None

    def infer(self, x, **fit_params):
        """Map the rows of a batch to logits."""
        _threads.look()
        rows = x.to(self.torch_device).x
        forward = self.module_ if self.compiled_ is None else self.compiled_
        return self.forward_in_precision(forward, rows)

    def forward_in_precision(self, forward, rows):
        """Run the network on rows, in half precision where it was asked for."""
        rows = rows.padded() if isinstance(rows, RaggedTokens) else rows
        if self.half is None or (self.half == "float16" and self.torch_device.type == "cpu"):
            return forward(rows)  # a CPU cannot: what was fitted on CUDA predicts in float32
        with torch.autocast(self.torch_device.type, HALF[self.half]):
            logits = forward(rows)
        return logits.float()

    def start_steps(self):
        """Make what the steps of a run need."""
        scales = self.half == "float16" and self.torch_device.type == "cuda"
        self.gathered_ = []
        self.takes_closure_ = evaluates_again(self.optimizer_)
        self.told_of_gradients_ = listeners(self, "on_grad_computed")
        self._set_training(True)  # parts, too, that a network was built of in another mode
        self.scaler_ = torch.amp.GradScaler("cuda") if scales else None
        # skorch refuses modules that are set outside of its own initialize methods.
        vars(self)["compiled_"] = self.compile_module() if self.compiles else None

    def compile_module(self):
        """Compile the network, for batches of any length."""
        return torch.compile(self.module_, dynamic=True)

    def train_step(self, batch, **fit_params):
        """Make one step, or gather gradients for one."""
        inputs, _ = batch
        if self.takes_closure_ and inputs.share == 1 and self.scaler_ is None:
            return super().train_step(batch, **fit_params)
        if inputs.first:
            self._drop_gradients()
            self.gathered_ = []
        step = self.train_step_single(batch, **fit_params)
        if self.takes_closure_:
            self.gathered_.append((batch, step["loss"].detach()))
        if inputs.last:
            self._finish_step(batch)
        return step

    def train_step_single(self, batch, **fit_params):
        """Compute the loss of a batch and its share of the gradients."""
        if not self.module_.training:
            self._set_training(True)
        if self.shared_gradients is not None:
            return self.shared_gradients(self, batch)
        inputs, target = batch
        logits = self.infer(inputs, **fit_params)
        loss = self.get_loss(logits, target, X=inputs, training=True)
        scaled = loss if inputs.share == 1 else loss * inputs.share
        (scaled if self.scaler_ is None else self.scaler_.scale(scaled)).backward()
        return {"loss": loss, "y_pred": logits}

    def _drop_gradients(self):
        """Do what ``zero_grad`` does, without its records for a profiler, which cost more."""
        if self.takes_closure_:  # an optimizer of the user's, which may have its own
            self._zero_grad_optimizer()
            return
        for group in self.optimizer_.param_groups:
            for parameter in group["params"]:
                parameter.grad = None

    def _finish_step(self, batch):
        if self.takes_closure_ and self.scaler_ is None:
            self.optimizer_.step(partial(self._evaluate_again, versions(self.module_)))
            self.gathered_ = []
            return
        if self.scaler_ is not None:
            self.scaler_.unscale_(self.optimizer_)
        self._tell_of_gradients(batch)
        if self.scaler_ is None:
            self.optimizer_.step()
        else:
            self.scaler_.step(self.optimizer_)
            self.scaler_.update()

    def _evaluate_again(self, seen):
        """Compute the loss and the gradients of all batches of a step, for optimizers that ask.

        They are there already if the weights are still those that the batches were seen with.
        """
        batches = [batch for batch, _ in self.gathered_]
        losses = [loss for _, loss in self.gathered_]
        if versions(self.module_) != seen:
            with torch.enable_grad():
                self._zero_grad_optimizer()
                losses = [self.train_step_single(batch)["loss"].detach() for batch in batches]
        self._tell_of_gradients(batches[-1])
        shares = [inputs.share for inputs, _ in batches]
        return sum(share * loss for share, loss in zip(shares, losses, strict=True))

    def _tell_of_gradients(self, batch):
        for tell in self.told_of_gradients_:
            tell(self, named_parameters=self.module_.named_parameters(), batch=batch, training=True)


def versions(module):
    """Tell weights and gradients from those of another time; torch counts what is written."""
    pairs = [(value, value.grad) for value in module.parameters()]
    return [
        (value._version, None if gradient is None else (id(gradient), gradient._version))
        for value, gradient in pairs
    ]


def evaluates_again(optimizer):
    """Tell whether an optimizer may want to compute the loss several times in a step.

    Parameters
    ----------
    optimizer : Optimizer

    Returns
    -------
    answer : bool
        L-BFGS does; of those that are not torch's own one cannot know.
    """
    kind = type(optimizer)
    return not kind.__module__.startswith("torch.optim.") or issubclass(kind, torch.optim.LBFGS)
