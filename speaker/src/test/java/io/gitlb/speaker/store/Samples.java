// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.store;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.BgpRoute;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Desired states as a reconciler sends them.
public final class Samples {

  public static final NodeName NODE = new NodeName("node-a");

  private static final String CLUSTER = "8b1f7a52-6f1d-4c9f-9d3a-0c2f5f1e7a10";

  private Samples() {}

  /// For node-a, with so many addresses from 10.0.0.0 on.
  public static DesiredState state(long epoch, long number, int announcements) {
    return state(NODE, CLUSTER, new Generation(epoch, number), announcements);
  }

  public static DesiredState state(
      NodeName node, String clusterUid, Generation generation, int announcements) {
    return new DesiredState(
        node,
        clusterUid,
        generation,
        "1".repeat(40),
        "2".repeat(40),
        IntStream.range(0, announcements).mapToObj(Samples::announcement).toList(),
        List.of());
  }

  private static Announcement announcement(int index) {
    Ipv4 address = new Ipv4(10 << 24 | index);
    SortedSet<ServiceRef> services =
        new TreeSet<>(List.of(new ServiceRef("namespace-" + index % 50, "service-" + index)));
    return new Announcement(
        address,
        new Announcement.Owner.Services(services),
        record(address, index),
        Optional.of(
            new Announcement.Layer2(
                new Generation(1, 1), List.of(NODE, new NodeName("node-b")), List.of("eth0"))),
        List.of(
            new BgpRoute(
                IpPrefix.host(address),
                OptionalLong.empty(),
                List.of(),
                new TreeSet<>(List.of(new PeerName("tor-1"), new PeerName("tor-2"))))));
  }

  /// As long as a real one.
  private static String record(Ipv4 address, int index) {
    return """
        address: %s
        pool: front
        state: allocated
        reason: automatic
        since: 2026-01-31T12:00:00Z
        configCommit: 1111111111111111111111111111111111111111
        holders:
          - service: namespace-%d/service-%d
            uid: 00000000-0000-4000-8000-%012d
            ports: [TCP/80, TCP/443]
        """
        .formatted(address, index % 50, index, index);
  }
}
