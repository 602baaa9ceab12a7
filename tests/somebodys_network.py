"""A network as a user may bring it, in a module of its own, so that it can be pickled."""

from torch import nn


class Somebodys(nn.Module):
    """Draws its dropout from torch's global generator."""

    def __init__(self, n_tokens, n_outputs, embedding_dim):
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, embedding_dim, padding_idx=0)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(embedding_dim, n_outputs)

    def forward(self, ids):
        return self.head(self.dropout(self.embedding(ids).sum(dim=1)))
