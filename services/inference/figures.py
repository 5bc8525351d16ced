"""The figures of the inference API that Prometheus reads."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
OUTCOMES = {200: "ok", 404: "unknown_model", 413: "too_large", 422: "invalid", 503: "no_model"}


class Figures:
    """Counters and gauges of one application, in its own registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.predictions = Counter(
            "telar_predictions_total",
            "Records predicted, and requests refused.",
            ("model", "version", "outcome"),
            registry=registry,
        )
        self.seconds = Histogram(
            "telar_prediction_seconds",
            "Seconds from a prediction request to its answer.",
            ("model",),
            buckets=_BUCKETS,
            registry=registry,
        )
        self.model_info = Gauge(
            "telar_model_info", "1 for each model version that is served.", ("model", "version"), registry=registry
        )
        self.load_failures = Counter(
            "telar_model_load_failures_total", "Versions that could not be loaded.", ("model",), registry=registry
        )
        self.recorded = Counter(
            "telar_predictions_recorded_total", "Rows written to ops.predictions.", registry=registry
        )
        self.dropped = Counter(
            "telar_predictions_dropped_total", "Rows that could not be recorded.", ("reason",), registry=registry
        )
        self.waiting = Gauge("telar_predictions_waiting", "Rows that wait to be recorded.", registry=registry)

    def answered(self, model: str, version: str, status: int, seconds: float, records: int) -> None:
        """One prediction request was answered, or refused with this status."""
        counter, histogram = self._series(model, version, status)
        counter.inc(records)
        histogram.observe(seconds)

    def _series(self, model: str, version: str, status: int) -> tuple[Counter, Histogram]:
        """Looked up once for each triple: finding a series by its labels costs more than counting."""
        found = self._known.get((model, version, status))
        if found is None:
            counter = self.predictions.labels(model, version, OUTCOMES.get(status, "error"))
            found = self._known[model, version, status] = counter, self.seconds.labels(model)
        return found

    def swapped(self, model: str, before: str | None, after: str | None) -> None:
        """Another version of the model is served (None: no version)."""
        if before is not None and before != after:
            self.model_info.remove(model, before)
        if after is not None:
            self.model_info.labels(model, after).set(1)
