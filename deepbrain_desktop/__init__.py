"""DeepBrain Desktop: AI Studios session tokens from a window."""

__version__ = "0.1.0"
