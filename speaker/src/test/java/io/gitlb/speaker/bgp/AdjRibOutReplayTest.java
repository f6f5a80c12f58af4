// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.bgp.Negotiated.Extra;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import io.gitlb.speaker.bgp.packet.MessageCodec;
import io.gitlb.speaker.bgp.packet.Update;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A dumb receiver replays the octets of our stream, with a decoder that shares no line with ours,
/// and must arrive at the desired set after every step.
class AdjRibOutReplayTest {

  private static final int ROUNDS = 200 * Integer.getInteger("gitlb.random.rounds", 1);

  private static final long WIDE_ASN = 4_200_000_001L;

  /// Sessions whose routes look different on the wire.
  enum Kind {
    IBGP(64_513, AsWidth.FOUR_OCTETS, Set.of(), "[]"),
    EBGP(WIDE_ASN, AsWidth.FOUR_OCTETS, Set.of(), "[4200000001]"),
    /// AS_TRANS, and the true one in AS4_PATH (RFC 6793).
    TWO_OCTETS(WIDE_ASN, AsWidth.TWO_OCTETS, Set.of(), "[23456] [4200000001]"),
    IPV4_OVER_IPV6(WIDE_ASN, AsWidth.FOUR_OCTETS, Set.of(Extra.EXTENDED_NEXT_HOP), "[4200000001]");

    private final long asn;
    private final AsWidth width;

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<Extra> extras;

    private final String path;

    Kind(long asn, AsWidth width, Set<Extra> extras, String path) {
      this.asn = asn;
      this.width = width;
      this.extras = extras;
      this.path = path;
    }

    Negotiated session() {
      return new Negotiated(
          new Asn(asn),
          new Asn(64_513),
          new Ipv4(1),
          new Ipv4(2),
          Duration.ofSeconds(90),
          Duration.ofSeconds(30),
          new TreeSet<>(Set.of(AddressFamily.IPV4_UNICAST, AddressFamily.IPV6_UNICAST)),
          width,
          extras);
    }

    String nextHop(IpPrefix prefix) {
      return prefix.family() == IpFamily.IPV4 && this != IPV4_OVER_IPV6
          ? "192.0.2.10"
          : "2001:db8::10";
    }

    /// Told inside an AS alone (RFC 4271 section 5.1.5).
    String preference(RouteAttributes route) {
      return this == IBGP ? String.valueOf(route.localPreference()) : "none";
    }
  }

  private static final NextHops IPV4 = NextHops.of(IpAddress.of("192.0.2.10"));

  private static final NextHops BOTH =
      new NextHops(IPV4.ipv4(), List.of((Ipv6) IpAddress.of("2001:db8::10")));

  @ParameterizedTest
  @EnumSource
  void theStreamReplayedIsTheDesiredSet(Kind kind) {
    MessageCodec codec = new MessageCodec(kind.width);
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      AdjRibOut ribOut = new AdjRibOut(kind.session(), BOTH);
      NavigableMap<String, String> receiver = new TreeMap<>();
      NavigableMap<IpPrefix, RouteAttributes> desired = new TreeMap<>();
      for (int step = 0; step < 6; step++) {
        change(random, desired);
        for (Update update : ribOut.set(desired).updates()) {
          byte[] octets = codec.encode(update);
          assertTrue(octets.length <= 4096, "seed " + seed);
          replay(kind, octets, receiver);
        }
        assertEquals(wanted(kind, desired), receiver, "seed " + seed + " step " + step);
        assertEquals(desired.size(), ribOut.size());
      }
    }
  }

  /// Sessions that share their way to a table, that lack a family, and that are late: each arrives
  /// where it would be alone.
  @Test
  void sessionsThatShareTheirUpdatesArriveToo() {
    for (int seed = 0; seed < ROUNDS / 4; seed++) {
      Random random = new Random(seed);
      UpdateGroups groups = new UpdateGroups();
      List<Receiver> receivers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        boolean both = random.nextBoolean();
        Negotiated session = Kind.IBGP.session();
        receivers.add(new Receiver(new AdjRibOut(session, both ? BOTH : IPV4, groups), both));
      }
      NavigableMap<IpPrefix, RouteAttributes> desired = new TreeMap<>();
      SnapshotMap<IpPrefix, RouteAttributes> shared = SnapshotMap.empty();
      for (int step = 0; step < 6; step++) {
        change(random, desired);
        shared = follow(shared, desired);
        for (Receiver receiver : receivers) {
          if (step == 5 || random.nextInt(4) > 0) {
            receiver.take(shared, "seed " + seed + " step " + step);
          }
        }
      }
    }
  }

  private record Receiver(AdjRibOut ribOut, boolean both, NavigableMap<String, String> table) {

    Receiver(AdjRibOut ribOut, boolean both) {
      this(ribOut, both, new TreeMap<>());
    }

    void take(SnapshotMap<IpPrefix, RouteAttributes> desired, String place) {
      Advertisement told = ribOut.set(desired);
      told.packed().forEach(update -> replay(Kind.IBGP, update.octets(), table));
      NavigableMap<IpPrefix, RouteAttributes> possible = new TreeMap<>(desired);
      possible.keySet().removeIf(prefix -> !both && prefix.family() == IpFamily.IPV6);
      assertEquals(wanted(Kind.IBGP, possible), table, place);
      assertEquals(possible.size(), ribOut.size(), place);
      assertEquals(desired.size() - possible.size(), told.omitted().size(), place);
    }
  }

  /// The map as a later version of the one before.
  private static SnapshotMap<IpPrefix, RouteAttributes> follow(
      SnapshotMap<IpPrefix, RouteAttributes> before, Map<IpPrefix, RouteAttributes> all) {
    SnapshotMap<IpPrefix, RouteAttributes> after = before;
    for (IpPrefix prefix : before.keySet()) {
      after = all.containsKey(prefix) ? after : after.without(prefix);
    }
    for (Map.Entry<IpPrefix, RouteAttributes> route : all.entrySet()) {
      after =
          route.getValue().equals(after.get(route.getKey()))
              ? after
              : after.with(route.getKey(), route.getValue());
    }
    return after;
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
          int number = random.nextInt(2);
          communities.add(
              random.nextBoolean()
                  ? new Community.Standard(number)
                  : new Community.Large((int) WIDE_ASN, number, -1));
        }
        desired.put(prefix, new RouteAttributes(100 + random.nextInt(2), communities));
      }
    }
  }

  private static NavigableMap<String, String> wanted(
      Kind kind, NavigableMap<IpPrefix, RouteAttributes> desired) {
    NavigableMap<String, String> wanted = new TreeMap<>();
    desired.forEach(
        (prefix, route) ->
            wanted.put(
                prefix.toString(),
                words(
                    kind.nextHop(prefix), kind.path, kind.preference(route), route.communities())));
    return wanted;
  }

  private static String words(
      String nextHop, String path, String preference, List<Community> communities) {
    List<String> sorted = communities.stream().map(Community::toString).sorted().toList();
    return nextHop + " " + path + " " + preference + " " + sorted;
  }

  /// The octets of one UPDATE, read the long way.
  private static void replay(Kind kind, byte[] octets, NavigableMap<String, String> table) {
    ByteBuffer in = ByteBuffer.wrap(octets).position(19);
    Set<String> withdrawn = new HashSet<>(prefixes(part(in, in.getShort()), 4));
    ByteBuffer attributes = part(in, in.getShort());
    Set<String> announced = new HashSet<>();
    String nextHop = "";
    String path = "";
    String preference = "none";
    List<Community> communities = new ArrayList<>();
    while (attributes.hasRemaining()) {
      boolean extended = (attributes.get() & 0x10) != 0;
      int type = attributes.get();
      ByteBuffer value =
          part(attributes, extended ? attributes.getShort() : attributes.get() & 0xFF);
      switch (type) {
        case 1 -> assertEquals(0, value.get(), "IGP");
        case 2 -> path = path(value, kind.width == AsWidth.TWO_OCTETS ? 2 : 4);
        case 3 -> nextHop = address(value, 4, 4);
        case 5 -> preference = String.valueOf(value.getInt());
        case 8 -> {
          while (value.hasRemaining()) {
            communities.add(new Community.Standard(value.getInt()));
          }
        }
        case 14 -> {
          int width = width(value);
          nextHop = address(value, value.get(), 16);
          assertEquals(0, value.get());
          announced.addAll(prefixes(value, width));
        }
        case 15 -> withdrawn.addAll(prefixes(value, width(value)));
        case 17 -> path += " " + path(value, 4);
        case 32 -> {
          while (value.hasRemaining()) {
            communities.add(new Community.Large(value.getInt(), value.getInt(), value.getInt()));
          }
        }
        default -> throw new AssertionError("type " + type);
      }
      assertFalse(value.hasRemaining(), "octets left in type " + type);
    }
    announced.addAll(prefixes(in, 4));
    assertTrue(announced.stream().noneMatch(withdrawn::contains), "both ways in one message");
    withdrawn.forEach(table::remove);
    String route = words(nextHop, path, preference, communities);
    announced.forEach(prefix -> table.put(prefix, route));
  }

  /// Of the addresses of a family; unicast only.
  private static int width(ByteBuffer value) {
    int family = value.getShort();
    assertEquals(1, value.get());
    assertTrue(family == 1 || family == 2, "family " + family);
    return family == 1 ? 4 : 16;
  }

  /// Sequences, one behind the other.
  private static String path(ByteBuffer value, int width) {
    List<Long> path = new ArrayList<>();
    while (value.hasRemaining()) {
      assertEquals(2, value.get());
      for (int left = value.get() & 0xFF; left > 0; left--) {
        path.add(width == 2 ? value.getShort() & 0xFFFFL : value.getInt() & 0xFFFF_FFFFL);
      }
    }
    return path.toString();
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
