// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.WireJudge;
import io.gitlb.lab.segment.WireJudge.Sent;
import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.BfdSettings.Role;
import io.gitlb.schema.protocol.BfdSettings.Signature;
import io.gitlb.schema.protocol.BfdSettings.SignatureKind;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.PeerName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// BFD with BIRD, signed in all four ways, over one hop and over several at a time.
@NeedsLab
final class SignedBfdLabIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// Longer than anybody would wait for.
  private static final Duration HOLD_TIME = Duration.ofSeconds(90);

  /// Another address of the router, which is said to be behind others.
  private static final String FAR = "10.78.0.2";

  /// Another address of the node: BIRD 2.0 has one session with each.
  private static final String FAR_NODE = "10.78.0.12";

  /// Authentication over one hop and over several.
  private static final String BIRD =
      """
      router id 10.78.0.1;
      protocol device {}
      protocol kernel { ipv4 { export all; }; }
      protocol bfd {
        interface "*" {
          min rx interval 100 ms; min tx interval 100 ms; multiplier 3;
          authentication %1$s; password "lab-key" { id 7; };
        };
        multihop {
          min rx interval 100 ms; min tx interval 100 ms; multiplier 3;
          authentication %2$s; password "far-key" { id 8; };
        };
      }
      template bgp ours {
        passive;
        error wait time 1, 2;
        bfd on;
        ipv4 { import all; export none; };
      }
      protocol bgp four from ours { local 10.78.0.1 as 64513; neighbor 10.78.0.11 as 64512; }
      protocol bgp far from ours {
        local 10.78.0.2 as 64513; neighbor 10.78.0.12 as 64512; multihop 2;
      }
      """;

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void theRouterBelievesUsAndWeBelieveIt() {
    OnePeer lan = OnePeer.layOut(lab, LIMIT);
    lan.router().address(LabNode.LAN, FAR + "/16");
    lan.node().host().address(LabNode.LAN, FAR_NODE + "/16");
    WireJudge judge = lan.judge();
    Bird bird =
        Bird.start(
            lab.sandbox(),
            lan.router(),
            BIRD.formatted("meticulous keyed sha1", "meticulous keyed md5"));
    lan.speakers().start(lan.node());
    lan.tell(near(SignatureKind.METICULOUS_KEYED_SHA1), far(SignatureKind.METICULOUS_KEYED_MD5));
    lan.awaitBfd("Up", "Up");

    bird.configure(BIRD.formatted("keyed sha1", "keyed md5"));
    lan.tell(near(SignatureKind.KEYED_SHA1), far(SignatureKind.KEYED_MD5));
    for (String next :
        List.of(
            "ip.src == 10.78.0.1 && bfd.auth.type == 4",
            "ip.src == 10.78.0.2 && bfd.auth.type == 2")) {
      Await.until(
          "Up with another authentication: " + next,
          LIMIT,
          () -> judge.saw("bfd.sta == 3 && " + next),
          Boolean::booleanValue);
    }
    lan.awaitBfd("Up", "Up");
    lan.speakers().speaker(lan.node()).stop();
    judge.expect(
        Set.of(
            Sent.BFD_ADMIN_DOWN,
            Sent.BFD_DOWN,
            // Of the end that waits for the other.
            Sent.BFD_INIT,
            Sent.BFD_UP,
            Sent.BFD_POLL,
            Sent.BFD_FINAL,
            Sent.BFD_MULTIHOP,
            Sent.BFD_MD5,
            Sent.BFD_METICULOUS_MD5,
            Sent.BFD_SHA1,
            Sent.BFD_METICULOUS_SHA1));
  }

  private static PeerSettings near(SignatureKind kind) {
    BfdSettings bfd = OnePeer.BFD.withSignature(signature(kind, 7, "lab-key"));
    return OnePeer.peer(64_513, HOLD_TIME, Extras.of(IpFamily.IPV4).withBfd(Optional.of(bfd)));
  }

  /// Its BFD begins, and ours waits. BIRD sends with the TTL of the system over several hops.
  private static PeerSettings far(SignatureKind kind) {
    BfdSettings waiting =
        new BfdSettings(Duration.ofMillis(100), Duration.ofMillis(100), 3, Role.PASSIVE, 60)
            .withSignature(signature(kind, 8, "far-key"));
    return new PeerSettings(
        new PeerName("far"),
        new Asn(64_512),
        new PeerSettings.RemoteAs.Exactly(new Asn(64_513)),
        IpAddress.of(FAR),
        179,
        HOLD_TIME,
        Optional.empty(),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty(),
        Optional.of(IpAddress.of(FAR_NODE)),
        Hops.MULTIPLE,
        Extras.of(IpFamily.IPV4).withBfd(Optional.of(waiting)));
  }

  private static Signature signature(SignatureKind kind, int id, String key) {
    return new Signature(
        kind, id, new PeerPassword.Given(Password.of(key.getBytes(StandardCharsets.US_ASCII))));
  }
}
