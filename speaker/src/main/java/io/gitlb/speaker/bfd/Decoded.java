// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

/// What a datagram turned out to be.
public sealed interface Decoded {

  /// Well formed; its authentication is not checked yet.
  record Wellformed(BfdPacket packet) implements Decoded {}

  record Dropped(DropReason reason) implements Decoded {}
}
