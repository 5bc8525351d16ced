"""The platform on Docker Compose: `.env` and its secrets, the checks before a start, up, down and destroy.

Standard library only, since a machine that runs containers has no environment of ours: `PYTHONPATH=src python3 -m
telar.compose up`.
"""
