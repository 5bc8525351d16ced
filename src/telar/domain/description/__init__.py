"""A use case told in Markdown from its definition alone: for its page in the guide and for its DAG's."""

from telar.domain.description.page import describe

__all__ = ["describe"]
