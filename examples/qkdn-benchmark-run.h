/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BENCHMARK_RUN_H
#define QKDN_BENCHMARK_RUN_H

#include "qkdn-benchmark-network.h"

namespace benchmark
{

/**
 * @brief Run a network, then send its packets' contents again over bare sockets, and print what
 * both cost.
 * @param options the workload
 * @return whether all keys that both applications of a session have were equal, and there were any;
 * of a flow whether any were supplied
 */
bool MeasureNetwork(const NetworkOptions& options);

} // namespace benchmark

#endif /* QKDN_BENCHMARK_RUN_H */
