"""Texts with what stands beside them, whose rows are taken together."""

import numpy as np

from sktext._token_rows import TokenRows


class TextsAndColumns:
    """Checked texts, and columns beside them.

    Parameters
    ----------
    texts : list
    columns : tuple of arrays or data frames
        Each as long as the texts.
    """

    __slots__ = ("columns", "texts")

    def __init__(self, texts, columns):
        self.texts = texts
        self.columns = columns

    def __len__(self):
        return len(self.texts)


class TokensAndColumns(TokenRows):
    """Token ids of texts, and a matrix of numbers beside them.

    Parameters
    ----------
    rows : TokenRows
    columns : ndarray of shape (n_rows, n_columns)
    """

    __slots__ = ("columns",)

    def __init__(self, rows, columns):
        super().__init__(rows.ids, rows.indptr)
        self.columns = columns

    def __getitem__(self, rows):
        taken = super().__getitem__(rows)
        if not isinstance(taken, TokenRows):  # the ids of one text
            return taken
        rows = rows if isinstance(rows, slice) else np.asarray(rows)
        return TokensAndColumns(taken, self.columns[rows])
