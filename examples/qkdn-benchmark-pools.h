/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BENCHMARK_POOLS_H
#define QKDN_BENCHMARK_POOLS_H

#include <cstdint>
#include <string>

namespace benchmark
{

/// Keys in the two ends of a KMA pool.
struct PoolsOptions
{
    uint64_t keys{1000000};     //!< keys in the pool
    uint32_t keyBits{256};      //!< size of a key
    uint32_t blockBits{8192};   //!< size of the blocks that they come in
    std::string format{"text"}; //!< of the figures on stdout
    bool quiet{false};          //!< no progress on stderr
};

/**
 * @brief Fill both ends of a KMA pool, spend what is there key by key and settle that, and print
 * the CPU time and the memory of a key in each state. Nothing is sent.
 * @param options how much
 * @return whether all keys were equal at both ends and the books balance
 */
bool MeasurePools(const PoolsOptions& options);

} // namespace benchmark

#endif /* QKDN_BENCHMARK_POOLS_H */
