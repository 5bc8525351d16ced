"""The nouns and the rules of the platform: standard library and pydantic, nothing else."""
