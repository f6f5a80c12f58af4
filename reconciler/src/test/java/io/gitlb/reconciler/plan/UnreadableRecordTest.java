// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// A file on the ledger branch that is no record: nobody knows who has its address.
class UnreadableRecordTest {

  private static final IpAddress UNREADABLE = IpAddress.of("10.0.0.10");

  private final PlanStory story = new PlanStory().pools("lan 10.0.0.10-10.0.0.12");

  @Test
  void itsAddressIsNotFree() {
    story.services("demo/a");
    assertEquals(List.of(IpAddress.of("10.0.0.11")), addresses("demo/a"));
  }

  @Test
  void theServiceWhoseStatusShowsItKeepsIt() {
    story.services("demo/a").service(service("demo/b").status("10.0.0.10"));
    assertEquals(List.of(UNREADABLE), addresses("demo/b"));
    assertEquals(List.of(IpAddress.of("10.0.0.11")), addresses("demo/a"));
  }

  private List<IpAddress> addresses(String service) {
    PlanInput input = story.input();
    Ledger ledger =
        new Ledger(
            input.ledger().clusterUid(),
            input.ledger().records(),
            new TreeSet<>(Set.of(UNREADABLE)));
    Plan plan =
        Planner.planOnce(
            new PlanInput(
                input.definitions(),
                input.configCommit(),
                input.previousCommit(),
                ledger,
                input.view(),
                input.speakers(),
                input.adoption(),
                input.now()));
    return Objects.requireNonNull(
            plan.decisions().get(ServiceRef.parse(service).orElseThrow()), service)
        .addresses();
  }
}
