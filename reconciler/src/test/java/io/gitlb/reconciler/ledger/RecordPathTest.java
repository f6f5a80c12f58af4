// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordPathTest {

  @Test
  void ipv4LiesInADirectoryOfItsFirstThreeOctets() {
    assertEquals("v4/10/0/3/10.0.3.7.yaml", RecordPath.of(IpAddress.of("10.0.3.7")));
  }

  @Test
  void ipv6IsWrittenOutWithDashes() {
    assertEquals(
        "v6/2001-0db8-0000-0a00/12/2001-0db8-0000-0a00-0000-0000-0000-12ff.yaml",
        RecordPath.of(IpAddress.of("2001:db8:0:a00::12ff")));
  }

  @Test
  void everyPathLeadsBackToItsAddress() {
    long seed = 20_260_731L;
    Random random = new Random(seed);
    int rounds = 1_000 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int round = 0; round < rounds; round++) {
      IpAddress address =
          random.nextBoolean()
              ? new Ipv4(random.nextInt())
              : new Ipv6(random.nextLong(), random.nextLong());
      assertEquals(Optional.of(address), RecordPath.parse(RecordPath.of(address)), "seed " + seed);
    }
  }

  @Test
  void pathsThatAreNotOursGiveNoAddress() {
    for (String path :
        List.of(
            "cluster.yaml",
            "facts/services.yaml",
            "v4/10/0/3/10.0.3.7",
            "v4/10/0/4/10.0.3.7.yaml",
            "v4/10/0/3/.yaml",
            "v4/10/0/3/010.0.3.7.yaml",
            "v6/2001-0DB8-0000-0000/00/2001-0DB8-0000-0000-0000-0000-0000-0001.yaml",
            "v6/2001-0db8-0000-0000/00/2001-db8--1.yaml",
            "v6/10/0/3/10.0.3.7.yaml",
            "v4/",
            "")) {
      assertEquals(Optional.empty(), RecordPath.parse(path), path);
    }
  }
}
