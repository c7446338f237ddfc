/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REPAIR_RECORD_H
#define QKDN_REPAIR_RECORD_H

#include "ns3/nstime.h"
#include "ns3/qkdn-repair-order.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What became of a repair order.
 */
enum RepairOutcome
{
    REPAIR_WAITING,       //!< no crew was free so far
    REPAIR_TRAVELLING,    //!< a crew is on its way
    REPAIR_AT_WORK,       //!< a crew works
    REPAIR_DONE,          //!< a crew has repaired all that it could
    REPAIR_NOTHING_FOUND, //!< a crew found nothing there that waited for one
    REPAIR_MERGED,        //!< an order for the component was open already
    REPAIR_WITHDRAWN      //!< no crew had set out when it was withdrawn
};

/**
 * @ingroup qkdn-resilience
 * @brief Name of an outcome in results.
 * @param outcome the outcome
 * @return for example "nothing-found"
 */
const char* RepairOutcomeName(RepairOutcome outcome);

/**
 * @ingroup qkdn-resilience
 * @brief What happens to a repair order.
 */
enum RepairStep
{
    REPAIR_STEP_ORDERED,       //!< it is put into the queue
    REPAIR_STEP_DISPATCHED,    //!< a crew sets out
    REPAIR_STEP_ARRIVED,       //!< the crew arrives
    REPAIR_STEP_REPAIRED,      //!< the crew has repaired a fault, the last one of the record
    REPAIR_STEP_NOTHING_FOUND, //!< the crew has found nothing to repair
    REPAIR_STEP_MERGED,        //!< another order for the component is open
    REPAIR_STEP_WITHDRAWN      //!< it is taken out of the queue
};

/**
 * @ingroup qkdn-resilience
 * @brief What repair crews did about an order.
 */
struct RepairRecord
{
    RepairOrder order;                     //!< the order
    uint32_t crew{0};                      //!< the crew, from 1; 0 while it waits
    std::optional<Time> dispatched;        //!< when the crew set out
    std::optional<Time> arrived;           //!< when it arrived
    std::optional<Time> done;              //!< when it was free again
    RepairOutcome outcome{REPAIR_WAITING}; //!< what became of it
    std::vector<std::string> faults;       //!< ids of the faults that were repaired, in order
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REPAIR_RECORD_H */
