/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QKD_PROTOCOL_HELPER_H
#define QKDN_QKD_PROTOCOL_HELPER_H

#include "ns3/qkdn-qkd-protocol.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Makes QKD protocols by the names that scenario files and programs use.
 */
class QkdProtocolHelper
{
  public:
    /**
     * @brief The names of all protocols of the module.
     * @return for example "decoy-bb84"
     */
    static std::vector<std::string> GetNames();

    /**
     * @brief Make a protocol with its default attributes.
     * @param name its name, or the ns-3 type of a protocol of your own, with attributes if there
     * are any ("ns3::Name[Attribute=value]"); aborts if there is no such protocol
     * @return the protocol
     */
    static Ptr<QkdProtocol> Create(const std::string& name);

    /**
     * @brief The presets of a protocol.
     * @param name its name; aborts if there is no such protocol
     * @return their names
     */
    static std::vector<std::string> GetPresetNames(const std::string& name);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QKD_PROTOCOL_HELPER_H */
