/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_COMPAT_H
#define QKDN_COMPAT_H

// Differences between ns-3 releases, found by what compiles and not by a version number:
// ns-3 defines no version macro unless it is built with --enable-build-version.

#include "ns3/enum.h"
#include "ns3/ptr.h"
#include "ns3/test.h"

namespace ns3
{
namespace qkdn
{

/// @cond
// ns-3.41 and newer: MakeEnumAccessor<EnumType>(accessor...)
template <typename E, typename... A>
auto
DoMakeEnumAccessor(int, A... a) -> decltype(ns3::MakeEnumAccessor<E>(a...))
{
    return ns3::MakeEnumAccessor<E>(a...);
}

// up to ns-3.40: MakeEnumAccessor(accessor...)
template <typename E, typename... A>
auto
DoMakeEnumAccessor(long, A... a) -> decltype(ns3::MakeEnumAccessor(a...))
{
    return ns3::MakeEnumAccessor(a...);
}

// ns-3.42 and newer: TestCase::Duration::X
template <typename T>
constexpr auto
DoExtensive(int) -> decltype(T::Duration::EXTENSIVE)
{
    return T::Duration::EXTENSIVE;
}

// up to ns-3.41: TestCase::X
template <typename T>
constexpr auto
DoExtensive(long) -> decltype(T::EXTENSIVE)
{
    return T::EXTENSIVE;
}

/// @endcond

/**
 * @ingroup qkdn-resilience
 * @brief MakeEnumAccessor for any ns-3 release (plain enums only before ns-3.41).
 * @tparam E the enum type
 * @param a the member, or the setter and the getter
 * @return the accessor
 */
template <typename E, typename... A>
Ptr<const AttributeAccessor>
MakeEnumAccessor(A... a)
{
    return DoMakeEnumAccessor<E>(0, a...);
}

/// The duration of tests that are not quick, for any ns-3 release.
constexpr auto TEST_EXTENSIVE = DoExtensive<TestCase>(0);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_COMPAT_H */
