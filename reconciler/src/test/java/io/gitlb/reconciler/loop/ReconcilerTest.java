// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static io.gitlb.reconciler.loop.LoopStory.LAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Stories of the whole pass: what happens outside, in which order.
class ReconcilerTest {

  private final LoopStory story = new LoopStory();

  @Test
  void aServiceIsCommittedThenShownThenAnnouncedThenPushed() {
    story.config(LAN).service("demo/web").pass();
    story.expect(
        """
        load
        commit allocate 10.77.0.100 to demo/web from pool lan (automatic)
        status demo/web 10.77.0.100 Allocated=True/Allocated Announced=Unknown/Pending
        event demo/web NORMAL Allocated
        desired n1 1.1 10.77.0.100
        desired n2 1.1 10.77.0.100
        push 1
        done
        """);
    story.pass();
    story.expect(
        """
        status demo/web 10.77.0.100 Allocated=True/Allocated Announced=True/Announced
        event demo/web NORMAL Announced
        done
        """);
    story.pass().pass().expect("done\ndone");
  }

  @Test
  void aDeletedServiceIsWithdrawnBeforeItsAddressIsFree() {
    story.config(LAN).service("demo/web").settle().delete("demo/web").pass();
    story.expect(
        """
        desired n1 1.2
        desired n2 1.2
        commit release 10.77.0.100 from demo/web
        push 1
        done
        """);
    story.pass();
    story.expect(
        """
        commit retain 10.77.0.100 for demo/web
        push 1
        done
        """);
    story.after(Duration.ofMinutes(10)).pass();
    story.expect(
        """
        commit free 10.77.0.100 of pool lan, last held by demo/web
        push 1
        done
        """);
  }

  /// What is not to be announced any more needs no commit, so it waits for nobody's.
  @Test
  void aWithdrawalDoesNotWaitForCommits() {
    story.config(LAN).service("demo/a").settle().delete("demo/a").service("demo/b").pass();
    story.expect(
        """
        desired n1 1.2
        desired n2 1.2
        commit allocate 1, release 1
        status demo/b 10.77.0.101 Allocated=True/Allocated Announced=Unknown/Pending
        event demo/b NORMAL Allocated
        desired n1 1.3 10.77.0.101
        desired n2 1.3 10.77.0.101
        push 1
        done
        """);
  }

  @Test
  void anAddressStaysTakenWhileASpeakerDoesNotAcknowledge() {
    story.config(LAN).service("demo/web").settle().delete("demo/web");
    story.speakers.set("n2", Availability.AWAY);
    story.pass().pass().pass();
    assertEquals(State.RELEASING, onlyRecord().state());
    story.after(Duration.ofMinutes(5)).pass();
    assertEquals(State.RETAINED, onlyRecord().state());
  }

  @Test
  void nothingIsDecidedBeforeEverythingIsThere() {
    story.cluster.synced(Availability.AWAY);
    story.service("demo/web").pass();
    story.config(LAN).pass();
    story.expect(
        """
        waiting for the config branch: GLB2001 the remote is away
        load
        waiting for the Kubernetes API
        """);
    story.cluster.synced(Availability.THERE);
    story.speakers.unheard("n2");
    story.pass().expect("waiting for the first word of every speaker");
    story.after(LoopSettings.DEFAULT.speakerPatience()).pass();
    assertTrue(story.trace.contains("desired n1 1.1 10.77.0.100"), story.trace::toString);
  }

  @Test
  void aRemoteThatGoesAwayStopsNothing() {
    story.config(LAN).service("demo/web").settle();
    story.ledger.remote(Availability.AWAY);
    story.definitions.away(Availability.AWAY);
    story.service("demo/two").poll();
    story.expect(
        """
        commit allocate 10.77.0.101 to demo/two from pool lan (automatic)
        status demo/two 10.77.0.101 Allocated=True/Allocated Announced=Unknown/Pending
        event demo/two NORMAL Allocated
        desired n1 1.2 10.77.0.100 10.77.0.101
        desired n2 1.2 10.77.0.100 10.77.0.101
        push failed
        failed GLB2002
        """);
    assertEquals(LoopState.RemoteLedger.BEHIND, story.reconciler().state().orElseThrow().remote());
    story.ledger.remote(Availability.THERE);
    story.definitions.away(Availability.THERE);
    story.after(Duration.ofMinutes(1)).settle();
    assertEquals(story.ledger.local(), story.ledger.remote());
  }

  @Test
  void aRestartChangesNothing() {
    story.config(LAN).service("demo/a").service("demo/b").settle();
    List<IpAddress> firsts = candidates();
    int writes = story.cluster.writes();
    int commits = story.ledger.commits();
    story.restart().pass();
    story.expect(
        """
        load
        desired n1 2.1 10.77.0.100 10.77.0.101
        desired n2 2.1 10.77.0.100 10.77.0.101
        done
        """);
    assertEquals(writes, story.cluster.writes());
    assertEquals(commits, story.ledger.commits());
    assertEquals(firsts, candidates());
  }

  @Test
  void aCommitThatFailsIsNotShownToAnybody() {
    story.config(LAN).service("demo/a").settle();
    story.ledger.disk(Availability.AWAY);
    story.service("demo/b").delete("demo/a").pass();
    story.expect("desired n1 1.2\ndesired n2 1.2\ncommit failed\nfailed GLB2003");
    assertEquals(1, story.ledger.local().records().size());
    story.ledger.disk(Availability.THERE);
    story.after(Duration.ofMinutes(1)).settle();
    assertEquals(1, onlyAddresses("demo/b").size());
  }

  @Test
  void pushesAreBatched() {
    story.config(LAN);
    for (String name : List.of("a", "b", "c", "d")) {
      story.service("demo/" + name).pass();
    }
    long pushes = story.trace.stream().filter(line -> line.startsWith("push")).count();
    assertEquals(3, pushes, story.trace::toString);
    assertTrue(story.reconciler().pass(story.now, ConfigPoll.NOT_DUE).next().isPresent());
    story.after(Duration.ofSeconds(10)).pass();
    assertEquals(story.ledger.local(), story.ledger.remote());
  }

  @Test
  void aSpeakerWithANewerEpochIsOutbid() {
    story.config(LAN).service("demo/web").settle();
    story.speakers.store(
        new DesiredState(
            new NodeName("n1"), "cluster-1", new Generation(7, 3), "", "", List.of(), List.of()));
    story.pass();
    assertEquals(new Generation(8, 1), story.speakers.stored("n1").orElseThrow().generation());
    story.settle();
  }

  @Test
  void manyServicesAreManyCommitsOfAHundred() {
    story.config(LAN.replace("10.77.0.100-10.77.0.103", "10.77.0.0/16"));
    for (int i = 0; i < 250; i++) {
      story.service("demo/s" + i);
    }
    story.pass();
    assertEquals(
        List.of("commit allocate 100", "commit allocate 100", "commit allocate 50", "push 3"),
        story.trace.stream().filter(line -> line.matches("(commit|push).*")).toList());
  }

  @Test
  void aServiceThatChangesItsTypeIsCleared() {
    story.config(LAN).service("demo/web").settle();
    story.service(
        "demo/web", ServiceBuilder.of(story.cluster.server().service("demo/web")).leftBehind());
    story.pass();
    story.expect(
        """
        desired n1 1.2
        desired n2 1.2
        commit release 10.77.0.100 from demo/web
        status demo/web
        push 1
        done
        """);
  }

  @Test
  void aMoveIsMadeBeforeTheBreak() {
    story.config(LAN).service("demo/web").settle();
    story.service(
        "demo/web",
        ServiceBuilder.of(story.cluster.server().service("demo/web"))
            .loadBalancerIp("10.77.0.103"));
    story.pass();
    story.expect(
        """
        commit allocate 10.77.0.103 to demo/web from pool lan (requested)
        status demo/web 10.77.0.100 Allocated=True/Allocated Announced=True/Announced
        event demo/web NORMAL Allocated
        desired n1 1.2 10.77.0.100 10.77.0.103
        desired n2 1.2 10.77.0.100 10.77.0.103
        push 1
        done
        """);
    story.pass();
    story.expect(
        """
        commit release 10.77.0.100 from demo/web
        status demo/web 10.77.0.103 Allocated=True/Allocated Announced=True/Announced
        event demo/web NORMAL Allocated
        desired n1 1.3 10.77.0.103
        desired n2 1.3 10.77.0.103
        push 1
        done
        """);
  }

  @Test
  void aPassThatEndsByADefectLeavesNothingHalfDone() {
    story.config(LAN).service("demo/a").settle();
    story.cluster.soundness(Availability.AWAY);
    story.service("demo/b").service("demo/c");
    assertThrows(FakeCluster.Defect.class, story::pass);
    story.cluster.soundness(Availability.THERE);
    story.settle();
    assertEquals(3, story.ledger.local().records().size());
    assertEquals(1, onlyAddresses("demo/c").size());
  }

  private AllocationRecord onlyRecord() {
    assertEquals(1, story.ledger.local().records().size());
    return story.ledger.local().records().values().iterator().next();
  }

  /// The addresses that n1 announces.
  private List<IpAddress> candidates() {
    return story.speakers.stored("n1").orElseThrow().announcements().values().stream()
        .filter(a -> a.layer2().orElseThrow().candidates().getFirst().value().equals("n1"))
        .map(a -> a.address())
        .toList();
  }

  private List<IpAddress> onlyAddresses(String ref) {
    return story.cluster.server().service(ref).statusAddresses();
  }
}
