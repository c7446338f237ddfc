/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BENCHMARK_PROCESS_H
#define QKDN_BENCHMARK_PROCESS_H

#include <cstdint>
#include <functional>
#include <type_traits>

namespace benchmark
{

/// What a run counts; goes through a pipe.
struct Counts
{
    uint64_t events{0};         //!< events of the simulator
    uint64_t packetHops{0};     //!< packets sent over a link
    uint64_t messages{0};       //!< messages of key management
    uint64_t bytes{0};          //!< their bytes
    uint64_t equalKeys{0};      //!< keys equal at both ends
    uint64_t suppliedKeys{0};   //!< keys that applications were supplied with
    uint64_t differentKeys{0};  //!< keys that both ends have, and that differ
    double simulatedSeconds{0}; //!< simulated time, s
};

static_assert(std::is_trivially_copyable_v<Counts>, "goes through a pipe");

/// A run and what it cost.
struct Measured
{
    Counts counts;            //!< what it counts
    double cpuSeconds{0};     //!< CPU time of its process, s
    double memoryMebibyte{0}; //!< most memory that its process held, MiB
};

/// Do a run in a process of its own, so that CPU time and memory are those of the run alone.
Measured Measure(const std::function<Counts()>& run);

} // namespace benchmark

#endif /* QKDN_BENCHMARK_PROCESS_H */
