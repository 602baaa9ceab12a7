"""Several perceptrons or linear models as one network."""

import copy

import torch
from torch import nn

from sktext.model_selection._joint._products import split_columns, wide_layer


class JointMLP(nn.Module):
    """Perceptrons of the same shape on the same rows, computed jointly.

    Parameters
    ----------
    modules : list of MLP
        Their weights are copied.

    Attributes
    ----------
    first : SparseLinear
        The first layers of all nets, concatenated, without their biases.
    first_bias : Parameter of shape (n_nets, 1, size)
        Added net by net, so that gradients are summed in the order of a net alone.
    layers : ModuleList of StackedLinear
        The further ones.
    """

    def __init__(self, modules):
        super().__init__()
        stacks = list(zip(*(all_layers(module) for module in modules), strict=True))
        self.n_nets = len(modules)
        with torch.no_grad():
            self.first = wide_layer(stacks[0])
            self.first.bias.zero_().requires_grad_(False)
            self.first_bias = stacked_bias(stacks[0])
            self.layers = nn.ModuleList(StackedLinear(stack) for stack in stacks[1:])
        # All have one seed, so that nets of equal dropout drop the same values.
        fractions = [module.dropout.p for module in modules]
        distinct = list(dict.fromkeys(fractions))
        first = [modules[fractions.index(fraction)].dropout for fraction in distinct]
        self.dropouts = nn.ModuleList(copy.deepcopy(dropout) for dropout in first)
        self.places = [distinct.index(fraction) for fraction in fractions]

    def forward(self, x):
        """Map rows to the logits of each net.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_features) or SparseRows

        Returns
        -------
        logits : tensor of shape (n_nets, n_samples, n_outputs)
        """
        return self.after(self.first(self.before(x)))

    def before(self, x):
        """Drop inputs of the first layer if it is the only one; dropout is equal for all then."""
        return x if len(self.layers) else self.dropouts[0](x)

    def after(self, x):
        """Map the outputs of the first layer, of shape (n_samples, n_nets * size), to logits."""
        x = split_columns(x, self.n_nets) + self.first_bias
        for layer in self.layers:
            x = layer(self._drop(torch.relu(x)))
        return x

    def _drop(self, x):
        """Drop values of each net, the same for nets of equal dropout."""
        kept = torch.stack([dropout(torch.ones_like(x[0])) for dropout in self.dropouts])
        return x * (kept if len(kept) == 1 else kept[self.places])

    def split_parameters(self):
        """Return the weights, which decay, and the biases."""
        weights = [layer.weight for layer in (self.first, *self.layers)]
        return weights, [self.first_bias, *(layer.bias for layer in self.layers)]

    @torch.no_grad()
    def copy_to(self, module, i):
        """Copy the weights of net ``i`` to a network of its own."""
        first, *others = all_layers(module)
        first.weight.copy_(self.first.weight.unflatten(1, (self.n_nets, -1))[:, i])
        first.bias.copy_(self.first_bias[i, 0])
        for own, stacked in zip(others, self.layers, strict=True):
            own.weight.copy_(stacked.weight[i])
            own.bias.copy_(stacked.bias[i, 0])


class StackedLinear(nn.Module):
    """Linear layers of several nets, each on its own rows.

    Parameters
    ----------
    layers : list of SparseLinear

    Attributes
    ----------
    weight : Parameter of shape (n_nets, n_inputs, n_outputs)
    bias : Parameter of shape (n_nets, 1, n_outputs)
    """

    def __init__(self, layers):
        super().__init__()
        self.weight = nn.Parameter(torch.stack([layer.weight for layer in layers]))
        self.bias = stacked_bias(layers)

    def forward(self, x):
        """Map rows of shape (n_nets, n_samples, n_inputs) to outputs."""
        return torch.baddbmm(self.bias, x, self.weight)


def all_layers(module):
    """Return the layers of an MLP, including the last."""
    return [*module.layers, module.head]


def stacked_bias(layers):
    """Stack the biases of layers in one parameter of shape (n_nets, 1, n_outputs)."""
    return nn.Parameter(torch.stack([layer.bias for layer in layers])[:, None])
