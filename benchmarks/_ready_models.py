"""Models as people make them without a search, by the name of their row in a table."""

import importlib

from _peers import FastText, LibMultiLabel, ThresholdsByHand
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

import sktext
from sktext.losses import LOSSES
from sktext.meta import TunedThresholdsClassifier

NETWORKS = ("FastTextClassifier", "CNNClassifier", "LSTMClassifier", "SelfAttentionClassifier")
BASELINES = ("baseline A", "baseline B", "baseline OvR")


def installed(package):
    """Return whether a package can be imported, which is done here so that no fit pays for it."""
    try:
        importlib.import_module(package)
    except ImportError:
        return False
    return True


def ready_models(task, *, networks, balanced_losses=False, balanced_networks=False):
    """Return all models of a task by name, unfitted.

    Parameters
    ----------
    task : {"binary", "multiclass", "multilabel"}
    networks : bool
        Whether to add our networks of tokens.
    balanced_losses, balanced_networks : bool
        Whether to add each loss, and each network, with balanced classes.
    """
    models = baselines(task) | peers() | linear_models(task, balanced_losses)
    return models | token_networks(balanced_networks) if networks else models


def baselines(task):
    """Return what scikit-learn's users fit: two pipelines, or one-vs-rest with thresholds."""
    words = {"sublinear_tf": True, "min_df": 2}
    if task == "multilabel":
        each = OneVsRestClassifier(LinearSVC(random_state=0))
        pipeline = make_pipeline(TfidfVectorizer(**words), each)
        return {"baseline OvR": ThresholdsByHand(pipeline)}
    svm = LinearSVC(class_weight="balanced", random_state=0)
    regression = LogisticRegression(C=10, max_iter=300, random_state=0)
    pairs = TfidfVectorizer(ngram_range=(1, 2), **words)
    return {
        "baseline A": make_pipeline(TfidfVectorizer(**words), svm),
        "baseline B": make_pipeline(pairs, regression),
    }


def peers():
    """Return models of other packages, of those that are installed."""
    found = {}
    if installed("fasttext"):
        found |= {"fastText": FastText(), "fastText, tutorial": FastText(tutorial=True)}
    if installed("libmultilabel.linear"):
        found["LibMultiLabel"] = LibMultiLabel()
    return found


def linear_models(task, balanced_losses):
    """Return our linear models: the defaults, class weights, and every loss of the task."""
    losses = [name for name, Loss in LOSSES.items() if task in Loss().tasks]
    params = {"": {}, "balanced": {"class_weight": "balanced"}}
    params |= {loss: {"loss": loss} for loss in losses}
    if balanced_losses:
        for loss in losses:
            params[f"{loss}, balanced"] = {"loss": loss, "class_weight": "balanced"}
    models = {}
    for words, chosen in params.items():
        model = sktext.TfidfTorchClassifier(random_state=0, **chosen)
        if task == "multilabel":
            model = TunedThresholdsClassifier(model, random_state=0)
        models[row_name("TfidfTorchClassifier", words)] = model
    return models


def token_networks(balanced):
    """Return our networks of tokens with their defaults, and with class weights."""
    params = {"": {}} | ({"balanced": {"class_weight": "balanced"}} if balanced else {})
    return {
        row_name(name, words): getattr(sktext, name)(random_state=0, **chosen)
        for name in NETWORKS
        for words, chosen in params.items()
    }


def row_name(classifier, words):
    """Join the name of a classifier and what is not a default."""
    return f"{classifier}, {words}" if words else classifier
