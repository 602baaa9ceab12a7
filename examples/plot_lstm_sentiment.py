"""
A recurrent network on film reviews
===================================

An LSTM reads the ends of 6,000 reviews word by word and is evaluated after each epoch on 4,000
reviews of other films. It is trained twice: with cross-entropy, and with the loss that ignores
reviews once they are correct by a margin, which was proposed for this very task.

It needs the reviews: a network connection, or a folder with them in ``SKTEXT_DATA``.
"""

# %%
# A part of each half of the data set is enough to see the shape of the curves.
from sklearn.model_selection import train_test_split

from sktext.datasets import fetch_imdb


def some_reviews(subset, n_reviews):
    texts, labels = fetch_imdb(subset=subset, return_X_y=True)
    texts, _, labels, _ = train_test_split(
        texts, labels, train_size=n_reviews, stratify=labels, random_state=0
    )
    return texts, labels


train, y_train = some_reviews("train", 6000)
watched, y_watched = some_reviews("test", 4000)

# %%
# The verdict comes last, so the last hundred words are kept. The warnings that reviews are longer
# and that more epochs would lower the loss are turned off.
import warnings

from sklearn.exceptions import ConvergenceWarning

from sktext import LSTMClassifier
from sktext.features import WordTokenizer

warnings.filterwarnings("ignore", "Texts of more than max_length")
warnings.filterwarnings("ignore", category=ConvergenceWarning)
shared = {
    "hidden_size": 64,
    "embedding_dim": 64,
    "tokenizer": WordTokenizer(min_df=3),
    "max_length": 100,
    "truncating": "left",
    "max_epochs": 6,
    "scoring": "accuracy",
    "random_state": 0,
}
models = {
    "cross-entropy": LSTMClassifier(loss="cross_entropy", **shared),
    "margin-gated": LSTMClassifier(loss="margin_ce", **shared),
}

# %%
# ``X_val`` is only evaluated: nothing stops training and no epoch is selected.
for model in models.values():
    model.fit(train, y_train, X_val=watched, y_val=y_watched)
print(model.n_truncated_, "of", len(train), "reviews were truncated to", model.max_length, "words")
print(f"{'loss':<16}{'epoch':>6}{'training':>10}{'validation':>11}{'accuracy':>10}{'seconds':>9}")
for name, model in models.items():
    for epoch in model.history_:
        losses = f"{epoch['train_loss']:>10.3f}{epoch['valid_loss']:>11.3f}"
        print(
            f"{name:<16}{epoch['epoch']:>6}{losses}{epoch['valid_score']:>10.3f}{epoch['dur']:>9.1f}"
        )

# %%
# How confident are they, and how confident when they are wrong? A linear model that reads whole
# reviews is the baseline.
import numpy as np

from sktext import TfidfTorchClassifier

models["TF-IDF, linear"] = TfidfTorchClassifier(random_state=0).fit(train, y_train)
confidences = {}
print(f"\n{'':<16}{'accuracy':>10}{'confidence':>12}{'when wrong':>12}")
for name, model in models.items():
    proba = model.predict_proba(watched)
    wrong = model.classes_[proba.argmax(axis=1)] != y_watched
    confidences[name] = proba.max(axis=1)
    means = f"{confidences[name].mean():>12.3f}{confidences[name][wrong].mean():>12.3f}"
    print(f"{name:<16}{1 - wrong.mean():>10.3f}{means}")

# %%
import matplotlib.pyplot as plt
from pictures import show

fig, axes = plt.subplots(1, 4, figsize=(15, 3.6), layout="constrained")
titles = {"train_loss": "training loss", "valid_loss": "validation loss", "valid_score": "accuracy"}
for ax, (column, title) in zip(axes, titles.items(), strict=False):
    for name in ("cross-entropy", "margin-gated"):
        history = models[name].history_
        ax.plot(history[:, "epoch"], history[:, column], marker="o", label=name)
    ax.set_title(title)
    ax.set_xlabel("epoch")
axes[2].axhline(models["TF-IDF, linear"].score(watched, y_watched), color="grey", label="TF-IDF")
axes[2].legend()
for name in ("cross-entropy", "margin-gated"):
    axes[3].hist(confidences[name], bins=np.linspace(0.5, 1, 26), alpha=0.6, label=name)
axes[3].set_title("confidence in the answer")
show()

# %%
# What was learned
# ----------------
#
# Both memorise the training reviews and have about the same accuracy on others. The validation
# cross-entropy rises after the third epoch, as the network becomes overconfident in its mistakes;
# the margin loss ignores what is already correct, its validation curve goes on falling, and there
# is no need to stop early. The price is in the last plot: its confidence stays near the margin, and
# is no probability. Six thousand texts are few for a network without pretraining: the linear model
# on whole reviews is better, and takes seconds.
