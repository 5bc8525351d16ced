"""The whole platform without Docker: PostgreSQL and every service as processes on loopback under one supervisor."""
