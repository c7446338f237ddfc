/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-delivery-test-network.h"

#include "ns3/qkdn-key-copy-store.h"
#include "ns3/test.h"

#include <nlohmann/json.hpp>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const std::string M = "there-master";           //!< SAE id of the master
const std::string S = "there-slave";            //!< SAE id of the slave
const std::string KEYS = "/api/v1/keys/";       //!< path of all methods
const std::string ENC = KEYS + S + "/enc_keys"; //!< path of Get key
const std::string DEC = KEYS + M + "/dec_keys"; //!< path of Get key with key IDs

/// Content of a request for keys of the slave and further applications.
const std::string GROUP = R"({"additional_slave_SAE_IDs": ["x", "y"]})";

/// JSON of a response.
nlohmann::json
Json(const HttpResponse& response)
{
    return nlohmann::json::parse(response.body, nullptr, false);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys that one application has fetched and others have not.
 */
class KeyCopyStoreTest : public TestCase
{
  public:
    KeyCopyStoreTest()
        : TestCase("Copies of keys are handed over once to each application")
    {
    }

  private:
    void DoRun() override
    {
        KeyCopyStore store;
        const KeyMaterial key = KeyMaterial::FromBytes({1, 2, 3});
        store.Keep("k", SessionId(7), key, {"x", "y"}, Seconds(5));
        store.Keep("none", SessionId(7), key, {}, Seconds(5));
        NS_TEST_EXPECT_MSG_EQ(store.FindSession("none").has_value(), false, "nobody awaits it");
        NS_TEST_EXPECT_MSG_EQ(store.FindSession("k").value(), SessionId(7), "its session");
        NS_TEST_EXPECT_MSG_EQ(store.Awaits("k", "z"), false, "not for everybody");
        NS_TEST_EXPECT_MSG_EQ((store.Take("k", "x").ToBytes() == key.ToBytes()), true, "its bits");
        NS_TEST_EXPECT_MSG_EQ(store.Awaits("k", "x"), false, "once");
        NS_TEST_EXPECT_MSG_EQ(store.Awaits("k", "y"), true, "the other one");
        store.Advance(Seconds(4));
        NS_TEST_EXPECT_MSG_EQ(store.Awaits("k", "y"), true, "in time");
        store.Advance(Seconds(5));
        NS_TEST_EXPECT_MSG_EQ(store.FindSession("k").has_value(), false, "too old");
        store.Keep("k", SessionId(7), key, {"x"}, Seconds(9));
        store.Take("k", "x");
        NS_TEST_EXPECT_MSG_EQ(store.FindSession("k").has_value(), false, "all have it");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief additional_slave_SAE_IDs of ETSI GS QKD 014 over ns-3 sockets.
 */
class KeyDeliveryGroupTest : public TestCase
{
  public:
    KeyDeliveryGroupTest()
        : TestCase("Keys for several slave applications")
    {
    }

  private:
    /**
     * @brief Fetch a key as a slave application.
     * @param net the network
     * @param sae the application
     * @param keyId UUID of the key
     * @return the response
     */
    static HttpResponse Fetch(const KeyDeliveryTestNetwork& net,
                              const std::string& sae,
                              const std::string& keyId)
    {
        return net.Call(false, sae, "GET " + DEC + "?key_ID=" + keyId);
    }

    /**
     * @brief Get one key as the master application.
     * @param net the network
     * @param body content of the request
     * @return the key, with its ID
     */
    nlohmann::json GetOne(const KeyDeliveryTestNetwork& net, const std::string& body)
    {
        const HttpResponse got = net.Call(true, M, "POST " + ENC, body);
        NS_TEST_EXPECT_MSG_EQ(got.status, 200, body << ' ' << got.body);
        const nlohmann::json container = Json(got);
        const bool good = container.contains("keys") && container["keys"].size() == 1;
        NS_TEST_EXPECT_MSG_EQ(good, true, "one key");
        return good ? container["keys"][0] : nlohmann::json({{"key_ID", ""}, {"key", ""}});
    }

    /// Let the further applications have keys of the network.
    static void AddGroup(const KeyDeliveryTestNetwork& net)
    {
        KeySession group;
        group.id = SessionId(2);
        group.name = "group";
        group.masterSae = M;
        group.slaveSae = S;
        group.masterKm = KmId(1);
        group.slaveKm = KmId(2);
        group.additionalSlaveSaes = {"x", "y"};
        const Ipv4Address slave = PlantHelper::GetServiceAddress(net.Host(false));
        for (const std::string node : {"A", "B"})
        {
            net.Km(node)->AddSession(group);
        }
        for (const std::string sae : {"x", "y", "z"})
        {
            net.Km("B")->GetKeyDeliveryServer()->AddSae(sae, slave);
        }
    }

    void DoRun() override
    {
        const KeyDeliveryTestNetwork net;
        AddGroup(net);
        KeyDeliveryTestNetwork::RunFor(Seconds(2));
        const nlohmann::json state = Json(net.Call(true, M, "GET " + KEYS + S + "/status"));
        NS_TEST_EXPECT_MSG_EQ(state["max_SAE_ID_count"].get<int>(), 2, "two further ones at most");

        const nlohmann::json key = GetOne(net, GROUP);
        const std::string id = key["key_ID"];
        NS_TEST_EXPECT_MSG_EQ(Fetch(net, "z", id).status, 401, "not named in Get key");
        for (const std::string& sae : {std::string("x"), S, std::string("y")})
        {
            const HttpResponse got = Fetch(net, sae, id);
            NS_TEST_ASSERT_MSG_EQ(got.status, 200, sae << ' ' << got.body);
            NS_TEST_EXPECT_MSG_EQ((Json(got)["keys"][0] == key), true, "the same for " << sae);
        }
        for (const std::string& sae : {std::string("x"), S, std::string("y")})
        {
            NS_TEST_EXPECT_MSG_EQ(Fetch(net, sae, id).status, 400, "dec_keys deletes, " << sae);
        }

        const std::string alone = GetOne(net, "{}")["key_ID"];
        NS_TEST_EXPECT_MSG_EQ(Fetch(net, "x", alone).status, 401, "a key of the slave alone");
        NS_TEST_EXPECT_MSG_EQ(Fetch(net, S, alone).status, 200, "the slave");

        for (const std::string list : {R"(["x"])", R"(["x", "z"])", R"(["x", "y", "z"])"})
        {
            const std::string body = R"({"additional_slave_SAE_IDs": )" + list + "}";
            NS_TEST_EXPECT_MSG_EQ(net.Call(true, M, "POST " + ENC, body).status, 400, list);
        }

        const std::string late = GetOne(net, GROUP)["key_ID"];
        NS_TEST_EXPECT_MSG_EQ(Fetch(net, "x", late).status, 200, "in time");
        KeyDeliveryTestNetwork::RunFor(Seconds(70));
        NS_TEST_EXPECT_MSG_EQ(Fetch(net, "y", late).status, 400, "after its time");
        NS_TEST_EXPECT_MSG_EQ(net.Problem(), "", "books");
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().createdKeys, 3, "a refused call makes no key");
    }

    void DoTeardown() override
    {
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys for several slave applications.
 */
class QkdnKeyDeliveryGroupTestSuite : public TestSuite
{
  public:
    QkdnKeyDeliveryGroupTestSuite()
        : TestSuite("qkdn-key-delivery-group", Type::SYSTEM)
    {
        AddTestCase(new KeyCopyStoreTest());
        AddTestCase(new KeyDeliveryGroupTest());
    }
};

static QkdnKeyDeliveryGroupTestSuite g_qkdnKeyDeliveryGroupTestSuite; //!< registers the suite
