/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-byte-codec.h"
#include "ns3/qkdn-kx-messages.h"
#include "ns3/qkdn-kx-relay-messages.h"
#include "ns3/qkdn-kx-routing-messages.h"
#include "ns3/qkdn-kx-stream-messages.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <functional>
#include <set>
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

/// A kind of message with an example.
struct Example
{
    std::string name;    //!< name of the kind
    Ptr<Packet> packet;  //!< an example
    Reader read;         //!< reads it
    uint32_t countAt{0}; //!< where a number of things stands
    uint32_t countWidth; //!< its width in bytes, 0 if there is none
};

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
 * @brief One example of each kind of message, with extreme values.
 * @return the examples
 */
std::vector<Example>
MakeExamples()
{
    const KeyId key{LinkId(MAX_32), MAX_64};
    const KeyRange range{key, MAX_32 - 1, 1};
    const KeyRange other{KeyId{LinkId(1), 2}, 3, 4};
    const KsaKeyId ksa{SessionId(MAX_32), MAX_64};
    const KxTag tag{{range, other}, {1, 2, 3, 255}};
    KxAgreement agreement;
    agreement.holdings = {HoldingEntry{key, true, {}, {}, 100},
                          HoldingEntry{other.key, false, {{1, 2}}, {{0, 1}, {7, MAX_32}}, 100}};
    agreement.ksaKeys = {ksa, KsaKeyId{SessionId(1), 1}};
    KxSupplyNotification notification;
    notification.tag = tag;
    notification.responseTagRanges = {other};
    notification.keys = {KxNotifiedKey{ksa, {range, other}}, KxNotifiedKey{ksa, {}}};
    KxSupplyResponse response;
    response.tag = tag;
    response.results = {KxNotifiedResult{ksa, true}, KxNotifiedResult{ksa, false}};
    return {
        {"stored",
         KxKeyStored{true, MAX_32, {{key, MAX_32, MAX_32}, {other.key, 1, 0}}}.ToPacket(),
         &ReadAndWrite<KxKeyStored>,
         5,
         4},
        {"refused", KxKeyRefused{key}.ToPacket(), &ReadAndWrite<KxKeyRefused>, 0, 0},
        {"share request",
         KxShareRequest{MAX_32, MAX_64, MAX_32}.ToPacket(),
         &ReadAndWrite<KxShareRequest>,
         0,
         0},
        {"share grant",
         KxShareGrant{MAX_32, {range, other}}.ToPacket(),
         &ReadAndWrite<KxShareGrant>,
         4,
         4},
        {"agreement", agreement.ToPacket(), &ReadAndWrite<KxAgreement>, 0, 4},
        {"link status",
         KxLinkStatus{LinkId(MAX_32), LINK_OFF}.ToPacket(),
         &ReadAndWrite<KxLinkStatus>,
         0,
         0},
        {"notification", notification.ToPacket(), &ReadAndWrite<KxSupplyNotification>, 0, 4},
        {"response", response.ToPacket(), &ReadAndWrite<KxSupplyResponse>, 0, 4},
        {"void", KxKeyVoid{{ksa, ksa}}.ToPacket(), &ReadAndWrite<KxKeyVoid>, 0, 4},
    };
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief What is written is read again; what is shorter or longer is not.
 */
class KxRoundTripTest : public TestCase
{
  public:
    KxRoundTripTest()
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
        // a message of virtual bytes alone is one of zeros
        NS_TEST_ASSERT_MSG_EQ(ReadAndWrite<KxKeyStored>(Create<Packet>(8)), nullptr, "8 zeros");
        NS_TEST_ASSERT_MSG_NE(ReadAndWrite<KxKeyStored>(Create<Packet>(9)), nullptr, "9 zeros");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Fields arrive in the fields they were written from.
 */
class KxFieldTest : public TestCase
{
  public:
    KxFieldTest()
        : TestCase("Fields keep their places and values")
    {
    }

  private:
    void DoRun() override
    {
        const KxKeyStored stored{true, 5, {{KeyId{LinkId(1), 2}, 3, 4}}};
        const std::vector<uint8_t> golden{1, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0,
                                          0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4};
        NS_TEST_ASSERT_MSG_EQ((BytesOf(stored.ToPacket()) == golden), true, "network byte order");
        const auto read = KxKeyStored::FromPacket(stored.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(read->keys.size(), 1, "keys");
        NS_TEST_ASSERT_MSG_EQ((read->keys[0].key == stored.keys[0].key), true, "key");
        NS_TEST_ASSERT_MSG_EQ(read->keys[0].bits, 3, "bits");
        NS_TEST_ASSERT_MSG_EQ(read->decidesSplit, true, "decides");
        NS_TEST_ASSERT_MSG_EQ(read->keys[0].lowBits, 4, "low bits");
        NS_TEST_ASSERT_MSG_EQ(read->demandBps, 5, "demand");
        for (int status = 0; status < 256; ++status)
        {
            const auto message =
                KxLinkStatus::FromPacket(PacketOf({0, 0, 0, 9, static_cast<uint8_t>(status)}));
            NS_TEST_ASSERT_MSG_EQ(message.has_value(), (status <= LINK_OFF), "status " << status);
        }
        KxShareGrant grant{7, {}};
        for (uint32_t i = 0; i < 70000; ++i)
        {
            grant.ranges.push_back(KeyRange{KeyId{LinkId(1), i}, 0, 1});
        }
        const auto many = KxShareGrant::FromPacket(grant.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(many.has_value(), true, "70,000 ranges, 1.4 MB");
        NS_TEST_ASSERT_MSG_EQ((many->ranges == grant.ranges), true, "all of them");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Hostile bytes.
 */
class KxHostileTest : public TestCase
{
  public:
    KxHostileTest()
        : TestCase("Hostile bytes are read without harm")
    {
    }

  private:
    void DoRun() override
    {
        const auto examples = MakeExamples();
        for (const Example& example : examples)
        {
            for (uint32_t i = 0; i < example.countWidth; ++i)
            {
                auto bytes = BytesOf(example.packet);
                bytes[example.countAt + i] ^= 0x80;
                NS_TEST_ASSERT_MSG_EQ(example.read(PacketOf(bytes)),
                                      nullptr,
                                      example.name << ": a count larger than the packet");
            }
        }
        Ptr<UniformRandomVariable> draw = CreateObject<UniformRandomVariable>();
        draw->SetStream(3100);
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
 * @brief The byte codec below the messages.
 */
class ByteCodecTest : public TestCase
{
  public:
    ByteCodecTest()
        : TestCase("Numbers, times, ratios and ranges as bytes")
    {
    }

  private:
    void DoRun() override
    {
        ByteWriter writer;
        for (uint32_t width = 1; width <= 8; ++width)
        {
            writer.WriteUint(MAX_64 >> (64 - 8 * width), width);
        }
        writer.WriteTime(Seconds(-1.5));
        writer.WriteTime(NanoSeconds(1));
        for (const double ratio : {0.0, 0.11, 0.5, 1.0})
        {
            writer.WriteRatio(ratio);
        }
        writer.WriteRanges({});
        writer.WriteRanges({KeyRange{KeyId{LinkId(1), 2}, 3, 4}});
        NS_TEST_ASSERT_MSG_EQ(writer.GetSize(), 36 + 16 + 16 + 4 + 4 + 20, "size");
        ByteReader reader(writer.ToPacket());
        for (uint32_t width = 1; width <= 8; ++width)
        {
            NS_TEST_ASSERT_MSG_EQ(reader.ReadUint(width), (MAX_64 >> (64 - 8 * width)), width);
        }
        NS_TEST_ASSERT_MSG_EQ(reader.ReadTime(), Seconds(-1.5), "negative");
        NS_TEST_ASSERT_MSG_EQ(reader.ReadTime(), NanoSeconds(1), "a nanosecond");
        for (const double ratio : {0.0, 0.11, 0.5, 1.0})
        {
            const double read = reader.ReadRatio();
            NS_TEST_ASSERT_MSG_EQ_TOL(read, ratio, 1.2e-10, "half of 2^-32");
        }
        NS_TEST_ASSERT_MSG_EQ(reader.ReadRanges().empty(), true, "none");
        NS_TEST_ASSERT_MSG_EQ(reader.ReadRanges().at(0).firstBit, 3, "one");
        NS_TEST_ASSERT_MSG_EQ(reader.IsAtEnd(), true, "the exact end");
        NS_TEST_ASSERT_MSG_EQ(reader.ReadUint(1), 0, "past the end");
        NS_TEST_ASSERT_MSG_EQ(reader.IsGood(), false, "past the end");
        NS_TEST_ASSERT_MSG_EQ(reader.IsAtEnd(), false, "past the end");

        ByteReader limited(Create<Packet>(100), 10);
        limited.ReadBytes(10);
        NS_TEST_ASSERT_MSG_EQ(limited.IsAtEnd(), true, "the limit");
        NS_TEST_ASSERT_MSG_EQ(limited.ReadBytes(MAX_32).empty(), true, "too many");
        NS_TEST_ASSERT_MSG_EQ(limited.IsGood(), false, "too many");
        ByteWriter content;
        content.WriteUint(7, 1);
        NS_TEST_ASSERT_MSG_EQ(content.ToPacket(1000)->GetSize(), 1001, "virtual bytes");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a route status may say.
 */
class KxRouteStatusTest : public TestCase
{
  public:
    KxRouteStatusTest()
        : TestCase(
              "A route status says that supply is possible again, never that it is interrupted")
    {
    }

  private:
    void DoRun() override
    {
        for (const ResilienceTrigger condition :
             {TRIGGER_LINK_DOWN, TRIGGER_POOL_LOW, TRIGGER_SUPPLY_INTERRUPTED})
        {
            for (const bool failed : {false, true})
            {
                const KxRouteStatus sent{RouteId(7), KmId(3), condition, failed, Seconds(2)};
                const auto read = KxRouteStatus::FromPacket(sent.ToPacket());
                NS_TEST_ASSERT_MSG_EQ(read.has_value(),
                                      (condition != TRIGGER_SUPPLY_INTERRUPTED || !failed),
                                      "condition " << condition << ", failed " << failed);
                if (read)
                {
                    NS_TEST_EXPECT_MSG_EQ(read->condition, condition, "the same");
                    NS_TEST_EXPECT_MSG_EQ(read->failed, failed, "the same");
                    NS_TEST_EXPECT_MSG_EQ(read->hop, KmId(3), "the same");
                    NS_TEST_EXPECT_MSG_EQ(read->holdOver, Seconds(2), "the same");
                }
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief No two messages of reference point Kx have the same type.
 */
class KxTypesTest : public TestCase
{
  public:
    KxTypesTest()
        : TestCase("Types of messages differ")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<uint16_t> types = {
            KX_KEY_STORED,         KX_KEY_REFUSED,    KX_SHARE_REQUEST,        KX_SHARE_GRANT,
            KX_AGREEMENT,          KX_LINK_STATUS,    KX_SUPPLY_NOTIFICATION,  KX_SUPPLY_RESPONSE,
            KX_KEY_VOID,           KX_KEY_RELAY,      KX_RELAY_COMPLETION,     KX_RELAY_FAILURE,
            KX_RELAY_VOID,         KX_RELAY_VOIDED,   KX_RELAYED_NOTIFICATION, KX_RELAYED_RESPONSE,
            KX_ROUTE_SWITCH,       KX_ROUTE_SWITCHED, KX_ROUTE_STATUS,         KX_MASKED_KEYS,
            KX_STREAM_SYNC,        KX_STREAM_STATE,   KX_STREAM_ASK,           KX_LINK_STATE,
            KX_LINK_STATE_SUMMARY, KX_ROUTE_SET_UP,   KX_ROUTE_SET_UP_ANSWER,  KX_ROUTE_TEAR_DOWN};
        const std::set<uint16_t> different(types.begin(), types.end());
        NS_TEST_EXPECT_MSG_EQ(different.size(), types.size(), "all differ");
        for (const uint16_t type : types)
        {
            NS_TEST_EXPECT_MSG_EQ(IsRoutingMessage(type),
                                  (type >= KX_LINK_STATE),
                                  "type " << type << " goes to who it is for");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of messages between key managers.
 */
class QkdnKxMessagesTestSuite : public TestSuite
{
  public:
    QkdnKxMessagesTestSuite()
        : TestSuite("qkdn-kx-messages", Type::UNIT)
    {
        AddTestCase(new KxRouteStatusTest);
        AddTestCase(new KxTypesTest);
        AddTestCase(new ByteCodecTest);
        AddTestCase(new KxRoundTripTest);
        AddTestCase(new KxFieldTest);
        AddTestCase(new KxHostileTest);
    }
};

static QkdnKxMessagesTestSuite g_qkdnKxMessagesTestSuite; //!< registers the suite
