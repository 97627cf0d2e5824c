"""python packaging/supply/licence.py BILL: print one SPDX expression for all that a bill names."""

import json
import sys
from pathlib import Path


def licence(bill: dict) -> str:
    """Join the licences of the program, which stands first, and of its parts."""
    listed = [bill["metadata"]["component"], *bill["components"]]
    stated = [one["expression"] for each in listed for one in each["licenses"]]
    own, *others = (term.strip("()") for each in stated for term in each.split(" AND "))
    terms = [own, *sorted({*others} - {own})]
    return " AND ".join(f"({term})" if " OR " in term else term for term in terms)


if __name__ == "__main__":
    print(licence(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
