// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

/// A fault in a path attribute that the session survives (RFC 7606).
///
/// @param type the attribute's type code, 0 to 255
/// @param reason for the log
public record AttributeFault(int type, Treatment treatment, String reason) {

  /// What becomes of the routes of the message (RFC 7606 section 2); the strongest treatment of a
  /// message wins. A fault that needs a session reset is a [Decoding.Malformed] instead.
  public enum Treatment {
    DISCARD_ATTRIBUTE,
    TREAT_AS_WITHDRAW
  }
}
