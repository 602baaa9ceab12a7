"""Where a pretrained model comes from: a folder, a name on the hub, or objects."""

import os
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

# A name on the hub is "name" or "organisation/name".
MAX_PARTS_OF_A_NAME = 2


@dataclass(frozen=True)
class Source:
    """A folder or a name on the hub, and how to look it up.

    Parameters
    ----------
    name : str
        The name of the hub, or the path of the folder.
    is_folder : bool
    revision : str or None
        Branch, tag or commit on the hub.
    local_files_only : bool
        Whether only what was downloaded earlier is used.
    trust_remote_code : bool
        Whether code that comes with the model is run.
    parameter : str, default="model"
        The parameter of the user that names it.
    """

    name: str
    is_folder: bool
    revision: str | None = None
    local_files_only: bool = False
    trust_remote_code: bool = False
    parameter: str = "model"

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of the ``from_pretrained`` methods of transformers."""
        return {
            "revision": None if self.is_folder else self.revision,
            "local_files_only": self.is_folder or self.local_files_only,
            "trust_remote_code": self.trust_remote_code,
        }


def find_source(model, revision=None, local_files_only=False, trust_remote_code=False):
    """Return the source of a model that is given by a name or a path.

    Parameters
    ----------
    model : str or PathLike
    revision : str or None
    local_files_only, trust_remote_code : bool

    Returns
    -------
    source : Source

    Raises
    ------
    FileNotFoundError
        If it is the path of a folder that does not exist.
    """
    path = Path(model).expanduser()
    options = (revision, local_files_only, trust_remote_code)
    if os.fspath(model) and path.is_dir():  # a path without a name is the folder that we are in
        return Source(str(path), True, *options)
    if looks_like_a_path(model):
        raise FileNotFoundError(
            f"model={os.fspath(model)!r} must be an existing folder with config.json, or a name "
            "on the hub such as 'sentence-transformers/all-MiniLM-L6-v2'; there is no such "
            "folder. Check the path."
        )
    return Source(str(model), False, *options)


def looks_like_a_path(model: str | PathLike) -> bool:
    """Return whether a name is not one of the hub."""
    name = os.fspath(model)
    is_path = not isinstance(model, str) or name.startswith((".", "~", "/")) or "\\" in name
    return is_path or not 0 < len(name.split("/")) <= MAX_PARTS_OF_A_NAME or name.endswith("/")


def explain_missing(source, error, what="model"):
    """Return an error that says in plain words why a model or a part of it was not found.

    Parameters
    ----------
    source : Source
    error : Exception
        What transformers raised.
    what : str, default="model"

    Returns
    -------
    error : OSError
    """
    cause = str(error).strip().split("\n")[0].rstrip(".")
    if source.is_folder:
        return OSError(
            f"{source.parameter}={source.name!r} must be a folder with config.json, the weights "
            f"(model.safetensors) and tokenizer.json; no {what} could be loaded from it "
            f"({cause}). Save both with save_pretrained(folder) of the model and the tokenizer."
        )
    where = "among the files downloaded earlier" if _is_offline(source) else "on the hub"
    advice = (
        "Download it once with a network, or give a local folder"
        if _is_offline(source)
        else "Check the name and the network, or give a local folder"
    )
    return OSError(
        f"{source.parameter}={source.name!r} was not found: there is no folder of that name, and "
        f"no {what} {where} ({cause}). {advice}."
    )


def _is_offline(source):
    asked = os.environ.get("HF_HUB_OFFLINE", "") + os.environ.get("TRANSFORMERS_OFFLINE", "")
    return source.local_files_only or any(sign in asked.upper() for sign in ("1", "ON", "YES", "T"))
