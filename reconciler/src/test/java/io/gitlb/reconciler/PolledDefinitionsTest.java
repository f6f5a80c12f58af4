// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.loop.DefinitionSource;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch;
import io.gitlb.reconciler.loop.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

class PolledDefinitionsTest {

  private static final ConfigFetch UNCHANGED = new ConfigFetch.Unchanged();
  private static final ConfigFetch AWAY =
      new ConfigFetch.Unavailable(new Failure("GLB2001", "away"));

  private final Remote remote = new Remote();
  private final PolledDefinitions polled = new PolledDefinitions(remote);

  @Test
  void firstQuestionOfTheLoopGoesOutByItself() {
    remote.next = found("c1");
    assertEquals(found("c1"), polled.fetch(Optional.empty()));
    assertEquals(1, remote.asked.size());
  }

  @Test
  void laterQuestionsTakeTheAnswerThatIsThere() {
    remote.next = found("c1");
    polled.fetch(Optional.empty());
    assertEquals(UNCHANGED, polled.fetch(Optional.of("c1")));
    assertEquals(UNCHANGED, polled.fetch(Optional.of("c1")));
    assertEquals(1, remote.asked.size());
    remote.next = found("c2");
    assertTrue(polled.poll());
    assertEquals(found("c2"), polled.fetch(Optional.of("c1")));
    assertEquals(UNCHANGED, polled.fetch(Optional.of("c2")));
    assertEquals(List.of(Optional.empty(), Optional.of("c1")), remote.asked);
  }

  @Test
  void loopIsWokenForNewsOnly() {
    remote.next = found("c1");
    polled.fetch(Optional.empty());
    polled.fetch(Optional.of("c1"));
    remote.next = UNCHANGED;
    assertFalse(polled.poll(), "nothing new");
    remote.next = AWAY;
    assertTrue(polled.poll(), "gone");
    assertFalse(polled.poll(), "still gone");
    assertEquals(AWAY, polled.fetch(Optional.of("c1")));
    remote.next = UNCHANGED;
    assertTrue(polled.poll(), "back");
    assertEquals(UNCHANGED, polled.fetch(Optional.of("c1")));
  }

  @Test
  void aCommitThatIsJudgedAnewReachesTheLoopOnceMore() {
    ConfigFetch refused =
        new ConfigFetch.Untrusted("c2", List.of(new Failure("GLB2202", "not signed")));
    remote.next = refused;
    assertEquals(refused, polled.fetch(Optional.of("c1")));
    assertEquals(UNCHANGED, polled.fetch(Optional.of("c2")));
    assertFalse(polled.poll(), "the same once more");
    assertEquals(UNCHANGED, polled.fetch(Optional.of("c2")));
    remote.next = found("c2");
    assertTrue(polled.poll(), "trusted now");
    assertEquals(found("c2"), polled.fetch(Optional.of("c2")));
    assertEquals(UNCHANGED, polled.fetch(Optional.of("c2")));
  }

  private static ConfigFetch found(String commit) {
    return new ConfigFetch.Found(commit, List.of(), List.of());
  }

  private static final class Remote implements DefinitionSource {
    private final List<Optional<String>> asked = new ArrayList<>();
    private ConfigFetch next = UNCHANGED;

    @Override
    public ConfigFetch fetch(Optional<String> known) {
      asked.add(known);
      return next;
    }

    @Override
    public ConfigFetch at(String commit) {
      return found(commit);
    }

    @Override
    public Optional<String> accepted() {
      return Optional.empty();
    }

    @Override
    public Optional<Failure> accept(String commit) {
      return Optional.empty();
    }

    @Override
    public Optional<Failure> keep(SortedSet<String> commits) {
      return Optional.empty();
    }
  }
}
