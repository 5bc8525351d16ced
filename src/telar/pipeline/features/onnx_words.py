"""The ONNX forms of the transformers of words, registered with skl2onnx."""

from typing import Any

import numpy as np
from skl2onnx import update_registered_converter
from skl2onnx.common.data_types import FloatTensorType, StringTensorType

from telar.adapters.onnx_model import MISSING_WORD
from telar.pipeline.features.graph import INT64, ML, STRING, Graph
from telar.pipeline.features.words import DigitWords, GroupWords, TargetWords


def register_words() -> None:
    """Makes skl2onnx know the transformers of words; again and again without harm."""
    update_registered_converter(DigitWords, "TelarDigitWords", _as_many_words, _spell)
    update_registered_converter(GroupWords, "TelarGroupWords", _as_many_words, _group)
    update_registered_converter(TargetWords, "TelarTargetWords", _as_many_means, _encode)


def _spell(scope: Any, operator: Any, container: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
    graph = Graph(scope, operator, container)
    missing = graph.node("IsNaN", graph.matrix)
    whole = graph.node("Cast", graph.node("Where", missing, graph.row(np.zeros(1)), graph.matrix), to=INT64)
    digits = graph.node("Cast", whole, to=STRING)
    graph.node("Where", missing, graph.word(MISSING_WORD), digits, output=graph.output)


def _group(scope: Any, operator: Any, container: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
    graph = Graph(scope, operator, container)
    step: GroupWords = graph.step
    grouped = graph.matrix if step.other is None else graph.word(step.other)
    for name, pattern in reversed(list(zip(step.names, step.patterns, strict=True))):
        matches = graph.node("RegexFullMatch", graph.matrix, pattern=pattern)
        grouped = graph.node("Where", matches, graph.word(name), grouped)
    missing = graph.node("RegexFullMatch", graph.matrix, pattern=MISSING_WORD)
    graph.node("Where", missing, graph.matrix, grouped, output=graph.output)


def _encode(scope: Any, operator: Any, container: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
    graph = Graph(scope, operator, container)
    step: TargetWords = graph.step
    parts = []
    for place, (words, table) in enumerate(zip(step.words_, step.tables_, strict=True)):
        codes = _codes(graph, graph.vector(place), [str(word) for word in words])
        parts.append(graph.node("Gather", graph.table(table), codes, axis=0))
    graph.node("Concat", *parts, output=graph.output, axis=1)


def _codes(graph: Graph, words: str, known: list[str]) -> str:
    """The place of each word among those known; their number for the others."""
    keys = [word.encode() for word in known] or [MISSING_WORD.encode()]
    places = list(range(len(known))) or [0]
    return graph.node(
        "LabelEncoder", words, domain=ML, keys_strings=keys, values_int64s=places, default_int64=len(known)
    )


def _as_many_words(operator: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
    operator.outputs[0].type = StringTensorType([None, operator.raw_operator.n_features_in_])


def _as_many_means(operator: Any) -> None:  # noqa: ANN401 # skl2onnx is untyped
    width = sum(table.shape[1] for table in operator.raw_operator.tables_)
    operator.outputs[0].type = FloatTensorType([None, width])
