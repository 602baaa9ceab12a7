"""Linear models that train on all rows at once and share the product with the rows."""

from functools import partial

import torch

from sktext import _threads
from sktext._sums import stable_sum
from sktext._training._loop import loss_of
from sktext._training._steps import ClosureSteps
from sktext.model_selection._joint._turns import run_in_turns
from sktext.modules import SparseLinear


def train_on_shared_products(trainers, runs):
    """Train linear models by full-batch L-BFGS.

    Each runs as it would alone, with its own loss, line search and end. When all have
    come to where the rows are multiplied with weights, the weights of all are multiplied
    at once: reading the rows is what a product costs.

    Parameters
    ----------
    trainers : list of Trainer
    runs : list of TrainingRun
        On the same rows.

    Returns
    -------
    errors : list of Exception or None
    """
    product = SharedProduct(runs[0].train_batches.to(runs[0].net.torch_device).x)
    members = [partial(train_asking, *pair) for pair in zip(trainers, runs, strict=True)]
    return run_in_turns(members, product.answer)


def train_asking(trainer, run, ask):
    """Train a run that asks for its products."""
    trainer.train(run, steps=partial(AskingSteps, ask=ask))


class AskingSteps(ClosureSteps):
    """Steps of a linear net that asks for its products with the rows.

    Parameters
    ----------
    net : Net
    ask : callable
        From a layer to logits, and from the gradient of logits to that of weights.
    """

    def __init__(self, net, ask):
        super().__init__(net)
        self.ask = ask

    def evaluate(self, batch):
        """Compute the loss and the gradients, both products by asking."""
        inputs, target = batch
        head = self.net.module_.head
        logits = self.ask(head).requires_grad_()
        loss = loss_of(self.net, logits, target, inputs.weight, training=True)
        loss.backward()
        add_gradient(head.weight, self.ask(logits.grad))
        add_gradient(head.bias, stable_sum(logits.grad))
        return {"loss": loss, "y_pred": logits}


def add_gradient(parameter, gradient):
    """Add to what a penalty on the weights may have left."""
    parameter.grad = gradient if parameter.grad is None else parameter.grad.add_(gradient)


class SharedProduct:
    """The product of all rows with several weights, and then the gradients of the weights.

    Parameters
    ----------
    x : SparseRows of shape (n_samples, n_features)
    """

    def __init__(self, x):
        self.x = x
        self.wide = self.product = None
        self.order = []

    def answer(self, asked):
        """Answer layers with logits, and the gradients of logits with those of weights."""
        _threads.look()
        first = next(iter(asked.values()))
        if isinstance(first, SparseLinear):
            self.order = list(asked)
            answers = self.logits(list(asked.values()))
        else:  # a net whose loss has failed asks for no gradient
            zeros = torch.zeros_like(first)
            answers = self.gradients([asked.get(i, zeros) for i in self.order])
        return {i: part for i, part in zip(self.order, answers, strict=True) if i in asked}

    def logits(self, layers):
        """Multiply the rows with the weights of all layers.

        Returns
        -------
        logits : tensor of shape (n_layers, n_samples, n_outputs)
        """
        with torch.no_grad():
            self.wide = side_by_side(layers)
        with torch.enable_grad():
            self.product = self.wide(self.x)
        return apart(self.product.detach(), len(layers))

    def gradients(self, gradients):
        """Multiply the columns with the gradients of all logits.

        Returns
        -------
        by_weight : tensor of shape (n_layers, n_features, n_outputs)
        """
        self.product.backward(together(gradients))
        by_weight = apart(self.wide.weight.grad, len(gradients))
        self.wide = self.product = None
        return by_weight


def side_by_side(layers):
    """Make one layer of the outputs of several."""
    wide = SparseLinear(0, 0)
    wide.weight = torch.nn.Parameter(together([layer.weight for layer in layers]))
    wide.bias = torch.nn.Parameter(torch.cat([layer.bias for layer in layers]))
    return wide


def together(parts):
    """Put k matrices of shape (n, m) into one of shape (n, k * m)."""
    return torch.stack(parts).transpose(0, 1).flatten(1).contiguous()


def apart(wide, n_parts):
    """Take a matrix of shape (n, k * m) to one of shape (k, n, m)."""
    return wide.unflatten(1, (n_parts, -1)).transpose(0, 1).contiguous()
