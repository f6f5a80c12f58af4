// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.announce.DesiredStates;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.bgp.AdjRibOut.Completeness;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.RemoteAs;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.State;
import io.gitlb.speaker.bgp.session.PeerStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is kept up is what is made from nothing, but for since when it is so.
final class AnnouncementStatusesTest {

  private static final int ROUNDS = 100 * Integer.getInteger("gitlb.soak.rounds", 1);
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

  // The view in the making.
  private SnapshotMap<IpAddress, Announcement> announcements = SnapshotMap.empty();
  private SnapshotMap<IpAddress, Placement.Reason> withheld = SnapshotMap.empty();
  private SnapshotMap<IpAddress, Placement> placements = SnapshotMap.empty();
  private final SortedMap<PeerName, PeerStatus> peers = new TreeMap<>();
  private final SortedMap<PeerName, String> refused = new TreeMap<>();
  private SnapshotMap<IpAddress, Instant> lastGratuitous = SnapshotMap.empty();

  @Test
  void keptUpIsWhatIsMadeFromNothing() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      beginAnew();
      AnnouncementStatuses kept = new AnnouncementStatuses();
      SortedMap<IpAddress, AnnouncementStatus> before = new TreeMap<>();
      for (int step = 0; step < 30; step++) {
        change(random);
        SpeakerView view = view();
        Instant now = START.plusSeconds(step);
        SortedMap<IpAddress, AnnouncementStatus> expected = new TreeMap<>();
        for (AnnouncementStatus one : new AnnouncementStatuses().follow(view, now).values()) {
          expected.put(one.address(), since(before.get(one.address()), one));
        }

        assertEquals(
            expected, new TreeMap<>(kept.follow(view, now)), "seed " + seed + " step " + step);
        before = expected;
      }
    }
  }

  private void beginAnew() {
    announcements = SnapshotMap.empty();
    withheld = SnapshotMap.empty();
    placements = SnapshotMap.empty();
    peers.clear();
    refused.clear();
    lastGratuitous = SnapshotMap.empty();
  }

  private static AnnouncementStatus since(
      @Nullable AnnouncementStatus before, AnnouncementStatus now) {
    if (before == null || before.state() != now.state() || !before.reason().equals(now.reason())) {
      return now;
    }
    return new AnnouncementStatus(
        now.address(),
        now.state(),
        now.reason(),
        before.since(),
        now.interfaces(),
        now.peers(),
        now.layer2());
  }

  private void change(Random random) {
    Ipv4 address = new Ipv4(0xC000_0200 + random.nextInt(5));
    PeerName peer = new PeerName("tor-" + random.nextInt(3));
    switch (random.nextInt(12)) {
      case 0 -> announcements = announcements.without(address);
      case 1, 2, 3 -> announcements = announcements.with(address, announcement(random, address));
      case 4 ->
          withheld =
              withheld.containsKey(address)
                  ? withheld.without(address)
                  : withheld.with(address, Placement.Reason.NO_LOCAL_ENDPOINT);
      case 5 -> peers.put(peer, peer(random, peer));
      case 6 ->
          placements =
              placements.with(
                  address,
                  random.nextBoolean()
                      ? new Placement.Answered(new TreeSet<>(List.of("eth0")))
                      : new Placement.Standby(Optional.of(DesiredStates.OTHER)));
      case 8, 9, 10 -> tell(random, peer, address);
      case 7 ->
          lastGratuitous =
              lastGratuitous.with(address, START.plusMillis(random.nextInt(3_600_000)));
      default -> {
        if (refused.remove(peer) == null) {
          refused.put(peer, "why");
        }
      }
    }
  }

  private static Announcement announcement(Random random, Ipv4 address) {
    List<BgpRoute> routes = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      SortedSet<PeerName> names = new TreeSet<>();
      names.add(new PeerName("tor-" + random.nextInt(3)));
      names.add(new PeerName("tor-" + random.nextInt(3)));
      int length = 32 - i + 1;
      routes.add(new BgpRoute(prefix(address, length), OptionalLong.empty(), List.of(), names));
    }
    Announcement plain =
        random.nextBoolean()
            ? DesiredStates.routed(address.toString())
            : DesiredStates.layer2(address.toString(), List.of(new NodeName("node-a")));
    return new Announcement(
        address,
        plain.owner(),
        plain.record(),
        plain.layer2(),
        routes,
        plain.healthCheckNodePort());
  }

  private static PeerStatus peer(Random random, PeerName name) {
    SnapshotMap<IpPrefix, Omission> omitted =
        random.nextBoolean()
            ? SnapshotMap.empty()
            : SnapshotMap.<IpPrefix, Omission>empty()
                .with(IpPrefix.of("192.0.2.1/32"), Omission.NO_NEXT_HOP);
    return new PeerStatus(
        name,
        IpAddress.of("198.51.100.1"),
        new Asn(64_512),
        new RemoteAs.Exactly(new Asn(64_513)),
        random.nextBoolean() ? State.ESTABLISHED : State.IDLE,
        START,
        Optional.empty(),
        told(random),
        Completeness.WHOLE,
        omitted,
        new PeerStatus.Traffic(0, 0, 0, 0, 0),
        Optional.empty());
  }

  private static SnapshotMap<IpPrefix, RouteAttributes> told(Random random) {
    SnapshotMap<IpPrefix, RouteAttributes> told = SnapshotMap.empty();
    for (int i = 0; i < 5; i++) {
      for (int length = 31; length <= 32; length++) {
        if (random.nextBoolean()) {
          told = told.with(prefix(new Ipv4(0xC000_0200 + i), length), RouteAttributes.DEFAULT);
        }
      }
    }
    return told;
  }

  private static IpPrefix prefix(Ipv4 address, int length) {
    return new IpPrefix(new Ipv4(address.bits() & (-1 << (32 - length))), length);
  }

  /// A route comes to a peer, or is gone there.
  private void tell(Random random, PeerName name, Ipv4 address) {
    PeerStatus known = peers.get(name);
    if (known != null) {
      IpPrefix prefix = prefix(address, 31 + random.nextInt(2));
      peers.put(
          name,
          new PeerStatus(
              name,
              known.peerAddress(),
              known.localAsn(),
              known.remoteAs(),
              known.state(),
              known.since(),
              known.negotiated(),
              known.told().containsKey(prefix)
                  ? known.told().without(prefix)
                  : known.told().with(prefix, RouteAttributes.DEFAULT),
              known.completeness(),
              known.omitted(),
              known.traffic(),
              known.lastError()));
    }
  }

  private SpeakerView view() {
    DesiredState state =
        DesiredStates.state(1, List.of(), announcements.values().toArray(Announcement[]::new));
    return new SpeakerView(
        Optional.of(state),
        new ActiveSet(placements, new TreeMap<>()),
        List.of(),
        List.copyOf(peers.values()),
        withheld,
        Optional.empty(),
        new TreeMap<>(),
        new TreeMap<>(),
        refused,
        new SpeakerView.Segments(lastGratuitous, List.of()));
  }
}
