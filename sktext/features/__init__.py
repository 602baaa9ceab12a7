"""From texts to numbers."""

from sktext.features._character_tokenizer import CharacterTokenizer
from sktext.features._subword_tokenizer import SubwordTokenizer, bpe, wordpiece
from sktext.features._vectorizers import VECTORIZERS, fit_transform
from sktext.features._word_tokenizer import WordTokenizer

TOKENIZERS = {
    "words": WordTokenizer,
    "characters": CharacterTokenizer,
    "bpe": bpe,
    "wordpiece": wordpiece,
}

__all__ = [
    "TOKENIZERS",
    "VECTORIZERS",
    "CharacterTokenizer",
    "SubwordTokenizer",
    "WordTokenizer",
    "fit_transform",
]
