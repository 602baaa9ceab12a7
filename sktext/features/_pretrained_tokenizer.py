"""One id per piece, as a pretrained model reads texts."""

from os import PathLike
from typing import Any

from sktext._pretrained import load_pieces
from sktext.features._tokenizer import Tokenizer


class PretrainedTokenizer(Tokenizer):
    """Write texts as rows of ids of the pieces that a pretrained model knows.

    Use it for networks that start from the vectors of such a model, as
    ``FastTextClassifier(tokenizer=PretrainedTokenizer(folder))``. With the extra ``pretrained``.

    Do not use it to train a network from nothing on texts of one field: its pieces were learned
    from others, and :class:`SubwordTokenizer` learns them from yours.

    Parameters
    ----------
    model : str, path or (model, tokenizer), \
            default="sentence-transformers/all-MiniLM-L6-v2"
        A folder, a name on the hub, the path of a file ``tokenizer.json``, or objects of
        transformers, which are copied.
    revision : str or None, default=None
        Branch, tag or commit on the hub.
    local_files_only : bool, default=False
        Whether only what was downloaded earlier is used.
    trust_remote_code : bool, default=False
        Whether code that comes with the model is run.

    Attributes
    ----------
    vocabulary_ : dict
        From piece to id, two above that of the model. 0 is padding, 1 an unknown piece.
    n_tokens_ : int
        Number of ids, the two reserved ones included.
    pieces_ : Pieces
        The tokenizer in a copy of its own, with the special tokens of the model.

    See Also
    --------
    SubwordTokenizer : Learns its pieces.

    Notes
    -----
    There are no special tokens among the ids, and no text can contain one: "[SEP]" is read as
    the five characters that it is. Nothing is learned from the texts.

    Examples
    --------
    >>> import tempfile
    >>> from sktext.features import PretrainedTokenizer
    >>> from sktext.testing import make_tiny_encoder
    >>> folder = tempfile.TemporaryDirectory()
    >>> model = make_tiny_encoder(folder.name, words=["refund"])
    >>> tokenizer = PretrainedTokenizer(model).fit(["My refund!"])
    >>> tokenizer.tokenize("My refund!")
    ['m', '##y', 'refund', '!']
    >>> folder.cleanup()
    """

    _parameter_constraints = {
        "model": "no_validation",  # a message of its own says what is missing
        "revision": [str, None],
        "local_files_only": ["boolean"],
        "trust_remote_code": ["boolean"],
    }

    def __init__(
        self,
        model: str | PathLike | tuple[Any, Any] = "sentence-transformers/all-MiniLM-L6-v2",
        *,
        revision: str | None = None,
        local_files_only: bool = False,
        trust_remote_code: bool = False,
    ) -> None:
        self.model = model
        self.revision = revision
        self.local_files_only = local_files_only
        self.trust_remote_code = trust_remote_code

    def _learn(self, texts):
        self.pieces_ = load_pieces(
            self.model,
            revision=self.revision,
            local_files_only=self.local_files_only,
            trust_remote_code=self.trust_remote_code,
        )
        return self.pieces_.encode(texts), self.pieces_.vocabulary()

    def _encode(self, texts):
        return self.pieces_.encode(texts)

    def _split(self, text):
        return self.pieces_.split(text)[0]

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without the vocabulary, which the pieces have as well."""
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "vocabulary_"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "pieces_" in state:
            self.vocabulary_ = self.pieces_.vocabulary()
