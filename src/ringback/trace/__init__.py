"""What happened in a run: event types, their JSON, and a text renderer."""

from ringback.trace.events import AnyEvent, Event

__all__ = ["AnyEvent", "Event"]
