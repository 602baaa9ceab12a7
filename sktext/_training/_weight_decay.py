"""The weight decay of linear models, chosen by the loss of rows that are held out.

Weaker and stronger decays are tried from one to the next, each from the weights of the one before.
With the weight decay goes a scale of the logits: weights that shrink less are often better at
telling classes apart, and too sure of it.
"""

from dataclasses import dataclass, replace
from math import exp, inf, isfinite

import torch
from scipy.optimize import minimize_scalar

from sktext import _threads
from sktext._training._loop import penalized
from sktext.losses import CrossEntropyLoss

# What is tried, times the mean square of the norms of the rows and divided by their number, as
# 1 / C of scikit-learn: the first, the ratio of neighbours, and how many at most are stronger and
# weaker.
FIRST, RATIO = 0.1, 10**0.5
N_STRONGER, N_WEAKER = 6, 3
# The weakest is chosen of those whose loss is at most by this fraction above the least.
TOLERANCE = 0.002
# Standard deviation of the logarithm of the scale, before any row is seen.
SPREAD = 0.5
# Steps of full-batch L-BFGS at most, and the decrease of the loss at which they end.
MAX_STEPS, CONVERGED = 10, 3e-3


@dataclass(frozen=True)
class Shrinkage:
    """How much the weights of a linear model shrink.

    Parameters
    ----------
    decay : float
        Factor of half the squared weights.
    scale : float
        Factor of the fitted weights and biases.
    """

    decay: float
    scale: float = 1.0


class Path:
    """Weight decays of a linear model, and what they give on the rows that are held out.

    Parameters
    ----------
    module : Module
        Linear, at its start; its weights are changed.
    loss : Loss
        The built loss.
    plan : OptimizerPlan
        Of L-BFGS.
    train, held_out : (rows, target, weight)
        On the device of the module.
    n_held_out : float
        Number of different rows that are held out.
    """

    def __init__(self, module, loss, plan, train, held_out, n_held_out):
        self.module = module
        self.loss = loss
        self.plan = plan
        self.train = train
        self.held_out = held_out
        self.n_held_out = n_held_out
        self.has_probabilities = loss.proba in ("proper", "invertible")
        # Margins say how well classes are told apart only once a scale makes them probabilities.
        proper = CrossEntropyLoss().build(loss.task_)
        self.criterion = loss if self.has_probabilities else proper
        self.judged = {}

    def walk(self, first, n_outputs=1):
        """Try decays from the first on, to weaker and to stronger ones, while they are good.

        Parameters
        ----------
        first : float
        n_outputs : int, default=1
            Number of labels that the loss is the mean of; each has the decay alone.

        Returns
        -------
        chosen : Shrinkage or None
            None if the loss is not finite.
        """
        first = first / n_outputs
        at_start = copy_of_weights(self.module)
        start = self.try_decay(first)
        if start == inf:
            self.module.load_state_dict(at_start)
            return None
        weights = copy_of_weights(self.module)
        least = start
        for i in range(1, N_WEAKER + 1):
            found = self.try_decay(first / RATIO**i)
            if found > least + TOLERANCE * abs(least):
                break
            least = min(least, found)
        if least == start:
            self.module.load_state_dict(weights)
            for i in range(1, N_STRONGER + 1):
                found = self.try_decay(first * RATIO**i)
                if found > least:
                    break
                least = found
        good = [
            decay
            for decay in self.judged
            if self.judged[decay][0] <= least + TOLERANCE * abs(least)
        ]
        scale = self.judged[min(good)][1] if self.has_probabilities else 1.0
        return Shrinkage(min(good) * n_outputs, scale)

    def try_decay(self, decay):
        """Fit by a decay, and return the loss of the rows that are held out."""
        self.fit(replace(self.plan, penalty=decay))
        self.judged[decay] = self.judge()
        return self.judged[decay][0]

    def fit(self, plan):
        """Fit the module on the training rows, from the weights that it has."""
        optimizer = plan.make(self.module)
        x, target, weight = self.train
        losses = []

        def evaluate():
            _threads.look()
            optimizer.zero_grad()
            loss = self.loss(self.module(x), target, weight)
            loss = penalized(loss, self.loss, self.module, plan.penalty)
            loss.backward()
            losses.append(float(loss.detach()))
            return loss

        before = inf
        for _ in range(MAX_STEPS):
            optimizer.step(evaluate)
            if before - losses[-1] <= CONVERGED * abs(losses[-1]):
                return
            before = losses[-1]

    def judge(self):
        """Return the loss of the held-out rows at the best scale of their logits, and the scale."""
        x, target, weight = self.held_out
        with torch.no_grad():
            logits = self.module(x)

            def loss_at(log_scale):
                value = float(self.criterion(logits * exp(log_scale), target, weight))
                return value + log_scale**2 / (2 * SPREAD**2 * self.n_held_out)

            how = {"bounds": (-3, 3), "method": "bounded", "options": {"xatol": 1e-4}}
            best = minimize_scalar(loss_at, **how)
        return finite_or_inf(best.fun), exp(best.x)


def copy_of_weights(module):
    """Return a copy of the weights of a module, by name."""
    return {name: value.clone() for name, value in module.state_dict().items()}


def finite_or_inf(value):
    """Return a number, infinite if it is not a number."""
    return float(value) if isfinite(value) else inf
