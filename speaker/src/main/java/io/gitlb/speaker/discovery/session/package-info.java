// SPDX-License-Identifier: Apache-2.0
/// Runs the router discovery of [io.gitlb.speaker.discovery] on network interfaces, each with a raw
/// socket and a thread of its own. Needs CAP_NET_RAW, as layer 2 does.
///
///     apply(interfaces) ─► RouterDiscovery ──one each──► LinkTalk ── IcmpSocket ── ICMPv6
///     listener ◄──────────────────────────────────────────┘
@NullMarked
package io.gitlb.speaker.discovery.session;

import org.jspecify.annotations.NullMarked;
