"""The method that imbalanced-learn adds to scikit-learn's metadata requests, for all of them.

imbalanced-learn adds ``fit_resample`` to the methods that requests have when it is imported.
Requests that were made before, or in another process, lack it and break in every estimator that
looks at them. So it is imported together with this package, never in the middle of a call, and
the older requests get what they lack when they are asked for it.
"""

from functools import cached_property

import imblearn.base  # noqa: F401 (for what it does to scikit-learn)

from sktext._sklearn import MetadataRequest, MethodMetadataRequest


def complete_older_requests(method="fit_resample"):
    """Let requests without a method have an empty one, in place of an AttributeError."""
    if hasattr(MetadataRequest, method):  # scikit-learn, or somebody else, knows it by now
        return

    def no_request(request):
        return MethodMetadataRequest(owner=request.owner, method=method)

    lazy = cached_property(no_request)
    lazy.__set_name__(MetadataRequest, method)
    setattr(MetadataRequest, method, lazy)


complete_older_requests()
