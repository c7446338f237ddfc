/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CLASSICAL_LINK_H
#define QKDN_CLASSICAL_LINK_H

#include "qkdn-fibre-path.h"
#include "qkdn-outage-history.h"

#include "ns3/data-rate.h"
#include "ns3/net-device.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A point-to-point link of the classical network, over fibre or inside a site.
 *
 * It is down while a span of its fibre path is cut or while its transceivers have failed.
 * Its devices and interfaces stay up all the time: FibreLossModel loses the packets and
 * ClassicalTopology turns routing away from it.
 */
class ClassicalLink : public Object
{
  public:
    /**
     * @brief TracedCallback signature for a change between up and down.
     * @param [in] link the link
     * @param [in] up true if packets can cross it now
     */
    typedef void (*StateChangeCallback)(Ptr<const ClassicalLink> link, bool up);

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Lay the link over fibre: its delay becomes that of the path. Aborts if it has a
     * path already.
     * @param path the fibre, end A at device A
     */
    void SetPath(const FibrePath& path);

    /**
     * @brief The fibre of the link.
     * @return the path, without spans for a link inside a site
     */
    const FibrePath& GetPath() const;

    /**
     * @brief Set the two ends.
     * @param a device at end A, added to its node
     * @param b device at end B, added to its node
     */
    void SetDevices(Ptr<NetDevice> a, Ptr<NetDevice> b);

    /**
     * @brief The device of one end.
     * @param endB true for end B, false for end A
     * @return the device
     */
    Ptr<NetDevice> GetDevice(bool endB) const;

    /**
     * @brief The name, unique in a scenario.
     * @return the name
     */
    std::string GetName() const;

    /**
     * @brief Bit rate in each direction.
     * @return the rate
     */
    DataRate GetDataRate() const;

    /**
     * @brief Propagation delay.
     * @return the delay
     */
    Time GetDelay() const;

    /**
     * @brief Whether the link is part of the network.
     * @return false if it carries only what the nodes at its ends send to each other
     */
    bool HasTransit() const;

    /// A transceiver fails now. Failures nest: two need two recoveries.
    void Fail();

    /// A failure of a transceiver ends now. Aborts if there is none.
    void Recover();

    /**
     * @brief Whether packets can cross the link now.
     * @return true if its fibre is intact and its transceivers work
     */
    bool IsUp() const;

    /**
     * @brief Whether the link was down at any moment of a time not later than now.
     * @param from begin of the time, included
     * @param to end of the time, excluded
     * @return true if so
     */
    bool WasDownDuring(Time from, Time to) const;

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief A span of the path was cut or is whole again.
     * @param span the span
     * @param cut true if cut
     */
    void HandleSpan(Ptr<const FibreSpan> span, bool cut);

    /// Trace the state if it changed.
    void UpdateState();

    std::string m_name;                                           //!< name
    DataRate m_rate;                                              //!< bit rate
    Time m_delay;                                                 //!< propagation delay
    bool m_transit{true};                                         //!< others may use it
    FibrePath m_path;                                             //!< the fibre
    Ptr<NetDevice> m_deviceA;                                     //!< end A
    Ptr<NetDevice> m_deviceB;                                     //!< end B
    OutageHistory m_failures;                                     //!< failures of the transceivers
    bool m_up{true};                                              //!< state traced last
    TracedCallback<Ptr<const ClassicalLink>, bool> m_stateChange; //!< up or down
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CLASSICAL_LINK_H */
