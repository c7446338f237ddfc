/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-preemption-log.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

std::string
Preemption::Describe() const
{
    return by.empty() ? "pre-empted" : "pre-empted by " + by;
}

void
PreemptionLog::Stop(Time now, SessionId session, const std::string& by)
{
    std::vector<Preemption>& all = m_preemptions[session];
    if (!all.empty() && !all.back().end)
    {
        all.back().by = all.back().by.empty() ? by : all.back().by;
        return;
    }
    all.push_back({now, std::nullopt, by});
}

void
PreemptionLog::GoOn(Time now, SessionId session)
{
    std::vector<Preemption>& all = m_preemptions[session];
    if (!all.empty() && !all.back().end)
    {
        all.back().end = now;
    }
}

std::vector<Preemption>
PreemptionLog::Get(SessionId session) const
{
    const auto found = m_preemptions.find(session);
    return found == m_preemptions.end() ? std::vector<Preemption>() : found->second;
}

InterruptionCause
CauseFromPreemptions(std::vector<Preemption> preemptions, InterruptionCause otherwise)
{
    return [preemptions = std::move(preemptions), otherwise = std::move(otherwise)](Time start,
                                                                                    Time missed) {
        const auto latest = std::find_if(preemptions.rbegin(),
                                         preemptions.rend(),
                                         [start, missed](const Preemption& preemption) {
                                             return preemption.start <= missed &&
                                                    (!preemption.end || *preemption.end > start);
                                         });
        return latest == preemptions.rend() ? otherwise(start, missed) : latest->Describe();
    };
}

} // namespace qkdn
} // namespace ns3
