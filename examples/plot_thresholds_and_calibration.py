"""
Thresholds and calibration
==========================

Focal loss, weights and resampling bias probabilities: a probability of 0.7 no longer means that
seven of ten such messages are spam. If only labels are needed, a threshold corrects this; if the
probabilities are used, a calibration does. Both are learned from folds of the training messages,
so that no test message is used.

It needs the messages: a network connection, or a folder with them in ``SKTEXT_DATA``.
"""

# %%
# Repeated messages are dropped, or copies would be on both sides of the split.
from sklearn.model_selection import train_test_split

from sktext.datasets import fetch_sms_spam

messages = fetch_sms_spam(drop_repeated=True)
train, test, y_train, y_test = train_test_split(
    messages.data, messages.target, test_size=0.4, stratify=messages.target, random_state=0
)

# %%
# A classifier with calibrated probabilities, and three with biased ones.
from sktext import TfidfTorchClassifier

classifiers = {
    "cross-entropy": TfidfTorchClassifier(random_state=0),
    "focal loss": TfidfTorchClassifier(loss="focal", random_state=0),
    "down-sampled": TfidfTorchClassifier(sampler="under", random_state=0),
    "logit adjustment": TfidfTorchClassifier(loss="logit_adjustment", random_state=0),
}

# %%
# The expected calibration error with a confidence interval, of the raw probabilities and after
# each method. "posterior" is the formula of the loss, weights and sampler, and learns nothing.
from sktext.meta import CalibratedClassifier
from sktext.metrics import expected_calibration_error

methods = ("posterior", "temperature", "vector", "isotonic")
calibrated = {}
print(f"{'calibration error':<20}{'raw':>8}{'95 %':>16}" + "".join(f"{m:>14}" for m in methods))
for name, classifier in classifiers.items():
    raw = classifier.fit(train, y_train).predict_proba(test)
    error, lower, upper = expected_calibration_error(y_test, raw, confidence=0.95, random_state=0)
    cells = f"{error:>8.3f}{f'{lower:.3f} to {upper:.3f}':>16}"
    for method in methods:
        model = CalibratedClassifier(classifier, method=method, cv=3, random_state=0)
        proba = model.fit(train, y_train).predict_proba(test)
        cells += f"{expected_calibration_error(y_test, proba):>14.3f}"
        calibrated[name, method] = proba
    print(f"{name:<20}{cells}")

# %%
# The threshold depends on the objective: F1, the highest recall at a precision of 0.98, or the
# least cost if a lost message is as bad as twenty spams. The classifier inside stays the same.
from sklearn.metrics import confusion_matrix, f1_score, precision_score, recall_score

from sktext.meta import Cost, RecallAtPrecision, TunedThresholdsClassifier

objectives = {
    "one half": None,
    "F1": "f1",
    "recall at precision 0.98": RecallAtPrecision(0.98),
    "ham lost costs 20": Cost([[0, 20], [1, 0]]),
}
print(f"\n{'threshold for':<26}{'threshold':>10}{'precision':>11}{'recall':>8}{'F1':>8}{'cost':>8}")
for name, objective in objectives.items():
    model, threshold = classifiers["down-sampled"], 0.5
    if objective is not None:
        model = TunedThresholdsClassifier(model, objective=objective, random_state=0)
        threshold = model.fit(train, y_train).thresholds_[0]
    predicted = model.predict(test)
    scores = [
        score(y_test, predicted, pos_label="spam")
        for score in (precision_score, recall_score, f1_score)
    ]
    (_, lost), (missed, _) = confusion_matrix(y_test, predicted)
    cells = f"{threshold:>10.3f}{scores[0]:>11.3f}{scores[1]:>8.3f}{scores[2]:>8.3f}"
    print(f"{name:<26}{cells}{20 * lost + missed:>8}")

# %%
# Reliability before and after: on the diagonal, probabilities equal the fraction of positives. The
# bars are 95 % confidence intervals, and the strip below has the number of messages of each point.
import matplotlib.pyplot as plt
from pictures import show

from sktext.inspection import ReliabilityDisplay

fig, axes = plt.subplots(1, 4, figsize=(15, 4), sharey=True, layout="constrained")
for ax, (name, classifier) in zip(axes, classifiers.items(), strict=True):
    ReliabilityDisplay.from_estimator(classifier, test, y_test, name="raw", ax=ax)
    ReliabilityDisplay.from_predictions(
        y_test, calibrated[name, "vector"], labels=classifier.classes_, name="vector", ax=ax
    )
    ax.set_title(name)
show()

# %%
# What was learned
# ----------------
#
# Cross-entropy needs no calibration here; with many classes and few texts of each, the penalty
# makes its probabilities underconfident, and it does. Focal loss, down-sampling and logit
# adjustment need one, and then are as good as cross-entropy: by their formula without any data, by
# "vector" and "isotonic" a little better. "temperature" has one number for both classes and cannot
# correct class proportions, which is what down-sampling and logit adjustment have changed.
#
# At a threshold of one half the down-sampled classifier finds the most spam and loses the most ham.
# Every objective raises the threshold; how far depends on the cost of a lost message. The required
# precision is that of the folds, and may be missed or exceeded on new messages.
