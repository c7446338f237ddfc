/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_STREAM_CLIENT_H
#define QKDN_KEY_STREAM_CLIENT_H

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/qkdn-key-stream-service.h"
#include "ns3/qkdn-key-supply-service.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The name of a chunk of a key stream among applications that name keys by UUID.
 * @param streamId Key_stream_ID
 * @param index index of the chunk
 * @return Key_stream_ID with the index XORed into its last four bytes
 */
std::string KeyStreamChunkId(const std::string& streamId, uint32_t index);

/**
 * @ingroup qkdn-resilience
 * @brief The index of a chunk from its name.
 * @param streamId Key_stream_ID
 * @param chunkId name of the chunk
 * @return the index, nothing if the name is not one of a chunk of this stream
 */
std::optional<uint32_t> KeyStreamChunkIndex(const std::string& streamId,
                                            const std::string& chunkId);

/**
 * @ingroup qkdn-resilience
 * @brief Lets a cryptographic application get its keys from a key stream (ETSI GS QKD 004): it
 * opens the stream under an ID that both applications know, keeps it open, and turns each call
 * for a key into GET_KEY.
 *
 * Get key asks for the next chunk, whose name the application tells its peer, and Get key with
 * key IDs for the chunk of that name. What a stream cannot do (several keys in a call, another
 * size, status) is refused with 400. Status 1 to 6 of the stream become 503, so that the
 * application tries again, but for a named chunk that is gone: 400.
 */
class KeyStreamClient : public Object, public KeySupplyService
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set where it works.
     * @param service key streams of the application's node, not owned: has to outlive the
     * simulation
     * @param sae SAE id of the application
     * @param peerSae SAE id of its peer
     * @param streamId Key_stream_ID
     * @param qos QoS
     */
    void Configure(KeyStreamService* service,
                   const std::string& sae,
                   const std::string& peerSae,
                   const std::string& streamId,
                   const KeyStreamQos& qos);

    /// Open the stream, and again whenever it is found closed.
    void Start();

    /// Close the stream.
    void Stop();

    // from KeySupplyService
    void GetStatus(const std::string& callerSae,
                   const std::string& slaveSae,
                   StatusCallback answer) override;
    void GetKey(const std::string& callerSae,
                const std::string& slaveSae,
                const KeySupplyRequest& request,
                KeyCallback answer) override;
    void GetKeyWithKeyIds(const std::string& callerSae,
                          const std::string& masterSae,
                          const std::vector<std::string>& keyIds,
                          KeyCallback answer) override;

    /**
     * @brief TracedCallback signature: an answer to OPEN_CONNECT that changed something.
     * @param [in] sae SAE id of the application
     * @param [in] connection the answer
     */
    typedef void (*OpenedTracedCallback)(const std::string& sae,
                                         const KeyStreamConnection& connection);

  protected:
    void DoDispose() override;

  private:
    /// A call of the application: index or NEXT_INDEX, whom to answer.
    using Call = std::pair<uint32_t, KeyCallback>;

    /// OPEN_CONNECT, unless it waits for an answer.
    void Open();

    /// OPEN_CONNECT now and again: in use if the stream is still open.
    void Watch();

    /**
     * @brief GET_KEY.
     * @param call the call
     */
    void Fetch(const Call& call);

    /// @cond
    static void TakeOpened(Ptr<KeyStreamClient> self, const KeyStreamConnection& connection);
    static void TakeChunk(Ptr<KeyStreamClient> self, uint64_t number, const KeyStreamChunk& chunk);
    static void TakeClosed(KeyStreamStatus status);
    /// @endcond

    Time m_checkInterval;                 //!< attribute CheckInterval
    KeyStreamService* m_service{nullptr}; //!< key streams, not owned
    std::string m_sae;                    //!< SAE id of the application
    std::string m_peerSae;                //!< SAE id of its peer
    std::string m_streamId;               //!< Key_stream_ID
    KeyStreamQos m_qos;                   //!< QoS
    bool m_started{false};                //!< between Start() and Stop()
    bool m_opening{false};                //!< OPEN_CONNECT has no answer
    bool m_open{false};                   //!< the stream is open as far as is known
    std::vector<Call> m_waiting;          //!< calls that wait for the stream to open
    std::map<uint64_t, Call> m_calls;     //!< calls that wait for a chunk, by number
    uint64_t m_lastCall{0};               //!< calls of GET_KEY so far
    EventId m_watch;                      //!< next Watch()

    /// The stream is open, or cannot be opened.
    TracedCallback<const std::string&, const KeyStreamConnection&> m_openedTrace;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_STREAM_CLIENT_H */
