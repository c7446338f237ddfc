/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kx-authenticator.h"

#include "ns3/qkdn-compat.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace qkdn
{

NS_OBJECT_ENSURE_REGISTERED(KxAuthenticator);

namespace
{

/// Length of a tag that costs no key (128 bit).
constexpr std::size_t COMPUTATIONAL_TAG_BYTES = 16;

} // namespace

TypeId
KxAuthenticator::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KxAuthenticator")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KxAuthenticator>()
            .AddAttribute(
                "KxAuthentication",
                "How messages that spend key, and the answers to them, are authenticated, at "
                "neighbouring KMs alike.",
                EnumValue(KX_ITS_PER_BATCH),
                qkdn::MakeEnumAccessor<KxAuthentication>(&KxAuthenticator::m_authentication),
                MakeEnumChecker(KX_ITS_PER_BATCH,
                                "its-per-batch",
                                KX_ITS_PER_MESSAGE,
                                "its-per-message",
                                KX_COMPUTATIONAL,
                                "computational",
                                KX_NONE,
                                "none"))
            .AddAttribute("TagBits",
                          "Length of a one-time authentication tag, bit.",
                          UintegerValue(96),
                          MakeUintegerAccessor(&KxAuthenticator::m_tagBits),
                          MakeUintegerChecker<uint32_t>(8, 1024));
    return tid;
}

uint32_t
KxAuthenticator::GetOneTimeTagBits() const
{
    const bool its = m_authentication == KX_ITS_PER_BATCH || m_authentication == KX_ITS_PER_MESSAGE;
    return its ? m_tagBits : 0;
}

uint32_t
KxAuthenticator::GetExchangeBits() const
{
    return 2 * GetOneTimeTagBits();
}

uint32_t
KxAuthenticator::LimitBatch(uint32_t batch) const
{
    return m_authentication == KX_ITS_PER_MESSAGE ? 1 : batch;
}

std::optional<KxAuthenticator::Seal>
KxAuthenticator::MakeSeal(Ptr<KmaPool> pool, IncidentId incident) const
{
    Seal seal;
    const uint32_t bits = GetOneTimeTagBits();
    if (bits == 0)
    {
        seal.tag.tag.assign(m_authentication == KX_COMPUTATIONAL ? COMPUTATIONAL_TAG_BYTES : 0, 0);
        return seal;
    }
    const auto both = pool->Take(GetExchangeBits(), KEY_AUTHENTICATION, incident);
    if (!both)
    {
        return std::nullopt;
    }
    pool->Settle(both->ranges);
    uint32_t left = bits;
    for (const KeyRange& range : both->ranges)
    {
        const uint32_t first = std::min(left, range.bits);
        if (first > 0)
        {
            seal.tag.ranges.push_back(KeyRange{range.key, range.firstBit, first});
        }
        if (first < range.bits)
        {
            seal.responseTagRanges.push_back(
                KeyRange{range.key, range.firstBit + first, range.bits - first});
        }
        left -= first;
    }
    seal.tag.tag = both->material.Slice(0, bits).ToBytes();
    seal.responseTag = both->material.Slice(bits, bits);
    return seal;
}

bool
KxAuthenticator::IsWellFormed(const KxTag& tag,
                              const std::vector<KeyRange>& responseTagRanges) const
{
    const uint32_t bits = GetOneTimeTagBits();
    return CountBits(tag.ranges) == bits && CountBits(responseTagRanges) == bits;
}

bool
KxAuthenticator::OpenSeal(Ptr<KmaPool> pool,
                          const KxTag& tag,
                          const std::vector<KeyRange>& responseTagRanges,
                          std::vector<uint8_t>& responseTag) const
{
    if (GetOneTimeTagBits() == 0)
    {
        responseTag.assign(tag.tag.size(), 0);
        return true;
    }
    const auto mine = pool->TakeNamed(tag.ranges, KEY_AUTHENTICATION);
    const auto response = pool->TakeNamed(responseTagRanges, KEY_AUTHENTICATION);
    const bool authentic = mine && response && mine->ToBytes() == tag.tag;
    if (authentic)
    {
        responseTag = response->ToBytes();
    }
    for (const auto* ranges : {&tag.ranges, &responseTagRanges})
    {
        pool->Settle(*ranges);
        for (const KeyRange& range : *ranges)
        {
            // what the sender has spent must not stay here, even if the message is not authentic
            pool->DestroyNamed(range);
        }
    }
    return authentic;
}

std::vector<uint8_t>
KxAuthenticator::MakeTag(const KeyMaterial& bits) const
{
    return m_authentication == KX_COMPUTATIONAL ? std::vector<uint8_t>(COMPUTATIONAL_TAG_BYTES, 0)
                                                : bits.ToBytes();
}

bool
KxAuthenticator::CheckResponse(const KeyMaterial& expected, const std::vector<uint8_t>& tag) const
{
    if (m_authentication == KX_NONE)
    {
        return true;
    }
    return GetOneTimeTagBits() > 0 ? tag == expected.ToBytes() : !tag.empty();
}

} // namespace qkdn
} // namespace ns3
