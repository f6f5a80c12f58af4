// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.speaker.bgp.packet.PathAttribute;
import java.util.List;

/// What a kind of route is on the wire. Equal to itself only: [Exports] has one of each kind.
final class Exported {

  private final List<PathAttribute> attributes;
  private final int room;

  /// @param room octets left for prefixes
  Exported(List<PathAttribute> attributes, int room) {
    this.attributes = attributes;
    this.room = room;
  }

  List<PathAttribute> attributes() {
    return attributes;
  }

  int room() {
    return room;
  }
}
