"""Tests of ringback.trace."""  # noqa: A005 - a package below tests shadows nothing
