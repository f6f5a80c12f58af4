// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import io.gitlb.speaker.bgp.packet.MessageCodec;
import io.gitlb.speaker.bgp.packet.Update;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// A dumb receiver replays the octets of our stream, with a decoder that shares no line with ours,
/// and must arrive at the desired set after every step.
class AdjRibOutReplayTest {

  private static final int ROUNDS = 200 * Integer.getInteger("gitlb.random.rounds", 1);

  private static final Negotiated SESSION =
      new Negotiated(
          new Asn(64513),
          new Asn(64513),
          new Ipv4(1),
          new Ipv4(2),
          Duration.ofSeconds(90),
          Duration.ofSeconds(30),
          new TreeSet<>(Set.of(AddressFamily.IPV4_UNICAST, AddressFamily.IPV6_UNICAST)),
          AsWidth.FOUR_OCTETS,
          Set.of());

  @Test
  void theStreamReplayedIsTheDesiredSet() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      AdjRibOut ribOut =
          new AdjRibOut(
              SESSION,
              new NextHops(
                  Optional.of((Ipv4) IpAddress.of("192.0.2.10")),
                  List.of((Ipv6) IpAddress.of("2001:db8::10"))));
      NavigableMap<String, String> receiver = new TreeMap<>();
      NavigableMap<IpPrefix, RouteAttributes> desired = new TreeMap<>();
      for (int step = 0; step < 6; step++) {
        change(random, desired);
        for (Update update : ribOut.set(desired).updates()) {
          byte[] octets = new MessageCodec(AsWidth.FOUR_OCTETS).encode(update);
          assertTrue(octets.length <= 4096, "seed " + seed);
          replay(octets, receiver);
        }
        assertEquals(wanted(desired), receiver, "seed " + seed + " step " + step);
        assertEquals(desired.size(), ribOut.size());
      }
    }
  }

  private static void change(Random random, NavigableMap<IpPrefix, RouteAttributes> desired) {
    int changes = random.nextInt(random.nextInt(10) == 0 ? 2_000 : 30);
    for (int i = 0; i < changes; i++) {
      IpPrefix prefix =
          random.nextBoolean()
              ? new IpPrefix(new Ipv4(0x0A000000 + random.nextInt(3_000)), 24 + random.nextInt(9))
              : new IpPrefix(new Ipv6(0x2001_0db8L << 32, random.nextInt(3_000)), 128);
      if (random.nextInt(3) == 0) {
        desired.remove(prefix);
      } else {
        List<Community> communities = new ArrayList<>();
        for (int c = random.nextInt(3); c > 0; c--) {
          communities.add(new Community.Standard(random.nextInt(2)));
        }
        desired.put(prefix, new RouteAttributes(100 + random.nextInt(2), communities));
      }
    }
  }

  private static NavigableMap<String, String> wanted(
      NavigableMap<IpPrefix, RouteAttributes> desired) {
    NavigableMap<String, String> wanted = new TreeMap<>();
    desired.forEach(
        (prefix, route) ->
            wanted.put(
                prefix.toString(),
                (prefix.address() instanceof Ipv4 ? "192.0.2.10" : "2001:db8::10")
                    + " "
                    + route.localPreference()
                    + " "
                    + route.communities()));
    return wanted;
  }

  /// The octets of one UPDATE, read the long way.
  private static void replay(byte[] octets, NavigableMap<String, String> table) {
    ByteBuffer in = ByteBuffer.wrap(octets).position(19);
    Set<String> withdrawn = new HashSet<>(prefixes(part(in, in.getShort()), 4));
    ByteBuffer attributes = part(in, in.getShort());
    Set<String> announced = new HashSet<>();
    String nextHop = "";
    long preference = -1;
    List<Community> communities = new ArrayList<>();
    while (attributes.hasRemaining()) {
      boolean extended = (attributes.get() & 0x10) != 0;
      int type = attributes.get();
      ByteBuffer value =
          part(attributes, extended ? attributes.getShort() : attributes.get() & 0xFF);
      switch (type) {
        case 3 -> nextHop = address(value, 4, 4);
        case 5 -> preference = value.getInt();
        case 8 -> {
          while (value.hasRemaining()) {
            communities.add(new Community.Standard(value.getInt()));
          }
        }
        case 14 -> {
          assertEquals(2, value.getShort());
          assertEquals(1, value.get());
          nextHop = address(value, value.get(), 16);
          assertEquals(0, value.get());
          announced.addAll(prefixes(value, 16));
        }
        case 15 -> {
          assertEquals(0x000201, value.getShort() << 8 | value.get());
          withdrawn.addAll(prefixes(value, 16));
        }
        default -> assertTrue(type == 1 || type == 2, "type " + type);
      }
    }
    announced.addAll(prefixes(in, 4));
    assertTrue(announced.stream().noneMatch(withdrawn::contains), "both ways in one message");
    withdrawn.forEach(table::remove);
    String route = nextHop + " " + preference + " " + communities;
    announced.forEach(prefix -> table.put(prefix, route));
  }

  private static ByteBuffer part(ByteBuffer in, int length) {
    ByteBuffer part = in.slice(in.position(), length);
    in.position(in.position() + length);
    return part;
  }

  private static List<String> prefixes(ByteBuffer in, int width) {
    List<String> prefixes = new ArrayList<>();
    while (in.hasRemaining()) {
      int bits = in.get() & 0xFF;
      prefixes.add(address(in, (bits + 7) / 8, width) + "/" + bits);
    }
    return prefixes;
  }

  private static String address(ByteBuffer in, int octets, int width) {
    byte[] address = new byte[width];
    in.get(address, 0, octets);
    return IpAddress.ofBytes(address).toString();
  }
}
