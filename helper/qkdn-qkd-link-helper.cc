/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-helper.h"

#include "ns3/enum.h"
#include "ns3/inet-socket-address.h"
#include "ns3/qkdn-ascii-traces.h"
#include "ns3/qkdn-decoy-bb84-protocol.h"
#include "ns3/qkdn-flow-distillation.h"
#include "ns3/qkdn-key-manager-helper.h"
#include "ns3/qkdn-node-names.h"
#include "ns3/qkdn-per-block-distillation.h"
#include "ns3/qkdn-plant-helper.h"

namespace ns3
{
namespace qkdn
{

namespace
{
constexpr uint16_t FIRST_LINK_PORT = 20000; //!< of the link with id 0

/**
 * @brief A factory of a class that is given by its name.
 * @param typeId name of the class; aborts if there is none or it is of another kind
 * @param parent what it has to be derived from
 * @return the factory
 */
ObjectFactory
MakeFactory(const std::string& typeId, TypeId parent)
{
    TypeId type;
    NS_ABORT_MSG_UNLESS(TypeId::LookupByNameFailSafe(typeId, &type) && type.IsChildOf(parent) &&
                            type.HasConstructor(),
                        "\"" << typeId << "\" is no class derived from " << parent.GetName()
                             << " that can be made");
    ObjectFactory factory;
    factory.SetTypeId(type);
    return factory;
}
} // namespace

QkdLinkHelper::QkdLinkHelper()
{
    m_protocolFactory.SetTypeId(DecoyBb84Protocol::GetTypeId());
    m_channelFactory.SetTypeId(QuantumChannel::GetTypeId());
    m_moduleFactory.SetTypeId(QkdModule::GetTypeId());
    m_distillationFactory.SetTypeId(PerBlockDistillation::GetTypeId());
}

void
QkdLinkHelper::SetProtocol(const std::string& typeId)
{
    m_protocolFactory = MakeFactory(typeId, QkdProtocol::GetTypeId());
}

void
QkdLinkHelper::SetProtocolAttribute(const std::string& name, const AttributeValue& value)
{
    m_protocolFactory.Set(name, value);
}

void
QkdLinkHelper::SetChannelAttribute(const std::string& name, const AttributeValue& value)
{
    m_channelFactory.Set(name, value);
}

void
QkdLinkHelper::SetModuleAttribute(const std::string& name, const AttributeValue& value)
{
    m_moduleFactory.Set(name, value);
}

void
QkdLinkHelper::SetDistillation(const std::string& typeId)
{
    m_distillationFactory = MakeFactory(typeId, Distillation::GetTypeId());
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
QkdLinkHelper::Install(const std::string& name, const FibrePath& path, Ptr<Node> tx, Ptr<Node> rx)
{
    const auto makeEnd = [](Ptr<Node> node) {
        return QkdLinkEnd{node,
                          PlantHelper::GetServiceAddress(node),
                          PeekPointer(KeyManagerHelper::GetKeyManager(node))};
    };
    const LinkId id(++m_lastLink);
    return Install(id,
                   name,
                   path,
                   m_protocolFactory.Create<QkdProtocol>(),
                   makeEnd(tx),
                   makeEnd(rx),
                   static_cast<uint16_t>(FIRST_LINK_PORT + id.value));
}

QkdLink
QkdLinkHelper::Install(const std::string& name,
                       const FibrePath& path,
                       const std::string& tx,
                       const std::string& rx)
{
    return Install(name, path, GetNamedNode(tx), GetNamedNode(rx));
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
    link.id = id;
    link.name = name;
    link.protocol = protocol;
    link.channel = m_channelFactory.Create<QuantumChannel>();
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
    NameOnNode(here.node, "quantum-" + name, device);
    NameOnNode(here.node, "module-" + name, module);
    return module;
}

int64_t
QkdLinkHelper::AssignStreams(const ApplicationContainer& modules, int64_t stream)
{
    int64_t used = 0;
    for (auto module = modules.Begin(); module != modules.End(); ++module)
    {
        used += DynamicCast<QkdModule>(*module)->AssignStreams(stream + used);
    }
    return used;
}

void
QkdLinkHelper::EnableAscii(Ptr<OutputStreamWrapper> stream, const ApplicationContainer& modules)
{
    for (auto module = modules.Begin(); module != modules.End(); ++module)
    {
        TraceQkdModule(stream, DynamicCast<QkdModule>(*module));
    }
}

} // namespace qkdn
} // namespace ns3
