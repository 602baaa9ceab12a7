"""Layers whose gradients come out bit for bit the same whatever the number of threads.

torch's own sum the gradients of their weights in as many parts as there are threads.
"""

import torch
import torch.nn.functional as F
from torch import nn

from sktext._threads import sharing_product


class StableLayerNorm(nn.LayerNorm):
    """Layer norm; see ``torch.nn.LayerNorm``."""

    def forward(self, x):
        """Scale each vector to mean zero and variance one, and then by the weights."""
        return F.layer_norm(x, self.normalized_shape, eps=self.eps) * self.weight + self.bias


class StableLinear(nn.Linear):
    """Linear layer on every token of a batch; see ``torch.nn.Linear``."""

    def forward(self, x):
        """Map tensors of shape (..., n_inputs) to (..., n_outputs)."""
        if x.is_cuda or torch.is_autocast_enabled("cpu") or torch.compiler.is_compiling():
            return super().forward(x)
        return Product.apply(x.flatten(0, -2), self.weight, self.bias).unflatten(0, x.shape[:-1])


class Product(torch.autograd.Function):
    """Product of rows with weights."""

    @staticmethod
    def forward(ctx, x, weight, bias):
        ctx.save_for_backward(x, weight)
        with sharing_product(x, weight):
            return torch.addmm(bias, x, weight.T)

    @staticmethod
    def backward(ctx, gradient):
        x, weight = ctx.saved_tensors
        with sharing_product(x, weight):
            return gradient @ weight, gradient.T @ x, gradient.sum(dim=0)


class StableConv1d(nn.Conv1d):
    """Convolution with stride one and without padding; see ``torch.nn.Conv1d``."""

    def forward(self, x):
        """Apply the filters to every window.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_inputs, length)

        Returns
        -------
        answers : tensor of shape (n_samples, n_filters, n_windows)
        """
        is_special = torch.is_autocast_enabled("cpu") or torch.compiler.is_compiling()
        if x.is_cuda or is_special or not torch.is_grad_enabled():
            return super().forward(x)
        return Convolution.apply(x, self.weight, self.bias, self.dilation[0])


class Convolution(torch.autograd.Function):
    """Convolution whose gradient by the weights is one product of all windows."""

    @staticmethod
    def forward(ctx, x, weight, bias, dilation):
        ctx.save_for_backward(x, weight)
        ctx.dilation = dilation
        return F.conv1d(x, weight, bias, dilation=dilation)

    @staticmethod
    def backward(ctx, gradient):
        x, weight = ctx.saved_tensors
        by_x = None
        if ctx.needs_input_grad[0]:
            by_x = F.conv_transpose1d(gradient, weight, dilation=ctx.dilation)
        n_filters, n_inputs, size = weight.shape
        n_windows = gradient.shape[2]
        rows, flat = x.transpose(1, 2), gradient.transpose(1, 2).reshape(-1, n_filters)
        with sharing_product(flat, weight[:, :, 0]):
            by_place = [
                flat.T @ rows[:, start : start + n_windows].reshape(-1, n_inputs)
                for start in range(0, size * ctx.dilation, ctx.dilation)
            ]
        return by_x, torch.stack(by_place, dim=2), flat.sum(dim=0), None
