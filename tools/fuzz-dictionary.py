#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Prints the words of scenario files, out of their schema, as a dictionary of libFuzzer."""

import json
from pathlib import Path

SCHEMA = Path(__file__).resolve().parent.parent / "doc" / "scenario.schema.json"


def words(value):
    """Keys and enumerated values below a part of the schema."""
    if isinstance(value, dict):
        yield from value.get("properties", {})
        yield from (word for word in value.get("enum", []) if isinstance(word, str))
        for part in value.values():
            yield from words(part)
    elif isinstance(value, list):
        for part in value:
            yield from words(part)


def main():
    for word in sorted(set(words(json.loads(SCHEMA.read_text())))):
        print('"\\"' + word.replace("\\", "\\\\").replace('"', '\\"') + '\\""')


if __name__ == "__main__":
    main()
