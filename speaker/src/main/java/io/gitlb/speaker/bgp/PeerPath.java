// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpAddress;
import java.util.Optional;

/// Which way the packets to a peer go: what there is to be said of the path is of that, and the
/// name which the peer has at the time is not enough, as BFD and BGP hear of another name one after
/// the other.
///
/// @param device the interface or VRF; empty: what the kernel routes by
/// @param source our address; empty: what the kernel routes by
public record PeerPath(IpAddress remote, Optional<String> device, Optional<IpAddress> source) {}
