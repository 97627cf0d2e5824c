"""What is fuzzed, and how many cases of each make the full campaign."""

from fuzz import accounts_files, answers, pasted, tokens
from fuzz.campaign import Target

FULL: dict[Target, int] = {
    answers.DAMAGED: 12_000,
    answers.ENVELOPES: 8_000,
    tokens.DAMAGED: 200_000,
    tokens.STRUCTURED: 10_000,
    tokens.SHOWN: 2_000,
    accounts_files.DAMAGED: 20_000,
    pasted.DAMAGED: 20_000,
}
