/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-manager-helper.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"
#include "ns3/qkdn-ascii-traces.h"
#include "ns3/qkdn-node-names.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/random-variable-stream.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

KeyManagerHelper::KeyManagerHelper()
{
    m_factory.SetTypeId(KeyManager::GetTypeId());
    m_poolFactory.SetTypeId(KmaPool::GetTypeId());
}

void
KeyManagerHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

void
KeyManagerHelper::SetPoolAttribute(const std::string& name, const AttributeValue& value)
{
    m_poolFactory.Set(name, value);
}

ApplicationContainer
KeyManagerHelper::Install(const NodeContainer& nodes) const
{
    ApplicationContainer keyManagers;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        const KmId id((*node)->GetId() + 1);
        const Ptr<KeyManager> km = Install(*node, id, PlantHelper::GetServiceAddress(*node), false);
        km->SetNodeName(GetNodeLabel(*node));
        keyManagers.Add(km);
    }
    return keyManagers;
}

ApplicationContainer
KeyManagerHelper::Install(const std::string& nodeName) const
{
    return Install(NodeContainer(GetNamedNode(nodeName)));
}

Ptr<KeyManager>
KeyManagerHelper::Install(Ptr<Node> node, KmId id, Ipv4Address address, bool takeMessages) const
{
    Ptr<KeyManager> km = m_factory.Create<KeyManager>();
    km->SetIdentity(id, InetSocketAddress(address, KX_PORT));
    if (takeMessages)
    {
        km->ListenForModules(InetSocketAddress(address, KQ_PORT));
    }
    node->AddApplication(km);
    NameOnNode(node, "key-manager", km);
    return km;
}

Ptr<KeyManager>
KeyManagerHelper::GetKeyManager(Ptr<Node> node)
{
    for (uint32_t i = 0; i < node->GetNApplications(); ++i)
    {
        if (const auto km = DynamicCast<KeyManager>(node->GetApplication(i)))
        {
            return km;
        }
    }
    NS_ABORT_MSG("node " << GetNodeLabel(node) << " has no key manager");
    return nullptr;
}

void
KeyManagerHelper::Connect(Ptr<KeyManager> a,
                          Ipv4Address addressA,
                          Ptr<KeyManager> b,
                          Ipv4Address addressB) const
{
    if (a->GetPool(b->GetKmId()))
    {
        return;
    }
    Ptr<KmaPool> poolA = m_poolFactory.Create<KmaPool>();
    poolA->Configure(a->GetKmId(), b->GetKmId());
    a->AddNeighbour(b->GetKmId(), InetSocketAddress(addressB, KX_PORT), poolA);
    Ptr<KmaPool> poolB = m_poolFactory.Create<KmaPool>();
    poolB->Configure(b->GetKmId(), a->GetKmId());
    b->AddNeighbour(a->GetKmId(), InetSocketAddress(addressA, KX_PORT), poolB);
}

void
KeyManagerHelper::Connect(Ptr<KeyManager> a, Ptr<KeyManager> b) const
{
    Connect(a,
            PlantHelper::GetServiceAddress(a->GetNode()),
            b,
            PlantHelper::GetServiceAddress(b->GetNode()));
}

void
KeyManagerHelper::ConnectDirectly(Ptr<KeyManager> a,
                                  Ipv4Address addressA,
                                  Ptr<KeyManager> b,
                                  Ipv4Address addressB)
{
    const InetSocketAddress endA(addressA, KX_DIRECT_PORT);
    const InetSocketAddress endB(addressB, KX_DIRECT_PORT);
    a->AddDirectPeer(b->GetKmId(), endA, endB);
    b->AddDirectPeer(a->GetKmId(), endB, endA);
}

void
KeyManagerHelper::AddLink(LinkId link,
                          const std::string& name,
                          Ptr<KeyManager> a,
                          Ptr<KeyManager> b,
                          uint64_t initialBits) const
{
    a->AddLink(link, b->GetKmId());
    b->AddLink(link, a->GetKmId());
    AddInitialKeys(link, name, a, b, initialBits);
}

void
KeyManagerHelper::AddLink(const QkdLink& link) const
{
    const Ptr<KeyManager> a = GetKeyManager(link.transmitter->GetNode());
    const Ptr<KeyManager> b = GetKeyManager(link.receiver->GetNode());
    Connect(a, b);
    AddLink(link.id, link.name, a, b, 0);
    link.DescribeTo(a);
    link.DescribeTo(b);
}

void
KeyManagerHelper::AddInitialKeys(const QkdLink& link, uint64_t bits)
{
    AddInitialKeys(link.id,
                   link.name,
                   GetKeyManager(link.transmitter->GetNode()),
                   GetKeyManager(link.receiver->GetNode()),
                   bits);
}

void
KeyManagerHelper::AddInitialKeys(LinkId link,
                                 const std::string& name,
                                 Ptr<KeyManager> a,
                                 Ptr<KeyManager> b,
                                 uint64_t bits)
{
    uint64_t initialBits = bits;
    Ptr<UniformRandomVariable> draw = CreateObject<UniformRandomVariable>();
    draw->SetStream(RandomStreamNumber("link/" + name, "initial-key"));
    constexpr uint64_t maxBlockBits = uint64_t{1} << 30;
    // emission 0 is never used by a module
    for (uint64_t number = 1; initialBits > 0; ++number)
    {
        const auto blockBits = static_cast<uint32_t>(std::min(initialBits, maxBlockBits));
        initialBits -= blockBits;
        const uint64_t seed =
            (uint64_t{draw->GetInteger(0, 0xffffffff)} << 32) | draw->GetInteger(0, 0xffffffff);
        QkdKey key;
        key.id = KeyId{link, number};
        key.material = KeyMaterial::FromGenerator(seed, number, 0, blockBits);
        NS_ABORT_MSG_IF(!a->GetPool(b->GetKmId())->AddInitial(key, blockBits / 2) ||
                            !b->GetPool(a->GetKmId())->AddInitial(key, blockBits / 2),
                        "QKD link " << name << ": the initial keys exceed the pool's capacity");
    }
}

int64_t
KeyManagerHelper::AssignStreams(const ApplicationContainer& keyManagers, int64_t stream)
{
    int64_t used = 0;
    for (auto km = keyManagers.Begin(); km != keyManagers.End(); ++km)
    {
        used += DynamicCast<KeyManager>(*km)->AssignStreams(stream + used);
    }
    return used;
}

void
KeyManagerHelper::EnableAscii(Ptr<OutputStreamWrapper> stream,
                              const ApplicationContainer& keyManagers)
{
    TraceKeyManagers(stream, keyManagers);
}

} // namespace qkdn
} // namespace ns3
