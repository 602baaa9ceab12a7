"""
A recurrent network on film reviews
===================================

An LSTM reads the ends of 6,000 reviews word by word and is watched on 4,000 others of other
films. It is trained twice: with cross-entropy, and with the loss that leaves reviews alone once
they are right by a margin, which was proposed for this very task.

It needs the reviews: a network, or ``SKTEXT_DATA`` naming a folder that has them.
"""

# %%
# A part of either half of the data set is enough to see how the curves run.
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
# A verdict comes last, so the last hundred words are kept. That reviews are longer, and that more
# epochs would take off more of the loss, is known here, and the warnings about it are turned off.
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
# ``X_val`` is only watched: nothing stops training and no epoch is picked.
for model in models.values():
    model.fit(train, y_train, X_val=watched, y_val=y_watched)
print(model.n_truncated_, "of", len(train), "reviews were cut to", model.max_length, "words")
print(f"{'loss':<16}{'epoch':>6}{'training':>10}{'held out':>10}{'accuracy':>10}{'seconds':>9}")
for name, model in models.items():
    for epoch in model.history_:
        losses = f"{epoch['train_loss']:>10.3f}{epoch['valid_loss']:>10.3f}"
        print(
            f"{name:<16}{epoch['epoch']:>6}{losses}{epoch['valid_score']:>10.3f}{epoch['dur']:>9.1f}"
        )

# %%
# How sure are they, and when they are wrong? A linear model that reads whole reviews is the mark.
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
titles = {"train_loss": "training loss", "valid_loss": "held-out loss", "valid_score": "accuracy"}
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
# Both learn the training reviews by heart and are about as often right on others. The held-out
# cross-entropy turns up after the third epoch, as the network grows sure of its mistakes; the
# margin loss lets go of what is right, its held-out curve goes on falling, and there is no need
# to stop early. The price is in the last picture: its confidence stays near the margin, and is no
# probability. Six thousand texts are few for a network that starts from nothing: the linear model
# on whole reviews is better, and takes seconds.
