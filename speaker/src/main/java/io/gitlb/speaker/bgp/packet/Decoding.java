// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import java.util.List;

/// What [MessageCodec#decode] made of the octets at hand.
public sealed interface Decoding {

  /// The message is not complete; the buffer was not moved.
  record NeedMore() implements Decoding {}

  /// One message; the buffer stands behind it.
  ///
  /// @param faults in order of appearance; only an UPDATE has any
  record Decoded(Message message, List<AttributeFault> faults) implements Decoding {
    public Decoded {
      faults = List.copyOf(faults);
    }
  }

  /// The stream is of no use any more.
  ///
  /// @param answer to send before the connection is closed
  record Malformed(Notification answer) implements Decoding {}
}
