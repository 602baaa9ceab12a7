"""
Many labels, most of them rare
==============================

News have one or several of 90 topics; a few topics are in thousands of texts, half of them in
fewer than thirty. Losses are said to help the rare ones, and so are thresholds. Here are five
losses with and without thresholds of their own, scored on the frequent topics, the middle and the
tail.

It needs the news: a network connection, or a folder with them in ``SKTEXT_DATA``.
"""

# %%
# The official split. Words become columns once, for all losses.
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from sktext.datasets import fetch_reuters

train, test = fetch_reuters(), fetch_reuters(subset="test")
vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=5, dtype=np.float32)
X, X_test = vectorizer.fit_transform(train.data), vectorizer.transform(test.data)
y, y_test = train.target, test.target

# %%
# Which labels are the tail is decided by the training rows: those with at most eight. The head
# are those with 35 and more.
from sktext.metrics import f1_by_frequency

counts = y.sum(axis=0)
parts = f1_by_frequency(y, y, counts)
print({part: scores.n_labels for part, scores in parts.items()}, "labels,", len(y), "news\n")

# %%
# One linear model per loss.
from sktext import TorchClassifier
from sktext.losses import BCELoss, DistributionBalancedLoss

losses = {
    "bce": "bce",
    "bce, weighted": BCELoss(pos_weight="balanced"),
    "zlpr": "zlpr",
    "DB": DistributionBalancedLoss("DB"),
    "CB-NTR": DistributionBalancedLoss("CB-NTR"),
}

# %%
# The thresholds are found on folds of the training news; ``estimator_`` is the classifier inside,
# whose threshold is one half. ``at_least_one`` is for texts that are known to have a topic.
from sktext.meta import TunedThresholdsClassifier
from sktext.metrics import label_report
from sktext.model_selection import IterativeStratifiedKFold

folds = IterativeStratifiedKFold(3, shuffle=True, random_state=0)
scores, reports = {}, {}
for name, loss in losses.items():
    inner = TorchClassifier(loss=loss, random_state=0)
    clf = TunedThresholdsClassifier(inner, cv=folds, at_least_one=True).fit(X, y)
    for threshold, model in (("one half", clf.estimator_), ("tuned", clf)):
        predicted = model.predict(X_test)
        scores[name, threshold] = f1_by_frequency(y_test, predicted, counts)
        reports[name, threshold] = label_report(
            y_test, predicted, labels=train.target_names, counts=counts
        )

# %%
# Macro F1 of each part and of all labels.
PARTS = ("head", "medium", "tail")
print(f"{'loss':<16}{'threshold':<11}" + "".join(f"{part:>8}" for part in (*PARTS, "all")))
for (name, threshold), by_part in scores.items():
    cells = "".join(f"{by_part[part].macro:>8.3f}" for part in PARTS)
    print(f"{name:<16}{threshold:<11}{cells}{reports[name, threshold]['f1'].mean():>8.3f}")

# %%
# A report per label says more than an average: what do thresholds find among the rarest topics?
before, after = reports["bce", "one half"], reports["bce", "tuned"]
found = after[(after["recall"] > 0) & (before["recall"] == 0)].sort_values("training_count")
print("\nfound by thresholds only:")
print(found[["training_count", "support", "predicted", "precision", "recall"]].head(8).round(2))

# %%
import matplotlib.pyplot as plt
from pictures import show

fig, axes = plt.subplots(1, 3, figsize=(13, 4), sharey=True, layout="constrained")
places = np.arange(len(losses))
for ax, part in zip(axes, PARTS, strict=True):
    for shift, threshold in ((-0.2, "one half"), (0.2, "tuned")):
        heights = [scores[name, threshold][part].macro for name in losses]
        ax.bar(places + shift, heights, 0.4, label=threshold)
    ax.set_title(f"{part}: {parts[part].n_labels} labels")
    ax.set_xticks(places, losses, rotation=40, ha="right")
axes[0].set_ylabel("macro F1")
# Beside the panels, where it covers no bars.
fig.legend(*axes[0].get_legend_handles_labels(), title="threshold", loc="outside right upper")
show()

# %%
# What was learned
# ----------------
#
# At a threshold of one half, cross-entropy hardly finds a topic of the tail: its probabilities are
# calibrated, and rarely reach one half. Losses that rebalance labels help, those made for long
# tails (DB, CB-NTR) the most. Thresholds help more than any loss, and make the losses nearly equal;
# both together are best. Nothing makes the tail good: topics of one to eight texts are found by a
# word or two, and a threshold that was chosen on so few is sometimes an accident, such as a topic
# that is predicted fifty times as often as it occurs. ``min_positives`` excludes such topics.
