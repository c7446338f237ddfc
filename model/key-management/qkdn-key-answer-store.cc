/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-answer-store.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

KeyAnswerStore::KeyAnswerStore(GiveUpCallback giveUp)
    : m_giveUp(giveUp)
{
}

void
KeyAnswerStore::SetTtl(Time ttl)
{
    m_ttl = ttl;
}

KeyAnswerState
KeyAnswerStore::Open(const std::string& sae,
                     const std::string& name,
                     const std::string& content,
                     bool master,
                     KeyAnswerWaiter waiter,
                     uint64_t& id)
{
    const auto known = m_names.find({sae, name});
    if (known != m_names.end())
    {
        Call& call = m_calls.at(known->second);
        if (call.content != content)
        {
            return KEY_ANSWER_CONFLICT;
        }
        id = known->second;
        call.expiry.Cancel();
        call.waiters.push_back(waiter);
        return call.ready ? KEY_ANSWER_READY : KEY_ANSWER_PENDING;
    }
    id = ++m_last;
    Call& call = m_calls[id];
    call.sae = sae;
    call.name = name;
    call.content = content;
    call.master = master;
    call.waiters.push_back(waiter);
    if (!name.empty())
    {
        m_names[{sae, name}] = id;
    }
    return KEY_ANSWER_NEW;
}

std::vector<KeyAnswerWaiter>
KeyAnswerStore::Answer(uint64_t id, const KeyContainer& container)
{
    const auto found = m_calls.find(id);
    if (found == m_calls.end())
    {
        return {};
    }
    Call& call = found->second;
    call.container = container;
    call.ready = true;
    const std::vector<KeyAnswerWaiter> waiters = call.waiters;
    if (container.status != KEY_SUPPLY_OK || call.forgotten)
    {
        Drop(id);
    }
    else if (waiters.empty())
    {
        KeepWithout(id);
    }
    return waiters;
}

const KeyContainer&
KeyAnswerStore::Get(uint64_t id) const
{
    return m_calls.at(id).container;
}

void
KeyAnswerStore::Delivered(uint64_t id)
{
    if (m_calls.find(id) != m_calls.end())
    {
        Drop(id);
    }
}

void
KeyAnswerStore::Abandon(uint64_t id, KeyAnswerWaiter waiter)
{
    const auto found = m_calls.find(id);
    if (found == m_calls.end())
    {
        return;
    }
    auto& waiters = found->second.waiters;
    waiters.erase(std::remove(waiters.begin(), waiters.end(), waiter), waiters.end());
    if (waiters.empty() && found->second.ready)
    {
        KeepWithout(id);
    }
}

void
KeyAnswerStore::KeepWithout(uint64_t id)
{
    Call& call = m_calls.at(id);
    if (call.name.empty())
    {
        Drop(id);
        return;
    }
    call.expiry.Cancel();
    call.expiry = Simulator::Schedule(m_ttl, &KeyAnswerStore::Drop, Ptr<KeyAnswerStore>(this), id);
}

void
KeyAnswerStore::Drop(uint64_t id)
{
    Call& call = m_calls.at(id);
    call.expiry.Cancel();
    if (!call.name.empty())
    {
        m_names.erase({call.sae, call.name});
    }
    std::vector<std::string> keyIds;
    for (const SuppliedKey& key : call.container.keys)
    {
        keyIds.push_back(key.keyId);
    }
    const bool master = call.master;
    m_calls.erase(id);
    if (!keyIds.empty() && !m_giveUp.IsNull())
    {
        m_giveUp(master, keyIds);
    }
}

void
KeyAnswerStore::Forget()
{
    std::vector<uint64_t> ready;
    for (auto& [id, call] : m_calls)
    {
        if (call.ready)
        {
            ready.push_back(id);
            continue;
        }
        call.forgotten = true;
        if (!call.name.empty())
        {
            m_names.erase({call.sae, call.name});
            call.name.clear();
        }
    }
    for (const uint64_t id : ready)
    {
        Drop(id);
    }
}

void
KeyAnswerStore::Clear()
{
    for (auto& call : m_calls)
    {
        call.second.expiry.Cancel();
    }
    m_calls.clear();
    m_names.clear();
    m_giveUp = GiveUpCallback();
}

std::size_t
KeyAnswerStore::GetKept() const
{
    return m_calls.size();
}

} // namespace qkdn
} // namespace ns3
