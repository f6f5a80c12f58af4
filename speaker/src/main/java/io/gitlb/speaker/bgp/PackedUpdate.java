// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.speaker.bgp.packet.Update;

/// An UPDATE in octets: made once, sent to all peers that are told the same.
public final class PackedUpdate {

  private final Update update;
  private final byte[] octets;

  PackedUpdate(Update update, byte[] octets) {
    this.update = update;
    this.octets = octets;
  }

  /// What it says.
  public Update update() {
    return update;
  }

  /// The whole message. All that send it share these, so they are not to be changed.
  public byte[] octets() {
    return octets;
  }
}
