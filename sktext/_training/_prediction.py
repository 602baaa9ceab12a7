"""Logits of rows by a trained net, or looked up if they are known."""

from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
import torch

from sktext._token_rows import N_RESERVED, TokenRows
from sktext._torch_defaults import on_cpu_by_default
from sktext._training._net import Net
from sktext._training._network_input import to_network_input

_known: ContextVar[tuple[Any, dict[Net, torch.Tensor]]] = ContextVar(
    "known logits", default=(None, {})
)


def predict_logits(net, features, X):
    """Compute the logits of unchecked rows.

    Parameters
    ----------
    net : Net
    features : Features
        Fitted.
    X : array-like

    Returns
    -------
    logits : tensor of shape (n_samples, n_outputs), float64
        Before ``final_logits`` of the loss.
    """
    rows, by_net = _known.get()
    if X is rows and net in by_net:
        return by_net[net]
    return logits_of(net, features.transform(features.check(X)))


def logits_of(net, matrix):
    """Compute the logits of rows whose features are known.

    Parameters
    ----------
    net : Net
    matrix : ndarray, sparse matrix or TokenRows

    Returns
    -------
    logits : tensor of shape (n_samples, n_outputs), float64
    """
    with on_cpu_by_default():
        x = to_network_input(matrix, net.dtype)
        logits = net.logits(x).double()
        if net.prior_logits is None or not isinstance(matrix, TokenRows):
            return logits
        # Only the prior is known of a text without a token that training has seen, and what stands
        # beside it.
        prior = net.prior_logits
        if x.columns is not None:
            prior = prior + net.logits_of_columns(x.columns)
        of_text = np.repeat(np.arange(len(matrix)), matrix.lengths)
        n_known = np.bincount(of_text[matrix.ids >= N_RESERVED], minlength=len(matrix))
        return torch.where(torch.from_numpy(n_known > 0)[:, None], logits, prior)


@contextmanager
def known_logits(X, logits_by_net):
    """Look up the predictions of some rows while many classifiers are scored on them.

    Parameters
    ----------
    X : array-like
        Recognised by identity.
    logits_by_net : dict of {Net: tensor}
    """
    token = _known.set((X, logits_by_net))
    try:
        yield
    finally:
        _known.reset(token)
