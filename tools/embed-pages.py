#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Writes model/report/qkdn-page-files.cc, which has the files of model/report/page as texts, so
that all ways to build the module put them into the library.

usage: tools/embed-pages.py [--check]

With --check nothing is written; the exit code is 1 if the file is out of date.
"""

import base64
import hashlib
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PAGES = TOP / "model" / "report" / "page"
OUTPUT = TOP / "model" / "report" / "qkdn-page-files.cc"
DELIMITER = "page"

HEAD = """/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Written by tools/embed-pages.py from the files of model/report/page: change those.

#include "qkdn-page-files.h"

namespace ns3
{
namespace qkdn
{

// clang-format off
const std::vector<PageFile>&
GetPageFiles()
{
    static const std::vector<PageFile> files = {
"""

TAIL = """    };
    return files;
}

} // namespace qkdn
} // namespace ns3
"""


def entry(path):
    """A file as an element of the list."""
    text = path.read_text(encoding="ascii")
    if f"){DELIMITER}\"" in text:
        sys.exit(f"{path}: ){DELIMITER}\" would end the text")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f'{{"{path.name}",\n"{digest}",\nR"{DELIMITER}({text}){DELIMITER}"}},\n'


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    files = sorted(path for path in PAGES.iterdir() if path.suffix in {".html", ".css", ".js"})
    new = HEAD + "".join(entry(path) for path in files) + TAIL
    old = OUTPUT.read_text(encoding="ascii") if OUTPUT.exists() else ""
    if sys.argv[1:] == ["--check"]:
        if new != old:
            sys.exit(f"{OUTPUT.relative_to(TOP)} is out of date: run tools/embed-pages.py")
    elif new != old:
        OUTPUT.write_text(new, encoding="ascii")


if __name__ == "__main__":
    main()
