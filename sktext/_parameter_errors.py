"""What scikit-learn says of a wrong parameter, with what was probably meant."""

import re
from difflib import get_close_matches

# Longer lists of names help nobody.
MAX_NAMES = 12
ABOUT = re.compile(r"The '(\w+)' parameter of (\w+) must be ")
NAMES = re.compile(r"\{('[^{}]*')\}")
PRIVATE = re.compile(r"(sktext(?:\.[a-z]\w*)*)(?:\._\w+)+\.(?=[A-Z])")


def explain(error, component):
    """Word the error of a parameter anew.

    Parameters
    ----------
    error : InvalidParameterError
        scikit-learn's.
    component : object with ``get_params``
        What has the parameter. Its ``_parameter_hints`` may hold, by name, a function from
        the wrong value to a sentence, or to None.

    Returns
    -------
    message : str
        The same one if it is about something else.
    """
    message = str(error)
    about = ABOUT.match(message)
    if not about or about[2] != type(component).__name__:
        return message
    name = about[1]
    value = component.get_params(deep=False).get(name)
    names = [found.strip("'") for part in NAMES.findall(message) for found in part.split(", ")]
    message = PRIVATE.sub(r"\1.", NAMES.sub(sorted_names, message))
    hint = hint_of(component, name, value) or near_name(name, value, names)
    return f"{hint} {message}" if hint else message


def hint_of(component, name, value):
    """Return what a wrong value should be, where that is known."""
    if isinstance(value, type):
        return f"{name} is the class {value.__name__}; write {name}={value.__name__}()."
    known = getattr(component, "_parameter_hints", {}).get(name)
    return None if known is None else known(value)


def near_name(name, value, names):
    """Return the question whether a known name was meant, or None."""
    near = get_close_matches(value.lower(), names, n=1) if isinstance(value, str) else ()
    return f"{name}={value!r} is not known; did you mean {near[0]!r}?" if near else None


def sorted_names(found):
    """Write a set of names in order, or say how many there are."""
    names = sorted(found[1].split(", "))
    if len(names) > MAX_NAMES:
        return f"{len(names)} names such as {', '.join(names[:3])}"
    return f"{{{', '.join(names)}}}"
