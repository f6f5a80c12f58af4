// SPDX-License-Identifier: Apache-2.0
/// From the desired state of the node to what the node really does with each address.
///
/// [ActiveSet] places every address of layer 2: answered on these links, left to another node, or
/// not possible and why. [AnnouncementDiff] compares two of them and gives the [Change]s that lead
/// from one to the other. [PeerExport] is the same for BGP: each peer with the routes it is to
/// have.
///
/// Pure: the whole desired state and all links come in, values come out. An address is all that
/// matters here; whose it is does not.
@NullMarked
package io.gitlb.speaker.announce;

import org.jspecify.annotations.NullMarked;
