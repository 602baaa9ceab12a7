"""Networks that may compute in half precision, and be compiled."""

from sktext._devices import find_device
from sktext._training._net import HALF
from sktext._training._network import Network
from sktext._user_warnings import warn


class HalfPrecisionNetwork(Network):
    """A network whose forward pass may be in half precision.

    Parameters
    ----------
    make : callable
        Makes the module.
    dtype : str
        Half precision is used in the forward pass; weights, loss and sums are float32.
    device : str or torch.device
    compile : bool
        Whether training runs a compiled module.
    """

    def __init__(self, make, dtype, device, compile):
        super().__init__(make, "float32" if dtype in HALF else dtype)
        self.half = dtype if dtype in HALF else None
        self.device = device
        self.compile = compile

    @property
    def options(self):
        half = self.half
        if half == "float16" and find_device(self.device).type == "cpu":
            half = None
            warn(
                "dtype='float16' is for CUDA devices; on this CPU the network trains in float32. "
                "Set dtype='float32', or 'bfloat16', which a CPU can."
            )
        return {"half": half, "compiles": self.compile}
