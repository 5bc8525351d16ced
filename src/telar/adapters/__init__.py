"""One backing service each: upstream sources, warehouse, model registry, ONNX models."""
