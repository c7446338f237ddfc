/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MQ_RECEIVER_H
#define QKDN_MQ_RECEIVER_H

#include "ns3/callback.h"
#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/qkdn-protection-group.h"
#include "ns3/qkdn-supervised-endpoint.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The manager's end of reference point Mq: takes what agents at QKD nodes report of
 * protection groups.
 */
class MqReceiver : public Object
{
  public:
    /// Told a report and the failure behind it, or none.
    using StatusCallback = Callback<void, const GroupStatus&, IncidentId>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    MqReceiver();
    ~MqReceiver() override;

    /**
     * @brief Set the address.
     * @param local address and port for Mq and hellos
     */
    void SetIdentity(const Address& local);

    /**
     * @brief Add an agent, before the start.
     * @param remote its address and port for Mq
     */
    void AddAgent(const Address& remote);

    /**
     * @brief Set who takes reports.
     * @param callback told each report
     */
    void SetStatusCallback(StatusCallback callback);

    /**
     * @brief Start, also again after Stop(). Without agents it does nothing.
     * @param node the node
     */
    void Start(Ptr<Node> node);

    /// Stop as a process that crashes.
    void Stop();

    /**
     * @brief The endpoint of Mq.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief What finds out whether agents live.
     * @return the agent for hellos
     */
    Ptr<HelloAgent> GetHelloAgent() const;

    /**
     * @brief TracedCallback signature of a message that changed nothing.
     * @param type message type
     * @param bytes its size without the frame header
     */
    using RejectedCallback = void (*)(uint16_t type, uint32_t bytes);

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief A message.
     * @param peer the agent
     * @param type its type
     * @param body its body
     * @param incident the failure behind it, or none
     */
    void ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    Address m_local;                    //!< Mq and hellos
    std::vector<Address> m_agents;      //!< agents
    bool m_prepared{false};             //!< agents are known to the endpoint
    StatusCallback m_status;            //!< takes reports
    Ptr<SupervisedEndpoint> m_endpoint; //!< Mq and hellos
    /// newest report of each end of a group; kept over a crash, as the records are
    std::map<std::pair<GroupId, uint8_t>, uint32_t> m_newest;

    TracedCallback<uint16_t, uint32_t> m_rejectedTrace; //!< MessageRejected
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MQ_RECEIVER_H */
