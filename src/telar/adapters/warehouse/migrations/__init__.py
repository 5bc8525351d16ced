"""Alembic's revisions of `ops`, written by hand; each can go on where a kill left it."""
