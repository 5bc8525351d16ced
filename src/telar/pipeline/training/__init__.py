"""From clean rows to a registered model version: search, fit, compile, compare, evaluate, register."""

from telar.pipeline.training.job import train
from telar.pipeline.training.values import Trained, TrainingReason, TrainingRows

__all__ = ["Trained", "TrainingReason", "TrainingRows", "train"]
