// SPDX-License-Identifier: Apache-2.0
/// Layer 2 without a socket: the bytes of Ethernet and ARP, who is answered and what is told
/// unasked.
///
/// A frame comes in as bytes, the [Responder] of the interface gives its [Verdict]: a reply, or the
/// one rule that made it drop the frame. The [AnswerTable] says which addresses the interface
/// answers for. When an address comes to this node, the [GratuitousSchedule] says when
/// [GratuitousAnnouncement] frames go out, so that neighbours replace what they have cached.
///
/// Pure: no thread, no clock, no I/O. Time comes in as an argument; one thread owns each object.
/// The wire itself is behind the port [SegmentPort], which `speaker.pcap` implements.
@NullMarked
package io.gitlb.speaker.l2;

import org.jspecify.annotations.NullMarked;
