/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_IDS_H
#define QKDN_IDS_H

#include <cstdint>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A number that names one object of one kind; numbers of different kinds do not mix.
 *
 * 0 means "none". The number is what travels in messages; the name that a user gave to the
 * object stays with its description.
 *
 * @tparam Kind an empty tag type
 */
template <typename Kind>
struct Identifier
{
    uint32_t value{0}; //!< the number, 0 for none

    Identifier() = default;

    /**
     * @brief Constructor
     * @param number the number
     */
    explicit constexpr Identifier(uint32_t number)
        : value(number)
    {
    }

    /**
     * @brief Whether this names an object.
     * @return true unless the number is 0
     */
    bool IsValid() const
    {
        return value != 0;
    }

    /// @cond
    bool operator==(Identifier other) const
    {
        return value == other.value;
    }

    bool operator!=(Identifier other) const
    {
        return value != other.value;
    }

    bool operator<(Identifier other) const
    {
        return value < other.value;
    }

    /// @endcond
};

/// @cond
template <typename Kind>
std::ostream&
operator<<(std::ostream& os, Identifier<Kind> id)
{
    return os << id.value;
}

struct LinkKind
{
};

struct KmKind
{
};

struct SessionKind
{
};

struct RouteKind
{
};

/// @endcond

using LinkId = Identifier<LinkKind>;       //!< a QKD link
using KmId = Identifier<KmKind>;           //!< a key manager
using SessionId = Identifier<SessionKind>; //!< a session of two cryptographic applications
using RouteId = Identifier<RouteKind>;     //!< a key relay route

/**
 * @ingroup qkdn-resilience
 * @brief Names one failure as its first detector saw it.
 *
 * Every message, log entry and trace that follows from the detection carries it. Two ends that
 * detect the same failure on their own make two incidents: only an omniscient observer can
 * tell that they have one cause.
 */
struct IncidentId
{
    uint32_t node{0};    //!< ns-3 node id of the detector, plus 1
    uint32_t counter{0}; //!< number of the incident at that node, from 1; 0 for none

    /**
     * @brief Whether this names an incident.
     * @return false for "no incident"
     */
    bool IsValid() const
    {
        return counter != 0;
    }

    /**
     * @brief Text form "node-counter" with the ns-3 node id; empty for none.
     * @return the text
     */
    std::string ToString() const;

    /// @cond
    bool operator==(const IncidentId& o) const
    {
        return std::tie(node, counter) == std::tie(o.node, o.counter);
    }

    bool operator!=(const IncidentId& o) const
    {
        return !(*this == o);
    }

    bool operator<(const IncidentId& o) const
    {
        return std::tie(node, counter) < std::tie(o.node, o.counter);
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief Makes the incident ids of one detecting component.
 *
 * Several components of one ns-3 node have sources of their own; the component number keeps
 * their ids apart.
 */
class IncidentSource
{
  public:
    /**
     * @brief Set who detects.
     * @param nodeId ns-3 node id
     * @param component number of the component on its node, below 4096
     */
    void SetDetector(uint32_t nodeId, uint16_t component);

    /**
     * @brief A new incident.
     * @return its id
     */
    IncidentId Next();

  private:
    uint32_t m_node{0};      //!< ns-3 node id plus 1
    uint16_t m_component{0}; //!< component number
    uint32_t m_counter{0};   //!< incidents so far
};

/**
 * @ingroup qkdn-resilience
 * @brief Names a QKD-key: one distilled block of one QKD link.
 */
struct KeyId
{
    LinkId link;       //!< the QKD link that made it
    uint64_t block{0}; //!< emission epoch (upper 32 bit) and number in the epoch (lower 32 bit)

    /**
     * @brief Text form "link:epoch:number".
     * @return the text
     */
    std::string ToString() const;

    /// @cond
    bool operator==(const KeyId& o) const
    {
        return link == o.link && block == o.block;
    }

    bool operator!=(const KeyId& o) const
    {
        return !(*this == o);
    }

    bool operator<(const KeyId& o) const
    {
        return std::tie(link.value, block) < std::tie(o.link.value, o.block);
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief Names consecutive bits of a QKD-key: what a KMA-key is cut from.
 */
struct KeyRange
{
    KeyId key;            //!< the QKD-key
    uint32_t firstBit{0}; //!< first bit
    uint32_t bits{0};     //!< number of bits

    /**
     * @brief One past the last bit.
     * @return firstBit + bits
     */
    uint32_t EndBit() const
    {
        return firstBit + bits;
    }

    /// @cond
    bool operator==(const KeyRange& o) const
    {
        return key == o.key && firstBit == o.firstBit && bits == o.bits;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief The length of key ranges.
 * @param ranges the ranges
 * @return their bits in all
 */
uint64_t CountBits(const std::vector<KeyRange>& ranges);

/**
 * @ingroup qkdn-resilience
 * @brief Names a KSA-key inside the QKDN; on Ak it appears as a UUID (see KsaKeyUuid()).
 */
struct KsaKeyId
{
    SessionId session;    //!< the session it was made for
    uint64_t sequence{0}; //!< number in the session, from 1

    /// @cond
    bool operator==(const KsaKeyId& o) const
    {
        return session == o.session && sequence == o.sequence;
    }

    bool operator<(const KsaKeyId& o) const
    {
        return std::tie(session.value, sequence) < std::tie(o.session.value, o.sequence);
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief The UUID of a KSA-key on Ak: version 5 of RFC 4122 from the session's name and the
 * key's number, so that both KMs know it without a random draw.
 * @param sessionName the session's name
 * @param sequence the key's number in the session
 * @return 36 characters
 */
std::string KsaKeyUuid(const std::string& sessionName, uint64_t sequence);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_IDS_H */
