/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-delivery-test-network.h"
#include "qkdn-one-link-test-network.h"
#include "qkdn-scenario-error-test.h"

#include "ns3/ipv4-header.h"
#include "ns3/pcap-file.h"
#include "ns3/ppp-header.h"
#include "ns3/tcp-header.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <map>
#include <memory>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const std::string M = "there-master"; //!< SAE id of the master
const std::string S = "there-slave";  //!< SAE id of the slave

/// Takes any answer to a call.
template <typename Answer>
void
Note(std::shared_ptr<Answer> noted, const Answer& answer)
{
    *noted = answer;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Applications on nodes of their own, through failures.
 */
class KeyDeliveryFailureTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name what fails
     * @param faults array of the faults
     * @param more further members of the scenario
     * @param outage whether requests are expected to be lost
     */
    KeyDeliveryFailureTest(const std::string& name,
                           const std::string& faults,
                           const std::string& more,
                           bool outage)
        : TestCase("Keys over HTTP when this fails: " + name),
          m_more(", \"faults\": " + faults + more),
          m_outage(outage)
    {
    }

  private:
    void DoRun() override
    {
        const KeyDeliveryTestNetwork net(
            R"("rate_keys_per_s": 20, "stop_s": 40.04, "deadline_s": 2)",
            m_more);
        KeyDeliveryTestNetwork::RunFor(Seconds(110));
        const RequestLog& log = net.Log();
        NS_TEST_EXPECT_MSG_EQ(net.Problem(), "", "books");
        NS_TEST_EXPECT_MSG_EQ((log.Count(REQUEST_LOST) > 0), m_outage, "lost requests");
        NS_TEST_EXPECT_MSG_GT(log.Count(REQUEST_ON_TIME), 400, "most of 801 are on time");
        const RequestRecord& last = log.GetRecords().back();
        NS_TEST_EXPECT_MSG_EQ(last.outcome, REQUEST_ON_TIME, "supply goes on");
        const KsaLedger ksa = net.Ksa();
        NS_TEST_EXPECT_MSG_EQ(ksa.keys[KSA_SUPPLIED],
                              log.GetKeysAtBoth(),
                              "supplied: both applications hold it");
        NS_TEST_EXPECT_MSG_EQ(ksa.keys[KSA_STORED] + ksa.keys[KSA_IN_FLIGHT],
                              0,
                              "nothing is kept for ever");
        NS_TEST_EXPECT_MSG_EQ(net.Km("A")->GetKeyDeliveryServer()->GetKeptCalls() +
                                  net.Km("B")->GetKeyDeliveryServer()->GetKeptCalls(),
                              0,
                              "no answer is kept for ever");
        Simulator::Destroy();
    }

    std::string m_more; //!< further members of the scenario
    bool m_outage;      //!< whether requests are expected to be lost
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Crashes and cuts at many instants around answers.
 */
class KeyDeliveryInstantsTest : public TestCase
{
  public:
    KeyDeliveryInstantsTest()
        : TestCase("No key is lost or doubled, whenever the answer is lost")
    {
    }

  private:
    /**
     * @brief One request, and a failure some time after it.
     * @param fault type and target of the fault
     * @param us time from the request to the fault, microseconds
     * @param run for how long to run
     */
    void Run(const std::string& fault, int64_t us, Time run)
    {
        std::ostringstream at;
        at << std::fixed << 10 + 1e-6 * static_cast<double>(us);
        const KeyDeliveryTestNetwork net(
            R"("rate_keys_per_s": 0.01, "start_s": 10, "stop_s": 99, "deadline_s": 8)",
            R"(, "faults": [{"at_s": )" + at.str() + R"(, "repair_after_s": 5, )" + fault + "}]");
        KeyDeliveryTestNetwork::RunFor(run);
        const std::string when = fault + " after " + std::to_string(us) + " us";
        NS_TEST_EXPECT_MSG_EQ(net.Problem(), "", when);
        NS_TEST_EXPECT_MSG_EQ(net.Log().GetRecords().size(), 1, when << ": one request");
        NS_TEST_EXPECT_MSG_EQ(net.Log().GetKeysAtBoth(), 1, when << ": both have its key");
        const KsaLedger ksa = net.Ksa();
        NS_TEST_EXPECT_MSG_EQ(ksa.keys[KSA_SUPPLIED], 1, when << ": supplied");
        NS_TEST_EXPECT_MSG_EQ(ksa.createdKeys - ksa.keys[KSA_SUPPLIED],
                              ksa.keys[KSA_VOIDED] + ksa.keys[KSA_EXPIRED],
                              when << ": the others are accounted for");
        m_doubled += ksa.createdKeys - 1;
        Simulator::Destroy();
    }

    void DoRun() override
    {
        // the request takes 5 us to A, the key 125 us to B and back, the answer 5 us, and so on
        for (int64_t us = 1; us < 900; us += 75)
        {
            Run(R"("type": "classical-link-failure", "target": "m")", us, Seconds(30));
            Run(R"("type": "classical-link-failure", "target": "s")", us, Seconds(30));
        }
        NS_TEST_EXPECT_MSG_EQ(m_doubled, 0, "a cut alone makes no second key");
        for (int64_t us = 1; us < 900; us += 75)
        {
            Run(R"("type": "km-crash", "target": "A")", us, Seconds(80));
            Run(R"("type": "km-crash", "target": "B")", us, Seconds(80));
        }
    }

    uint64_t m_doubled{0}; //!< keys beyond one for each request
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Calls in process and over HTTP.
 */
class KeyDeliveryFormsTest : public TestCase
{
  public:
    KeyDeliveryFormsTest()
        : TestCase("Calls in process and over HTTP get the same answers")
    {
    }

  private:
    /// What the calls of a script got.
    using Answers = std::vector<std::string>;

    /**
     * @brief Describe an answer.
     * @param container the answer
     * @return status, text, and keys
     */
    static std::string Describe(const KeyContainer& container)
    {
        std::ostringstream text;
        text << container.status << ' ' << container.error.message;
        for (const auto& [name, value] : container.error.details)
        {
            text << ' ' << name << '=' << value;
        }
        for (const SuppliedKey& key : container.keys)
        {
            text << ' ' << key.keyId << ' ' << key.material.GetBits();
        }
        return text.str();
    }

    /**
     * @brief Get keys.
     * @param service the key supply
     * @param caller who asks
     * @param slave the slave application
     * @param request what is asked for
     * @return the answer
     */
    static KeyContainer Get(KeySupplyService* service,
                            const std::string& caller,
                            const std::string& slave,
                            const KeySupplyRequest& request)
    {
        const auto answer = std::make_shared<KeyContainer>();
        answer->error.message = "no answer";
        service->GetKey(caller, slave, request, MakeBoundCallback(&Note<KeyContainer>, answer));
        KeyDeliveryTestNetwork::RunFor(MilliSeconds(200));
        return *answer;
    }

    /**
     * @brief Fetch keys.
     * @param service the key supply
     * @param caller who asks
     * @param ids UUIDs
     * @return the answer
     */
    static KeyContainer Fetch(KeySupplyService* service,
                              const std::string& caller,
                              const std::vector<std::string>& ids)
    {
        const auto answer = std::make_shared<KeyContainer>();
        answer->error.message = "no answer";
        service->GetKeyWithKeyIds(caller, M, ids, MakeBoundCallback(&Note<KeyContainer>, answer));
        KeyDeliveryTestNetwork::RunFor(MilliSeconds(200));
        return *answer;
    }

    /**
     * @brief Make the same calls.
     * @param master key supply of the master
     * @param slave key supply of the slave
     * @return what they got
     */
    static Answers Script(KeySupplyService* master, KeySupplyService* slave)
    {
        Answers answers;
        const auto get = [&](uint32_t number, uint32_t size, const std::string& to) {
            KeySupplyRequest request;
            request.number = number;
            request.sizeBit = size;
            const KeyContainer got = Get(master, M, to, request);
            answers.push_back(Describe(got));
            return got;
        };
        const KeyContainer three = get(3, 0, S);
        get(1, 12, S);
        get(129, 0, S);
        get(1, 1000008, S);
        get(128, 1000000, S);
        get(1, 0, "nobody");
        KeySupplyRequest odd;
        odd.mandatoryExtensions = {"x", "y"};
        answers.push_back(Describe(Get(master, M, S, odd)));
        odd = KeySupplyRequest();
        odd.additionalSlaveSaes = {"z"};
        answers.push_back(Describe(Get(master, M, S, odd)));
        const std::string first = three.keys.at(0).keyId;
        const std::string second = three.keys.at(1).keyId;
        answers.push_back(Describe(Fetch(slave, S, {first, first})));
        answers.push_back(Describe(Fetch(slave, S, {"00000000-0000-5000-8000-000000000000"})));
        const KeyContainer fetched = Fetch(slave, S, {second, first});
        answers.push_back(Describe(fetched));
        answers.push_back(fetched.keys.at(1).material.ToBytes() ==
                                  three.keys.at(0).material.ToBytes()
                              ? "same bits"
                              : "other bits");
        answers.push_back(Describe(Fetch(slave, S, {first})));
        const auto answer = std::make_shared<KeySupplyState>();
        master->GetStatus(M, S, MakeBoundCallback(&Note<KeySupplyState>, answer));
        KeyDeliveryTestNetwork::RunFor(MilliSeconds(200));
        const KeySupplyState& state = *answer;
        std::ostringstream text;
        text << state.status << ' ' << state.sourceKme << ' ' << state.targetKme << ' '
             << state.masterSae << ' ' << state.slaveSae << ' ' << state.keySizeBit << ' '
             << state.maxKeyCount << ' ' << state.maxKeyPerRequest << ' ' << state.maxKeySizeBit
             << ' ' << state.minKeySizeBit << ' ' << state.maxSaeIdCount;
        answers.push_back(text.str());
        return answers;
    }

    void DoRun() override
    {
        Answers inProcess;
        Answers http;
        {
            const KeyDeliveryTestNetwork net(KeyDeliveryTestNetwork::QUIET, "", "");
            KeyDeliveryTestNetwork::RunFor(Seconds(1));
            inProcess = Script(PeekPointer(net.Km("A")), PeekPointer(net.Km("B")));
            NS_TEST_EXPECT_MSG_EQ(net.Ksa().keys[KSA_SUPPLIED], 2, "both applications have two");
            Simulator::Destroy();
        }
        {
            const KeyDeliveryTestNetwork net;
            Ptr<KeyDeliveryClient> clients[2];
            for (const bool master : {true, false})
            {
                clients[master] = CreateObject<KeyDeliveryClient>();
                clients[master]->Configure(net.Host(master),
                                           PlantHelper::GetServiceAddress(net.Host(master)),
                                           net.Server(master ? "A" : "B"),
                                           master ? M : S);
            }
            KeyDeliveryTestNetwork::RunFor(Seconds(1));
            http = Script(PeekPointer(clients[true]), PeekPointer(clients[false]));
            NS_TEST_EXPECT_MSG_EQ(net.Problem(), "", "books");
            NS_TEST_EXPECT_MSG_EQ(clients[true]->GetOpenCalls(), 0, "all answered");
            NS_TEST_EXPECT_MSG_EQ(Get(PeekPointer(clients[true]), S, M, KeySupplyRequest()).status,
                                  KEY_SUPPLY_UNAUTHORIZED,
                                  "the client has one identity");
            net.Km("A")->Crash();
            const KeyContainer none = Get(PeekPointer(clients[true]), M, S, KeySupplyRequest());
            NS_TEST_EXPECT_MSG_EQ(none.error.message, "no answer", "it tries again");
            KeyDeliveryTestNetwork::RunFor(Seconds(10));
            NS_TEST_EXPECT_MSG_EQ(clients[true]->GetOpenCalls(), 0, "until CallTimeout");
            Simulator::Destroy();
        }
        NS_TEST_ASSERT_MSG_EQ(inProcess.size(), http.size(), "as many");
        for (std::size_t i = 0; i < http.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(http[i], inProcess[i], "call " << i);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Scenarios whose applications are in the wrong place.
 */
class KeyDeliveryScenarioTest : public ScenarioErrorTest
{
  public:
    KeyDeliveryScenarioTest()
        : ScenarioErrorTest("Applications that cannot call their key managers are refused")
    {
    }

  private:
    void DoRun() override
    {
        const std::string nodes = R"([{"id": "A"}, {"id": "B"}, {"id": "C"}, {"id": "D"}])";
        const std::string text = SmallScenario(nodes, std::string("[") + LINK + "]", "");
        const auto expect =
            [&](const std::string& members, const std::string& place, const std::string& words) {
                std::string wrong = text;
                wrong.insert(wrong.find(R"("master")"), members + ", ");
                Expect(wrong, {}, "/sessions/0" + place, words);
            };
        expect(R"("ak": "https")", "/ak", "https");
        expect(R"("master_application": "C")", "/master_application", "in process");
        expect(R"("ak": "http", "master_application": "X")", "/master_application", "X");
        expect(R"("ak": "http", "slave_application": "D")", "/slave_application", "classical");
        expect(R"("ak": "http", "master_application": "B")", "/slave_application", "both");
        std::string right = text;
        right.insert(right.find(R"("master")"), R"("ak": "http", "master_application": "C", )");
        const Scenario scenario = ScenarioReader::ReadString(right, "right");
        NS_TEST_EXPECT_MSG_EQ(scenario.sessions.at(0).GetApplicationNode(true), "C", "master");
        NS_TEST_EXPECT_MSG_EQ(scenario.sessions.at(0).GetApplicationNode(false), "B", "slave");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a capture shows.
 */
class KeyDeliveryPcapTest : public TestCase
{
  public:
    KeyDeliveryPcapTest()
        : TestCase("A capture shows readable HTTP")
    {
    }

  private:
    /**
     * @brief Read the TCP payload of a capture.
     * @param file the capture
     * @return payload by source port; ports of applications are joined
     */
    static std::map<bool, std::string> Read(const std::string& file)
    {
        std::map<bool, std::string> streams;
        PcapFile pcap;
        pcap.Open(file, std::ios::in);
        std::vector<uint8_t> buffer(65536);
        while (true)
        {
            uint32_t ignored = 0;
            uint32_t length = 0;
            pcap.Read(buffer.data(), 65536, ignored, ignored, ignored, ignored, length);
            if (pcap.Eof())
            {
                return streams;
            }
            const Ptr<Packet> packet = Create<Packet>(buffer.data(), length);
            PppHeader ppp;
            packet->RemoveHeader(ppp);
            Ipv4Header ip;
            packet->RemoveHeader(ip);
            TcpHeader tcp;
            packet->RemoveHeader(tcp);
            const bool answer = tcp.GetSourcePort() == KeyManagerHelper::AK_PORT;
            if (answer || tcp.GetDestinationPort() == KeyManagerHelper::AK_PORT)
            {
                std::string text(packet->GetSize(), ' ');
                packet->CopyData(reinterpret_cast<uint8_t*>(text.data()), packet->GetSize());
                streams[answer] += text;
            }
        }
    }

    void DoRun() override
    {
        const std::string prefix = CreateTempDirFilename("ak");
        std::string file;
        {
            const KeyDeliveryTestNetwork net(R"("rate_keys_per_s": 20, "stop_s": 2)");
            net.Builder().EnablePcap(prefix);
            KeyDeliveryTestNetwork::RunFor(Seconds(3));
            NS_TEST_EXPECT_MSG_EQ(net.Log().Count(REQUEST_ON_TIME),
                                  net.Log().GetRecords().size() - net.Log().Count(REQUEST_OPEN) -
                                      net.Log().Count(REQUEST_LATE),
                                  "keys came");
            std::ostringstream name;
            name << prefix << '-' << net.Host(true)->GetId() << "-1.pcap";
            file = name.str();
            Simulator::Destroy();
        }
        const auto streams = Read(file);
        NS_TEST_ASSERT_MSG_EQ(streams.size(), 2, "both directions");
        HttpReader<HttpRequest> requests(8192, 65536);
        HttpReader<HttpResponse> responses(8192, 65536);
        requests.Append(streams.at(false));
        responses.Append(streams.at(true));
        HttpRequest request;
        HttpResponse response;
        std::size_t asked = 0;
        while (requests.Next(request) == HTTP_MESSAGE)
        {
            ++asked;
            NS_TEST_ASSERT_MSG_EQ(responses.Next(response), HTTP_MESSAGE, "an answer to each");
            NS_TEST_EXPECT_MSG_EQ(request.method, "GET", "method");
            NS_TEST_EXPECT_MSG_EQ(request.target,
                                  "/api/v1/keys/there-slave/enc_keys?number=1&size=256",
                                  "target");
            NS_TEST_EXPECT_MSG_EQ(request.GetField("client-sae-id"), M, "identity");
            const auto json = nlohmann::json::parse(response.body, nullptr, false);
            NS_TEST_EXPECT_MSG_EQ(
                (response.status == 200 ? json["keys"].size() == 1 : json.contains("message")),
                true,
                response.body);
        }
        NS_TEST_EXPECT_MSG_GT(asked, 35, "20 each second");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief TestSuite
 */
class KeyDeliveryFailureTestSuite : public TestSuite
{
  public:
    KeyDeliveryFailureTestSuite()
        : TestSuite("qkdn-key-delivery-failure", Type::UNIT)
    {
        const std::string lost = R"(, "key_management": {"pools_survive_crash": false})";
        AddTestCase(new KeyDeliveryFailureTest("nothing", "[]", "", false));
        AddTestCase(new KeyDeliveryFailureTest(
            "the link of the master application",
            R"([{"at_s": 10.005, "type": "classical-link-failure", "target": "m",
                             "repair_after_s": 10}])",
            "",
            true));
        AddTestCase(new KeyDeliveryFailureTest(
            "the link of the slave application",
            R"([{"at_s": 10.005, "type": "classical-link-failure", "target": "s",
                             "repair_after_s": 10}])",
            "",
            false));
        for (const std::string km : {"A", "B"})
        {
            const std::string crash = R"([{"at_s": 10.0501, "type": "km-crash", "target": ")" + km +
                                      R"(", "repair_after_s": 10}])";
            AddTestCase(new KeyDeliveryFailureTest("key manager " + km + ", pools survive",
                                                   crash,
                                                   "",
                                                   true));
            AddTestCase(new KeyDeliveryFailureTest("key manager " + km + ", pools are lost",
                                                   crash,
                                                   lost,
                                                   true));
        }
        AddTestCase(new KeyDeliveryInstantsTest());
        AddTestCase(new KeyDeliveryFormsTest());
        AddTestCase(new KeyDeliveryScenarioTest());
        AddTestCase(new KeyDeliveryPcapTest());
    }
};

static KeyDeliveryFailureTestSuite g_keyDeliveryFailureTestSuite; //!< registers the suite
