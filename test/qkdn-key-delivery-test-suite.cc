/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-delivery-test-network.h"

#include "ns3/pointer.h"
#include "ns3/qkdn-key-delivery-json.h"
#include "ns3/test.h"

#include <set>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const std::string M = "there-master";           //!< SAE id of the master
const std::string S = "there-slave";            //!< SAE id of the slave
const std::string KEYS = "/api/v1/keys/";       //!< path of all methods
const std::string ENC = KEYS + S + "/enc_keys"; //!< path of Get key
const std::string DEC = KEYS + M + "/dec_keys"; //!< path of Get key with key IDs

/// JSON of a response.
nlohmann::json
Json(const HttpResponse& response)
{
    return nlohmann::json::parse(response.body, nullptr, false);
}

/// The content of a request for keys by their IDs.
std::string
KeyIds(const nlohmann::json& container)
{
    nlohmann::json ids;
    for (const auto& key : container["keys"])
    {
        ids["key_IDs"].push_back({{"key_ID", key["key_ID"]}});
    }
    return ids.dump();
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The methods, fields and errors of ETSI GS QKD 014 over ns-3 sockets.
 */
class KeyDeliveryMethodsTest : public TestCase
{
  public:
    KeyDeliveryMethodsTest()
        : TestCase("Get status, Get key and Get key with key IDs over HTTP")
    {
    }

  private:
    /**
     * @brief Call for an error and compare.
     * @param net the network
     * @param status expected status
     * @param master whether the master's KM is called
     * @param sae who calls
     * @param line method and target
     * @param body content
     * @return JSON of the Error
     */
    nlohmann::json ExpectError(const KeyDeliveryTestNetwork& net,
                               uint32_t status,
                               bool master,
                               const std::string& sae,
                               const std::string& line,
                               const std::string& body = "")
    {
        const HttpResponse response = net.Call(master, sae, line, body);
        const nlohmann::json error = Json(response);
        NS_TEST_EXPECT_MSG_EQ(response.status, status, line << ' ' << body);
        NS_TEST_EXPECT_MSG_EQ(response.fields.at("content-type"), "application/json", line);
        NS_TEST_EXPECT_MSG_EQ((error.is_object() && error["message"].is_string()),
                              true,
                              line << ": Error has a message, " << response.body);
        NS_TEST_EXPECT_MSG_EQ(net.Problem(), "", line);
        return error;
    }

    /**
     * @brief Get keys, compare with what is expected, and fetch them as the slave.
     * @param net the network
     * @param line method and target
     * @param body content
     * @param number keys expected
     * @param bytes length of each
     */
    void ExpectKeys(const KeyDeliveryTestNetwork& net,
                    const std::string& line,
                    const std::string& body,
                    std::size_t number,
                    std::size_t bytes)
    {
        const HttpResponse got = net.Call(true, M, line, body);
        NS_TEST_ASSERT_MSG_EQ(got.status, 200, line << ' ' << body << ' ' << got.body);
        const nlohmann::json keys = Json(got);
        NS_TEST_ASSERT_MSG_EQ(keys["keys"].size(), number, line << ' ' << body);
        for (const auto& key : keys["keys"])
        {
            std::string id;
            std::vector<uint8_t> octets;
            NS_TEST_EXPECT_MSG_EQ(KeyDeliveryJson::ReadKeyId(key["key_ID"], id), true, "UUID");
            NS_TEST_EXPECT_MSG_EQ(KeyDeliveryJson::FromBase64(key["key"], octets), true, "base64");
            NS_TEST_EXPECT_MSG_EQ(octets.size(), bytes, line << ' ' << body);
            m_octets.insert(key["key"].get<std::string>());
        }
        const std::string one = keys["keys"][0]["key_ID"];
        const HttpResponse fetched = number == 1
                                         ? net.Call(false, S, "GET " + DEC + "?key_ID=" + one)
                                         : net.Call(false, S, "POST " + DEC, KeyIds(keys));
        NS_TEST_ASSERT_MSG_EQ(fetched.status, 200, fetched.body);
        NS_TEST_EXPECT_MSG_EQ((Json(fetched) == keys), true, "the slave gets the same container");
        m_made += number;
        NS_TEST_EXPECT_MSG_EQ(m_octets.size(), m_made, "keys differ");
        const nlohmann::json again =
            ExpectError(net, 400, false, S, "GET " + DEC + "?key_ID=" + one);
        NS_TEST_EXPECT_MSG_EQ(again["message"].get<std::string>(),
                              "One or more keys specified are not found on KME",
                              "dec_keys deletes");
    }

    /**
     * @brief Status.
     * @param net the network
     */
    void CheckStatus(const KeyDeliveryTestNetwork& net)
    {
        const HttpResponse response = net.Call(true, M, "GET " + KEYS + S + "/status");
        NS_TEST_ASSERT_MSG_EQ(response.status, 200, response.body);
        const nlohmann::json state = Json(response);
        NS_TEST_EXPECT_MSG_EQ(state.size(), 11, "the fields of table 9 without the extension");
        NS_TEST_EXPECT_MSG_EQ(state["source_KME_ID"].get<std::string>(), "KME-1", "source");
        NS_TEST_EXPECT_MSG_EQ(state["target_KME_ID"].get<std::string>(), "KME-2", "target");
        NS_TEST_EXPECT_MSG_EQ(state["master_SAE_ID"].get<std::string>(), M, "master");
        NS_TEST_EXPECT_MSG_EQ(state["slave_SAE_ID"].get<std::string>(), S, "slave");
        NS_TEST_EXPECT_MSG_EQ(state["key_size"].get<int>(), 256, "default size, bit");
        NS_TEST_EXPECT_MSG_EQ(state["max_key_per_request"].get<int>(), 128, "keys a request");
        NS_TEST_EXPECT_MSG_EQ(state["max_key_size"].get<int>(), 1000000, "largest size, bit");
        NS_TEST_EXPECT_MSG_EQ(state["min_key_size"].get<int>(), 8, "smallest size, bit");
        NS_TEST_EXPECT_MSG_EQ(state["max_SAE_ID_count"].get<int>(), 0, "no multicast");
        const int stored = state["stored_key_count"].get<int>();
        NS_TEST_EXPECT_MSG_GT(stored, 100, "half of the pool at least");
        NS_TEST_EXPECT_MSG_LT(stored, state["max_key_count"].get<int>(), "not full");
        const HttpResponse spent = net.Call(true, M, "GET " + ENC + "?number=128");
        NS_TEST_EXPECT_MSG_EQ(spent.status, 200, spent.body);
        const nlohmann::json later = Json(net.Call(true, M, "GET " + KEYS + S + "/status"));
        NS_TEST_EXPECT_MSG_LT(later["stored_key_count"].get<int>(), stored - 30, "counted anew");
    }

    /**
     * @brief Wrong parameters.
     * @param net the network
     */
    void CheckParameters(const KeyDeliveryTestNetwork& net)
    {
        for (const std::string name : {"number", "size"})
        {
            for (const std::string value :
                 {"0", "-1", "x", "", "1.5", "1e1", "+1", "0x10", "99999999999999999999", "%31%"})
            {
                ExpectError(net, 400, true, M, "GET " + ENC + "?" + name + "=" + value);
            }
            for (const std::string value :
                 {"0", "-1", "\"1\"", "null", "true", "1.5", "1e400", "[1]", "{}", "4294967296"})
            {
                ExpectError(net, 400, true, M, "POST " + ENC, "{\"" + name + "\": " + value + "}");
            }
        }
        ExpectError(net, 400, true, M, "GET " + ENC + "?number=129");
        ExpectError(net, 400, true, M, "GET " + ENC + "?size=12");
        ExpectError(net, 400, true, M, "GET " + ENC + "?size=1000008");
        ExpectError(net, 400, true, M, "GET " + ENC + "?number=1&number=2");
        ExpectError(net, 400, true, M, "GET " + ENC + "?amount=1");
        ExpectError(net, 400, true, M, "POST " + ENC + "?number=1", "{}");
        ExpectError(net, 400, true, M, "POST " + ENC, R"({"amount": 1})");
        ExpectError(net, 400, true, M, "POST " + ENC, R"({"additional_slave_SAE_IDs": ["x"]})");
        ExpectError(net, 400, true, M, "POST " + ENC, R"({"additional_slave_SAE_IDs": "x"})");
        ExpectError(net, 400, true, M, "POST " + ENC, R"({"additional_slave_SAE_IDs": [1]})");
        ExpectError(net, 400, true, M, "POST " + ENC, R"({"extension_mandatory": {}})");
        ExpectError(net, 400, true, M, "POST " + ENC, R"({"extension_mandatory": ["x"]})");
        ExpectError(net, 400, true, M, "POST " + ENC, R"({"extension_optional": 1})");
        const nlohmann::json mandatory = ExpectError(net,
                                                     400,
                                                     true,
                                                     M,
                                                     "POST " + ENC,
                                                     R"({"extension_mandatory": [{"age": 5}]})");
        NS_TEST_EXPECT_MSG_EQ(mandatory["details"][0]["extension_mandatory"].get<std::string>(),
                              "age",
                              "which one");
        ExpectError(net, 503, true, M, "GET " + ENC + "?number=128&size=1000000");
        ExpectError(net, 400, false, S, "GET " + DEC);
        ExpectError(net, 400, false, S, "GET " + DEC + "?key_ID=1");
        ExpectError(net, 400, false, S, "POST " + DEC, R"({"key_IDs": []})");
        ExpectError(net, 400, false, S, "POST " + DEC, R"({"key_IDs": ["x"]})");
        ExpectError(net, 400, false, S, "POST " + DEC, R"({"key_IDs": [{"key_ID": 1}]})");
        ExpectError(net, 400, false, S, "POST " + DEC, R"({"key_IDs": [{}]})");
        ExpectError(net, 400, false, S, "POST " + DEC, "{}");
    }

    /**
     * @brief Paths, methods and callers.
     * @param net the network
     */
    void CheckAccess(const KeyDeliveryTestNetwork& net)
    {
        for (const std::string target : {"/",
                                         "/api/v1/keys",
                                         "/api/v1/keys/",
                                         "/api/v1/keys//enc_keys",
                                         "/api/v1/keys/x/enc_keys/",
                                         "/api/v1/keys/x/keys",
                                         "/api/v2/keys/x/enc_keys",
                                         "/api/v1/keys/x",
                                         "*"})
        {
            ExpectError(net, 404, true, M, "GET " + target);
        }
        for (const std::string method : {"PUT", "DELETE", "PATCH", "OPTIONS", "X"})
        {
            ExpectError(net, 405, true, M, method + " " + ENC);
        }
        ExpectError(net, 405, true, M, "POST " + KEYS + S + "/status", "{}");
        const HttpResponse allow = net.Call(true, M, "PUT " + ENC);
        NS_TEST_EXPECT_MSG_EQ(allow.fields.at("allow"), "GET, POST", "what is allowed");
        ExpectError(net, 401, true, "nobody", "GET " + ENC);
        ExpectError(net, 401, true, "", "GET " + ENC);
        ExpectError(net, 401, true, S, "GET " + ENC); // known at B, and from another address
        ExpectError(net, 401, true, M, "GET " + KEYS + "nobody/enc_keys");
        ExpectError(net, 401, true, M, "GET " + KEYS + "nobody/status");
        // a third application, known to the slave's KM, that the keys were not made for
        net.Km("B")->GetKeyDeliveryServer()->AddSae(
            "third",
            PlantHelper::GetServiceAddress(net.Host(false)));
        const nlohmann::json keys = Json(net.Call(true, M, "GET " + ENC + "?number=2"));
        ExpectError(net, 401, false, "third", "POST " + DEC, KeyIds(keys));
        ExpectError(net, 401, false, S, "POST " + KEYS + "other/dec_keys", KeyIds(keys));
        nlohmann::json partly = keys;
        partly["keys"][1]["key_ID"] = "00000000-0000-5000-8000-000000000000";
        ExpectError(net, 400, false, S, "POST " + DEC, KeyIds(partly));
        partly["keys"][1] = partly["keys"][0];
        ExpectError(net, 400, false, S, "POST " + DEC, KeyIds(partly));
        const HttpResponse all = net.Call(false, S, "POST " + DEC, KeyIds(keys));
        NS_TEST_EXPECT_MSG_EQ((Json(all) == keys), true, "refusals have deleted nothing");
    }

    void DoRun() override
    {
        KeyDeliveryTestNetwork net;
        KeyDeliveryTestNetwork::RunFor(Seconds(1));
        ExpectKeys(net, "GET " + ENC, "", 1, 32);
        ExpectKeys(net, "GET " + ENC + "?number=3", "", 3, 32);
        ExpectKeys(net, "GET " + ENC + "?size=128", "", 1, 16);
        ExpectKeys(net, "GET " + ENC + "?size=16&number=2", "", 2, 2);
        ExpectKeys(net, "GET " + ENC + "?number=%31", "", 1, 32);
        ExpectKeys(net, "GET http://kme" + ENC, "", 1, 32);
        ExpectKeys(net, "GET " + KEYS + "there%2Dslave/enc_keys", "", 1, 32);
        ExpectKeys(net, "POST " + ENC, "{}", 1, 32);
        ExpectKeys(net, "POST " + ENC, R"({"number": 2, "size": 512})", 2, 64);
        ExpectKeys(net,
                   "POST " + ENC,
                   R"({"extension_optional": [{"age": {"max": 5}}], "extension_mandatory": [],
                       "additional_slave_SAE_IDs": []})",
                   1,
                   32);
        CheckStatus(net);
        CheckParameters(net);
        CheckAccess(net);
        NS_TEST_EXPECT_MSG_EQ(net.Km("A")->GetKeyDeliveryServer()->GetKeptCalls(), 0, "all over");
        NS_TEST_EXPECT_MSG_EQ(net.Km("A")->GetKeyDeliveryServer()->GetConnections(),
                              0,
                              "connections that clients reset are gone");
        net.Km("A")->Crash();
        NS_TEST_EXPECT_MSG_EQ(net.Call(true, M, "GET " + ENC).status, 0, "no answer after a crash");
        Simulator::Destroy();
    }

    std::set<std::string> m_octets; //!< keys so far
    std::size_t m_made{0};          //!< their number
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Persistent connections, pipelining, pieces of any size, and repetitions.
 */
class KeyDeliveryConnectionTest : public TestCase
{
  public:
    KeyDeliveryConnectionTest()
        : TestCase("Connections persist; requests are pipelined, cut, merged and repeated")
    {
    }

  private:
    /**
     * @brief Pipelined requests in pieces.
     * @param net the network
     * @param piece bytes of a piece
     */
    void CheckPieces(const KeyDeliveryTestNetwork& net, std::size_t piece)
    {
        using Net = KeyDeliveryTestNetwork;
        RawHttpClient client(net.Host(true), net.Server("A"));
        const std::string all =
            Net::Request(M, "GET " + ENC) + Net::Request(M, "GET " + KEYS + S + "/status") +
            Net::Request(M, "POST " + ENC, R"({"number": 2})") + Net::Request(M, "GET /x") +
            Net::Request(M,
                         "POST " + ENC,
                         "",
                         "Transfer-Encoding: chunked\r\n\r\n7;x=y\r\n{\"size\"\r\n5\r\n:128}\r\n"
                         "0\r\nTrailer: z\r\n") +
            Net::Request(M, "GET " + ENC, "", "Connection: close\r\n") +
            Net::Request(M, "GET " + ENC);
        for (std::size_t begin = 0; begin < all.size(); begin += piece)
        {
            client.Send(all.substr(begin, piece));
            Net::RunFor(MicroSeconds(100));
        }
        Net::RunFor(Seconds(1));
        NS_TEST_ASSERT_MSG_EQ(client.Responses().size(), 6, "in pieces of " << piece);
        const std::vector<uint32_t> expected = {200, 200, 200, 404, 200, 200};
        const std::vector<std::size_t> keys = {1, 0, 2, 0, 1, 1};
        for (std::size_t i = 0; i < 6; ++i)
        {
            const HttpResponse& response = client.Responses()[i];
            NS_TEST_EXPECT_MSG_EQ(response.status, expected[i], "answer " << i);
            const nlohmann::json json = Json(response);
            NS_TEST_EXPECT_MSG_EQ((json.contains("keys") ? json["keys"].size() : 0),
                                  keys[i],
                                  "answer " << i << " in its place");
            NS_TEST_EXPECT_MSG_EQ(response.keepAlive, (i != 5), "the last one closes");
        }
        NS_TEST_EXPECT_MSG_EQ(client.IsClosed(), true, "closed when all had arrived");
        NS_TEST_EXPECT_MSG_EQ(net.Problem(), "", "books");
    }

    /**
     * @brief More requests at once than are taken, and a client that goes away.
     * @param net the network
     */
    void CheckMany(const KeyDeliveryTestNetwork& net)
    {
        using Net = KeyDeliveryTestNetwork;
        std::string all;
        for (int i = 0; i < 300; ++i)
        {
            all += Net::Request(M, "GET " + (i % 3 == 0 ? ENC + "?size=8" : KEYS + S + "/x"));
        }
        all += Net::Request(M, "GET " + ENC + "?size=8&number=100");
        RawHttpClient client(net.Host(true), net.Server("A"));
        client.Send(all);
        Net::RunFor(Seconds(1));
        NS_TEST_ASSERT_MSG_EQ(client.Responses().size(), 301, "all in turn");
        NS_TEST_EXPECT_MSG_EQ(Json(client.Responses()[300])["keys"].size(), 100, "the last one");
        NS_TEST_EXPECT_MSG_EQ(client.IsClosed(), false, "the connection persists");
        Net::RunFor(Seconds(61));
        NS_TEST_EXPECT_MSG_EQ(client.IsClosed(), true, "until it is idle");
        RawHttpClient half(net.Host(true), net.Server("A"));
        half.Send("GET " + ENC + " HTT");
        Net::RunFor(Seconds(122));
        NS_TEST_EXPECT_MSG_EQ(half.IsClosed(), true, "half a request does not keep it");
        NS_TEST_EXPECT_MSG_EQ(net.Km("A")->GetKeyDeliveryServer()->GetConnections(), 0, "gone");
    }

    /**
     * @brief The same call over two connections.
     * @param net the network
     */
    void CheckRepetition(const KeyDeliveryTestNetwork& net)
    {
        using Net = KeyDeliveryTestNetwork;
        const auto ask = [](const std::string& query, const std::string& name) {
            return Net::Request(M, "GET " + ENC + query, "", "Idempotency-Key: " + name + "\r\n");
        };
        const uint64_t before = net.Ksa().createdKeys;
        {
            // the client is gone before the key is there: round trip to B, then to M
            RawHttpClient lost(net.Host(true), net.Server("A"));
            lost.Send(ask("", "\"1\""));
            Net::RunFor(MicroSeconds(150));
        }
        Net::RunFor(Seconds(1));
        const auto server = net.Km("A")->GetKeyDeliveryServer();
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().createdKeys, before + 1, "the call was carried out");
        NS_TEST_EXPECT_MSG_EQ(server->GetKeptCalls(), 1, "its answer is kept");
        RawHttpClient again(net.Host(true), net.Server("A"));
        again.Send(ask("?number=2", "\"1\"") + ask("", "\"1\"") + ask("", "\"2\""));
        Net::RunFor(Seconds(1));
        NS_TEST_ASSERT_MSG_EQ(again.Responses().size(), 3, "answers");
        NS_TEST_EXPECT_MSG_EQ(again.Responses()[0].status, 400, "another call of this name");
        NS_TEST_EXPECT_MSG_EQ(again.Responses()[1].status, 200, "the answer that was kept");
        NS_TEST_EXPECT_MSG_EQ(again.Responses()[2].status, 200, "a new one");
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().createdKeys, before + 2, "no key is doubled");
        NS_TEST_EXPECT_MSG_EQ(server->GetKeptCalls(), 0, "acknowledged: not kept any longer");
        {
            RawHttpClient lost(net.Host(true), net.Server("A"));
            lost.Send(ask("", "\"3\"") + Net::Request(M, "GET " + ENC));
            Net::RunFor(MicroSeconds(150));
        }
        Net::RunFor(Seconds(59));
        NS_TEST_EXPECT_MSG_EQ(server->GetKeptCalls(), 1, "the one with a name is kept");
        Net::RunFor(Seconds(2));
        NS_TEST_EXPECT_MSG_EQ(server->GetKeptCalls(), 0, "for AnswerTtl");
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().createdKeys, before + 4, "all were made");
        NS_TEST_EXPECT_MSG_EQ(net.Problem(), "", "books");
    }

    void DoRun() override
    {
        KeyDeliveryTestNetwork net;
        KeyDeliveryTestNetwork::RunFor(Seconds(1));
        for (const std::size_t piece : {1, 7, 100, 100000})
        {
            CheckPieces(net, piece);
        }
        CheckMany(net);
        CheckRepetition(net);
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief JSON, base64 and UUIDs.
 */
class KeyDeliveryJsonTest : public TestCase
{
  public:
    KeyDeliveryJsonTest()
        : TestCase("Base64 of RFC 4648, UUIDs of RFC 4122 and the data of ETSI GS QKD 014")
    {
    }

  private:
    void DoRun() override
    {
        // RFC 4648, clause 10
        const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                          {"f", "Zg=="},
                                                                          {"fo", "Zm8="},
                                                                          {"foo", "Zm9v"},
                                                                          {"foob", "Zm9vYg=="},
                                                                          {"fooba", "Zm9vYmE="},
                                                                          {"foobar", "Zm9vYmFy"}};
        for (const auto& [text, base64] : vectors)
        {
            const std::vector<uint8_t> bytes(text.begin(), text.end());
            std::vector<uint8_t> read = {1};
            NS_TEST_EXPECT_MSG_EQ(KeyDeliveryJson::ToBase64(bytes), base64, text);
            NS_TEST_EXPECT_MSG_EQ(KeyDeliveryJson::FromBase64(base64, read), true, base64);
            NS_TEST_EXPECT_MSG_EQ((read == bytes), true, base64);
        }
        std::vector<uint8_t> all(256);
        for (std::size_t i = 0; i < all.size(); ++i)
        {
            all[i] = static_cast<uint8_t>(i);
        }
        std::vector<uint8_t> read;
        KeyDeliveryJson::FromBase64(KeyDeliveryJson::ToBase64(all), read);
        NS_TEST_EXPECT_MSG_EQ((read == all), true, "all octets");
        for (const std::string bad : {"Z",
                                      "Zg",
                                      "Zg=",
                                      "Zg==\n",
                                      "Zh==",
                                      "Z===",
                                      "====",
                                      "Zm=v",
                                      "Zm9-",
                                      "Zm9v====",
                                      "\xc3\xa9=="})
        {
            NS_TEST_EXPECT_MSG_EQ(KeyDeliveryJson::FromBase64(bad, read), false, bad);
        }
        std::string id;
        NS_TEST_EXPECT_MSG_EQ(
            KeyDeliveryJson::ReadKeyId("6BA7B810-9DAD-11D1-80B4-00C04FD430C8", id),
            true,
            "upper case");
        NS_TEST_EXPECT_MSG_EQ(id, "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "lower case");
        for (const std::string bad : {"",
                                      "6ba7b8109dad11d180b400c04fd430c8",
                                      "{6ba7b810-9dad-11d1-80b4-00c04fd430c}",
                                      "6ba7b810-9dad-11d1-80b4-00c04fd430cg",
                                      "6ba7b810-9dad-11d1-80b4-00c04fd430c8 "})
        {
            NS_TEST_EXPECT_MSG_EQ(KeyDeliveryJson::ReadKeyId(bad, id), false, bad);
        }
        KeySupplyRequest request;
        request.number = 3;
        request.additionalSlaveSaes = {"a", "b"};
        request.mandatoryExtensions = {"x"};
        KeySupplyRequest back;
        NS_TEST_EXPECT_MSG_EQ(KeyDeliveryJson::ReadRequest(KeyDeliveryJson::Write(request), back),
                              "",
                              "Key request");
        NS_TEST_EXPECT_MSG_EQ(back.number, 3, "number");
        NS_TEST_EXPECT_MSG_EQ(back.sizeBit, 0, "no size");
        NS_TEST_EXPECT_MSG_EQ(back.additionalSlaveSaes.size(), 2, "further slaves");
        NS_TEST_EXPECT_MSG_EQ(back.mandatoryExtensions.front(), "x", "extension");
        KeyContainer refusal = KeyContainer::Refusal(KEY_SUPPLY_BAD_REQUEST, "bad \xff");
        refusal.error.details.emplace_back("name", "value");
        KeySupplyError error;
        NS_TEST_EXPECT_MSG_EQ(KeyDeliveryJson::ReadError(KeyDeliveryJson::Write(refusal), error),
                              "",
                              "Error, what is not UTF-8 replaced");
        NS_TEST_EXPECT_MSG_EQ((error.details == refusal.error.details), true, "details");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief TestSuite
 */
class KeyDeliveryTestSuite : public TestSuite
{
  public:
    KeyDeliveryTestSuite()
        : TestSuite("qkdn-key-delivery", Type::UNIT)
    {
        AddTestCase(new KeyDeliveryJsonTest());
        AddTestCase(new KeyDeliveryMethodsTest());
        AddTestCase(new KeyDeliveryConnectionTest());
    }
};

static KeyDeliveryTestSuite g_keyDeliveryTestSuite; //!< registers the suite
