// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.yaml.DefinitionReader;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SharedPathChecksTest {

  private static final int PEERS = 10;

  private static final String PROFILE =
      "{apiVersion: metallb.io/v1beta1, kind: BFDProfile, metadata: {name: fast}, spec: {}}\n";

  /// Each node has a peer of its own to one router, all with the BFDProfile of the router.
  @Test
  void peersThatAgreeAreNotComparedWithEachOther() {
    Definitions definitions = read(PROFILE + peers());
    Budget budget = leftWith(1);
    assertEquals(List.of(), SharedPathChecks.check(definitions, SourceMap.NONE, budget));
    assertEquals(List.of(), budget.problems(Defined.at("a")));
  }

  private static Budget leftWith(long pairs) {
    Budget budget = new Budget();
    for (long i = pairs; i < Budget.PAIRS; i++) {
      budget.allowsOneMore();
    }
    return budget;
  }

  private static Definitions read(String text) {
    return assertInstanceOf(
            ReadResult.Accepted.class,
            DefinitionReader.read(List.of(new ConfigFile("a.yaml", text))))
        .definitions();
  }

  private static String peers() {
    return IntStream.range(0, PEERS)
        .mapToObj(
            i ->
                """
                ---
                apiVersion: metallb.io/v1beta2
                kind: BGPPeer
                metadata: {name: n%d}
                spec:
                  myASN: 64512
                  peerASN: 64513
                  peerAddress: 192.0.2.1
                  bfdProfile: fast
                  nodeSelectors: [{matchLabels: {kubernetes.io/hostname: n%d}}]
                """
                    .formatted(i, i))
        .collect(Collectors.joining());
  }
}
