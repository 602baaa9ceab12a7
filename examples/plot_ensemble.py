"""
An LSTM, a CNN and TF-IDF together
==================================

Three models that read the same texts in different ways: in order, in phrases, as a bag of words.
They make different mistakes, which is what an ensemble needs. scikit-learn's own
``VotingClassifier`` and ``StackingClassifier`` do the rest, as these are classifiers of raw texts
like any others.

It needs the questions: a network connection, or a folder with them in ``SKTEXT_DATA``.
"""

# %%
# Questions by type of answer; a part of them, as each network is trained five times.
from sklearn.model_selection import train_test_split

from sktext.datasets import fetch_trec

texts, labels = fetch_trec(subset="all", return_X_y=True)
train, test, y_train, y_test = train_test_split(
    texts, labels, train_size=2500, stratify=labels, random_state=0
)

# %%
# Each begins with the texts themselves, so that no features are learned outside of a fold. A few
# epochs are enough for an example, although losses would fall further.
import warnings

from sklearn.exceptions import ConvergenceWarning

from sktext import CNNClassifier, LSTMClassifier, TfidfTorchClassifier

warnings.filterwarnings("ignore", category=ConvergenceWarning)
members = [
    ("LSTM", LSTMClassifier(max_epochs=8, random_state=0)),
    (
        "CNN",
        CNNClassifier((1, 2, 3), 64, pooling="max", n_buckets=0, max_epochs=8, random_state=0),
    ),
    ("TF-IDF", TfidfTorchClassifier(random_state=0).set_params(vectorizer__ngram_range=(1, 2))),
]

# %%
# Soft voting takes the mean of the probabilities. Stacking learns, from predictions on folds
# that a member was not fitted on, which member to trust for which class.
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression

voting = VotingClassifier(members, voting="soft").fit(train, y_train)
stacking = StackingClassifier(members, LogisticRegression(), cv=3).fit(train, y_train)

# %%
# The voting holds each member fitted to all training texts, so none is trained again to be
# compared. Its members predict encoded classes.
import numpy as np

predicted = {
    name: voting.classes_[member.predict(test)] for name, member in voting.named_estimators_.items()
}
predicted["soft voting"] = voting.predict(test)
predicted["stacking"] = stacking.predict(test)

# %%
# Log loss measures the quality of the probabilities.
from sklearn.metrics import f1_score, log_loss

probabilities = {
    **{name: member.predict_proba(test) for name, member in voting.named_estimators_.items()},
    "soft voting": voting.predict_proba(test),
    "stacking": stacking.predict_proba(test),
}
print(f"{'model':<14}{'accuracy':>10}{'macro F1':>10}{'log loss':>10}")
scores = {}
for name, answers in predicted.items():
    scores[name] = (answers == y_test).mean()
    macro = f1_score(y_test, answers, average="macro")
    loss = log_loss(y_test, probabilities[name])
    print(f"{name:<14}{scores[name]:>10.3f}{macro:>10.3f}{loss:>10.3f}")

# %%
# The upper bound: questions that at least one of the three predicts correctly.
right = np.array([predicted[name] == y_test for name, _ in members])
print("all three right:", round(right.all(axis=0).mean(), 3))
print("at least one right:", round(right.any(axis=0).mean(), 3))
print("two wrong alike:")
for i, (first, _) in enumerate(members):
    for j, (second, _) in list(enumerate(members))[i + 1 :]:
        both = (~right[i] & ~right[j]).sum() / (~right[i] | ~right[j]).sum()
        print(f"  {first} and {second}: {both:.2f} of the questions that either gets wrong")

# %%
import matplotlib.pyplot as plt
from pictures import show

fig, axes = plt.subplots(1, 2, figsize=(12, 3.8), width_ratios=(2, 3), layout="constrained")
colors = ["tab:grey"] * len(members) + ["tab:blue", "tab:orange"]
axes[0].barh(list(scores), list(scores.values()), color=colors)
for place, score in enumerate(scores.values()):
    axes[0].text(score, place, f" {score:.3f}", va="center")
axes[0].invert_yaxis()
axes[0].set_xlim(0.7, 1)
axes[0].set_title("accuracy")
weights = stacking.final_estimator_.coef_  # (n_classes, n_members * n_classes)
image = axes[1].imshow(weights, cmap="RdBu", vmin=-abs(weights).max(), vmax=abs(weights).max())
columns = [f"{name} {label}" for name, _ in members for label in stacking.classes_]
axes[1].set_xticks(range(len(columns)), columns, rotation=90)
axes[1].set_yticks(range(len(stacking.classes_)), stacking.classes_)
axes[1].set_title("what stacking makes of each probability")
fig.colorbar(image)
show()

# %%
# What was learned
# ----------------
#
# On so few and short texts the bag of words is the best member. Two members share only about half
# of their mistakes, yet plain voting gains no accuracy over the best one, as the two weaker can
# outvote it; its probabilities are better than those of any member. Stacking learns to rely on the
# best one and is a little better. At least one member is correct on nine questions of ten, and most
# of that gain is not realised: an ensemble is no substitute for a better member.
