// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.value.Ipv4;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// NOTIFICATION: the last message of a session and why it ends (RFC 4271 section 4.5).
///
///     +---------------+---------------+-------------------------------+
///     | Error code (8)|Error subcode 8|   Data (variable)             |
///     +---------------+---------------+-------------------------------+
///
/// @param code 0 to 255, see [ErrorCode]
/// @param subcode 0 to 255; 0 is "unspecific"
/// @param data what the code asks for, at most 4075 octets in ours, 65514 in those that we read
public record Notification(int code, int subcode, Octets data) implements Message {

  /// Header 19 and the two codes.
  private static final int FIXED = 21;

  private static final int HARD_RESET = 9;

  /// Of a peer's text, in characters after escaping: whatever an operator wrote, and no more.
  private static final int MAX_SHOWN = 256;

  /// Longest shutdown text in octets; RFC 9003 allows 255, older speakers take 128 (RFC 8203).
  private static final int MAX_TEXT = 128;

  public Notification {
    boolean tooLong = data.length() > MessageCodec.MAX_EXTENDED_LENGTH - FIXED;
    if (code < 0 || code > 0xFF || subcode < 0 || subcode > 0xFF || tooLong) {
      throw new IllegalArgumentException("no NOTIFICATION: " + code + "/" + subcode);
    }
  }

  /// One of ours: data that quotes a long message is cut to what every peer reads.
  private static Notification of(ErrorCode code, int subcode, Octets data) {
    return new Notification(code.code(), subcode, data.first(MessageCodec.MAX_LENGTH - FIXED));
  }

  /// 1/1: the marker is not all ones.
  static Notification notSynchronized() {
    return of(ErrorCode.MESSAGE_HEADER, 1, Octets.EMPTY);
  }

  /// 1/2 with the erroneous length field.
  static Notification badLength(int length) {
    return of(ErrorCode.MESSAGE_HEADER, 2, Octets.ofShort(length));
  }

  /// 1/3 with the erroneous type field.
  static Notification badType(int type) {
    return of(ErrorCode.MESSAGE_HEADER, 3, Octets.of(new byte[] {(byte) type}));
  }

  /// 2/0: an optional parameter or capability that cannot be read.
  static Notification malformedOpen() {
    return of(ErrorCode.OPEN_MESSAGE, 0, Octets.EMPTY);
  }

  /// 2/1 with the one version that we speak.
  static Notification unsupportedVersion() {
    return of(ErrorCode.OPEN_MESSAGE, 1, Octets.ofShort(Open.VERSION));
  }

  /// 2/2.
  public static Notification badPeerAs() {
    return of(ErrorCode.OPEN_MESSAGE, 2, Octets.EMPTY);
  }

  /// 2/3 with the identifier.
  public static Notification badIdentifier(Ipv4 identifier) {
    return of(ErrorCode.OPEN_MESSAGE, 3, Octets.of(identifier.toBytes()));
  }

  /// 2/4: a parameter other than capabilities.
  static Notification unsupportedParameter() {
    return of(ErrorCode.OPEN_MESSAGE, 4, Octets.EMPTY);
  }

  /// 2/6 with the hold time in seconds.
  public static Notification unacceptableHoldTime(Duration holdTime) {
    return of(ErrorCode.OPEN_MESSAGE, 6, Octets.ofShort((int) holdTime.toSeconds()));
  }

  /// 2/7 with the capabilities that we cannot do without.
  public static Notification unsupportedCapability(List<Capability> required) {
    return of(ErrorCode.OPEN_MESSAGE, 7, Octets.of(CapabilityCodec.encode(required)));
  }

  /// 3/subcode with the whole attribute, or with nothing where no attribute is to blame.
  static Notification updateError(int subcode, Octets data) {
    return of(ErrorCode.UPDATE_MESSAGE, subcode, data);
  }

  /// 4/0.
  public static Notification holdTimerExpired() {
    return of(ErrorCode.HOLD_TIMER, 0, Octets.EMPTY);
  }

  /// 5/subcode with the type octet of the message that came out of turn (RFC 6608).
  ///
  /// @param subcode 1 OpenSent, 2 OpenConfirm, 3 Established
  public static Notification unexpectedMessage(int subcode, MessageType type) {
    return of(ErrorCode.FINITE_STATE_MACHINE, subcode, Octets.of(new byte[] {(byte) type.code()}));
  }

  /// 5/subcode where no message is to blame.
  public static Notification fsmError(int subcode) {
    return of(ErrorCode.FINITE_STATE_MACHINE, subcode, Octets.EMPTY);
  }

  /// 6/2 with a text for the operator on the other side (RFC 9003); cut at 128 octets.
  public static Notification administrativeShutdown(String text) {
    return of(ErrorCode.CEASE, 2, shutdownData(text));
  }

  /// 6/4 with a text: we come back soon; cut like that of a shutdown.
  public static Notification administrativeReset(String text) {
    return of(ErrorCode.CEASE, 4, shutdownData(text));
  }

  private static Octets shutdownData(String text) {
    byte[] utf8 = cut(text).getBytes(StandardCharsets.UTF_8);
    return Octets.of(
        ByteBuffer.allocate(1 + utf8.length).put((byte) utf8.length).put(utf8).array());
  }

  /// 6/7: the other of two connections with the peer stays (RFC 4271 section 6.8).
  public static Notification connectionCollision() {
    return of(ErrorCode.CEASE, 7, Octets.EMPTY);
  }

  /// 6/9: this one, and the peer shall not keep our routes though both sides keep them over other
  /// NOTIFICATIONs (RFC 8538 section 3).
  public Notification hard() {
    byte[] inner = data.toBytes();
    byte[] wrapped =
        ByteBuffer.allocate(2 + inner.length)
            .put((byte) code)
            .put((byte) subcode)
            .put(inner)
            .array();
    return of(ErrorCode.CEASE, HARD_RESET, Octets.of(wrapped));
  }

  /// 6/10: the path to the peer is gone (RFC 9384).
  public static Notification bfdDown() {
    return of(ErrorCode.CEASE, 10, Octets.EMPTY);
  }

  /// 6/3: the peer is gone from the configuration.
  public static Notification peerDeconfigured() {
    return of(ErrorCode.CEASE, 3, Octets.EMPTY);
  }

  /// 6/6: the session has to be made anew with other parameters.
  public static Notification otherConfigurationChange() {
    return of(ErrorCode.CEASE, 6, Octets.EMPTY);
  }

  /// 7/1 with the whole message (RFC 7313 section 5).
  static Notification badRefreshLength(Octets message) {
    return of(ErrorCode.ROUTE_REFRESH_MESSAGE, 1, message);
  }

  /// Whether the other side does not know optional parameters, so that an OPEN without capabilities
  /// may do (RFC 5492 section 3).
  public boolean refusesOptionalParameters() {
    return code == ErrorCode.OPEN_MESSAGE.code() && subcode == 4;
  }

  /// The shutdown text of a Cease 6/2 or 6/4, or empty when there is none or it is not UTF-8.
  /// Control characters come out as their code point, `<U+001B>`: it is shown on terminals.
  public Optional<String> shutdownText() {
    byte[] octets = data.toBytes();
    boolean carriesText = code == ErrorCode.CEASE.code() && (subcode == 2 || subcode == 4);
    if (!carriesText || octets.length == 0 || (octets[0] & 0xFF) > octets.length - 1) {
      return Optional.empty();
    }
    try {
      CharBuffer text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, 1, octets[0] & 0xFF));
      return Optional.of(escape(text.toString())).filter(escaped -> !escaped.isEmpty());
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
  }

  /// For people: `Cease/Administrative Shutdown (6/2) "maintenance"`.
  public String describe() {
    String name = ErrorCode.nameOf(code, subcode) + " (" + code + "/" + subcode + ")";
    return name
        + shutdownText().map(text -> " \"" + text + "\"").orElse("")
        + softened().map(inner -> ": " + inner.describe()).orElse("");
  }

  /// What a hard reset wraps; a hard reset in a hard reset is not unwrapped.
  private Optional<Notification> softened() {
    byte[] wrapped = data.toBytes();
    boolean hard = code == ErrorCode.CEASE.code() && subcode == HARD_RESET && wrapped.length >= 2;
    if (!hard || (wrapped[0] == code && wrapped[1] == HARD_RESET)) {
      return Optional.empty();
    }
    Octets inner = Octets.of(Arrays.copyOfRange(wrapped, 2, wrapped.length));
    return Optional.of(new Notification(wrapped[0] & 0xFF, wrapped[1] & 0xFF, inner));
  }

  private static String cut(String text) {
    String rest = text.replace("\0", "");
    while (rest.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT) {
      rest = rest.substring(0, rest.offsetByCodePoints(rest.length(), -1));
    }
    return rest;
  }

  private static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
      if (out.length() > MAX_SHOWN) {
        return out.append('\u2026').toString();
      }
      appendEscaped(out, text.codePointAt(i));
    }
    return out.toString();
  }

  private static void appendEscaped(StringBuilder out, int point) {
    boolean plain =
        switch (Character.getType(point)) {
          case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR -> false;
          case Character.PARAGRAPH_SEPARATOR, Character.UNASSIGNED -> false;
          default -> true;
        };
    if (plain) {
      out.appendCodePoint(point);
    } else {
      out.append(String.format("<U+%04X>", point));
    }
  }
}
