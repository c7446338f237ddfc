/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BENCHMARK_TCP_H
#define QKDN_BENCHMARK_TCP_H

#include <cstdint>
#include <string>

namespace benchmark
{

/// Requests and answers over one connection.
struct TcpOptions
{
    uint64_t requests{100000};  //!< requests, each answered before the next
    uint32_t hops{1};           //!< links of the line
    std::string format{"text"}; //!< of the figures on stdout
};

/**
 * @brief Send requests of 200 bytes and answers of 300 bytes over TCP of ns-3, on a line of
 * point-to-point links without queue discs, and print how many packets a CPU second carries over a
 * link: the yardstick by which figures of different machines can be compared. Nothing of the
 * module takes part.
 * @param options how much
 * @return whether all were answered
 */
bool MeasureTcp(const TcpOptions& options);

} // namespace benchmark

#endif /* QKDN_BENCHMARK_TCP_H */
