/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_REQUESTER_H
#define QKDN_KEY_REQUESTER_H

#include "qkdn-arrival-process.h"
#include "qkdn-key-id-header.h"
#include "qkdn-key-request.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/qkdn-key-supply-service.h"
#include "ns3/simple-ref-count.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Issues the key requests of a master application and sees each of them to its end.
 *
 * An answer 503 is repeated a fixed time after it arrived, for as long as the request lives, and
 * never while a call is outstanding; another refusal ends the request as lost. A request costs
 * one map entry until it ends, and all of them share one timer for their lifetimes.
 */
class KeyRequester : public SimpleRefCount<KeyRequester>
{
  public:
    /// What the requester works with.
    struct Settings
    {
        KeySupplyService* service{nullptr}; //!< key supply, not owned
        std::string sae;                    //!< SAE id of the master application
        std::string slaveSae;               //!< SAE id of the slave application
        uint32_t batch{1};                  //!< keys per request
        uint32_t keySizeBit{0};             //!< size of a key, 0: default of the session
        Time deadline;                      //!< on time until then after the issue
        Time retryInterval;                 //!< from an answer 503 to the next call
        Time lifetime;                      //!< lost if not served until then after the issue
    };

    /// Takes the number of a request.
    using IssueCallback = Callback<void, uint64_t>;
    /// Takes the number of a request and a key.
    using KeyCallback = Callback<void, uint64_t, const SuppliedKey&>;
    /// Takes the number of a request, the status on Ak and what is wrong.
    using RefusalCallback = Callback<void, uint64_t, KeySupplyStatus, const std::string&>;
    /// Takes the end of a request.
    using EndCallback = Callback<void, const RequestEnd&>;
    /// Takes the number of a request and the UUIDs of its keys.
    using KeyIdsCallback = Callback<void, uint64_t, std::vector<KeyUuid>>;

    /// Whom the requester tells.
    struct Listener
    {
        IssueCallback issued;    //!< a request was issued
        KeyCallback handedOver;  //!< a key came within the lifetime
        KeyCallback unclaimed;   //!< a key came after its request had ended
        RefusalCallback refused; //!< a request was refused; its end follows
        EndCallback ended;       //!< a request ended
        KeyIdsCallback served;   //!< a request ended with these keys, to be named to the slave
    };

    /**
     * @brief Constructor
     * @param settings what to work with
     * @param arrivals when requests are issued
     * @param listener whom to tell
     */
    KeyRequester(Settings settings, ArrivalProcess arrivals, Listener listener);

    /// Begin to issue requests.
    void Start();

    /// End all open requests as REQUEST_OPEN; keys that still come are reported as unclaimed.
    void Stop();

    /// Cancel everything without a word.
    void Cancel();

    /**
     * @brief The lowest number among the open requests and those to come.
     * @return number of a request
     */
    uint64_t GetOldestOpen() const;

  private:
    /// A request that has not ended.
    struct Request
    {
        Time issued;          //!< when it was issued
        uint32_t attempts{0}; //!< calls of GetKey()
        EventId retry;        //!< the next call
    };

    using Requests = std::map<uint64_t, Request>; //!< by number, and so by issue time

    /// Wait for the next arrival.
    void ScheduleArrival();

    /// Issue a request.
    void Issue();

    /**
     * @brief Call GetKey().
     * @param sequence number of an open request
     */
    void Ask(uint64_t sequence);

    /**
     * @brief Takes the answer to GetKey().
     * @param requester the requester, kept until then
     * @param sequence number of the request
     * @param answer the answer
     */
    static void TakeAnswer(Ptr<KeyRequester> requester,
                           uint64_t sequence,
                           const KeyContainer& answer);

    /**
     * @brief Handle the answer to GetKey().
     * @param sequence number of the request, which may have ended
     * @param answer the answer
     */
    void HandleAnswer(uint64_t sequence, const KeyContainer& answer);

    /**
     * @brief Report the keys of an answer that nobody waits for.
     * @param sequence number of the request
     * @param answer the answer
     */
    void ReportUnclaimed(uint64_t sequence, const KeyContainer& answer);

    /**
     * @brief Hand the keys over.
     * @param request the request
     * @param answer an answer with status 200
     */
    void HandOver(Requests::iterator request, const KeyContainer& answer);

    /**
     * @brief End a request.
     * @param request the request
     * @param outcome how it ended
     */
    void End(Requests::iterator request, RequestOutcome outcome);

    /// End the requests whose lifetime is over.
    void Expire();

    Settings m_settings;        //!< what to work with
    Listener m_listener;        //!< whom to tell
    ArrivalProcess m_arrivals;  //!< when requests are issued
    uint64_t m_nextSequence{1}; //!< number of the next request
    Requests m_requests;        //!< requests that have not ended
    EventId m_arrivalEvent;     //!< next request
    EventId m_expiryEvent;      //!< end of life of the oldest request
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_REQUESTER_H */
