/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-ck-messages.h"
#include "ns3/qkdn-mc-messages.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <functional>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Largest values that fields hold.
constexpr uint32_t MAX_32 = 0xffffffff;
constexpr uint64_t MAX_64 = 0xffffffffffffffff;

/// Reads a packet and, if it is a message, writes it again; null if it is none.
using Reader = std::function<Ptr<Packet>(Ptr<const Packet>)>;

/**
 * @brief The reader of one kind of message.
 * @tparam Message the kind
 * @param packet a packet
 * @return the same message written again, or null
 */
template <typename Message>
Ptr<Packet>
ReadAndWrite(Ptr<const Packet> packet)
{
    const auto message = Message::FromPacket(packet);
    return message ? message->ToPacket() : nullptr;
}

/// A byte of a message that may only have some values.
struct BoundedByte
{
    std::size_t at;  //!< where it stands
    uint8_t highest; //!< highest good value
};

/// A kind of message with an example.
struct Example
{
    std::string name;                 //!< name of the kind
    Ptr<Packet> packet;               //!< an example
    Reader read;                      //!< reads it
    std::vector<BoundedByte> bounded; //!< its enumerators, flags and truth values
};

/**
 * @brief An example of a kind of message.
 * @tparam Message the kind
 * @param name its name
 * @param message the example
 * @param bounded its enumerators
 * @return the example
 */
template <typename Message>
Example
MakeExample(const std::string& name,
            const Message& message,
            const std::vector<BoundedByte>& bounded = {})
{
    return {name, message.ToPacket(), &ReadAndWrite<Message>, bounded};
}

/**
 * @brief The bytes of a packet.
 * @param packet the packet
 * @return its bytes
 */
std::vector<uint8_t>
BytesOf(Ptr<const Packet> packet)
{
    std::vector<uint8_t> bytes(packet->GetSize());
    packet->CopyData(bytes.data(), packet->GetSize());
    return bytes;
}

/**
 * @brief A packet of bytes.
 * @param bytes the bytes
 * @return the packet
 */
Ptr<Packet>
PacketOf(const std::vector<uint8_t>& bytes)
{
    return Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size()));
}

/**
 * @brief A policy with extreme values.
 * @return the policy
 */
SessionPolicy
MakePolicy()
{
    SessionPolicy policy;
    policy.resilienceClass = CLASS_SECRET_SHARING;
    policy.shareCount = 255;
    policy.shareThreshold = 254;
    policy.extraTraffic = true;
    policy.priority = MAX_32;
    policy.demandBps = MAX_64;
    policy.minDemandBps = MAX_64 - 3;
    policy.trigger = TRIGGER_SUPPLY_INTERRUPTED;
    policy.holdOff = NanoSeconds(1);
    policy.holdOffAuto = true;
    policy.protectionReserveBits = MAX_64 - 1;
    policy.preemption = PREEMPTION_RESIDUAL;
    policy.poolLowKeys = MAX_32 - 1;
    policy.poolHighKeys = MAX_32 - 2;
    policy.restoration = RESTORATION_TIME_WINDOW;
    policy.window = Seconds(9);
    policy.escalation = ESCALATION_RESTORATION;
    return policy;
}

/**
 * @brief A route of three KMs.
 * @return the route
 */
KeyRoute
MakeRoute()
{
    return KeyRoute{RouteId(MAX_32),
                    SessionId(MAX_32 - 1),
                    ROUTE_EXTRA,
                    {KmId(1), KmId(MAX_32), KmId(7)},
                    MAX_64};
}

/**
 * @brief What is constant of a link, with names of all lengths.
 * @return the description
 */
CkLinkDescription
MakeDescription()
{
    return {LinkId(7), 1, {"duct"}, std::string(255, 'n'), {"f", std::string(255, 'y'), "f"}};
}

/**
 * @brief One example of each kind of message on Ck, with extreme values.
 * @return the examples
 */
std::vector<Example>
MakeCkExamples()
{
    const CkLinkState link{LinkId(MAX_32),
                           KmId(MAX_32),
                           true,
                           LINK_OFF,
                           MAX_64,
                           MAX_64,
                           true,
                           LinkAlarm(CAUSE_STANDBY, 0.0)};
    return {
        MakeExample("registration",
                    CkRegistration{KmId(MAX_32),
                                   {link, CkLinkState{}},
                                   {{LinkId(MAX_32), MAX_32, {"bridge", std::string(255, 'x')}},
                                    MakeDescription(),
                                    {LinkId(1), 0, {}}},
                                   "a node"},
                    {{16, 3}, {17, 3}, {34, 6}, {35, 1}}),
        MakeExample("registration without links", CkRegistration{KmId(1), {}}),
        MakeExample("link report", CkLinkReport{link}, {{8, 3}, {9, 3}, {26, 6}, {27, 1}}),
        MakeExample("session request",
                    CkSessionRequest{SessionId(1), KmId(2), KmId(3), 256, MakePolicy()},
                    {{16, 6}, {17, 2}, {18, 1}, {19, 7}}),
        MakeExample("session request of defaults",
                    CkSessionRequest{SessionId(1), KmId(2), KmId(3), 256, SessionPolicy()},
                    {{16, 6}, {17, 2}, {18, 1}, {19, 7}}),
        MakeExample("route event",
                    CkRouteEvent{SessionId(MAX_32),
                                 RouteId(MAX_32),
                                 ROUTE_EVENT_SUPPLY_RESUMED,
                                 TRIGGER_POOL_LOW,
                                 KmId(MAX_32)},
                    {{8, 10}, {9, 2}}),
        MakeExample("acknowledgement", CkAcknowledgement{MAX_32, false, "no such neighbour"}),
        MakeExample("longest reason", CkAcknowledgement{1, true, std::string(255, 'x')}),
        MakeExample("install", CkRouteInstall{MAX_32, MakeRoute()}, {{12, 3}}),
        MakeExample("release", CkRouteRelease{MAX_32, RouteId(MAX_32)}),
        MakeExample("session rate", CkSessionRate{MAX_32, SessionId(MAX_32), MAX_64}),
        MakeExample("session routes",
                    CkSessionRoutes{MAX_32,
                                    SessionId(1),
                                    RouteId(2),
                                    RouteId(3),
                                    RouteId(4),
                                    {RouteId(5), RouteId(MAX_32)},
                                    "none left"}),
        MakeExample("session routes of recovery",
                    CkSessionRoutes{1,
                                    SessionId(1),
                                    RouteId(2),
                                    RouteId(),
                                    RouteId(4),
                                    {RouteId(5), RouteId(MAX_32)},
                                    "",
                                    {MAX_64, 0, 1}}),
    };
}

/**
 * @brief One example of each kind of message on Mc, with extreme values.
 * @return the examples
 */
std::vector<Example>
MakeMcExamples()
{
    McOperation operation;
    operation.kind = MC_OPERATION_RESUMPTION;
    operation.session = SessionId(MAX_32);
    operation.from = RouteId(MAX_32);
    operation.to = RouteId(MAX_32 - 1);
    operation.informed = NanoSeconds(1);
    operation.decided = Seconds(1e6);
    operation.completed = Time::Max();
    operation.withinToleration = false;
    operation.demandBps = MAX_64;
    operation.recoveredBps = MAX_64 - 1;
    operation.routes = 255;
    return {
        MakeExample("link status",
                    McLinkStatus{LinkId(MAX_32),
                                 KmId(1),
                                 KmId(MAX_32),
                                 LINK_OFF,
                                 MAX_64,
                                 MAX_64,
                                 true,
                                 false,
                                 true,
                                 true},
                    {{12, 3}, {29, 15}}),
        MakeExample("link description",
                    McLinkDescription{KmId(1), KmId(MAX_32), MakeDescription()}),
        MakeExample("link that is not described",
                    McLinkDescription{KmId(1), KmId(2), CkLinkDescription{LinkId(3), 0, {}}}),
        MakeExample("KM status", McKmStatus{KmId(MAX_32), true, std::string(255, 'z')}, {{4, 1}}),
        MakeExample("KM without a name", McKmStatus{KmId(1), false, ""}, {{4, 1}}),
        MakeExample("session status",
                    McSessionStatus{SessionId(MAX_32),
                                    CLASS_RESTORATION,
                                    RouteId(1),
                                    RouteId(MAX_32),
                                    RouteId(3),
                                    MC_SUPPLY_INTERRUPTED,
                                    true,
                                    false,
                                    true},
                    {{4, 6}, {17, 55}}),
        MakeExample("session status of recovery",
                    McSessionStatus{SessionId(1),
                                    CLASS_RESTORATION,
                                    RouteId(1),
                                    RouteId(),
                                    RouteId(3),
                                    MC_SUPPLY_RECOVERED,
                                    false,
                                    false,
                                    false,
                                    {RouteId(4), RouteId(MAX_32)},
                                    MAX_64},
                    {{4, 6}, {17, 55}}),
        MakeExample("route status",
                    McRouteStatus{MakeRoute(), MC_ROUTE_RELEASED},
                    {{8, 3}, {31, 3}}),
        MakeExample("operation", operation, {{0, 5}, {37, 1}}),
        MakeExample("operation of defaults", McOperation(), {{0, 5}, {37, 1}}),
        MakeExample("alarm",
                    McAlarm{LinkId(MAX_32),
                            KmId(MAX_32),
                            LINK_OFF,
                            LinkAlarm(CAUSE_STANDBY, 0.0),
                            Time::Max()},
                    {{8, 3}, {9, 6}, {10, 1}}),
        MakeExample("alarm without an estimate",
                    McAlarm{LinkId(1), KmId(2), LINK_PASSIVE, CAUSE_PEER, Time()},
                    {{8, 3}, {9, 6}, {10, 1}}),
        MakeExample("policy",
                    McPolicy{MAX_32, false, true, true, MAX_32},
                    {{4, 1}, {5, 1}, {6, 1}}),
        MakeExample("policy accepted", McPolicyAccepted{MAX_32}),
    };
}

/**
 * @brief One example of each kind of message on Ck and Mc.
 * @return the examples
 */
std::vector<Example>
MakeExamples()
{
    auto examples = MakeCkExamples();
    const auto more = MakeMcExamples();
    examples.insert(examples.end(), more.begin(), more.end());
    return examples;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief What is written is read again; what is shorter or longer is not.
 */
class ControlMessagesRoundTripTest : public TestCase
{
  public:
    ControlMessagesRoundTripTest()
        : TestCase("Messages survive a round trip, and no truncation or padding passes")
    {
    }

  private:
    void DoRun() override
    {
        for (const Example& example : MakeExamples())
        {
            const auto bytes = BytesOf(example.packet);
            const Ptr<Packet> again = example.read(example.packet);
            NS_TEST_ASSERT_MSG_NE(again, nullptr, example.name);
            NS_TEST_ASSERT_MSG_EQ((BytesOf(again) == bytes), true, example.name);
            for (std::size_t length = 0; length < bytes.size(); ++length)
            {
                const std::vector<uint8_t> part(bytes.begin(),
                                                bytes.begin() +
                                                    static_cast<std::ptrdiff_t>(length));
                NS_TEST_ASSERT_MSG_EQ(example.read(PacketOf(part)),
                                      nullptr,
                                      example.name << " cut to " << length);
            }
            auto longer = bytes;
            longer.push_back(0);
            NS_TEST_ASSERT_MSG_EQ(example.read(PacketOf(longer)), nullptr, example.name << " + 1");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Each enumerator, flag and truth value is good up to its highest value.
 */
class ControlMessagesRangeTest : public TestCase
{
  public:
    ControlMessagesRangeTest()
        : TestCase("Values out of range are refused")
    {
    }

  private:
    void DoRun() override
    {
        for (const Example& example : MakeExamples())
        {
            for (const BoundedByte& bounded : example.bounded)
            {
                for (int value = 0; value < 256; ++value)
                {
                    auto bytes = BytesOf(example.packet);
                    bytes[bounded.at] = static_cast<uint8_t>(value);
                    const Ptr<Packet> again = example.read(PacketOf(bytes));
                    NS_TEST_ASSERT_MSG_EQ((again != nullptr),
                                          (value <= bounded.highest),
                                          example.name << " byte " << bounded.at << " = " << value);
                    NS_TEST_ASSERT_MSG_EQ((!again || BytesOf(again) == bytes),
                                          true,
                                          example.name << " byte " << bounded.at << " kept");
                }
            }
        }
        CheckLimits();
    }

    /// Values that only some fields have.
    void CheckLimits()
    {
        CkRegistration registration{KmId(1), {}, {{LinkId(1), 5, {"a", "b"}}}};
        auto groups = BytesOf(registration.ToPacket());
        // before the name of the link, its fibres, and the name of the node, all empty
        uint8_t& last = groups.at(groups.size() - 4);
        NS_TEST_ASSERT_MSG_EQ(last, 'b', "the last group");
        last = 'a';
        NS_TEST_ASSERT_MSG_EQ(CkRegistration::FromPacket(PacketOf(groups)).has_value(),
                              false,
                              "a risk group twice");
        registration.descriptions[0].fibres = {""};
        NS_TEST_ASSERT_MSG_EQ(CkRegistration::FromPacket(registration.ToPacket()).has_value(),
                              false,
                              "a fibre without a name");
        CkSessionRequest request{SessionId(1), KmId(2), KmId(3), 256, SessionPolicy()};
        request.policy.minDemandBps = 1;
        NS_TEST_ASSERT_MSG_EQ(CkSessionRequest::FromPacket(request.ToPacket()).has_value(),
                              false,
                              "it accepts no less than nothing");
        McLinkStatus link{LinkId(1), KmId(2), KmId(2), LINK_ACTIVE, 0, 0};
        NS_TEST_ASSERT_MSG_EQ(McLinkStatus::FromPacket(link.ToPacket()).has_value(),
                              false,
                              "a link of one KM");
        McRouteStatus route{MakeRoute(), MC_ROUTE_ACTIVE};
        route.route.kms = {KmId(1)};
        NS_TEST_ASSERT_MSG_EQ(McRouteStatus::FromPacket(route.ToPacket()).has_value(),
                              false,
                              "a route of one KM");
        NS_TEST_ASSERT_MSG_EQ(
            CkRouteInstall::FromPacket(CkRouteInstall{1, route.route}.ToPacket()).has_value(),
            false,
            "a route of one KM");
        NS_TEST_ASSERT_MSG_EQ(
            McPolicy::FromPacket(McPolicy{1, true, true, false, 0}.ToPacket()).has_value(),
            false,
            "no hops");
        for (Time McOperation::*time :
             {&McOperation::informed, &McOperation::decided, &McOperation::completed})
        {
            McOperation operation;
            operation.*time = NanoSeconds(-1);
            NS_TEST_ASSERT_MSG_EQ(McOperation::FromPacket(operation.ToPacket()).has_value(),
                                  false,
                                  "before the start");
        }
        for (Time SessionPolicy::*time : {&SessionPolicy::toleration,
                                          &SessionPolicy::holdOff,
                                          &SessionPolicy::wtr,
                                          &SessionPolicy::window})
        {
            CkSessionRequest request{SessionId(1), KmId(2), KmId(3), 256, SessionPolicy()};
            for (const int64_t duration : {-1, 0, 1})
            {
                request.policy.*time = NanoSeconds(duration);
                const auto read = CkSessionRequest::FromPacket(request.ToPacket());
                NS_TEST_ASSERT_MSG_EQ(read.has_value(), (duration >= 0), duration << " ns");
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Fields arrive in the fields they were written from.
 */
class ControlMessagesFieldTest : public TestCase
{
  public:
    ControlMessagesFieldTest()
        : TestCase("Fields keep their places and values")
    {
    }

  private:
    void DoRun() override
    {
        McSessionStatus status{SessionId(1),
                               CLASS_ROUTE_1_1,
                               RouteId(0x0203),
                               RouteId(4),
                               RouteId(5),
                               MC_SUPPLY_PROTECTED};
        status.promisedBps = 0x0607;
        const std::vector<uint8_t> golden{0, 0, 0, 1, 1, 0, 0, 2, 3, 0, 0, 0, 4, 0,
                                          0, 0, 5, 2, 0, 0, 0, 0, 0, 0, 0, 6, 7};
        NS_TEST_ASSERT_MSG_EQ((BytesOf(status.ToPacket()) == golden), true, "network byte order");
        const auto read = McSessionStatus::FromPacket(status.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(read->session, SessionId(1), "session");
        NS_TEST_ASSERT_MSG_EQ(read->resilienceClass, CLASS_ROUTE_1_1, "class");
        NS_TEST_ASSERT_MSG_EQ(read->working, RouteId(0x0203), "working");
        NS_TEST_ASSERT_MSG_EQ(read->protection, RouteId(4), "protection");
        NS_TEST_ASSERT_MSG_EQ(read->recovery, RouteId(5), "recovery");
        NS_TEST_ASSERT_MSG_EQ(read->state, MC_SUPPLY_PROTECTED, "state");
        NS_TEST_ASSERT_MSG_EQ(read->promisedBps, 0x0607, "key rate");

        McLinkStatus link{LinkId(1), KmId(2), KmId(3), LINK_ACTIVE, 4, 5};
        link.bReports = true;
        link.aSeesB = true;
        const auto known = McLinkStatus::FromPacket(link.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(known->aReports, false, "a reports");
        NS_TEST_ASSERT_MSG_EQ(known->bReports, true, "b reports");
        NS_TEST_ASSERT_MSG_EQ(known->aSeesB, true, "a sees b");
        NS_TEST_ASSERT_MSG_EQ(known->bSeesA, false, "b sees a");

        const auto policy = McPolicy::FromPacket(McPolicy{9, false, true, false, 5}.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(policy->number, 9, "number");
        NS_TEST_ASSERT_MSG_EQ(policy->mayRestore, false, "may restore");
        NS_TEST_ASSERT_MSG_EQ(policy->mayPreempt, true, "may pre-empt");
        NS_TEST_ASSERT_MSG_EQ(policy->abandonOnToleration, false, "abandon");
        NS_TEST_ASSERT_MSG_EQ(policy->maxHops, 5, "hops");

        const SessionPolicy sent = MakePolicy();
        const auto request = CkSessionRequest::FromPacket(
            CkSessionRequest{SessionId(1), KmId(2), KmId(3), 4, sent}.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(request->policy.toleration, Time::Max(), "toleration");
        NS_TEST_ASSERT_MSG_EQ(request->policy.holdOff, NanoSeconds(1), "hold-off");
        NS_TEST_ASSERT_MSG_EQ(request->policy.wtr, Seconds(300), "wait to restore");
        NS_TEST_ASSERT_MSG_EQ(request->policy.revertive, true, "revertive");
        NS_TEST_ASSERT_MSG_EQ(request->policy.poolHighKeys, MAX_32 - 2, "pool");
        NS_TEST_ASSERT_MSG_EQ(request->policy.shareCount, 255, "shares");
        NS_TEST_ASSERT_MSG_EQ(request->policy.shareThreshold, 254, "threshold");
        NS_TEST_ASSERT_MSG_EQ(request->policy.restoration, RESTORATION_TIME_WINDOW, "mode");
        NS_TEST_ASSERT_MSG_EQ(request->policy.window, Seconds(9), "window");
        NS_TEST_ASSERT_MSG_EQ(request->policy.escalation, ESCALATION_RESTORATION, "escalation");
        SessionPolicy windowless = sent;
        windowless.window = Time(0);
        const auto refused = CkSessionRequest::FromPacket(
            CkSessionRequest{SessionId(1), KmId(2), KmId(3), 4, windowless}.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(refused.has_value(), false, "a window of no length");
        McOperation more;
        more.demandBps = 5;
        more.recoveredBps = 6;
        NS_TEST_ASSERT_MSG_EQ(McOperation::FromPacket(more.ToPacket()).has_value(),
                              false,
                              "more than was asked for");

        const auto reason = CkAcknowledgement::FromPacket(
            CkAcknowledgement{1, true, std::string(300, 'x')}.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(reason->reason, std::string(255, 'x'), "text is cut");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Each enumerator has a name of its own.
 */
class ControlMessagesNameTest : public TestCase
{
  public:
    ControlMessagesNameTest()
        : TestCase("Each enumerator has a name of its own")
    {
    }

  private:
    /**
     * @brief Check the names of an enumeration.
     * @tparam Enum the enumeration
     * @param highest its highest value
     * @param name gives a name
     */
    template <typename Enum>
    void Check(Enum highest, const char* (*name)(Enum))
    {
        std::vector<std::string> names;
        for (int value = 0; value <= static_cast<int>(highest); ++value)
        {
            names.emplace_back(name(static_cast<Enum>(value)));
            for (std::size_t i = 0; i + 1 < names.size(); ++i)
            {
                NS_TEST_ASSERT_MSG_NE(names[i], names.back(), "twice");
            }
            NS_TEST_ASSERT_MSG_NE(names.back(), "unknown", value);
        }
        NS_TEST_ASSERT_MSG_EQ(std::string(name(static_cast<Enum>(static_cast<int>(highest) + 1))),
                              "unknown",
                              "one more");
    }

    void DoRun() override
    {
        Check(ROUTE_EVENT_SUPPLY_RESUMED, &RouteEventName);
        Check(MC_SUPPLY_INTERRUPTED, &McSupplyStateName);
        Check(MC_ROUTE_RELEASED, &McRouteStateName);
        Check(MC_OPERATION_RESUMPTION, &McOperationName);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Hostile bytes.
 */
class ControlMessagesHostileTest : public TestCase
{
  public:
    ControlMessagesHostileTest()
        : TestCase("Hostile bytes are read without harm")
    {
    }

  private:
    void DoRun() override
    {
        const auto examples = MakeExamples();
        Ptr<UniformRandomVariable> draw = CreateObject<UniformRandomVariable>();
        draw->SetStream(3200);
        uint32_t messages = 0;
        for (int trial = 0; trial < 20000; ++trial)
        {
            const Example& example = examples[draw->GetInteger(0, examples.size() - 1)];
            std::vector<uint8_t> bytes;
            if (trial % 2 == 0)
            {
                bytes.resize(draw->GetInteger(0, 200));
                for (uint8_t& byte : bytes)
                {
                    byte = static_cast<uint8_t>(draw->GetInteger(0, 255));
                }
            }
            else
            {
                bytes = BytesOf(example.packet);
                bytes[draw->GetInteger(0, bytes.size() - 1)] =
                    static_cast<uint8_t>(draw->GetInteger(0, 255));
            }
            const Ptr<Packet> again = example.read(PacketOf(bytes));
            if (again)
            {
                ++messages;
                NS_TEST_ASSERT_MSG_EQ(again->GetSize(), bytes.size(), example.name);
            }
        }
        NS_TEST_ASSERT_MSG_GT(messages, 1000, "some were messages all the same");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of messages of controllers and managers.
 */
class QkdnControlMessagesTestSuite : public TestSuite
{
  public:
    QkdnControlMessagesTestSuite()
        : TestSuite("qkdn-control-messages", Type::UNIT)
    {
        AddTestCase(new ControlMessagesRoundTripTest);
        AddTestCase(new ControlMessagesRangeTest);
        AddTestCase(new ControlMessagesFieldTest);
        AddTestCase(new ControlMessagesNameTest);
        AddTestCase(new ControlMessagesHostileTest);
    }
};

static QkdnControlMessagesTestSuite g_qkdnControlMessagesTestSuite; //!< registers the suite
