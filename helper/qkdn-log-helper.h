/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LOG_HELPER_H
#define QKDN_LOG_HELPER_H

#include "ns3/log.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Switches the log components of the module on.
 */
class QkdnLogHelper
{
  public:
    /**
     * @brief The log components of the module, all or those of one layer.
     * @param layer folder of model/ (for example "key-management") or "helper"; empty for all.
     * Aborts if there is no such layer.
     * @return their names in order, none if ns-3 was built without logging
     */
    static std::vector<std::string> GetLogComponents(const std::string& layer = "");

    /**
     * @brief Enable the log components of the module, all or those of one layer.
     * @param level what is logged, and with which prefixes
     * @param layer see GetLogComponents()
     */
    static void EnableLogComponents(LogLevel level = LOG_LEVEL_ALL, const std::string& layer = "");
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LOG_HELPER_H */
