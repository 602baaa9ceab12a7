"""
Class weights, weight decay, early stopping
===========================================

Three recipes for lower loss and better accuracy, each with its learning curve: weigh the
classes, pull the weights towards zero, stop when the validation set gets no better. The network has
a hidden layer and far more weights than there are messages, so that it can learn these by
heart.
"""

# %%
from sklearn.model_selection import train_test_split

from sktext.datasets import make_imbalanced_texts

texts, labels = make_imbalanced_texts(1200, n_classes=4, imbalance=20, random_state=0)
train, test, y_train, y_test = train_test_split(
    texts, labels, test_size=0.5, stratify=labels, random_state=0
)

# %%
# All four train the same network with the same steps; the last stops by itself.
from sktext import TfidfTorchClassifier

shared = {
    "hidden_layer_sizes": (64,),
    "optimizer": "adamw",
    "lr": 0.003,
    "weight_decay": 0.0,
    "max_epochs": 40,
    "random_state": 0,
}
recipes = {
    "plain": TfidfTorchClassifier(**shared),
    "class weights": TfidfTorchClassifier(class_weight="balanced", **shared),
    "weight decay": TfidfTorchClassifier(**{**shared, "weight_decay": 1.0}),
    "early stopping": TfidfTorchClassifier(early_stopping=True, n_iter_no_change=3, **shared),
}

# %%
# ``X_val`` is only evaluated, except by early stopping, which uses it. Here it is a part of the
# training messages, so that the test messages stay unseen.
from sklearn.metrics import f1_score, log_loss

part, watched, y_part, y_watched = train_test_split(
    train, y_train, test_size=0.3, stratify=y_train, random_state=0
)
print(f"{'recipe':<16}{'epochs':>8}{'log loss':>10}{'accuracy':>10}{'macro F1':>10}")
for name, classifier in recipes.items():
    classifier.fit(part, y_part, X_val=watched, y_val=y_watched)
    loss = log_loss(y_test, classifier.predict_proba(test))
    macro = f1_score(y_test, classifier.predict(test), average="macro")
    accuracy = classifier.score(test, y_test)
    print(f"{name:<16}{classifier.n_iter_:>8}{loss:>10.3f}{accuracy:>10.3f}{macro:>10.3f}")

# %%
import matplotlib.pyplot as plt
from pictures import show

fig, axes = plt.subplots(1, 4, figsize=(14, 3.5), sharey=True, layout="constrained")
for ax, (name, classifier) in zip(axes, recipes.items(), strict=True):
    ax.plot(classifier.history_[:, "train_loss"], label="training")
    ax.plot(classifier.history_[:, "valid_loss"], label="validation")
    ax.set_title(name)
    ax.set_xlabel("epoch")
axes[0].set_ylabel("loss")
axes[0].legend()
show()

# %%
# What was learned
# ----------------
#
# The validation loss of the plain network rises while its training loss goes to zero: it becomes
# overconfident in its mistakes. Class weights do not change that; they raise F1 of rare classes,
# and their loss is on another scale, as their rows are weighted differently. Weight decay keeps
# both curves together, early stopping returns to the epoch where the validation curve was lowest.
# Both lower the log loss on new messages.
