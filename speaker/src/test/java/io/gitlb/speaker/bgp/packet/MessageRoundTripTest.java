// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.packet.Capability.FourOctetAs;
import io.gitlb.speaker.bgp.packet.Capability.Multiprotocol;
import io.gitlb.speaker.bgp.packet.Capability.RouteRefreshRequest;
import io.gitlb.speaker.bgp.packet.Capability.Unknown;
import io.gitlb.speaker.bgp.packet.PathAttribute.AsPath;
import io.gitlb.speaker.bgp.packet.PathAttribute.Communities;
import io.gitlb.speaker.bgp.packet.PathAttribute.LargeCommunities;
import io.gitlb.speaker.bgp.packet.PathAttribute.LocalPref;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpReach;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpUnreach;
import io.gitlb.speaker.bgp.packet.PathAttribute.MultiExitDisc;
import io.gitlb.speaker.bgp.packet.PathAttribute.NextHop;
import io.gitlb.speaker.bgp.packet.PathAttribute.Opaque;
import io.gitlb.speaker.bgp.packet.PathAttribute.Origin;
import io.gitlb.speaker.bgp.packet.PathAttribute.Segment;
import io.gitlb.speaker.bgp.packet.PathAttribute.SegmentKind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MessageRoundTripTest {

  private static final int ROUNDS = 3_000 * Integer.getInteger("gitlb.random.rounds", 1);

  @Test
  void whatIsWrittenIsReadBack() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      AsWidth width = random.nextBoolean() ? AsWidth.TWO_OCTETS : AsWidth.FOUR_OCTETS;
      Message message = message(random, width);
      MessageCodec codec = new MessageCodec(width);

      Decoding decoding = codec.decode(ByteBuffer.wrap(codec.encode(message)));

      assertEquals(new Decoding.Decoded(message, List.of()), decoding, "seed " + seed);
    }
  }

  /// Octets of no sense, behind a right header so that they get past it.
  @Test
  void anyOctetsAreJudged() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      byte[] octets = new byte[19 + random.nextInt(120)];
      random.nextBytes(octets);
      ByteBuffer in = ByteBuffer.wrap(octets);
      in.putLong(0, -1).putLong(8, -1).putShort(16, (short) octets.length);
      in.put(18, (byte) (1 + random.nextInt(5)));
      try {
        new MessageCodec(AsWidth.FOUR_OCTETS).decode(in);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static Message message(Random random, AsWidth width) {
    return switch (random.nextInt(5)) {
      case 0 -> open(random);
      case 1 -> new Notification(random.nextInt(256), random.nextInt(256), octets(random, 60));
      case 2 -> new RouteRefresh(new AddressFamily(random.nextInt(65_536), 1), random.nextInt(9));
      default -> update(random, width);
    };
  }

  private static Open open(Random random) {
    List<Capability> capabilities =
        some(
            random,
            random.nextInt(10) == 0 ? 60 : 6,
            () ->
                switch (random.nextInt(4)) {
                  case 0 -> new Multiprotocol(new AddressFamily(random.nextInt(65_536), 1));
                  case 1 -> new FourOctetAs(random.nextLong(1L << 32));
                  case 2 -> new RouteRefreshRequest();
                  default -> new Unknown(200 + random.nextInt(56), octets(random, 30));
                });
    return new Open(
        random.nextInt(65_536),
        Duration.ofSeconds(random.nextInt(65_536)),
        new Ipv4(random.nextInt()),
        capabilities);
  }

  private static Update update(Random random, AsWidth width) {
    List<PathAttribute> attributes = new ArrayList<>();
    if (random.nextBoolean()) {
      attributes.add(
          new MpReach(
              AddressFamily.IPV6_UNICAST,
              Stream.generate(() -> address(random, IpFamily.IPV6))
                  .limit(1 + random.nextInt(2))
                  .toList(),
              prefixes(random, IpFamily.IPV6)));
    }
    if (random.nextBoolean()) {
      attributes.add(new MpUnreach(AddressFamily.IPV6_UNICAST, prefixes(random, IpFamily.IPV6)));
    }
    attributes.add(any(random, List.of(Origin.values())));
    attributes.add(new AsPath(some(random, 3, () -> segment(random, width))));
    attributes.add(new NextHop(new Ipv4(random.nextInt())));
    attributes.add(new MultiExitDisc(random.nextLong(1L << 32)));
    attributes.add(new LocalPref(random.nextLong(1L << 32)));
    attributes.add(
        new Communities(
            Stream.generate(() -> new Community.Standard(random.nextInt()))
                .limit(1 + random.nextInt(100))
                .toList()));
    attributes.add(
        new LargeCommunities(
            Stream.generate(
                    () -> new Community.Large(random.nextInt(), random.nextInt(), random.nextInt()))
                .limit(1 + random.nextInt(30))
                .toList()));
    attributes.add(new Opaque(0xC0, 200, octets(random, 300)));
    return new Update(prefixes(random, IpFamily.IPV4), attributes, prefixes(random, IpFamily.IPV4));
  }

  private static Segment segment(Random random, AsWidth width) {
    long bound =
        switch (width) {
          case TWO_OCTETS -> 1L << 16;
          case FOUR_OCTETS -> 1L << 32;
        };
    SegmentKind kind = any(random, List.of(SegmentKind.values()));
    return new Segment(
        kind,
        Stream.generate(() -> new Asn(random.nextLong(1, bound)))
            .limit(1 + random.nextInt(20))
            .toList());
  }

  private static List<IpPrefix> prefixes(Random random, IpFamily family) {
    return some(
        random, 20, () -> new IpPrefix(address(random, family), random.nextInt(family.bits() + 1)));
  }

  private static IpAddress address(Random random, IpFamily family) {
    byte[] octets = new byte[family.bits() / 8];
    random.nextBytes(octets);
    return IpAddress.ofBytes(octets);
  }

  private static Octets octets(Random random, int bound) {
    byte[] octets = new byte[random.nextInt(bound)];
    random.nextBytes(octets);
    return Octets.of(octets);
  }

  private static <T> List<T> some(Random random, int bound, Supplier<T> one) {
    return Stream.generate(one).limit(random.nextInt(bound)).toList();
  }

  private static <T> T any(Random random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
