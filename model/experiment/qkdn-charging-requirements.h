/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHARGING_REQUIREMENTS_H
#define QKDN_CHARGING_REQUIREMENTS_H

#include "qkdn-requirement-finding.h"
#include "qkdn-route-observer.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-charging-record.h"
#include "ns3/qkdn-ids.h"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a run says of the requirement about charging (G-C2).
 *
 * A case is a session that has used key, or has a charging record. Its newest record must apply
 * the tariff of its class to the use that it states, and for each use that must be what was
 * measured at some time within the last interval of records, their delay and the settling time.
 */
class ChargingRequirements
{
  public:
    /// Tells the name of a session for people.
    using NameFunction = std::function<std::string(SessionId)>;

    /**
     * @brief Constructor
     * @param settling longest time that messages take
     */
    explicit ChargingRequirements(Time settling);

    /**
     * @brief Say what is charged, before anything is used.
     * @param tariff the charging policy
     * @param lag longest time from use to the record that tells of it, settling time excluded
     */
    void SetTariff(const ChargingTariff& tariff, Time lag);

    /**
     * @brief Add a session.
     * @param session its number
     * @param resilienceClass its class
     */
    void AddSession(SessionId session, ResilienceClass resilienceClass);

    /**
     * @brief A KM has used key for a session, or takes back what it had used.
     * @param now when
     * @param session the session
     * @param use what for
     * @param bits how many, below 0 if taken back
     */
    void UseMeasured(Time now, SessionId session, ChargedUse use, int64_t bits);

    /**
     * @brief A controller has made a record.
     * @param at when
     * @param record the record
     */
    void RecordMade(const Sighting& at, const ChargingRecord& record);

    /**
     * @brief The newest records.
     * @return by session, with when they were made
     */
    const std::map<SessionId, std::pair<Sighting, ChargingRecord>>& GetRecords() const;

    /**
     * @brief Judge G-C2.
     * @param end the end of the run
     * @param nameOf tells the names of sessions
     * @return the finding
     */
    RequirementFinding Check(Time end, const NameFunction& nameOf) const;

  private:
    /// What a session had used from some time on.
    struct Measured
    {
        Time from;       //!< since when
        KeyUsage bits{}; //!< bits by use
    };

    /**
     * @brief What is wrong with the record of a session.
     * @param session the session
     * @param tariff the tariff of its class
     * @param end the end of the run
     * @return what is wrong, empty if nothing is; none if there is nothing to judge
     */
    std::optional<std::string> Judge(SessionId session, const ClassTariff& tariff, Time end) const;

    /**
     * @brief The least and the most that was measured of a use lately.
     * @param session the session
     * @param use the use
     * @param end the end of the run
     * @return both, bits
     */
    std::pair<uint64_t, uint64_t> GetMeasured(SessionId session, std::size_t use, Time end) const;

    Time m_settling;                                                    //!< of messages
    Time m_window;                                                      //!< settling and lag
    ChargingTariff m_tariff;                                            //!< charging policy
    std::map<SessionId, ResilienceClass> m_sessions;                    //!< classes
    std::map<SessionId, std::deque<Measured>> m_measured;               //!< measured use
    std::map<SessionId, std::pair<Sighting, ChargingRecord>> m_records; //!< newest records
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHARGING_REQUIREMENTS_H */
