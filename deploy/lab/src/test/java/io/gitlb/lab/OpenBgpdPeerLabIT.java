// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.demo.net.RunningProcess;
import io.gitlb.lab.segment.WireJudge.Sent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Sessions with OpenBGPD. Release 7.7 does not know IPv4 routes with an IPv6 next hop (RFC 8950):
/// it offers no such capability, and calls `announce extended nexthop yes` a "syntax error". The
/// node's IPv4 address is told.
@SharesLab
final class OpenBgpdPeerLabIT {

  /// Where it locks itself in; its package leaves the making of it to systemd.
  private static final Path JAIL = Path.of("/run/openbgpd");

  private static final String CONFIGURATION =
      """
      AS 64513
      router-id 10.78.0.1
      listen on 10.78.0.1
      listen on 2001:db8:78::1
      fib-update no
      socket "SOCKET"
      network 198.51.100.0/24 set { community 64513:7 large-community 64513:1:2 }
      network 2001:db8:1::/48 set { community 64513:7 large-community 64513:1:2 }
      neighbor 10.78.0.11 {
        remote-as 64512
        passive
        tcp md5sig password lab-password
        ttl-security yes
        announce IPv4 unicast
      }
      neighbor 2001:db8:78::11 {
        remote-as 64512
        passive
        tcp md5sig password lab-password
        ttl-security yes
        announce enhanced refresh yes
        announce IPv4 unicast
        announce IPv6 unicast
      }
      allow from any
      allow to any
      """;

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void openBgpdHasEveryRouteAndKeepsItWhileTheSpeakerIsAway()
      throws IOException, InterruptedException {
    PeerLab peers = PeerLab.start(lab);
    RunningProcess bgpd = start(peers);
    peers.tell();
    peers.awaitSessions();

    PeerLab.awaitShown(
        "the route over IPv4",
        () -> rib(peers, PeerLab.OVER_IPV4),
        "Nexthop 10.78.0.11",
        "Origin IGP",
        "Communities: 64512:100 NO_EXPORT",
        "Large Communities: 64512:1:2");
    PeerLab.awaitShown(
        "the IPv4 route over IPv6",
        () -> rib(peers, PeerLab.IPV4_OVER_IPV6),
        "Nexthop 10.78.0.11",
        "Communities: 64512:100 NO_EXPORT",
        "Large Communities: 64512:1:2");
    PeerLab.awaitShown(
        "the IPv6 route",
        () -> rib(peers, PeerLab.OVER_IPV6),
        "Nexthop 2001:db8:78::11",
        "Communities: 64512:100 NO_EXPORT",
        "Large Communities: 64512:1:2");

    peers.killAndStartSpeaker(
        () -> rib(peers, PeerLab.OVER_IPV4).contains("stale"), prefix -> rib(peers, prefix));
    bgpd.stop();
    start(peers);
    peers.awaitSessions();
    PeerLab.awaitShown(
        "the IPv6 route again", () -> rib(peers, PeerLab.OVER_IPV6), "Nexthop 2001:db8:78::11");
    peers.awaitUpdates();
    peers.refresh(() -> refresh(peers), SoftRefresh.Marks.NONE, prefix -> rib(peers, prefix));
    peers.judge().expect(PeerLab.said(Sent.BEGIN_OF_REFRESH, Sent.END_OF_REFRESH));
  }

  private void refresh(PeerLab peers) {
    for (String neighbour : List.of(PeerLab.NODE, PeerLab.NODE_6)) {
      assertEquals("request processed\n", control(peers, "neighbor", neighbour, "refresh"));
    }
  }

  private RunningProcess start(PeerLab peers) throws IOException {
    Files.createDirectories(JAIL);
    Path file = lab.sandbox().scratch().resolve("bgpd.conf");
    Files.writeString(file, CONFIGURATION.replace("SOCKET", socket().toString()));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return peers
        .router()
        .start("bgpd", List.of("/usr/sbin/bgpd", "-d", "-f", file.toString()), Map.of());
  }

  private Path socket() {
    return lab.sandbox().scratch().resolve("bgpd.sock");
  }

  private String rib(PeerLab peers, String prefix) {
    return control(peers, "show", "rib", "detail", prefix);
  }

  private String control(PeerLab peers, String... words) {
    List<String> command = new ArrayList<>(List.of("bgpctl", "-s", socket().toString()));
    command.addAll(List.of(words));
    return peers.router().exec(command.toArray(String[]::new)).output();
  }
}
