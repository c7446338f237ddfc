/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CRYPTOGRAPHIC_APPLICATION_HELPER_H
#define QKDN_CRYPTOGRAPHIC_APPLICATION_HELPER_H

#include "ns3/application-container.h"
#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/object-factory.h"
#include "ns3/ptr.h"
#include "ns3/qkdn-cryptographic-application.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-key-stream-client.h"
#include "ns3/qkdn-resilience-monitor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Installs pairs of cryptographic applications.
 *
 * The SAE ids are "<session>-master" and "<session>-slave"; each session gets a TCP port of its
 * own for the exchange of key IDs. On nodes with key managers, nodes alone are given. Otherwise
 * each application of the result is then given its key manager: with
 * CryptographicApplication::SetKeySupplyService() or UseStream() on its ns-3 node, or with
 * UseHttp().
 *
 * On a node with a name in ns3::Names an application is called "application-<session>" below it.
 */
class CryptographicApplicationHelper
{
  public:
    CryptographicApplicationHelper();

    /**
     * @brief Set an attribute of both applications of the pairs that are installed from now on.
     * @param name name of the attribute
     * @param value its value
     */
    void SetAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @brief Set the TCP port of the next session; further sessions count on from it.
     * @param port the port, below 49152 where the ports of outgoing connections begin
     */
    void SetNextPort(uint16_t port);

    /**
     * @brief Say how sessions that get their key managers here are to survive failures.
     * @param policy policy of the sessions from now on; a demand of 0 stands for Rate times Batch
     * and KeySize of the applications
     */
    void SetPolicy(const SessionPolicy& policy);

    /**
     * @brief Install the two applications of a session and let the key managers of their nodes
     * serve it. Its id counts on from that of the last session of this helper made so.
     * @param session name of the session, unique in the simulation
     * @param master node of the master, with a key manager and the stack of a PlantHelper
     * @param slave node of the slave, another such node
     * @return the master and the slave, in this order
     */
    ApplicationContainer Install(const std::string& session, Ptr<Node> master, Ptr<Node> slave);

    /**
     * @brief Install the two applications of a session, see the one above.
     * @param session name of the session
     * @param master name of the master's node
     * @param slave name of the slave's node
     * @return the master and the slave, in this order
     */
    ApplicationContainer Install(const std::string& session,
                                 const std::string& master,
                                 const std::string& slave);

    /**
     * @brief The sessions that got their key managers here, for ResilienceMonitorHelper. They begin
     * and end when their masters do, with the deadline that these have now: call it after Start(),
     * Stop() and changes of attributes.
     * @return the sessions in their order
     */
    std::vector<MonitoredSession> GetSessions() const;

    /**
     * @brief Use random streams from a number on instead of those that follow from names.
     * @param applications cryptographic applications
     * @param stream first stream
     * @return number of streams used
     */
    static int64_t AssignStreams(const ApplicationContainer& applications, int64_t stream);

    /**
     * @brief Install the two applications of a session.
     * @param session name of the session, unique in the simulation
     * @param master node of the master
     * @param masterAddress address of the master, as the slave reaches it
     * @param slave node of the slave, another one
     * @param slaveAddress address of the slave, as the master reaches it
     * @return the master and the slave, in this order
     */
    ApplicationContainer Install(const std::string& session,
                                 Ptr<Node> master,
                                 Ipv4Address masterAddress,
                                 Ptr<Node> slave,
                                 Ipv4Address slaveAddress);

    /**
     * @brief Let an application call its key manager over HTTP. Call it before the start.
     * @param application the application, on any node that reaches the key manager
     * @param km the key manager
     * @param address address of the key manager, port KeyManagerHelper::AK_PORT
     */
    static void UseHttp(Ptr<CryptographicApplication> application,
                        Ptr<KeyManager> km,
                        Ipv4Address address);

    /**
     * @brief Let an application get its keys from a key stream (ETSI GS QKD 004) of the key manager
     * on its node. Both applications of the pair have to. Call it before the start.
     * @param application the application
     * @param km the key manager
     * @param qos QoS, the same for both
     * @return what opens the stream, once the simulation starts; it belongs to the application
     */
    static Ptr<KeyStreamClient> UseStream(Ptr<CryptographicApplication> application,
                                          Ptr<KeyManager> km,
                                          const KeyStreamQos& qos);

  private:
    ObjectFactory m_factory;                  //!< makes the applications
    uint32_t m_nextPort{10000};               //!< TCP port of the next session
    SessionPolicy m_policy;                   //!< of the next session
    std::vector<MonitoredSession> m_sessions; //!< that got their key managers here
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CRYPTOGRAPHIC_APPLICATION_HELPER_H */
