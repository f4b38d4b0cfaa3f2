"""What everything stands on: errors, positions, diagnostics, JSON types, policies, the seam.

Standard library only. Nothing here knows about flows, data actions or the network.
"""
