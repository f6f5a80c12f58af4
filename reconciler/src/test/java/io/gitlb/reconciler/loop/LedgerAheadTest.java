// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--ledger-mode ahead`: nobody is told of an address before the remote has its record.
class LedgerAheadTest {

  @TempDir Path temp;
  private LedgerStory story;

  @BeforeEach
  void start() {
    story = new LedgerStory(temp);
    story.conduct = LedgerConduct.DEFAULT.in(LedgerConduct.Mode.AHEAD);
    story.restart();
    story.service("demo/a", "demo/b").settle().assertPushed();
    assertEquals(2, story.shown().size());
  }

  @AfterEach
  void stop() {
    story.close();
  }

  private Condition allocated(String service) {
    return story.cluster.server().service(service).conditions().stream()
        .filter(condition -> condition.type().equals("gitlb.io/Allocated"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aStatusAndTheSpeakersComeAfterThePushThatCarriesTheRecord() {
    story.service("demo/c");
    story.trace.clear();
    story.boundaries =
        step -> {
          if (step == Boundaries.Step.PUSH) {
            story.trace.add("pushed");
          }
        };
    story.settle().assertPushed();
    int pushed = story.trace.indexOf("pushed");
    assertTrue(pushed >= 0, story.trace::toString);
    for (int i = 0; i < story.trace.size(); i++) {
      if (story.trace.get(i).contains("10.77.0.102")) {
        assertTrue(i > pushed, story.trace::toString);
      }
    }
    assertEquals(3, story.shown().size());
  }

  @Test
  void whileTheRemoteIsAwayNewAddressesWaitAndSayWhyAndTheOthersGoOn() {
    SortedMap<ServiceRef, List<IpAddress>> before = story.shown();
    story.remoteAway();
    story.service("demo/c").run(Duration.ofMinutes(5));
    assertEquals(before, story.shown());
    assertEquals("False", allocated("demo/c").status());
    assertEquals("LedgerNotPushed", allocated("demo/c").reason());
    assertFalse(story.speakers.carried().contains(IpAddress.parse("10.77.0.102").orElseThrow()));
    int writes = story.cluster.writes();
    story.run(Duration.ofMinutes(5));
    assertEquals(writes, story.cluster.writes(), "said once");
    // What is taken away need not wait.
    story.cluster.server().without("demo/b");
    story.run(Duration.ofMinutes(1));
    assertFalse(story.speakers.carried().contains(IpAddress.parse("10.77.0.101").orElseThrow()));
    story.remoteBack();
    story.run(Duration.ofMinutes(3)).assertPushed();
    assertEquals("Allocated", allocated("demo/c").reason());
    assertEquals(2, story.shown().size());
  }

  @Test
  void aRestartTellsNothingThatTheRemoteDoesNotHave() {
    SortedMap<ServiceRef, List<IpAddress>> before = story.shown();
    story.remoteAway();
    story.service("demo/c").run(Duration.ofMinutes(5));
    story.restart().run(Duration.ofMinutes(5));
    assertEquals(before, story.shown());
    assertEquals(2, story.speakers.carried().size());
    story.remoteBack();
    story.run(Duration.ofMinutes(3)).assertPushed();
    assertEquals(3, story.shown().size());
  }
}
