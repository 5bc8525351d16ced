"""The columns that are made inside the scikit-learn Pipeline, each with a transformer and an ONNX form."""

from telar.pipeline.features.assemble import build_pipeline
from telar.pipeline.features.onnx_forms import register

__all__ = ["build_pipeline", "register"]
