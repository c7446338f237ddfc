/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-node-names.h"

#include "ns3/abort.h"
#include "ns3/names.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

Ptr<Node>
GetNamedNode(const std::string& name)
{
    const auto node = Names::Find<Node>(name);
    NS_ABORT_MSG_UNLESS(node, "no node has the name '" << name << "': give it with Names::Add()");
    return node;
}

std::string
GetNodeLabel(Ptr<Node> node)
{
    const std::string name = Names::FindName(node);
    return name.empty() ? "node-" + std::to_string(node->GetId()) : name;
}

std::string
GetApplicationPath(Ptr<Application> application)
{
    const Ptr<Node> node = application->GetNode();
    uint32_t index = 0;
    while (node->GetApplication(index) != application)
    {
        ++index;
    }
    return "/NodeList/" + std::to_string(node->GetId()) + "/ApplicationList/" +
           std::to_string(index) + "/";
}

void
NameOnNode(Ptr<Node> node, const std::string& name, Ptr<Object> object)
{
    if (Names::FindName(node).empty())
    {
        return;
    }
    std::string word = name;
    std::replace(word.begin(), word.end(), '/', '-');
    if (!Names::Find<Object>(node, word))
    {
        Names::Add(node, word, object);
    }
}

} // namespace qkdn
} // namespace ns3
