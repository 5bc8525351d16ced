"""Hypothesis on a busy machine: a property may take its time, it is not a benchmark."""

from hypothesis import HealthCheck, settings

settings.register_profile("telar", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("telar")
