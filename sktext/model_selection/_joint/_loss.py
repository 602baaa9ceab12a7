"""The losses of several nets on the same rows, those of one kind in one call."""

import copy
from collections import defaultdict
from numbers import Real

import torch

from sktext._filtered_warnings import filtered_warnings
from sktext._fingerprint import fingerprint

# How well losses must agree, computed in one call and one by one; their slopes are the same.
# Slopes at a start at the class shares are rounding alone, and Adagrad makes steps of them.
TOLERANCE = {"rtol": 1e-4, "atol": 1e-6, "equal_nan": True}
# How the warning of torch begins where vmap runs an operation once for each net.
LOOPED_OVER = "There is a performance drop"


class JointLoss:
    """Losses of several nets; those that differ in numbers only are computed in one call.

    Parameters
    ----------
    losses : list of Loss
        Built; ``refresh`` reads again what they are made of.
    weights : list of tensor or None
        Weights of all rows for each loss.

    Attributes
    ----------
    errors : dict of int to Exception
        What losses have raised, by their number; these are zero from then on.
    """

    def __init__(self, losses, weights):
        self.losses = losses
        given = [weight for weight in weights if weight is not None and weight.ndim == 1]
        if given:  # weights of one are none, and spare a call
            weights = [
                torch.ones_like(given[0]) if weight is None else weight for weight in weights
            ]
        self.weights = weights
        self.errors = {}
        self._ways = {}

    def refresh(self, device):
        """Group the losses anew, as they may change from epoch to epoch.

        Parameters
        ----------
        device : torch.device
            Where the logits will be.
        """
        groups = defaultdict(list)
        for i, (loss, weight) in enumerate(zip(self.losses, self.weights, strict=True)):
            if i in self.errors:
                continue
            groups[kind_of(loss), None if weight is None else weight.ndim].append(i)
        self._groups = [
            Group(
                key,
                numbers,
                [self.losses[i] for i in numbers],
                [self.weights[i] for i in numbers],
                device,
                self.errors,
            )
            for key, numbers in groups.items()
        ]

    def __call__(self, logits, target, rows):
        """Compute the loss of each net.

        Parameters
        ----------
        logits : tensor of shape (n_nets, n_samples, n_outputs)
        target : tensor of shape (n_samples,) or (n_samples, n_labels)
        rows : tensor of shape (n_samples,), int64
            Which rows they are.

        Returns
        -------
        losses : tensor of shape (n_nets,)
        """
        values = [logits.new_zeros(()) for _ in self.losses]
        for group in self._groups:
            batch = logits.index_select(0, group.places), target, group.weights_of(rows)
            parts = self._values(group, batch)
            for i, value in zip(group.numbers, parts, strict=True):
                values[i] = value
        return torch.stack(values)

    def _values(self, group, batch):
        """Compute the losses of a group."""
        if group.key not in self._ways:
            n_errors = len(self.errors)
            way = group.find_way(*batch)
            if len(self.errors) > n_errors:  # without those that failed there may be a way
                return group.apart(*batch)
            self._ways[group.key] = way
        try:
            return getattr(group, self._ways[group.key])(*batch)
        except Exception:  # of one loss; called one by one, they say which
            return group.apart(*batch)


class Group:
    """Losses of one kind.

    Parameters
    ----------
    key : hashable
    numbers : list of int
        Which losses they are.
    losses : list of Loss
    weights : list of tensor or None
    device : torch.device
        Where the logits will be; what each batch needs is sent there once.
    errors : dict of int to Exception
        Gets what losses raise, by their number.
    """

    def __init__(self, key, numbers, losses, weights, device, errors):
        self.errors = errors
        self.key = key
        self.numbers = numbers
        self.places = torch.tensor(numbers, device=device)
        self.losses = losses
        self.weights = None if weights[0] is None else torch.stack(weights, dim=1)
        self.template = copy.deepcopy(losses[0])
        own = [numbers_of(loss) for loss in losses]
        self.values = {
            # As exact as Python's numbers, so that what is computed from them is the same.
            name: torch.tensor([values[name] for values in own], dtype=torch.float64, device=device)
            for name in own[0]
            if len({values[name] for values in own}) > 1
        }
        self.buffers = {
            name: torch.stack([loss._buffers[name] for loss in losses])
            for name, buffer in losses[0]._buffers.items()
            if buffer is not None
        }

    def weights_of(self, rows):
        """Give the weights of some rows, of shape (n_samples, n_losses, ...), or None."""
        return None if self.weights is None else self.weights[rows]

    def find_way(self, logits, target, weight):
        """Name the way to compute the losses that has the slopes of calls one by one."""
        logits = logits.detach().requires_grad_()
        expected = self.apart(logits, target, weight)
        slopes = torch.autograd.grad(expected.sum(), logits)[0]
        for way in self.possible_ways():
            try:
                with filtered_warnings("error", LOOPED_OVER):
                    found = getattr(self, way)(logits, target, weight)
                    same = torch.equal(torch.autograd.grad(found.sum(), logits)[0], slopes)
            except Exception:  # a loss may do whatever it likes to its numbers
                continue
            if same and torch.allclose(found, expected, **TOLERANCE):
                return way
        return "apart"

    def possible_ways(self):
        """Name the ways there may be, the fastest first."""
        if len(self.losses) == 1:
            return []
        has_terms = bool(list(self.template.children()))
        return ["in_a_row"] * (not self.values) + ["joined"] * (not has_terms)

    def in_a_row(self, logits, target, weight):
        """Compute one loss on the rows of all nets."""
        n_nets = len(logits)
        target = target.expand(n_nets, *target.shape).flatten(0, 1)
        values = self.losses[0](logits.flatten(0, 1), target, reduction="none")
        values = values.unflatten(0, (n_nets, -1))
        if weight is not None:
            weight = weight.transpose(0, 1)
            values = values * (weight if weight.ndim == values.ndim else weight[..., None])
        return values.flatten(1).mean(dim=1)

    def joined(self, logits, target, weight):
        """Compute losses that differ in numbers in one call."""

        def one(logits, weight, *values):
            for name, value in zip((*self.values, *self.buffers), values, strict=True):
                setattr(self.template, name, value)
            return self.template(logits, target, weight)

        values = [*self.values.values(), *self.buffers.values()]
        dims = (0, None if weight is None else 1, *[0] * len(values))
        return torch.vmap(one, in_dims=dims)(logits, weight, *values)

    def apart(self, logits, target, weight):
        """Compute the losses one by one."""
        weights = [None] * len(logits) if weight is None else weight.unbind(1)
        parts = zip(self.numbers, self.losses, logits, weights, strict=True)
        return torch.stack([self.value_of(*part, target) for part in parts])

    def value_of(self, i, loss, logits, weight, target):
        """Compute one loss; zero if it fails."""
        if i not in self.errors:
            try:
                return loss(logits, target, weight)
            except Exception as error:
                self.errors[i] = error
        return logits.sum() * 0


def kind_of(loss):
    """Tell losses apart by all but their numbers and the tensors that they have learned."""
    rest = {
        name: value
        for name, value in vars(loss).items()
        if not name.startswith("_") and name not in numbers_of(loss)
    }
    shapes = {name: getattr(buffer, "shape", None) for name, buffer in loss._buffers.items()}
    terms = loss.get_params() if list(loss.children()) else None
    return type(loss), fingerprint([rest, shapes, terms])


def numbers_of(loss):
    """Give the parameters of a loss that are numbers."""
    return {
        name: value
        for name, value in vars(loss).items()
        if isinstance(value, Real) and not isinstance(value, bool) and not name.startswith("_")
    }
