"""The training of a sentence encoder by supervised contrast."""

import math
from contextlib import contextmanager

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from tqdm.auto import tqdm

from sktext import _threads
from sktext._global_draws import own_draws
from sktext._out_of_memory import naming_batch
from sktext._torch_defaults import on_cpu_by_default
from sktext.exceptions import DivergenceError
from sktext.features._contrast_loss import contrast_loss, label_similarity
from sktext.features._encoding import autocast, padded

# Texts that the encoder reads at once: of a batch, sorted by length, so that little is padding.
TEXTS_AT_ONCE = 8
ADVICE = "Lower texts_per_class, classes_per_batch or max_length, or set device='cpu'."
WARM_UP = 0.1
MAX_GRADIENT_NORM = 1.0


def train_by_contrast(network, read, batches, *, lr, weight_decay, temperature, seed, verbose=0):
    """Train the layers of an encoder; its embeddings stay as they are.

    Parameters
    ----------
    network : SentenceNetwork
        Trained in place.
    read : TextReader
        The texts, their labels and weights.
    batches : list of ndarray of int
        The texts of each step.
    lr, weight_decay, temperature : float
    seed : int
        Of the dropout.
    verbose : int, default=0

    Returns
    -------
    losses : list of float
        Of each step.
    """
    losses = []
    with training_mode(network, seed) as weights:
        optimizer = make_optimizer(weights, lr, weight_decay)
        schedule = make_schedule(optimizer, len(batches))
        for texts in tqdm(batches, unit="step", leave=False, disable=not verbose):
            _threads.look()
            optimizer.zero_grad()
            loss = read.loss(network, texts, temperature)
            loss.backward()
            nn.utils.clip_grad_norm_(weights, MAX_GRADIENT_NORM)
            optimizer.step()
            schedule.step()
            # Within an autocast of the caller, weights in half precision are kept otherwise.
            torch.clear_autocast_cache()
            losses.append(loss.item())
            refuse_divergence(losses[-1], lr)
    return losses


class TextReader:
    """The texts that an encoder is trained on, and their loss in a batch.

    Parameters
    ----------
    rows : TokenRows
    pieces : Pieces
        Has the special tokens.
    target : ndarray of shape (n_texts,) or (n_texts, n_labels)
    weight : ndarray of shape (n_texts,)
        Greater than 0, with a mean of one.
    half : bool, default=False
        Whether the encoder computes in bfloat16.
    """

    def __init__(self, rows, pieces, target, weight, half=False):
        self.rows = rows
        self.pieces = pieces
        self.target = torch.from_numpy(target)
        self.weight = torch.from_numpy(weight).float()
        self.half = half

    def loss(self, network, texts, temperature):
        """Compute the contrast of some texts."""
        device, texts = network.device, texts[np.argsort(self.rows.lengths[texts], kind="stable")]
        parts = [texts[i : i + TEXTS_AT_ONCE] for i in range(0, len(texts), TEXTS_AT_ONCE)]
        vectors = torch.cat([self._vectors(network, part) for part in parts])
        similarity = label_similarity(self.target[texts]).to(device)
        return contrast_loss(vectors, similarity, self.weight[texts].to(device), temperature)

    def _vectors(self, network, texts):
        ids, mask = padded(self.rows[texts], self.pieces, network.encoder.pad_id)
        size = f"the contrast of {len(texts)} texts of up to {ids.shape[1]} tokens at once"
        with naming_batch(size, ADVICE), autocast(network.device, self.half):
            vectors = network(ids.to(network.device), mask.to(network.device))
        return F.normalize(vectors, dim=1)


@contextmanager
def training_mode(network, seed):
    """Make a context in which the layers of a network are trained; it yields their weights.

    Torch's global generators, of which dropout draws, are put back as they were.
    """
    fixed = {f"encoder.{name}" for name in network.encoder.below_blocks}
    weights = [weight for name, weight in network.named_parameters() if name not in fixed]
    try:
        network.train()
        for weight in weights:
            weight.requires_grad_(True)
        with (
            own_draws(seed, network.device),
            _threads.choosing_threads(),
            torch.enable_grad(),
            on_cpu_by_default(),
        ):
            yield weights
    finally:
        network.zero_grad()
        network.requires_grad_(False).eval()


def make_optimizer(weights, lr, weight_decay):
    """Make AdamW, without weight decay of biases and norms."""
    groups = [
        {"params": [weight for weight in weights if weight.ndim > 1]},
        {"params": [weight for weight in weights if weight.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=lr, weight_decay=weight_decay, fused=True)


def make_schedule(optimizer, n_steps):
    """Let the step size rise for a tenth of the steps, and then decrease to zero."""
    n_up = max(1, round(WARM_UP * n_steps))

    def factor(step):
        return min((step + 1) / n_up, max(0.0, (n_steps - step) / max(1, n_steps - n_up)))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


def refuse_divergence(loss, lr):
    """Raise for a loss that is no number."""
    if not math.isfinite(loss):
        raise DivergenceError(f"The loss is {loss}: training diverged. Lower lr, which is {lr:g}.")
