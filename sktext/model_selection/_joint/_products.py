"""Joint full-batch training of linear models, which multiplies the rows with all weights."""

from functools import partial

import torch

from sktext import _threads
from sktext._sums import stable_sum
from sktext._training._loop import loss_of
from sktext._training._steps import ClosureSteps
from sktext.model_selection._joint._coroutines import run_coroutines
from sktext.modules import SparseLinear


def train_by_products(trainers, runs):
    """Train linear models by full-batch L-BFGS.

    Each runs as it would alone, with its own loss, line search and end. When all of them need
    the product of the rows with their weights, the rows are multiplied with the weights of all at
    once, as the cost of a product is to read the rows.

    Parameters
    ----------
    trainers : list of Trainer
    runs : list of TrainingRun
        Runs on the same rows.

    Returns
    -------
    errors : list of Exception or None
    """
    product = JointProduct(runs[0].train_batches.to(runs[0].net.torch_device).x)
    functions = [partial(train_asking, *pair) for pair in zip(trainers, runs, strict=True)]
    return run_coroutines(functions, product.answer)


def train_asking(trainer, run, ask):
    """Train a run that requests its products."""
    trainer.train(run, steps=partial(JointProductSteps, ask=ask))


class JointProductSteps(ClosureSteps):
    """Steps of a linear net that requests its products with the rows.

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
        """Compute the loss and the gradients by two requested products."""
        inputs, target = batch
        head = self.net.module_.head
        logits = self.ask(head).requires_grad_()
        loss = loss_of(self.net, logits, target, inputs.weight, training=True)
        loss.backward()
        add_gradient(head.weight, self.ask(logits.grad))
        add_gradient(head.bias, stable_sum(logits.grad))
        return {"loss": loss, "y_pred": logits}


def add_gradient(parameter, gradient):
    """Add a gradient to that of a penalty on the weights, if there is one."""
    parameter.grad = gradient if parameter.grad is None else parameter.grad.add_(gradient)


class JointProduct:
    """The product of all rows with several weights, and the gradients of the weights.

    Parameters
    ----------
    x : SparseRows of shape (n_samples, n_features)
    """

    def __init__(self, x):
        self.x = x
        self.layer = self.product = None
        self.order = []

    def answer(self, requests):
        """Return logits for layers, and the gradients of weights for those of logits."""
        _threads.look()
        first = next(iter(requests.values()))
        if isinstance(first, SparseLinear):
            self.order = list(requests)
            answers = self.logits(list(requests.values()))
        else:  # a net whose loss has failed requests no gradient
            zeros = torch.zeros_like(first)
            answers = self.gradients([requests.get(i, zeros) for i in self.order])
        return {i: one for i, one in zip(self.order, answers, strict=True) if i in requests}

    def logits(self, layers):
        """Multiply the rows with the weights of all layers.

        Returns
        -------
        logits : tensor of shape (n_layers, n_samples, n_outputs)
        """
        with torch.no_grad():
            self.layer = wide_layer(layers)
        with torch.enable_grad():
            self.product = self.layer(self.x)
        return split_columns(self.product.detach(), len(layers))

    def gradients(self, gradients):
        """Multiply the transposed rows with the gradients of all logits.

        Returns
        -------
        by_weight : tensor of shape (n_layers, n_features, n_outputs)
        """
        self.product.backward(concatenated(gradients))
        by_weight = split_columns(self.layer.weight.grad, len(gradients))
        self.layer = self.product = None
        return by_weight


def wide_layer(layers):
    """Make one layer with the outputs of several layers."""
    wide = SparseLinear(0, 0)
    wide.weight = torch.nn.Parameter(concatenated([layer.weight for layer in layers]))
    wide.bias = torch.nn.Parameter(torch.cat([layer.bias for layer in layers]))
    return wide


def concatenated(matrices):
    """Concatenate k matrices of shape (n, m) to one of shape (n, k * m)."""
    return torch.stack(matrices).transpose(0, 1).flatten(1).contiguous()


def split_columns(wide, k):
    """Split a matrix of shape (n, k * m) into a tensor of shape (k, n, m)."""
    return wide.unflatten(1, (k, -1)).transpose(0, 1).contiguous()
