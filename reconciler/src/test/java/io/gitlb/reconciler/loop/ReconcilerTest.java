// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static io.gitlb.reconciler.loop.LoopStory.LAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
        commit release 10.77.0.100 from demo/web
        desired n1 1.2
        desired n2 1.2
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

  @Test
  void anAddressStaysTakenWhileASpeakerDoesNotAcknowledge() {
    story.config(LAN).service("demo/web").settle().delete("demo/web");
    story.speakers.set("n2", Availability.AWAY);
    story.pass().pass().pass();
    assertEquals(State.RELEASING, onlyRecord().state());
    story.after(Duration.ofMinutes(5)).pass();
    assertEquals(State.RETAINED, onlyRecord().state());
  }

  private AllocationRecord onlyRecord() {
    assertEquals(1, story.ledger.local().records().size());
    return story.ledger.local().records().values().iterator().next();
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
  void aNewLedgerIsNotTrustedWhileItsRemoteIsAway() {
    story.ledger.remote(Availability.AWAY);
    story.config(LAN).service("demo/web").pass();
    story.expect("load\nwaiting for the ledger: GLB2002 the ledger's remote is away");
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

  /// The addresses that n1 announces.
  private List<IpAddress> candidates() {
    return story.speakers.stored("n1").orElseThrow().announcements().values().stream()
        .filter(a -> a.layer2().orElseThrow().candidates().getFirst().value().equals("n1"))
        .map(a -> a.address())
        .toList();
  }

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

  @Test
  void aCommitThatFailsIsNotShownToAnybody() {
    story.config(LAN).service("demo/a").settle();
    story.ledger.disk(Availability.AWAY);
    story.service("demo/b").delete("demo/a").pass();
    story.expect("commit failed\ndesired n1 1.2\ndesired n2 1.2\nfailed GLB2003");
    assertEquals(1, story.ledger.local().records().size());
    story.ledger.disk(Availability.THERE);
    story.after(Duration.ofMinutes(1)).settle();
    assertEquals(1, onlyAddresses("demo/b").size());
  }

  private List<IpAddress> onlyAddresses(String ref) {
    return story.cluster.server().service(ref).statusAddresses();
  }

  @Test
  void aStatusThatWasWrittenIsNotChangedByAForeignPush() {
    story.config(LAN).service("demo/web").settle();
    story.service("demo/two");
    story.ledger.foreignRecord(record("10.77.0.101", "demo/stranger"));
    story.pass();
    story.expect(
        """
        commit allocate 10.77.0.101 to demo/two from pool lan (automatic)
        status demo/two 10.77.0.101 Allocated=True/Allocated Announced=Unknown/Pending
        event demo/two NORMAL Allocated
        desired n1 1.2 10.77.0.100 10.77.0.101
        desired n2 1.2 10.77.0.100 10.77.0.101
        push rejected
        done
        """);
    story.pass();
    story.expect(
        """
        load
        commit restore 10.77.0.101 to demo/two
        status demo/two 10.77.0.101 Allocated=True/Allocated Announced=True/Announced
        event demo/two NORMAL Announced
        push 1
        done
        """);
    assertEquals(story.ledger.local(), story.ledger.remote());
  }

  private static AllocationRecord record(String address, String service) {
    return new AllocationRecord(
        IpAddress.of(address),
        new PoolName("lan"),
        List.of(new Holder(ServiceRef.parse(service).orElseThrow(), "u", List.of())),
        State.ALLOCATED,
        Reason.AUTOMATIC,
        Instant.EPOCH,
        FakeDefinitionSource.id(1));
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
  void theLedgerOfAnotherClusterIsLeftAlone() {
    story.ledger.clusterUid("other");
    story.config(LAN).service("demo/web").pass().expect("load\nstalled GLB5002");
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
  void aWriteThatFailsIsTriedAgainWithPauses() {
    story.config(LAN).service("demo/web");
    story.cluster.writes(Availability.AWAY);
    story.pass().pass().pass();
    assertEquals(1, story.cluster.writes());
    story.after(LoopSettings.DEFAULT.firstRetry()).pass().pass();
    assertEquals(2, story.cluster.writes());
    story.cluster.writes(Availability.THERE);
    story.after(Duration.ofMinutes(1)).settle();
    assertEquals(1, onlyAddresses("demo/web").size());
  }

  @Test
  void aWriteThatTheViewDoesNotShowYetIsNotRepeated() {
    story.config(LAN).service("demo/web");
    story.cluster.informers(Availability.AWAY);
    story.pass().pass();
    int writes = story.cluster.writes();
    story.pass().pass();
    assertEquals(writes, story.cluster.writes(), story.trace::toString);
    story.cluster.informers(Availability.THERE);
    story.settle();
  }

  @Test
  void aStatusEditedByHandIsPutRight() {
    story.config(LAN).service("demo/web").settle();
    story.service(
        "demo/web",
        ServiceBuilder.of(story.cluster.server().service("demo/web")).status("10.77.0.103"));
    story.pass();
    story.expect(
        """
        status demo/web 10.77.0.100 Allocated=True/Allocated Announced=True/Announced
        done
        """);
  }

  @Test
  void anUnhappyServiceGetsOneEvent() {
    story
        .config(LAN)
        .service("demo/web", ServiceBuilder.service("demo/web").loadBalancerIp("192.0.2.1"));
    for (int i = 0; i < 100; i++) {
      story.pass();
    }
    story.restart().pass();
    long events = story.trace.stream().filter(line -> line.startsWith("event")).count();
    assertEquals(1, events, story.trace::toString);
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
        commit release 10.77.0.100 from demo/web
        status demo/web
        desired n1 1.2
        desired n2 1.2
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

  private LoopStory showing(String ref, String address) {
    return story.service(ref, ServiceBuilder.service(ref).status(address));
  }

  @Test
  void whatStatusesShowIsAdoptedUntilTheLedgerIsWhole() {
    story.config(LAN);
    showing("demo/old", "10.77.0.102").pass();
    assertEquals("commit adopt 10.77.0.102 of demo/old into pool lan", commits().getFirst());
    showing("demo/late", "10.77.0.103").settle();
    assertEquals(List.of(IpAddress.of("10.77.0.100")), onlyAddresses("demo/late"));
  }

  private List<String> commits() {
    return story.trace.stream().filter(line -> line.startsWith("commit")).toList();
  }

  @Test
  void adoptionStaysOpenWhileTheDiskIsFull() {
    story.config(LAN).ledger.disk(Availability.AWAY);
    showing("demo/old", "10.77.0.102").pass();
    showing("demo/late", "10.77.0.103").after(Duration.ofMinutes(1)).pass();
    story.ledger.disk(Availability.THERE);
    story.after(Duration.ofMinutes(2)).pass();
    assertEquals(2, story.ledger.local().records().size());
    assertEquals(List.of(IpAddress.of("10.77.0.103")), onlyAddresses("demo/late"));
  }

  @Test
  void aRestartOpensAdoptionAgain() {
    story.config(LAN).service("demo/web").settle();
    showing("demo/old", "10.77.0.102").restart().pass();
    assertEquals("commit adopt 10.77.0.102 of demo/old into pool lan", commits().getFirst());
  }

  @Test
  void displacedRecordsOpenAdoptionAgain() {
    story.config(LAN).service("demo/web").settle().service("demo/two");
    story.ledger.foreignRecord(record("10.77.0.101", "demo/stranger"));
    story.pass();
    story.trace.clear();
    showing("demo/old", "10.77.0.103").pass();
    assertTrue(
        commits().contains("commit adopt 10.77.0.103 of demo/old into pool lan"),
        commits()::toString);
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

  @Test
  void anUnknownAnnotationIsAWarningOfItsOwn() {
    story.config(LAN);
    story.service(
        "demo/web", ServiceBuilder.service("demo/web").annotation("gitlb.io/adress-pool", "lan"));
    story.pass();
    assertTrue(
        story.trace.contains("event demo/web WARNING UnknownAnnotation"), story.trace::toString);
    assertEquals(1, onlyAddresses("demo/web").size());
  }
}
