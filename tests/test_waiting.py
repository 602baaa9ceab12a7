"""A step of training never waits for its device, shown on one whose tensors have no values.

Whoever reads a value there raises, as ``float(loss)`` or ``x[mask]`` would on CUDA wait.
"""

import numpy as np
import pytest
import torch
from scipy import sparse

from sktext._token_rows import TokenRows
from sktext._training._batches import Batches
from sktext.losses import LOSSES
from sktext.modules import (
    MLP,
    DilatedCNN,
    RaggedTokens,
    SelfAttentionEncoder,
    SparseRows,
    TextCNN,
    TextRNN,
)

DEVICE = torch.device("meta")
N_ROWS, N_COLUMNS, N_OUTPUTS = 40, 30, 3
NETWORKS = {
    "mlp": MLP(N_COLUMNS, N_OUTPUTS, (8,)),
    "cnn": TextCNN(N_COLUMNS, N_OUTPUTS, n_buckets=20, dropout=0.0),
    "dilated": DilatedCNN(N_COLUMNS, N_OUTPUTS, dropout=0.0),
    "self attention": SelfAttentionEncoder(N_COLUMNS, N_OUTPUTS, dropout=0.0),
    # On CUDA it waits for the lengths, to pack the texts; here it runs on padded ones.
    "rnn": TextRNN(N_COLUMNS, N_OUTPUTS, bidirectional=True, dropout=0.0, token_dropout=0.0),
}


def make_rows(network):
    rng = np.random.RandomState(0)
    if isinstance(network, MLP):
        matrix = sparse.random(N_ROWS, N_COLUMNS, 0.2, "csr", np.float32, rng)
        return SparseRows.from_csr(matrix, torch.float32)
    lengths = rng.randint(1, 20, size=N_ROWS)
    return RaggedTokens.from_rows(
        TokenRows.from_lists([rng.randint(1, N_COLUMNS, size=n) for n in lengths])
    )


def make_target(task):
    rng = np.random.RandomState(0)
    if task == "multilabel":
        return torch.from_numpy(rng.randint(2, size=(N_ROWS, N_OUTPUTS))).float()
    return torch.from_numpy(rng.randint(N_OUTPUTS, size=N_ROWS))


def train_an_epoch(network, loss, target, resident):
    network, loss = network.to(DEVICE).train(), loss.to(DEVICE)
    optimizer = torch.optim.Adam(network.parameters(), foreach=False)
    x, weight = make_rows(network), torch.ones(N_ROWS)
    batches = Batches(x, target, weight, batch_size=4, rng=np.random.RandomState(0))
    for inputs, part in batches.to(DEVICE) if resident else batches:
        inputs = inputs.to(DEVICE)
        rows = inputs.x.padded() if isinstance(inputs.x, RaggedTokens) else inputs.x
        optimizer.zero_grad()
        value = loss(network(rows), part.to(DEVICE), inputs.weight)
        value.backward()
        optimizer.step()
    assert value.device == DEVICE


@pytest.mark.parametrize("resident", [True, False])
@pytest.mark.parametrize("name", NETWORKS)
def test_steps_of_networks_read_no_value(name, resident):
    loss = LOSSES["cross_entropy"]().build("multiclass", [10.0, 10.0, 20.0])
    train_an_epoch(NETWORKS[name], loss, make_target("multiclass"), resident)


TASKS = [(name, task) for name in LOSSES for task in LOSSES[name]().tasks if task != "binary"]


@pytest.mark.parametrize(("name", "task"), TASKS)
def test_losses_read_no_value(name, task):
    loss = LOSSES[name]().build(task, [10.0, 10.0, 20.0], N_ROWS)
    train_an_epoch(MLP(N_COLUMNS, N_OUTPUTS, (8,)), loss, make_target(task), resident=True)
