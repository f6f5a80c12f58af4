// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.l2.KernelFinding;
import io.gitlb.speaker.l2.Link;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KernelWatchTest {

  private static final Instant START = Instant.EPOCH;
  private static final KernelFinding PROXY = new KernelFinding("GLB6012", "eth0", "proxy_arp");

  private final FakeSegmentPort port = new FakeSegmentPort();
  private final List<String> told = new ArrayList<>();
  private final KernelWatch watch =
      new KernelWatch(
          port,
          (where, message) -> told.add("+" + where + ": " + message),
          where -> told.add("-" + where));

  @Test
  void aFindingIsToldOnceAndAgainWhenItIsOver() {
    port.findings = Set.of(PROXY);
    look(START);
    assertEquals(List.of("+GLB6012 eth0: proxy_arp"), told);
    look(START.plus(KernelWatch.PACE));
    assertEquals(1, told.size());
    port.findings = Set.of();
    look(START.plus(KernelWatch.PACE).plusSeconds(1));
    assertEquals(1, told.size(), "not yet due");
    look(START.plus(KernelWatch.PACE.multipliedBy(2)));
    assertEquals(List.of("+GLB6012 eth0: proxy_arp", "-GLB6012 eth0"), told);
  }

  @Test
  void otherLinksAreJudgedAtOnce() {
    port.findings = Set.of(PROXY);
    watch.look(ActiveSet.EMPTY, List.of(), START);
    assertEquals(List.of(), told);
    look(START.plusSeconds(1));
    assertEquals(1, told.size());
  }

  private void look(Instant now) {
    port.link("eth0", 2, "02:00:5e:00:53:01", "192.0.2.0/24");
    watch.look(ActiveSet.EMPTY, List.<Link>copyOf(port.links.values()), now);
  }
}
