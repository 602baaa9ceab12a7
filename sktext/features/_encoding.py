"""From the ids of texts to their vectors, in batches of about equal cost."""

from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext

import numpy as np
import torch

from sktext import _threads
from sktext._buckets import batches_by_budget
from sktext._out_of_memory import naming_batch
from sktext._token_rows import N_RESERVED, UNKNOWN

# Padded tokens of a batch: more are slower on a CPU, whose caches they exceed.
TOKENS_ON_CPU, TOKENS_ON_CUDA = 2**11, 2**15
# From this many batches on, several of them are computed at once, if cores are free.
MANY_BATCHES = 4
ADVICE = "Lower batch_tokens or max_length, or set device='cpu'."


def encode_batches(network, pieces, rows, batch_tokens="auto", half=False):
    """Compute the vectors of texts batch by batch.

    Each batch is computed on one thread of the CPU, and several batches at once where cores are
    free, so that the number of threads changes no bit of a vector.

    Parameters
    ----------
    network : SentenceNetwork
    pieces : Pieces
        Has the special tokens.
    rows : TokenRows
    batch_tokens : int or "auto", default="auto"
        Padded tokens of a batch.
    half : bool, default=False
        Whether the encoder computes in bfloat16.

    Yields
    ------
    texts : ndarray of shape (n_batch,)
        Numbers of the texts of a batch.
    vectors : ndarray of shape (n_batch, n_features), float32
    """
    device = network.device
    if batch_tokens == "auto":
        batch_tokens = TOKENS_ON_CUDA if device.type == "cuda" else TOKENS_ON_CPU
    lengths = rows.lengths + pieces.n_special
    order = np.argsort(lengths, kind="stable")
    bounds = list(batches_by_budget(lengths[order], batch_tokens))

    def encode(start, stop):
        texts = order[start:stop]
        ids, mask = padded(rows[texts], pieces, network.encoder.pad_id)
        vectors = np.zeros((len(texts), network.n_features), dtype=np.float32)
        some = mask.any(dim=1)  # a model without special tokens reads nothing of an empty text
        if some.any():
            size = f"a batch of {len(texts)} texts of up to {ids.shape[1]} tokens"
            with naming_batch(size, ADVICE), torch.inference_mode(), autocast(device, half):
                found = network(ids[some].to(device), mask[some].to(device))
            vectors[some.numpy()] = found.cpu().numpy()
        return texts, vectors

    n_workers = n_batches_at_once(len(bounds), device)
    if n_workers == 1:
        with _threads.choosing_threads():
            for bound in bounds:
                yield encode(*bound)
        return
    one_thread = _threads.choosing_threads()(encode)
    pool = ThreadPoolExecutor(n_workers)
    try:
        for future in as_completed([pool.submit(one_thread, *bound) for bound in bounds]):
            yield future.result()
    finally:  # also of an interrupt, or of who reads no more
        pool.shutdown(cancel_futures=True)


def n_batches_at_once(n_batches, device):
    """Return how many batches to compute at once: one, or as many as there are free cores."""
    n_threads = min(_threads.n_threads_allowed(), _threads.n_cores())
    if device.type == "cuda" or n_batches < MANY_BATCHES or n_threads == 1:
        return 1
    return n_threads if _threads.has_free_cores(n_threads - 1) else 1


def autocast(device, half):
    """Make a context in which the encoder computes in bfloat16, or does not."""
    return torch.autocast(device.type, torch.bfloat16) if half else nullcontext()


def padded(rows, pieces, pad_id):
    """Write ids of texts as those of the model, with special tokens, in a rectangle.

    Parameters
    ----------
    rows : TokenRows
    pieces : Pieces
    pad_id : int

    Returns
    -------
    ids : int64 tensor of shape (n_rows, length)
    mask : bool tensor of shape (n_rows, length)
        False at the padding.
    """
    n_before = len(pieces.prefix)
    ends = (rows.lengths + n_before)[:, None]
    place = np.arange(int(ends.max()) + len(pieces.suffix))
    ids = np.full((len(rows), len(place)), pad_id, dtype=np.int64)
    ids[:, :n_before] = pieces.prefix
    unknown_id = UNKNOWN if pieces.unknown_id is None else pieces.unknown_id
    own = np.where(rows.ids == UNKNOWN, unknown_id, rows.ids - N_RESERVED)
    ids[(place >= n_before) & (place < ends)] = own
    for i, number in enumerate(pieces.suffix):
        ids[place == ends + i] = number
    mask = place < ends + len(pieces.suffix)
    return torch.from_numpy(ids), torch.from_numpy(mask)
