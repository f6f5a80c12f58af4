// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.RunningProcess;
import io.gitlb.lab.segment.WireJudge.Sent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Sessions with ExaBGP, which keeps no routes: it says what it hears.
@SharesLab
final class ExabgpPeerLabIT {

  private static final String CONFIGURATION =
      """
      process heard { run LISTENER; encoder json; }
      neighbor 10.78.0.11 {
        router-id 10.78.0.1; local-address 10.78.0.1; local-as 64513; peer-as 64512;
        passive; listen 179; md5-password lab-password;
        incoming-ttl 255; outgoing-ttl 255;
        capability { graceful-restart 60; route-refresh; }
        family { ipv4 unicast; }
        api { processes [ heard ]; receive { parsed; update; } }
        static { route 198.51.100.0/24 next-hop 10.78.0.1 community [64513:7] large-community [64513:1:2]; }
      }
      neighbor 2001:db8:78::11 {
        router-id 10.78.0.1; local-address 2001:db8:78::1; local-as 64513; peer-as 64512;
        passive; listen 179; md5-password lab-password;
        incoming-ttl 255; outgoing-ttl 255;
        capability { graceful-restart 60; route-refresh; nexthop; }
        family { ipv4 unicast; ipv6 unicast; }
        nexthop { ipv4 unicast ipv6; }
        api { processes [ heard ]; receive { parsed; update; } }
        static { route 2001:db8:1::/48 next-hop 2001:db8:78::1 community [64513:7] large-community [64513:1:2]; }
      }
      """;

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void exabgpHearsEveryRouteAndItAgainWhenTheSpeakerIsBack()
      throws IOException, InterruptedException {
    PeerLab peers = PeerLab.start(lab);
    RunningProcess exabgp = start(peers);
    peers.tell();
    peers.awaitSessions();

    PeerLab.awaitShown(
        "the route over IPv4",
        this::heard,
        "\"10.78.0.11\": [ { \"nlri\": \"" + PeerLab.OVER_IPV4,
        "\"origin\": \"igp\"");
    PeerLab.awaitShown(
        "what came over IPv6",
        this::heard,
        "\"2001:db8:78::11\": [ { \"nlri\": \"" + PeerLab.IPV4_OVER_IPV6,
        "\"2001:db8:78::11\": [ { \"nlri\": \"" + PeerLab.OVER_IPV6,
        "\"eor\": { \"afi\" : \"ipv4\", \"safi\" : \"unicast\" }",
        "\"eor\": { \"afi\" : \"ipv6\", \"safi\" : \"unicast\" }");
    for (String prefix : List.of(PeerLab.OVER_IPV4, PeerLab.IPV4_OVER_IPV6, PeerLab.OVER_IPV6)) {
      PeerLab.awaitShown(
          "the communities of " + prefix,
          () -> heardOf(prefix),
          "\"community\": [ [ 64512, 100 ], [ 65535, 65281 ] ]",
          "\"large-community\": [ [ 64512, 1 , 2 ] ]");
    }

    int before = heard().length();
    peers.killAndStartSpeaker();
    String again =
        PeerLab.awaitShown(
            "every route again",
            () -> heard().substring(before),
            PeerLab.OVER_IPV4,
            PeerLab.IPV4_OVER_IPV6,
            PeerLab.OVER_IPV6);
    Await.until(
        "one End-of-RIB a family and session",
        PeerLab.LIMIT,
        () -> heard().substring(before).split("\"eor\"", -1).length - 1,
        count -> count == 3);
    assertFalse(again.contains("withdraw"), again);
    assertTrue(
        peers.judge().count(Sent.OPEN_AFTER_RESTART) >= 4,
        "an OPEN with the R bit on each session, twice");

    exabgp.stop();
    start(peers);
    peers.awaitSessions();
    PeerLab.awaitShown("the IPv6 route again", this::heard, PeerLab.OVER_IPV6);
    peers.awaitUpdates();
    peers.judge().expect(PeerLab.said());
  }

  private RunningProcess start(PeerLab peers) throws IOException {
    // It sets the TTL of connections that it has accepted, too late for its answer to the first
    // segment; real routers set it on the listening socket.
    for (String setting : List.of("ipv4.ip_default_ttl", "ipv6.conf.eth0.hop_limit")) {
      peers.router().exec("sysctl", "-w", "net." + setting + "=255").orThrow();
    }
    Path scratch = lab.sandbox().scratch();
    Path listener = scratch.resolve("heard.sh");
    // The shell stays and holds its output open: without one a process is dead to ExaBGP.
    Files.writeString(listener, "#!/bin/sh\ncat > " + heardFile() + "\n");
    Files.setPosixFilePermissions(listener, PosixFilePermissions.fromString("rwx------"));
    Path file = scratch.resolve("exabgp.conf");
    Files.writeString(file, CONFIGURATION.replace("LISTENER", listener.toString()));
    Map<String, String> settings = new TreeMap<>();
    settings.put("exabgp.daemon.user", "root");
    settings.put("exabgp.daemon.drop", "false");
    settings.put("exabgp.api.cli", "false");
    return peers
        .router()
        .start("exabgp", List.of("/usr/sbin/python3-exabgp", file.toString()), settings);
  }

  private Path heardFile() {
    return lab.sandbox().scratch().resolve("heard.json");
  }

  /// What it said last of a prefix.
  private String heardOf(String prefix) {
    return heard()
        .lines()
        .filter(line -> line.contains("\"nlri\": \"" + prefix))
        .reduce("", (_, last) -> last);
  }

  private String heard() {
    try {
      return Files.exists(heardFile()) ? Files.readString(heardFile()) : "";
    } catch (IOException e) {
      return e.toString();
    }
  }
}
