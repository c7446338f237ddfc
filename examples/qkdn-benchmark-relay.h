/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BENCHMARK_RELAY_H
#define QKDN_BENCHMARK_RELAY_H

#include <cstdint>
#include <string>
#include <vector>

namespace benchmark
{

/// What key relay is measured for.
struct RelayOptions
{
    uint64_t keys{1000000};        //!< keys to be relayed
    uint32_t hops{2};              //!< hops of the route
    std::vector<uint32_t> batches; //!< keys to a relay, one run for each
    std::string format{"text"};    //!< of the figures on stdout
    bool quiet{false};             //!< no progress
};

/**
 * Measure key relay over a line of key managers and the same packets over bare sockets, and print
 * the figures; returns whether all keys were equal at both ends.
 */
bool MeasureRelay(const RelayOptions& options);

} // namespace benchmark

#endif /* QKDN_BENCHMARK_RELAY_H */
