/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_MANAGER_TEST_NETWORK_H
#define QKDN_KEY_MANAGER_TEST_NETWORK_H

#include "ns3/double.h"
#include "ns3/node-container.h"
#include "ns3/qkdn-fibre-span.h"
#include "ns3/qkdn-key-manager-helper.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-kma-book.h"
#include "ns3/qkdn-ksa-book.h"
#include "ns3/qkdn-kx-messages.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/simulator.h"

#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two key managers, 1 and 2, on 25 km of fibre, with QKD links 1 and 2, whose modules the
 * test plays, and a session in each direction.
 *
 * The books of both ends are kept and looked at after every event; what is wrong first stays in
 * GetProblem().
 */
class KeyManagerTestNetwork
{
  public:
    /// A request for new keys.
    struct Record
    {
        int end{0};             //!< where the master application is
        Time asked;             //!< when it asked
        Time answered;          //!< when the answer came
        uint32_t answers{0};    //!< number of answers
        KeyContainer container; //!< the answer
        bool claim{false};      //!< whether the slave application asks for the keys
        uint32_t claims{0};     //!< answers to that
        KeyContainer claimed;   //!< what the slave application got
    };

    /**
     * @brief Constructor
     * @param helper makes the key managers
     * @param initialBits initial bits of QKD link 1
     */
    explicit KeyManagerTestNetwork(const KeyManagerHelper& helper = KeyManagerHelper(),
                                   uint64_t initialBits = 100000)
    {
        NodeContainer nodes;
        nodes.Create(2);
        PlantHelper plant;
        plant.InstallStack(nodes);
        m_span = CreateObjectWithAttributes<FibreSpan>("LengthKm", DoubleValue(25.0));
        FibrePath path;
        path.AddSpan(m_span);
        plant.Connect("link", nodes.Get(0), nodes.Get(1), path, DataRate("1Gbps"));
        Ipv4Address addresses[2];
        for (int end : {0, 1})
        {
            addresses[end] = PlantHelper::GetServiceAddress(nodes.Get(end));
            m_kms[end] = helper.Install(nodes.Get(end), KmId(end + 1), addresses[end], false);
        }
        helper.Connect(m_kms[0], addresses[0], m_kms[1], addresses[1]);
        for (int end : {0, 1})
        {
            Trace(end);
        }
        helper.AddLink(LinkId(1), "first", m_kms[0], m_kms[1], initialBits);
        helper.AddLink(LinkId(2), "second", m_kms[0], m_kms[1], 0);
        for (int end : {0, 1})
        {
            KeySession session;
            session.id = SessionId(end + 1);
            session.name = end == 0 ? "there" : "back";
            session.masterSae = Master(end);
            session.slaveSae = Slave(end);
            session.masterKm = KmId(end + 1);
            session.slaveKm = KmId(2 - end);
            m_kms[0]->AddSession(session);
            m_kms[1]->AddSession(session);
        }
    }

    /**
     * @brief Name of a master application.
     * @param end its end
     * @return the name
     */
    static std::string Master(int end)
    {
        return "master-" + std::to_string(end);
    }

    /**
     * @brief Name of the slave application of a session.
     * @param end the end of the session's master
     * @return the name
     */
    static std::string Slave(int end)
    {
        return "slave-" + std::to_string(end);
    }

    /**
     * @brief A key manager.
     * @param end 0 or 1
     * @return the key manager
     */
    Ptr<KeyManager> Km(int end) const
    {
        return m_kms[end];
    }

    /**
     * @brief A pool.
     * @param end 0 or 1
     * @return the pool at that end
     */
    Ptr<KmaPool> Pool(int end) const
    {
        return m_kms[end]->GetPool(KmId(2 - end));
    }

    /**
     * @brief The fibre of the classical link.
     * @return the span
     */
    Ptr<FibreSpan> Span() const
    {
        return m_span;
    }

    /**
     * @brief The module of one end delivers a QKD-key.
     * @param end 0 or 1
     * @param link QKD link, 1 or 2
     * @param number number of the block, above the initial ones
     * @param bits its bits
     */
    void Deliver(int end, uint32_t link, uint64_t number, uint32_t bits)
    {
        QkdKey key;
        key.id = KeyId{LinkId(link), (uint64_t{1} << 32) + number};
        key.generated = Simulator::Now();
        key.material = KeyMaterial::FromGenerator(77 + link, number, 0, bits);
        m_kms[end]->AcceptQkdKey(key);
    }

    /**
     * @brief Both modules deliver a QKD-key, now.
     * @param link QKD link, 1 or 2
     * @param number number of the block
     * @param bits its bits
     */
    void DeliverBoth(uint32_t link, uint64_t number, uint32_t bits)
    {
        Deliver(0, link, number, bits);
        Deliver(1, link, number, bits);
    }

    /**
     * @brief A master application asks for keys, now.
     * @param end its end
     * @param number number of keys
     * @param sizeBit size, 0 for the default
     * @param claim whether the slave application asks for them 1 ms after the answer
     */
    void Ask(int end, uint32_t number, uint32_t sizeBit = 0, bool claim = false)
    {
        AskAs(end, Master(end), Slave(end), number, sizeBit, claim);
    }

    /**
     * @brief Somebody asks for keys, now.
     * @param end the key manager that is asked
     * @param caller who asks
     * @param slave the slave application
     * @param number number of keys
     * @param sizeBit size, 0 for the default
     * @param claim whether the slave application asks for them 1 ms after the answer
     */
    void AskAs(int end,
               const std::string& caller,
               const std::string& slave,
               uint32_t number,
               uint32_t sizeBit,
               bool claim)
    {
        Record record;
        record.end = end;
        record.asked = Simulator::Now();
        record.claim = claim;
        m_records.push_back(record);
        KeySupplyRequest request;
        request.number = number;
        request.sizeBit = sizeBit;
        m_kms[end]->GetKey(caller,
                           slave,
                           request,
                           MakeBoundCallback(&Answered, this, m_records.size() - 1));
    }

    /**
     * @brief The slave application of a request asks for its keys, now.
     * @param index the request
     */
    void Claim(std::size_t index)
    {
        const Record& record = m_records[index];
        ClaimAs(index, Slave(record.end), Master(record.end), Ids(record));
    }

    /**
     * @brief Somebody asks for keys by their ids, now.
     * @param index where the answer is written down
     * @param caller who asks
     * @param master the master application
     * @param ids the keys' ids
     */
    void ClaimAs(std::size_t index,
                 const std::string& caller,
                 const std::string& master,
                 const std::vector<std::string>& ids)
    {
        m_kms[1 - m_records[index].end]->GetKeyWithKeyIds(caller,
                                                          master,
                                                          ids,
                                                          MakeBoundCallback(&Claimed, this, index));
    }

    /**
     * @brief The ids of the keys of a request.
     * @param record the request
     * @return UUIDs
     */
    static std::vector<std::string> Ids(const Record& record)
    {
        std::vector<std::string> ids;
        for (const SuppliedKey& key : record.container.keys)
        {
            ids.push_back(key.keyId);
        }
        return ids;
    }

    /**
     * @brief Requests in the order in which they were made.
     * @return the requests
     */
    const std::vector<Record>& Records() const
    {
        return m_records;
    }

    /**
     * @brief Number of requests of one outcome.
     * @param status the outcome
     * @return the number
     */
    std::size_t Count(KeySupplyStatus status) const
    {
        std::size_t count = 0;
        for (const Record& record : m_records)
        {
            count += record.answers == 1 && record.container.status == status ? 1 : 0;
        }
        return count;
    }

    /**
     * @brief The first thing that was wrong.
     * @return empty if all is well
     */
    const std::string& GetProblem() const
    {
        return m_problem;
    }

    /**
     * @brief What is wrong when nothing is on its way: the ends must be mirror images.
     * @return empty if all is well
     */
    std::string QuietProblem()
    {
        std::ostringstream wrong;
        const KeyLedger total = m_kmaBook.GetTotal();
        const uint64_t stored = total.Get(KEY_STORED);
        if (total.Get(KEY_ONE_SIDED) > 0 || total.Get(KEY_IN_FLIGHT) > 0)
        {
            wrong << total.Get(KEY_ONE_SIDED) << " bits one-sided, " << total.Get(KEY_IN_FLIGHT)
                  << " in flight; ";
        }
        for (int end : {0, 1})
        {
            wrong << Pool(end)->CheckConsistency();
            if (Pool(end)->GetStoredBits() != stored || Pool(end)->GetUnconfirmedBits() > 0 ||
                Pool(end)->GetOwnBits() != Pool(1 - end)->GetPeerBits())
            {
                wrong << "end " << end << " stores " << Pool(end)->GetOwnBits() << "+"
                      << Pool(end)->GetPeerBits() << "+" << Pool(end)->GetUnconfirmedBits()
                      << " of " << stored << "; ";
            }
            for (KeyUse use : {KEY_DIRECT_SUPPLY, KEY_AUTHENTICATION})
            {
                if (total.Get(use) > Pool(end)->GetLedger().Get(use))
                {
                    wrong << "end " << end << " knows less " << KeyUseName(use) << "; ";
                }
            }
        }
        for (const Record& record : m_records)
        {
            if (record.answers != 1)
            {
                wrong << "a request of " << record.asked.As(Time::S) << " has " << record.answers
                      << " answers; ";
                break;
            }
        }
        if (m_ksaBook.GetTotal().keys[KSA_IN_FLIGHT] > 0)
        {
            wrong << m_ksaBook.GetTotal().keys[KSA_IN_FLIGHT] << " KSA-keys in flight; ";
        }
        return m_problem + wrong.str();
    }

    /**
     * @brief Whether both ends hold the same bits in mirrored shares. The pools stop to work.
     * @return empty if so
     */
    std::string MirrorProblem()
    {
        const auto a = Pool(0)->Snapshot();
        const auto b = Pool(1)->Snapshot();
        if (a.size() != b.size())
        {
            return "the ends hold different QKD-keys";
        }
        for (std::size_t i = 0; i < a.size(); ++i)
        {
            if (a[i].key != b[i].key || !(a[i].own == b[i].peer) || !(a[i].peer == b[i].own))
            {
                return "the ends differ in key " + a[i].key.ToString();
            }
        }
        return "";
    }

    /**
     * @brief Whether the books of the ends are the common book.
     * @return true if nothing was lost at one end
     */
    bool BooksAgree() const
    {
        return Pool(0)->GetLedger() == m_kmaBook.GetTotal() &&
               Pool(1)->GetLedger() == m_kmaBook.GetTotal();
    }

    /**
     * @brief The book of KMA-key.
     * @return the book
     */
    const KmaBook& Kma() const
    {
        return m_kmaBook;
    }

    /**
     * @brief The book of KSA-key.
     * @return the book
     */
    const KsaBook& Ksa() const
    {
        return m_ksaBook;
    }

    /**
     * @brief Messages that changed nothing at one end.
     * @param end 0 or 1
     * @return the number
     */
    uint32_t BadMessages(int end) const
    {
        return m_bad[end];
    }

    /**
     * @brief KMA-key bits that KSA-keys were made of at one end.
     * @param end 0 or 1
     * @return the bits
     */
    uint64_t MadeBits(int end) const
    {
        return m_made[end];
    }

    /// Link status that a key manager learned from the other one.
    struct Learned
    {
        Time when;           //!< when
        LinkId link;         //!< the link
        LinkStatus status;   //!< its status
        IncidentId incident; //!< the failure
    };

    /**
     * @brief What one end learned from the other one.
     * @param end 0 or 1
     * @return in order of time
     */
    const std::vector<Learned>& LearnedAt(int end) const
    {
        return m_learned[end];
    }

  private:
    /// Attach to the traces of one end.
    void Trace(int end)
    {
        const Ptr<KmaPool> pool = Pool(end);
        pool->TraceConnectWithoutContext("KeyAdded",
                                         MakeCallback(&KeyManagerTestNetwork::Added, this));
        pool->TraceConnectWithoutContext("KeyMoved",
                                         MakeCallback(&KeyManagerTestNetwork::Moved, this));
        pool->TraceConnectWithoutContext("KeySettled",
                                         MakeCallback(&KeyManagerTestNetwork::Settled, this));
        pool->TraceConnectWithoutContext("KeyRefused",
                                         MakeCallback(&KeyManagerTestNetwork::Refused, this));
        const auto sink = MakeCallback(&KeyManagerTestNetwork::KsaEvent, this);
        m_kms[end]->GetMasterAgent()->TraceConnectWithoutContext("KeyEvent", sink);
        m_kms[end]->GetSlaveAgent()->TraceConnectWithoutContext("KeyEvent", sink);
        m_kms[end]->TraceConnectWithoutContext("BadMessage",
                                               MakeCallback(&KeyManagerTestNetwork::Bad, this));
        m_kms[end]->TraceConnectWithoutContext("LinkStatus",
                                               MakeCallback(&KeyManagerTestNetwork::Status, this));
    }

    /// @cond
    static void Answered(KeyManagerTestNetwork* self,
                         std::size_t index,
                         const KeyContainer& container)
    {
        Record& record = self->m_records[index];
        ++record.answers;
        record.answered = Simulator::Now();
        record.container = container;
        if (container.status != KEY_SUPPLY_OK && !container.keys.empty())
        {
            self->Problem("keys in a refusal");
        }
        if (container.status == KEY_SUPPLY_OK && record.claim)
        {
            Simulator::Schedule(MilliSeconds(1), &KeyManagerTestNetwork::Claim, self, index);
        }
    }

    static void Claimed(KeyManagerTestNetwork* self,
                        std::size_t index,
                        const KeyContainer& container)
    {
        Record& record = self->m_records[index];
        ++record.claims;
        record.claimed = container;
        for (std::size_t i = 0; record.claim && i < container.keys.size(); ++i)
        {
            const SuppliedKey& mine = record.container.keys.at(i);
            if (container.keys[i].keyId != mine.keyId ||
                container.keys[i].material.ToBytes() != mine.material.ToBytes())
            {
                self->Problem("master and slave application have different keys");
            }
        }
    }

    void Added(KmId holder, KmId peer, const QkdKey& key, bool initial)
    {
        m_kmaBook.NotifyKeyAdded(holder, peer, key, initial);
        Look();
    }

    void Moved(KmId holder, KmId peer, KeyRange range, KeyUse from, KeyUse to, IncidentId incident)
    {
        m_kmaBook.NotifyKeyMoved(holder, peer, range, from, to, incident);
        Look();
    }

    void Settled(KmId holder, KmId peer, KeyRange range)
    {
        m_kmaBook.NotifyKeySettled(holder, peer, range);
        Look();
    }

    void Refused(KmId holder, KmId peer, const QkdKey& key)
    {
        m_kmaBook.NotifyKeyRefused(holder, peer, key);
        Look();
    }

    void Bad(KmId km, KmId /* neighbour */, uint16_t /* type */)
    {
        ++m_bad[km.value - 1];
    }

    void Status(KmId km, LinkId link, LinkStatus status, bool local, IncidentId incident)
    {
        if (!local)
        {
            m_learned[km.value - 1].push_back({Simulator::Now(), link, status, incident});
        }
    }

    void KsaEvent(const KsaKeyEvent& event)
    {
        const Time now = Simulator::Now();
        const SessionEnd end = event.master ? SESSION_MASTER : SESSION_SLAVE;
        switch (event.kind)
        {
        case KSA_EVENT_CREATED:
            m_ksaBook.NotifyCreated(event.key, event.material.GetBits(), now);
            m_made[event.holder.value - 1] += event.material.GetBits();
            Spend(event.ranges);
            break;
        case KSA_EVENT_HELD:
        case KSA_EVENT_CONFIRMED:
            m_ksaBook.NotifyConfirmed(event.key, end, now);
            break;
        case KSA_EVENT_HANDED_OVER:
            m_ksaBook.NotifyHandedOver(event.key, end, event.material, now);
            break;
        case KSA_EVENT_GIVEN_OUT:
        case KSA_EVENT_GIVEN_UP:
            Problem("a call gave a key out by message");
            break;
        case KSA_EVENT_VOIDED:
            m_ksaBook.NotifyVoided(event.key, end, now);
            break;
        case KSA_EVENT_EXPIRED:
            m_ksaBook.NotifyExpired(event.key, end, now);
            break;
        case KSA_EVENT_DESTROYED:
            m_ksaBook.NotifyDestroyed(event.key, end, now);
            break;
        }
        Look();
    }

    /// @endcond

    /**
     * @brief No bit goes into two KSA-keys, whichever end makes them.
     * @param ranges the bits of a new key
     */
    void Spend(const std::vector<KeyRange>& ranges)
    {
        for (const KeyRange& range : ranges)
        {
            std::vector<bool>& spent = m_spent[range.key];
            spent.resize(std::max<std::size_t>(spent.size(), range.EndBit()));
            for (uint32_t bit = range.firstBit; bit < range.EndBit(); ++bit)
            {
                if (spent[bit])
                {
                    Problem("a bit was allocated twice");
                }
                spent[bit] = true;
            }
        }
    }

    /// Look at the books.
    void Look()
    {
        if (!m_kmaBook.Balances() || !m_ksaBook.Balances())
        {
            Problem("a book does not balance");
        }
        if (!m_kmaBook.GetViolations().empty())
        {
            Problem(m_kmaBook.GetViolations().front());
        }
        if (!m_ksaBook.GetViolations().empty())
        {
            Problem(m_ksaBook.GetViolations().front());
        }
    }

    /**
     * @brief Write down what is wrong, unless something was before.
     * @param text what is wrong
     */
    void Problem(const std::string& text)
    {
        if (m_problem.empty())
        {
            std::ostringstream problem;
            problem << Simulator::Now().As(Time::S) << ": " << text << "; ";
            m_problem = problem.str();
        }
    }

    Ptr<KeyManager> m_kms[2];                   //!< key managers
    Ptr<FibreSpan> m_span;                      //!< the fibre between them
    KmaBook m_kmaBook;                          //!< of both ends
    KsaBook m_ksaBook;                          //!< of both ends
    std::vector<Record> m_records;              //!< requests
    std::map<KeyId, std::vector<bool>> m_spent; //!< bits that KSA-keys were made of
    std::vector<Learned> m_learned[2];          //!< link status learned
    uint64_t m_made[2] = {0, 0};                //!< bits of KSA-keys made
    uint32_t m_bad[2] = {0, 0};                 //!< messages that changed nothing
    std::string m_problem;                      //!< what was wrong first
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_MANAGER_TEST_NETWORK_H */
