"""
A zoo of losses
===============

Every loss that can tell one class from several others, each with the best of its own
parameters by grid search, on messages of six classes from frequent to very rare.
"""

# %%
# Generated messages: half the phrases of each belong to other classes, the rarest class has
# one message where the most frequent has forty.
from sklearn.model_selection import train_test_split

from sktext.datasets import make_imbalanced_texts

texts, labels = make_imbalanced_texts(3000, n_classes=6, imbalance=40, random_state=0)
train, test, y_train, y_test = train_test_split(
    texts, labels, test_size=0.5, stratify=labels, random_state=0
)

# %%
# Parameters worth searching, for losses that have some; all others run with their defaults.
from sktext.losses import LOSSES

grids = {
    "cross_entropy": {"loss__label_smoothing": [0.0, 0.1]},
    "focal": {"loss__gamma": [0.5, 2.0, 5.0]},
    "margin_ce": {"loss__margin": [0.6, 0.8]},
    "logit_adjustment": {"loss__tau": [0.5, 1.0]},
    "ldam": {"loss__max_m": [0.5, 1.0, 2.0]},
    "poly1": {"loss__epsilon": [1.0, 3.0]},
    "generalized_ce": {"loss__q": [0.3, 0.7]},
    "tversky": {"loss__beta": [0.5, 0.7]},
    "focal_tversky": {"loss__gamma": [0.75, 1.5]},
    "crammer_singer": {"loss__margin": [0.5, 1.0]},
    "multi_margin": {"loss__p": [1, 2]},
}
names = [name for name, Loss in LOSSES.items() if "multiclass" in Loss().tasks]
print(len(names), "losses:", ", ".join(names))

# %%
# The features of each fold are computed once and cached for all losses.
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV

from sktext import TfidfTorchClassifier

scores, best = {}, {}
with TemporaryDirectory() as memory:
    for name in names:
        classifier = TfidfTorchClassifier(loss=name, memory=memory, random_state=0)
        search = GridSearchCV(classifier, grids.get(name, {}), scoring="f1_macro", cv=3)
        search.fit(train, y_train)
        scores[name] = f1_score(y_test, search.predict(test), average=None, labels=search.classes_)
        best[name] = search.best_params_

# %%
# F1 of each class on messages that were not used by the search.
classes, counts = np.unique(y_train, return_counts=True)
order = np.argsort(-counts)
names.sort(key=lambda name: -scores[name].mean())
print(f"{'loss':<21}" + "".join(f"{classes[i]:>10}" for i in order) + f"{'macro':>8}  best")
for name in names:
    cells = "".join(f"{scores[name][i]:>10.2f}" for i in order)
    print(f"{name:<21}{cells}{scores[name].mean():>8.3f}  {best[name] or ''}")

# %%
import matplotlib.pyplot as plt
from pictures import show

table = np.array([scores[name][order] for name in names])
fig, ax = plt.subplots(figsize=(8, 6), layout="constrained")
image = ax.imshow(table, vmin=0, vmax=1, aspect="auto")
for (row, column), value in np.ndenumerate(table):
    color = "white" if value < 0.6 else "black"
    ax.text(column, row, f"{value:.2f}", ha="center", va="center", color=color)
ax.set_xticks(range(len(order)), [f"{classes[i]}\n{counts[i]}" for i in order])
ax.set_yticks(range(len(names)), names)
ax.set_title("F1 of each class, frequent to rare, with its training messages")
fig.colorbar(image)
show()

# %%
# What was learned
# ----------------
#
# On frequent classes the losses hardly differ; on the rarest one they do. One split of one data set
# is no general ranking: search on your own texts, with the score that matters to you.
