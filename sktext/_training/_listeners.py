"""Which callbacks listen to an event, so that the others are not called for each batch."""

from skorch.callbacks import Callback


def listeners(net, name):
    """Return the methods of callbacks for an event, except skorch's default, which does nothing.

    Parameters
    ----------
    net : NeuralNet
    name : str
        Name of the event, such as "on_batch_end".

    Returns
    -------
    methods : list of callable
    """
    methods = [getattr(callback, name) for _, callback in net.callbacks_]
    silent = getattr(Callback, name)
    return [method for method in methods if getattr(method, "__func__", None) is not silent]
