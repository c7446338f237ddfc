/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_LIVES_H
#define QKDN_KEY_LIVES_H

#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-key-session.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Follows every KSA-key from key manager to key manager, apart from the monitor's books.
 *
 * At the master's end a key is made, then either relayed (the end of the route holds it) or
 * failed, once; a relayed key is then handed over, voided, expired or destroyed, once. What is
 * against that is noted as a problem.
 */
class KeyLives
{
  public:
    /**
     * @brief Follow what a key manager does.
     * @param km the key manager
     */
    void Watch(Ptr<KeyManager> km)
    {
        const auto sink = MakeCallback(&KeyLives::Notify, this);
        km->GetMasterAgent()->TraceConnectWithoutContext("KeyEvent", sink);
        km->GetSlaveAgent()->TraceConnectWithoutContext("KeyEvent", sink);
    }

    /**
     * @brief What is against the rules, and what is left when all requests are over and the
     * network is calm.
     * @return the first few problems, empty for none
     */
    std::string FindProblem() const
    {
        std::ostringstream wrong;
        wrong << m_problem;
        for (const auto& [id, life] : m_lives)
        {
            // an answer that is not confirmed is kept as long as its connection
            if (life.slaveHolds != (life.relayed && !life.masterEnd && !life.given))
            {
                wrong << Name(id) << " is held "
                      << (life.slaveHolds ? "by the slave's KM alone; "
                                          : "by the master's alone; ");
                break;
            }
        }
        if (CountOpen() > 0)
        {
            wrong << CountOpen() << " keys are neither relayed nor failed; ";
        }
        return wrong.str();
    }

    /**
     * @brief Keys that are neither relayed nor failed.
     * @return their number
     */
    uint32_t CountOpen() const
    {
        return m_made - m_relayed - m_failed;
    }

    /**
     * @brief Keys that were relayed.
     * @return their number
     */
    uint32_t CountRelayed() const
    {
        return m_relayed;
    }

    /**
     * @brief Keys whose making failed.
     * @return their number
     */
    uint32_t CountFailed() const
    {
        return m_failed;
    }

    /**
     * @brief Keys that both applications have.
     * @return their number
     */
    uint32_t CountSupplied() const
    {
        return m_supplied;
    }

    /**
     * @brief Keys that both key managers hold for applications.
     * @return their ids
     */
    std::set<KsaKeyId> GetHeld() const
    {
        std::set<KsaKeyId> held;
        for (const auto& [id, life] : m_lives)
        {
            if (life.slaveHolds)
            {
                held.insert(id);
            }
        }
        return held;
    }

  private:
    /**
     * @brief A key in messages.
     * @param id the key
     * @return session and number
     */
    static std::string Name(const KsaKeyId& id)
    {
        return "key " + std::to_string(id.session.value) + "/" + std::to_string(id.sequence);
    }

    /// What has happened to a key.
    struct Life
    {
        bool relayed{false};                      //!< the master's KM knows that the slave's has it
        std::optional<KsaKeyEventKind> masterEnd; //!< how it ended at the master's KM
        std::optional<KsaKeyEventKind> slaveEnd;  //!< how it ended at the slave's KM
        bool slaveHolds{false};                   //!< the slave's KM holds it
        bool slaveGivenOut{false};                //!< it is on the way to the slave application
        std::optional<std::vector<uint8_t>> given; //!< bits that the master application gets
    };

    /**
     * @brief Note a problem.
     * @param event the event that must not be
     * @param what what is wrong with it
     */
    void Note(const KsaKeyEvent& event, const std::string& what)
    {
        if (m_problem.size() < 300)
        {
            std::ostringstream text;
            text << Simulator::Now().As(Time::S) << " " << Name(event.key) << " at KM "
                 << event.holder << ": " << what << "; ";
            m_problem += text.str();
        }
    }

    /**
     * @brief Note the KMA-key bits that a key is made of: none may be used again.
     * @param event the event
     */
    void Spend(const KsaKeyEvent& event)
    {
        for (const KeyRange& range : event.ranges)
        {
            std::vector<bool>& spent = m_spent[range.key];
            spent.resize(std::max<std::size_t>(spent.size(), range.EndBit()));
            for (uint32_t bit = range.firstBit; bit < range.EndBit(); ++bit)
            {
                if (spent[bit])
                {
                    Note(event, "made of bits that were used before");
                    return;
                }
                spent[bit] = true;
            }
        }
    }

    /**
     * @brief Something happens to a key.
     * @param event what
     */
    void Notify(const KsaKeyEvent& event)
    {
        if (event.kind == KSA_EVENT_CREATED)
        {
            if (!m_lives.emplace(event.key, Life()).second)
            {
                Note(event, "made twice");
            }
            ++m_made;
            Spend(event);
            return;
        }
        const auto life = m_lives.find(event.key);
        if (life == m_lives.end())
        {
            Note(event, "never made");
        }
        else if (event.master)
        {
            AtMaster(life->second, event);
        }
        else
        {
            AtSlave(life->second, event);
        }
    }

    /**
     * @brief Something happens to a key at the master's KM.
     * @param life the key
     * @param event what
     */
    void AtMaster(Life& life, const KsaKeyEvent& event)
    {
        if (life.masterEnd)
        {
            Note(event, "event after its end");
            return;
        }
        if (event.kind == KSA_EVENT_CONFIRMED)
        {
            if (life.relayed)
            {
                Note(event, "relayed twice");
            }
            life.relayed = true;
            ++m_relayed;
            return;
        }
        if (event.kind == KSA_EVENT_GIVEN_OUT)
        {
            Give(life, event);
            return;
        }
        life.masterEnd = event.kind;
        if (event.kind == KSA_EVENT_GIVEN_UP && !life.given)
        {
            Note(event, "given up but not given out");
        }
        else if (event.kind == KSA_EVENT_HANDED_OVER && !life.given)
        {
            Give(life, event);
        }
        else if (!life.relayed)
        {
            ++m_failed;
        }
    }

    /**
     * @brief The master application gets a key, now or when an answer arrives.
     * @param life the key
     * @param event what happens
     */
    void Give(Life& life, const KsaKeyEvent& event)
    {
        if (life.given)
        {
            Note(event, "given out twice");
        }
        life.given = event.material.ToBytes();
        if (!life.relayed)
        {
            Note(event, "supplied before the slave's KM has it");
        }
    }

    /**
     * @brief Something happens to a key at the slave's KM.
     * @param life the key
     * @param event what
     */
    void AtSlave(Life& life, const KsaKeyEvent& event)
    {
        if (life.slaveEnd)
        {
            Note(event, "event after its end");
            return;
        }
        if (event.kind == KSA_EVENT_HELD)
        {
            life.slaveHolds = true;
            return;
        }
        life.slaveHolds = false;
        if (event.kind == KSA_EVENT_GIVEN_OUT)
        {
            if (life.slaveGivenOut)
            {
                Note(event, "given out twice");
            }
            life.slaveGivenOut = true;
            Compare(life, event);
            return;
        }
        life.slaveEnd = event.kind;
        if (event.kind != KSA_EVENT_HANDED_OVER)
        {
            return;
        }
        ++m_supplied;
        if (!life.slaveGivenOut)
        {
            Compare(life, event);
        }
    }

    /**
     * @brief The slave application gets a key: it has to be the master's.
     * @param life the key
     * @param event what happens
     */
    void Compare(const Life& life, const KsaKeyEvent& event)
    {
        if (!life.given)
        {
            Note(event, "delivered though the master does not have it");
        }
        else if (*life.given != event.material.ToBytes())
        {
            Note(event, "unequal bits");
        }
    }

    std::map<KsaKeyId, Life> m_lives;           //!< by id
    std::map<KeyId, std::vector<bool>> m_spent; //!< KMA-key bits that became KSA-keys
    uint32_t m_made{0};                         //!< keys made
    uint32_t m_relayed{0};                      //!< keys relayed
    uint32_t m_failed{0};                       //!< keys not relayed
    uint32_t m_supplied{0};                     //!< keys that both applications have
    std::string m_problem;                      //!< what must not be
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_LIVES_H */
