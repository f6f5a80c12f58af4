// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A router of a [CollisionField]: its addresses are 10.78.NET.K, those of the node beside them
/// 10.78.NET+1.K, with K from 1 on. While a BIRD is stopped no more than nine connections wait for
/// it in the kernel, so there are three.
enum CollisionRouter {
  FRR(1, 32),
  BIRD_1(3, 8),
  BIRD_2(5, 8),
  BIRD_3(7, 8);

  private final int net;
  private final int pairs;

  CollisionRouter(int net, int pairs) {
    this.net = net;
    this.pairs = pairs;
  }

  /// The name of its host.
  String host() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  long asn() {
    return 64_600L + net;
  }

  /// How many sessions it has.
  int sessions() {
    return pairs;
  }

  /// What each K is.
  IntStream pairs() {
    return IntStream.rangeClosed(1, pairs);
  }

  String address(int k) {
    return "10.78." + net + "." + k;
  }

  String nodeAddress(int k) {
    return "10.78." + (net + 1) + "." + k;
  }

  /// @param line of its configuration: of the address of the node and its own
  private String eachPair(String line) {
    return pairs()
        .mapToObj(k -> line.formatted(nodeAddress(k), address(k)))
        .collect(Collectors.joining());
  }

  static List<CollisionRouter> birds() {
    return Stream.of(values()).filter(router -> router != FRR).toList();
  }

  /// Of FRR, or of BIRD.
  String configuration() {
    return this == FRR ? frr() : bird();
  }

  private String frr() {
    return """
    hostname router
    router bgp 64601
     bgp router-id 10.78.0.1
     no bgp ebgp-requires-policy
    """
        + eachPair(
            """
             neighbor %1$s remote-as 64512
             neighbor %1$s update-source %2$s
             neighbor %1$s timers connect 1
            """);
  }

  private String bird() {
    return """
    router id 10.78.0.1;
    protocol device {}
    protocol kernel { ipv4 { export all; }; }
    template bgp node {
      connect delay time 1; connect retry time 1; error wait time 1, 1;
      ipv4 { import all; export none; };
    }
    """
        + eachPair(
            "protocol bgp from node { neighbor %1$s as 64512; local %2$s as ASN; }\n"
                .replace("ASN", String.valueOf(asn())));
  }
}
