"""The data API as uvicorn starts it: `uvicorn services.data_api.main:app`."""

from services.data_api.app import create_app
from telar.settings import DataApiSettings, UseCaseSettings, read

app = create_app(read(DataApiSettings), read(UseCaseSettings))
