"""The real data sets have the figures of their papers; SKTEXT_DATA names their folder."""

import hashlib
from collections import Counter

import pytest

from sktext import datasets
from sktext.datasets import _sms_spam, _trec


@pytest.fixture
def fetch(real_texts):
    """Fetch a data set from the folder of ready files, or skip."""
    ready = {"reuters": "reuters_r90", "20newsgroups": "newsgroups20"}

    def fetch(name, **params):
        real_texts(ready.get(name, name), nrows=0)
        return getattr(datasets, f"fetch_{name}")(download_if_missing=False, **params)

    return fetch


def test_sms_spam_has_5574_messages(fetch):
    _, labels = fetch("sms_spam", return_X_y=True)
    assert Counter(labels.tolist()) == {"ham": 4827, "spam": 747}


def test_sms_spam_has_403_repeated_messages(fetch):
    texts, labels = fetch("sms_spam", drop_repeated=True, return_X_y=True)
    assert len(texts) == len(set(texts)) == 5574 - 403
    assert (labels == "spam").sum() == 653


def test_sms_spam_is_read_from_the_publishers_form_to_the_letter(fetch):
    texts, labels = fetch("sms_spam", return_X_y=True)
    lines = "".join(f"{label}\t{text}\n" for text, label in zip(texts, labels, strict=True))
    assert _sms_spam.parse_messages(lines) == {"text": texts, "label": labels.tolist()}


def test_imdb_has_25000_reviews_for_training_and_for_testing(fetch):
    frame = fetch("imdb", subset="all", as_frame=True).frame
    counts = Counter(zip(frame["split"], frame["label"], strict=True))
    assert counts == {(s, y): 12_500 for s in ("train", "test") for y in ("neg", "pos")}
    assert ((frame["rating"] >= 7) == (frame["label"] == "pos")).all()


def test_reuters_has_90_labels(fetch):
    train, test = (fetch("reuters", subset=subset) for subset in ("train", "test"))
    assert train.target.shape == (7770, 90)
    assert test.target.shape == (3019, 90)
    assert train.target_names == test.target_names
    assert (train.target.sum(axis=0) > 0).all()
    assert (test.target.sum(axis=0) > 0).all()
    assert (train.target.sum(axis=1) > 0).all()
    earn = train.target_names.index("earn")
    assert train.target[:, earn].sum() == 2877


def test_20newsgroups_has_its_18846_posts(fetch):
    frame = fetch("20newsgroups", subset="all", as_frame=True).frame
    assert Counter(frame["split"]) == {"train": 11_314, "test": 7532}
    assert frame["label"].nunique() == 20
    assert frame["group"].nunique() == 7


def test_trec_has_6_coarse_and_50_fine_classes(fetch):
    coarse, fine = (fetch("trec", subset="all", level=level) for level in ("coarse", "fine"))
    assert len(set(coarse.target)) == len(coarse.target_names) == 6
    assert len(set(fine.target)) == len(fine.target_names) == 50
    test = fetch("trec", subset="test", level="fine")
    assert len(test.data) == 500
    assert len(fetch("trec").data) == 5452
    assert len(set(test.target)) == 42


@pytest.mark.parametrize("subset", ["train", "test"])
def test_trec_is_the_publishers_file_byte_for_byte(subset, fetch):
    bunch = fetch("trec", subset=subset, level="fine")
    lines = zip(bunch.target, bunch.data, strict=True)
    content = "".join(f"{label} {text}\n" for label, text in lines).encode("latin-1")
    assert len(content) == _trec.FILES[subset].size
    assert hashlib.sha256(content).hexdigest() == _trec.FILES[subset].sha256
    assert _trec.parse_questions(content.decode("latin-1"), subset)["text"] == bunch.data
