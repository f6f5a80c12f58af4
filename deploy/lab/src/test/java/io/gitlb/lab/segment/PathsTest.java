// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.lab.segment.Paths.Kind;
import io.gitlb.lab.segment.Paths.Turn;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PathsTest {

  private static final Ipv4 ADDRESS = new Ipv4(0xC000_0201); // 192.0.2.1
  private static final MacAddress OLD = MacAddress.of("02:00:5e:00:53:01");
  private static final MacAddress NEW = MacAddress.of("02:00:5e:00:53:02");

  @Test
  void aConnectionThatWasBegunOnTheOldOwnerAndGoesOnWithTheNewOneIsUnderWay() {
    List<Turn> turns = List.of(begins(1, OLD), begins(2, OLD), goesOn(2, NEW), begins(3, NEW));

    assertEquals(Set.of(2), Paths.underWay(turns, OLD));
  }

  @Test
  void aConnectionThatIsSentBackAndForthIsNotForgiven() {
    List<Turn> turns = List.of(begins(1, OLD), begins(2, NEW), begins(3, OLD), goesOn(3, NEW));

    assertEquals(Set.of(), Paths.underWay(turns, OLD));
  }

  @Test
  void oneThatNobodyCutIsNotUnderWay() {
    assertEquals(Set.of(), Paths.underWay(List.of(begins(1, OLD), begins(2, OLD)), OLD));
  }

  private static Turn begins(int port, MacAddress node) {
    return new Turn(0, ADDRESS, port, node, Kind.BEGINS);
  }

  private static Turn goesOn(int port, MacAddress node) {
    return new Turn(0, ADDRESS, port, node, Kind.GOES_ON);
  }
}
