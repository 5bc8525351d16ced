"""MLflow's server as Telar starts it."""
