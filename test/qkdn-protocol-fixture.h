/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PROTOCOL_FIXTURE_H
#define QKDN_PROTOCOL_FIXTURE_H

#include "ns3/double.h"
#include "ns3/qkdn-qkd-protocol.h"
#include "ns3/test.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of the tests of QKD protocols.
 */
class ProtocolTestCase : public TestCase
{
  public:
    /**
     * @brief Constructor.
     * @param name what is tested
     */
    explicit ProtocolTestCase(const std::string& name)
        : TestCase(name)
    {
    }

  protected:
    /**
     * @brief A link of some loss.
     * @param lossDb the loss
     * @return the budget
     */
    static QuantumLinkBudget Loss(double lossDb)
    {
        QuantumLinkBudget budget;
        budget.lossDb = lossDb;
        return budget;
    }

    /**
     * @brief A link of fibre of 0.2 dB/km.
     * @param lengthKm its length
     * @return the budget
     */
    static QuantumLinkBudget Fibre(double lengthKm)
    {
        QuantumLinkBudget budget = Loss(0.2 * lengthKm);
        budget.lengthKm = lengthKm;
        return budget;
    }

    /**
     * @brief A value has to agree with a golden one.
     * @param value what came out
     * @param golden what it should be
     * @param tolerance relative error
     * @param what name of the value
     */
    void Near(double value, double golden, double tolerance, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ_TOL(value, golden, tolerance * std::abs(golden), what);
    }

    /**
     * @brief A protocol with one attribute changed has to be refused, and accepted without.
     * @param protocol the protocol
     * @param attribute name of the attribute
     * @param value its value
     * @param text what the message has to contain besides the name
     */
    void Refuse(Ptr<QkdProtocol> protocol,
                const std::string& attribute,
                double value,
                const std::string& text)
    {
        DoubleValue former;
        protocol->GetAttribute(attribute, former);
        NS_TEST_EXPECT_MSG_EQ(protocol->Validate(), "", "before " << attribute << " is changed");
        protocol->SetAttribute(attribute, DoubleValue(value));
        const std::string message = protocol->Validate();
        NS_TEST_EXPECT_MSG_NE(message.find(attribute), std::string::npos, "name in: " << message);
        NS_TEST_EXPECT_MSG_NE(message.find(text), std::string::npos, text << " in: " << message);
        protocol->SetAttribute(attribute, former);
    }

    /**
     * @brief Presets have to be known by their names only.
     * @param protocol the protocol, all of whose presets are set
     */
    void CheckPresets(Ptr<QkdProtocol> protocol)
    {
        NS_TEST_EXPECT_MSG_EQ(protocol->GetPresetNames().empty(), false, "there is a preset");
        const std::string message = protocol->SetPreset("nobody1900");
        NS_TEST_EXPECT_MSG_NE(message.find("nobody1900"), std::string::npos, message);
        for (const std::string& name : protocol->GetPresetNames())
        {
            NS_TEST_EXPECT_MSG_NE(message.find(name), std::string::npos, name << " in " << message);
            NS_TEST_EXPECT_MSG_EQ(protocol->SetPreset(name), "", "preset " << name);
            NS_TEST_EXPECT_MSG_EQ(protocol->Validate(), "", "preset " << name);
        }
    }
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PROTOCOL_FIXTURE_H */
