"""Classifier of texts around any torch network."""

import copy
import inspect
from collections.abc import Callable
from dataclasses import KW_ONLY

import torch
from torch import nn

from sktext._global_draws import own_draws
from sktext._training._user_network import UserNetwork
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.classifiers._given_weights import GivenWeightsMixin
from sktext.classifiers._sequence_base import BaseSequenceClassifier


class ModuleOfFile(nn.Module):
    """Stands for the network that a loaded classifier was given, whose weights are in no file.

    Parameters
    ----------
    name : str
        What the network was.
    """

    def __init__(self, name):
        super().__init__()
        self.name = name

    def extra_repr(self):
        return self.name


@classifier_dataclass
class ModuleClassifier(GivenWeightsMixin, BaseSequenceClassifier):
    """A torch network of your own on raw texts, with any loss.

    Use it for a network that you already have: texts, batches, weights, samplers, losses and
    persistence are taken care of. Do not use it if one of the other classifiers has the
    network, as these are fast and do not see the padding.

    Parameters
    ----------
    module : Module or callable
        The network: maps ids of shape (n_samples, length), int64, padded with 0 on the
        right, to logits of shape (n_samples, n_outputs), one for binary. A class, or a
        function, is called with ``n_tokens``, ``n_outputs`` and ``module_params``; a built
        network is copied at each fit, and of it the file of a fitted classifier holds the
        trained copy only: give it again to fit what was loaded anew. A last layer named
        ``head`` gets the start bias, a layer named ``embedding`` the word vectors.
    module_params : dict, default=None
        What the class or function is called with besides, by name.
    {inherited_parameters}

    Attributes
    ----------
    {sequence_attributes}
    {column_attributes}
    {shared_attributes}

    See Also
    --------
    LSTMClassifier, CNNClassifier, FastTextClassifier, SelfAttentionClassifier : Networks
        of the package.

    Notes
    -----
    {sequence_notes}
    That padding does not change what is predicted is up to the network;
    :func:`sktext.testing.check_module` checks it. ``embedding_dim`` is passed to a class or
    function that has a parameter of that name.
    {shared_notes}

    A network of your own may draw from torch's global generators, as its layers and
    ``nn.Dropout`` do. While it is made and trained, these are seeded from ``random_state``, and
    put back at the end. They belong to all threads of a program: fits of this class in several
    threads wait for one another, and give what each gives alone. A thread of yours that draws
    from these generators, or seeds them, while a fit runs cannot be made to wait: it changes
    the fit, and the fit what it draws. Draw from a ``torch.Generator`` of its own there, or fit
    in another process.

    References
    ----------
    .. [1] Paszke et al., PyTorch: An Imperative Style, High-Performance Deep Learning
       Library, NeurIPS 2019, https://arxiv.org/abs/1912.01703

    Examples
    --------
    >>> import torch
    >>> from sktext import ModuleClassifier
    >>> from sktext.datasets import make_imbalanced_texts
    >>> class Bag(torch.nn.Module):
    ...     def __init__(self, n_tokens, n_outputs, dim=16):
    ...         super().__init__()
    ...         self.embedding = torch.nn.EmbeddingBag(n_tokens, dim, padding_idx=0)
    ...         self.head = torch.nn.Linear(dim, n_outputs)
    ...
    ...     def forward(self, ids):
    ...         return self.head(self.embedding(ids))
    >>> texts, labels = make_imbalanced_texts(n_samples=300, random_state=0)
    >>> clf = ModuleClassifier(Bag, {"dim": 32}, loss="focal", random_state=0)
    >>> clf.fit(texts, labels).predict_proba(texts[:2]).shape
    (2, 3)
    """

    module: nn.Module | Callable
    module_params: dict | None = None
    _: KW_ONLY
    max_epochs: int | str = 5
    lr_schedule: str | Callable | None = None

    _given_weights = "module"
    _parameter_constraints = {
        **BaseSequenceClassifier._parameter_constraints,
        "module": [nn.Module, callable],
        "module_params": [dict, None],
    }

    def make_module(
        self, n_tokens: int, n_outputs: int, embedding_dim: int, seed: int
    ) -> nn.Module:
        if isinstance(self.module, ModuleOfFile):
            raise ValueError(
                f"module was a built {self.module.name}, of which the file that this classifier "
                "comes from holds the trained weights only, not those that a fit starts from. Give "
                "it again: set_params(module=...)."
            )
        if isinstance(self.module, nn.Module):
            if self.module_params:
                raise ValueError(
                    "module_params are for a class or function; module is a built network. Give "
                    "its class, or leave module_params out."
                )
            module = copy.deepcopy(self.module)
            self._check_module(module, n_tokens, n_outputs)
            return module
        params = dict(self.module_params or {})
        if "embedding_dim" in inspect.signature(self.module).parameters:
            params.setdefault("embedding_dim", embedding_dim)
        with own_draws(seed):
            module = self.module(n_tokens, n_outputs, **params)
        self._check_module(module, n_tokens, n_outputs)
        return module

    def _make_network(self):
        seed = getattr(self, "_draw_seed", None)
        return UserNetwork(*self._network_arguments(), seed=seed)

    def _check_module(self, module, n_tokens, n_outputs):
        """Raise if a network does not map ids to logits, before training starts."""
        if not isinstance(module, nn.Module):
            raise TypeError(
                f"module must make a torch.nn.Module; {self.module!r} made a "
                f"{type(module).__name__}."
            )
        training = module.training
        ids = torch.full((2, 8), n_tokens - 1)
        with torch.no_grad():
            try:
                logits = module.eval()(ids)
            except IndexError as error:
                raise ValueError(
                    f"module must take ids up to {n_tokens - 1}, and did not ({error}). Make its "
                    f"embedding of n_tokens={n_tokens} rows, or limit the vocabulary by "
                    "tokenizer__max_features."
                ) from error
        module.train(training)
        shape = tuple(getattr(logits, "shape", ()))
        if shape != (2, n_outputs):
            raise ValueError(
                f"module must map ids of shape (2, 8) to logits of shape (2, {n_outputs}); got "
                f"{shape or type(logits).__name__}. Its last layer should have n_outputs units."
            )

    def _stand_in(self):
        given = self.module
        is_built = isinstance(given, nn.Module) and not isinstance(given, ModuleOfFile)
        return ModuleOfFile(type(given).__name__) if is_built else None
