"""From raw texts to cleaner texts, and to what a spaCy pipeline sees in them."""

from sktext.preprocessing._spacy_features import SpacyFeatures
from sktext.preprocessing._spacy_word_tags import SpacyWordTags
from sktext.preprocessing._text_cleaner import TextCleaner

__all__ = ["SpacyFeatures", "SpacyWordTags", "TextCleaner"]
