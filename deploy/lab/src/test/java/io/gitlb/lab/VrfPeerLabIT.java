// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Sessions and BFD in a VRF of the node. A kernel without VRFs binds sockets to any interface by
/// the same call: there the interface itself stands for the VRF.
@SharesLab
final class VrfPeerLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String VRF = "red";

  private static final String FRR =
      """
      hostname router
      bfd
       profile fast
        receive-interval 100
        transmit-interval 100
        detect-multiplier 3
       exit
      exit
      router bgp 64513
       bgp router-id 10.78.0.1
       no bgp ebgp-requires-policy
       neighbor 10.78.0.11 remote-as 64512
       neighbor 10.78.0.11 timers connect 1
       neighbor 10.78.0.11 bfd profile fast
      """;

  @RegisterExtension final Lab lab = new Lab();

  private OnePeer lan;
  private String vrf = LabNode.LAN;

  @Test
  void theSocketsAreInTheVrfAndNowhereElse() {
    lan.tell(peer("nowhere", Initiative.ACTIVE));
    lan.awaitPeer("the reason is said", one -> one.lastError().filter(this::names).isPresent());
    assertTrue(sockets("-tn").isBlank(), () -> sockets("-tn"));

    lan.tell(peer(vrf, Initiative.ACTIVE));
    awaitSession();
    Await.until(
        "both of BFD's sockets are bound",
        LIMIT,
        () -> sockets("-uan"),
        shown -> shown.lines().filter(line -> line.contains("%" + vrf)).count() == 2);
    assertTrue(sockets("-tn").lines().anyMatch(line -> line.contains("%" + vrf + ":")));

    lan.tell(peer(vrf, Initiative.PASSIVE));
    Await.until(
        "it listens there", LIMIT, () -> sockets("-tln"), shown -> shown.contains("%" + vrf));
    awaitSession();
    assertTrue(
        sockets("-tln").lines().allMatch(line -> line.contains("%" + vrf)), () -> sockets("-tln"));
  }

  private boolean names(String error) {
    return error.contains("No such device");
  }

  @BeforeEach
  void begin() {
    lan = OnePeer.layOut(lab, LIMIT);
    Host node = lan.node().host();
    if (node.ip("link", "add", VRF, "type", "vrf", "table", "100").ok()) {
      node.ip("link", "set", VRF, "up").orThrow();
      node.ip("link", "set", LabNode.LAN, "master", VRF).orThrow();
      vrf = VRF;
    }
    Frr.start(lab.sandbox(), lan.router(), FRR);
    lan.speakers().start(lan.node());
  }

  /// Those of BGP and BFD.
  private String sockets(String kind) {
    return lan.node()
        .host()
        .exec(
            "ss",
            "-H",
            kind,
            "( sport = :179 or dport = :179 or sport = :3784 or dport = :3784"
                + " or ( sport ge :49152 and src %s ) )".formatted(OnePeer.NODE))
        .output()
        .strip();
  }

  private static PeerSettings peer(String device, Initiative initiative) {
    return OnePeer.peer(
        new PeerSettings.RemoteAs.Exactly(new Asn(64_513)),
        IpAddress.of(OnePeer.ROUTER),
        Extras.of(IpFamily.IPV4)
            .withVrf(Optional.of(device))
            .withInitiative(initiative)
            .withBfd(Optional.of(OnePeer.BFD)));
  }

  private void awaitSession() {
    lan.awaitRoute("the router has the route", route -> route.contains("via " + OnePeer.NODE));
    lan.awaitPeer("the session is up", one -> one.state().equalsIgnoreCase("ESTABLISHED"));
    lan.awaitBfd();
  }
}
