"""What a service logs: its own words and warnings, and no line for each request."""

import logging


def set_up_logs(access: bool = False) -> None:
    """Telar's loggers speak from INFO on; uvicorn's access lines only with ``access``."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("telar", "services"):
        logging.getLogger(name).setLevel(logging.INFO)
    if not access:
        quiet = logging.getLogger("uvicorn.access")
        quiet.handlers.clear()
        quiet.propagate = False
