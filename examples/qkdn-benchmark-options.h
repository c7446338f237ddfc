/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BENCHMARK_OPTIONS_H
#define QKDN_BENCHMARK_OPTIONS_H

#include "qkdn-benchmark-network.h"
#include "qkdn-benchmark-pools.h"
#include "qkdn-benchmark-relay.h"
#include "qkdn-benchmark-routes.h"
#include "qkdn-benchmark-tcp.h"

#include <string>

namespace benchmark
{

/// The command line.
struct Options
{
    std::string workload{"relay"}; //!< what is measured
    RelayOptions relay;            //!< if it is key relay
    RoutesOptions routes;          //!< if it is searches for routes
    PoolsOptions pools;            //!< if it is keys in pools
    TcpOptions tcp;                //!< if it is TCP alone
    NetworkOptions network;        //!< if it is a network with sessions
};

/**
 * @brief Read the command line.
 * @param argc number of arguments
 * @param argv the arguments
 * @return what they say; throws ns3::qkdn::ScenarioError if they make no sense
 */
Options ParseOptions(int argc, char* argv[]);

} // namespace benchmark

#endif /* QKDN_BENCHMARK_OPTIONS_H */
