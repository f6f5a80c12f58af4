// SPDX-License-Identifier: Apache-2.0
/// The wire: finds the interfaces that layer 2 may use, captures ARP frames there and sends ours.
/// The only place that knows pcap4j, libpcap and where Linux tells about its interfaces.
///
/// [PcapSegments] implements the port of `speaker.l2`. Each open link has one handle and one
/// platform thread: the capture blocks in native code, which a virtual thread must not. A reply is
/// sent by the thread that captured the request.
@NullMarked
package io.gitlb.speaker.pcap;

import org.jspecify.annotations.NullMarked;
