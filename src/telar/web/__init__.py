"""What the FastAPI services share: error table, request ids, metrics, keys."""
