"""The public sets of texts, each divided into training and test rows in one way."""

from typing import NamedTuple

import numpy as np
from _report import read_data
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MultiLabelBinarizer


class TextSet(NamedTuple):
    """Training and test rows; labels, or an indicator matrix for several per text."""

    X: list
    y: np.ndarray
    X_test: list
    y_test: np.ndarray

    @property
    def task(self):
        """The task, in the words of the losses."""
        if self.y.ndim == 2:
            return "multilabel"
        return "binary" if len(np.unique(self.y)) == 2 else "multiclass"


SETS = {  # the file and the column of the labels
    "sms_spam": ("sms_spam", "label"),
    "financial_phrasebank": ("financial_phrasebank", "label"),
    "trec": ("trec", "label"),
    "trec_fine": ("trec", "fine_label"),
    "clinc150_imbalanced": ("clinc150_imbalanced", "label"),
    "newsgroups20": ("newsgroups20", "label"),
    "imdb_10k": ("imdb_10k", "label"),
    "imdb": ("imdb", "label"),
    "reuters_r90": ("reuters_r90", "labels"),
    "goemotions": ("goemotions", "labels"),
}


def read_set(name):
    """Read a set without repeated texts, with its official split or a stratified one of 80 to 20.

    Validation rows of an official split are left out.
    """
    file, column = SETS[name]
    frame = without_headers(read_data(file)).drop_duplicates("text")
    if "split" in frame:
        train, test = (frame[frame["split"] == part] for part in ("train", "test"))
    else:
        train, test = train_test_split(frame, test_size=0.2, random_state=0, stratify=frame[column])
    labels = read_labels(train[column], test[column])
    return TextSet(train["text"].tolist(), labels[0], test["text"].tolist(), labels[1])


def without_headers(frame):
    """Keep the bodies of messages, whose headers name the newsgroup."""
    if "body_start" not in frame:
        return frame
    rows = zip(frame["text"], frame["body_start"], strict=True)
    return frame.assign(text=[text[int(start) :] for text, start in rows])


def read_labels(train, test):
    """Return labels of both parts, as indicator matrices if they are joined by commas."""
    if train.name != "labels":
        return train.to_numpy(), test.to_numpy()
    encoder = MultiLabelBinarizer().fit(train.str.split(","))
    return [encoder.transform(part.str.split(",")) for part in (train, test)]
