"""A network of your own: a linear model and one with hidden units, added up."""

from torch import nn

from sktext import TfidfTorchClassifier
from sktext.modules import MLP, SparseLinear


class WideAndDeep(nn.Module):
    """Rare words are remembered by the wide part, patterns are learned by the deep one."""

    def __init__(self, n_features, n_outputs, n_hidden, row_norm, seed):
        super().__init__()
        self.head = SparseLinear(n_features, n_outputs)  # its bias starts at the class proportions
        self.deep = MLP(n_features, n_outputs, (n_hidden,), row_norm=row_norm, seed=seed)

    def forward(self, x):
        """Map dense or sparse rows to logits."""
        return self.head(x) + self.deep(x)  # (n_samples, n_outputs)


class WideAndDeepClassifier(TfidfTorchClassifier):
    """Everything of the text classifier, with another network."""

    def make_module(self, n_features, n_outputs, row_norm, seed):
        """Make the network for the features and classes that were found."""
        return WideAndDeep(n_features, n_outputs, 32, row_norm, seed)


if __name__ == "__main__":
    from sklearn.model_selection import cross_val_score

    from sktext.datasets import make_imbalanced_texts

    texts, labels = make_imbalanced_texts(600, random_state=0)
    clf = WideAndDeepClassifier(loss="focal", class_weight="balanced", random_state=0)
    print(cross_val_score(clf, texts, labels, scoring="f1_macro").round(3))
