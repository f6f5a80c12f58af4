// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpReach;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpUnreach;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// Cuts messages off a stream and writes them (RFC 4271 sections 4.1 and 6.1).
///
/// @param asWidth of AS_PATH; [AsWidth#TWO_OCTETS] until both OPENs have been read
/// @param receiveLimit the longest message that is read, in octets: [#MAX_LENGTH], or
///   [#MAX_EXTENDED_LENGTH] once we have offered that (RFC 8654); what is written never exceeds the
///   former
/// @param refreshSubtype of what is read
public record MessageCodec(AsWidth asWidth, int receiveLimit, RefreshSubtype refreshSubtype) {

  /// The longest message without RFC 8654, in octets.
  public static final int MAX_LENGTH = 4096;

  /// The longest message with RFC 8654, in octets.
  public static final int MAX_EXTENDED_LENGTH = 65_535;

  private static final int HEADER_LENGTH = 19;
  private static final int MARKER_LENGTH = 16;

  private static final Decoding.Decoded KEEPALIVE = plain(new Keepalive());

  /// Withdrawn length, attributes length.
  private static final int UPDATE_FIXED = 4;

  /// For messages of the usual length.
  public MessageCodec(AsWidth asWidth) {
    this(asWidth, MAX_LENGTH);
  }

  /// For two speakers that can RFC 7313.
  public MessageCodec(AsWidth asWidth, int receiveLimit) {
    this(asWidth, receiveLimit, RefreshSubtype.MEANT);
  }

  /// Reads one message from the position of the buffer.
  ///
  /// @param in in network byte order; moved behind the message when one is decoded, and left alone
  ///   otherwise
  public Decoding decode(ByteBuffer in) {
    Optional<Notification> fault = headerFault(in);
    if (fault.isPresent()) {
      return new Decoding.Malformed(fault.get());
    }
    if (in.remaining() < HEADER_LENGTH || in.remaining() < lengthField(in)) {
      return new Decoding.NeedMore();
    }
    int length = lengthField(in);
    ByteBuffer message = in.slice(in.position(), length);
    try {
      Decoding.Decoded decoded = decodeWhole(message);
      in.position(in.position() + length);
      return decoded;
    } catch (MalformedMessage malformed) {
      return new Decoding.Malformed(malformed.notification());
    }
  }

  /// Each field is judged as soon as it is there: a peer that talks something else is refused after
  /// its first 16 octets, and no length is believed before it was checked.
  private Optional<Notification> headerFault(ByteBuffer in) {
    int start = in.position();
    int present = in.remaining();
    if (present < MARKER_LENGTH) {
      return Optional.empty();
    }
    for (int i = 0; i < MARKER_LENGTH; i++) {
      if (in.get(start + i) != (byte) 0xFF) {
        return Optional.of(Notification.notSynchronized());
      }
    }
    if (present < MARKER_LENGTH + 2) {
      return Optional.empty();
    }
    int length = lengthField(in);
    if (length < HEADER_LENGTH || length > receiveLimit) {
      return Optional.of(Notification.badLength(length));
    }
    if (present < HEADER_LENGTH) {
      return Optional.empty();
    }
    int code = in.get(start + HEADER_LENGTH - 1) & 0xFF;
    Optional<MessageType> type = MessageType.ofCode(code);
    if (type.isEmpty()) {
      return Optional.of(Notification.badType(code));
    }
    boolean fits = length >= type.get().minimumLength() && length <= type.get().maximumLength();
    return fits ? Optional.empty() : Optional.of(Notification.badLength(length));
  }

  private static int lengthField(ByteBuffer in) {
    return in.getShort(in.position() + MARKER_LENGTH) & 0xFFFF;
  }

  private Decoding.Decoded decodeWhole(ByteBuffer message) {
    MessageType type = MessageType.ofCode(message.get(HEADER_LENGTH - 1) & 0xFF).orElseThrow();
    message.position(HEADER_LENGTH);
    return switch (type) {
      case OPEN -> plain(OpenCodec.decode(message));
      case UPDATE -> UpdateCodec.decode(message, asWidth);
      case NOTIFICATION ->
          plain(
              new Notification(
                  message.get() & 0xFF, message.get() & 0xFF, Octets.remaining(message)));
      case KEEPALIVE -> KEEPALIVE;
      case ROUTE_REFRESH -> plain(routeRefresh(message));
    };
  }

  private static Decoding.Decoded plain(Message message) {
    return new Decoding.Decoded(message, List.of());
  }

  /// A plain request may be longer (RFC 5291 filters, which we did not offer and do not read); the
  /// markers of RFC 7313 may not.
  private RouteRefresh routeRefresh(ByteBuffer message) {
    int afi = message.getShort() & 0xFFFF; // 2
    int said = message.get() & 0xFF; // 3
    int subtype =
        switch (refreshSubtype) {
          case RESERVED -> RouteRefresh.REQUEST;
          case MEANT -> said;
        };
    int safi = message.get() & 0xFF; // 4
    boolean marker = subtype == RouteRefresh.BEGIN || subtype == RouteRefresh.END;
    if (message.hasRemaining() && marker) {
      throw new MalformedMessage(
          Notification.badRefreshLength(Octets.remaining(message.duplicate().position(0))));
    }
    return new RouteRefresh(new AddressFamily(afi, safi), subtype);
  }

  /// The whole message, header included.
  ///
  /// @throws IllegalArgumentException when it is longer than 4096 octets
  public byte[] encode(Message message) {
    byte[] body =
        switch (message) {
          case Open open -> OpenCodec.encode(open);
          case Update update -> UpdateCodec.encode(update, asWidth);
          case Keepalive _ -> new byte[0];
          case RouteRefresh refresh -> encodeRefresh(refresh);
          case Notification(int code, int subcode, Octets data) ->
              ByteBuffer.allocate(2 + data.length())
                  .put((byte) code)
                  .put((byte) subcode)
                  .put(data.toBytes())
                  .array();
        };
    int length = HEADER_LENGTH + body.length;
    if (length > MAX_LENGTH) {
      throw new IllegalArgumentException(message.type() + " of " + length + " octets");
    }
    return ByteBuffer.allocate(length)
        .putLong(-1)
        .putLong(-1)
        .putShort((short) length)
        .put((byte) message.type().code())
        .put(body)
        .array();
  }

  private static byte[] encodeRefresh(RouteRefresh refresh) {
    return ByteBuffer.allocate(4)
        .putShort((short) refresh.family().afi())
        .put((byte) refresh.subtype())
        .put((byte) refresh.family().safi())
        .array();
  }

  /// How many octets an UPDATE has left for prefixes with these attributes; negative when not even
  /// the attributes fit.
  ///
  /// @param attributes an MP_REACH or MP_UNREACH among them without prefixes
  public int roomForPrefixes(List<PathAttribute> attributes) {
    boolean multiprotocol =
        attributes.stream().anyMatch(a -> a instanceof MpReach || a instanceof MpUnreach);
    return MAX_LENGTH
        - HEADER_LENGTH
        - UPDATE_FIXED
        - AttributeEncoder.encode(attributes, asWidth).length
        // Filled up, the attribute needs the second length octet.
        - (multiprotocol ? 1 : 0);
  }

  /// The octets that a prefix takes on the wire.
  public static int lengthOf(IpPrefix prefix) {
    return PrefixCodec.encodedLength(prefix);
  }
}
