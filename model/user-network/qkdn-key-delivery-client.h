/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_DELIVERY_CLIENT_H
#define QKDN_KEY_DELIVERY_CLIENT_H

#include "ns3/address.h"
#include "ns3/event-id.h"
#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/qkdn-http-reader.h"
#include "ns3/qkdn-key-delivery-call.h"
#include "ns3/qkdn-key-supply-service.h"
#include "ns3/qkdn-stream-connection.h"
#include "ns3/traced-callback.h"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Key supply for one application that talks to its key manager over HTTP/1.1 on TCP, as
 * ETSI GS QKD 014.
 *
 * All calls go over one persistent connection, several at a time (pipelined). If it breaks, or an
 * answer is overdue, the calls without an answer are sent again over the next connection, with
 * the same Idempotency-Key, so that the key manager answers each of them once. A call that is not
 * answered within CallTimeout ends with 503.
 */
class KeyDeliveryClient : public Object, public KeySupplyService
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    KeyDeliveryClient();
    ~KeyDeliveryClient() override;

    /**
     * @brief Set who calls, and whom.
     * @param node node of the application
     * @param local its address
     * @param server address and port of the key manager on Ak
     * @param sae SAE id of the application
     */
    void Configure(Ptr<Node> node,
                   Ipv4Address local,
                   const Address& server,
                   const std::string& sae);

    /**
     * @brief Calls without an answer.
     * @return their number
     */
    std::size_t GetOpenCalls() const;

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
     * @brief TracedCallback signature: the connection to the key manager is up or gone.
     * @param [in] sae SAE id of the application
     * @param [in] up whether it is up
     */
    using ConnectionCallback = void (*)(const std::string& sae, bool up);

  protected:
    void DoDispose() override;

  private:
    /// A call without an answer.
    struct Call
    {
        std::string bytes;                             //!< the request
        KeyDeliveryMethod method{KEY_DELIVERY_STATUS}; //!< what is called
        StatusCallback statusAnswer;                   //!< whom to answer
        KeyCallback keyAnswer;                         //!< whom to answer
        EventId timeout;                               //!< end of its time
    };

    /**
     * @brief Begin a call for keys, if it is made by this client's application.
     * @param callerSae who makes it
     * @param description the call
     * @param answer whom to answer
     */
    void BeginForKeys(const std::string& callerSae,
                      const KeyDeliveryCall& description,
                      KeyCallback answer);

    /**
     * @brief Make a call.
     * @param call what is called
     * @param statusAnswer whom to answer, or null
     * @param keyAnswer whom to answer, or null
     */
    void Begin(const KeyDeliveryCall& call, StatusCallback statusAnswer, KeyCallback keyAnswer);

    /// Send the calls that wait, as many as may be on their way.
    void SendWaiting();

    /// Open a connection, now or when the next attempt is due.
    void ScheduleConnect();

    /// Open a connection.
    void Connect();

    /// Give the connection up.
    void Disconnect();

    /// Give the connection up if an answer is overdue.
    void CheckProgress();

    /**
     * @brief The connection is up.
     * @param number the connection
     */
    void HandleConnected(uint32_t number);

    /**
     * @brief The connection is gone.
     * @param number the connection
     */
    void HandleClosed(uint32_t number);

    /**
     * @brief Bytes have come.
     * @param number the connection
     * @param bytes the bytes
     */
    void HandleData(uint32_t number, const std::string& bytes);

    /**
     * @brief An answer has come.
     * @param response the answer to the oldest call that was sent
     */
    void HandleResponse(const HttpResponse& response);

    /**
     * @brief A call was not answered in time.
     * @param id the call
     */
    void HandleTimeout(uint64_t id);

    /**
     * @brief A call is over.
     * @param id the call
     * @return the call
     */
    Call Take(uint64_t id);

    /**
     * @brief Answer a call without what was asked for.
     * @param call the call
     * @param status status
     * @param error what is wrong
     */
    static void Refuse(const Call& call, KeySupplyStatus status, const KeySupplyError& error);

    Time m_retryInterval;                               //!< attribute RetryInterval
    Time m_answerTimeout;                               //!< attribute AnswerTimeout
    Time m_callTimeout;                                 //!< attribute CallTimeout
    uint32_t m_maxPipelined{0};                         //!< attribute MaxPipelined
    uint32_t m_maxAnswer{0};                            //!< attribute MaxAnswerBytes
    Ptr<Node> m_node;                                   //!< node of the application
    Ipv4Address m_local;                                //!< its address
    Address m_server;                                   //!< the key manager
    std::string m_host;                                 //!< the same as text
    std::string m_sae;                                  //!< SAE id of the application
    uint64_t m_lastCall{0};                             //!< calls so far
    std::map<uint64_t, Call> m_calls;                   //!< calls without answer
    std::deque<uint64_t> m_waiting;                     //!< those that are not sent
    std::deque<uint64_t> m_sent;                        //!< those that are, oldest first
    uint32_t m_lastConnection{0};                       //!< connections so far
    Ptr<StreamConnection> m_stream;                     //!< the connection, or null
    bool m_up{false};                                   //!< whether it is up
    std::unique_ptr<HttpReader<HttpResponse>> m_reader; //!< reads its answers
    Time m_progress;                                    //!< last answer, or first wait for one
    EventId m_progressEvent;                            //!< next CheckProgress()
    Time m_nextAttempt;                                 //!< earliest next attempt
    EventId m_connectEvent;                             //!< next Connect()
    TracedCallback<const std::string&, bool> m_connectionTrace; //!< Connection
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_DELIVERY_CLIENT_H */
