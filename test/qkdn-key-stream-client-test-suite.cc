/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-delivery-test-network.h"
#include "qkdn-key-stream-network.h"

#include "ns3/qkdn-key-stream-client.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/test.h"

#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// What applications are answered.
struct Answers
{
    std::vector<KeyContainer> keys;     //!< to calls for keys
    std::vector<KeySupplyState> states; //!< to calls for the status
};

/// @cond
void
TakeKeys(Answers* answers, const KeyContainer& container)
{
    answers->keys.push_back(container);
}

void
TakeState(Answers* answers, const KeySupplyState& state)
{
    answers->states.push_back(state);
}

/// @endcond

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Names of chunks, and calls of KeyStreamClient.
 */
class KeyStreamClientTest : public TestCase
{
  public:
    KeyStreamClientTest()
        : TestCase("Calls for keys become GET_KEY, and what a stream cannot do is refused")
    {
    }

  private:
    void DoRun() override
    {
        CheckNames();
        StreamNetwork net;
        const std::string id = MakeKeyStreamId("client");
        const std::string names[] = {StreamNetwork::Master(0), StreamNetwork::Slave(0)};
        Ptr<KeyStreamClient> clients[2];
        for (const int end : {0, 1})
        {
            clients[end] = CreateObject<KeyStreamClient>();
            clients[end]->Configure(PeekPointer(net.Km(end)->GetKeyStreamAgent()),
                                    names[end],
                                    names[1 - end],
                                    id,
                                    Patient(300));
            At(0.5 + end, [&clients, end] { clients[end]->Start(); });
        }
        Answers master;
        Answers slave;
        const auto get = [&](const KeySupplyRequest& request) {
            clients[0]->GetKey(names[0], names[1], request, MakeBoundCallback(&TakeKeys, &master));
        };
        const auto fetch = [&](const std::vector<std::string>& ids) {
            clients[1]->GetKeyWithKeyIds(names[1],
                                         names[0],
                                         ids,
                                         MakeBoundCallback(&TakeKeys, &slave));
        };
        At(1, [&] { get(KeySupplyRequest()); }); // the peer is not connected
        At(3, [&] {
            get(KeySupplyRequest());
            KeySupplyRequest wrong;
            wrong.number = 2;
            get(wrong);
            wrong = KeySupplyRequest();
            wrong.sizeBit = 512;
            get(wrong);
            wrong = KeySupplyRequest();
            wrong.mandatoryExtensions = {"x"};
            get(wrong);
            clients[0]->GetKey(names[1], names[0], wrong, MakeBoundCallback(&TakeKeys, &master));
            clients[0]->GetStatus(names[0], names[1], MakeBoundCallback(&TakeState, &master));
        });
        At(4, [&] {
            fetch({KeyStreamChunkId(id, 0)});
            fetch({KeyStreamChunkId(id, 0)}); // once
            fetch({KeyStreamChunkId(MakeKeyStreamId("other"), 0)});
            fetch({KeyStreamChunkId(id, 1), KeyStreamChunkId(id, 2)});
            fetch({});
        });
        At(5, [&] {
            clients[1]->Stop();
            get(KeySupplyRequest());
        });
        RunUntil(7);
        Expect(master, {503, 400, 400, 400, 400, 200, 503}, "master");
        Expect(slave, {200, 400, 400, 400, 400}, "slave");
        NS_TEST_ASSERT_MSG_EQ(master.states.size(), 1, "one answer");
        NS_TEST_EXPECT_MSG_EQ(master.states[0].status, KEY_SUPPLY_BAD_REQUEST, "no status");
        if (master.keys.size() < 6 || master.keys[5].keys.empty() || slave.keys.empty() ||
            slave.keys[0].keys.empty())
        {
            NS_TEST_ASSERT_MSG_EQ(true, false, "no key to compare");
        }
        const SuppliedKey& mine = master.keys[5].keys.at(0);
        const SuppliedKey& theirs = slave.keys[0].keys.at(0);
        NS_TEST_EXPECT_MSG_EQ(mine.keyId, theirs.keyId, "one name");
        NS_TEST_EXPECT_MSG_EQ((mine.material.ToBytes() == theirs.material.ToBytes()), true, "key");
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "the books");
        Simulator::Destroy();
    }

    /**
     * @brief Compare answers.
     * @param answers the answers
     * @param expected their status in the order of time
     * @param who whose they are
     */
    void Expect(const Answers& answers, const std::vector<int>& expected, const std::string& who)
    {
        NS_TEST_ASSERT_MSG_EQ(answers.keys.size(), expected.size(), "answers to the " << who);
        for (std::size_t i = 0; i < expected.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(int{answers.keys[i].status}, expected[i], who << " " << i);
        }
    }

    /// There and back.
    void CheckNames()
    {
        const std::string id = MakeKeyStreamId("names");
        for (const uint32_t index : {0U, 1U, 255U, 65536U, UINT32_MAX})
        {
            const std::string name = KeyStreamChunkId(id, index);
            NS_TEST_EXPECT_MSG_EQ(IsKeyStreamId(name), true, "a UUID");
            const auto read = KeyStreamChunkIndex(id, name);
            NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "it names a chunk");
            NS_TEST_EXPECT_MSG_EQ(*read, index, "the same");
        }
        NS_TEST_EXPECT_MSG_EQ(KeyStreamChunkIndex(id, MakeKeyStreamId("x")).has_value(), false, "");
        NS_TEST_EXPECT_MSG_EQ(KeyStreamChunkIndex(id, "x").has_value(), false, "no UUID");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A session of a scenario over a key stream, with a crash.
 */
class KeyStreamScenarioTest : public TestCase
{
  public:
    KeyStreamScenarioTest()
        : TestCase("A session of a scenario over a key stream, with a crash of either key manager")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string crashed : {"A", "B"})
        {
            KeyDeliveryTestNetwork net(
                R"("rate_keys_per_s": 10, "start_s": 2, "stop_s": 40, "deadline_s": 0.5)",
                R"(, "faults": [{"type": "km-crash", "target": ")" + crashed +
                    R"(", "at_s": 10, "repair_after_s": 5}])",
                R"(, "ak": "stream")");
            RunUntil(120);
            const RequestLog& log = net.Log();
            NS_TEST_EXPECT_MSG_EQ(log.GetViolations().size(), 0, "equal keys at both ends");
            NS_TEST_EXPECT_MSG_EQ(log.GetRecords().size(), 380, "requests");
            std::size_t early = 0;
            std::size_t hit = 0;
            std::size_t late = 0;
            for (const RequestRecord& record : log.GetRecords())
            {
                const bool onTime = record.outcome == REQUEST_ON_TIME;
                early += record.issued < Seconds(9.9) && onTime ? 1 : 0;
                late += record.issued > Seconds(20) && onTime ? 1 : 0;
                const bool during = record.issued > Seconds(10.1) && record.issued < Seconds(13.9);
                hit += during && onTime ? 1 : 0;
            }
            NS_TEST_EXPECT_MSG_GT(early, 77, "served before the crash of " << crashed);
            NS_TEST_EXPECT_MSG_EQ(hit, 0, "not served during the crash of " << crashed);
            NS_TEST_EXPECT_MSG_GT(late, 198, "served after the crash of " << crashed);
            const ExperimentResults results = net.Builder().GetMonitor()->Collect(Time(0));
            NS_TEST_ASSERT_MSG_EQ(results.sessions.size(), 1, "one session");
            NS_TEST_EXPECT_MSG_EQ(results.sessions[0].interruptions.size(), 1, "one interruption");
            NS_TEST_EXPECT_MSG_GT(results.sessions[0].longestOutage, Seconds(5), "the crash");
            NS_TEST_EXPECT_MSG_LT(results.sessions[0].longestOutage, Seconds(8.5), "and return");
            NS_TEST_EXPECT_MSG_EQ(results.conservation.Balances(), true, "books");
            NS_TEST_EXPECT_MSG_EQ(results.conservation.violations.size(), 0, "violations");
            const KsaFigures ksa = results.conservation.GetKsaTotal();
            NS_TEST_EXPECT_MSG_EQ(ksa.stored + ksa.inFlight, 0, "nothing is left");
            NS_TEST_EXPECT_MSG_EQ(ksa.supplied, 256 * log.GetKeysAtBoth(), "what both have");
            Simulator::Destroy();
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A key manager whose share of a pool its neighbour has got has none for the tag of the
 * exchange that opens a key stream; it is to be granted some.
 */
class KeyStreamStarvedTest : public TestCase
{
  public:
    KeyStreamStarvedTest()
        : TestCase("A key stream is opened over a pool that the neighbour alone has used")
    {
    }

  private:
    void DoRun() override
    {
        const std::string link = R"("initial_state": "running",
            "protocol": {"type": "measured", "rate_bps": 20000, "block_key_bit": 20000}})";
        const Scenario scenario = ScenarioReader::ReadString(
            R"({"name": "starved", "simulation": {"duration_s": 12, "distillation": "ideal"},
                "nodes": [{"id": "1"}, {"id": "2"}, {"id": "3"}],
                "fibres": [{"id": "f12", "a": "1", "b": "2", "length_km": 10},
                           {"id": "f23", "a": "2", "b": "3", "length_km": 10}],
                "routing": {"provider": "link-state", "cost": "hops"},
                "key_management": {"kx_authentication": "its-per-batch", "reserve_bit": 0},
                "qkd_links": [
                    {"id": "L12", "tx": "1", "rx": "2", "fibres": ["f12"],
                     "initial_pool_bit": 300, )" +
                link + R"(, {"id": "L23", "tx": "2", "rx": "3", "fibres": ["f23"],
                     "initial_pool_bit": 20000, )" +
                link + R"(],
                "sessions": [
                    {"id": "D", "master": "2", "slave": "1", "key_size_bit": 256,
                     "rate_keys_per_s": 20, "start_s": 0.2},
                    {"id": "S", "master": "1", "slave": "3", "key_size_bit": 256,
                     "rate_keys_per_s": 2, "start_s": 4, "stop_s": 10, "ak": "stream"}]})",
            "starved");
        const ExperimentResults results = ScenarioRunner().Run(scenario, "starved");
        NS_TEST_ASSERT_MSG_EQ(results.sessions.size(), 2, "two sessions");
        for (const SessionResult& session : results.sessions)
        {
            NS_TEST_EXPECT_MSG_EQ(session.supplied, session.requested, session.id << " is served");
        }
        NS_TEST_EXPECT_MSG_EQ(results.conservation.Balances(), true, "books");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of applications that use key streams.
 */
class QkdnKeyStreamClientTestSuite : public TestSuite
{
  public:
    QkdnKeyStreamClientTestSuite()
        : TestSuite("qkdn-key-stream-client", Type::UNIT)
    {
        AddTestCase(new KeyStreamClientTest);
        AddTestCase(new KeyStreamScenarioTest);
        AddTestCase(new KeyStreamStarvedTest);
    }
};

static QkdnKeyStreamClientTestSuite g_qkdnKeyStreamClientTestSuite; //!< registers the suite
