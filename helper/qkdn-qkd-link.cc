/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link.h"

#include <algorithm>
#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

NetDeviceContainer
QkdLink::GetDevices() const
{
    NetDeviceContainer devices(channel->GetDevice(0));
    devices.Add(channel->GetDevice(1));
    return devices;
}

ApplicationContainer
QkdLink::GetModules() const
{
    ApplicationContainer modules(transmitter);
    modules.Add(receiver);
    return modules;
}

uint64_t
QkdLink::GetKeyRateBps() const
{
    const QkdBlockPlan plan = protocol->PlanBlock(channel->GetPathBudget(0));
    if (!plan.hasKey)
    {
        return 0;
    }
    const double bits = transmitter->GetDistillation()->Forecast(plan).netKeyBits;
    return static_cast<uint64_t>(std::max(bits, 0.0) / plan.duration.GetSeconds());
}

void
QkdLink::DescribeTo(Ptr<KeyManager> km) const
{
    const FibrePath& fibre = channel->GetPath(0).GetFibre();
    std::set<std::string> groups;
    std::vector<std::string> fibres;
    for (std::size_t i = 0; i < fibre.GetNSpans(); ++i)
    {
        const Ptr<FibreSpan> span = fibre.GetSpan(i);
        groups.insert(span->GetRiskGroups().begin(), span->GetRiskGroups().end());
        if (!span->GetName().empty())
        {
            fibres.push_back(span->GetName());
        }
    }
    km->DescribeLink(id, fibre.GetLengthKm(), groups);
    km->NameLink(id, name, fibres);
    km->SetLinkRate(id, GetKeyRateBps());
}

} // namespace qkdn
} // namespace ns3
