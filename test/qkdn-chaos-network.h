/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHAOS_NETWORK_H
#define QKDN_CHAOS_NETWORK_H

#include "qkdn-chaos-draw.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief A QKD link of a random network.
 */
struct ChaosLink
{
    std::string id;                  //!< its id
    std::string tx;                  //!< node of the transmitter
    std::string rx;                  //!< node of the receiver
    std::vector<std::string> fibres; //!< its fibres
    bool hasStation{false};          //!< it has a central station
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A protection group of a random network.
 */
struct ChaosGroup
{
    std::string id;                   //!< its id
    std::string groupClass;           //!< its class
    std::vector<std::string> working; //!< working QKD links
    std::string tx;                   //!< node of the transmitters
    std::string rx;                   //!< node of the receivers
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What is in a random network that sessions, faults and commands can refer to.
 */
struct ChaosNetwork
{
    bool starved{false};                                 //!< links make less key than is asked for
    bool ideal{false};                                   //!< no distillation messages
    bool flow{false};                                    //!< flow mode
    bool controlled{false};                              //!< there are controllers
    bool linkState{false};                               //!< key managers find routes themselves
    bool stations{false};                                //!< links may have central stations
    std::string classical;                               //!< where classical links run
    std::vector<std::string> nodes;                      //!< QKD nodes
    std::set<std::string> split;                         //!< of these, those that are split
    std::vector<std::string> routers;                    //!< nodes without a key manager
    std::vector<std::string> fibres;                     //!< all fibres
    std::vector<std::string> classicalFibres;            //!< fibres with a classical link
    std::vector<std::string> riskGroups;                 //!< names in use
    std::vector<ChaosLink> links;                        //!< QKD links
    std::vector<ChaosGroup> groups;                      //!< protection groups
    std::vector<std::string> switches;                   //!< optical switches
    std::set<std::pair<std::string, std::string>> pairs; //!< neighbours, the lesser name first
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Draw a connected network: nodes, fibres, QKD links and protection groups.
 * @param draw the draws
 * @param network where it goes, with its flags set
 * @param json the scenario, to which it is added
 */
void DrawChaosNetwork(ChaosDraw& draw, ChaosNetwork& network, nlohmann::json& json);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHAOS_NETWORK_H */
