"""The files of a real static model that the benchmarks read."""

import importlib.util
import sys
from pathlib import Path


def wordllama():
    """Return the vectors and the tokenizer of wordllama, which is not imported."""
    spec = importlib.util.find_spec("wordllama")
    if spec is None:
        sys.exit("Install the vectors first: pip install --no-deps wordllama")
    folder = Path(spec.origin).parent
    vectors = folder / "weights" / "l2_supercat_256.safetensors"
    return vectors, folder / "tokenizers" / "l2_supercat_tokenizer_config.json"
