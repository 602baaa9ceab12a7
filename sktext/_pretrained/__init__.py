"""Pretrained encoders of Hugging Face: from a name, a folder or objects to networks and ids."""

from sktext._pretrained._encoder import PretrainedEncoder
from sktext._pretrained._loading import (
    ModelOfFile,
    load_encoder,
    load_pieces,
    load_sentence_settings,
)
from sktext._pretrained._pieces import Pieces
from sktext._pretrained._sentence_settings import SentenceSettings, choose_pooling

__all__ = [
    "ModelOfFile",
    "Pieces",
    "PretrainedEncoder",
    "SentenceSettings",
    "choose_pooling",
    "load_encoder",
    "load_pieces",
    "load_sentence_settings",
]
