/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KX_AUTHENTICATOR_H
#define QKDN_KX_AUTHENTICATOR_H

#include "qkdn-kma-pool.h"
#include "qkdn-kx-messages.h"

#include "ns3/object.h"

namespace ns3
{
namespace qkdn
{

/// How messages that spend key on Kx are authenticated.
enum KxAuthentication
{
    KX_ITS_PER_BATCH,   //!< one one-time tag per direction and batch of keys
    KX_ITS_PER_MESSAGE, //!< one one-time tag per direction and key
    KX_COMPUTATIONAL,   //!< a tag that costs no key
    KX_NONE             //!< no tag
};

/**
 * @ingroup qkdn-resilience
 * @brief Tags of request messages on Kx and of the messages that answer them.
 *
 * A one-time tag is the hash of the message under a one-time pad of TagBits (as in
 * Wegman-Carter authentication); the pad stands for the tag here, and the receiver compares it
 * with its own bits. The sender of a request pays for both tags, from its share of the pool, and
 * names the bits of the second one in the request. Both KMs of a hop must be set alike.
 */
class KxAuthenticator : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// The tags of a request and its answer, as the sender of the request makes them.
    struct Seal
    {
        KxTag tag;                               //!< tag of the request
        std::vector<KeyRange> responseTagRanges; //!< key bits of the answer's tag
        KeyMaterial responseTag;                 //!< what the answer's tag must be
    };

    /**
     * @brief Key bits that a one-time tag costs.
     * @return number of bits, 0 if tags cost no key
     */
    uint32_t GetOneTimeTagBits() const;

    /**
     * @brief Key bits that a request spends on its own tag and that of its answer.
     * @return number of bits
     */
    uint32_t GetExchangeBits() const;

    /**
     * @brief Keys that one message may carry.
     * @param batch keys in a batch at most
     * @return batch, or 1 if each key has a tag of its own
     */
    uint32_t LimitBatch(uint32_t batch) const;

    /**
     * @brief Pay for the tags of a request.
     * @param pool pool shared with the receiver
     * @param incident the failure behind it, or none
     * @return the tags, or nothing if the pool has too few bits; then nothing was spent
     */
    std::optional<Seal> MakeSeal(Ptr<KmaPool> pool, IncidentId incident) const;

    /**
     * @brief Whether a request names as many key bits for tags as it has to. One that does not
     * is to be dropped and changes nothing.
     * @param tag tag of the request
     * @param responseTagRanges key bits of the answer's tag
     * @return true if so
     */
    bool IsWellFormed(const KxTag& tag, const std::vector<KeyRange>& responseTagRanges) const;

    /**
     * @brief Check the tag of a well-formed request and find that of the answer.
     * @param pool pool shared with the sender; bits named are spent, or destroyed if that fails
     * @param tag tag of the request
     * @param responseTagRanges key bits of the answer's tag
     * @param [out] responseTag tag of the answer
     * @return whether the request is authentic
     */
    bool OpenSeal(Ptr<KmaPool> pool,
                  const KxTag& tag,
                  const std::vector<KeyRange>& responseTagRanges,
                  std::vector<uint8_t>& responseTag) const;

    /**
     * @brief The tag of a message whose key bits both ends have otherwise than by Seal.
     * @param bits as many key bits as a one-time tag costs; none if tags cost no key
     * @return the tag, to be checked by CheckResponse()
     */
    std::vector<uint8_t> MakeTag(const KeyMaterial& bits) const;

    /**
     * @brief Check the tag of an answer.
     * @param expected from Seal
     * @param tag tag of the answer
     * @return whether it is authentic
     */
    bool CheckResponse(const KeyMaterial& expected, const std::vector<uint8_t>& tag) const;

  private:
    KxAuthentication m_authentication{KX_ITS_PER_BATCH}; //!< attribute KxAuthentication
    uint32_t m_tagBits{0};                               //!< attribute TagBits
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KX_AUTHENTICATOR_H */
