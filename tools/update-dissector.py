#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Writes tools/wireshark/qkdn-numbers.lua, message types and enumerations, from the headers.

usage: tools/update-dissector.py [--check]

With --check nothing is written; the exit code is 1 if the dissector is out of date. It is 1 as
well if two messages have one number, or a layout names an enumeration that no header has.
"""

import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
FOLDER = TOP / "tools" / "wireshark"
NUMBERS = FOLDER / "qkdn-numbers.lua"
HEAD = """-- SPDX-License-Identifier: GPL-2.0-only
--
-- Written by tools/update-dissector.py: what the headers say of the numbers in messages.
return {
"""


def read_enumerations():
    """Enumerators and values of each enumeration of the headers, by its name."""
    found = {}
    for path in sorted((TOP / "model").rglob("*.h")):
        text = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for name, body in re.findall(r"^enum (\w+)[^{;]*\{(.*?)\}", text, re.DOTALL | re.MULTILINE):
            values, following = {}, 0
            for enumerator, value in re.findall(r"(\w+)(?:\s*=\s*(\w+))?\s*(?:,|$)", body.strip()):
                following = int(value, 0) if value else following
                values[enumerator] = following
                following += 1
            found[name] = values
    return found


def message_types(enumerations):
    """Name and number of each type of message, by number."""
    types = {}
    for name, values in enumerations.items():
        for enumerator, value in values.items() if name.endswith("MessageType") else ():
            if types.setdefault(value, enumerator) != enumerator:
                sys.exit(f"{enumerator} and {types[value]} are both 0x{value:04x}")
    return sorted(types.items())


def make_numbers(layouts):
    """The file of numbers that layouts need."""
    enumerations = read_enumerations()
    text = HEAD + "  message_types = {\n"
    for value, name in message_types(enumerations):
        text += f"    [0x{value:04x}] = \"{name}\",\n"
    text += "  },\n  enumerations = {\n"
    for name in sorted(set(re.findall(r"\d=([A-Z]\w+)", layouts)) | {"McSupplyState", "ModuleEnd"}):
        if name not in enumerations:
            sys.exit(f"no header has an enumeration {name}")
        text += f"    {name} = {{\n"
        for enumerator, value in enumerations[name].items():
            if not enumerator.endswith("_COUNT"):
                text += f"      [{value}] = \"{enumerator}\",\n"
        text += "    },\n"
    return text + "  },\n}\n"


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    old = NUMBERS.read_text(encoding="utf-8") if NUMBERS.exists() else ""
    new = make_numbers((FOLDER / "qkdn-layouts.lua").read_text(encoding="utf-8"))
    if sys.argv[1:] == ["--check"]:
        if new != old:
            sys.exit(f"{NUMBERS.relative_to(TOP)} is out of date: run tools/update-dissector.py")
    elif new != old:
        NUMBERS.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
