// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.demo.net.RunningProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Sessions with GoBGP, which puts nothing into the kernel.
@SharesLab
final class GobgpPeerLabIT {

  private static final String CONFIGURATION =
      """
      [global.config]
        as = 64513
        router-id = "10.78.0.1"
      [[neighbors]]
        [neighbors.config]
          neighbor-address = "10.78.0.11"
          peer-as = 64512
          auth-password = "lab-password"
        [neighbors.transport.config]
          passive-mode = true
        [neighbors.ttl-security.config]
          enabled = true
          ttl-min = 255
        [neighbors.graceful-restart.config]
          enabled = true
          restart-time = 60
        [[neighbors.afi-safis]]
          [neighbors.afi-safis.config]
            afi-safi-name = "ipv4-unicast"
          [neighbors.afi-safis.mp-graceful-restart.config]
            enabled = true
      [[neighbors]]
        [neighbors.config]
          neighbor-address = "2001:db8:78::11"
          peer-as = 64512
          auth-password = "lab-password"
        [neighbors.transport.config]
          passive-mode = true
        [neighbors.ttl-security.config]
          enabled = true
          ttl-min = 255
        [neighbors.graceful-restart.config]
          enabled = true
          restart-time = 60
        [[neighbors.afi-safis]]
          [neighbors.afi-safis.config]
            afi-safi-name = "ipv4-unicast"
          [neighbors.afi-safis.mp-graceful-restart.config]
            enabled = true
        [[neighbors.afi-safis]]
          [neighbors.afi-safis.config]
            afi-safi-name = "ipv6-unicast"
          [neighbors.afi-safis.mp-graceful-restart.config]
            enabled = true
      """;

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void gobgpHasEveryRouteAndKeepsItWhileTheSpeakerIsAway()
      throws IOException, InterruptedException {
    PeerLab peers = PeerLab.start(lab);
    RunningProcess gobgp = start(peers);
    peers.tell();
    peers.awaitSessions();

    PeerLab.awaitShown(
        "the route over IPv4",
        () -> rib(peers, PeerLab.OVER_IPV4),
        "10.78.0.11",
        "Origin: i",
        "Communities: 64512:100, no-export",
        "LargeCommunity: [ 64512:1:2]");
    PeerLab.awaitShown(
        "the IPv4 route over IPv6",
        () -> rib(peers, PeerLab.IPV4_OVER_IPV6),
        "2001:db8:78::11",
        "Communities: 64512:100, no-export",
        "LargeCommunity: [ 64512:1:2]");
    PeerLab.awaitShown(
        "the IPv6 route",
        () -> rib(peers, PeerLab.OVER_IPV6),
        "2001:db8:78::11",
        "Communities: 64512:100, no-export",
        "LargeCommunity: [ 64512:1:2]");

    peers.killAndStartSpeaker(
        () -> rib(peers, PeerLab.OVER_IPV4).contains("S*>"), prefix -> rib(peers, prefix));
    gobgp.kill();
    start(peers);
    peers.awaitSessions();
    PeerLab.awaitShown(
        "the IPv6 route again", () -> rib(peers, PeerLab.OVER_IPV6), "2001:db8:78::11");
    peers.awaitUpdates();
    peers.judge().expect(PeerLab.said());
  }

  private RunningProcess start(PeerLab peers) throws IOException {
    Path file = lab.sandbox().scratch().resolve("gobgp.toml");
    Files.writeString(file, CONFIGURATION);
    RunningProcess process =
        peers
            .router()
            .start(
                "gobgpd",
                List.of(
                    "gobgpd",
                    "-f",
                    file.toString(),
                    "-p",
                    "--api-hosts",
                    "127.0.0.1:50051",
                    "--pprof-disable"),
                Map.of());
    for (String route : List.of("ipv4 198.51.100.0/24", "ipv6 2001:db8:1::/48")) {
      String[] words = route.split(" ");
      Await.until(
          "GoBGP takes " + route,
          PeerLab.LIMIT,
          () ->
              peers
                  .router()
                  .exec(
                      "gobgp",
                      "global",
                      "rib",
                      "-a",
                      words[0],
                      "add",
                      words[1],
                      "community",
                      "64513:7",
                      "large-community",
                      "64513:1:2")
                  .ok(),
          Boolean::booleanValue);
    }
    return process;
  }

  private static String rib(PeerLab peers, String prefix) {
    String family = prefix.contains(":") ? "ipv6" : "ipv4";
    return peers.router().exec("gobgp", "global", "rib", "-a", family, prefix).output();
  }
}
