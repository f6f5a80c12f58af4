// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.FakeSegmentPort.FakeSegment;
import io.gitlb.speaker.l2.Conflicts.Conflict;
import io.gitlb.speaker.l2.DropReason;
import io.gitlb.speaker.l2.InterfaceAddress;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.Verdict;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.ownership.OwnershipSettings;
import io.gitlb.speaker.ownership.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// The whole of layer 2 on two links, with the counts that a frame moves: an address of either
/// family is held on the first link, one more on the second.
final class AdversarialWire {

  static final MacAddress OURS = MacAddress.of("02:00:5e:00:53:01");
  static final MacAddress ASKER = MacAddress.of("02:00:5e:00:53:aa");
  static final MacAddress FOREIGN = MacAddress.of("02:00:5e:00:53:bb");
  static final Ipv4 HELD = v4("192.0.2.10");
  static final Ipv4 HELD_ELSEWHERE = v4("198.51.100.10");
  static final Ipv6 HELD6 = v6("2001:db8::b0a:1");
  static final Duration TICK = Duration.ofMillis(10);

  private final FakeSegmentPort port = new FakeSegmentPort();
  final VerdictCounts verdicts = new VerdictCounts();
  final ContentionCounts contention = new ContentionCounts();
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  SortedMap<IpAddress, Conflict> conflicts = new TreeMap<>();
  int conflictsTold;
  final Layer2 layer2 =
      new Layer2(
          SELF,
          port,
          verdicts,
          contention,
          () -> now,
          OwnershipSettings.defaults(),
          new ConflictListener());

  private final class ConflictListener extends QuietListener {

    @Override
    public void conflicts(SortedMap<IpAddress, Conflict> all) {
      conflictsTold += all.keySet().equals(conflicts.keySet()) ? 0 : 1;
      conflicts = all;
    }
  }

  AdversarialWire() {
    port.links.put(
        "eth0",
        new Link(
            "eth0",
            2,
            OURS,
            new TreeSet<>(Set.of(IpPrefix.of("192.0.2.0/24"), IpPrefix.of("2001:db8::/64"))),
            new TreeSet<>(Set.of(new InterfaceAddress(IpAddress.of("fe80::1"), 64)))));
    port.link("eth1", 3, "02:00:5e:00:53:02", "198.51.100.0/24");
    layer2.survey(now);
    layer2.begin(new Start.Fresh(), now);
    layer2.apply(
        state(
            1,
            List.of(),
            layer2(HELD.toString(), List.of(SELF)),
            layer2(HELD_ELSEWHERE.toString(), List.of(SELF)),
            layer2(HELD6.toString(), List.of(SELF))),
        Origin.RECONCILER,
        now);
    run(Duration.ofSeconds(6));
    eth0().sent.clear();
  }

  /// Not answered, for this reason, and nothing else is counted.
  void drops(DropReason reason, byte[] octets) {
    SortedMap<String, Long> expected = new TreeMap<>(verdicts.values());
    expected.merge("frames_dropped_" + reason.name().toLowerCase(Locale.ROOT), 1L, Long::sum);
    assertEquals(new Verdict.Drop(reason), eth0().hears(octets));
    assertEquals(expected, verdicts.values());
  }

  FakeSegment eth0() {
    return port.segment("eth0");
  }

  void run(Duration time) {
    Instant end = now.plus(time);
    while (now.isBefore(end)) {
      layer2.tick(now);
      now = now.plus(TICK.compareTo(time) < 0 ? TICK : time);
    }
  }

  static Ipv4 v4(String text) {
    return new Ipv4(IpAddress.of(text).toNumber().intValue());
  }

  static Ipv6 v6(String text) {
    return (Ipv6) IpAddress.of(text);
  }
}
