// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// The error codes of a NOTIFICATION with the names of their subcodes (RFC 4271 section 4.5, RFC
/// 4486, RFC 5492, RFC 6608, RFC 7313, RFC 8538, RFC 9234, RFC 9384, RFC 9687).
public enum ErrorCode {
  MESSAGE_HEADER(
      1,
      "Message Header Error",
      Map.of(1, "Connection Not Synchronized", 2, "Bad Message Length", 3, "Bad Message Type")),
  OPEN_MESSAGE(
      2,
      "OPEN Message Error",
      Map.of(
          1, "Unsupported Version Number",
          2, "Bad Peer AS",
          3, "Bad BGP Identifier",
          4, "Unsupported Optional Parameter",
          6, "Unacceptable Hold Time",
          7, "Unsupported Capability",
          11, "Role Mismatch")),
  UPDATE_MESSAGE(
      3,
      "UPDATE Message Error",
      Map.of(
          1, "Malformed Attribute List",
          2, "Unrecognized Well-known Attribute",
          3, "Missing Well-known Attribute",
          4, "Attribute Flags Error",
          5, "Attribute Length Error",
          6, "Invalid ORIGIN Attribute",
          8, "Invalid NEXT_HOP Attribute",
          9, "Optional Attribute Error",
          10, "Invalid Network Field",
          11, "Malformed AS_PATH")),
  HOLD_TIMER(4, "Hold Timer Expired", Map.of()),
  FINITE_STATE_MACHINE(
      5,
      "Finite State Machine Error",
      Map.of(
          1, "Unexpected Message in OpenSent",
          2, "Unexpected Message in OpenConfirm",
          3, "Unexpected Message in Established")),
  CEASE(
      6,
      "Cease",
      Map.of(
          1, "Maximum Number of Prefixes Reached",
          2, "Administrative Shutdown",
          3, "Peer De-configured",
          4, "Administrative Reset",
          5, "Connection Rejected",
          6, "Other Configuration Change",
          7, "Connection Collision Resolution",
          8, "Out of Resources",
          9, "Hard Reset",
          10, "BFD Down")),
  ROUTE_REFRESH_MESSAGE(7, "ROUTE-REFRESH Message Error", Map.of(1, "Invalid Message Length")),
  SEND_HOLD_TIMER(8, "Send Hold Timer Expired", Map.of());

  private final int code;
  private final String label;

  /// subcode → its registered name (1:1)
  @SuppressWarnings("ImmutableEnumChecker") // made by Map.of
  private final Map<Integer, String> subcodes;

  ErrorCode(int code, String label, Map<Integer, String> subcodes) {
    this.code = code;
    this.label = label;
    this.subcodes = subcodes;
  }

  /// The code octet.
  public int code() {
    return code;
  }

  /// The registered names of a code and subcode, known or not, such as `Cease/BFD Down`.
  static String nameOf(int code, int subcode) {
    return ofCode(code)
        .map(known -> known.label + known.subcodeName(subcode))
        .orElse("unknown error");
  }

  private String subcodeName(int subcode) {
    if (subcode == 0) {
      return "";
    }
    return "/" + subcodes.getOrDefault(subcode, "unknown");
  }

  private static Optional<ErrorCode> ofCode(int code) {
    return Arrays.stream(values()).filter(known -> known.code == code).findFirst();
  }
}
