"""The remote API: the same rule as the web."""
