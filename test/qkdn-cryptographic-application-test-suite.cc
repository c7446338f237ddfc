/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scripted-key-supply.h"

#include "ns3/double.h"
#include "ns3/inet-socket-address.h"
#include "ns3/qkdn-arrival-process.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <cmath>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Arrivals at constant and random intervals.
 */
class KeyRequestArrivalTest : public TestCase
{
  public:
    KeyRequestArrivalTest()
        : TestCase("Constant arrivals do not drift, Poisson arrivals have their moments")
    {
    }

  private:
    void DoRun() override
    {
        ArrivalProcess thirds(ARRIVAL_CONSTANT, 3, Seconds(1), 0);
        for (int64_t n = 0; n < 300000; ++n)
        {
            // exact integer arithmetic: n / 3 s, rounded to the nanosecond
            const int64_t golden = 1000000000 + (2000000000 * n + 3) / 6;
            NS_TEST_ASSERT_MSG_EQ(thirds.Next().GetNanoSeconds(), golden, "arrival " << n);
        }
        const int64_t stream = RandomStreamNumber("session/A", "arrival");
        ArrivalProcess poisson(ARRIVAL_POISSON, 20, Seconds(0), stream);
        ArrivalProcess again(ARRIVAL_POISSON, 20, Seconds(0), stream);
        ArrivalProcess other(ARRIVAL_POISSON, 20, Seconds(0), stream + 1);
        const uint32_t draws = 100000;
        double sum = 0;
        double squares = 0;
        bool differs = false;
        Time last;
        for (uint32_t i = 0; i < draws; ++i)
        {
            const Time next = poisson.Next();
            NS_TEST_ASSERT_MSG_EQ(next, again.Next(), "same stream, same arrivals");
            differs = differs || next != other.Next();
            const double interval = (next - last).GetSeconds();
            sum += interval;
            squares += interval * interval;
            last = next;
        }
        NS_TEST_ASSERT_MSG_EQ(differs, true, "another stream, other arrivals");
        // exponential: mean 1/rate with standard error 1/(rate sqrt(n)), second moment
        // 2/rate^2 with standard error sqrt(20)/(rate^2 sqrt(n)); four of each
        const double root = std::sqrt(draws);
        NS_TEST_ASSERT_MSG_EQ_TOL(sum / draws, 0.05, 4 * 0.05 / root, "mean interval");
        NS_TEST_ASSERT_MSG_EQ_TOL(squares / draws,
                                  2 * 0.0025,
                                  4 * std::sqrt(20.0) * 0.0025 / root,
                                  "second moment");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Issue times of whole applications.
 */
class KeyRequestIssueTimesTest : public TestCase
{
  public:
    KeyRequestIssueTimesTest()
        : TestCase("Applications issue requests when they should, whoever else is there")
    {
    }

  private:
    /**
     * @brief Issue times of the master of session A.
     * @param arrival "constant" or "poisson"
     * @param company whether another pair runs on the same nodes
     * @return the times
     */
    static std::vector<Time> Run(const std::string& arrival, bool company)
    {
        ApplicationPair pair;
        pair.Get(0)->SetAttribute("Arrival", StringValue(arrival));
        pair.Get(0)->SetAttribute("Rate", DoubleValue(20));
        ScriptedKeySupply supply;
        if (company)
        {
            pair.helper.SetAttribute("Arrival", StringValue("poisson"));
            pair.helper.SetAttribute("Rate", DoubleValue(50));
            const ApplicationContainer more = pair.helper.Install("B",
                                                                  pair.nodes.Get(0),
                                                                  pair.interfaces.GetAddress(0),
                                                                  pair.nodes.Get(1),
                                                                  pair.interfaces.GetAddress(1));
            for (uint32_t i = 0; i < 2; ++i)
            {
                DynamicCast<CryptographicApplication>(more.Get(i))->SetKeySupplyService(&supply);
            }
        }
        pair.Run(Seconds(11), Seconds(12));
        std::vector<Time> times;
        for (const RequestRecord& record : pair.log->GetRecords())
        {
            times.push_back(record.issued);
        }
        return times;
    }

    void DoRun() override
    {
        const std::vector<Time> constant = Run("constant", false);
        NS_TEST_ASSERT_MSG_EQ(constant.size(), 200, "20 requests/s in [1 s, 11 s)");
        for (uint32_t n = 0; n < constant.size(); ++n)
        {
            NS_TEST_ASSERT_MSG_EQ(constant[n], MilliSeconds(1000 + 50 * n), "request " << n);
        }
        const std::vector<Time> poisson = Run("poisson", false);
        NS_TEST_ASSERT_MSG_EQ_TOL(poisson.size(), 200.0, 4 * std::sqrt(200.0), "four sigma");
        NS_TEST_ASSERT_MSG_EQ((poisson == Run("poisson", false)), true, "the same again");
        NS_TEST_ASSERT_MSG_EQ((poisson == Run("poisson", true)),
                              true,
                              "another pair changes nothing");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief How requests end, and what they cost.
 */
class KeyRequestOutcomeTest : public TestCase
{
  public:
    KeyRequestOutcomeTest()
        : TestCase("Requests end on time, late, lost or open, and never ask twice at once")
    {
    }

  private:
    /**
     * @brief What the supply does with the n-th call; the requests are issued at 1, 5, 9 ... s.
     * @param call number of the call
     * @return the answer
     */
    static ScriptedAnswer Script(uint32_t call)
    {
        const Time now = Simulator::Now();
        if (now < Seconds(5))
        {
            return {MilliSeconds(500), KEY_SUPPLY_OK, false}; // on the deadline: on time
        }
        if (now < Seconds(9))
        {
            return {MilliSeconds(501), KEY_SUPPLY_OK, false}; // late
        }
        if (now < Seconds(13))
        {
            return {MilliSeconds(300), KEY_SUPPLY_UNAVAILABLE, false}; // lost at 12 s
        }
        if (now < Seconds(17))
        {
            return {MilliSeconds(2), KEY_SUPPLY_BAD_REQUEST, false};
        }
        if (now < Seconds(21))
        {
            return {MilliSeconds(2), KEY_SUPPLY_UNAUTHORIZED, false};
        }
        if (now < Seconds(25))
        {
            return {MilliSeconds(3500), KEY_SUPPLY_OK, false}; // after the lifetime
        }
        return {Seconds(1), KEY_SUPPLY_OK, call == 0};
    }

    void DoRun() override
    {
        ApplicationPair pair;
        pair.Get(0)->SetAttribute("Rate", DoubleValue(0.25));
        pair.Get(0)->SetAttribute("RetryInterval", TimeValue(MilliSeconds(100)));
        pair.Get(0)->SetAttribute("RequestLifetime", TimeValue(Seconds(3)));
        pair.supply.getKey = &KeyRequestOutcomeTest::Script;
        pair.Run(MilliSeconds(25500), Seconds(30));
        const std::vector<RequestRecord>& records = pair.log->GetRecords();
        NS_TEST_ASSERT_MSG_EQ(records.size(), 7, "requests");
        if (records.size() != 7 || pair.supply.calls.size() < 4)
        {
            return; // assertions go on after a failure
        }
        const std::vector<RequestOutcome> outcomes = {REQUEST_ON_TIME,
                                                      REQUEST_LATE,
                                                      REQUEST_LOST,
                                                      REQUEST_LOST,
                                                      REQUEST_LOST,
                                                      REQUEST_LOST,
                                                      REQUEST_OPEN};
        // 503 at 0.3 s after each call and 0.1 s to the next: calls at 0, 0.4 ... 2.8 s
        const std::vector<uint32_t> attempts = {1, 1, 8, 1, 1, 1, 1};
        for (uint32_t i = 0; i < records.size(); ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(records[i].sequence, i + 1, "by number");
            NS_TEST_ASSERT_MSG_EQ(records[i].outcome, outcomes[i], "outcome " << i);
            NS_TEST_ASSERT_MSG_EQ(records[i].attempts, attempts[i], "attempts " << i);
        }
        NS_TEST_ASSERT_MSG_EQ(records[1].handedOver, MilliSeconds(5501), "hand-over");
        NS_TEST_ASSERT_MSG_EQ(records[3].refusal.substr(0, 3), "400", "reason");
        NS_TEST_ASSERT_MSG_EQ(records[4].refusal.substr(0, 3), "401", "reason");
        NS_TEST_ASSERT_MSG_EQ(records[5].refusal, "", "not refused");
        NS_TEST_ASSERT_MSG_EQ(pair.log->Count(REQUEST_LOST), 4, "lost");
        NS_TEST_ASSERT_MSG_EQ(pair.supply.calls[3], MilliSeconds(9400), "second call");
        NS_TEST_ASSERT_MSG_EQ(pair.log->GetUnclaimedAtMaster(), 2, "after lifetime and stop");
        NS_TEST_ASSERT_MSG_EQ(pair.log->GetKeysAtBoth(), 2, "delivered to the slave");
        NS_TEST_ASSERT_MSG_EQ(pair.log->GetBitsAtBoth(), 512, "bits");
        NS_TEST_ASSERT_MSG_EQ(pair.supply.mostOutstanding, 1, "no retry overlaps a call");
        NS_TEST_ASSERT_MSG_EQ(RequestOutcomeName(REQUEST_OPEN), "open", "last name");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Batches, and answers with a wrong number of keys.
 */
class KeyRequestBatchTest : public TestCase
{
  public:
    KeyRequestBatchTest()
        : TestCase("A batch is handed over whole; a wrong number of keys is not used")
    {
    }

  private:
    void DoRun() override
    {
        for (uint32_t surplus : {0U, 1U})
        {
            ApplicationPair pair;
            pair.Get(0)->SetAttribute("Batch", UintegerValue(5));
            pair.Get(0)->SetAttribute("KeySize", UintegerValue(128));
            pair.supply.surplus = surplus;
            pair.Run(MilliSeconds(3500), Seconds(5));
            NS_TEST_ASSERT_MSG_EQ(pair.log->Count(surplus ? REQUEST_LOST : REQUEST_ON_TIME),
                                  3,
                                  "requests at 1, 2 and 3 s");
            NS_TEST_ASSERT_MSG_EQ(pair.log->GetKeysAtBoth(), (surplus ? 0 : 15), "keys");
            NS_TEST_ASSERT_MSG_EQ(pair.log->GetBitsAtBoth(), (surplus ? 0 : 15 * 128), "bits");
            NS_TEST_ASSERT_MSG_EQ(pair.log->GetUnclaimedAtMaster(), (surplus ? 18 : 0), "unused");
            NS_TEST_ASSERT_MSG_EQ(pair.log->FindRepeatedKeyIds().size(), 0, "no UUID twice");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Outages of the key supply.
 */
class KeyRequestOutageTest : public TestCase
{
  public:
    KeyRequestOutageTest()
        : TestCase("An outage of the key supply makes requests late or lost, then it is over")
    {
    }

  private:
    void DoRun() override
    {
        for (bool silent : {false, true})
        {
            ApplicationPair pair;
            pair.Get(0)->SetAttribute("Rate", DoubleValue(10));
            pair.Get(0)->SetAttribute("RequestLifetime", TimeValue(Seconds(4)));
            pair.supply.getKey = [silent](uint32_t) {
                const bool out = Simulator::Now() >= Seconds(5) && Simulator::Now() < Seconds(15);
                return ScriptedAnswer{MilliSeconds(1),
                                      out ? KEY_SUPPLY_UNAVAILABLE : KEY_SUPPLY_OK,
                                      out && silent};
            };
            pair.Run(Seconds(20), Seconds(22));
            const auto& records = pair.log->GetRecords();
            NS_TEST_ASSERT_MSG_EQ(records.size(), 190, "requests from 1 s to 20 s");
            for (const RequestRecord& record : records)
            {
                // refused calls are repeated every 101 ms, so the first success is within
                // 101 ms of the end of the outage; calls without answer are never repeated
                RequestOutcome expected = REQUEST_ON_TIME;
                if (record.issued >= Seconds(5) && record.issued < Seconds(15))
                {
                    const Time wait = Seconds(15) - record.issued;
                    expected = silent || wait > Seconds(4)                    ? REQUEST_LOST
                               : wait + MilliSeconds(102) < MilliSeconds(500) ? REQUEST_ON_TIME
                                                                              : REQUEST_LATE;
                    if (!silent && (wait == MilliSeconds(400) || wait == Seconds(4)))
                    {
                        continue; // decided by the phase of the retries
                    }
                }
                NS_TEST_ASSERT_MSG_EQ(record.outcome, expected, "issued at " << record.issued);
            }
            NS_TEST_ASSERT_MSG_EQ(pair.log->GetKeysAtMasterOnly(), 0, "delivered");
            NS_TEST_ASSERT_MSG_EQ(pair.log->GetKeysAtBoth(),
                                  pair.log->Count(REQUEST_ON_TIME) + pair.log->Count(REQUEST_LATE),
                                  "one key a request");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Many requests at once.
 */
class KeyRequestCrowdTest : public TestCase
{
  public:
    KeyRequestCrowdTest()
        : TestCase("Ten thousand requests wait at once and all end")
    {
    }

  private:
    void DoRun() override
    {
        ApplicationPair pair;
        pair.Get(0)->SetAttribute("Rate", DoubleValue(1000));
        pair.Get(0)->SetAttribute("RequestLifetime", TimeValue(Seconds(20)));
        // all calls are answered together at 11 s
        pair.supply.getKey = [](uint32_t) {
            const Time now = Simulator::Now();
            return ScriptedAnswer{std::max(Seconds(11) - now, MilliSeconds(1)),
                                  KEY_SUPPLY_OK,
                                  false};
        };
        pair.Run(MilliSeconds(11000), Seconds(15));
        NS_TEST_ASSERT_MSG_EQ(pair.log->GetRecords().size(), 10000, "requests");
        NS_TEST_ASSERT_MSG_EQ(pair.log->Count(REQUEST_OPEN), 10000, "stopped just before");
        NS_TEST_ASSERT_MSG_EQ(pair.log->GetUnclaimedAtMaster(),
                              10000,
                              "all keys are accounted for");

        ApplicationPair later;
        later.Get(0)->SetAttribute("Rate", DoubleValue(1000));
        later.Get(0)->SetAttribute("RequestLifetime", TimeValue(Seconds(20)));
        later.supply.getKey = pair.supply.getKey;
        later.Run(MilliSeconds(14000), Seconds(15));
        NS_TEST_ASSERT_MSG_EQ(later.supply.mostOutstanding, 10000, "at once");
        NS_TEST_ASSERT_MSG_EQ(later.log->Count(REQUEST_LATE), 9500, "issued before 10.5 s");
        NS_TEST_ASSERT_MSG_EQ(later.log->Count(REQUEST_ON_TIME), 3499, "the others");
        NS_TEST_ASSERT_MSG_EQ(later.log->Count(REQUEST_OPEN), 1, "issued 1 ms before the end");
        NS_TEST_ASSERT_MSG_GT(later.log->GetKeysAtBoth(), 12900, "the slave follows");
        NS_TEST_ASSERT_MSG_EQ(later.log->GetViolations().size(), 0, "equal keys");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Wrong configurations, and what the helper sets.
 */
class KeyRequestConfigurationTest : public TestCase
{
  public:
    KeyRequestConfigurationTest()
        : TestCase("Wrong configurations are named; the helper makes good ones")
    {
    }

  private:
    /**
     * @brief Set one attribute and look for the error.
     * @param name name of the attribute
     * @param value a wrong value
     */
    void Expect(const std::string& name, const AttributeValue& value)
    {
        ApplicationPair pair;
        NS_TEST_ASSERT_MSG_EQ(pair.Get(0)->FindConfigurationError(), "", "good before");
        pair.Get(0)->SetAttribute(name, value);
        const std::string error = pair.Get(0)->FindConfigurationError();
        NS_TEST_ASSERT_MSG_NE(error.find(name),
                              std::string::npos,
                              "'" << error << "' names " << name);
        Simulator::Destroy();
    }

    void DoRun() override
    {
        Expect("Rate", DoubleValue(0));
        Expect("Rate", DoubleValue(-1));
        Expect("SaeId", StringValue(""));
        Expect("PeerSaeId", StringValue(""));
        Expect("LocalAddress", AddressValue(Address()));
        Expect("PeerAddress", AddressValue(Ipv4Address("10.0.0.1")));
        Expect("RetryInterval", TimeValue(Seconds(0)));
        Expect("RequestLifetime", TimeValue(Seconds(0)));
        ApplicationPair pair;
        pair.Get(1)->SetKeySupplyService(nullptr);
        NS_TEST_ASSERT_MSG_NE(pair.Get(1)->FindConfigurationError(), "", "no key supply");
        pair.Get(0)->SetAttribute("Session", StringValue(""));
        NS_TEST_ASSERT_MSG_EQ(pair.Get(0)->FindConfigurationError(), "", "constant needs no name");
        pair.Get(0)->SetAttribute("Arrival", StringValue("poisson"));
        NS_TEST_ASSERT_MSG_NE(pair.Get(0)->FindConfigurationError(), "", "no name for the stream");
        NS_TEST_ASSERT_MSG_EQ(pair.Get(0)->AssignStreams(5), 1, "one stream");
        NS_TEST_ASSERT_MSG_EQ(pair.Get(0)->FindConfigurationError(), "", "a number instead");

        const ApplicationContainer second = pair.helper.Install("B",
                                                                pair.nodes.Get(1),
                                                                pair.interfaces.GetAddress(1),
                                                                pair.nodes.Get(0),
                                                                pair.interfaces.GetAddress(0));
        const auto master = DynamicCast<CryptographicApplication>(second.Get(0));
        NS_TEST_ASSERT_MSG_EQ(master->GetIdentity().sae, "B-master", "SAE id");
        NS_TEST_ASSERT_MSG_EQ(master->GetIdentity().peerSae, "B-slave", "peer's SAE id");
        NS_TEST_ASSERT_MSG_EQ(second.Get(1)->GetNode()->GetId(),
                              pair.nodes.Get(0)->GetId(),
                              "node");
        AddressValue first;
        AddressValue other;
        pair.Get(1)->GetAttribute("LocalAddress", first);
        master->GetAttribute("LocalAddress", other);
        NS_TEST_ASSERT_MSG_EQ(InetSocketAddress::ConvertFrom(first.Get()).GetPort() + 1,
                              InetSocketAddress::ConvertFrom(other.Get()).GetPort(),
                              "a port of its own");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the cryptographic application: requests and their outcomes.
 */
class QkdnCryptographicApplicationTestSuite : public TestSuite
{
  public:
    QkdnCryptographicApplicationTestSuite()
        : TestSuite("qkdn-cryptographic-application", Type::UNIT)
    {
        AddTestCase(new KeyRequestArrivalTest);
        AddTestCase(new KeyRequestIssueTimesTest);
        AddTestCase(new KeyRequestOutcomeTest);
        AddTestCase(new KeyRequestBatchTest);
        AddTestCase(new KeyRequestOutageTest);
        AddTestCase(new KeyRequestCrowdTest);
        AddTestCase(new KeyRequestConfigurationTest);
    }
};

static QkdnCryptographicApplicationTestSuite
    g_qkdnCryptographicApplicationTestSuite; //!< registers the suite
