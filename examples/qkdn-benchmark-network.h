/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BENCHMARK_NETWORK_H
#define QKDN_BENCHMARK_NETWORK_H

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace benchmark
{

/// A network with sessions over it, as a workload.
struct NetworkOptions
{
    std::string name{"network"};           //!< of the workload
    std::string topology{"ring"};          //!< "ring", "grid" or "random"
    uint32_t sites{16};                    //!< QKD nodes; a square number for a grid
    uint32_t links{0};                     //!< QKD links of a random network
    uint32_t distance{1};                  //!< QKD links between the ends of a session
    uint32_t sessions{0};                  //!< number; 0: one for each QKD link
    double keysPerSecond{5};               //!< of each session
    uint32_t keyBits{256};                 //!< size of a key
    std::string fidelity{"per-block"};     //!< of distillation
    std::string supply{"keys"};            //!< "keys" or "flow"
    std::string ak{"in-process"};          //!< how applications call key managers
    std::string resilience{"unprotected"}; //!< class of the sessions
    uint32_t faults{0};                    //!< cuts of fibres that are repaired
    double durationS{100};                 //!< simulated time, s
    bool isSplit{false};          //!< components of a site and applications on nodes of their own
    bool hasPayload{false};       //!< applications send a packet for each key
    double helloS{1};             //!< hellos of key managers, s
    double linkBps{100000};       //!< key rate of a QKD link, bit/s
    uint32_t blockBits{8192};     //!< key bits of a block
    uint64_t poolBits{0};         //!< in the pools at the start
    double delayS{0.0005};        //!< of each classical link, s
    uint64_t rateBps{1000000000}; //!< of each classical link, bit/s
    bool hasFloor{true};          //!< whether the floor is measured too
    std::string file;             //!< the scenario is written to it, or none
    std::string format{"text"};   //!< "text" or "json"
    bool quiet{false};            //!< no progress
};

/**
 * @brief The scenario of a workload.
 * @param options the workload
 * @return as a scenario file has it; throws ns3::qkdn::ScenarioError if there is no such
 * network
 */
nlohmann::json MakeNetworkScenario(const NetworkOptions& options);

} // namespace benchmark

#endif /* QKDN_BENCHMARK_NETWORK_H */
