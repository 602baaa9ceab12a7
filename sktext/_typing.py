"""Types of arguments that many signatures name."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from numpy.typing import ArrayLike
from scipy import sparse

# Texts, or lists of tokens, in any container; a single str is refused at run time.
Texts: TypeAlias = ArrayLike | Iterable[str] | Iterable[Sequence[str]]

# Labels, sets of labels or an indicator matrix, in any container.
LabelsLike: TypeAlias = ArrayLike | Iterable[Any] | sparse.spmatrix | sparse.sparray

AnyCallable = TypeVar("AnyCallable", bound=Callable[..., Any])


class DecoratorFactory(Protocol):
    """A function that makes decorators which keep the signature of what they decorate."""

    def __call__(self, *args: Any, **kwargs: Any) -> Callable[[AnyCallable], AnyCallable]:
        """Make a decorator."""
