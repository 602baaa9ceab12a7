"""The network of LSTMClassifier in a plain torch loop, for a device to compare with."""

import statistics

import numpy as np
import torch
import torch.nn.functional as F
from _report import timed
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from sktext._training._batches import Batches
from sktext.modules import RaggedTokens

SIZE = 64  # of vectors and states of LSTMClassifier by default


class PlainLSTM(torch.nn.Module):
    """The network of LSTMClassifier as one writes it with torch's own layer."""

    def __init__(self, n_tokens, packed):
        super().__init__()
        self.packed = packed
        self.embedding = torch.nn.Embedding(n_tokens, SIZE, padding_idx=0)
        self.cells = torch.nn.LSTM(SIZE, SIZE, batch_first=True, bidirectional=True)
        self.head = torch.nn.Linear(2 * SIZE, 1)

    def forward(self, ids, lengths):
        """Map ids, and lengths on the CPU, to logits."""
        x = F.dropout(self.embedding(ids))
        if self.packed:
            x = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        states = self.cells(x)[0]
        if self.packed:
            states = pad_packed_sequence(states, batch_first=True)[0]
        mask = (ids != 0)[:, :, None]
        mean = (states * mask).sum(dim=1) / mask.sum(dim=1)
        return self.head(F.dropout(mean))[:, 0]


def plain_batches(tokenizer, texts, y, device, batch_size):
    """Put the padded ids, lengths and targets of all batches of an epoch on the device."""
    rows = RaggedTokens.from_rows(tokenizer.transform(texts))
    order = {"batch_size": batch_size, "rng": np.random.RandomState(0)}
    for inputs, target in Batches(rows, torch.from_numpy(y).float(), **order):
        yield inputs.x.padded().to(device), inputs.x.lengths, target.to(device)


def plain_seconds(network, batches, device, half, n_epochs):
    """Time the loop: all batches lie on the device before, and no loss is read."""
    network.to(device).train()
    optimizer = torch.optim.Adam(network.parameters(), fused=True)

    def run_epoch():
        for ids, lengths, target in batches:
            optimizer.zero_grad()
            with torch.autocast(torch.device(device).type, torch.bfloat16, enabled=half):
                logits = network(ids, lengths)
            F.binary_cross_entropy_with_logits(logits.float(), target).backward()
            optimizer.step()

    return statistics.median([timed(device, run_epoch) for _ in range(n_epochs)][1:])
