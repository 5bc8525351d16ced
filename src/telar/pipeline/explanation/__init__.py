"""Which column moved a model's answers, and how far: SHAP values of any compiled model, as people see its columns."""

from telar.pipeline.explanation.explained import Explained
from telar.pipeline.explanation.explaining import affordable, explain
from telar.pipeline.explanation.rows import RowsToExplain, rows_to_explain

__all__ = ["Explained", "RowsToExplain", "affordable", "explain", "rows_to_explain"]
