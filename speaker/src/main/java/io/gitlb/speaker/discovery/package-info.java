// SPDX-License-Identifier: Apache-2.0
/// Finds the router at the other end of a link by the router discovery of IPv6 (RFC 4861), and lets
/// it find us, for BGP sessions without configured addresses. Pure: no socket, clock or thread.
///
///     ICMPv6 ─► RouterCodec ─► RouterMessage ─► NeighborSearch ─► advertise, solicit, follow
@NullMarked
package io.gitlb.speaker.discovery;

import org.jspecify.annotations.NullMarked;
