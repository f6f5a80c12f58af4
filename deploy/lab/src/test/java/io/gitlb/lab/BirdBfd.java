// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.schema.protocol.BfdSettings;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.protocol.PeerSettings;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Password;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// BFD with a BIRD on the router of [OnePeer]: 3 x 100 ms, and a hold time that nobody would wait
/// for.
final class BirdBfd {

  /// The key of [#SIGNED].
  static final String KEY = "lab-key";

  /// BIRD's configuration without signatures.
  static final String PLAIN =
      """
      router id 10.78.0.1;
      protocol device {}
      protocol kernel { ipv4 { export all; }; }
      protocol bfd {
        interface "*" { min rx interval 100 ms; min tx interval 100 ms; multiplier 3; };
      }
      protocol bgp four {
        local 10.78.0.1 as 64513;
        neighbor 10.78.0.11 as 64512;
        passive;
        error wait time 1, 2;
        bfd on;
        ipv4 { import all; export none; };
      }
      """;

  /// The same, each packet signed with [#KEY].
  static final String SIGNED =
      PLAIN.replace(
          "multiplier 3;",
          "multiplier 3; authentication meticulous keyed sha1; password \""
              + KEY
              + "\" { id 7; };");

  private BirdBfd() {}

  /// What we sign with, as BIRD does.
  static BfdSettings signedWith(String key) {
    return OnePeer.BFD.withSignature(
        new BfdSettings.Signature(
            BfdSettings.SignatureKind.METICULOUS_KEYED_SHA1,
            7,
            new PeerPassword.Given(Password.of(key.getBytes(StandardCharsets.US_ASCII)))));
  }

  /// The router as the node has it.
  static PeerSettings peer(BfdSettings bfd) {
    return OnePeer.peer(
        64_513, Duration.ofSeconds(90), Extras.of(IpFamily.IPV4).withBfd(Optional.of(bfd)));
  }
}
