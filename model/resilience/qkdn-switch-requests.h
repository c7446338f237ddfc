/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SWITCH_REQUESTS_H
#define QKDN_SWITCH_REQUESTS_H

#include "qkdn-local-defects.h"
#include "qkdn-protection-switch-table.h"

#include <array>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Rank of a local input in the order of RFC 7271, 10.2.
 * @param input the input
 * @return the rank, higher for more urgent ones; above NO_REQUEST_RANK
 */
int RankOf(SwitchInput input);

/**
 * @ingroup qkdn-resilience
 * @brief Rank of a remote message in the order of RFC 7271, 10.2: just below the same local input.
 * @param message the message
 * @return the rank, higher for more urgent ones; above NO_REQUEST_RANK
 */
int RankOf(SwitchMessage message);

/// Rank when there is no local request.
constexpr int NO_REQUEST_RANK = 0;

/**
 * @ingroup qkdn-resilience
 * @brief The local request logic of RFC 7271, clause 10: defects stay as long as they exist, of
 * operator commands there is at most one.
 */
class SwitchRequests
{
  public:
    /// A local request.
    struct Request
    {
        SwitchInput input{SWITCH_INPUTS}; //!< the input; SWITCH_INPUTS for no request (NR)
        IncidentId incident;              //!< the failure behind it, or none
        bool onStandby{false}; //!< SD: the entity was not selected when the defect was detected

        /**
         * @brief Whether there is a request.
         * @return false for NR
         */
        bool IsActive() const;

        /**
         * @brief Rank of the request.
         * @return the rank, NO_REQUEST_RANK for NR
         */
        int Rank() const;
    };

    /**
     * @brief A defect appears or disappears.
     * @param entity the entity
     * @param defect kind of the defect
     * @param present whether it is there from now on
     * @param selected what is selected now
     * @param incident the failure behind it, or none
     */
    void SetDefect(Entity entity,
                   SwitchDefect defect,
                   bool present,
                   Entity selected,
                   IncidentId incident);

    /**
     * @brief Set or replace the operator command.
     * @param command LO, FS, MS-W, MS-P or EXER
     * @param incident what the operator reacts to, or none
     */
    void SetCommand(SwitchInput command, IncidentId incident);

    /// Remove the operator command.
    void ClearCommand();

    /**
     * @brief The operator command.
     * @return the command; not active if there is none
     */
    Request GetCommand() const;

    /**
     * @brief The highest of the defects.
     * @param degrades whether signal degrade counts
     * @return the request; not active if there is none. Of two degraded entities the first counts.
     */
    Request GetDefect(bool degrades = true) const;

    /**
     * @brief The highest of the defects and the command.
     * @param degrades whether signal degrade counts
     * @return the request; not active if there is none
     */
    Request GetHighest(bool degrades) const;

    /**
     * @brief Whether an entity has a defect.
     * @param entity the entity
     * @param defect kind of the defect
     * @return true if so
     */
    bool HasDefect(Entity entity, SwitchDefect defect) const;

    /// Forget everything.
    void Reset();

  private:
    /// A defect that may be there.
    struct Defect
    {
        bool present{false}; //!< whether it is there
        uint32_t order{0};   //!< number among all defects
        Request request;     //!< the request that it makes
    };

    std::array<std::array<Defect, SWITCH_DEFECTS>, 2> m_defects; //!< by entity and kind
    uint32_t m_order{0};                                         //!< defects so far
    Request m_command;                                           //!< operator command
};

/**
 * @ingroup qkdn-resilience
 * @brief The message that goes with a state (RFC 7271, clause 11).
 * @param state the state
 * @param selected what is selected
 * @param defect the highest local defect, which remote states report
 * @param incident the failure behind the state, or none
 * @return the message
 */
ApsMessage MessageOfState(SwitchState state,
                          Entity selected,
                          const SwitchRequests::Request& defect,
                          IncidentId incident);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SWITCH_REQUESTS_H */
