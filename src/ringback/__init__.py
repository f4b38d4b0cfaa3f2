"""ringback: run a Genesys Cloud contact centre's logic on your own machine."""

__version__ = "0.1.0"
