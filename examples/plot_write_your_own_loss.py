"""
Write your own loss
===================

A loss is a class of a dozen lines: what it costs a sample, and nothing else. Weights, the
mean, half precision, binary and multiclass tasks, searching its parameters and saving it come
from the base class.
"""

# %%
# Cross-entropy goes on rewarding samples that are already correct. Here it is kept from falling
# below a level: a sample with a smaller loss is pushed back to it.
import torch.nn.functional as F

from sktext.losses import Loss


class FloodedLoss(Loss):
    """Cross-entropy that does not sink below a level (Ishida et al., ICML 2020)."""

    suits_lbfgs = False  # it has a kink

    def __init__(self, level=0.1):
        super().__init__()
        self.level = level

    def per_sample(self, logits, target):
        loss = F.cross_entropy(logits, target, reduction="none")  # (n_samples,)
        return (loss - self.level).abs() + self.level


# %%
# ``check_loss`` runs the checks that every loss of the package passes.
from sktext.testing import check_loss

check_loss(FloodedLoss())

# %%
# It is passed in place of a name, and its parameters are searched like any others.
from sklearn.model_selection import GridSearchCV, train_test_split

from sktext import TfidfTorchClassifier
from sktext.datasets import make_imbalanced_texts

texts, labels = make_imbalanced_texts(2000, n_classes=5, imbalance=30, random_state=0)
train, test, y_train, y_test = train_test_split(
    texts, labels, test_size=0.5, stratify=labels, random_state=0
)
grid = [
    {"loss": ["cross_entropy"], "optimizer": ["lbfgs", "adagrad"]},
    {"loss": [FloodedLoss()], "loss__level": [0.0, 0.03, 0.1, 0.3]},
]
search = GridSearchCV(TfidfTorchClassifier(random_state=0), grid, scoring="f1_macro", cv=3)
search.fit(train, y_train)
params, scores = search.cv_results_["params"], search.cv_results_["mean_test_score"]
for candidate, score in zip(params, scores, strict=True):
    print(f"{score:.3f}  {candidate}")
print("macro F1 on new messages:", round(search.score(test, y_test), 3))

# %%
import matplotlib.pyplot as plt
from pictures import show

fig, ax = plt.subplots(figsize=(9, 3.5), layout="constrained")
ax.barh([", ".join(str(value) for value in candidate.values()) for candidate in params], scores)
ax.invert_yaxis()
ax.set_xlabel("macro F1, three folds")
show()

# %%
# What was learned
# ----------------
#
# The loss took eleven lines, none of them about weights, tasks or searching. On these messages it
# is no better than cross-entropy, as the search shows.
