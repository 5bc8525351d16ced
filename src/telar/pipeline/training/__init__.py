"""From clean rows to a registered model version: search, fit, compile, compare, evaluate, register."""
