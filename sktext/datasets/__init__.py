"""Texts to try things on."""

from sktext.datasets._imdb import fetch_imdb
from sktext.datasets._make_imbalanced_texts import make_imbalanced_texts
from sktext.datasets._newsgroups import fetch_20newsgroups
from sktext.datasets._reuters import fetch_reuters
from sktext.datasets._sms_spam import fetch_sms_spam
from sktext.datasets._trec import fetch_trec

__all__ = [
    "fetch_20newsgroups",
    "fetch_imdb",
    "fetch_reuters",
    "fetch_sms_spam",
    "fetch_trec",
    "make_imbalanced_texts",
]
