"""The steps of one batch, as plain functions over the domain and the adapters."""
