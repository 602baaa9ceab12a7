"""Layers whose gradients come out bit for bit the same whatever the number of threads.

torch's own sum the gradients of their weights in as many parts as there are threads.
"""

import torch
import torch.nn.functional as F
from torch import nn


class StableLayerNorm(nn.LayerNorm):
    """Layer norm; see ``torch.nn.LayerNorm``."""

    def forward(self, x):
        """Scale each vector to mean zero and variance one, and then by the weights."""
        return F.layer_norm(x, self.normalized_shape, eps=self.eps) * self.weight + self.bias


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
        if x.is_cuda or torch.is_autocast_enabled("cpu") or not torch.is_grad_enabled():
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
        by_place = [
            flat.T @ rows[:, start : start + n_windows].reshape(-1, n_inputs)
            for start in range(0, size * ctx.dilation, ctx.dilation)
        ]
        return by_x, torch.stack(by_place, dim=2), flat.sum(dim=0), None
