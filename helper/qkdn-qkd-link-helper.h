/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QKD_LINK_HELPER_H
#define QKDN_QKD_LINK_HELPER_H

#include "ns3/node.h"
#include "ns3/object-factory.h"
#include "ns3/qkdn-fibre-path.h"
#include "ns3/qkdn-qkd-module.h"
#include "ns3/qkdn-quantum-channel.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief One end of a QKD link as a user describes it.
 */
struct QkdLinkEnd
{
    Ptr<Node> node;                    //!< ns-3 node of the module, with an IP stack
    Ipv4Address address;               //!< address of the classical channel at this end
    QkdKeyConsumer* consumer{nullptr}; //!< Kq: key manager or KqSender, on the same node
};

/**
 * @ingroup qkdn-resilience
 * @brief What belongs to a QKD link.
 */
struct QkdLink
{
    Ptr<QuantumChannel> channel; //!< quantum channel
    Ptr<QkdModule> transmitter;  //!< module at the first end
    Ptr<QkdModule> receiver;     //!< module at the second end
};

/**
 * @ingroup qkdn-resilience
 * @brief Makes QKD links: quantum channel, devices and modules.
 */
class QkdLinkHelper
{
  public:
    QkdLinkHelper();

    /**
     * @brief Set an attribute of both modules of links made from now on.
     * @param name name of the attribute of QkdModule
     * @param value its value
     */
    void SetModuleAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @brief Choose how blocks are distilled. Attributes set before are forgotten.
     * @param typeId name of a subclass of Distillation
     */
    void SetDistillation(const std::string& typeId);

    /**
     * @brief Set an attribute of the distillation.
     * @param name name of the attribute
     * @param value its value
     */
    void SetDistillationAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @brief Choose whether distillation delivers blocks, or only says how they would come.
     * @param flow true for flow mode: FlowDistillation with that chosen as its model
     */
    void SetFlow(bool flow);

    /**
     * @brief Make a QKD link.
     * @param id its id
     * @param name its name
     * @param path the fibre from the transmitter to the receiver
     * @param protocol the QKD protocol
     * @param tx the transmitter's end
     * @param rx the receiver's end
     * @param port port of the classical channel at both ends, TCP and UDP
     * @return what was made
     */
    QkdLink Install(LinkId id,
                    const std::string& name,
                    const FibrePath& path,
                    Ptr<QkdProtocol> protocol,
                    const QkdLinkEnd& tx,
                    const QkdLinkEnd& rx,
                    uint16_t port) const;

    /**
     * @brief Make a QKD link over one of several paths, between which optical switches choose.
     * @param id its id
     * @param name its name
     * @param paths the paths from the transmitter to the receiver; any two need different ports of
     * one switch
     * @param protocol the QKD protocol
     * @param tx the transmitter's end
     * @param rx the receiver's end
     * @param port port of the classical channel at both ends, TCP and UDP
     * @return what was made
     */
    QkdLink Install(LinkId id,
                    const std::string& name,
                    const std::vector<QuantumPath>& paths,
                    Ptr<QkdProtocol> protocol,
                    const QkdLinkEnd& tx,
                    const QkdLinkEnd& rx,
                    uint16_t port) const;

  private:
    /**
     * @brief Make the distillation of one module.
     * @return the distillation
     */
    Ptr<Distillation> MakeDistillation() const;

    /**
     * @brief Make one module.
     * @param link the link
     * @param name its name
     * @param role which end
     * @param protocol the protocol
     * @param channel the quantum channel
     * @param here this end
     * @param there the other end
     * @param port port of the classical channel
     * @return the module
     */
    Ptr<QkdModule> InstallModule(LinkId link,
                                 const std::string& name,
                                 QkdModule::Role role,
                                 Ptr<QkdProtocol> protocol,
                                 Ptr<QuantumChannel> channel,
                                 const QkdLinkEnd& here,
                                 const QkdLinkEnd& there,
                                 uint16_t port) const;

    ObjectFactory m_moduleFactory;       //!< modules
    ObjectFactory m_distillationFactory; //!< distillation
    bool m_flow{false};                  //!< it is a model only
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QKD_LINK_HELPER_H */
