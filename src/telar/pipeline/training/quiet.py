"""The warnings of third parties that training knows and expects, each by its package and its words."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_EXPECTED = (
    # skl2onnx 1.20 writes Booleans where onnx wants integers; right until protobuf 7, which the lock excludes.
    (r"Field onnx\.AttributeProto\.ints: Expected an int, got a boolean", DeprecationWarning, r"onnx\.helper"),
    # skl2onnx looks at these attributes of every SVC, calibrated or not.
    (r"Attribute `prob[AB]_` was deprecated", FutureWarning, r"sklearn\.utils\.deprecation"),
    # mlflow's own models of chat agents, which mlflow.pyfunc imports.
    (r".*Any type hint is inferred as AnyType", UserWarning, r"mlflow\..*"),
    # A draw of the search that ends before it converged is scored as it is.
    (r"lbfgs failed to converge", UserWarning, r"sklearn\.linear_model\._logistic"),
    (r"Stochastic Optimizer: Maximum iterations", UserWarning, r"sklearn\.neural_network\._multilayer_perceptron"),
)


@contextmanager
def quiet() -> Iterator[None]:
    """Ignores the expected warnings; not to be entered from several threads at once."""
    with warnings.catch_warnings():
        for message, category, module in _EXPECTED:
            warnings.filterwarnings("ignore", message=message, category=category, module=module)
        yield
