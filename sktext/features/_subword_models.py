"""Subword models, trained by Hugging Face's tokenizers and numbered anew."""

import json

import numpy as np

from sktext._optional import import_optional
from sktext._token_rows import N_RESERVED, PADDING, UNKNOWN
from sktext._tokenizers_threads import one_thread_unless_asked
from sktext.features._code_points import code_points

# Names with a space: no piece of a text can be called the same.
RESERVED = {"the padding": PADDING, "an unknown piece": UNKNOWN}
# What Metaspace writes for a space.
SPACE = "▁"
# Training ends with the characters alone.
NO_MERGES = 1


def train(model, texts, vocab_size, min_frequency):
    """Train a subword model.

    Parameters
    ----------
    model : {"bpe", "wordpiece"}
    texts : list of str
        With single spaces only.
    vocab_size : int
        Number of ids at most, the two reserved ones included.
    min_frequency : int
        How often two pieces must be neighbours to become one.

    Returns
    -------
    backend : tokenizers.Tokenizer
        Its ids are in no particular order, but for the reserved ones.
    """
    n_pieces = vocab_size - N_RESERVED
    # A character may cost two pieces: one that begins a word, and one that does not.
    n_characters = max(n_pieces // 2, 1)
    alphabet = _frequent_characters(texts, n_characters, [SPACE] if model == "bpe" else [])
    options = {"initial_alphabet": alphabet, "limit_alphabet": len(alphabet)}
    first = []
    if model == "wordpiece":
        # The trainer numbers these pieces in the order of a hash table, which changes from
        # run to run and decides between equally frequent pairs.
        first = sorted(_trained(model, texts, NO_MERGES, special_tokens=[], **options).get_vocab())
    trained = _trained(
        model, texts, n_pieces, min_frequency=min_frequency, special_tokens=first, **options
    )
    return renumbered(trained, sorted(trained.get_vocab()))


def renumbered(backend, pieces):
    """Make the same model with other ids.

    Parameters
    ----------
    backend : tokenizers.Tokenizer
    pieces : list of str
        All pieces, in the order of their ids from 2 on.

    Returns
    -------
    backend : tokenizers.Tokenizer
    """
    description = json.loads(backend.to_str())["model"]
    id_of = {**RESERVED, **{piece: i for i, piece in enumerate(pieces, N_RESERVED)}}
    merges = [tuple(merge) for merge in description.get("merges", [])]
    return _backend(description["type"].lower(), id_of, merges)


def encode(backend, texts):
    """Return the ids of texts.

    Parameters
    ----------
    backend : tokenizers.Tokenizer
    texts : list of str

    Returns
    -------
    rows : list of ndarray
    """
    rows = []
    with one_thread_unless_asked():
        for start in range(0, len(texts), 1000):  # encodings are large
            encodings = backend.encode_batch_fast(texts[start : start + 1000])
            rows += [np.array(encoding.ids, dtype=np.int32) for encoding in encodings]
    return rows


def _trained(model, texts, n_pieces, **options):
    trainers = import_optional("tokenizers", "subwords").trainers
    Trainer = {"bpe": trainers.BpeTrainer, "wordpiece": trainers.WordPieceTrainer}[model]
    trainer = Trainer(vocab_size=n_pieces, show_progress=False, **options)
    backend = _backend(model, RESERVED, [])
    with one_thread_unless_asked():
        backend.train_from_iterator(texts, trainer)
    return backend


def _backend(model, id_of, merges):
    tokenizers = import_optional("tokenizers", "subwords")
    split = tokenizers.pre_tokenizers
    unknown = list(RESERVED)[UNKNOWN]
    if model == "bpe":
        backend = tokenizers.Tokenizer(tokenizers.models.BPE(id_of, merges, unk_token=unknown))
        backend.pre_tokenizer = split.Sequence(
            [split.Metaspace(SPACE), split.Punctuation("isolated")]
        )
    else:
        backend = tokenizers.Tokenizer(tokenizers.models.WordPiece(id_of, unk_token=unknown))
        backend.pre_tokenizer = split.BertPreTokenizer()
    return backend


def _frequent_characters(texts, n, first):
    """Return the characters to keep; the trainer decides between equal ones by chance."""
    counts = np.bincount(code_points(texts).ids, minlength=ord(SPACE) + 1)
    counts[[ord(" "), *map(ord, first)]] = 0
    order = np.argsort(-counts, kind="stable")[: n - len(first)]
    return first + [chr(point) for point in order[counts[order] > 0]]
