"""Tests of ringback.trace."""
