/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// A scenario file: it is a scenario, or a ScenarioError of one line says why not.

#include "ns3/core-module.h"
#include "ns3/qkdn-scenario-reader.h"

#include <string>

using namespace ns3;
using namespace ns3::qkdn;

/// A function of libFuzzer's interface.
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    // where the examples stand, for the files that they name
    const std::string source = QKDN_SOURCE_DIR "/examples/scenarios/input.json";
    try
    {
        ScenarioReader::ReadString(std::string(data, data + size), source);
    }
    catch (const ScenarioError& error)
    {
        const std::string what = error.what();
        NS_ABORT_MSG_IF(what.find('\n') != std::string::npos, "not one line: " << what);
        NS_ABORT_MSG_IF(what.find("; ") == std::string::npos, "no mend: " << what);
    }
    return 0;
}
