/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_STREAM_APPLICATIONS_H
#define QKDN_KEY_STREAM_APPLICATIONS_H

#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-key-stream-agent.h"
#include "ns3/simulator.h"

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief The two applications of a key stream, 0 and 1, and what they are answered. What two
 * applications must never see stays in GetProblem().
 */
class KeyStreamApplications
{
  public:
    /// A call of GET_KEY.
    struct Call
    {
        uint32_t index{0};     //!< index asked for
        Time asked;            //!< when
        Time answered;         //!< when the answer came
        uint32_t answers{0};   //!< number of answers
        KeyStreamChunk answer; //!< the answer
    };

    /**
     * @brief Constructor
     * @param kms key managers of the two
     * @param names SAE ids of the two
     */
    KeyStreamApplications(const std::array<Ptr<KeyManager>, 2>& kms,
                          const std::array<std::string, 2>& names)
        : m_kms(kms),
          m_names(names)
    {
    }

    /**
     * @brief OPEN_CONNECT, now. The ID of an earlier success of either end is the default.
     * @param end 0 or 1
     * @param qos QoS
     */
    void Open(int end, const KeyStreamQos& qos = KeyStreamQos())
    {
        OpenAs(end, qos, m_id);
    }

    /**
     * @brief OPEN_CONNECT with an ID, now.
     * @param end 0 or 1
     * @param qos QoS
     * @param id Key_stream_ID
     */
    void OpenAs(int end, const KeyStreamQos& qos, const std::string& id)
    {
        m_kms[end]->GetKeyStreamAgent()->OpenConnect(m_names[end],
                                                     m_names[1 - end],
                                                     qos,
                                                     id,
                                                     MakeBoundCallback(&Opened, this, end));
    }

    /**
     * @brief GET_KEY, now.
     * @param end 0 or 1
     * @param index index, the next by default
     * @param metadataSize byte for metadata
     */
    void Get(int end, uint32_t index = KeyStreamService::NEXT_INDEX, uint32_t metadataSize = 0)
    {
        Call call;
        call.index = index;
        call.asked = Simulator::Now();
        m_calls[end].push_back(call);
        m_kms[end]->GetKeyStreamAgent()->GetKey(
            m_id,
            index,
            metadataSize,
            MakeBoundCallback(&Answered, this, std::make_pair(end, m_calls[end].size() - 1)));
    }

    /**
     * @brief CLOSE, now.
     * @param end 0 or 1
     */
    void Close(int end)
    {
        m_kms[end]->GetKeyStreamAgent()->Close(m_id, MakeBoundCallback(&Closed, this, end));
    }

    /**
     * @brief Answers to OPEN_CONNECT.
     * @param end 0 or 1
     * @return in order of time
     */
    const std::vector<KeyStreamConnection>& Opens(int end) const
    {
        return m_opens[end];
    }

    /**
     * @brief The last answer to OPEN_CONNECT.
     * @param end 0 or 1
     * @return its status, the count of statuses if there is none
     */
    int LastOpen(int end) const
    {
        return m_opens[end].empty() ? int{KEY_STREAM_STATUS_COUNT} : m_opens[end].back().status;
    }

    /**
     * @brief Calls of GET_KEY.
     * @param end 0 or 1
     * @return in the order in which they were made
     */
    const std::vector<Call>& Calls(int end) const
    {
        return m_calls[end];
    }

    /**
     * @brief The answer to the last call of GET_KEY.
     * @param end 0 or 1
     * @return its status, the count of statuses if there is none
     */
    int Last(int end) const
    {
        const Call& call = m_calls[end].back();
        return call.answers == 1 ? call.answer.status : int{KEY_STREAM_STATUS_COUNT};
    }

    /**
     * @brief Answers to CLOSE.
     * @param end 0 or 1
     * @return in order of time
     */
    const std::vector<KeyStreamStatus>& Closes(int end) const
    {
        return m_closes[end];
    }

    /**
     * @brief Key_stream_ID.
     * @return that of the last success
     */
    const std::string& GetId() const
    {
        return m_id;
    }

    /**
     * @brief Indices whose chunks one end has.
     * @param end 0 or 1
     * @return the indices
     */
    const std::set<uint32_t>& GetIndices(int end) const
    {
        return m_had[end];
    }

    /**
     * @brief Chunks that both have.
     * @return their number
     */
    std::size_t CountShared() const
    {
        std::size_t count = 0;
        for (const uint32_t index : m_had[0])
        {
            count += m_had[1].count(index);
        }
        return count;
    }

    /**
     * @brief What must not be.
     * @return empty if all is well
     */
    std::string GetProblem() const
    {
        for (const auto& calls : m_calls)
        {
            for (const Call& call : calls)
            {
                if (call.answers != 1)
                {
                    return m_problem + "a call of " + std::to_string(call.asked.GetSeconds()) +
                           " s has " + std::to_string(call.answers) + " answers; ";
                }
            }
        }
        return m_problem;
    }

    /// Called with each answer to OPEN_CONNECT and GET_KEY, if set: end, status.
    Callback<void, int, KeyStreamStatus> onAnswer;

  private:
    /// @cond
    static void Opened(KeyStreamApplications* self, int end, const KeyStreamConnection& connection)
    {
        self->m_opens[end].push_back(connection);
        if (connection.status <= KEY_STREAM_PEER_MISSING)
        {
            self->m_id = connection.streamId;
        }
    }

    static void Answered(KeyStreamApplications* self,
                         std::pair<int, std::size_t> which,
                         const KeyStreamChunk& chunk)
    {
        const int end = which.first;
        Call& call = self->m_calls[end][which.second];
        ++call.answers;
        call.answered = Simulator::Now();
        call.answer = chunk;
        if (chunk.status == KEY_STREAM_OK)
        {
            self->Take(end, call);
        }
        else if (chunk.key.GetBits() > 0)
        {
            self->m_problem += "key bits in a refusal; ";
        }
        if (!self->onAnswer.IsNull())
        {
            self->onAnswer(end, chunk.status);
        }
    }

    static void Closed(KeyStreamApplications* self, int end, KeyStreamStatus status)
    {
        self->m_closes[end].push_back(status);
    }

    /// @endcond

    /**
     * @brief An application has a chunk.
     * @param end 0 or 1
     * @param call the call
     */
    void Take(int end, const Call& call)
    {
        const uint32_t index = call.answer.index;
        if (call.index != KeyStreamService::NEXT_INDEX && call.index != index)
        {
            m_problem += "another index than was asked for; ";
        }
        if (!m_had[end].insert(index).second)
        {
            m_problem += "chunk " + std::to_string(index) + " handed over twice; ";
        }
        const std::vector<uint8_t> bytes = call.answer.key.ToBytes();
        const auto known = m_chunks.emplace(index, bytes).first;
        if (known->second != bytes || bytes.empty())
        {
            m_problem += "index " + std::to_string(index) + " names two keys; ";
        }
    }

    std::array<Ptr<KeyManager>, 2> m_kms;                    //!< key managers
    std::array<std::string, 2> m_names;                      //!< SAE ids
    std::string m_id;                                        //!< Key_stream_ID
    std::array<std::vector<KeyStreamConnection>, 2> m_opens; //!< answers to OPEN_CONNECT
    std::array<std::vector<Call>, 2> m_calls;                //!< calls of GET_KEY
    std::array<std::vector<KeyStreamStatus>, 2> m_closes;    //!< answers to CLOSE
    std::array<std::set<uint32_t>, 2> m_had;                 //!< indices handed over
    std::map<uint32_t, std::vector<uint8_t>> m_chunks;       //!< chunks by index
    std::string m_problem;                                   //!< what must not be
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_STREAM_APPLICATIONS_H */
