/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-link-protection-helper.h"

#include "ns3/inet-socket-address.h"

#include <cmath>

namespace ns3
{
namespace qkdn
{

LinkProtectionHelper::Place
LinkProtectionHelper::Install(Ptr<Node> node, Ipv4Address address) const
{
    Place place{CreateObject<LinkProtectionAgent>(), address};
    place.agent->SetIdentity(InetSocketAddress(address, APS_PORT));
    node->AddApplication(place.agent);
    return place;
}

EntityDescription
LinkProtectionHelper::Describe(const ProtectionMember& member)
{
    EntityDescription description;
    description.name = member.name;
    const FibrePath& fibre = member.line.GetFibre().GetNSpans() > 0
                                 ? member.line.GetFibre()
                                 : member.modules.channel->GetPath(0).GetFibre();
    description.lengthM = static_cast<uint32_t>(std::lround(fibre.GetLengthKm() * 1000));
    for (std::size_t i = 0; i < fibre.GetNSpans(); ++i)
    {
        const Ptr<FibreSpan> span = fibre.GetSpan(i);
        description.fibres.push_back(span->GetName());
        const auto& risks = span->GetRiskGroups();
        description.riskGroups.insert(description.riskGroups.end(), risks.begin(), risks.end());
    }
    return description;
}

std::array<EntityEnd, 2>
LinkProtectionHelper::MakeEnds(const ProtectionMember& member,
                               const std::array<Ptr<Node>, 2>& nodes,
                               Time lossOfLight)
{
    std::array<EntityEnd, 2> ends;
    const EntityDescription description = Describe(member);
    Ptr<QuantumChannel> line;
    if (member.line.GetFibre().GetNSpans() > 0)
    {
        line = CreateObject<QuantumChannel>();
        line->AddPath(member.line);
    }
    for (uint32_t i = 0; i < 2; ++i)
    {
        const bool transmitter = (i == 0) != member.turned;
        const Ptr<QkdModule> module =
            transmitter ? member.modules.transmitter : member.modules.receiver;
        ends[i].link = member.link;
        ends[i].module = PeekPointer(module);
        ends[i].switches = member.switches[i];
        ends[i].description = description;
        if (line)
        {
            Ptr<QuantumNetDevice> device = CreateObject<QuantumNetDevice>();
            nodes[i]->AddDevice(device);
            line->Attach(device);
            ends[i].monitor =
                CreateObjectWithAttributes<LineMonitor>("LossOfLightTime", TimeValue(lossOfLight));
            ends[i].monitor->SetDevice(device);
        }
    }
    return ends;
}

void
LinkProtectionHelper::Connect(const GroupEnd& group,
                              const std::vector<ProtectionMember>& working,
                              const std::vector<ProtectionMember>& protection,
                              const Place& first,
                              const Place& second,
                              Time lossOfLight) const
{
    std::array<GroupEnd, 2> ends{group, group};
    const std::array<Place, 2> places{first, second};
    const std::array<Ptr<Node>, 2> nodes{first.agent->GetNode(), second.agent->GetNode()};
    for (const ProtectionMember& member : working)
    {
        const auto entity = MakeEnds(member, nodes, lossOfLight);
        ends[0].working.push_back(entity[0]);
        ends[1].working.push_back(entity[1]);
    }
    for (const ProtectionMember& member : protection)
    {
        const auto entity = MakeEnds(member, nodes, lossOfLight);
        ends[0].protection.push_back(entity[0]);
        ends[1].protection.push_back(entity[1]);
    }
    for (uint8_t i = 0; i < 2; ++i)
    {
        ends[i].end = i;
        places[i].agent->AddGroup(ends[i], InetSocketAddress(places[1 - i].address, APS_PORT));
        for (const auto* members : {&working, &protection})
        {
            for (const ProtectionMember& member : *members)
            {
                // of modules that several entities share, one entity brings the status
                const bool transmitter = (i == 0) != member.turned;
                const bool shared =
                    members == &protection && member.line.GetFibre().GetNSpans() > 0;
                if (!shared)
                {
                    const Ptr<QkdModule> module =
                        transmitter ? member.modules.transmitter : member.modules.receiver;
                    module->AddStatusListener(PeekPointer(places[i].agent));
                }
            }
        }
    }
}

} // namespace qkdn
} // namespace ns3
