"""How a sentence encoder reads texts: behind a prompt, and no further than a length."""

import re
from dataclasses import dataclass
from functools import cached_property
from os import PathLike

import numpy as np

from sktext._pretrained import Pieces
from sktext._token_rows import TokenRows

# Models of this family were trained with a prompt that their files do not name.
E5 = re.compile(r"(^|[/\\_-])e5-(small|base|large)(?!.*instruct)", re.IGNORECASE)
E5_PROMPT = "query: "


@dataclass(frozen=True)
class PromptedPieces:
    """Texts to ids of the pieces that are read.

    Parameters
    ----------
    pieces : Pieces
    prompt : str
        Written before each text.
    lowercase : bool
        Whether texts are written in small letters first.
    max_length : int or None
        Tokens of a text that are read, special ones and the prompt included.
    truncating : {"right", "left", "middle"}
    """

    pieces: Pieces
    prompt: str
    lowercase: bool
    max_length: int | None
    truncating: str

    def encode(self, texts):
        """Return the ids of texts behind the prompt, without special tokens.

        Parameters
        ----------
        texts : list of str

        Returns
        -------
        rows : TokenRows of length n_texts
        """
        written = [self.prompt + text for text in texts]
        return self.pieces.encode([text.lower() for text in written] if self.lowercase else written)

    @cached_property
    def n_prompt(self):
        """Number of pieces of the prompt."""
        return len(self.encode([""]).ids)

    @property
    def n_not_pooled(self):
        """Number of tokens in front of the text itself."""
        return len(self.pieces.prefix) + self.n_prompt

    @property
    def n_read(self):
        """Number of pieces that are read at most, those of the prompt included."""
        return np.inf if self.max_length is None else self.max_length - self.pieces.n_special

    def check_length(self):
        """Raise if nothing of a text would be read."""
        if self.n_read <= self.n_prompt:
            least = self.pieces.n_special + self.n_prompt + 1
            raise ValueError(
                f"max_length must be at least {least}, as {least - 1} of the tokens are special "
                f"ones and the prompt; got {self.max_length}."
            )

    def too_long(self, rows):
        """Return which rows are longer than what is read, ndarray of shape (n_rows,)."""
        return rows.lengths > self.n_read

    def truncated(self, rows):
        """Truncate the rows that are too long; the prompt stays."""
        if self.max_length is None:
            return rows
        if self.truncating == "right" or not self.n_prompt:
            return rows.truncated(self.n_read, self.truncating)
        place = np.arange(len(rows.ids)) - np.repeat(rows.indptr[:-1], rows.lengths)
        texts = rows.masked(place >= self.n_prompt)
        texts = texts.truncated(self.n_read - self.n_prompt, self.truncating)
        pairs = zip(rows.truncated(self.n_prompt), texts, strict=True)
        return TokenRows.from_lists([np.concatenate(pair) for pair in pairs])


def choose_prompt(prompt, model, settings):
    """Return what is written before each text.

    Parameters
    ----------
    prompt : str or None
        The parameter of the user: "auto", a name of the model's, or the prompt itself.
    model : str, PathLike or pair
    settings : SentenceSettings
    """
    if prompt is None:
        return ""
    if prompt != "auto":
        return settings.prompts.get(prompt, prompt)
    if settings.default_prompt is not None:
        return settings.prompts.get(settings.default_prompt, "")
    is_e5 = isinstance(model, (str, PathLike)) and E5.search(str(model))
    return E5_PROMPT if is_e5 and not settings.prompts else ""


def choose_length(max_length, settings, pieces, encoder):
    """Return how many tokens of a text are read, special ones included; None is any number.

    Parameters
    ----------
    max_length : int or None
        The parameter of the user.
    settings : SentenceSettings
    pieces : Pieces
    encoder : PretrainedEncoder
    """
    most = encoder.max_positions
    if max_length is None:
        own = settings.max_length or pieces.max_length
        return min((n for n in (own, most) if n is not None), default=None)
    if most is not None and max_length > most:
        raise ValueError(
            f"max_length must be at most {most}, the tokens that the model reads, special ones "
            f"included; got {max_length}."
        )
    return int(max_length)
