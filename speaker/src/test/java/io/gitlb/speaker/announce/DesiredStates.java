// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/// Short ways to write a desired state in a test.
public final class DesiredStates {

  /// The node that the states are for.
  public static final NodeName SELF = new NodeName("node-a");

  /// Another one.
  public static final NodeName OTHER = new NodeName("node-b");

  private DesiredStates() {}

  /// A state of `node-a`.
  public static DesiredState state(long number, List<PeerSettings> peers, Announcement... all) {
    return new DesiredState(
        SELF,
        "00000000-0000-4000-8000-000000000001",
        new Generation(1, number),
        "1".repeat(40),
        "2".repeat(40),
        Arrays.asList(all),
        peers);
  }

  /// An address for layer 2 alone.
  ///
  /// @param interfaces none means all
  public static Announcement layer2(
      String address, List<NodeName> candidates, String... interfaces) {
    return announcement(
        address,
        Optional.of(
            new Announcement.Layer2(new Generation(1, 1), candidates, Arrays.asList(interfaces))),
        List.of());
  }

  /// The state placed as if the first candidate held each address.
  public static ActiveSet place(NodeName self, DesiredState desired, Collection<LinkView> links) {
    SortedMap<IpAddress, Placement> placements = ActiveSet.reach(desired, links);
    placements.replaceAll(
        (address, possible) ->
            desired.announcements().values().stream()
                .filter(one -> one.address().equals(address))
                .map(one -> one.layer2().orElseThrow().candidates().getFirst())
                .findFirst()
                .filter(first -> !first.equals(self))
                .<Placement>map(first -> new Placement.Standby(Optional.of(first)))
                .orElse(possible));
    return ActiveSet.of(placements, links);
  }

  /// An address for BGP alone.
  public static Announcement routed(String address, BgpRoute... routes) {
    return announcement(address, Optional.empty(), Arrays.asList(routes));
  }

  /// An eBGP peer with the usual timers.
  public static PeerSettings peer(String name, String address) {
    return new PeerSettings(
        new PeerName(name),
        new Asn(64_512),
        new Asn(64_513),
        IpAddress.of(address),
        179,
        Duration.ofSeconds(90),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Hops.SINGLE);
  }

  private static Announcement announcement(
      String address, Optional<Announcement.Layer2> layer2, List<BgpRoute> routes) {
    return new Announcement(
        IpAddress.of(address),
        new Announcement.Owner.Services(
            new TreeSet<>(Set.of(new ServiceRef("shop", "web-" + address.replace(':', '-'))))),
        "address: " + address + "\n",
        layer2,
        routes);
  }
}
