// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static io.gitlb.reconciler.loop.LoopStory.LAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.Reason;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Stories of a ledger that may lack what statuses show, or is not ours.
class AdoptionTest {

  private final LoopStory story = new LoopStory();

  @Test
  void aNewLedgerIsNotTrustedWhileItsRemoteIsAway() {
    story.ledger.remote(Availability.AWAY);
    story.config(LAN).service("demo/web").pass();
    story.expect("load\nwaiting for the ledger: GLB2002 the ledger's remote is away");
  }

  @Test
  void theLedgerOfAnotherClusterIsLeftAlone() {
    story.ledger.clusterUid("other");
    story.config(LAN).service("demo/web").pass().expect("load\nstalled GLB5002");
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

  @Test
  void whatStatusesShowIsAdoptedUntilTheLedgerIsWhole() {
    story.config(LAN);
    showing("demo/old", "10.77.0.102").pass();
    assertEquals("commit adopt 10.77.0.102 of demo/old into pool lan", commits().getFirst());
    showing("demo/late", "10.77.0.103").settle();
    assertEquals(List.of(IpAddress.of("10.77.0.100")), onlyAddresses("demo/late"));
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

  private List<IpAddress> onlyAddresses(String ref) {
    return story.cluster.server().service(ref).statusAddresses();
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

  private LoopStory showing(String ref, String address) {
    return story.service(ref, ServiceBuilder.service(ref).status(address));
  }

  private List<String> commits() {
    return story.trace.stream().filter(line -> line.startsWith("commit")).toList();
  }
}
