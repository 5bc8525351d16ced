"""SHAP's own library, for its pictures; imported where they are drawn, since it takes a second or more."""

import warnings
from typing import Any

_OF_ITS_PALETTE = r"The set_(bad|over|under) function will be deprecated"


def shap_library() -> Any:  # noqa: ANN401 # a module without types
    """The module."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", _OF_ITS_PALETTE, PendingDeprecationWarning, r"shap\..*")
        import shap
    return shap
