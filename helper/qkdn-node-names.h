/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_NODE_NAMES_H
#define QKDN_NODE_NAMES_H

#include "ns3/application.h"
#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/ptr.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The node with a name.
 * @param name its name or path in ns3::Names; aborts if no node has it
 * @return the node
 */
Ptr<Node> GetNamedNode(const std::string& name);

/**
 * @ingroup qkdn-resilience
 * @brief What a node is called in results.
 * @param node the node
 * @return its name in ns3::Names, "node-<id>" if it has none
 */
std::string GetNodeLabel(Ptr<Node> node);

/**
 * @ingroup qkdn-resilience
 * @brief The Config path of an application.
 * @param application an application on a node
 * @return for example "/NodeList/0/ApplicationList/1/"
 */
std::string GetApplicationPath(Ptr<Application> application);

/**
 * @ingroup qkdn-resilience
 * @brief Give what was installed on a node a name below that of the node, so that the path
 * "/Names/<node>/<name>" leads to it. A node without a name, or a name that is taken, is no error:
 * then nothing happens.
 * @param node the node
 * @param name the name; a "/" in it becomes "-", since it divides paths
 * @param object what was installed
 */
void NameOnNode(Ptr<Node> node, const std::string& name, Ptr<Object> object);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_NODE_NAMES_H */
