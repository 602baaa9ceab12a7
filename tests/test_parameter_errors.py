"""Wrong parameters: what was probably meant, in public names, for every kind of estimator."""

import numpy as np
import pytest
import torch
from imblearn.over_sampling import RandomOverSampler
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer

from sktext import CNNClassifier, FastTextClassifier, LSTMClassifier, TfidfTorchClassifier
from sktext.features import WordTokenizer
from sktext.losses import FocalLoss, HierarchicalLoss
from sktext.meta import RebalancedClassifier, TunedThresholdsClassifier
from sktext.model_selection import LossSearchCV
from sktext.sampling import BalancedBatches

TEXTS = [f"text number {i}" for i in range(20)]
LABELS = np.array(["a", "b"] * 10)


def own_module(n_outputs):
    """A function in place of a loss."""


MISTAKES = {
    "class of a loss": ({"loss": FocalLoss}, r"write loss=FocalLoss\(\)"),
    "loss of torch": ({"loss": torch.nn.CrossEntropyLoss()}, "write loss='cross_entropy'"),
    "other loss of torch": ({"loss": torch.nn.BCEWithLogitsLoss()}, "write loss='bce'"),
    "module": ({"loss": torch.nn.KLDivLoss()}, "KLDivLoss; write a subclass of sktext.losses.Loss"),
    "function": ({"loss": own_module}, "function own_module; write a subclass of sktext.losses.L"),
    "no loss": ({"loss": None}, r"'sktext\.losses\.Loss'\. Got None"),
    "class of a sampler": ({"sampler": RandomOverSampler}, r"sampler=RandomOverSampler\(\)"),
    "class of ours": ({"sampler": BalancedBatches}, r"sampler=BalancedBatches\(\)"),
    "no sampler": ({"sampler": 3}, r"'sktext\.sampling\.EpochSampler'"),
    "class of a vectorizer": ({"vectorizer": TfidfVectorizer}, r"vectorizer=TfidfVectorizer\(\)"),
    "scoring": ({"scoring": "f1_makro"}, "did you mean 'f1_macro'"),
    "scoring in capitals": ({"scoring": "ROC_AUC"}, "did you mean 'roc_auc'"),
    "optimizer": ({"optimizer": "AdamW"}, "did you mean 'adamw'"),
    "schedule": ({"lr_schedule": "cosin"}, "did you mean 'cosine'"),
    "class weights": ({"class_weight": "balance"}, "did you mean 'balanced'"),
    "start": ({"bias_init": "piror"}, "did you mean 'prior'"),
    "sampler": ({"sampler": "ovr"}, "did you mean 'over'"),
    "vectorizer": ({"vectorizer": "word"}, "did you mean 'words'"),
    "dtype": ({"dtype": "flaot32"}, "did you mean 'float32'"),
    "half": ({"dtype": "bfloat16"}, "for networks that read sequences of tokens"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_message_says_what_was_probably_meant(name):
    params, message = MISTAKES[name]
    for method in ("fit", "partial_fit"):
        with pytest.raises((ValueError, TypeError), match=message) as caught:
            getattr(TfidfTorchClassifier(**params), method)(TEXTS, LABELS)
        assert "._" not in str(caught.value)
        assert len(str(caught.value)) < 500  # no dump of all names


ELSEWHERE = {
    "thresholds": (TunedThresholdsClassifier(TfidfTorchClassifier(), strategy="glob"), "'global'"),
    "rebalanced": (RebalancedClassifier(TfidfTorchClassifier(), sampler="ovr"), "'over'"),
    "search": (LossSearchCV(TfidfTorchClassifier(), {}, scoring="f1_makro"), "'f1_macro'"),
    "pooling": (LSTMClassifier(pooling="maxx"), "'max'"),
    "truncating": (CNNClassifier(truncating="rigth"), "'right'"),
    "tokenizer": (FastTextClassifier(tokenizer="word"), "'words'"),
    "inner": (RebalancedClassifier(TfidfTorchClassifier(scoring="f1_makro")), "'f1_macro'"),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_other_closed_sets_of_names_ask_as_well(name):
    estimator, meant = ELSEWHERE[name]
    with pytest.raises(ValueError, match=f"did you mean {meant}"):
        clone(estimator).fit(TEXTS, LABELS)


def test_class_of_a_tokenizer_is_no_function_of_a_text():
    with pytest.raises(TypeError, match=r"tokenizer=WordTokenizer\(\)"):
        LSTMClassifier(tokenizer=WordTokenizer).fit(TEXTS, LABELS)


def test_loss_inside_a_loss_is_looked_at_too():
    loss = HierarchicalLoss(loss=torch.nn.BCEWithLogitsLoss())
    with pytest.raises(ValueError, match="write loss='bce'"):
        TfidfTorchClassifier(loss=loss).fit(
            TEXTS, np.eye(20, 4, dtype=int) + np.eye(20, 4, k=-4, dtype=int)
        )


def test_names_come_in_order():
    with pytest.raises(ValueError, match=r"\{'auto', 'prior', 'zero'\}"):
        TfidfTorchClassifier(bias_init=3).fit(TEXTS, LABELS)
