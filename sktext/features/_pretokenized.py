"""The way in for texts that are lists of tokens already."""

from collections.abc import Iterable


def pretokenized(tokens: Iterable[str]) -> list[str]:
    """Return the tokens of a text that was split into them before.

    Use it where a function from a text to its tokens is asked for, to give lists of tokens
    in place of texts: ``tokenizer=pretokenized`` of the classifiers that read tokens in
    their order, ``vectorizer__analyzer=pretokenized`` of TfidfTorchClassifier. Unlike a
    lambda, it can be pickled.

    Do not use it to split texts: a str would fall apart into its characters, so it is
    refused.

    Parameters
    ----------
    tokens : list, tuple or array of str
        The tokens of one text.

    Returns
    -------
    tokens : list of str

    Raises
    ------
    TypeError
        If a text came that is not split.

    Examples
    --------
    >>> from sktext import TfidfTorchClassifier
    >>> from sktext.features import pretokenized
    >>> rows = [["New York", "delivers"], ["the", "bill"], ["late", "bill"], ["New York"]]
    >>> classifier = TfidfTorchClassifier().set_params(vectorizer__analyzer=pretokenized)
    >>> classifier.fit(rows, [1, 0, 0, 1]).predict([["New York", "bill", "New York"]])
    array([1])
    """
    if isinstance(tokens, (str, bytes)):
        raise TypeError(
            f"pretokenized takes the list of the tokens of a text; got the {type(tokens).__name__} "
            f"{tokens[:40]!r}. Split the text into tokens, or leave pretokenized out."
        )
    return list(tokens)
