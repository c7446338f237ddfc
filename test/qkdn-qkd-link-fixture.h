/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QKD_LINK_FIXTURE_H
#define QKDN_QKD_LINK_FIXTURE_H

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/qkdn-measured-rate-protocol.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/qkdn-qkd-link-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

const Time START_UP = Seconds(60);    //!< StartUpTime of QKD modules by default
const Time BLOCK = MilliSeconds(100); //!< duration of a block of QkdLinkFixture

/**
 * @ingroup qkdn-resilience-tests
 * @brief A span of fibre.
 * @param lengthKm its length, km
 * @return the span
 */
inline Ptr<FibreSpan>
MakeSpan(double lengthKm)
{
    return CreateObjectWithAttributes<FibreSpan>("LengthKm", DoubleValue(lengthKm));
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief A key manager that only writes down what comes over Kq.
 */
class KeyRecorder : public QkdKeyConsumer
{
  public:
    /// A key that came.
    struct KeyEntry
    {
        Time at;    //!< when
        QkdKey key; //!< the key
    };

    /// A status that came.
    struct StatusEntry
    {
        Time at;             //!< when
        LinkId link;         //!< the link
        LinkStatus status;   //!< its status
        IncidentId incident; //!< the failure behind it
        LinkAlarm alarm;     //!< what is wrong
    };

    void AcceptQkdKey(const QkdKey& key) override
    {
        m_keys.push_back(KeyEntry{Simulator::Now(), key});
    }

    void NotifyLinkStatus(LinkId link,
                          LinkStatus status,
                          IncidentId incident,
                          const LinkAlarm& alarm) override
    {
        m_statuses.push_back(StatusEntry{Simulator::Now(), link, status, incident, alarm});
    }

    /**
     * @brief The bytes of all keys.
     * @param [out] repeated whether an id came twice
     * @return bytes by id
     */
    std::map<KeyId, std::vector<uint8_t>> GetBytes(bool& repeated) const
    {
        std::map<KeyId, std::vector<uint8_t>> bytes;
        repeated = false;
        for (const KeyEntry& entry : m_keys)
        {
            repeated |= !bytes.emplace(entry.key.id, entry.key.material.ToBytes()).second;
        }
        return bytes;
    }

    /**
     * @brief When the first key after a time came.
     * @param after the time
     * @return when, Time::Max() for never
     */
    Time FirstAfter(Time after) const
    {
        for (const KeyEntry& entry : m_keys)
        {
            if (entry.at > after)
            {
                return entry.at;
            }
        }
        return Time::Max();
    }

    std::vector<KeyEntry> m_keys;        //!< all keys
    std::vector<StatusEntry> m_statuses; //!< all statuses
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What the traces of one module told.
 */
class ModuleRecorder
{
  public:
    /// A change of state.
    struct StateEntry
    {
        Time at;               //!< when
        QkdModule::State from; //!< state before
        QkdModule::State to;   //!< state after
        IncidentId incident;   //!< the failure behind it
    };

    /**
     * @brief Listen to a module.
     * @param module the module
     */
    void Connect(Ptr<QkdModule> module)
    {
        module->TraceConnectWithoutContext("StateChange",
                                           MakeCallback(&ModuleRecorder::State, this));
        module->TraceConnectWithoutContext("Incident",
                                           MakeCallback(&ModuleRecorder::Incident, this));
        module->TraceConnectWithoutContext("MessageRejected",
                                           MakeCallback(&ModuleRecorder::Rejected, this));
        module->GetDistillation()->TraceConnectWithoutContext(
            "BlockDropped",
            MakeCallback(&ModuleRecorder::Dropped, this));
        module->GetDistillation()->TraceConnectWithoutContext(
            "BlockFilled",
            MakeCallback(&ModuleRecorder::Filled, this));
    }

    /**
     * @brief When the module came to a state first after a time.
     * @param state the state
     * @param after the time
     * @return when, Time::Max() for never
     */
    Time When(QkdModule::State state, Time after) const
    {
        for (const StateEntry& entry : m_states)
        {
            if (entry.to == state && entry.at >= after)
            {
                return entry.at;
            }
        }
        return Time::Max();
    }

    std::vector<StateEntry> m_states;            //!< changes of state
    std::vector<std::string> m_causes;           //!< causes of incidents
    std::map<std::string, uint32_t> m_dropCount; //!< dropped blocks by reason
    std::vector<Time> m_filled;                  //!< when blocks were full
    uint32_t m_rejected{0};                      //!< messages not understood

  private:
    /// @cond
    void State(LinkId, QkdModule::Role, QkdModule::State from, QkdModule::State to, IncidentId id)
    {
        m_states.push_back(StateEntry{Simulator::Now(), from, to, id});
    }

    void Incident(LinkId, QkdModule::Role, const std::string& cause, IncidentId)
    {
        m_causes.push_back(cause);
    }

    void Dropped(LinkId, const KeyId&, const std::string& reason)
    {
        ++m_dropCount[reason];
    }

    void Rejected(LinkId, QkdModule::Role, uint16_t, uint32_t)
    {
        ++m_rejected;
    }

    void Filled(LinkId, const KeyId&, double)
    {
        m_filled.push_back(Simulator::Now());
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief One QKD link over one span, with a classical link that does not share the fibre.
 *
 * Both modules are running from the beginning; a block of 1,024 bit takes 0.1 s.
 */
class QkdLinkFixture
{
  public:
    /**
     * @brief Make nodes, classical link, fibre and protocol.
     * @param classicalRate rate of the classical link
     */
    explicit QkdLinkFixture(const std::string& classicalRate = "100Mbps")
        : m_span(MakeSpan(50.0)),
          m_protocol(CreateObjectWithAttributes<MeasuredRateProtocol>("Rate", DoubleValue(10240.0)))
    {
        m_nodes.Create(2);
        m_plant.InstallStack(m_nodes);
        m_classical = m_plant.ConnectLocal("classical",
                                           m_nodes.Get(0),
                                           m_nodes.Get(1),
                                           MicroSeconds(500),
                                           DataRate(classicalRate));
        m_path.AddSpan(m_span);
        m_helper.SetModuleAttribute("InitialState", EnumValue(QkdModule::START_RUNNING));
    }

    ~QkdLinkFixture()
    {
        Simulator::Destroy();
    }

    QkdLinkFixture(const QkdLinkFixture&) = delete;
    QkdLinkFixture& operator=(const QkdLinkFixture&) = delete;

    /// Make the link over its one fibre.
    void Install()
    {
        Install({QuantumPath(m_path)});
    }

    /**
     * @brief Make the link.
     * @param paths what it can run over
     */
    void Install(const std::vector<QuantumPath>& paths)
    {
        m_link = m_helper.Install(LinkId(7),
                                  "ab",
                                  paths,
                                  m_protocol,
                                  End(0, &m_txKeys),
                                  End(1, &m_rxKeys),
                                  5000);
        m_tx.Connect(m_link.transmitter);
        m_rx.Connect(m_link.receiver);
    }

    /**
     * @brief One end of a link.
     * @param node 0 or 1
     * @param consumer its key manager
     * @return the end
     */
    QkdLinkEnd End(uint32_t node, QkdKeyConsumer* consumer) const
    {
        return QkdLinkEnd{m_nodes.Get(node),
                          PlantHelper::GetServiceAddress(m_nodes.Get(node)),
                          consumer};
    }

    /**
     * @brief Run up to a time.
     * @param end the time
     */
    static void RunUntil(Time end)
    {
        Simulator::Stop(end - Simulator::Now());
        Simulator::Run();
    }

    /**
     * @brief The module of a role.
     * @param role the role
     * @return the module
     */
    Ptr<QkdModule> GetModule(QkdModule::Role role) const
    {
        return role == QkdModule::TRANSMITTER ? m_link.transmitter : m_link.receiver;
    }

    /**
     * @brief How long a block takes.
     * @return the duration that the protocol plans
     */
    Time GetBlockDuration() const
    {
        return m_protocol->PlanBlock(m_link.channel->GetBudget()).duration;
    }

    /**
     * @brief Compare the keys of both ends.
     * @param [out] txOnly keys that only the transmitter's end has
     * @param [out] rxOnly keys that only the receiver's end has
     * @return what is wrong, or nothing
     */
    std::string CompareKeys(uint32_t& txOnly, uint32_t& rxOnly) const
    {
        bool txRepeated = false;
        bool rxRepeated = false;
        const auto tx = m_txKeys.GetBytes(txRepeated);
        const auto rx = m_rxKeys.GetBytes(rxRepeated);
        txOnly = 0;
        rxOnly = 0;
        std::string wrong = txRepeated || rxRepeated ? "a block number is repeated" : "";
        for (const auto& [id, bytes] : tx)
        {
            const auto other = rx.find(id);
            txOnly += other == rx.end() ? 1 : 0;
            if (other != rx.end() && other->second != bytes)
            {
                wrong = "key " + id.ToString() + " differs";
            }
        }
        for (const auto& entry : rx)
        {
            rxOnly += tx.count(entry.first) == 0 ? 1 : 0;
        }
        return wrong;
    }

    NodeContainer m_nodes;                //!< transmitter's, receiver's
    PlantHelper m_plant;                  //!< classical network
    QkdLinkHelper m_helper;               //!< attributes go here before Install()
    Ptr<FibreSpan> m_span;                //!< fibre of the quantum channel
    FibrePath m_path;                     //!< the same as a path
    Ptr<ClassicalLink> m_classical;       //!< classical link
    Ptr<MeasuredRateProtocol> m_protocol; //!< protocol
    KeyRecorder m_txKeys;                 //!< Kq of the transmitter
    KeyRecorder m_rxKeys;                 //!< Kq of the receiver
    ModuleRecorder m_tx;                  //!< traces of the transmitter
    ModuleRecorder m_rx;                  //!< traces of the receiver
    QkdLink m_link;                       //!< the link
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QKD_LINK_FIXTURE_H */
