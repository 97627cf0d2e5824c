"""The names, identifiers and links by which this program is known."""

NAME = "DeepBrain Desktop"
IDENTIFIER = "deepbrain-desktop"
APPLICATION_ID = "io.deepbrain.Desktop"
KEY_PAGE = "https://account.aistudios.com/user/api-key"
"""Where people find app id and user key (AI Studios → account name → Api Key)."""
DOCUMENTATION = "https://docs.aistudios.com/reference/interactive-avatar"
