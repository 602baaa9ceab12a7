"""A classifier of your own: its network, its features, its parameters."""

import torch
from torch import nn

from sktext.classifiers import BaseSequenceClassifier, classifier_dataclass


class GatedBag(nn.Module):
    """The sum of token vectors, each through a gate of its own."""

    def __init__(self, n_tokens, n_outputs, embedding_dim, n_gates, seed):
        super().__init__()
        draws = torch.Generator().manual_seed(seed)
        self.embedding = nn.Embedding(n_tokens, embedding_dim, padding_idx=0)
        self.gate = nn.Linear(embedding_dim, n_gates)
        self.head = nn.Linear(n_gates * embedding_dim, n_outputs)
        for weight in (self.embedding.weight, self.gate.weight, self.head.weight):
            nn.init.normal_(weight, std=0.1, generator=draws)
        nn.init.zeros_(self.gate.bias)

    def forward(self, ids):
        """Map ids of shape (n_samples, length) to logits; 0 is padding."""
        vectors = self.embedding(ids)  # (n_samples, length, embedding_dim)
        gates = self.gate(vectors).sigmoid() * (ids > 0)[..., None]
        return self.head((gates.transpose(1, 2) @ vectors).flatten(1))


@classifier_dataclass
class GatedBagClassifier(BaseSequenceClassifier):
    """A gated bag of characters, with every parameter of the other classifiers.

    Parameters
    ----------
    n_gates : int, default=4
        Gates of each token.
    {inherited_parameters}
    """

    n_gates: int = 4
    tokenizer: str = "characters"
    max_epochs: int = 20

    def make_module(self, n_tokens, n_outputs, embedding_dim, seed):
        """Make the network for the tokens and classes that were found."""
        return GatedBag(n_tokens, n_outputs, embedding_dim, self.n_gates, seed)


if __name__ == "__main__":
    from sklearn.model_selection import GridSearchCV

    from sktext.datasets import make_imbalanced_texts

    texts, labels = make_imbalanced_texts(600, random_state=0)
    clf = GatedBagClassifier(loss="focal", lr=0.01, optimizer="adamw", random_state=0)
    search = GridSearchCV(clf, {"n_gates": [1, 4]}, cv=2, scoring="f1_macro").fit(texts, labels)
    print(search.best_params_, round(search.best_score_, 3))
