// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.reconciler.ledger.SpentApproval.Released;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpentApprovalTest {

  private static final SpentApproval SPENT =
      new SpentApproval(
          "renumber-lan",
          "sha256:" + "ab".repeat(32),
          Instant.parse("2026-03-01T10:00:00.5Z"),
          "1".repeat(40),
          "the \"new\" range: is there",
          List.of(
              new Released(IpAddress.of("192.0.2.7"), new ServiceRef("default", "web")),
              new Released(IpAddress.of("2001:db8::"), new ServiceRef("default", "web"))));

  @Test
  void whatIsWrittenIsRead() {
    String path = SpentApproval.path("renumber-lan");
    assertEquals("approvals/renumber-lan.yaml", path);
    assertEquals(Optional.of(SPENT), SpentApproval.read(path, SPENT.write()));
    assertEquals(Instant.parse("2026-03-01T10:00:00Z"), SPENT.at());
  }

  @Test
  void anythingElseIsNoSpentApproval() {
    assertEquals(Optional.empty(), SpentApproval.read("approvals/other.yaml", SPENT.write()));
    assertEquals(Optional.empty(), SpentApproval.read("approvals/renumber-lan.yaml", "{"));
    assertEquals(Optional.empty(), SpentApproval.read("approvals/renumber-lan.yaml", "a: b\n"));
  }
}
