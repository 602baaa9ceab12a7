"""A loss of twelve lines in a parallel grid search: same result as serial, both times."""

import inspect

import torch
from _report import print_machine, seconds
from sklearn.model_selection import GridSearchCV

from sktext import TfidfTorchClassifier
from sktext.datasets import make_imbalanced_texts
from sktext.losses import Loss


class TemperedLoss(Loss):
    """Cross-entropy of sharpened or softened probabilities."""

    def __init__(self, temperature=1.0):
        super().__init__()
        self.temperature = temperature

    def per_sample(self, logits, target):
        """One value per sample."""
        logits = logits / self.temperature
        return torch.nn.functional.cross_entropy(logits, target, reduction="none")


def main():
    """Print what the search finds."""
    print_machine()
    print(f"the loss has {len(inspect.getsource(TemperedLoss).splitlines())} lines")
    texts, labels = make_imbalanced_texts(4000, n_classes=5, random_state=0)
    results = []
    for n_jobs in (1, 2):
        search = GridSearchCV(
            TfidfTorchClassifier(loss=TemperedLoss(), random_state=0),
            {"loss__temperature": [0.25, 0.5, 1.0, 2.0], "class_weight": [None, "balanced"]},
            scoring="f1_macro",
            n_jobs=n_jobs,
        )
        elapsed = seconds(lambda search=search: search.fit(texts, labels))
        results.append(search.cv_results_["mean_test_score"].tolist())
        best = f"{search.best_params_} {search.best_score_:.4f}"
        print(f"n_jobs={n_jobs}: {elapsed:5.1f} s, best {best}")
    print(f"scores equal to the last bit: {results[0] == results[1]}")


if __name__ == "__main__":
    main()
