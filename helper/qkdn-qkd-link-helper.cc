/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-helper.h"

#include "ns3/enum.h"
#include "ns3/inet-socket-address.h"
#include "ns3/qkdn-flow-distillation.h"
#include "ns3/qkdn-per-block-distillation.h"

namespace ns3
{
namespace qkdn
{

QkdLinkHelper::QkdLinkHelper()
{
    m_moduleFactory.SetTypeId(QkdModule::GetTypeId());
    m_distillationFactory.SetTypeId(PerBlockDistillation::GetTypeId());
}

void
QkdLinkHelper::SetModuleAttribute(const std::string& name, const AttributeValue& value)
{
    m_moduleFactory.Set(name, value);
}

void
QkdLinkHelper::SetDistillation(const std::string& typeId)
{
    m_distillationFactory = ObjectFactory(typeId);
}

void
QkdLinkHelper::SetDistillationAttribute(const std::string& name, const AttributeValue& value)
{
    m_distillationFactory.Set(name, value);
}

void
QkdLinkHelper::SetFlow(bool flow)
{
    m_flow = flow;
}

Ptr<Distillation>
QkdLinkHelper::MakeDistillation() const
{
    const auto distillation = m_distillationFactory.Create<Distillation>();
    if (!m_flow)
    {
        return distillation;
    }
    const auto flow = CreateObject<FlowDistillation>();
    flow->SetModel(distillation);
    return flow;
}

QkdLink
QkdLinkHelper::Install(LinkId id,
                       const std::string& name,
                       const FibrePath& path,
                       Ptr<QkdProtocol> protocol,
                       const QkdLinkEnd& tx,
                       const QkdLinkEnd& rx,
                       uint16_t port) const
{
    return Install(id, name, std::vector<QuantumPath>{QuantumPath(path)}, protocol, tx, rx, port);
}

QkdLink
QkdLinkHelper::Install(LinkId id,
                       const std::string& name,
                       const std::vector<QuantumPath>& paths,
                       Ptr<QkdProtocol> protocol,
                       const QkdLinkEnd& tx,
                       const QkdLinkEnd& rx,
                       uint16_t port) const
{
    QkdLink link;
    link.channel = CreateObject<QuantumChannel>();
    for (const QuantumPath& path : paths)
    {
        link.channel->AddPath(path);
    }
    link.transmitter =
        InstallModule(id, name, QkdModule::TRANSMITTER, protocol, link.channel, tx, rx, port);
    link.receiver =
        InstallModule(id, name, QkdModule::RECEIVER, protocol, link.channel, rx, tx, port);
    return link;
}

Ptr<QkdModule>
QkdLinkHelper::InstallModule(LinkId link,
                             const std::string& name,
                             QkdModule::Role role,
                             Ptr<QkdProtocol> protocol,
                             Ptr<QuantumChannel> channel,
                             const QkdLinkEnd& here,
                             const QkdLinkEnd& there,
                             uint16_t port) const
{
    Ptr<QuantumNetDevice> device = CreateObject<QuantumNetDevice>();
    here.node->AddDevice(device);
    channel->Attach(device);
    Ptr<QkdModule> module = m_moduleFactory.Create<QkdModule>();
    module->SetAttribute("Role", EnumValue(role));
    module->SetLink(link, name);
    module->SetDevice(device);
    module->SetProtocol(protocol, MakeDistillation());
    module->SetClassicalChannel(InetSocketAddress(here.address, port),
                                InetSocketAddress(there.address, port));
    module->SetKeyConsumer(here.consumer);
    here.node->AddApplication(module);
    return module;
}

} // namespace qkdn
} // namespace ns3
