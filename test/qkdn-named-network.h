/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_NAMED_NETWORK_H
#define QKDN_NAMED_NETWORK_H

#include "ns3/double.h"
#include "ns3/names.h"
#include "ns3/node-container.h"
#include "ns3/qkdn-cryptographic-application-helper.h"
#include "ns3/qkdn-fibre-span.h"
#include "ns3/qkdn-key-manager-helper.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/qkdn-qkd-link-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief A network of named nodes, made with the helpers alone.
 */
class NamedNetwork
{
  public:
    /**
     * @brief Make nodes with key managers, and a QKD link of 1 kbit/s between each and the next.
     * @param names names of the nodes; the ends of a link make its name
     */
    explicit NamedNetwork(const std::vector<std::string>& names)
    {
        nodes.Create(static_cast<uint32_t>(names.size()));
        for (std::size_t i = 0; i < names.size(); ++i)
        {
            Names::Add(names[i], nodes.Get(static_cast<uint32_t>(i)));
            plant.InstallStack(names[i]);
            keyManagers.Add(managers.Install(names[i]));
        }
        links.SetProtocol("ns3::qkdn::MeasuredRateProtocol");
        links.SetProtocolAttribute("Rate", DoubleValue(1000));
        links.SetChannelAttribute("WavelengthNm", DoubleValue(1310));
        links.SetModuleAttribute("InitialState", StringValue("running"));
        for (std::size_t i = 0; i + 1 < names.size(); ++i)
        {
            spans.push_back(CreateObjectWithAttributes<FibreSpan>("Name",
                                                                  StringValue("f" + names[i]),
                                                                  "LengthKm",
                                                                  DoubleValue(20)));
            FibrePath path;
            path.AddSpan(spans.back());
            const std::string name = names[i] + names[i + 1];
            plant.Connect(name, names[i], names[i + 1], path, DataRate("1Gbps"));
            made.push_back(links.Install(name, path, names[i], names[i + 1]));
            managers.AddLink(made.back());
        }
    }

    ~NamedNetwork()
    {
        Simulator::Destroy();
        Names::Clear();
    }

    NodeContainer nodes;                         //!< the nodes
    PlantHelper plant;                           //!< makes stacks and classical links
    KeyManagerHelper managers;                   //!< makes key managers
    QkdLinkHelper links;                         //!< makes QKD links
    CryptographicApplicationHelper applications; //!< makes applications
    ApplicationContainer keyManagers;            //!< the key managers
    std::vector<Ptr<FibreSpan>> spans;           //!< fibres, by link
    std::vector<QkdLink> made;                   //!< the QKD links
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_NAMED_NETWORK_H */
