"""A loss of your own: cross-entropy that asks a probability to be right by a power."""

import torch

from sktext.losses import Loss


class BrierLoss(Loss):
    """Distance between the predicted probabilities and the right answer, to a power."""

    def __init__(self, power=2.0):
        super().__init__()
        self.power = power

    def per_sample(self, logits, target):
        """Softmax over classes: one value per sample."""
        right = torch.nn.functional.one_hot(target, logits.shape[1])
        return (logits.softmax(dim=1) - right).abs().pow(self.power).sum(dim=1)

    def per_label(self, logits, target):
        """Sigmoid per label: one value per sample and label."""
        return (logits.sigmoid() - target).abs().pow(self.power)


if __name__ == "__main__":
    from sklearn.model_selection import GridSearchCV

    from sktext import TfidfTorchClassifier
    from sktext.datasets import make_imbalanced_texts
    from sktext.testing import check_loss

    check_loss(BrierLoss())  # weights, precision, gradients, pickling, ...
    texts, labels = make_imbalanced_texts(600, random_state=0)
    clf = TfidfTorchClassifier(loss=BrierLoss(), random_state=0)
    search = GridSearchCV(clf, {"loss__power": [1.5, 2.0]}, n_jobs=2).fit(texts, labels)
    print(search.best_params_, round(search.best_score_, 3))
