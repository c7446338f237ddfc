/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RESTORATION_POOL_H
#define QKDN_RESTORATION_POOL_H

#include "ns3/qkdn-cq-messages.h"

#include <array>
#include <cstdint>
#include <optional>
#include <set>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A group of class link-restoration as a controller knows it: what both its ends have said.
 */
class RestorationPool
{
  public:
    /**
     * @brief An end says what the group consists of.
     * @param message what it says
     * @return false if the other end says otherwise; then it changes nothing
     */
    bool Register(const CqRegistration& message);

    /**
     * @brief An end says how its entities are.
     * @param end the end, 0 or 1
     * @param report what it says
     * @return false if it does not fit the registration; then it changes nothing
     */
    bool Report(uint8_t end, const GroupReport& report);

    /**
     * @brief An end cannot be reached.
     * @param end the end
     */
    void Forget(uint8_t end);

    /**
     * @brief An end has carried out a command.
     * @param end the end
     * @param working the working entity
     * @param entity where its keys come from at that end
     */
    void SetSelected(uint8_t end, uint32_t working, ProtectionEntity entity);

    /**
     * @brief Whether both ends have said what is needed.
     * @return true if so
     */
    bool IsKnown() const;

    /**
     * @brief What an end registered last; needs IsKnown().
     * @return its registration
     */
    const CqRegistration& GetDescription() const;

    /**
     * @brief The number of the newest command that an end knows; needs IsKnown().
     * @return the number, 0 for none
     */
    uint64_t GetLastCommand() const;

    /**
     * @brief Whether an end says that an entity has failed; needs IsKnown().
     * @param entity the entity
     * @return true if so
     */
    bool HasFailed(ProtectionEntity entity) const;

    /**
     * @brief Where keys of a working entity come from; needs IsKnown().
     * @param working the working entity
     * @return the entity, nothing if the two ends disagree
     */
    std::optional<ProtectionEntity> GetSelected(uint32_t working) const;

    /**
     * @brief Whether keys of a working entity come from an entity which generates at both ends;
     * needs IsKnown().
     * @param working the working entity
     * @param entity the entity
     * @return true if so
     */
    bool IsUp(uint32_t working, ProtectionEntity entity) const;

    /**
     * @brief Choose a spare entity; needs IsKnown(). It fits, no end says that it has failed or
     * that it is in use. Among those one goes first that shares no fibre with what has failed, then
     * one that shares no risk group, then the shortest, then by name, then by place.
     * @param working the working entity that has failed
     * @param barred entities that are not to be taken
     * @return its place, nothing if there is none
     */
    std::optional<uint32_t> Choose(uint32_t working, const std::set<uint32_t>& barred) const;

  private:
    /// One end.
    struct End
    {
        std::optional<CqRegistration> registration; //!< what it registered
        std::optional<GroupReport> report;          //!< what it reported last
    };

    /**
     * @brief Whether a spare entity is free and fits.
     * @param working the working entity
     * @param spare the spare entity
     * @return true if so
     */
    bool IsFree(uint32_t working, uint32_t spare) const;

    /**
     * @brief What a spare entity has in common with those that have failed.
     * @param spare the spare entity
     * @return 0 for nothing, 1 for a risk group, 2 for a fibre
     */
    uint32_t GetSharedRisk(uint32_t spare) const;

    std::array<End, 2> m_ends; //!< the two ends
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RESTORATION_POOL_H */
