// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What a node says to routers, captured on the node and judged by Wireshark's dissectors: BGP, BFD
/// over one hop and over several, and ICMPv6.
public final class WireJudge {

  private static final String PROTOCOLS = "tcp port 179 or udp port 3784 or udp port 4784 or icmp6";

  /// Not ours, but the kernel's: lost and repeated segments, and the reset of a connection whose
  /// process was killed.
  private static final String OF_THE_KERNEL = "Sequence TCP ";

  /// BGP and BFD, but what the kernel says by itself, such as resets, that lacks DSCP CS6.
  private static final String OF_NO_CONTROL_CLASS =
      "(bgp or bfd or tcp.flags.syn == 1)"
          + " and not (ip.dsfield.dscp == 48 or ipv6.tclass.dscp == 48)";

  /// Type and length of a BGP message, each in decimal, with a slash between them.
  private static final String MESSAGE = "message";

  private static final String TYPES = "bgp.type";
  private static final String LENGTHS = "bgp.length";

  private final FrameReading reading;
  private final String ours;

  private WireJudge(FrameReading reading, String ours) {
    this.reading = reading;
    this.ours = ours;
  }

  /// What may be there, each with tshark's field and its value.
  public enum Sent {
    OPEN(TYPES, "1"),
    /// An OPEN whose sender has restarted and kept its forwarding state (RFC 4724).
    OPEN_AFTER_RESTART("bgp.cap.gr.timers.restart_flag", "1"),
    UPDATE(TYPES, "2"),
    /// An empty UPDATE (RFC 4724).
    END_OF_RIB_IPV4(MESSAGE, "2/23"),
    /// An UPDATE with an empty MP_UNREACH_NLRI.
    END_OF_RIB_IPV6(MESSAGE, "2/29"),
    WITHDRAWAL_IPV4("bgp.withdrawn_prefix", ".+"),
    WITHDRAWAL_IPV6("bgp.mp_unreach_nlri_ipv6_prefix", ".+"),
    NOTIFICATION(TYPES, "3"),
    /// A NOTIFICATION with a text for people (RFC 9003).
    SHUTDOWN_TEXT("bgp.notify.communication", ".+"),
    KEEPALIVE(TYPES, "4"),
    BEGIN_OF_REFRESH("bgp.route_refresh.subtype", "1"),
    END_OF_REFRESH("bgp.route_refresh.subtype", "2"),
    BFD_ADMIN_DOWN("bfd.sta", "0"),
    BFD_DOWN("bfd.sta", "1"),
    BFD_INIT("bfd.sta", "2"),
    BFD_UP("bfd.sta", "3"),
    BFD_POLL("bfd.flags.p", "1"),
    BFD_FINAL("bfd.flags.f", "1"),
    BFD_MULTIHOP("udp.dstport", "4784"),
    BFD_MD5("bfd.auth.type", "2"),
    BFD_METICULOUS_MD5("bfd.auth.type", "3"),
    BFD_SHA1("bfd.auth.type", "4"),
    BFD_METICULOUS_SHA1("bfd.auth.type", "5"),
    ROUTER_ADVERTISEMENT("icmpv6.type", "134");

    private final String field;
    private final String value;

    Sent(String field, String value) {
      this.field = field;
      this.value = value;
    }
  }

  /// Begins.
  ///
  /// @param file where to; a new one for each judge
  public static WireJudge start(LabNode node, Path file) {
    return new WireJudge(
        FrameReading.start(node.host(), file, PROTOCOLS), "eth.src == " + node.mac());
  }

  /// Judges a capture of others.
  ///
  /// @param host where tshark runs
  /// @param ours filter of tshark for the frames to be judged
  public static WireJudge of(Host host, Path file, String ours) {
    return new WireJudge(FrameReading.of(host, file), ours);
  }

  /// How many of these the node has sent so far.
  public int count(Sent kind) {
    return counts().getOrDefault(kind, 0);
  }

  /// Whether anybody has sent such frames so far.
  ///
  /// @param filter of tshark
  public boolean saw(String filter) {
    return !reading.read(filter, "frame.number", "eth.src").isEmpty();
  }

  /// What anybody has sent so far.
  ///
  /// @param filter of tshark
  /// @param fields as tshark names them
  /// @return one list of values a frame, in the order of the fields: all of each, with commas
  ///   between them
  public List<List<String>> read(String filter, String... fields) {
    return reading.readAll(filter, fields);
  }

  /// Ends the capture and judges it.
  ///
  /// @param kinds what must be there, whatever else is
  /// @throws AssertionError when something of it is not, when Wireshark calls a frame of ours
  ///   malformed or warns of it, or when one is not marked as control traffic (RFC 4594 section
  ///   3.1)
  public void expect(Set<Sent> kinds) {
    reading.stop();
    List<String> objections =
        reading.objections(ours).stream().filter(one -> !one.startsWith(OF_THE_KERNEL)).toList();
    if (!objections.isEmpty()) {
      throw new AssertionError("Wireshark objects to what the node has sent: " + objections);
    }
    List<List<String>> unmarked =
        reading.read("(" + ours + ") and " + OF_NO_CONTROL_CLASS, "frame.number", "_ws.col.Info");
    if (!unmarked.isEmpty()) {
      throw new AssertionError("the node has sent without DSCP CS6: " + unmarked);
    }
    Set<Sent> missing = EnumSet.copyOf(kinds);
    missing.removeAll(counts().keySet());
    if (!missing.isEmpty()) {
      throw new AssertionError("the node has not sent " + missing + ", but " + counts());
    }
  }

  private Map<Sent, Integer> counts() {
    String[] fields =
        Stream.concat(
                Stream.of(TYPES, LENGTHS),
                Arrays.stream(Sent.values())
                    .map(kind -> kind.field)
                    .filter(field -> !field.equals(MESSAGE)))
            .distinct()
            .toArray(String[]::new);
    Map<Sent, Integer> counts = new EnumMap<>(Sent.class);
    for (List<String> frame : reading.readAll(ours, fields)) {
      Map<String, List<String>> values = values(fields, frame);
      for (Sent kind : Sent.values()) {
        values.getOrDefault(kind.field, List.of()).stream()
            .filter(value -> value.matches(kind.value))
            .forEach(_ -> counts.merge(kind, 1, Integer::sum));
      }
    }
    return counts;
  }

  /// Field → its values in one frame, numbers in decimal.
  private static Map<String, List<String>> values(String[] fields, List<String> frame) {
    Map<String, List<String>> values = new HashMap<>();
    for (int i = 0; i < fields.length; i++) {
      String all = frame.get(i);
      values.put(
          fields[i],
          all.isEmpty()
              ? List.of()
              : Arrays.stream(all.split(",", -1)).map(WireJudge::plain).toList());
    }
    List<String> types = values.getOrDefault(TYPES, List.of());
    List<String> lengths = values.getOrDefault(LENGTHS, List.of());
    values.put(
        MESSAGE,
        IntStream.range(0, Math.min(types.size(), lengths.size()))
            .mapToObj(i -> types.get(i) + "/" + lengths.get(i))
            .toList());
    return values;
  }

  private static String plain(String value) {
    return switch (value) {
      case "True" -> "1";
      case "False" -> "0";
      default -> value.startsWith("0x") ? Long.decode(value).toString() : value;
    };
  }
}
