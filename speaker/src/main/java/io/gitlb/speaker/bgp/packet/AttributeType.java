// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

/// Type codes and flags of the attributes that we read or write (IANA bgp-parameters).
final class AttributeType {

  static final int ORIGIN = 1;
  static final int AS_PATH = 2;
  static final int NEXT_HOP = 3;
  static final int MULTI_EXIT_DISC = 4;
  static final int LOCAL_PREF = 5;
  static final int ATOMIC_AGGREGATE = 6;
  static final int COMMUNITIES = 8;
  static final int MP_REACH = 14;
  static final int MP_UNREACH = 15;
  static final int AS4_PATH = 17;
  static final int LARGE_COMMUNITIES = 32;

  static final int OPTIONAL = 0x80;
  static final int TRANSITIVE = 0x40;
  static final int PARTIAL = 0x20;
  static final int EXTENDED_LENGTH = 0x10;

  private AttributeType() {}

  /// The optional and transitive bits that the type must carry, or -1 for types that we pass over.
  static int requiredFlags(int type) {
    return switch (type) {
      case ORIGIN, AS_PATH, NEXT_HOP, LOCAL_PREF, ATOMIC_AGGREGATE -> TRANSITIVE;
      case MULTI_EXIT_DISC, MP_REACH, MP_UNREACH -> OPTIONAL;
      case COMMUNITIES, AS4_PATH, LARGE_COMMUNITIES -> OPTIONAL | TRANSITIVE;
      default -> -1;
    };
  }
}
