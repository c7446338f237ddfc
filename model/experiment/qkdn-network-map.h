/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_NETWORK_MAP_H
#define QKDN_NETWORK_MAP_H

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A node of the network as it is drawn.
 */
struct MapNode
{
    std::string id;                     //!< id, as in routes
    double xKm{0.0};                    //!< position to the right, km
    double yKm{0.0};                    //!< position upwards, km
    bool hasKeyManager{true};           //!< whether it is a QKD node
    std::vector<std::string> functions; //!< what else is there, for example "controller C"
};

/**
 * @ingroup qkdn-resilience
 * @brief A fibre between two nodes.
 */
struct MapFibre
{
    std::string id;                      //!< its id
    std::string a;                       //!< node at one end
    std::string b;                       //!< node at the other end
    double lengthKm{0.0};                //!< its length, km
    std::vector<std::string> riskGroups; //!< what could break it together with others
};

/**
 * @ingroup qkdn-resilience
 * @brief A QKD link and the fibres that it takes while nothing is switched.
 */
struct MapLink
{
    std::string id;                  //!< its id
    std::string tx;                  //!< node of the transmitter
    std::string rx;                  //!< node of the receiver
    std::vector<std::string> fibres; //!< from tx to rx
};

/**
 * @ingroup qkdn-resilience
 * @brief A protection entity of a group.
 */
struct MapSpare
{
    std::string member;              //!< its name in the event log, for example "P0"
    std::string link;                //!< the QKD link that it is, or whose modules it takes
    bool sameModules{false};         //!< it takes the modules of a working link to other fibres
    std::vector<std::string> fibres; //!< those other fibres, from tx to rx; else empty
};

/**
 * @ingroup qkdn-resilience
 * @brief A protection group of QKD links.
 */
struct MapGroup
{
    std::string id;                   //!< its id
    std::string groupClass;           //!< its class, for example "link-1:1"
    std::vector<std::string> working; //!< ids of the working QKD links, in order
    std::vector<MapSpare> protection; //!< protection entities, in order
};

/**
 * @ingroup qkdn-resilience
 * @brief The ends of a session.
 */
struct MapSession
{
    std::string id;     //!< its id
    std::string master; //!< node of the master's KM
    std::string slave;  //!< node of the slave's KM
};

/**
 * @ingroup qkdn-resilience
 * @brief What a drawing of the network needs; empty if whoever ran it has not described it.
 */
struct NetworkMap
{
    std::vector<MapNode> nodes;       //!< nodes
    std::vector<MapFibre> fibres;     //!< fibres
    std::vector<MapLink> links;       //!< QKD links
    std::vector<MapGroup> groups;     //!< protection groups
    std::vector<MapSession> sessions; //!< sessions
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_NETWORK_MAP_H */
