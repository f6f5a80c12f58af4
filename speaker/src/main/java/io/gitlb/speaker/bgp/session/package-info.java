// SPDX-License-Identifier: Apache-2.0
/// Runs the BGP machines over TCP with Netty. The only place of the speaker's BGP that knows
/// sockets, threads, clocks and chance.
///
///     apply(peers, routes) ─► BgpSpeaker ──one each──► PeerSession ── Connection ── TCP
///     status(), listener ◄──────────────────────────────────┘
///
/// Each peer belongs to one event loop for good; its [io.gitlb.speaker.bgp.Fsm] and
/// [io.gitlb.speaker.bgp.AdjRibOut] are touched by that loop alone. What waits to be sent to a slow
/// peer is the difference between two sets of routes, never a queue of changes.
@NullMarked
package io.gitlb.speaker.bgp.session;

import org.jspecify.annotations.NullMarked;
