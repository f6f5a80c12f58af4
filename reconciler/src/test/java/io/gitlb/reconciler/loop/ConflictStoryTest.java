// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static io.gitlb.reconciler.loop.LoopStory.LAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.loop.FakeSpeakers.Patience;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Addresses are probed on the link before a Service is told of them.
class ConflictStoryTest {

  private static final String MAC = "02:00:5e:00:53:01";

  /// Not swept, so that what is probed is what somebody waits for.
  private static final String QUIET = LAN.replace("  addresses:", "  sweep: false\n  addresses:");

  private static final String BGP = LAN.replace("L2Advertisement", "BGPAdvertisement");

  private final LoopStory story = new LoopStory();

  ConflictStoryTest() {
    story.speakers.onLink("n1", "n2");
  }

  @Test
  void aFreeAddressIsProbedThenShownThenAnnounced() {
    story.config(QUIET).service("demo/web").pass();
    story.expect(
        """
        load
        probe n1 10.77.0.100
        probe n2 10.77.0.100
        desired n1 1.1
        desired n2 1.1
        done
        """);
    story.pass();
    story.expect(
        """
        commit allocate 10.77.0.100 to demo/web from pool lan (automatic)
        status demo/web 10.77.0.100 Allocated=True/Allocated Announced=Unknown/Pending
        event demo/web NORMAL Allocated
        desired n1 1.2 10.77.0.100
        desired n2 1.2 10.77.0.100
        push 1
        done
        """);
  }

  @Test
  void anAutomaticAllocationMovesOnBeforeAnybodyIsTold() {
    story.speakers.stranger("10.77.0.100", MAC);
    story.config(QUIET).service("demo/web").pass();
    story.trace.clear();
    story.pass();
    story.expect(
        """
        commit withhold 10.77.0.100 from demo/web: 02:00:5e:00:53:01 answers for it on the link
        probe n1 10.77.0.101
        probe n2 10.77.0.101
        status demo/web
        event demo/web WARNING Conflict
        push 1
        done
        """);
    story.pass();
    story.expect(
        """
        commit allocate 10.77.0.101 to demo/web from pool lan (automatic)
        status demo/web 10.77.0.101 Allocated=True/Allocated Announced=Unknown/Pending
        event demo/web NORMAL Allocated
        desired n1 1.2 10.77.0.101
        desired n2 1.2 10.77.0.101
        push 1
        done
        """);
  }

  @Test
  void aRequestedOneWaitsAndSaysWhoHasItUntilItIsFree() {
    story.speakers.stranger("10.77.0.102", MAC);
    story
        .config(QUIET)
        .service(
            "demo/web",
            ServiceBuilder.service("demo/web")
                .annotation("gitlb.io/loadBalancerIPs", "10.77.0.102"))
        .pass();
    story.trace.clear();
    story.pass();
    story.expect(
        """
        commit withhold 10.77.0.102 from demo/web: 02:00:5e:00:53:01 answers for it on the link
        status demo/web Allocated=False/Conflict Announced=False/NotAllocated
        event demo/web WARNING Conflict
        push 1
        done
        """);
    story.speakers.noStranger("10.77.0.102");
    story.after(Duration.ofMinutes(1)).pass();
    story.expect(
        """
        probe n1 10.77.0.102
        probe n2 10.77.0.102
        done
        """);
    story.pass();
    story.expect(
        """
        commit free 10.77.0.102 of pool lan, last held by demo/web
        commit allocate 10.77.0.102 to demo/web from pool lan (requested)
        status demo/web 10.77.0.102 Allocated=True/Allocated Announced=Unknown/Pending
        event demo/web NORMAL Allocated
        desired n1 1.2 10.77.0.102
        desired n2 1.2 10.77.0.102
        push 2
        done
        """);
  }

  @Test
  void aPinnedOneWaitsAndSaysWhoHasItUntilItIsFree() {
    story.speakers.stranger("10.77.0.102", MAC);
    story
        .config(
            QUIET
                + "---\napiVersion: gitlb.io/v1\nkind: PinnedIP\nmetadata: {name: p}\nspec:"
                + " {service: demo/web, addresses: [10.77.0.102]}\n")
        .service("demo/web")
        .pass();
    story.trace.clear();
    story.pass();
    story.expect(
        """
        commit withhold 10.77.0.102 from demo/web: 02:00:5e:00:53:01 answers for it on the link
        status demo/web Allocated=False/Conflict Announced=False/NotAllocated
        event demo/web WARNING Conflict
        push 1
        done
        """);
    story.speakers.noStranger("10.77.0.102");
    story.after(Duration.ofMinutes(1)).pass();
    story.trace.clear();
    story.pass();
    story.expect(
        """
        commit free 10.77.0.102 of pool lan, last held by demo/web
        commit allocate 10.77.0.102 to demo/web from pool lan (pinned)
        status demo/web 10.77.0.102 Allocated=True/Allocated Announced=Unknown/Pending
        event demo/web NORMAL Allocated
        desired n1 1.2 10.77.0.102
        desired n2 1.2 10.77.0.102
        push 2
        done
        """);
  }

  @Test
  void whatNobodyAnswersAboutIsGivenAfterASecond() {
    story.speakers.probes(Patience.SILENT);
    story.config(QUIET).service("demo/web").pass();
    story.trace.clear();
    story.pass();
    story.expect("done");
    story.after(Duration.ofSeconds(1)).pass();
    story.expect(
        """
        commit allocate 10.77.0.100 to demo/web from pool lan (automatic)
        status demo/web 10.77.0.100 Allocated=True/Allocated Announced=Unknown/Pending
        event demo/web NORMAL Allocated
        desired n1 1.2 10.77.0.100
        desired n2 1.2 10.77.0.100
        push 1
        done
        """);
  }

  @Test
  void oneDeadSpeakerDoesNotDelayTheOther() {
    story.speakers.set("n2", Availability.AWAY);
    story.config(QUIET).service("demo/web").pass();
    story.trace.clear();
    story.pass();
    assertTrue(
        story.trace.contains("commit allocate 10.77.0.100 to demo/web from pool lan (automatic)"),
        story.trace::toString);
  }

  @Test
  void aCrashWhileItIsProbedProbesAgain() {
    story.config(QUIET).service("demo/web").pass();
    story.trace.clear();
    story.speakers.stranger("10.77.0.100", MAC);
    story.restart().pass();
    story.expect(
        """
        load
        probe n1 10.77.0.100
        probe n2 10.77.0.100
        desired n1 2.1
        desired n2 2.1
        done
        """);
    story.pass().pass().pass();
    assertTrue(story.trace.toString().contains("status demo/web 10.77.0.101"));
    assertFalse(story.trace.toString().contains("status demo/web 10.77.0.100"));
  }

  @Test
  void withNobodyOnLinkNothingIsProbed() {
    story.speakers.onLink();
    story.config(QUIET).service("demo/web").pass();
    assertTrue(
        story.trace.contains("commit allocate 10.77.0.100 to demo/web from pool lan (automatic)"),
        story.trace::toString);
  }

  @Test
  void withoutAnL2AdvertisementNothingIsProbed() {
    story.config(BGP).service("demo/web").pass();
    assertTrue(
        story.trace.contains("commit allocate 10.77.0.100 to demo/web from pool lan (automatic)"),
        story.trace::toString);
  }

  @Test
  void whatAServiceThatWentWasNeverToldOfIsFreeAtOnce() {
    story.config(QUIET).service("demo/web").pass();
    story.delete("demo/web").pass().pass().pass();
    story.expect(
        """
        load
        probe n1 10.77.0.100
        probe n2 10.77.0.100
        desired n1 1.1
        desired n2 1.1
        done
        done
        done
        done
        """);
  }

  @Test
  void aConflictEndsWithTheServiceThatMetIt() {
    story.speakers.stranger("10.77.0.100", MAC);
    story.config(QUIET).service("demo/web").settle().delete("demo/web").pass();
    assertTrue(
        story.trace.contains("commit free 10.77.0.100 of pool lan, last held by demo/web"),
        story.trace::toString);
  }

  @Test
  void anAddressThatIsShownAlreadyIsNotProbed() {
    story.config(QUIET).service("demo/web").settle();
    story.restart().settle();
    assertEquals(0, story.trace.size());
  }

  @Test
  void whoUsesAFreeAddressIsFoundBeforeItIsGivenAndTheNextOneIsGivenAtOnce() {
    story.speakers.stranger("10.77.0.100", MAC);
    story.config(LAN).pass().pass();
    story.trace.clear();
    story.service("demo/web").pass();
    assertTrue(story.trace.contains("probe n1 10.77.0.101"), story.trace::toString);
    assertFalse(story.trace.toString().contains("10.77.0.100"), story.trace::toString);
    assertTrue(story.reconciler().state().orElseThrow().failures().toString().contains("GLB5013"));
    assertEquals(
        "squatted",
        story
            .reconciler()
            .overview()
            .orElseThrow()
            .report(Optional.empty())
            .addresses()
            .getFirst()
            .record());
  }

  @Test
  void aPoolCanSayThatItIsNotSwept() {
    story.config(QUIET).pass();
    assertFalse(story.trace.toString().contains("probe"), story.trace::toString);
  }

  @Test
  void whatTheClusterUsesItselfIsNotSwept() {
    story.cluster.server().uses("10.77.0.101", "the API server");
    story.config(LAN).pass();
    String probes = story.trace.toString();
    assertTrue(probes.contains("10.77.0.100") && probes.contains("10.77.0.102"), probes);
    assertFalse(probes.contains("10.77.0.101"), probes);
  }
}
