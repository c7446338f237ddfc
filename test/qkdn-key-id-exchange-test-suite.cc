/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scripted-key-supply.h"

#include "ns3/double.h"
#include "ns3/packet.h"
#include "ns3/qkdn-key-collector.h"
#include "ns3/qkdn-key-id-header.h"
#include "ns3/qkdn-message-endpoint.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief The message of key IDs on the wire, and UUIDs.
 */
class KeyIdHeaderTest : public TestCase
{
  public:
    KeyIdHeaderTest()
        : TestCase("Key IDs travel as RFC 4122 octets; short messages are refused")
    {
    }

  private:
    void DoRun() override
    {
        // RFC 4122, appendix C: the name space ID for DNS
        const std::string text = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
        const KeyUuid octets = {0x6b,
                                0xa7,
                                0xb8,
                                0x10,
                                0x9d,
                                0xad,
                                0x11,
                                0xd1,
                                0x80,
                                0xb4,
                                0x00,
                                0xc0,
                                0x4f,
                                0xd4,
                                0x30,
                                0xc8};
        KeyUuid uuid{};
        NS_TEST_ASSERT_MSG_EQ(ParseKeyUuid(text, uuid), true, "a UUID");
        NS_TEST_ASSERT_MSG_EQ((uuid == octets), true, "its octets");
        NS_TEST_ASSERT_MSG_EQ(KeyUuidText(octets), text, "and back");
        for (const std::string bad : {"",
                                      "key-1",
                                      "6ba7b8109dad11d180b400c04fd430c8",
                                      "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}",
                                      "6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
                                      "6ba7b810-9dad-11d1-80b4-00c04fd430c8 "})
        {
            NS_TEST_ASSERT_MSG_EQ(ParseKeyUuid(bad, uuid), false, "not a UUID: '" << bad << "'");
        }
        KeyIdHeader header;
        header.SetSequence(0x0102030405060708);
        header.SetOldest(3);
        header.SetStatus(503);
        header.SetKeyIds({octets, octets});
        Ptr<Packet> packet = Create<Packet>();
        packet->AddHeader(header);
        std::vector<uint8_t> bytes(packet->GetSize());
        packet->CopyData(bytes.data(), bytes.size());
        std::vector<uint8_t> golden = {1, 2, 3, 4, 5, 6, 7, 8,    0, 0,
                                       0, 0, 0, 0, 0, 3, 1, 0xf7, 0, 2};
        golden.insert(golden.end(), octets.begin(), octets.end());
        golden.insert(golden.end(), octets.begin(), octets.end());
        NS_TEST_ASSERT_MSG_EQ((bytes == golden), true, "network byte order");
        for (uint32_t size = 0; size <= bytes.size(); ++size)
        {
            KeyIdHeader read;
            const uint32_t got = Create<Packet>(bytes.data(), size)->PeekHeader(read);
            NS_TEST_ASSERT_MSG_EQ(got, (size == bytes.size() ? size : 0), size << " octets");
        }
        KeyIdHeader read;
        packet->RemoveHeader(read);
        NS_TEST_ASSERT_MSG_EQ(read.GetSequence(), 0x0102030405060708, "sequence");
        NS_TEST_ASSERT_MSG_EQ(read.GetStatus(), 503, "status");
        NS_TEST_ASSERT_MSG_EQ((read.GetKeyIds() == header.GetKeyIds()), true, "key IDs");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The exchange of key IDs over a link that is cut.
 */
class KeyIdExchangeTest : public TestCase
{
  public:
    KeyIdExchangeTest()
        : TestCase("Key IDs reach the slave's key supply once, whatever the network loses")
    {
    }

  private:
    /**
     * @brief Counts the messages that a slave received.
     * @param type type of the message
     */
    void CountReceived(const Address&, const Address&, uint16_t type, uint32_t, IncidentId)
    {
        m_notices += type == KEY_ID_NOTICE;
    }

    /**
     * @brief Counts acknowledgements that a master received.
     * @param status how the delivery ended
     */
    void CountAcknowledged(const ApplicationIdentity&, uint64_t, uint16_t status)
    {
        m_acknowledged += status == KEY_SUPPLY_OK;
    }

    /**
     * @brief Run with cuts.
     * @param ends ends that packets do not reach: 0 master, 1 slave
     * @param to end of the cut that begins at 5 s
     */
    void Run(const std::vector<uint32_t>& ends, Time to)
    {
        m_notices = 0;
        m_acknowledged = 0;
        ApplicationPair pair;
        pair.Get(0)->SetAttribute("Rate", DoubleValue(50));
        PointerValue endpoint;
        pair.Get(1)->GetAttribute("Endpoint", endpoint);
        endpoint.GetObject()->TraceConnectWithoutContext(
            "Received",
            MakeCallback(&KeyIdExchangeTest::CountReceived, this));
        pair.Get(0)->TraceConnectWithoutContext(
            "KeyIdsAcknowledged",
            MakeCallback(&KeyIdExchangeTest::CountAcknowledged, this));
        for (uint32_t end : ends)
        {
            pair.Cut(end, Seconds(5), to);
        }
        // the outbox ends with the master, so the rate ends before the application does
        pair.supply.getKey = [](uint32_t call) {
            return ScriptedAnswer{MilliSeconds(1), KEY_SUPPLY_OK, call > 2500};
        };
        pair.Run(Seconds(200), Seconds(201));
        NS_TEST_ASSERT_MSG_EQ(pair.log->Count(REQUEST_ON_TIME), 2500, "the master has its keys");
        NS_TEST_ASSERT_MSG_EQ(pair.log->GetKeysAtBoth(), 2500, "and so has the slave");
        NS_TEST_ASSERT_MSG_EQ(pair.log->GetViolations().size(), 0, "the same");
        NS_TEST_ASSERT_MSG_EQ(pair.supply.fetched.size(), 2500, "all IDs");
        for (const auto& fetched : pair.supply.fetched)
        {
            NS_TEST_ASSERT_MSG_EQ(fetched.second, 1, "calls for key " << fetched.first);
        }
        NS_TEST_ASSERT_MSG_EQ(m_acknowledged, 2500, "each is acknowledged once");
    }

    void DoRun() override
    {
        Run({}, Seconds(5));
        NS_TEST_ASSERT_MSG_EQ(m_notices, 2500, "nothing repeated without a cut");
        Run({0, 1}, Seconds(10));
        Run({0, 1}, Seconds(60));
        // nothing comes back: the master gives the connection up and repeats what had arrived
        Run({0}, Seconds(60));
        NS_TEST_ASSERT_MSG_GT(m_notices, 2500, "repeated after lost acknowledgements");
    }

    uint64_t m_notices{0};      //!< notices that the slave received
    uint64_t m_acknowledged{0}; //!< positive acknowledgements at the master
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Refusals at the slave.
 */
class DeliveryErrorTest : public TestCase
{
  public:
    DeliveryErrorTest()
        : TestCase("A key that the slave cannot have is reported at both ends")
    {
    }

  private:
    /**
     * @brief Trace sink of the slave.
     * @param who the application
     * @param status why
     */
    void TakeError(const ApplicationIdentity& who,
                   uint64_t,
                   const std::string&,
                   KeySupplyStatus status)
    {
        NS_TEST_ASSERT_MSG_EQ(who.sae, "A-slave", "the slave speaks");
        NS_TEST_ASSERT_MSG_EQ(who.peerSae, "A-master", "of its master");
        m_errors.push_back(status);
    }

    /**
     * @brief Trace sink of the master.
     * @param status how the delivery ended
     */
    void TakeAcknowledgement(const ApplicationIdentity&, uint64_t, uint16_t status)
    {
        m_acknowledged.push_back(status);
    }

    /**
     * @brief One request at 1 s.
     * @param script what the slave's key supply does
     * @param fetches expected calls of the slave
     * @param status expected error
     * @param unclaimed expected keys that came too late
     */
    void Run(const ScriptedKeySupply::Script& script,
             uint32_t fetches,
             KeySupplyStatus status,
             uint64_t unclaimed)
    {
        m_errors.clear();
        m_acknowledged.clear();
        ApplicationPair pair;
        pair.Get(0)->SetAttribute("Rate", DoubleValue(0.01));
        pair.Get(1)->SetAttribute("DeliveryRetries", UintegerValue(3));
        pair.Get(1)->SetAttribute("RequestLifetime", TimeValue(Seconds(10)));
        pair.supply.getKeyWithKeyIds = script;
        pair.Get(1)->TraceConnectWithoutContext("DeliveryError",
                                                MakeCallback(&DeliveryErrorTest::TakeError, this));
        pair.Get(0)->TraceConnectWithoutContext(
            "KeyIdsAcknowledged",
            MakeCallback(&DeliveryErrorTest::TakeAcknowledgement, this));
        pair.Run(Seconds(30), Seconds(40));
        NS_TEST_ASSERT_MSG_EQ(pair.supply.fetches, fetches, "calls");
        const bool good = status == KEY_SUPPLY_OK;
        NS_TEST_ASSERT_MSG_EQ(m_errors.size(), (good ? 0 : 1), "errors");
        NS_TEST_ASSERT_MSG_EQ(m_acknowledged.size(), 1, "acknowledgements");
        for (const uint16_t acknowledged : m_acknowledged)
        {
            NS_TEST_ASSERT_MSG_EQ(acknowledged, status, "acknowledgement");
        }
        for (const KeySupplyStatus error : m_errors)
        {
            NS_TEST_ASSERT_MSG_EQ(error, status, "error");
        }
        NS_TEST_ASSERT_MSG_EQ(pair.log->GetDeliveryErrors(), m_errors.size(), "in the log");
        NS_TEST_ASSERT_MSG_EQ(pair.log->GetKeysAtBoth(), (good ? 1 : 0), "at both");
        NS_TEST_ASSERT_MSG_EQ(pair.log->GetKeysAtMasterOnly(), (good ? 0 : 1), "at one");
        NS_TEST_ASSERT_MSG_EQ(pair.log->GetUnclaimedAtSlave(), unclaimed, "unclaimed");
    }

    void DoRun() override
    {
        const Time ms = MilliSeconds(1);
        Run(
            [ms](uint32_t) {
                return ScriptedAnswer{ms, KEY_SUPPLY_BAD_REQUEST, false};
            },
            1,
            KEY_SUPPLY_BAD_REQUEST,
            0);
        Run(
            [ms](uint32_t) {
                return ScriptedAnswer{ms, KEY_SUPPLY_UNAVAILABLE, false};
            },
            4,
            KEY_SUPPLY_UNAVAILABLE,
            0);
        Run(
            [ms](uint32_t call) {
                return ScriptedAnswer{ms, call < 4 ? KEY_SUPPLY_UNAVAILABLE : KEY_SUPPLY_OK, false};
            },
            4,
            KEY_SUPPLY_OK,
            0);
        Run(
            [ms](uint32_t) {
                return ScriptedAnswer{ms, KEY_SUPPLY_OK, true};
            },
            1,
            KEY_SUPPLY_UNAVAILABLE,
            0);
        Run(
            [](uint32_t) {
                return ScriptedAnswer{Seconds(11), KEY_SUPPLY_OK, false};
            },
            1,
            KEY_SUPPLY_UNAVAILABLE,
            1);
    }

    std::vector<KeySupplyStatus> m_errors; //!< errors at the slave
    std::vector<uint16_t> m_acknowledged;  //!< acknowledgements at the master
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Messages that no master sends.
 */
class KeyIdBadMessageTest : public TestCase
{
  public:
    KeyIdBadMessageTest()
        : TestCase("A slave drops messages that it does not understand and goes on")
    {
    }

  private:
    /**
     * @brief Counts dropped messages.
     * @param bytes size of the message
     */
    void TakeDrop(const ApplicationIdentity&, uint16_t, uint32_t bytes)
    {
        m_dropped.push_back(bytes);
    }

    /**
     * @brief Counts messages of the slave.
     * @param type type of the message
     * @param packet the message
     */
    void TakeMessage(PeerId, uint16_t type, Ptr<Packet> packet, IncidentId)
    {
        KeyIdHeader header;
        packet->RemoveHeader(header);
        NS_TEST_EXPECT_MSG_EQ(type, KEY_ID_ACKNOWLEDGEMENT, "type");
        m_acknowledged.push_back(header.GetSequence());
    }

    /**
     * @brief A message.
     * @param sequence number of the request
     * @param oldest lowest number that may still come
     * @param keys number of key IDs
     * @return the message
     */
    static Ptr<Packet> Make(uint64_t sequence, uint64_t oldest, uint32_t keys)
    {
        KeyIdHeader header;
        header.SetSequence(sequence);
        header.SetOldest(oldest);
        KeyUuid uuid{};
        ParseKeyUuid(KsaKeyUuid("m", 1), uuid);
        header.SetKeyIds(std::vector<KeyUuid>(keys, uuid));
        Ptr<Packet> packet = Create<Packet>();
        packet->AddHeader(header);
        return packet;
    }

    void DoRun() override
    {
        ApplicationPair pair;
        pair.Get(0)->SetStartTime(Seconds(100)); // this test takes its place
        pair.Get(1)->TraceConnectWithoutContext("MessageDropped",
                                                MakeCallback(&KeyIdBadMessageTest::TakeDrop, this));
        pair.supply.getKeyWithKeyIds = [](uint32_t) {
            return ScriptedAnswer{MilliSeconds(1), KEY_SUPPLY_BAD_REQUEST, false};
        };
        AddressValue local;
        AddressValue remote;
        pair.Get(0)->GetAttribute("LocalAddress", local);
        pair.Get(0)->GetAttribute("PeerAddress", remote);
        Ptr<MessageEndpoint> endpoint = CreateObject<MessageEndpoint>();
        endpoint->SetNode(pair.nodes.Get(0));
        endpoint->SetReceiveCallback(MakeCallback(&KeyIdBadMessageTest::TakeMessage, this));
        endpoint->Listen(local.Get());
        const PeerId slave = endpoint->AddPeer(remote.Get());
        Simulator::Schedule(Seconds(5), [&]() {
            endpoint->Send(slave, KEY_ID_NOTICE, Create<Packet>());
            endpoint->Send(slave, KEY_ID_NOTICE, Create<Packet>(19));
            endpoint->Send(slave, KEY_ID_NOTICE, Make(1, 1, 1)->CreateFragment(0, 35));
            Ptr<Packet> longer = Make(1, 1, 1);
            longer->AddAtEnd(Create<Packet>(1));
            endpoint->Send(slave, KEY_ID_NOTICE, longer);
            endpoint->Send(slave, KEY_ID_NOTICE, Make(1, 1, 0));
            endpoint->Send(slave, KEY_ID_NOTICE, Make(1, 2, 1));
            endpoint->Send(slave, KEY_ID_ACKNOWLEDGEMENT, Make(1, 1, 0));
            endpoint->Send(slave, 9, Make(1, 1, 1));
            endpoint->Send(slave, KEY_ID_NOTICE, Make(1, 1, 1));
        });
        Simulator::Stop(Seconds(10));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ((m_dropped == std::vector<uint32_t>{0, 19, 35, 37, 20, 36, 20, 36}),
                              true,
                              "eight bad messages");
        NS_TEST_ASSERT_MSG_EQ((m_acknowledged == std::vector<uint64_t>{1}), true, "a good one");
        NS_TEST_ASSERT_MSG_EQ(pair.supply.fetches, 1, "calls");
        endpoint->Dispose();
        Simulator::Destroy();
    }

    std::vector<uint32_t> m_dropped;      //!< sizes of the messages that were dropped
    std::vector<uint64_t> m_acknowledged; //!< requests that the slave acknowledged
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The slave's memory of what it collected.
 */
class KeyCollectorTest : public TestCase
{
  public:
    KeyCollectorTest()
        : TestCase("A collector asks once, acknowledges again, and forgets what is closed")
    {
    }

  private:
    /// Takes the keys of the master.
    void TakeAnswer(const KeyContainer&)
    {
    }

    /**
     * @brief Takes a key.
     * @param sequence number of the request
     */
    void TakeKey(uint64_t sequence, const SuppliedKey&)
    {
        m_keys.push_back(sequence);
    }

    /// Takes an error; none is expected.
    void TakeError(uint64_t, const std::string&, KeySupplyStatus)
    {
        NS_TEST_EXPECT_MSG_EQ(true, false, "an error");
    }

    /**
     * @brief Takes the end of a delivery.
     * @param sequence number of the request
     */
    void TakeEnd(uint64_t sequence, KeySupplyStatus)
    {
        m_ends.push_back(sequence);
    }

    void DoRun() override
    {
        ScriptedKeySupply supply;
        std::vector<std::string> ids;
        for (uint32_t i = 0; i < 4; ++i)
        {
            supply.GetKey("m",
                          "s",
                          KeySupplyRequest(),
                          MakeCallback(&KeyCollectorTest::TakeAnswer, this));
            ids.push_back(KsaKeyUuid("m", i + 1));
        }
        const auto collector = Create<KeyCollector>(
            KeyCollector::Settings{&supply, "s", "m", MilliSeconds(100), 1, Seconds(10)},
            KeyCollector::Listener{MakeCallback(&KeyCollectorTest::TakeKey, this),
                                   MakeCallback(&KeyCollectorTest::TakeKey, this),
                                   MakeCallback(&KeyCollectorTest::TakeError, this),
                                   MakeCallback(&KeyCollectorTest::TakeEnd, this)});
        const auto collect = [&](uint32_t atMs, uint64_t sequence, uint64_t oldest) {
            Simulator::Schedule(MilliSeconds(atMs), [&, sequence, oldest]() {
                collector->Collect(sequence, oldest, {ids[sequence - 1]});
            });
        };
        collect(10, 2, 1);
        collect(10, 2, 1); // under way
        collect(20, 2, 1); // ended: acknowledged again
        collect(30, 1, 1);
        collect(40, 3, 3); // 1 and 2 are closed
        collect(50, 2, 2); // an old message that comes late
        collect(60, 3, 3);
        Simulator::Stop(MilliSeconds(70));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ((m_keys == std::vector<uint64_t>{2, 1, 3}), true, "keys, once");
        NS_TEST_ASSERT_MSG_EQ((m_ends == std::vector<uint64_t>{2, 2, 1, 3, 3}), true, "ends");
        NS_TEST_ASSERT_MSG_EQ(supply.fetches, 3, "calls");
        NS_TEST_ASSERT_MSG_EQ(collector->GetRemembered(), 1, "only request 3");
        collector->Stop();
        NS_TEST_ASSERT_MSG_EQ(collector->GetRemembered(), 0, "nothing after the stop");
        Simulator::Destroy();
    }

    std::vector<uint64_t> m_keys; //!< requests whose key came
    std::vector<uint64_t> m_ends; //!< requests that were acknowledged
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The checks of the request log.
 */
class RequestLogTest : public TestCase
{
  public:
    RequestLogTest()
        : TestCase("The log sees keys that differ, and what one application never got")
    {
    }

  private:
    void DoRun() override
    {
        ApplicationPair different;
        different.supply.corrupt = true;
        different.Run(MilliSeconds(3500), Seconds(5));
        NS_TEST_ASSERT_MSG_EQ(different.log->GetViolations().size(), 3, "three keys differ");
        KeyViolation violation;
        if (different.log->GetViolations().size() > 1)
        {
            violation = different.log->GetViolations()[1];
        }
        NS_TEST_ASSERT_MSG_EQ(violation.kind, KEY_BYTES_DIFFER, "kind");
        NS_TEST_ASSERT_MSG_EQ(violation.sequence, 2, "request");
        NS_TEST_ASSERT_MSG_EQ(violation.keyId, KsaKeyUuid("A-master", 2), "key");
        NS_TEST_ASSERT_MSG_EQ(different.log->GetKeysAtBoth(), 0, "none agree");
        NS_TEST_ASSERT_MSG_EQ(different.log->GetSession(), "A", "session");

        ApplicationPair alone; // the slave starts too late and the outbox is small
        alone.Get(0)->SetAttribute("Rate", DoubleValue(10));
        alone.Get(0)->SetAttribute("OutboxLimit", UintegerValue(25));
        alone.Get(1)->SetStartTime(Seconds(100));
        alone.Run(Seconds(11), Seconds(110));
        NS_TEST_ASSERT_MSG_EQ(alone.log->Count(REQUEST_ON_TIME), 100, "the master goes on");
        NS_TEST_ASSERT_MSG_EQ(alone.log->GetKeyIdsDropped(), 75, "the outbox is bounded");
        NS_TEST_ASSERT_MSG_EQ(alone.log->GetKeysAtMasterOnly(), 100, "the slave has none");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the key IDs between the applications of a pair.
 */
class QkdnKeyIdExchangeTestSuite : public TestSuite
{
  public:
    QkdnKeyIdExchangeTestSuite()
        : TestSuite("qkdn-key-id-exchange", Type::UNIT)
    {
        AddTestCase(new KeyIdHeaderTest);
        AddTestCase(new KeyIdExchangeTest);
        AddTestCase(new DeliveryErrorTest);
        AddTestCase(new KeyIdBadMessageTest);
        AddTestCase(new KeyCollectorTest);
        AddTestCase(new RequestLogTest);
    }
};

static QkdnKeyIdExchangeTestSuite g_qkdnKeyIdExchangeTestSuite; //!< registers the suite
