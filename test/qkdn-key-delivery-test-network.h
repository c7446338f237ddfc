/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_DELIVERY_TEST_NETWORK_H
#define QKDN_KEY_DELIVERY_TEST_NETWORK_H

#include "ns3/inet-socket-address.h"
#include "ns3/qkdn-cryptographic-application.h"
#include "ns3/qkdn-http-reader.h"
#include "ns3/qkdn-key-manager-helper.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/qkdn-resilience-monitor.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-stream-connection.h"
#include "ns3/qkdn-tcp-socket.h"
#include "ns3/simulator.h"

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief A TCP connection to a key delivery server that sends what bytes a test likes.
 */
class RawHttpClient
{
  public:
    /**
     * @brief Connect, now.
     * @param node the node
     * @param server address and port of the server
     */
    RawHttpClient(Ptr<Node> node, const Address& server)
        : m_reader(65536, 1 << 26)
    {
        StreamConnection::Callbacks callbacks;
        callbacks.connected = MakeCallback(&RawHttpClient::Connected, this);
        callbacks.closed = MakeCallback(&RawHttpClient::Closed, this);
        callbacks.data = MakeCallback(&RawHttpClient::Data, this);
        callbacks.acknowledged = MakeCallback(&RawHttpClient::Acknowledged, this);
        const Ptr<Socket> socket = CreateTcpSocket(node, 131072, 131072);
        m_stream = Create<StreamConnection>(1, socket, callbacks);
        socket->Bind(InetSocketAddress(PlantHelper::GetServiceAddress(node), 0));
        socket->Connect(server);
    }

    ~RawHttpClient()
    {
        Close();
    }

    /// Reset the connection.
    void Close()
    {
        m_stream->Close();
        m_closed = true;
    }

    /**
     * @brief Send bytes, now or when the connection is up.
     * @param bytes the bytes
     */
    void Send(const std::string& bytes)
    {
        if (m_connected)
        {
            m_stream->Send(bytes);
            return;
        }
        m_early += bytes;
    }

    /**
     * @brief The responses that have come.
     * @return in order
     */
    const std::vector<HttpResponse>& Responses() const
    {
        return m_responses;
    }

    /**
     * @brief Whether the connection is gone.
     * @return true if so
     */
    bool IsClosed() const
    {
        return m_closed;
    }

  private:
    /// @cond
    void Connected(uint32_t)
    {
        m_connected = true;
        m_stream->Send(m_early);
    }

    void Closed(uint32_t)
    {
        m_closed = true;
    }

    void Acknowledged(uint32_t, uint64_t)
    {
    }

    void Data(uint32_t, const std::string& bytes)
    {
        m_reader.Append(bytes);
        HttpResponse response;
        while (m_reader.Next(response) == HTTP_MESSAGE)
        {
            m_responses.push_back(response);
        }
    }

    /// @endcond

    Ptr<StreamConnection> m_stream;        //!< the connection
    HttpReader<HttpResponse> m_reader;     //!< reads responses
    std::vector<HttpResponse> m_responses; //!< responses
    std::string m_early;                   //!< bytes for when it is up
    bool m_connected{false};               //!< whether it is up
    bool m_closed{false};                  //!< whether it is gone
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Key managers A and B on 25 km of fibre with 100000 bits of key, application nodes M and S
 * behind them, and session "there" from M to S, whose applications call over HTTP. A monitor keeps
 * the books.
 */
class KeyDeliveryTestNetwork
{
  public:
    /**
     * @brief Constructor
     * @param session further members of the session
     * @param more further members of the scenario, each after a comma
     * @param ak how the applications call
     */
    explicit KeyDeliveryTestNetwork(const std::string& session = QUIET,
                                    const std::string& more = "",
                                    const std::string& ak = HTTP_APPLICATIONS)
        : m_builder(ScenarioReader::ReadString(Text(session, more, ak), "test"), "test")
    {
    }

    /// A session that asks for nothing.
    static constexpr const char* QUIET = R"("rate_keys_per_s": 1, "start_s": 999)";

    /// Applications on nodes of their own.
    static constexpr const char* HTTP_APPLICATIONS =
        R"(, "ak": "http", "master_application": "M", "slave_application": "S")";

    /**
     * @brief The scenario.
     * @return what was built from it
     */
    const ScenarioBuilder& Builder() const
    {
        return m_builder;
    }

    /**
     * @brief A key manager.
     * @param node its node
     * @return the key manager
     */
    Ptr<KeyManager> Km(const std::string& node) const
    {
        return m_builder.GetKeyManager(node);
    }

    /**
     * @brief Node of an application.
     * @param master whether it is the master
     * @return the node
     */
    Ptr<Node> Host(bool master) const
    {
        const auto applications = m_builder.GetApplications("there");
        return (master ? applications.first : applications.second)->GetNode();
    }

    /**
     * @brief Address of a server.
     * @param node node of the key manager
     * @return address and port
     */
    Address Server(const std::string& node) const
    {
        return InetSocketAddress(PlantHelper::GetServiceAddress(Km(node)->GetNode()),
                                 KeyManagerHelper::AK_PORT);
    }

    /**
     * @brief The bytes of a request.
     * @param sae who calls
     * @param line method and target
     * @param body content
     * @param fields further lines of the header
     * @return the bytes
     */
    static std::string Request(const std::string& sae,
                               const std::string& line,
                               const std::string& body = "",
                               const std::string& fields = "")
    {
        const std::string length =
            body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
        return line + " HTTP/1.1\r\nHost: kme\r\nClient-SAE-ID: " + sae + "\r\n" + length + fields +
               "\r\n" + body;
    }

    /**
     * @brief Run on.
     * @param time for how long
     */
    static void RunFor(Time time)
    {
        Simulator::Stop(time);
        Simulator::Run();
    }

    /**
     * @brief Call a server over a connection of its own, and wait for the answer.
     * @param master whether from the master's node to A; else from the slave's to B
     * @param sae who calls
     * @param line method and target
     * @param body content
     * @return the response, with status 0 if there was none
     */
    HttpResponse Call(bool master,
                      const std::string& sae,
                      const std::string& line,
                      const std::string& body = "") const
    {
        RawHttpClient client(Host(master), Server(master ? "A" : "B"));
        client.Send(Request(sae, line, body));
        RunFor(MilliSeconds(200));
        HttpResponse none;
        none.status = 0;
        return client.Responses().size() == 1 ? client.Responses().front() : none;
    }

    /**
     * @brief What is wrong with books and keys.
     * @return empty if all is well
     */
    std::string Problem() const
    {
        const Ptr<ResilienceMonitor> monitor = m_builder.GetMonitor();
        std::string problem;
        for (const std::string& violation : monitor->GetViolations())
        {
            problem += violation + "; ";
        }
        for (const KeyViolation& violation : monitor->GetRequestLog(SessionId(1)).GetViolations())
        {
            problem += KeyViolationName(violation.kind) + "; ";
        }
        if (!monitor->GetKmaBook().Balances() || !monitor->GetKsaBook().Balances())
        {
            problem += "a book does not balance; ";
        }
        return problem;
    }

    /**
     * @brief The book of KSA-keys.
     * @return the book
     */
    KsaLedger Ksa() const
    {
        return m_builder.GetMonitor()->GetKsaBook().GetTotal();
    }

    /**
     * @brief What became of the requests of the session.
     * @return the log
     */
    const RequestLog& Log() const
    {
        return m_builder.GetMonitor()->GetRequestLog(SessionId(1));
    }

  private:
    /**
     * @brief The scenario.
     * @param session further members of the session
     * @param more further members
     * @param ak how the applications call
     * @return JSON
     */
    static std::string Text(const std::string& session,
                            const std::string& more,
                            const std::string& ak)
    {
        return R"({"name": "ak", "simulation": {"duration_s": 1000, "distillation": "ideal"},
            "nodes": [{"id": "A"}, {"id": "B"}, {"id": "M"}, {"id": "S"}],
            "fibres": [{"id": "f", "a": "A", "b": "B", "length_km": 25},
                       {"id": "m", "a": "A", "b": "M", "length_km": 1},
                       {"id": "s", "a": "B", "b": "S", "length_km": 1}],
            "qkd_links": [{"id": "L", "tx": "A", "rx": "B", "fibres": ["f"],
                           "protocol": {"type": "measured", "rate_bps": 20000},
                           "initial_pool_bit": 100000, "initial_state": "running"}],
            "sessions": [{"id": "there", "master": "A", "slave": "B", )" +
               session + ak + "}]" + more + "}";
    }

    ScenarioBuilder m_builder; //!< the network
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_DELIVERY_TEST_NETWORK_H */
