/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-request-log.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <array>

namespace ns3
{
namespace qkdn
{

std::string
KeyViolationName(KeyViolationKind kind)
{
    static const std::array<const char*, KEY_HANDED_OVER_TWICE + 1> names = {
        "master and slave got different bits",
        "the slave got a key that the master did not get",
        "an application got the key twice"};
    return names.at(kind);
}

RequestLog::RequestLog(Ptr<CryptographicApplication> master, Ptr<CryptographicApplication> slave)
    : m_master(master),
      m_slave(slave)
{
    const ApplicationIdentity m = master->GetIdentity();
    const ApplicationIdentity s = slave->GetIdentity();
    NS_ABORT_MSG_IF(m.role != APPLICATION_MASTER || s.role != APPLICATION_SLAVE ||
                        m.sae != s.peerSae || s.sae != m.peerSae,
                    "applications '" << m.sae << "' and '" << s.sae
                                     << "' are not master and slave of one pair");
    m_session = m.session;
    Observe(m_master, true);
    Observe(m_slave, true);
}

RequestLog::~RequestLog()
{
    Observe(m_master, false);
    Observe(m_slave, false);
}

void
RequestLog::Observe(Ptr<CryptographicApplication> application, bool connect)
{
    const auto attach = [&](const std::string& name, const CallbackBase& sink) {
        const bool done = connect ? application->TraceConnectWithoutContext(name, sink)
                                  : application->TraceDisconnectWithoutContext(name, sink);
        NS_ABORT_MSG_IF(!done, "no trace source is called " << name);
    };
    attach("RequestIssued", MakeCallback(&RequestLog::Issued, this));
    attach("RequestEnded", MakeCallback(&RequestLog::Ended, this));
    attach("RequestRefused", MakeCallback(&RequestLog::Refused, this));
    attach("KeyHandedOver", MakeCallback(&RequestLog::HandedOver, this));
    attach("KeyUnclaimed", MakeCallback(&RequestLog::Unclaimed, this));
    attach("DeliveryError", MakeCallback(&RequestLog::DeliveryFailed, this));
    attach("KeyIdsDropped", MakeCallback(&RequestLog::KeyIdsDropped, this));
}

const std::string&
RequestLog::GetSession() const
{
    return m_session;
}

const std::vector<RequestRecord>&
RequestLog::GetRecords() const
{
    return m_records;
}

uint64_t
RequestLog::Count(RequestOutcome outcome) const
{
    return std::count_if(m_records.begin(), m_records.end(), [outcome](const RequestRecord& r) {
        return r.outcome == outcome;
    });
}

const std::vector<KeyViolation>&
RequestLog::GetViolations() const
{
    return m_violations;
}

std::vector<KeyUuid>
RequestLog::FindRepeatedKeyIds() const
{
    std::vector<KeyUuid> all;
    for (const RequestRecord& record : m_records)
    {
        for (const KeyRecord& key : record.keys)
        {
            all.push_back(key.keyId);
        }
    }
    std::sort(all.begin(), all.end());
    std::vector<KeyUuid> repeated;
    for (auto it = std::adjacent_find(all.begin(), all.end()); it != all.end();
         it = std::adjacent_find(it, all.end()))
    {
        repeated.push_back(*it);
        it = std::upper_bound(it, all.end(), *it);
    }
    return repeated;
}

uint64_t
RequestLog::GetKeysAtBoth() const
{
    return m_keysAtBoth;
}

uint64_t
RequestLog::GetBitsAtBoth() const
{
    return m_bitsAtBoth;
}

uint64_t
RequestLog::GetKeysAtMasterOnly() const
{
    return m_waiting.size();
}

uint64_t
RequestLog::GetUnclaimedAtMaster() const
{
    return m_unclaimedAtMaster;
}

uint64_t
RequestLog::GetUnclaimedAtSlave() const
{
    return m_unclaimedAtSlave;
}

uint64_t
RequestLog::GetDeliveryErrors() const
{
    return m_deliveryErrors;
}

uint64_t
RequestLog::GetKeyIdsDropped() const
{
    return m_keyIdsDropped;
}

RequestRecord*
RequestLog::Find(uint64_t sequence)
{
    return sequence >= 1 && sequence <= m_records.size() ? &m_records[sequence - 1] : nullptr;
}

void
RequestLog::AddViolation(KeyViolationKind kind, uint64_t sequence, const std::string& keyId)
{
    m_violations.push_back({kind, sequence, keyId, Simulator::Now()});
}

void
RequestLog::Issued(const ApplicationIdentity& who, uint64_t sequence)
{
    NS_ABORT_MSG_IF(sequence != m_records.size() + 1,
                    who.sae << " issued request " << sequence << " after " << m_records.size());
    RequestRecord record;
    record.sequence = sequence;
    record.issued = Simulator::Now();
    m_records.push_back(std::move(record));
}

void
RequestLog::Ended(const ApplicationIdentity& who, const RequestEnd& end)
{
    RequestRecord* record = Find(end.sequence);
    NS_ABORT_MSG_IF(!record, who.sae << " ended request " << end.sequence << " unissued");
    record->outcome = end.outcome;
    record->attempts = end.attempts;
    if (end.outcome == REQUEST_ON_TIME || end.outcome == REQUEST_LATE)
    {
        record->handedOver = end.issued + end.delay;
    }
}

void
RequestLog::Refused(const ApplicationIdentity&,
                    uint64_t sequence,
                    KeySupplyStatus status,
                    const std::string& message)
{
    if (RequestRecord* record = Find(sequence))
    {
        record->refusal = std::to_string(status) + " " + message;
    }
}

void
RequestLog::HandedOver(const ApplicationIdentity& who, uint64_t sequence, const SuppliedKey& key)
{
    KeyUuid uuid{};
    NS_ABORT_MSG_IF(!ParseKeyUuid(key.keyId, uuid), "'" << key.keyId << "' is not a UUID");
    if (who.role == APPLICATION_MASTER)
    {
        AddAtMaster(sequence, uuid, key);
    }
    else
    {
        AddAtSlave(sequence, uuid, key);
    }
}

void
RequestLog::AddAtMaster(uint64_t sequence, const KeyUuid& uuid, const SuppliedKey& key)
{
    RequestRecord* record = Find(sequence);
    NS_ABORT_MSG_IF(!record, "keys were handed over for request " << sequence << " unissued");
    record->keys.push_back({uuid, false});
    if (!m_waiting.emplace(uuid, key.material).second)
    {
        AddViolation(KEY_HANDED_OVER_TWICE, sequence, key.keyId);
    }
}

void
RequestLog::AddAtSlave(uint64_t sequence, const KeyUuid& uuid, const SuppliedKey& key)
{
    RequestRecord* record = Find(sequence);
    KeyRecord* known = nullptr;
    for (std::size_t i = 0; record && i < record->keys.size(); ++i)
    {
        known = record->keys[i].keyId == uuid ? &record->keys[i] : known;
    }
    if (!known)
    {
        AddViolation(KEY_UNKNOWN_TO_MASTER, sequence, key.keyId);
        return;
    }
    const auto waiting = m_waiting.find(uuid);
    if (known->atSlave || waiting == m_waiting.end())
    {
        AddViolation(KEY_HANDED_OVER_TWICE, sequence, key.keyId);
        return;
    }
    known->atSlave = true;
    if (waiting->second.GetBits() == key.material.GetBits() &&
        waiting->second.ToBytes() == key.material.ToBytes())
    {
        ++m_keysAtBoth;
        m_bitsAtBoth += key.material.GetBits();
    }
    else
    {
        AddViolation(KEY_BYTES_DIFFER, sequence, key.keyId);
    }
    m_waiting.erase(waiting);
}

void
RequestLog::Unclaimed(const ApplicationIdentity& who, uint64_t, const SuppliedKey&)
{
    ++(who.role == APPLICATION_MASTER ? m_unclaimedAtMaster : m_unclaimedAtSlave);
}

void
RequestLog::DeliveryFailed(const ApplicationIdentity&,
                           uint64_t sequence,
                           const std::string&,
                           KeySupplyStatus)
{
    ++m_deliveryErrors;
    if (RequestRecord* record = Find(sequence))
    {
        record->deliveryFailed = true;
    }
}

void
RequestLog::KeyIdsDropped(const ApplicationIdentity&, uint64_t)
{
    ++m_keyIdsDropped;
}

} // namespace qkdn
} // namespace ns3
