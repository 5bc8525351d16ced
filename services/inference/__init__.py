"""The inference API: serves whatever version of each model holds the alias ``production``."""
