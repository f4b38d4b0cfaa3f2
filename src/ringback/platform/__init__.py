"""The local Platform API: a Genesys Cloud organisation that is served from this machine."""
