"""From the outputs of a converged model back to the probabilities of the data.

The minimiser of an expected loss is a known function of the true probability. Its
inverse, the link, is found here from the gradient of the loss alone, so that no loss
has to spell it out.
"""

import torch

MAX_LOGIT = 30.0
# An interval is halved five times with one look at the slopes, at all points that may be asked for.
N_LOOKS, N_PARTS = 13, 32
N_ITERATIONS = 500


def _label_slopes(loss, logits):
    """Compute the slopes of the loss at a positive and at a negative label, per logit."""
    x = torch.cat([logits, logits]).detach().requires_grad_()
    target = torch.cat([torch.ones_like(logits), torch.zeros_like(logits)])
    with torch.enable_grad():
        total = loss.per_label(x, target).sum()
    return torch.autograd.grad(total, x)[0].chunk(2)


def label_posterior(loss, logits):
    """Compute the posterior of each label: L0' / (L0' - L1'), where the expected loss is flat."""
    positive, negative = _label_slopes(loss, logits)
    total = negative - positive
    posterior = torch.where(total > 0, negative / total, logits.sigmoid())
    return posterior.clamp(0.0, 1.0)


def _against_the_rest(loss, log_p):
    """Compute the loss of a class of log probability ``log_p``, for a loss of p_y alone.

    The class stands against all others together, as the two logits (log p, log(1 - p)).
    """
    log_rest = torch.log(-torch.expm1(log_p.clamp_max(-1e-15)))
    pair = torch.stack([log_p, log_rest], dim=1)
    target = torch.zeros(len(pair), dtype=torch.long, device=pair.device)
    return loss.per_sample(pair, target)


def class_posterior(loss, logits):
    """Compute the posterior of each class: proportional to -1 / L'(p), for a loss of p_y alone."""
    log_p = logits.log_softmax(dim=1).flatten().detach().requires_grad_()
    with torch.enable_grad():
        total = _against_the_rest(loss, log_p).sum()
    slope = torch.autograd.grad(total, log_p)[0]  # dL / dlog p = p dL/dp
    # A slope too small for its type belongs to a class without a chance.
    weight = torch.where(slope < 0, log_p.detach().exp() / -slope, 0.0).reshape(logits.shape)
    total = weight.sum(dim=1, keepdim=True)
    return torch.where(total > 0, weight / total, logits.softmax(dim=1))


def best_constant_class(loss, prior):
    """Find the best constant logits of all classes, centred: the minimum of the expected loss."""
    bias = (torch.log(prior) - torch.log(prior).mean()).requires_grad_()
    optimizer = torch.optim.LBFGS(
        [bias],
        max_iter=N_ITERATIONS,
        tolerance_grad=1e-12,
        tolerance_change=0.0,
        line_search_fn="strong_wolfe",
    )

    def expected_loss():
        optimizer.zero_grad()
        with torch.enable_grad():
            value = (prior * _against_the_rest(loss, bias.log_softmax(dim=0))).sum()
            value.backward()
        return value

    optimizer.step(expected_loss)
    return (bias - bias.mean()).detach()


def best_constant_label(loss, prior):
    """Find the best constant logit of each label: the root of the expected slope, by bisection."""
    low, width = torch.full_like(prior, -MAX_LOGIT), 2 * MAX_LOGIT
    steps = torch.arange(N_PARTS, dtype=prior.dtype, device=prior.device)[:, None]
    for _ in range(N_LOOKS):
        width /= N_PARTS
        points = low + steps * width
        positive, negative = _label_slopes(loss, points)
        rising = (prior * positive + (1 - prior) * negative) > 0
        place, half = torch.zeros_like(prior, dtype=torch.long), N_PARTS // 2
        while half:
            place += torch.where(rising.gather(0, (place + half)[None])[0], 0, half)
            half //= 2
        low = points.gather(0, place[None])[0]
    return low + width / 2


def normalize(proba):
    """Divide the probabilities of classes by their sum; equal ones where all are zero."""
    total = proba.sum(dim=1, keepdim=True)
    return torch.where(total > 0, proba / total, 1 / proba.shape[1])


def undo_class_weight(proba, class_weight, task):
    """Divide the effect of class weights out of probabilities."""
    if class_weight is None:
        return proba
    weight = torch.as_tensor(class_weight, dtype=proba.dtype, device=proba.device)
    if task == "multilabel":
        positive = proba / weight[1]
        return positive / (positive + (1 - proba) / weight[0])
    return normalize(proba / weight)
