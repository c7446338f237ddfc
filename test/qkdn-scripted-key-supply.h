/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCRIPTED_KEY_SUPPLY_H
#define QKDN_SCRIPTED_KEY_SUPPLY_H

#include "ns3/error-model.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/node-container.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/qkdn-cryptographic-application-helper.h"
#include "ns3/qkdn-cryptographic-application.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-supply-service.h"
#include "ns3/qkdn-request-log.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief What the scripted key supply does with one call.
 */
struct ScriptedAnswer
{
    Time delay{MilliSeconds(1)};           //!< from the call to the answer
    KeySupplyStatus status{KEY_SUPPLY_OK}; //!< the answer
    bool silent{false};                    //!< no answer ever
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Key supply that does what a script says; one object serves both ends.
 */
class ScriptedKeySupply : public KeySupplyService
{
  public:
    /// Takes the number of a call, from 1, and says what to do.
    using Script = std::function<ScriptedAnswer(uint32_t)>;

    Script getKey;                           //!< script of GetKey()
    Script getKeyWithKeyIds;                 //!< script of GetKeyWithKeyIds()
    uint32_t surplus{0};                     //!< keys in an answer beyond what was asked for
    bool corrupt{false};                     //!< give the slave other bits
    std::vector<Time> calls;                 //!< when GetKey() was called
    uint32_t fetches{0};                     //!< calls of GetKeyWithKeyIds()
    uint32_t outstanding{0};                 //!< calls of GetKey() without answer
    uint32_t mostOutstanding{0};             //!< largest value of it
    std::map<std::string, uint32_t> fetched; //!< calls by key ID

    void GetStatus(const std::string&, const std::string&, StatusCallback answer) override
    {
        AnswerLater(answer, KeySupplyState());
    }

    void GetKey(const std::string& callerSae,
                const std::string&,
                const KeySupplyRequest& request,
                KeyCallback answer) override
    {
        calls.push_back(Simulator::Now());
        mostOutstanding = std::max(mostOutstanding, ++outstanding);
        const ScriptedAnswer plan = getKey ? getKey(calls.size()) : ScriptedAnswer();
        if (plan.silent)
        {
            return;
        }
        KeyContainer container;
        container.status = plan.status;
        for (uint32_t i = 0; plan.status == KEY_SUPPLY_OK && i < request.number + surplus; ++i)
        {
            ++m_made;
            SuppliedKey key;
            key.keyId = KsaKeyUuid(callerSae, m_made);
            const uint32_t sizeBit = request.sizeBit ? request.sizeBit : 256;
            key.material = KeyMaterial::FromGenerator(7, m_made, 0, sizeBit);
            m_keys[key.keyId] = key;
            container.keys.push_back(key);
        }
        Simulator::Schedule(plan.delay, [this, answer, container]() {
            --outstanding;
            answer(container);
        });
    }

    void GetKeyWithKeyIds(const std::string&,
                          const std::string&,
                          const std::vector<std::string>& keyIds,
                          KeyCallback answer) override
    {
        ++fetches;
        const ScriptedAnswer plan = getKeyWithKeyIds ? getKeyWithKeyIds(fetches) : ScriptedAnswer();
        KeyContainer container;
        container.status = plan.status;
        for (const std::string& keyId : keyIds)
        {
            ++fetched[keyId];
            if (plan.status == KEY_SUPPLY_OK)
            {
                SuppliedKey key = m_keys.at(keyId);
                if (corrupt)
                {
                    key.material = KeyMaterial::FromGenerator(8, 1, 0, 256);
                }
                container.keys.push_back(key);
            }
        }
        if (!plan.silent)
        {
            Simulator::Schedule(plan.delay, [answer, container]() { answer(container); });
        }
    }

  private:
    uint64_t m_made{0};                        //!< keys made
    std::map<std::string, SuppliedKey> m_keys; //!< keys by UUID
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two nodes on a point-to-point link, with one pair of applications.
 */
class ApplicationPair
{
  public:
    /// Build nodes, link, applications and log.
    ApplicationPair()
    {
        nodes.Create(2);
        InternetStackHelper internet;
        internet.Install(nodes);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
        link.SetChannelAttribute("Delay", StringValue("1ms"));
        const NetDeviceContainer devices = link.Install(nodes);
        Ipv4AddressHelper addresses("10.1.1.0", "255.255.255.0");
        interfaces = addresses.Assign(devices);
        for (uint32_t i = 0; i < 2; ++i)
        {
            Ptr<RateErrorModel> loss = CreateObject<RateErrorModel>();
            loss->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
            loss->SetRate(1);
            loss->Disable();
            devices.Get(i)->SetAttribute("ReceiveErrorModel", PointerValue(loss));
            cuts.push_back(loss);
        }
        applications = helper.Install("A",
                                      nodes.Get(0),
                                      interfaces.GetAddress(0),
                                      nodes.Get(1),
                                      interfaces.GetAddress(1));
        for (uint32_t i = 0; i < 2; ++i)
        {
            Get(i)->SetKeySupplyService(&supply);
            Get(i)->SetStartTime(Seconds(1));
        }
        log = std::make_unique<RequestLog>(Get(0), Get(1));
    }

    /**
     * @brief One of the applications.
     * @param i 0 for the master, 1 for the slave
     * @return the application
     */
    Ptr<CryptographicApplication> Get(uint32_t i) const
    {
        return DynamicCast<CryptographicApplication>(applications.Get(i));
    }

    /**
     * @brief Lose all packets that reach an end, for some time.
     * @param end 0: at the master, 1: at the slave
     * @param from begin
     * @param to end
     */
    void Cut(uint32_t end, Time from, Time to)
    {
        Simulator::Schedule(from, &ErrorModel::Enable, PeekPointer(cuts[end]));
        Simulator::Schedule(to, &ErrorModel::Disable, PeekPointer(cuts[end]));
    }

    /**
     * @brief Run and tear down; the log stays.
     * @param stop of the applications
     * @param end of the simulation
     */
    void Run(Time stop, Time end)
    {
        Get(0)->SetStopTime(stop);
        Get(1)->SetStopTime(end - MilliSeconds(1));
        Simulator::Stop(end);
        Simulator::Run();
        Simulator::Destroy();
    }

    NodeContainer nodes;                   //!< master, slave
    Ipv4InterfaceContainer interfaces;     //!< their interfaces
    std::vector<Ptr<RateErrorModel>> cuts; //!< losses at master and slave
    ScriptedKeySupply supply;              //!< key supply of both
    CryptographicApplicationHelper helper; //!< installs the pair
    ApplicationContainer applications;     //!< master, slave
    std::unique_ptr<RequestLog> log;       //!< what happened
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCRIPTED_KEY_SUPPLY_H */
