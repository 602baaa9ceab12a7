"""
Which words attention pooling looked at
=======================================

With ``pooling="attention"`` a recurrent network sums its states up by a mean whose weights it
learns. ``attention`` gives these weights, one for each word that ``tokenize`` gives. Here they
are drawn on questions whose type of answer is asked for, and put to the test: does the answer
change without the words that weigh most?

It needs the questions: a network connection, or a folder with them in ``SKTEXT_DATA``.
"""

# %%
from sktext.datasets import fetch_trec

train, y_train = fetch_trec(return_X_y=True)
test, y_test = fetch_trec(subset="test", return_X_y=True)
print(len(train), "questions such as", repr(train[0]), "of type", y_train[0])

# %%
# Read from both ends, so that the state at a word has also seen what follows it. A few epochs are
# enough for an example, although the loss would fall further.
import warnings

from sklearn.exceptions import ConvergenceWarning

from sktext import LSTMClassifier

warnings.filterwarnings("ignore", category=ConvergenceWarning)
clf = LSTMClassifier(pooling="attention", max_epochs=6, random_state=0)
clf.fit(train, y_train)
predicted = clf.predict(test)
print("accuracy on", len(test), "questions:", round((predicted == y_test).mean(), 3))

# %%
# A row of weights for each question, as long as its words, that sums to one.
tokens, weights = clf.tokenize(test), clf.attention(test)
for words, weight in zip(tokens[:5], weights, strict=False):
    print(" ".join(f"{word}:{share:.2f}" for word, share in zip(words, weight, strict=True)))

# %%
# Which words get most of it, among those of at least eight questions?
from collections import defaultdict

import numpy as np

shares = defaultdict(list)
for words, weight in zip(tokens, weights, strict=True):
    for word, share in zip(words, weight, strict=True):
        shares[word].append(share)
means = {word: np.mean(found) for word, found in shares.items() if len(found) >= 8}
ranking = sorted(means, key=means.get, reverse=True)
print("most: ", ", ".join(f"{word} {means[word]:.2f}" for word in ranking[:12]))
print("least:", ", ".join(f"{word} {means[word]:.2f}" for word in ranking[-12:]))

# %%
# Weights are an explanation only if the prediction depends on them. One word of each question is
# left out: the one with the largest weight, a random one, or the one with the smallest.
rng = np.random.RandomState(0)
chosen = {
    "the heaviest word": [weight.argmax() for weight in weights],
    "any word": [rng.randint(len(weight)) for weight in weights],
    "the lightest word": [weight.argmin() for weight in weights],
}
print(f"\n{'left out':<20}{'accuracy':>10}{'other answer':>14}")
for name, places in chosen.items():
    shorter = [
        " ".join(words[:i] + words[i + 1 :]) for words, i in zip(tokens, places, strict=True)
    ]
    again = clf.predict(shorter)
    print(f"{name:<20}{(again == y_test).mean():>10.3f}{(again != predicted).mean():>14.3f}")

# %%
# The first three questions of each type, with words shaded by their weight.
import matplotlib.pyplot as plt
from pictures import show


def draw_words(ax, y, words, weight):
    """Write words on coloured grounds from left to right."""
    x = 0.0
    for word, share in zip(words, weight, strict=True):
        ground = {"facecolor": plt.cm.Reds(0.8 * share), "edgecolor": "none", "pad": 1.5}
        ax.text(x, y, word, family="monospace", fontsize=9, va="center", bbox=ground)
        x += len(word) + 1.2


rows = [row for name in clf.classes_ for row in np.flatnonzero(y_test == name)[:3]]
fig, ax = plt.subplots(figsize=(11, 5), layout="constrained")
for y, row in enumerate(rows):
    mark = "" if predicted[row] == y_test[row] else f", taken for {predicted[row]}"
    draw_words(ax, y, tokens[row], weights[row])
    ax.text(-1, y, y_test[row] + mark, fontsize=9, ha="right", va="center")
ax.set_xlim(-22, 80)
ax.set_ylim(len(rows), -1)
ax.axis("off")
ax.set_title("Weight of each word")
show()

# %%
# What was learned
# ----------------
#
# The largest weights are at words such as "when", "how", "year" and "population", which almost name
# the type. Without the word of largest weight the prediction changes about twice as often as
# without a random one, so the weights explain something, but not all: the state at a word has read
# its neighbours, so that weight at "is" may be for "what is", and leaving out a word of small
# weight changes predictions as well.
