/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_COLLECTOR_H
#define QKDN_KEY_COLLECTOR_H

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/qkdn-key-supply-service.h"
#include "ns3/simple-ref-count.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Fetches the keys that a slave application is told of, once, however often it is told.
 *
 * An answer 503 is repeated a bounded number of times. What was collected is remembered until
 * the master says that it will not name it again.
 */
class KeyCollector : public SimpleRefCount<KeyCollector>
{
  public:
    /// What the collector works with.
    struct Settings
    {
        KeySupplyService* service{nullptr}; //!< key supply, not owned
        std::string sae;                    //!< SAE id of the slave application
        std::string masterSae;              //!< SAE id of the master application
        Time retryInterval;                 //!< from an answer 503 to the next call
        uint32_t retries{0};                //!< repeated calls for one request
        Time lifetime;                      //!< a delivery is given up after that
    };

    /// Takes the number of the request and a key.
    using KeyCallback = Callback<void, uint64_t, const SuppliedKey&>;
    /// Takes the number of the request, the UUID of a key that cannot be had, and why.
    using ErrorCallback = Callback<void, uint64_t, const std::string&, KeySupplyStatus>;
    /// Takes the number of the request and how its delivery ended: to be acknowledged.
    using EndCallback = Callback<void, uint64_t, KeySupplyStatus>;

    /// Whom the collector tells.
    struct Listener
    {
        KeyCallback handedOver; //!< a key came in time
        KeyCallback unclaimed;  //!< a key came after its delivery had been given up
        ErrorCallback error;    //!< a key cannot be had
        EndCallback ended;      //!< a delivery ended, or had ended and was asked for again
    };

    /**
     * @brief Constructor
     * @param settings what to work with
     * @param listener whom to tell
     */
    KeyCollector(Settings settings, Listener listener);

    /**
     * @brief Collect the keys of a request.
     * @param sequence number of the request, at least oldest
     * @param oldest lowest number that the master may still name
     * @param keyIds UUIDs of the keys
     */
    void Collect(uint64_t sequence, uint64_t oldest, std::vector<std::string> keyIds);

    /// Give up everything without a word; keys that still come are reported as unclaimed.
    void Stop();

    /**
     * @brief Number of requests that are remembered.
     * @return under way and ended
     */
    std::size_t GetRemembered() const;

  private:
    /// What is known of a request.
    struct Delivery
    {
        std::vector<std::string> keyIds;       //!< UUIDs, empty once it has ended
        Time deadline;                         //!< when it is given up
        uint32_t retriesLeft{0};               //!< further calls after an answer 503
        EventId retry;                         //!< the next call
        bool ended{false};                     //!< whether it has ended
        KeySupplyStatus status{KEY_SUPPLY_OK}; //!< how it ended
    };

    using Deliveries = std::map<uint64_t, Delivery>; //!< by number of the request

    /**
     * @brief Call GetKeyWithKeyIds().
     * @param sequence number of a delivery under way
     */
    void Fetch(uint64_t sequence);

    /**
     * @brief Takes the answer to GetKeyWithKeyIds().
     * @param collector the collector, kept until then
     * @param sequence number of the request
     * @param answer the answer
     */
    static void TakeAnswer(Ptr<KeyCollector> collector,
                           uint64_t sequence,
                           const KeyContainer& answer);

    /**
     * @brief Handle the answer to GetKeyWithKeyIds().
     * @param sequence number of the request, whose delivery may have ended
     * @param answer the answer
     */
    void HandleAnswer(uint64_t sequence, const KeyContainer& answer);

    /**
     * @brief End a delivery.
     * @param delivery the delivery
     * @param status how it ended
     */
    void End(Deliveries::iterator delivery, KeySupplyStatus status);

    /// Give up the deliveries that have had no answer for too long.
    void Expire();

    /**
     * @brief Forget what has ended and will not be named again.
     * @param oldest lowest number that the master may still name
     */
    void Forget(uint64_t oldest);

    Settings m_settings;                             //!< what to work with
    Listener m_listener;                             //!< whom to tell
    Deliveries m_deliveries;                         //!< under way, and ended ones to remember
    std::set<std::pair<Time, uint64_t>> m_deadlines; //!< deliveries under way
    uint64_t m_oldest{0};                            //!< lowest number that may still be named
    EventId m_expiry;                                //!< first deadline
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_COLLECTOR_H */
