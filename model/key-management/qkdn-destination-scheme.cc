/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-destination-scheme.h"

#include "ns3/log.h"

#include <iterator>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnDestinationScheme");

void
DestinationScheme::Configure(Ptr<KxDirectChannel> direct, Ptr<KxAuthenticator> authenticator)
{
    m_direct = direct;
    m_authenticator = authenticator;
}

void
DestinationScheme::Clear()
{
    m_halves.clear();
    m_direct = nullptr;
    m_authenticator = nullptr;
}

uint32_t
DestinationScheme::GetExtraBits() const
{
    return (m_authenticator->GetOneTimeTagBits() + 7) / 8 * 8;
}

KxFailure
DestinationScheme::Check(const KeyRoute& route) const
{
    return m_direct->IsUp(route.kms.back()) ? KX_FAILURE_NONE : KX_FAILURE_NEIGHBOUR;
}

bool
DestinationScheme::ShowsKeys() const
{
    return false;
}

std::vector<uint8_t>
DestinationScheme::Wrap(const std::vector<uint8_t>& keys, const KeyMaterial& /* pad */) const
{
    return std::vector<uint8_t>(keys.size() + GetExtraBits() / 8, 0);
}

void
DestinationScheme::Began(const KeyRoute& route,
                         uint64_t number,
                         const std::vector<uint8_t>& keys,
                         const KeyMaterial& pad)
{
    const auto keyBits = static_cast<uint32_t>(8 * keys.size());
    KxMaskedKeys message;
    message.route = route.id;
    message.number = number;
    message.cipher = keys;
    pad.Slice(0, keyBits).XorInto(message.cipher);
    message.tag = m_authenticator->MakeTag(pad.Slice(keyBits, GetExtraBits()));
    // if it is lost, the end does not answer in time, and the relay fails
    m_direct->Send(route.kms.back(), KX_MASKED_KEYS, message.ToPacket(), IncidentId());
}

std::optional<std::vector<uint8_t>>
DestinationScheme::Unwrap(RouteId route, uint64_t number, const std::vector<uint8_t>& text)
{
    const RelayKey relay(route, number);
    m_halves[relay].mask = text;
    return Join(relay);
}

std::optional<std::vector<uint8_t>>
DestinationScheme::TakeMasked(const KxMaskedKeys& message)
{
    const RelayKey relay(message.route, message.number);
    const auto final = m_final.find(message.route);
    if (final != m_final.end() && message.number < final->second)
    {
        return std::nullopt;
    }
    m_halves[relay].masked = message;
    return Join(relay);
}

std::optional<std::vector<uint8_t>>
DestinationScheme::Join(const RelayKey& relay)
{
    const auto found = m_halves.find(relay);
    Halves& halves = found->second;
    if (!halves.mask || !halves.masked)
    {
        return std::nullopt;
    }
    const auto extraBits = GetExtraBits();
    std::vector<uint8_t> keys = halves.masked->cipher;
    const auto maskBits = static_cast<uint32_t>(8 * halves.mask->size());
    const KeyMaterial mask = KeyMaterial::FromBytes(*halves.mask);
    if (maskBits != 8 * keys.size() + extraBits ||
        !m_authenticator->CheckResponse(mask.Slice(maskBits - extraBits, extraBits),
                                        halves.masked->tag))
    {
        NS_LOG_WARN("keys of relay " << relay.second << " of route " << relay.first
                                     << " are not authentic");
        halves.masked.reset();
        return std::nullopt;
    }
    mask.Slice(0, maskBits - extraBits).XorInto(keys);
    m_halves.erase(found);
    return keys;
}

void
DestinationScheme::Forget(RouteId route, uint64_t number)
{
    m_halves.erase(RelayKey(route, number));
}

void
DestinationScheme::ForgetBefore(RouteId route, uint64_t oldestOpen)
{
    m_final[route] = oldestOpen;
    auto half = m_halves.lower_bound(RelayKey(route, 0));
    while (half != m_halves.end() && half->first < RelayKey(route, oldestOpen))
    {
        // a relay whose pads are held here is ended by who holds them
        half = half->second.mask ? std::next(half) : m_halves.erase(half);
    }
}

void
DestinationScheme::ForgetRoute(RouteId route)
{
    auto half = m_halves.lower_bound(RelayKey(route, 0));
    while (half != m_halves.end() && half->first.first == route)
    {
        half = m_halves.erase(half);
    }
    m_final.erase(route);
}

} // namespace qkdn
} // namespace ns3
