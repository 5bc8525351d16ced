"""What each use case reaches on its real rows, beside what papers report, as a Markdown table.

Run: python -m benchmarks.quality FOLDER [--only NAME]. FOLDER holds the published files; of each use case with a
benchmark the first file that fits is read, whole. A fifth of the rows is held out, stratified and by whole groups;
every candidate is fitted on the rest, the best of these few on the held-out rows is compiled, and its ONNX form is
scored on them. Exits 1 where one misses its figure, its minutes or its megabytes. A generated sample proves nothing and
is never used.
"""

import argparse
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import typer
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

from telar.adapters.onnx_model import OnnxModel
from telar.adapters.sources.tables import is_table, read_head, read_table
from telar.adapters.sources.texts import as_texts
from telar.domain.benchmark import Benchmark
from telar.domain.errors import DataError
from telar.domain.lifecycle import Provenance
from telar.domain.metrics import GREATER_IS_BETTER, gain
from telar.domain.use_case import UseCase
from telar.pipeline.reading import read_types
from telar.pipeline.training import TrainingRows
from telar.pipeline.training.choice import choose
from telar.pipeline.training.compile import compile_onnx
from telar.pipeline.training.evaluate import score
from telar.pipeline.training.measure import run
from telar.pipeline.training.rows import Prepared, prepare_rows
from telar.pipeline.training.search import SEED, search
from telar.use_cases import discover

FIFTHS = 5
BYTES_PER_MEGABYTE = 1e6


@dataclass(frozen=True)
class Reached:
    """One repetition: each contender's metric, the compiled best one's and its megabytes, the minutes that all took."""

    contenders: dict[str, float]
    best: str
    compiled: float
    megabytes: float
    minutes: float


def main() -> int:
    """Print the table; 1 when a use case misses what it must reach."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", help="the name of one use case")
    asked = parser.parse_args()
    good = True
    for use_case in discover(None).use_cases.values():
        if use_case.benchmark and asked.only in (None, use_case.name):
            good &= _measure(use_case, use_case.benchmark, asked.folder)
    return 0 if good else 1


def _measure(use_case: UseCase, benchmark: Benchmark, folder: Path) -> bool:
    found = _published(use_case, folder)
    if found is None:
        typer.echo(f"{use_case.name}: not measured, no file in {folder} holds its rows")
        return False
    name, rows = found
    typer.echo(f"\n## {use_case.title}: {len(rows):,} rows of {name}, {benchmark.splits} x a fifth held out\n")
    repetitions = [_repetition(use_case, benchmark, *parts) for parts in _splits(use_case, rows, benchmark.splits)]
    return _told(benchmark, repetitions)


def _published(use_case: UseCase, folder: Path) -> tuple[str, pd.DataFrame] | None:
    """The clean typed rows of the first file that has the use case's columns, or those of its published form."""
    for path in sorted(path for path in folder.iterdir() if is_table(path)):
        try:
            _in_form(use_case, read_head(path))
            return path.name, use_case.clean(_typed(use_case, _in_form(use_case, read_table(path))))
        except DataError:
            continue
    return None


def _in_form(use_case: UseCase, frame: pd.DataFrame) -> pd.DataFrame:
    if not set(use_case.names) <= set(frame.columns):
        if use_case.read_table is None:
            raise DataError(f"{use_case.name}: other columns")
        frame = use_case.read_table(frame)
    return frame[list(use_case.names)].reset_index(drop=True)


def _typed(use_case: UseCase, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows as a client receives them, read as a batch is."""
    texts = pd.DataFrame(as_texts(use_case, frame), columns=list(use_case.names), dtype=object)
    return read_types(use_case, texts).frame


def _splits(use_case: UseCase, rows: pd.DataFrame, splits: int) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Train and held-out rows, a fifth of them, of each repetition."""
    classes, key = use_case.task == "classification", list(use_case.partition_key)
    target = rows[use_case.target.name].to_numpy()
    groups = pd.util.hash_pandas_object(rows[key], index=False).to_numpy() if key else None
    kinds = {
        (True, False): StratifiedKFold,
        (False, False): KFold,
        (True, True): StratifiedGroupKFold,
        (False, True): GroupKFold,
    }
    folds = kinds[classes, bool(key)](FIFTHS, shuffle=True, random_state=SEED)
    parts: Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]] = folds.split(rows, target, groups)
    for (train, held_out), _ in zip(parts, range(splits), strict=False):
        yield rows.iloc[train], rows.iloc[held_out]


def _repetition(use_case: UseCase, benchmark: Benchmark, train: pd.DataFrame, held_out: pd.DataFrame) -> Reached:
    tried = use_case.model_copy(
        update={
            "candidates": benchmark.candidates,
            "averages": benchmark.averages,
            "primary_metric": benchmark.metric,
        }
    )
    start = time.perf_counter()
    rows = TrainingRows(train, held_out, held_out.iloc[:1], (), 1, Provenance.FILE, "", "")
    prepared = prepare_rows(tried, rows)
    contenders = search(tried, prepared, os.cpu_count() or 1)
    best = choose(tried, contenders).contender.best
    compiled = compile_onnx(best.pipeline, prepared.contract)
    minutes = (time.perf_counter() - start) / 60
    return Reached(
        {each.best.candidate.name: each.best.metrics[benchmark.metric] for each in contenders},
        best.candidate.name,
        _compiled(benchmark.metric, compiled, prepared),
        len(compiled) / BYTES_PER_MEGABYTE,
        minutes,
    )


def _compiled(metric: str, compiled: bytes, prepared: Prepared) -> float:
    part, contract = prepared.validation, prepared.contract
    return score(metric, contract, part.target, run(OnnxModel.load(compiled, contract), contract, part.rows))


def _told(benchmark: Benchmark, repetitions: list[Reached]) -> bool:
    """The table, and whether the figures are within their limits."""
    value = float(np.mean([each.compiled for each in repetitions]))
    minutes, megabytes = (max(getattr(each, name) for each in repetitions) for name in ("minutes", "megabytes"))
    means = {
        name: float(np.mean([each.contenders[name] for each in repetitions])) for name in repetitions[0].contenders
    }
    lines = [(f"Telar, {name}", figure) for name, figure in means.items()]
    lines += [(f"{each.what}, published", each.value) for each in benchmark.published]
    lines.sort(key=lambda line: -line[1] if GREATER_IS_BETTER[benchmark.metric] else line[1])
    typer.echo(f"| Model | {benchmark.metric} |\n|---|---|")
    for name, figure in lines:
        typer.echo(f"| {name} | {figure:.4f} |")
    good = gain(benchmark.metric, value, benchmark.at_least) >= 0
    good = good and minutes <= benchmark.minutes and megabytes <= benchmark.megabytes
    typer.echo(
        f"\n{'Reached' if good else 'MISSED'}: {benchmark.metric} {value:.4f} (asked: {benchmark.at_least}) by "
        f"{repetitions[0].best} as ONNX, {megabytes:.0f} MB (at most {benchmark.megabytes:.0f}), "
        f"{minutes:.1f} minutes on {os.cpu_count()} cores (at most {benchmark.minutes:.0f})"
    )
    return good


if __name__ == "__main__":
    raise SystemExit(main())
