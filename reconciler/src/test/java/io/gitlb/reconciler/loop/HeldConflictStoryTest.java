// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static io.gitlb.reconciler.loop.LoopStory.LAN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.protocol.SpeakerStatus.ConflictKind;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/// Somebody else claims an address that a Service has: it keeps it, and people are told.
class HeldConflictStoryTest {

  private static final String MAC = "02:00:5e:00:53:01";
  private static final String OTHER = "02:00:5e:00:53:02";
  private static final String ADDRESS = "10.77.0.100";

  private final LoopStory story = new LoopStory();

  HeldConflictStoryTest() {
    story.config(LAN).service("demo/web").settle();
  }

  private void expectStatus(String condition, String event) {
    story.pass();
    story.expect(
        """
        status demo/web 10.77.0.100 Allocated=True/Allocated Announced=%s
        event demo/web %s
        done
        """
            .formatted(condition, event));
    story.settle();
  }

  private SortedMap<String, Long> counts() {
    return story.reconciler().state().orElseThrow().figures().counters().conflicts();
  }

  private List<String> failures() {
    return story.reconciler().state().orElseThrow().failures().stream()
        .map(Failure::toString)
        .toList();
  }

  @Test
  void aStrangerIsToldOnceAndTheAddressStays() {
    story.speakers.contested(ADDRESS, MAC, ConflictKind.FOREIGN);
    expectStatus("True/Conflict", "WARNING Conflict");
    assertEquals(1, counts().get("foreign"));
    assertEquals(1, failures().size());
    story.speakers.contested(ADDRESS, OTHER, ConflictKind.FOREIGN);
    expectStatus("True/Conflict", "WARNING Conflict");
    assertEquals(2, counts().get("foreign"));
    story.speakers.uncontested(ADDRESS);
    expectStatus("True/Announced", "NORMAL Announced");
    assertEquals(List.of(), failures());
    assertEquals(2, counts().get("foreign"));
  }

  @Test
  void aNodeOfOursIsToldAsAMistakeInItsSetUp() {
    story.speakers.contested(ADDRESS, MAC, ConflictKind.OTHER_ANNOUNCER_ON_NODE);
    expectStatus("True/OtherAnnouncerOnNode", "WARNING OtherAnnouncerOnNode");
    story.speakers.contested(ADDRESS, MAC, ConflictKind.KERNEL_ANSWERS);
    expectStatus("True/KernelAnswers", "WARNING KernelAnswers");
    assertEquals(
        List.of(
            "GLB5012 10.77.0.100: node n2 announces it, and 02:00:5e:00:53:01 is one of the kernels"
                + " that answer for it too; set strictARP of kube-proxy, or"
                + " net.ipv4.conf.all.arp_ignore=1 on all nodes"),
        failures());
    assertEquals(0, counts().get("foreign"));
    assertEquals(1, counts().get("kernel_answers"));
  }
}
