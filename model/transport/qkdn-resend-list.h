/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RESEND_LIST_H
#define QKDN_RESEND_LIST_H

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"

#include <functional>
#include <list>
#include <optional>
#include <utility>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Messages that a partner has to hear, oldest first: those that were not sent yet, and those
 * that were sent, until their owner takes them for heard, as a connection may have been dead
 * already.
 * @tparam Message a message
 */
template <typename Message>
class ResendList
{
  public:
    /// Sends a message; false if that was not possible.
    using Sender = std::function<bool(const Message&, IncidentId)>;

    /// A message that is kept.
    struct Entry
    {
        Message message;          //!< the message
        IncidentId incident;      //!< the failure behind it, or none
        std::optional<Time> sent; //!< when it was sent, nothing if it was not

        /**
         * @brief Whether it was sent before a time.
         * @param time the time
         * @return true if so
         */
        bool IsSentBefore(Time time) const
        {
            return sent && *sent < time;
        }
    };

    /**
     * @brief Keep a message that is to be sent.
     * @param message the message
     * @param incident the failure behind it, or none
     */
    void Add(Message message, IncidentId incident)
    {
        m_entries.push_back({std::move(message), incident, std::nullopt});
    }

    /**
     * @brief Send what was not sent, oldest first, until something cannot be sent.
     * @param now the time
     * @param send sends
     * @return true if all is sent
     */
    bool Flush(Time now, const Sender& send)
    {
        for (Entry& entry : m_entries)
        {
            if (!entry.sent)
            {
                if (!send(entry.message, entry.incident))
                {
                    return false;
                }
                entry.sent = now;
            }
        }
        return true;
    }

    /// What is kept may be lost: send it again.
    void MarkUnsent()
    {
        for (Entry& entry : m_entries)
        {
            entry.sent.reset();
        }
    }

    /**
     * @brief Forget messages.
     * @param isOver says which
     */
    template <typename Predicate>
    void RemoveIf(Predicate isOver)
    {
        m_entries.remove_if(isOver);
    }

    /**
     * @brief What is kept.
     * @return the messages, oldest first
     */
    const std::list<Entry>& GetEntries() const
    {
        return m_entries;
    }

  private:
    std::list<Entry> m_entries; //!< oldest first
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RESEND_LIST_H */
