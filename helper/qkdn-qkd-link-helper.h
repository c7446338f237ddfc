/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QKD_LINK_HELPER_H
#define QKDN_QKD_LINK_HELPER_H

#include "ns3/application-container.h"
#include "ns3/node.h"
#include "ns3/object-factory.h"
#include "ns3/output-stream-wrapper.h"
#include "ns3/qkdn-fibre-path.h"
#include "ns3/qkdn-qkd-link.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Makes QKD links: quantum channel, devices and modules.
 *
 * On a node with a name in ns3::Names the module of a link is called "module-<link>" below it, the
 * device "quantum-<link>".
 */
class QkdLinkHelper
{
  public:
    QkdLinkHelper();

    /**
     * @brief Choose the QKD protocol of links whose nodes alone are given. Attributes set before
     * are forgotten.
     * @param typeId name of a subclass of QkdProtocol, decoy-state BB84 by default
     */
    void SetProtocol(const std::string& typeId);

    /**
     * @brief Set an attribute of that protocol.
     * @param name name of the attribute
     * @param value its value
     */
    void SetProtocolAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @brief Set an attribute of quantum channels made from now on.
     * @param name name of the attribute of QuantumChannel
     * @param value its value
     */
    void SetChannelAttribute(const std::string& name, const AttributeValue& value);

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
     * @brief Make a QKD link between nodes with key managers and the stack of a PlantHelper. Its id
     * and port count on from those of the last link of this helper made so.
     * @param name its name
     * @param path the fibre from the transmitter to the receiver
     * @param tx the transmitter's node
     * @param rx the receiver's node
     * @return what was made, to be given to KeyManagerHelper::AddLink()
     */
    QkdLink Install(const std::string& name, const FibrePath& path, Ptr<Node> tx, Ptr<Node> rx);

    /**
     * @brief Make a QKD link, see the one above.
     * @param name its name
     * @param path the fibre from the transmitter to the receiver
     * @param tx name of the transmitter's node
     * @param rx name of the receiver's node
     * @return what was made
     */
    QkdLink Install(const std::string& name,
                    const FibrePath& path,
                    const std::string& tx,
                    const std::string& rx);

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

    /**
     * @brief Use random streams from a number on instead of those that follow from names.
     * @param modules QKD modules
     * @param stream first stream
     * @return number of streams used
     */
    static int64_t AssignStreams(const ApplicationContainer& modules, int64_t stream);

    /**
     * @brief Write what QKD modules do, one line an event: "s" state, "i" incident that a module
     * detects, "d" delivery of a key, then time (s), the path of the trace source and the values.
     * @param stream where the lines go
     * @param modules QKD modules
     */
    static void EnableAscii(Ptr<OutputStreamWrapper> stream, const ApplicationContainer& modules);

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

    ObjectFactory m_protocolFactory;     //!< protocols
    ObjectFactory m_channelFactory;      //!< quantum channels
    ObjectFactory m_moduleFactory;       //!< modules
    uint32_t m_lastLink{0};              //!< id of the last link that got one here
    ObjectFactory m_distillationFactory; //!< distillation
    bool m_flow{false};                  //!< it is a model only
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QKD_LINK_HELPER_H */
