"""Airflow as Telar starts, installs, checks and grooms it."""
