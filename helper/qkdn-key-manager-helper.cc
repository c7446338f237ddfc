/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-manager-helper.h"

#include "ns3/inet-socket-address.h"
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
    return km;
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
    Ptr<UniformRandomVariable> draw = CreateObject<UniformRandomVariable>();
    draw->SetStream(RandomStreamNumber("link/" + name, "initial-key"));
    constexpr uint64_t maxBlockBits = uint64_t{1} << 30;
    // emission 0 is never used by a module
    for (uint64_t number = 1; initialBits > 0; ++number)
    {
        const auto bits = static_cast<uint32_t>(std::min(initialBits, maxBlockBits));
        initialBits -= bits;
        const uint64_t seed =
            (uint64_t{draw->GetInteger(0, 0xffffffff)} << 32) | draw->GetInteger(0, 0xffffffff);
        QkdKey key;
        key.id = KeyId{link, number};
        key.material = KeyMaterial::FromGenerator(seed, number, 0, bits);
        NS_ABORT_MSG_IF(!a->GetPool(b->GetKmId())->AddInitial(key, bits / 2) ||
                            !b->GetPool(a->GetKmId())->AddInitial(key, bits / 2),
                        "QKD link " << name << ": the initial keys exceed the pool's capacity");
    }
}

} // namespace qkdn
} // namespace ns3
