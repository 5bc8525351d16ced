"""Telar's own data API: every use case's rows, handed out batch by batch as the course's upstreams do."""
