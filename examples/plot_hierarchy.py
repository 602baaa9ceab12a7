"""
Labels in a hierarchy
=====================

Questions have one of 50 types of answer below 6 classes; posts come from 20 newsgroups in 7
groups. Who knows that ``NUM:date`` and ``NUM:count`` are both numbers can learn more from few
examples, and be wrong by less. Compared are a classifier of the last level alone, one of all
labels side by side, one for the children of each label from the top down, and one for all levels
at once that cannot contradict the hierarchy.

It needs the questions and the posts: a network connection, or a folder with them in
``SKTEXT_DATA``.
"""

# %%
# The labels of the questions are paths, ``"NUM:date"``, which contain their parents. Names of
# newsgroups have parts as well, but not the same number; a dict maps each to its parent.
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from sktext.datasets import fetch_20newsgroups, fetch_trec


def as_numbers(vectorizer, train, test):
    X, X_test = vectorizer.fit_transform(train[0]), vectorizer.transform(test[0])
    return X, train[1], X_test, test[1]


words = TfidfVectorizer(sublinear_tf=True, min_df=5, dtype=np.float32)
pairs = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), dtype=np.float32)
questions = as_numbers(
    pairs,
    fetch_trec(level="fine", return_X_y=True),
    fetch_trec(level="fine", subset="test", return_X_y=True),
)
posts = as_numbers(
    words,
    fetch_20newsgroups(remove_headers=True, return_X_y=True),
    fetch_20newsgroups(remove_headers=True, subset="test", return_X_y=True),
)
groups = {str(newsgroup): str(newsgroup).partition(".")[0] for newsgroup in sorted(set(posts[1]))}
parents = {**dict.fromkeys(groups.values()), **groups}

# %%
# All have the same features and the same linear model. The flat classifier gets the columns of
# ``HierarchyEncoder``, in which nothing keeps a child with its parent.
from sktext import TorchClassifier
from sktext.meta import HierarchicalClassifier, LocalHierarchicalClassifier
from sktext.preprocessing import HierarchyEncoder

classes = TorchClassifier(loss="cross_entropy", random_state=0)
data = {"questions": (questions, None), "posts": (posts, parents)}
predictions, hierarchies = {}, {}
for name, ((X, y, X_test, _), given) in data.items():
    encoder = HierarchyEncoder(given).fit(y)
    hierarchies[name] = encoder.hierarchy_
    labels = TorchClassifier(loss="bce", random_state=0).fit(X, encoder.transform(y))
    joint = HierarchicalClassifier(TorchClassifier(loss="mcm", random_state=0), parents=given)
    local = LocalHierarchicalClassifier(classes, parents=given)
    predictions[name] = {
        "last level alone": classes.fit(X, y).predict(X_test),
        "labels side by side": labels.predict(X_test),
        "top down": local.fit(X, y).predict(X_test),
        "all levels at once": joint.fit(X, y).predict(X_test),
    }
    print(name, "such as", joint.predict_paths(X_test[:1])[0][0], "\n")

# %%
# Accuracy on each level; precision, recall and F1 of labels with all labels above them; and how
# often a child was predicted without its parent.
from sktext.metrics import hierarchical_precision_recall_f1, level_scores

print(
    f"{'':<12}{'':<21}{'upper':>8}{'lower':>8}{'h-prec.':>9}{'h-rec.':>8}{'h-F1':>8}{'contrad.':>10}"
)
table = {}
for name, ((_, _, _, y_test), _) in data.items():
    hierarchy = hierarchies[name]
    for method, predicted in predictions[name].items():
        levels = level_scores(y_test, predicted, hierarchy=hierarchy)["accuracy"]
        scores = hierarchical_precision_recall_f1(y_test, predicted, hierarchy=hierarchy)
        side_by_side = predicted.ndim == 2
        contradictions = hierarchy.count_violations(predicted) if side_by_side else 0
        table[name, method] = [*levels, scores[2]]
        cells = "".join(f"{value:>8.3f}" for value in levels)
        cells += f"{scores[0]:>9.3f}{scores[1]:>8.3f}{scores[2]:>8.3f}{contradictions:>10}"
        print(f"{name:<12}{method:<21}{cells}")

# %%
import matplotlib.pyplot as plt
from pictures import show

fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
for ax, name in zip(axes, data, strict=True):
    for i, method in enumerate(predictions[name]):
        ax.bar(np.arange(3) + (i - 1.5) * 0.2, table[name, method], 0.2, label=method)
    ax.set_xticks(range(3), ["upper level", "lower level", "h-F1"])
    ax.set_ylim(0.5, 1)
    ax.set_title(f"{name}: {hierarchies[name].is_leaf.sum()} labels")
axes[0].legend(fontsize=8)
show()

# %%
# What was learned
# ----------------
#
# Flat predictions contradict the hierarchy, and many rows get no label of the lower level, as none
# reaches one half. All levels at once solve both: a path is chosen as a whole. With fifty types and
# few examples of most, the lower level gains from that. With twenty newsgroups of five hundred
# posts each it does not; a classifier of the last level alone is as good there, and simpler. From
# the top down the first decision is the best of all on questions, as it is trained for nothing
# else, but mistakes there are never corrected below.
