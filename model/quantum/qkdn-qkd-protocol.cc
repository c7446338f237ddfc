/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-protocol.h"

#include "ns3/abort.h"
#include "ns3/log.h"

#include <sstream>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnQkdProtocol");

NS_OBJECT_ENSURE_REGISTERED(QkdProtocol);

TypeId
QkdProtocol::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::QkdProtocol").SetParent<Object>().SetGroupName("QkdnResilience");
    return tid;
}

void
QkdProtocol::CheckUsable(const QuantumLinkBudget& budget) const
{
    const std::string error = Validate();
    NS_ABORT_MSG_UNLESS(error.empty(), error);
    // written so that "not a number" fails
    NS_ABORT_MSG_UNLESS(budget.lossDb >= 0.0,
                        "the loss of a quantum link is " << budget.lossDb
                                                         << " dB, it has to be 0 or more");
    NS_ABORT_MSG_UNLESS(budget.noiseClickProbability >= 0.0 && budget.noiseClickProbability <= 1.0,
                        "the noise click probability of a quantum link is "
                            << budget.noiseClickProbability << ", it has to be from 0 to 1");
    NS_ABORT_MSG_UNLESS(budget.addedError >= 0.0 && budget.addedError <= 1.0,
                        "the added error of a quantum link is " << budget.addedError
                                                                << ", it has to be from 0 to 1");
}

bool
QkdProtocol::FitsBlock(double durationS, double count)
{
    return durationS < Time::Max().GetSeconds() / 2.0 && count < 9.0e18;
}

std::string
QkdProtocol::OutOfRange(const std::string& attribute, double value, const std::string& range) const
{
    std::ostringstream text;
    text << GetInstanceTypeId().GetName() << ": " << attribute << " is " << value
         << ", it has to be " << range;
    return text.str();
}

} // namespace qkdn
} // namespace ns3
