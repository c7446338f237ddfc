#!/usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only
"""Makes first inputs for the fuzz targets out of a capture of qkdn-message-samples.

usage: tools/make-fuzz-seeds.py SAMPLES.pcap FOLDER

The target "messages" takes the kind of a message from the first byte, so it gets each sample as
each kind; -merge=1 of libFuzzer keeps those that matter. "frames" gets the stream of all frames.
"""

import struct
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PCAP_HEADER, RECORD_HEADER, IP_HEADER, TCP_HEADER, UDP_HEADER, FRAME_HEADER = 24, 16, 20, 20, 8, 16
UDP = 17


def read_packets(path):
    """Protocol and payload of each packet of a capture."""
    data = Path(path).read_bytes()
    place = PCAP_HEADER
    while place < len(data):
        size = struct.unpack_from("<I", data, place + 8)[0]
        packet = data[place + RECORD_HEADER:place + RECORD_HEADER + size]
        place += RECORD_HEADER + size
        yield packet[9], packet[IP_HEADER + (UDP_HEADER if packet[9] == UDP else TCP_HEADER):]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    packets = [(protocol, data) for protocol, data in read_packets(sys.argv[1]) if data]
    source = (TOP / "fuzz" / "qkdn-fuzz-messages.cc").read_text()
    kinds = [line.strip() for line in source.splitlines() if line.strip().startswith("&Read")]
    folder = Path(sys.argv[2])
    for name in ("messages", "frames"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    stream = b"".join(data for protocol, data in packets if protocol != UDP)
    for index in range(0, len(stream), 2000):
        (folder / "frames" / str(index)).write_bytes(stream[:index + 2000][-4000:])
    for number, (protocol, data) in enumerate(packets):
        body = data if protocol == UDP else data[FRAME_HEADER:]
        (folder / "frames" / f"message-{number}").write_bytes(data)
        for kind, reader in enumerate(kinds):
            # bodies of messages that travel along a route stand at the end of these
            starts = range(len(body)) if "ReadBody" in reader else [0]
            texts = {body[start:] for start in starts} | {data}
            for index, text in enumerate(sorted(texts)):
                if len(text) < 1024:
                    (folder / "messages" / f"{number}-{kind}-{index}").write_bytes(bytes([kind]) + text)


if __name__ == "__main__":
    main()
