/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_DELIVERY_SERVER_H
#define QKDN_KEY_DELIVERY_SERVER_H

#include "qkdn-key-answer-store.h"
#include "qkdn-key-delivery-call.h"
#include "qkdn-ksa-master-agent.h"
#include "qkdn-ksa-slave-agent.h"

#include "ns3/address.h"
#include "ns3/event-id.h"
#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/qkdn-http-reader.h"
#include "ns3/qkdn-stream-connection.h"
#include "ns3/qkdn-tcp-socket.h"
#include "ns3/traced-callback.h"

#include <deque>
#include <map>
#include <memory>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Serves key delivery as ETSI GS QKD 014 over HTTP/1.1 (RFC 9110, RFC 9112) on TCP.
 *
 * Connections persist, and requests may be pipelined; answers come in the order of the requests.
 * What is no HTTP, or beyond the limits, is answered with 400, 413 or 431, and the connection is
 * closed. TLS is not simulated: field Client-SAE-ID stands for the client's certificate. It has
 * to be the same in all requests of a connection and to name an SAE that was added with the
 * address that the connection comes from.
 */
class KeyDeliveryServer : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    KeyDeliveryServer();
    ~KeyDeliveryServer() override;

    /**
     * @brief Set where it gets keys.
     * @param master supplies master applications
     * @param slave supplies slave applications
     */
    void Configure(Ptr<KsaMasterAgent> master, Ptr<KsaSlaveAgent> slave);

    /**
     * @brief Add an application that may call.
     * @param sae its SAE id
     * @param address address that it calls from
     */
    void AddSae(const std::string& sae, Ipv4Address address);

    /**
     * @brief Begin to listen.
     * @param node the node
     * @param local address and port
     */
    void Start(Ptr<Node> node, const Address& local);

    /**
     * @brief Close all connections.
     * @param forget whether answers that may not have arrived are lost
     */
    void Stop(bool forget);

    /**
     * @brief Connections at present.
     * @return their number
     */
    std::size_t GetConnections() const;

    /**
     * @brief Calls whose answers are kept.
     * @return their number
     */
    std::size_t GetKeptCalls() const;

    /**
     * @brief TracedCallback signature of a request that was answered.
     * @param [in] sae SAE id of the caller, empty if it is not known
     * @param [in] method HTTP method, empty if the request was none
     * @param [in] target request target
     * @param [in] status status code
     */
    using AnsweredCallback = void (*)(const std::string& sae,
                                      const std::string& method,
                                      const std::string& target,
                                      uint32_t status);

  protected:
    void DoDispose() override;

  private:
    /// A request that has not been answered on its connection.
    struct Exchange
    {
        uint64_t number{0}; //!< its number
        std::string method; //!< HTTP method
        std::string target; //!< request target
        bool close{false};  //!< whether it is the last one on its connection
        bool ready{false};  //!< whether the response is there
        std::string bytes;  //!< the response
        uint64_t callId{0}; //!< call at the store, 0 for none
    };

    /// A response that the peer has not acknowledged.
    struct Unacknowledged
    {
        uint64_t end{0};      //!< bytes of the stream up to its end
        uint64_t exchange{0}; //!< number of the request
        uint64_t callId{0};   //!< call at the store
    };

    /// A connection.
    struct Connection
    {
        Ptr<StreamConnection> stream;                    //!< the TCP connection
        std::unique_ptr<HttpReader<HttpRequest>> reader; //!< reads requests
        Ipv4Address remote;                              //!< where it comes from
        std::string identity;                            //!< SAE id of its first request
        uint64_t lastExchange{0};                        //!< requests so far
        std::deque<Exchange> exchanges;                  //!< without answer
        std::deque<Unacknowledged> unacknowledged;       //!< responses with keys
        bool closing{false};                             //!< nothing more is read
        Time active;                                     //!< last request or response
        EventId idle;                                    //!< looks whether it is idle
    };

    /// Listen, or try again later.
    void Open();

    /**
     * @brief Make a socket.
     * @return the socket
     */
    Ptr<Socket> MakeSocket() const;

    /**
     * @brief A connection was set up.
     * @param socket its socket
     */
    void HandleAccept(Ptr<Socket> socket);

    /**
     * @brief Bytes have come.
     * @param number the connection
     * @param bytes the bytes
     */
    void HandleData(uint32_t number, const std::string& bytes);

    /**
     * @brief Bytes were acknowledged.
     * @param number the connection
     * @param bytes how many in all
     */
    void HandleAcknowledged(uint32_t number, uint64_t bytes);

    /**
     * @brief A connection is gone.
     * @param number the connection
     */
    void HandleClosed(uint32_t number);

    /**
     * @brief Close a connection on which nothing happens.
     * @param number the connection
     */
    void HandleIdle(uint32_t number);

    /**
     * @brief Read the requests that have come, as many as may wait.
     * @param number the connection
     */
    void ReadRequests(uint32_t number);

    /**
     * @brief Handle a request.
     * @param number the connection
     * @param request the request
     */
    void HandleRequest(uint32_t number, const HttpRequest& request);

    /**
     * @brief What is wrong with a request before it is looked at as a call.
     * @param connection its connection
     * @param request the request
     * @return the response, with status 200 if nothing is
     */
    HttpResponse Check(Connection& connection, const HttpRequest& request) const;

    /**
     * @brief Carry a call out.
     * @param number the connection
     * @param exchange number of the request
     * @param call the call
     * @param request the request
     */
    void CarryOut(uint32_t number,
                  uint64_t exchange,
                  const KeyDeliveryCall& call,
                  const HttpRequest& request);

    /**
     * @brief A call for keys was carried out.
     * @param server the server, kept until then
     * @param id the call at the store
     * @param container the answer
     */
    static void TakeAnswer(Ptr<KeyDeliveryServer> server,
                           uint64_t id,
                           const KeyContainer& container);

    /**
     * @brief Answer a request.
     * @param waiter connection and request
     * @param response the answer
     */
    void Respond(KeyAnswerWaiter waiter, HttpResponse response);

    /**
     * @brief Send the responses whose turn it is.
     * @param number the connection
     */
    void SendResponses(uint32_t number);

    /**
     * @brief Keys of an answer are not sent any more.
     * @param master whether they were the master's
     * @param keyIds their UUIDs
     */
    void GiveUp(bool master, const std::vector<std::string>& keyIds);

    uint32_t m_maxHeaderBytes{0};                 //!< attribute MaxHeaderBytes
    uint32_t m_maxBodyBytes{0};                   //!< attribute MaxBodyBytes
    uint32_t m_maxPipelined{0};                   //!< attribute MaxPipelined
    uint32_t m_maxConnections{0};                 //!< attribute MaxConnections
    Time m_idleTimeout;                           //!< attribute IdleTimeout
    Time m_answerTtl;                             //!< attribute AnswerTtl
    Ptr<KsaMasterAgent> m_master;                 //!< supplies master applications
    Ptr<KsaSlaveAgent> m_slave;                   //!< supplies slave applications
    Ptr<KeyAnswerStore> m_answers;                //!< answers that may have to be repeated
    Ptr<Node> m_node;                             //!< the node, null while stopped
    Address m_local;                              //!< address and port
    Ptr<TcpAcceptor> m_acceptor;                  //!< listens
    EventId m_openEvent;                          //!< tries to listen
    uint32_t m_lastConnection{0};                 //!< connections so far
    std::map<std::string, Ipv4Address> m_saes;    //!< who may call, from where
    std::map<uint32_t, Connection> m_connections; //!< connections

    /// A request was answered.
    TracedCallback<const std::string&, const std::string&, const std::string&, uint32_t>
        m_answeredTrace;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_DELIVERY_SERVER_H */
