"""Flows of the organisation: their documents and versions, what they need, how they run."""
