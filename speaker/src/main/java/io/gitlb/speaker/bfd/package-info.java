// SPDX-License-Identifier: Apache-2.0
/// Bidirectional Forwarding Detection (RFC 5880) as a pure machine: no socket, clock or thread.
///
///     datagram ─► BfdCodec ─► BfdPacket ─► BfdSession ─► actions (send, tell) ─► caller
///                    └─ DropReason           ▲
///                                  time, chance, keys
///
/// It serves single hop (RFC 5881) and multihop (RFC 5883) as well as the liveness sessions between
/// speakers: they differ in [SessionTimers] and in what the caller demands of the TTL.
@NullMarked
package io.gitlb.speaker.bfd;

import org.jspecify.annotations.NullMarked;
