// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Puts the segments of a capture file together and cuts them into BGP messages: a reader that
/// shares no code with the speaker.
final class BgpStreams {

  private static final int FILE_HEADER = 24;
  private static final int RECORD_HEADER = 16;
  private static final int ETHERNET_HEADER = 14;
  private static final int TCP = 6;
  private static final int SYN = 0x02;
  private static final int BGP_HEADER = 19;

  /// One direction of a connection → its stream (1:1).
  private final Map<String, Stream> streams = new HashMap<>();

  private final List<BgpMessage> messages = new ArrayList<>();

  private BgpStreams() {}

  /// Reads a file of tcpdump with nanoseconds; what is half written at its end is passed over.
  static List<BgpMessage> read(byte[] file) {
    BgpStreams streams = new BgpStreams();
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    in.position(Math.min(FILE_HEADER, file.length));
    while (in.remaining() >= RECORD_HEADER) {
      long nanos = Integer.toUnsignedLong(in.getInt()) * 1_000_000_000L + in.getInt();
      int captured = in.getInt();
      int _ = in.getInt(); // Its length on the wire: all of it was captured.
      if (in.remaining() < captured) {
        break;
      }
      streams.frame(nanos, in.slice(in.position(), captured).order(ByteOrder.BIG_ENDIAN));
      in.position(in.position() + captured);
    }
    streams.messages.sort(Comparator.comparingLong(BgpMessage::nanos));
    return streams.messages;
  }

  private void frame(long nanos, ByteBuffer frame) {
    ByteBuffer ip = frame.position(ETHERNET_HEADER).slice();
    if (ip.get(0) >>> 4 != 4 || ip.get(9) != TCP) {
      return;
    }
    int header = (ip.get(0) & 0x0F) * 4;
    ByteBuffer tcp = ip.slice(header, Short.toUnsignedInt(ip.getShort(2)) - header);
    String from = address(ip, 12);
    String sender = from + ":" + Short.toUnsignedInt(tcp.getShort(0));
    String receiver = address(ip, 16) + ":" + Short.toUnsignedInt(tcp.getShort(2));
    String connection =
        sender.compareTo(receiver) < 0 ? sender + " " + receiver : receiver + " " + sender;
    int begin = ((tcp.get(12) >>> 4) & 0x0F) * 4;
    boolean syn = (tcp.get(13) & SYN) != 0;
    ByteBuffer octets = tcp.slice(begin, tcp.limit() - begin);
    if (syn) {
      streams.put(sender + " " + receiver, new Stream(from, connection, tcp.getInt(4) + 1));
    } else if (octets.hasRemaining()) {
      streams
          .computeIfAbsent(
              sender + " " + receiver, _ -> new Stream(from, connection, tcp.getInt(4)))
          .take(nanos, tcp.getInt(4), octets);
    }
  }

  private static String address(ByteBuffer ip, int at) {
    return (ip.get(at) & 0xFF)
        + "."
        + (ip.get(at + 1) & 0xFF)
        + "."
        + (ip.get(at + 2) & 0xFF)
        + "."
        + (ip.get(at + 3) & 0xFF);
  }

  /// One direction. Without its beginning it begins with the first segment that was seen.
  private final class Stream {

    private final String source;
    private final String connection;
    private final int first;

    /// Offset of a segment that came too early → its octets.
    private final TreeMap<Long, ByteBuffer> early = new TreeMap<>();

    private long next;
    private ByteBuffer rest = ByteBuffer.allocate(0);

    Stream(String source, String connection, int first) {
      this.source = source;
      this.connection = connection;
      this.first = first;
    }

    void take(long nanos, int sequence, ByteBuffer octets) {
      early.put((long) (sequence - first), octets);
      while (!early.isEmpty() && early.firstKey() <= next) {
        Map.Entry<Long, ByteBuffer> segment = early.pollFirstEntry();
        long known = next - segment.getKey();
        if (known < segment.getValue().remaining()) {
          append(segment.getValue().position((int) known).slice());
        }
      }
      cut(nanos);
    }

    private void append(ByteBuffer octets) {
      next += octets.remaining();
      ByteBuffer longer = ByteBuffer.allocate(rest.remaining() + octets.remaining());
      rest = longer.put(rest).put(octets).flip();
    }

    private void cut(long nanos) {
      while (rest.remaining() >= BGP_HEADER) {
        int length = Short.toUnsignedInt(rest.getShort(rest.position() + 16));
        if (rest.remaining() < length) {
          return;
        }
        messages.add(BgpMessage.of(nanos, source, connection, rest.slice(rest.position(), length)));
        rest.position(rest.position() + length);
      }
    }
  }
}
