"""L-BFGS whose result does not depend on the number of threads."""

from math import isfinite

import torch

from sktext._overrides import check_overridden
from sktext._sums import stable_dot, stable_sum

# Iterations in one epoch: often enough for callbacks and early stopping to act, rarely
# enough that the one extra evaluation at the start of each does not matter.
ITERATIONS_PER_EPOCH = 10
# A gradient whose largest entry is above the first number is not rounding error; a fall of the loss
# by less than the second number, as a fraction of it, is.
STEEP = 1e-4
ROUNDING = 1e-6

check_overridden(torch.optim.LBFGS, "_gather_flat_grad", "_add_grad")


class _StableVector(torch.Tensor):
    """A vector whose inner products and sums are taken in a fixed order."""

    def dot(self, other):
        return stable_dot(self.as_subclass(torch.Tensor), other.as_subclass(torch.Tensor))

    def sum(self):
        return stable_sum(self.as_subclass(torch.Tensor))


class StableLBFGS(torch.optim.LBFGS):
    """torch's L-BFGS with strong Wolfe line search, on reproducible sums.

    Each step runs up to ``ITERATIONS_PER_EPOCH`` iterations.

    Parameters
    ----------
    params : iterable of Parameter
    lr : float, default=1.0
        First step size of each line search.
    tolerance_grad : float, default=1e-7
        Largest entry of the gradient at which a step ends.
    history_size : int, default=10
        Number of past iterations that determine the search direction.
    preconditioner : tensor of shape (n_values,), default=None
        Diagonal preconditioner: a factor for each value of all parameters, one after the other,
        small where the second derivative of the loss is large. None is 1.

    Attributes
    ----------
    stands_still : bool
        Whether the line search of the first step has found no lower loss, although the gradient
        is not zero. Its direction leads upward then, as at the kinks of a loss.
    """

    def __init__(self, params, lr=1.0, tolerance_grad=1e-7, history_size=10, preconditioner=None):
        super().__init__(
            params,
            lr=lr,
            max_iter=ITERATIONS_PER_EPOCH,
            max_eval=2 * ITERATIONS_PER_EPOCH,
            tolerance_grad=tolerance_grad,
            tolerance_change=1e-12,
            history_size=history_size,
            line_search_fn="strong_wolfe",
        )
        self.preconditioner = preconditioner
        self.stands_still = False

    def step(self, closure):
        """Make one step; raise if torch's line search fails as the loss is no longer finite."""
        values, is_steep, is_first = [], False, not self.state

        def recorded():
            nonlocal is_steep
            loss = closure()
            if is_first and not values:
                is_steep = float(super(StableLBFGS, self)._gather_flat_grad().abs().max()) > STEEP
            values.append(float(loss.detach()))
            return loss

        try:
            last = super().step(recorded)
            if is_first:
                lowest = values[0] - ROUNDING * abs(values[0])
                self.stands_still = is_steep and not min(values) < lowest
            return last
        except IndexError as error:
            if not values or isfinite(values[-1]):
                raise
            raise ValueError(
                f"The loss became {values[-1]} in a step of 'lbfgs'. Scale the features, or choose "
                "smaller parameters of the loss."
            ) from error

    def _gather_flat_grad(self):
        gradient = super()._gather_flat_grad()
        if self.preconditioner is not None:
            gradient *= self.preconditioner
        return gradient.as_subclass(_StableVector)

    def _add_grad(self, step_size, direction):
        if self.preconditioner is not None:
            direction = direction * self.preconditioner
        super()._add_grad(step_size, direction)
