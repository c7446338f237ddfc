#!/usr/bin/env bash
#
# SPDX-License-Identifier: GPL-2.0-only
#
# Draws doc/figures/icon.png, 100 by 100 pixels on a transparent ground, from icon.svg. Needs
# Debian's package chromium.
set -euo pipefail
cd "$(dirname "$0")/../doc/figures"
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1 \
    --default-background-color=00000000 --window-size=100,100 --screenshot=icon.png "file://$PWD/icon.svg" 2> /dev/null
file icon.png
