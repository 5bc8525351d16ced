"""One Airflow DAG for each use case of this installation, and for each broken file one that says what is wrong."""

from telar.settings import PipelineSettings, PlaceSettings, UseCaseSettings, read
from telar.use_cases import discover
from telar_builder.batch import batch_dag
from telar_builder.broken import broken_dag

_registry = discover(read(UseCaseSettings).use_cases)
_settings, _place = read(PipelineSettings), read(PlaceSettings)

for _use_case in _registry.use_cases.values():
    globals()[_use_case.name] = batch_dag(_use_case, _settings, _place)
for _stem, _error in _registry.broken.items():
    globals()[f"broken_{_stem}"] = broken_dag(_stem, _error)
