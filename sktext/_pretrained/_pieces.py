"""Ids of the pieces of texts, by the tokenizer of a pretrained model."""

from typing import Any

import numpy as np

from sktext._characters import without_surrogates
from sktext._optional import import_optional
from sktext._token_rows import N_RESERVED, UNKNOWN, TokenRows
from sktext._tokenizers_threads import one_thread_unless_asked

# Encodings are large: texts that are encoded at once.
CHUNK = 1000


class Pieces:
    """A tokenizer of its own, which shares nothing with the one that it was made from.

    Texts become ids without special tokens, each ``N_RESERVED`` above the one of the model: 0 is
    padding whatever that of the model is, and 1 is an unknown piece. No text can forge a special
    token.

    Parameters
    ----------
    description : str
        The tokenizer in JSON.
    max_length : int or None, default=None
        Tokens that the tokenizer says its model reads, special ones included.
    """

    def __init__(self, description, max_length=None):
        tokenizers = import_optional("tokenizers", "pretrained")
        backend = tokenizers.Tokenizer.from_str(description)
        backend.no_padding()
        backend.no_truncation()
        backend.encode_special_tokens = False
        self.prefix, self.suffix = special_tokens(backend)
        backend.encode_special_tokens = True
        self.backend = backend
        self.max_length = max_length
        unknown = getattr(backend.model, "unk_token", None)
        self.unknown_id = None if unknown is None else backend.token_to_id(unknown)

    @property
    def n_pieces(self):
        """Number of ids of the model, special ones included."""
        return self.backend.get_vocab_size(with_added_tokens=True)

    @property
    def largest_id(self):
        """The largest id of the model that a text with its special tokens can have."""
        own = self.backend.get_vocab(with_added_tokens=False).values()
        added = self.backend.get_added_tokens_decoder().items()
        words = [number for number, token in added if not token.special]
        return max([*own, *words, *self.prefix, *self.suffix])

    @property
    def n_special(self):
        """Number of special tokens of a text."""
        return len(self.prefix) + len(self.suffix)

    def vocabulary(self):
        """Return a dict from each piece to its id, ``N_RESERVED`` above that of the model."""
        pieces = self.backend.get_vocab(with_added_tokens=True)
        return {piece: number + N_RESERVED for piece, number in pieces.items()}

    def encode(self, texts):
        """Return the ids of texts.

        Parameters
        ----------
        texts : list of str

        Returns
        -------
        rows : TokenRows of length n_texts
        """
        rows = []
        with one_thread_unless_asked():
            for start in range(0, len(texts), CHUNK):
                chunk = [without_surrogates(text) for text in texts[start : start + CHUNK]]
                encodings = self.backend.encode_batch_fast(chunk, add_special_tokens=False)
                rows += [np.array(encoding.ids, dtype=np.int32) for encoding in encodings]
        encoded = TokenRows.from_lists(rows)
        return TokenRows(self._shifted(encoded.ids), encoded.indptr)

    def split(self, text):
        """Return the pieces of a text and where they lie in it.

        Parameters
        ----------
        text : str

        Returns
        -------
        pieces : list of str
        places : list of (int, int)
            First character of each piece, and the one after its last.
        """
        found = self.backend.encode(without_surrogates(text), add_special_tokens=False)
        return found.tokens, found.offsets

    def _shifted(self, ids):
        shifted = ids + np.int32(N_RESERVED)
        if self.unknown_id is not None:
            shifted[ids == self.unknown_id] = UNKNOWN
        return shifted

    def __getstate__(self) -> dict[str, Any]:
        return {"description": self.backend.to_str(), "max_length": self.max_length}

    def __setstate__(self, state):
        self.__init__(**state)


def check_ids(pieces, encoder):
    """Raise if a tokenizer makes ids that an encoder has no vectors of.

    Parameters
    ----------
    pieces : Pieces
    encoder : PretrainedEncoder
    """
    if encoder.n_ids is not None and pieces.largest_id >= encoder.n_ids:
        raise ValueError(
            f"The tokenizer must be that of the model; it has ids up to {pieces.largest_id}, and "
            f"the {type(encoder.model).__name__} has vectors of ids up to {encoder.n_ids - 1}. Use "
            f"the tokenizer that was saved with the model, or resize it before: "
            f"model.resize_token_embeddings({pieces.largest_id + 1})."
        )


def special_tokens(backend):
    """Return the ids that a tokenizer puts before and behind a text."""
    bare = backend.encode("a", add_special_tokens=False).ids
    whole = backend.encode("a", add_special_tokens=True).ids
    for start in range(len(whole) - len(bare) + 1):
        if whole[start : start + len(bare)] == bare:
            return whole[:start], whole[start + len(bare) :]
    raise ValueError(
        "The tokenizer must put its special tokens before or behind a text; it writes "
        f"{whole} for a text whose pieces are {bare}. Use another model."
    )
