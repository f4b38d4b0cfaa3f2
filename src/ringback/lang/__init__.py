"""Three small languages that do not know each other: `expr`, `velocity`, `jsonpath`."""
