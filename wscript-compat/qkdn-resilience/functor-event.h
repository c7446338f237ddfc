/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FUNCTOR_EVENT_H
#define QKDN_FUNCTOR_EVENT_H

// Lets Simulator::Schedule() of ns-3.35 take lambdas, as newer releases do. The wscript makes the
// compiler include this file first: ns-3's own templates find only what is declared before them.

#include "ns3/event-impl.h"

#include <type_traits>
#include <utility>

namespace ns3
{

/**
 * @ingroup qkdn-resilience
 * @brief Make an event of an object that can be called.
 * @param functor the object
 * @return the event
 */
template <typename F, typename = std::enable_if_t<std::is_class<F>::value>>
EventImpl*
MakeEvent(F functor)
{
    /// Calls the object.
    class FunctorEvent : public EventImpl
    {
      public:
        /**
         * @brief Constructor
         * @param functor what to call
         */
        explicit FunctorEvent(F functor)
            : m_functor(std::move(functor))
        {
        }

      private:
        void Notify() override
        {
            m_functor();
        }

        F m_functor; //!< what to call
    };

    return new FunctorEvent(std::move(functor));
}

} // namespace ns3

#endif /* QKDN_FUNCTOR_EVENT_H */
