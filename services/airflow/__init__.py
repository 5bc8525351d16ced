"""Airflow's scheduler as Telar starts it."""
