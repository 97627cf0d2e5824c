"""AI Studios as a plain Python library: no Qt and no keychain, usable on its own from a script."""
