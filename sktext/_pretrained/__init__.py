"""Pretrained encoders of Hugging Face: from a name, a folder or objects to networks and ids."""

from sktext._pretrained._dense_layers import load_dense_layers
from sktext._pretrained._encoder import PretrainedEncoder
from sktext._pretrained._given_objects import ModelOfFile
from sktext._pretrained._loading import (
    find_file,
    load_encoder,
    load_pieces,
    load_sentence_settings,
)
from sktext._pretrained._pieces import Pieces, check_ids
from sktext._pretrained._sentence_network import POOLINGS, SentenceNetwork
from sktext._pretrained._sentence_settings import SentenceSettings, choose_pooling
from sktext._pretrained._source import Source, looks_like_a_path
from sktext._pretrained._weights_fingerprint import weights_fingerprint

__all__ = [
    "POOLINGS",
    "ModelOfFile",
    "Pieces",
    "PretrainedEncoder",
    "SentenceNetwork",
    "SentenceSettings",
    "Source",
    "check_ids",
    "choose_pooling",
    "find_file",
    "load_dense_layers",
    "load_encoder",
    "load_pieces",
    "load_sentence_settings",
    "looks_like_a_path",
    "weights_fingerprint",
]
