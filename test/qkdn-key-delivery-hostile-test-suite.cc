/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-delivery-test-network.h"

#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const std::string M = "there-master";                        //!< SAE id of the master
const std::string ENC = "/api/v1/keys/there-slave/enc_keys"; //!< path of Get key

/// What a server is to do with some bytes.
struct HostileBytes
{
    std::string what;  //!< what is wrong with them
    std::string bytes; //!< the bytes
    uint32_t status;   //!< status of the answer, 0 for none
    bool closed;       //!< whether the connection is closed then
};

/// A request without a content that a test adds to.
std::string
Head(const std::string& line, const std::string& fields = "")
{
    return line + "\r\nHost: kme\r\nClient-SAE-ID: " + M + "\r\n" + fields;
}

/// A request with JSON.
std::string
Post(const std::string& json)
{
    return KeyDeliveryTestNetwork::Request(M, "POST " + ENC, json);
}

/// Text that is repeated.
std::string
Repeat(const std::string& text, std::size_t count)
{
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
    {
        all += text;
    }
    return all;
}

/// Bytes that are no HTTP, or beyond the limits.
std::vector<HostileBytes>
BadHttp()
{
    const std::string post = "POST " + ENC + " HTTP/1.1";
    const std::string get = "GET " + ENC + " HTTP/1.1";
    return {
        {"no HTTP", "hello\r\n\r\n", 400, true},
        {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400, true},
        {"zeros", std::string(100, '\0'), 400, true},
        {"no version", "GET " + ENC + "\r\n\r\n", 400, true},
        {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, true},
        {"a space in the target", Head("GET /api /x HTTP/1.1") + "\r\n", 400, true},
        {"a control character", Head("GET /\x01 HTTP/1.1") + "\r\n", 400, true},
        {"a field without colon", Head(get, "field\r\n") + "\r\n", 400, true},
        {"a space before the colon", Head(get, "field : 1\r\n") + "\r\n", 400, true},
        {"a zero in a field", Head(get, std::string("x: a\0b\r\n", 8)) + "\r\n", 400, true},
        {"bare line feeds", "GET " + ENC + " HTTP/1.1\nHost: kme\n\n", 400, true},
        {"a header that is too long", Head(get, "x: " + std::string(9000, 'a')), 431, true},
        {"too many fields", Head(get, Repeat("x: y\r\n", 2000)), 431, true},
        {"a target that is too long", "GET /" + std::string(9000, 'a'), 431, true},
        {"a content that is too long", Head(post, "Content-Length: 65537\r\n") + "\r\n", 413, true},
        {"an endless content",
         Head(post, "Content-Length: 18446744073709551615\r\n") + "\r\n",
         413,
         true},
        {"a length out of range",
         Head(post, "Content-Length: 99999999999999999999\r\n") + "\r\n",
         400,
         true},
        {"a negative length", Head(post, "Content-Length: -1\r\n") + "\r\n{}", 400, true},
        {"a length that is no number", Head(post, "Content-Length: x\r\n") + "\r\n{}", 400, true},
        {"two lengths",
         Head(post, "Content-Length: 2\r\nContent-Length: 3\r\n") + "\r\n{} ",
         400,
         true},
        {"length and chunks",
         Head(post, "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n") + "\r\n0\r\n\r\n",
         400,
         true},
        {"chunks without a length",
         Head(post, "Transfer-Encoding: chunked\r\n") + "\r\nx\r\n{}\r\n0\r\n\r\n",
         400,
         true},
        {"a chunk of another length",
         Head(post, "Transfer-Encoding: chunked\r\n") + "\r\n1\r\n{}\r\n0\r\n\r\n",
         400,
         true},
        {"a chunk that is too long",
         Head(post, "Transfer-Encoding: chunked\r\n") + "\r\n10001\r\n" + std::string(65537, ' '),
         413,
         true},
        {"a chunk extension without end",
         Head(post, "Transfer-Encoding: chunked\r\n") + "\r\n1;" + std::string(20000, 'a'),
         431,
         true},
        {"a wrong percent-encoding in a name",
         Head("GET /api/v1/keys/%zz/enc_keys HTTP/1.1") + "\r\n",
         400,
         false},
        {"a percent-encoding that is cut off",
         Head("GET /api/v1/keys/x/enc_keys?number=%3 HTTP/1.1") + "\r\n",
         400,
         false},
        {"a name that is no UTF-8",
         Head("GET /api/v1/keys/x/enc_keys?%ff%00=1 HTTP/1.1") + "\r\n",
         400,
         false},
        {"a zero in the name", Head("GET /api/v1/keys/%00/enc_keys HTTP/1.1") + "\r\n", 401, false},
        {"no host", "GET " + ENC + " HTTP/1.1\r\nClient-SAE-ID: " + M + "\r\n\r\n", 400, false},
        {"two identities", Head(get, "Client-SAE-ID: x\r\n") + "\r\n", 401, false},
        {"an expectation", Head(get, "Expect: 100-continue\r\n") + "\r\n", 417, true},
        {"CONNECT", Head("CONNECT kme:80 HTTP/1.1") + "\r\n", 404, false},
        {"HEAD", Head("HEAD " + ENC + " HTTP/1.1") + "\r\n", 405, false},
        {"a header without end", Head(get), 0, false},
        {"a content without end", Head(post, "Content-Length: 10\r\n") + "\r\n{}", 0, false},
    };
}

/// JSON that is no Key request.
std::vector<std::string>
BadJson()
{
    return {"",
            "{",
            "}",
            "[]",
            "1",
            "null",
            "\"{}\"",
            "{} {}",
            "{'number': 1}",
            "{\"number\": 1,}",
            "{\"number\": 01}",
            "{\"number\": NaN}",
            "{\"number\": 1e999999}",
            "{\"number\": -0}",
            "{\"number\": 1, \"x\xff\": 1}",
            "{\"\xc0\xaf\": 1}",
            "{\"\xed\xa0\x80\": 1}",
            "{\"\\ud800\": 1}",
            "{\"number\": \"\\u0000\"}",
            std::string("{\"number\": 1\0}", 14),
            "\xef\xbb\xbf",
            Repeat("[", 60000),
            Repeat("{\"a\":", 10000),
            "{\"extension_optional\": " + Repeat("[", 20) + Repeat("]", 20) + "}",
            "{\"number\": " + std::string(60000, '9') + "}",
            "{\"number\": [" + Repeat("1,", 30000) + "1]}"};
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Requests that are wrong in a known way.
 */
class KeyDeliveryHostileTest : public TestCase
{
  public:
    KeyDeliveryHostileTest()
        : TestCase("Malformed HTTP and JSON get their error and cost no key")
    {
    }

  private:
    /**
     * @brief Send bytes and look at the answer and the books.
     * @param net the network
     * @param hostile the bytes and what is expected
     */
    void Expect(const KeyDeliveryTestNetwork& net, const HostileBytes& hostile)
    {
        const KsaLedger before = net.Ksa();
        RawHttpClient client(net.Host(true), net.Server("A"));
        client.Send(hostile.bytes);
        KeyDeliveryTestNetwork::RunFor(MilliSeconds(200));
        const auto& responses = client.Responses();
        NS_TEST_EXPECT_MSG_EQ(responses.size(), (hostile.status == 0 ? 0U : 1U), hostile.what);
        if (!responses.empty())
        {
            NS_TEST_EXPECT_MSG_EQ(responses[0].status, hostile.status, hostile.what);
            NS_TEST_EXPECT_MSG_EQ(responses[0].keepAlive, !hostile.closed, hostile.what);
        }
        NS_TEST_EXPECT_MSG_EQ(client.IsClosed(), hostile.closed, hostile.what);
        client.Close();
        KeyDeliveryTestNetwork::RunFor(MilliSeconds(10));
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().createdKeys, before.createdKeys, hostile.what);
        NS_TEST_EXPECT_MSG_EQ(net.Problem(), "", hostile.what);
        NS_TEST_EXPECT_MSG_EQ(net.Km("A")->GetKeyDeliveryServer()->GetConnections(),
                              0,
                              hostile.what << ": nothing is left");
    }

    void DoRun() override
    {
        const KeyDeliveryTestNetwork net;
        KeyDeliveryTestNetwork::RunFor(Seconds(1));
        for (const HostileBytes& hostile : BadHttp())
        {
            Expect(net, hostile);
        }
        for (const std::string& json : BadJson())
        {
            Expect(net, {"JSON " + json.substr(0, 40), Post(json), 400, false});
        }
        NS_TEST_EXPECT_MSG_EQ(net.Call(true, M, "GET " + ENC).status, 200, "still well");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Requests with random changes.
 */
class KeyDeliveryRandomTest : public TestCase
{
  public:
    KeyDeliveryRandomTest()
        : TestCase("Requests with random changes: an answer or a closed connection, books right")
    {
    }

  private:
    void DoRun() override
    {
        const KeyDeliveryTestNetwork net;
        KeyDeliveryTestNetwork::RunFor(Seconds(1));
        Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
        random->SetStream(1);
        const std::string agent = "User-Agent: " + std::string(300, 'a') + "\r\n";
        const std::vector<std::string> seeds = {
            KeyDeliveryTestNetwork::Request(M, "GET " + ENC + "?number=1&size=64", "", agent),
            KeyDeliveryTestNetwork::Request(
                M,
                "POST " + ENC,
                R"({"number": 1, "size": 64, "extension_optional": [{"a": 1}]})",
                agent),
            KeyDeliveryTestNetwork::Request(M,
                                            "POST " + ENC,
                                            "",
                                            agent + "Transfer-Encoding: chunked\r\n\r\n"
                                                    "2\r\n{}\r\n0\r\n"),
            KeyDeliveryTestNetwork::Request("there-slave",
                                            "GET /api/v1/keys/there-master/dec_keys?key_ID="
                                            "6ba7b810-9dad-11d1-80b4-00c04fd430c8")};
        uint64_t received = 0;
        uint32_t refused = 0;
        for (uint32_t run = 0; run < 400; ++run)
        {
            std::string bytes = seeds[run % seeds.size()];
            for (uint32_t changes = random->GetInteger(1, 3); changes > 0; --changes)
            {
                const uint32_t at = random->GetInteger(0, bytes.size() - 1);
                switch (random->GetInteger(0, 3))
                {
                case 0:
                    bytes[at] = static_cast<char>(random->GetInteger(0, 255));
                    break;
                case 1:
                    bytes.erase(at, random->GetInteger(1, 8));
                    break;
                case 2:
                    bytes.insert(at, random->GetInteger(1, 4), bytes[at]);
                    break;
                default:
                    bytes[at] ^= static_cast<char>(1 << random->GetInteger(0, 7));
                    break;
                }
            }
            RawHttpClient client(net.Host(true), net.Server("A"));
            client.Send(bytes);
            KeyDeliveryTestNetwork::RunFor(MilliSeconds(60));
            for (const HttpResponse& response : client.Responses())
            {
                const auto json = nlohmann::json::parse(response.body, nullptr, false);
                received += json.contains("keys") ? json["keys"].size() : 0;
                refused += response.status != 200;
            }
        }
        KeyDeliveryTestNetwork::RunFor(Seconds(61));
        NS_TEST_EXPECT_MSG_GT(refused, 100, "most are wrong");
        NS_TEST_EXPECT_MSG_GT(received, 10, "and some are still right");
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().createdKeys,
                              received,
                              "each key that was made has arrived");
        NS_TEST_EXPECT_MSG_EQ(net.Problem(), "", "books");
        NS_TEST_EXPECT_MSG_EQ(net.Call(true, M, "GET " + ENC).status, 200, "still well");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief More connections than there may be.
 */
class KeyDeliveryConnectionsTest : public TestCase
{
  public:
    KeyDeliveryConnectionsTest()
        : TestCase("Connections beyond the limit are reset")
    {
    }

  private:
    void DoRun() override
    {
        const KeyDeliveryTestNetwork net;
        const auto server = net.Km("A")->GetKeyDeliveryServer();
        server->SetAttribute("MaxConnections", UintegerValue(3));
        KeyDeliveryTestNetwork::RunFor(Seconds(1));
        std::vector<std::unique_ptr<RawHttpClient>> clients;
        for (int i = 0; i < 5; ++i)
        {
            clients.push_back(std::make_unique<RawHttpClient>(net.Host(true), net.Server("A")));
            KeyDeliveryTestNetwork::RunFor(MilliSeconds(50));
            NS_TEST_EXPECT_MSG_EQ(clients.back()->IsClosed(), (i >= 3), "connection " << i);
        }
        NS_TEST_EXPECT_MSG_EQ(server->GetConnections(), 3, "as many as may be");
        clients.erase(clients.begin());
        KeyDeliveryTestNetwork::RunFor(MilliSeconds(50));
        NS_TEST_EXPECT_MSG_EQ(net.Call(true, M, "GET " + ENC).status, 200, "room again");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Answers that announce more than a client takes.
 */
class KeyDeliveryHostileAnswerTest : public TestCase
{
  public:
    KeyDeliveryHostileAnswerTest()
        : TestCase("A client takes no memory for an answer that is beyond its limit")
    {
    }

  private:
    /**
     * @brief Read an answer.
     * @param length its Content-Length
     * @param found what the reader should find
     * @param status status of its error
     */
    void Read(const std::string& length, HttpReading found, uint32_t status)
    {
        const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n{}";
        for (const std::size_t piece : {text.size(), std::size_t{1}})
        {
            HttpReader<HttpResponse> reader(8192, 65536);
            HttpResponse response;
            HttpReading reading = HTTP_INCOMPLETE;
            for (std::size_t at = 0; at < text.size() && reading == HTTP_INCOMPLETE; at += piece)
            {
                reader.Append(text.substr(at, piece));
                reading = reader.Next(response);
            }
            NS_TEST_EXPECT_MSG_EQ(reading, found, "Content-Length " << length);
            NS_TEST_EXPECT_MSG_EQ(reader.GetErrorStatus(), status, "Content-Length " << length);
        }
    }

    void DoRun() override
    {
        Read("2", HTTP_MESSAGE, 0);
        Read("65536", HTTP_INCOMPLETE, 0);
        Read("65537", HTTP_REFUSED, 413);
        Read("7777777777777715", HTTP_REFUSED, 413);
        Read("18446744073709551615", HTTP_REFUSED, 413);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief TestSuite
 */
class KeyDeliveryHostileTestSuite : public TestSuite
{
  public:
    KeyDeliveryHostileTestSuite()
        : TestSuite("qkdn-key-delivery-hostile", Type::UNIT)
    {
        AddTestCase(new KeyDeliveryHostileTest());
        AddTestCase(new KeyDeliveryRandomTest());
        AddTestCase(new KeyDeliveryConnectionsTest());
        AddTestCase(new KeyDeliveryHostileAnswerTest());
    }
};

static KeyDeliveryHostileTestSuite g_keyDeliveryHostileTestSuite; //!< registers the suite
