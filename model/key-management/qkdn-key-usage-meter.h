/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_USAGE_METER_H
#define QKDN_KEY_USAGE_METER_H

#include "qkdn-ck-usage-report.h"
#include "qkdn-key-session.h"
#include "qkdn-key-usage.h"

#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <map>
#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Counts the key bits that sessions use at a KM, for charging.
 *
 * So that a bit is counted once, KMA-key is counted by the KM that begins a hop, when the relay is
 * known to be complete or the KSA-key to be confirmed, and KSA-key by the slave's KM when its
 * application gets it or an answer with it is sent: whether that arrives the KM does not know.
 * KMA-key of what turns out to be void later is taken back.
 */
class KeyUsageMeter : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    KeyUsageMeter();
    ~KeyUsageMeter() override;

    /**
     * @brief Set where it works.
     * @param self the KM
     */
    void Configure(KmId self);

    /**
     * @brief A session has used key.
     * @param session the session
     * @param use what for
     * @param bits how many
     */
    void Add(SessionId session, ChargedUse use, uint64_t bits);

    /**
     * @brief Key that was counted was used in vain. Aborts if there was less.
     * @param session the session
     * @param use what for
     * @param bits how many
     */
    void Remove(SessionId session, ChargedUse use, uint64_t bits);

    /**
     * @brief Sink for KsaSlaveAgent's KeyEvent: counts what slave applications get.
     * @param event the event
     */
    void SlaveKeyChanged(const KsaKeyEvent& event);

    /// All counts are lost: count from nothing in a new epoch.
    void Restart();

    /**
     * @brief What a session has used since the KM began to count.
     * @param session the session
     * @return bits by use
     */
    KeyUsage GetUsage(SessionId session) const;

    /**
     * @brief Make the next reports to the controller.
     * @param all whether of all sessions, or of those that have changed since the reports before
     * @return the reports, none if there is nothing to say
     */
    std::vector<CkUsageReport> MakeReports(bool all);

    /**
     * @brief TracedCallback signature of key that is counted, or taken back.
     * @param km the KM
     * @param session the session
     * @param use what for
     * @param bits how many, below 0 if taken back
     */
    using UseCallback = void (*)(KmId km, SessionId session, ChargedUse use, int64_t bits);

  private:
    KmId m_self;                                                     //!< this KM
    uint64_t m_epoch{0};                                             //!< begin of counting, ns
    uint64_t m_reports{0};                                           //!< reports of the epoch
    std::map<SessionId, KeyUsage> m_usage;                           //!< by session
    std::set<SessionId> m_changed;                                   //!< since the last report
    TracedCallback<KmId, SessionId, ChargedUse, int64_t> m_useTrace; //!< Use
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_USAGE_METER_H */
