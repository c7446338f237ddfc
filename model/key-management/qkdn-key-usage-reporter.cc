/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-usage-reporter.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyUsageReporter");
NS_OBJECT_ENSURE_REGISTERED(KeyUsageReporter);

TypeId
KeyUsageReporter::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KeyUsageReporter")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KeyUsageReporter>()
            .AddAttribute("Interval",
                          "Time between reports of used key to the controller; zero for none.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&KeyUsageReporter::m_interval),
                          MakeTimeChecker(Time(0)));
    return tid;
}

KeyUsageReporter::KeyUsageReporter()
{
    NS_LOG_FUNCTION(this);
}

KeyUsageReporter::~KeyUsageReporter()
{
    NS_LOG_FUNCTION(this);
}

void
KeyUsageReporter::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_report.Cancel();
    m_meter = nullptr;
    m_client = nullptr;
    m_told = nullptr;
    Object::DoDispose();
}

void
KeyUsageReporter::Configure(Ptr<KeyUsageMeter> meter, ClientFunction client)
{
    m_meter = meter;
    m_client = std::move(client);
}

void
KeyUsageReporter::Start()
{
    NS_LOG_FUNCTION(this);
    m_told = nullptr;
    m_report.Cancel();
    if (m_interval.IsStrictlyPositive())
    {
        m_report = Simulator::Schedule(m_interval, &KeyUsageReporter::Report, this);
    }
}

void
KeyUsageReporter::Stop()
{
    NS_LOG_FUNCTION(this);
    m_report.Cancel();
}

void
KeyUsageReporter::Report()
{
    NS_LOG_FUNCTION(this);
    m_report = Simulator::Schedule(m_interval, &KeyUsageReporter::Report, this);
    const Ptr<ControllerClient> client = m_client();
    if (!client->IsUp())
    {
        return;
    }
    const bool all = m_told != client || m_connection != client->GetConnections();
    m_told = client;
    m_connection = client->GetConnections();
    for (const CkUsageReport& report : m_meter->MakeReports(all))
    {
        if (!client->ReportUsage(report))
        {
            NS_LOG_WARN("the queue to the controller is full: everything is told next time");
            m_told = nullptr;
        }
    }
}

} // namespace qkdn
} // namespace ns3
