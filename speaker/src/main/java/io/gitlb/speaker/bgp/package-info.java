// SPDX-License-Identifier: Apache-2.0
/// The BGP session of one peer and what it tells that peer, as pure machines (RFC 4271 sections 8
/// and 3.2). They hold no socket, clock or thread: an [Event] goes in, a [Step] comes out that
/// names the next state and the [Action]s that the caller performs in the order given.
///
///     configuration, TCP, timers, messages ── Event ──► Fsm ── Step(next Fsm, actions) ──► caller
///     whole desired set of routes ────────────────────► AdjRibOut ── UPDATEs ────────────► caller
///
/// What the caller owes the FSM:
///
/// - one FSM a connection, and events in the order in which they happened
/// - timers: at most one of each [Timer] runs, starting it again replaces it, and its expiry comes
///   back as an event. A stopped timer never expires.
/// - nothing of a connection that was disconnected comes in any more
/// - a random [Jitter] for each event, drawn from 0.75 to 1.0
///
/// We originate routes and learn none: what peers send is checked, counted and forgotten. Only the
/// dialling side is here; a listener for passive peers adds a second FSM for the same peer and a
/// collision rule above the two, on the [Negotiated] identifiers.
@NullMarked
package io.gitlb.speaker.bgp;

import org.jspecify.annotations.NullMarked;
