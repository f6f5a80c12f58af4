// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What reading and writing one message costs. Measured by [CodecBench].
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecOnMessage {

  /// The messages: the full ones are as long as they may be.
  public enum Kind {
    KEEPALIVE,
    OPEN,
    UPDATE_OF_ONE,
    UPDATE_OF_810,
    WITHDRAWAL_OF_814,
    IPV6_UPDATE_OF_237,
    NOTIFICATION;

    private Message message() {
      return switch (this) {
        case KEEPALIVE -> new Keepalive();
        case OPEN -> golden("OPEN of ours");
        case UPDATE_OF_ONE -> announcing(1);
        case UPDATE_OF_810 -> announcing(810);
        case WITHDRAWAL_OF_814 -> new Update(hosts(814, Kind::four), List.of(), List.of());
        case IPV6_UPDATE_OF_237 -> announcingSix(237);
        case NOTIFICATION -> Notification.administrativeShutdown("until the next release");
      };
    }

    private static Message golden(String name) {
      return Golden.canonical().stream()
          .filter(one -> one.name().equals(name))
          .map(Golden::message)
          .findFirst()
          .orElseThrow();
    }

    private static Update announcing(int count) {
      return new Update(
          List.of(),
          List.of(
              PathAttribute.Origin.IGP,
              PathAttribute.AsPath.of(new Asn(64_512)),
              new PathAttribute.NextHop((Ipv4) IpAddress.of("192.0.2.10"))),
          hosts(count, Kind::four));
    }

    private static Update announcingSix(int count) {
      List<PathAttribute> attributes = new ArrayList<>();
      attributes.add(
          new PathAttribute.MpReach(
              AddressFamily.IPV6_UNICAST,
              List.of(IpAddress.of("2001:db8::10")),
              hosts(count, Kind::six)));
      attributes.add(PathAttribute.Origin.IGP);
      attributes.add(PathAttribute.AsPath.of(new Asn(64_512)));
      return new Update(List.of(), attributes, List.of());
    }

    private static List<IpPrefix> hosts(int count, IntFunction<IpAddress> address) {
      return IntStream.range(0, count).mapToObj(address).map(one -> IpPrefix.host(one)).toList();
    }

    private static IpAddress four(int i) {
      return new Ipv4(0x0AC8_0000 + i);
    }

    private static IpAddress six(int i) {
      return IpAddress.of("2001:db8::" + Integer.toHexString(i + 1));
    }
  }

  /// What the message is.
  @Param public Kind kind = Kind.KEEPALIVE;

  private final MessageCodec codec = new MessageCodec(AsWidth.FOUR_OCTETS);
  private Message message = new Keepalive();
  private byte[] octets = {};

  /// Makes the message and its octets.
  @Setup
  public void make() {
    message = kind.message();
    octets = codec.encode(message);
  }

  /// Reads it.
  @Benchmark
  public Decoding decode() {
    return codec.decode(ByteBuffer.wrap(octets));
  }

  /// Writes it.
  @Benchmark
  public byte[] encode() {
    return codec.encode(message);
  }
}
