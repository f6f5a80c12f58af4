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
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
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

  /// Longer than ten detection times.
  private static final Duration STEADY = Duration.ofSeconds(4);

  /// Longer than anybody would wait for.
  private static final Duration HOLD_TIME = Duration.ofSeconds(90);

  /// Another address of the router, which is said to be behind others.
  private static final String FAR = "10.78.0.2";

  /// Another address of the node: BIRD 2.0 has one session with each.
  private static final String FAR_NODE = "10.78.0.12";

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
            bird("meticulous keyed sha1", "lab-key", 7, "meticulous keyed md5", "far-key"));
    lan.speakers().start(lan.node());
    lan.tell(
        near(SignatureKind.METICULOUS_KEYED_SHA1, "lab-key", 7),
        far(SignatureKind.METICULOUS_KEYED_MD5, "far-key"));
    lan.awaitBfd("Up", "Up");

    // First here, then there, which knows no overlap: over one hop a key of another number.
    List<BfdStatus> before = lan.bfd();
    lan.tell(
        near(SignatureKind.METICULOUS_KEYED_SHA1, "lab-next", 9),
        far(SignatureKind.METICULOUS_KEYED_MD5, "far-next"));
    Await.always("the old keys hold", STEADY, lan::bfd, now -> flaps(now).equals(flaps(before)));
    bird.configure(
        bird("meticulous keyed sha1", "lab-next", 9, "meticulous keyed md5", "far-next"));
    Await.until(
        "signs with the new key",
        LIMIT,
        () -> judge.saw("ip.src == 10.78.0.11 && bfd.sta == 3 && bfd.auth.key == 9"),
        Boolean::booleanValue);
    Await.always("the new keys hold", STEADY, lan::bfd, now -> flaps(now).equals(flaps(before)));
    lan.awaitBfd("Up", "Up");

    bird.configure(bird("keyed sha1", "lab-next", 9, "keyed md5", "far-next"));
    lan.tell(
        near(SignatureKind.KEYED_SHA1, "lab-next", 9), far(SignatureKind.KEYED_MD5, "far-next"));
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

  /// Authentication over one hop and over several.
  private static String bird(String near, String nearKey, int id, String far, String farKey) {
    return """
        router id 10.78.0.1;
        protocol device {}
        protocol kernel { ipv4 { export all; }; }
        protocol bfd {
          interface "*" {
            min rx interval 100 ms; min tx interval 100 ms; multiplier 3;
            authentication %s; password "%s" { id %d; };
          };
          multihop {
            min rx interval 100 ms; min tx interval 100 ms; multiplier 3;
            authentication %s; password "%s" { id 8; };
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
        """
        .formatted(near, nearKey, id, far, farKey);
  }

  private static List<Long> flaps(List<BfdStatus> sessions) {
    return sessions.stream().map(BfdStatus::flaps).toList();
  }

  private static PeerSettings near(SignatureKind kind, String key, int id) {
    BfdSettings bfd = OnePeer.BFD.withSignature(signature(kind, id, key));
    return OnePeer.peer(64_513, HOLD_TIME, Extras.of(IpFamily.IPV4).withBfd(Optional.of(bfd)));
  }

  /// Its BFD begins, and ours waits. BIRD sends with the TTL of the system over several hops.
  private static PeerSettings far(SignatureKind kind, String key) {
    BfdSettings waiting =
        new BfdSettings(Duration.ofMillis(100), Duration.ofMillis(100), 3, Role.PASSIVE, 60)
            .withSignature(signature(kind, 8, key));
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
