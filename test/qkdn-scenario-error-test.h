/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_ERROR_TEST_H
#define QKDN_SCENARIO_ERROR_TEST_H

#include "ns3/qkdn-scenario-reader.h"
#include "ns3/test.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Whether a text contains another.
 * @param text the text
 * @param part what to look for
 * @return true if it does
 */
inline bool
Contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of tests that expect one error.
 */
class ScenarioErrorTest : public TestCase
{
  protected:
    using TestCase::TestCase;

    /**
     * @brief Read a scenario that is wrong.
     * @param text the scenario
     * @param overrides changes
     * @param place the place that the error names
     * @param words a part of the message
     */
    void Expect(const std::string& text,
                const std::vector<ScenarioOverride>& overrides,
                const std::string& place,
                const std::string& words)
    {
        try
        {
            ScenarioReader::ReadString(text, "bad.json", overrides);
        }
        catch (const ScenarioError& error)
        {
            CheckError(error, "bad.json", place, words);
            return;
        }
        NS_TEST_EXPECT_MSG_EQ(true, false, "accepted: " << place << ", " << words);
    }

    /**
     * @brief Check the form of an error.
     * @param error the error
     * @param source the file it names
     * @param place the place it names
     * @param words a part of its message
     */
    void CheckError(const ScenarioError& error,
                    const std::string& source,
                    const std::string& place,
                    const std::string& words)
    {
        const std::string what = error.what();
        const std::string start = source + ": " + (place.empty() ? "" : place + ": ");
        NS_TEST_EXPECT_MSG_EQ(error.GetPlace(), place, what);
        NS_TEST_EXPECT_MSG_EQ(what.substr(0, start.size()), start, what);
        NS_TEST_EXPECT_MSG_EQ(Contains(what, words), true, what << " should say " << words);
        NS_TEST_EXPECT_MSG_EQ(Contains(what, "; "), true, what << " should name the mend");
        NS_TEST_EXPECT_MSG_EQ(Contains(what, "\n"), false, "one line: " << what);
    }
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_ERROR_TEST_H */
