/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_USAGE_REPORTER_H
#define QKDN_KEY_USAGE_REPORTER_H

#include "qkdn-controller-client.h"
#include "qkdn-key-usage-meter.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"

#include <functional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Tells the controller from time to time what a KeyUsageMeter has counted.
 *
 * It tells what has changed, and everything over a new connection or to another controller, as
 * what was under way before may be lost.
 */
class KeyUsageReporter : public Object
{
  public:
    /// Says which controller to tell.
    using ClientFunction = std::function<Ptr<ControllerClient>()>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    KeyUsageReporter();
    ~KeyUsageReporter() override;

    /**
     * @brief Set where it works.
     * @param meter what counts
     * @param client gives the connection to the controller that the KM obeys now
     */
    void Configure(Ptr<KeyUsageMeter> meter, ClientFunction client);

    /// The process starts, also again after Stop().
    void Start();

    /// The process ends.
    void Stop();

  protected:
    void DoDispose() override;

  private:
    /// Tell the controller, and again after the interval.
    void Report();

    Time m_interval;              //!< attribute Interval
    Ptr<KeyUsageMeter> m_meter;   //!< what counts
    ClientFunction m_client;      //!< Ck
    Ptr<ControllerClient> m_told; //!< the controller that everything was told, or null
    uint64_t m_connection{0};     //!< connection over which it was
    EventId m_report;             //!< next report
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_USAGE_REPORTER_H */
