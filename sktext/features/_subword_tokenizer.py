"""One id per word or piece of a word."""

from numbers import Integral
from typing import Literal

import numpy as np

from sktext._characters import without_surrogates
from sktext._token_rows import UNKNOWN, TokenRows
from sktext._validation import Interval, StrOptions
from sktext.features._subword_models import RESERVED, encode, renumbered, train
from sktext.features._tokenizer import Tokenizer


class SubwordTokenizer(Tokenizer):
    """Write texts as rows of ids of subwords: frequent words whole, rare ones in pieces.

    Use it for languages with many forms or compounds, for misspelt texts, and to keep the
    table of embeddings small. The pieces are learned from the training texts.

    Do not use it with pretrained word vectors or models, which come with pieces of their
    own; nor on a few hundred texts, from which few pieces can be learned.

    Parameters
    ----------
    model : {"bpe", "wordpiece"}, default="bpe"
        "bpe" is byte-pair encoding [1]_, where "▁" marks the start of a word; "wordpiece"
        takes the longest known piece [2]_ and marks with "##" those that go on with a word.
    vocab_size : int, default=8000
        Number of ids at most, the two reserved ones included, at least 4. Half of them at
        most go to single characters; rarer ones are unknown.
    lowercase : bool, default=True
        Whether to write small letters first.
    min_frequency : int, default=2
        How often two pieces must be neighbours to become one, at least 1.

    Attributes
    ----------
    vocabulary_ : dict
        From piece to id, from 2 on by falling frequency, ties alphabetical. 0 is padding. 1
        is an unknown character for "bpe", and for "wordpiece" a word with one in it.
    n_tokens_ : int
        Number of ids, the two reserved ones included.

    See Also
    --------
    WordTokenizer : One id per word.
    CharacterTokenizer : One id per character.

    Notes
    -----
    Every run of white space is one space, and punctuation marks stand alone. Half of a
    surrogate pair, which is no character, is written as the replacement character.

    The work is done by Hugging Face's ``tokenizers`` on one thread, because its threads do
    not survive the forks of a parallel search; set ``TOKENIZERS_PARALLELISM`` to decide
    otherwise. Needs the extra ``subwords``.

    References
    ----------
    .. [1] Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword
       Units", ACL 2016. https://aclanthology.org/P16-1162/
    .. [2] Wu et al., "Google's Neural Machine Translation System", 2016.
       https://arxiv.org/abs/1609.08144

    Examples
    --------
    >>> from sktext.features import SubwordTokenizer
    >>> texts = ["low lower lowest", "new newer newest", "wide wider widest"]
    >>> tokenizer = SubwordTokenizer("wordpiece", vocab_size=40).fit(texts)
    >>> tokenizer.tokenize("the lowest newer wow")
    ['the', 'lo', '##west', 'ne', '##wer', 'w', '##o', '##w']
    >>> tokenizer.transform(["the lowest newer"])[0]
    array([1, 2, 7, 3, 6], dtype=int32)
    """

    _parameter_constraints = {
        "model": [StrOptions({"bpe", "wordpiece"})],
        "vocab_size": [Interval(Integral, 4, None, closed="left")],
        "lowercase": ["boolean"],
        "min_frequency": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        model: Literal["bpe", "wordpiece"] = "bpe",
        vocab_size: int = 8000,
        lowercase: bool = True,
        min_frequency: int = 2,
    ) -> None:
        self.model = model
        self.vocab_size = vocab_size
        self.lowercase = lowercase
        self.min_frequency = min_frequency

    def _learn(self, texts):
        texts = self._tidied(texts)
        if not any(texts):
            raise ValueError(
                f"The {len(texts)} texts hold nothing but white space. Look at where they come "
                "from; at least one must have a character."
            )
        backend = train(self.model, texts, self.vocab_size, self.min_frequency)
        rows = TokenRows.from_lists(encode(backend, texts))
        pieces = sorted(backend.get_vocab().keys() - RESERVED)
        counts = np.bincount(rows.ids, minlength=backend.get_vocab_size())
        order = np.argsort(-counts[len(RESERVED) :], kind="stable")
        self._backend = renumbered(backend, [pieces[number] for number in order])
        new_ids = np.full(len(counts), UNKNOWN, dtype=np.int32)
        new_ids[order + len(RESERVED)] = np.arange(len(RESERVED), len(counts))
        vocabulary = {pieces[number]: i for i, number in enumerate(order, len(RESERVED))}
        return TokenRows(new_ids[rows.ids], rows.indptr), vocabulary

    def _encode(self, texts):
        return TokenRows.from_lists(encode(self._backend, self._tidied(texts)))

    def _split(self, text):
        (tidy,) = self._tidied([text])
        found = self._backend.encode(tidy)
        return [
            tidy[start:end] if number == UNKNOWN else token
            for token, number, (start, end) in zip(
                found.tokens, found.ids, found.offsets, strict=True
            )
        ]

    def _tidied(self, texts):
        if self.lowercase:
            texts = [text.lower() for text in texts]
        return [without_surrogates(" ".join(text.split())) for text in texts]


def bpe():
    """Make a SubwordTokenizer that learns byte-pair encoding."""
    return SubwordTokenizer("bpe")


def wordpiece():
    """Make a SubwordTokenizer that learns WordPiece."""
    return SubwordTokenizer("wordpiece")
