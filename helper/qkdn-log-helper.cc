/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-log-helper.h"

#include "ns3/abort.h"

#include <algorithm>
#include <array>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Layers of the module: folders of model/, and the helpers.
constexpr std::array<const char*, 12> LOG_LAYERS = {"base",
                                                    "transport",
                                                    "plant",
                                                    "resilience",
                                                    "quantum",
                                                    "key-management",
                                                    "control",
                                                    "management",
                                                    "user-network",
                                                    "experiment",
                                                    "report",
                                                    "helper"};

/**
 * @brief The layer of a source file.
 * @param path its path, which may be relative
 * @return the folder of model/ or "helper", empty if it is in neither
 */
std::string
GetLogLayer(const std::string& path)
{
    const std::string file = "/" + path;
    const std::string model = "/model/";
    const std::size_t inModel = file.rfind(model);
    const std::size_t inHelper = file.rfind("/helper/");
    if (inHelper != std::string::npos && (inModel == std::string::npos || inModel < inHelper))
    {
        return "helper";
    }
    if (inModel == std::string::npos)
    {
        return "";
    }
    const std::size_t begin = inModel + model.size();
    return file.substr(begin, file.find('/', begin) - begin);
}

} // namespace

std::vector<std::string>
QkdnLogHelper::GetLogComponents(const std::string& layer)
{
    NS_ABORT_MSG_IF(!layer.empty() &&
                        std::find(LOG_LAYERS.begin(), LOG_LAYERS.end(), layer) == LOG_LAYERS.end(),
                    "there is no layer '" << layer
                                          << "': give a folder of model/, \"helper\" or nothing");
    std::vector<std::string> names;
    for (const auto& [name, component] : *LogComponent::GetComponentList())
    {
        // components of other modules that begin so lie in other files
        const bool ours =
            name.rfind("Qkdn", 0) == 0 && component->File().find("/qkdn-") != std::string::npos;
        if (ours && (layer.empty() || GetLogLayer(component->File()) == layer))
        {
            names.push_back(name);
        }
    }
    return names;
}

void
QkdnLogHelper::EnableLogComponents(LogLevel level, const std::string& layer)
{
    for (const std::string& name : GetLogComponents(layer))
    {
        LogComponentEnable(name.c_str(), level);
    }
}

} // namespace qkdn
} // namespace ns3
