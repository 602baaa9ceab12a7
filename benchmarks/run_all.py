"""Run every benchmark, each in a process of its own, with its name above its figures."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = (
    "path_of_a_text",
    "sparse_epoch",
    "sparse_peers",
    "batch_overhead",
    "imdb_text_to_model",
    "regularisation_path",
    "tokenize_imdb",
    "vectorizers",
    "inference",
    "growth",
    "shared_machine",
    "fits_in_threads",
    "loss_search",
    "sms_losses",
    "sms_techniques",
    "sms_transformer",
    "user_loss",
    "wide_outputs",
    "defaults",
    "out_of_the_box",
    "auto",
    "lstm_epoch",
    "imdb_networks",
    "imdb_margin",
    "reuters_thresholds",
    "many_thresholds",
    "two_class_objectives",
    "reuters_minute",
    "reuters",
    "goemotions",
    "fine_tuned_labels",
    "trec_hierarchy",
    "trec_ensemble",
    "static_vectors",
    "few_shot",
    "fine_tuning",
    "fit_memory",
    "transformer_epoch",
    "encode",
    "words_and_encoder",
    "gpu",
)

if __name__ == "__main__":
    for name in NAMES:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, FOLDER / f"{name}.py"], check=True)
