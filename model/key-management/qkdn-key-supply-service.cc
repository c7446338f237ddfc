/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-supply-service.h"

#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

namespace
{

void
Answer(KeySupplyService::KeyCallback answer, const KeyContainer& container)
{
    answer(container);
}

void
AnswerStatus(KeySupplyService::StatusCallback answer, const KeySupplyState& state)
{
    answer(state);
}

} // namespace

void
KeySupplyService::AnswerLater(KeyCallback answer, const KeyContainer& container)
{
    Simulator::ScheduleNow(&Answer, answer, container);
}

void
KeySupplyService::AnswerLater(StatusCallback answer, const KeySupplyState& state)
{
    Simulator::ScheduleNow(&AnswerStatus, answer, state);
}

} // namespace qkdn
} // namespace ns3
