"""Joint losses of several nets on the same rows: losses of one kind are computed in one call."""

import copy
from collections import defaultdict
from numbers import Real

import torch

from sktext._filtered_warnings import filtered_warnings
from sktext._fingerprint import fingerprint

# Tolerance of losses computed in one call, compared with one by one; their gradients must be equal.
# At the class proportions gradients are only rounding errors, and Adagrad makes steps of them.
TOLERANCE = {"rtol": 1e-4, "atol": 1e-6, "equal_nan": True}
# How the warning of torch begins where vmap runs an operation once for each net.
LOOPED_OVER = "There is a performance drop"


class JointLoss:
    """Losses of several nets; losses that differ only in numbers are computed in one call.

    Parameters
    ----------
    losses : list of Loss
        Built; ``refresh`` reads their parameters again.
    weights : list of tensor or None
        Weights of all rows for each loss.

    Attributes
    ----------
    errors : dict of int to Exception
        Errors that losses have raised, by number; these losses are zero from then on.
    """

    def __init__(self, losses, weights):
        self.losses = losses
        given = [weight for weight in weights if weight is not None and weight.ndim == 1]
        if given:  # weights of one change nothing, and let losses be computed in one call
            weights = [
                torch.ones_like(given[0]) if weight is None else weight for weight in weights
            ]
        self.weights = weights
        self.errors = {}
        self._methods = {}

    def refresh(self, device):
        """Group the losses again, as they may change from epoch to epoch.

        Parameters
        ----------
        device : torch.device
            Device of the logits.
        """
        groups = defaultdict(list)
        for i, (loss, weight) in enumerate(zip(self.losses, self.weights, strict=True)):
            if i in self.errors:
                continue
            groups[loss_key(loss), None if weight is None else weight.ndim].append(i)
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
            Indices of the rows.

        Returns
        -------
        losses : tensor of shape (n_nets,)
        """
        values = [logits.new_zeros(()) for _ in self.losses]
        for group in self._groups:
            batch = logits.index_select(0, group.places), target, group.weights_of(rows)
            for i, value in zip(group.numbers, self._values(group, batch), strict=True):
                values[i] = value
        return torch.stack(values)

    def _values(self, group, batch):
        """Compute the losses of a group."""
        if group.key not in self._methods:
            n_errors = len(self.errors)
            method = group.choose_method(*batch)
            if len(self.errors) > n_errors:  # the others may have a faster method
                return group.one_by_one(*batch)
            self._methods[group.key] = method
        try:
            return getattr(group, self._methods[group.key])(*batch)
        except Exception:  # computed one by one, the loss that fails is known
            return group.one_by_one(*batch)


class Group:
    """Losses of one kind.

    Parameters
    ----------
    key : hashable
    numbers : list of int
        Numbers of the losses.
    losses : list of Loss
    weights : list of tensor or None
    device : torch.device
        Device of the logits; what all batches need is moved there once.
    errors : dict of int to Exception
        Errors of losses are added, by number.
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
            # In the precision of Python's numbers, so that results are the same.
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
        """Return the weights of rows, of shape (n_samples, n_losses, ...), or None."""
        return None if self.weights is None else self.weights[rows]

    def choose_method(self, logits, target, weight):
        """Return the name of the fastest method with the gradients of calls one by one."""
        logits = logits.detach().requires_grad_()
        expected = self.one_by_one(logits, target, weight)
        gradients = torch.autograd.grad(expected.sum(), logits)[0]
        for method in self.possible_methods():
            try:
                with filtered_warnings("error", LOOPED_OVER):
                    found = getattr(self, method)(logits, target, weight)
                    own = torch.autograd.grad(found.sum(), logits)[0]
            except Exception:  # a loss may use its numbers in any way
                continue
            if torch.equal(own, gradients) and torch.allclose(found, expected, **TOLERANCE):
                return method
        return "one_by_one"

    def possible_methods(self):
        """Return the names of methods for all losses at once, the fastest first."""
        if len(self.losses) == 1:
            return []
        has_terms = bool(list(self.template.children()))
        return ["flattened"] * (not self.values) + ["vectorized"] * (not has_terms)

    def flattened(self, logits, target, weight):
        """Compute one loss on the concatenated rows of all nets."""
        n_nets = len(logits)
        target = target.expand(n_nets, *target.shape).flatten(0, 1)
        values = self.losses[0](logits.flatten(0, 1), target, reduction="none")
        values = values.unflatten(0, (n_nets, -1))
        if weight is not None:
            weight = weight.transpose(0, 1)
            values = values * (weight if weight.ndim == values.ndim else weight[..., None])
        return values.flatten(1).mean(dim=1)

    def vectorized(self, logits, target, weight):
        """Compute losses that differ in numbers in one call of ``torch.vmap``."""

        def one(logits, weight, *values):
            for name, value in zip((*self.values, *self.buffers), values, strict=True):
                setattr(self.template, name, value)
            return self.template(logits, target, weight)

        values = [*self.values.values(), *self.buffers.values()]
        dims = (0, None if weight is None else 1, *[0] * len(values))
        return torch.vmap(one, in_dims=dims)(logits, weight, *values)

    def one_by_one(self, logits, target, weight):
        """Compute the losses one by one."""
        weights = [None] * len(logits) if weight is None else weight.unbind(1)
        each = zip(self.numbers, self.losses, logits, weights, strict=True)
        return torch.stack([self.value_of(*one, target) for one in each])

    def value_of(self, i, loss, logits, weight, target):
        """Compute one loss; return zero if it fails."""
        if i not in self.errors:
            try:
                return loss(logits, target, weight)
            except Exception as error:
                self.errors[i] = error
        return logits.sum() * 0


def loss_key(loss):
    """Return a key of a loss that is equal for losses that differ in numbers and tensors only."""
    rest = {
        name: value
        for name, value in vars(loss).items()
        if not name.startswith("_") and name not in numbers_of(loss)
    }
    shapes = {name: getattr(buffer, "shape", None) for name, buffer in loss._buffers.items()}
    terms = loss.get_params() if list(loss.children()) else None
    return type(loss), fingerprint([rest, shapes, terms])


def numbers_of(loss):
    """Return the parameters of a loss that are numbers."""
    return {
        name: value
        for name, value in vars(loss).items()
        if isinstance(value, Real) and not isinstance(value, bool) and not name.startswith("_")
    }
