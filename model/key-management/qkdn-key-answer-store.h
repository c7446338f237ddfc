/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_ANSWER_STORE_H
#define QKDN_KEY_ANSWER_STORE_H

#include "qkdn-key-supply-service.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/simple-ref-count.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// Connection and number of a request on it that waits for an answer.
using KeyAnswerWaiter = std::pair<uint32_t, uint64_t>;

/// What KeyAnswerStore::Open() found.
enum KeyAnswerState
{
    KEY_ANSWER_NEW,     //!< the call is new: carry it out
    KEY_ANSWER_PENDING, //!< it is being carried out
    KEY_ANSWER_READY,   //!< it was carried out, the answer is here
    KEY_ANSWER_CONFLICT //!< another call had this name
};

/**
 * @ingroup qkdn-resilience
 * @brief The calls of a key delivery server that give keys out, each with its answer, until that
 * has arrived.
 *
 * Keys are given out once, so an answer that was lost must come again as it was. Calls that the
 * client named (field Idempotency-Key) are kept for that: until the peer has acknowledged the
 * answer, or for a time after the last connection that waited for it is gone. Then the keys in
 * it are given up.
 */
class KeyAnswerStore : public SimpleRefCount<KeyAnswerStore>
{
  public:
    /// Takes whether keys were the master's, and the UUIDs of keys that are not sent any more.
    using GiveUpCallback = Callback<void, bool, const std::vector<std::string>&>;

    /**
     * @brief Constructor
     * @param giveUp takes the keys of answers that are not kept any longer, arrived or not
     */
    explicit KeyAnswerStore(GiveUpCallback giveUp);

    /**
     * @brief Set how long answers without a connection are kept.
     * @param ttl the time
     */
    void SetTtl(Time ttl);

    /**
     * @brief A call comes in.
     * @param sae who calls
     * @param name name of the call, empty for none
     * @param content what is called: the same in a repetition
     * @param master whether the caller is a master application
     * @param waiter who waits for the answer
     * @param [out] id number of the call, unless there is a conflict
     * @return whether it is new
     */
    KeyAnswerState Open(const std::string& sae,
                        const std::string& name,
                        const std::string& content,
                        bool master,
                        KeyAnswerWaiter waiter,
                        uint64_t& id);

    /**
     * @brief A call was carried out. A refusal is not kept.
     * @param id number of the call; nothing happens after Clear()
     * @param container the answer
     * @return who waits for it
     */
    std::vector<KeyAnswerWaiter> Answer(uint64_t id, const KeyContainer& container);

    /**
     * @brief The answer of a call.
     * @param id number of a call that is ready
     * @return the answer
     */
    const KeyContainer& Get(uint64_t id) const;

    /**
     * @brief An answer has arrived.
     * @param id number of its call
     */
    void Delivered(uint64_t id);

    /**
     * @brief A connection is gone.
     * @param id number of a call
     * @param waiter who waited for it there
     */
    void Abandon(uint64_t id, KeyAnswerWaiter waiter);

    /// All is lost: nothing is kept, and answers still to come are not either.
    void Forget();

    /// Cancel everything without a word.
    void Clear();

    /**
     * @brief Calls that are kept.
     * @return their number
     */
    std::size_t GetKept() const;

  private:
    /// A call.
    struct Call
    {
        std::string sae;                      //!< who calls
        std::string name;                     //!< its name, empty for none
        std::string content;                  //!< what is called
        bool master{false};                   //!< whether by a master application
        bool ready{false};                    //!< whether the answer is here
        bool forgotten{false};                //!< the answer is not to be kept
        KeyContainer container;               //!< the answer
        std::vector<KeyAnswerWaiter> waiters; //!< who waits for it
        EventId expiry;                       //!< end of its time
    };

    /**
     * @brief A call is over.
     * @param id its number
     */
    void Drop(uint64_t id);

    /**
     * @brief Keep a call that nobody waits for, if it has a name, for a time.
     * @param id its number
     */
    void KeepWithout(uint64_t id);

    Time m_ttl{Seconds(60)};                                         //!< see SetTtl()
    GiveUpCallback m_giveUp;                                         //!< takes keys given up
    uint64_t m_last{0};                                              //!< calls so far
    std::map<uint64_t, Call> m_calls;                                //!< calls
    std::map<std::pair<std::string, std::string>, uint64_t> m_names; //!< by caller and name
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_ANSWER_STORE_H */
