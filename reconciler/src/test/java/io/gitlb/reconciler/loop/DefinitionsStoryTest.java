// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static io.gitlb.reconciler.loop.LoopStory.LAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Stories of config commits, good, bad and distrusted.
class DefinitionsStoryTest {

  private final LoopStory story = new LoopStory();

  @Test
  void aBadCommitLeavesTheLastGoodOneInForce() {
    story.config(LAN).service("demo/web").settle();
    story.config("kind: Nonsense").poll().expect("stalled GLB5003");
    story.service("demo/two").poll();
    assertTrue(
        story.trace.contains("commit allocate 10.77.0.101 to demo/two from pool lan (automatic)"),
        story.trace::toString);
    LoopState state = story.reconciler().state().orElseThrow();
    assertEquals(FakeDefinitionSource.id(1), state.configCommit().orElseThrow());
    assertEquals(FakeDefinitionSource.id(2), state.refusedCommit().orElseThrow());
    assertTrue(!state.problems().isEmpty());
    story.restart().poll();
    assertEquals("stalled GLB5003", story.trace.getLast());
    story.config(LAN).settle();
  }

  @Test
  void aFirstCommitThatIsBadStallsEverything() {
    story.config("kind: Nonsense").service("demo/web").poll().expect("stalled GLB5001");
    story.config(LAN).settle();
  }

  @Test
  void aHeadThatIsNotTrustedLeavesTheLastGoodOneInForceUntilItIsTrusted() {
    story.config(LAN).service("demo/web").settle();
    Failure why = new Failure("GLB2201", "force-pushed");
    story.definitions.distrust(List.of(why));
    story.config(LAN.replace("10.77.0.100-10.77.0.103", "10.78.0.0/28")).poll().poll();
    story.expect("stalled GLB5003\nstalled GLB5003");
    LoopState state = story.reconciler().state().orElseThrow();
    assertEquals(Optional.of(FakeDefinitionSource.id(1)), state.configCommit());
    assertEquals(Optional.of(FakeDefinitionSource.id(2)), state.refusedCommit());
    assertEquals(List.of(why), state.failures());
    assertEquals(
        "config commit %s is refused, it is not trusted: GLB2201 force-pushed; the last good one stays in force"
            .formatted(FakeDefinitionSource.id(2)),
        ((Outcome.Stalled) state.outcome()).cause().message());

    story.definitions.distrust(List.of());
    story.config(LAN).poll();
    state = story.reconciler().state().orElseThrow();
    assertEquals(Optional.of(FakeDefinitionSource.id(3)), state.configCommit());
    assertEquals(List.of(), state.failures());
  }

  @Test
  void theCommitsThatHeldRecordsNameAreKept() {
    story.config(LAN).service("demo/web").settle();
    assertEquals(Set.of(), story.definitions.kept());
    story.config(LAN.replace("10.77.0.100-10.77.0.103", "10.78.0.0/28")).settle();
    assertEquals(Set.of(onlyRecord().configCommit()), story.definitions.kept());
    assertEquals(State.HELD, onlyRecord().state());
    story.delete("demo/web").settle();
    assertEquals(Set.of(), story.definitions.kept());
  }

  @Test
  void theConfigBranchIsAskedOnlyWhenAPollIsDue() {
    story.config(LAN).settle();
    int fetches = story.definitions.fetches();
    story.pass().pass();
    assertEquals(fetches, story.definitions.fetches());
    story.poll();
    assertEquals(fetches + 1, story.definitions.fetches());
  }

  @Test
  void whatACommitTakesAwayIsHeldAndAnnouncedOn() {
    story.config(LAN).service("demo/web").settle();
    story.config(
        LAN.replace("10.77.0.100-10.77.0.103", "10.88.0.0/24").replace("name: lan", "name: new"));
    story.poll();
    story.expect(
        """
        commit hold 10.77.0.100 for demo/web, no longer given by the definitions
        status demo/web 10.77.0.100 Allocated=True/Held Announced=True/Announced
        event demo/web WARNING Held
        desired n1 1.2 10.77.0.100
        desired n2 1.2 10.77.0.100
        push 1
        done
        """);
    story.restart().settle();
    assertEquals(1, story.speakers.carried().size());
  }

  private AllocationRecord onlyRecord() {
    assertEquals(1, story.ledger.local().records().size());
    return story.ledger.local().records().values().iterator().next();
  }
}
