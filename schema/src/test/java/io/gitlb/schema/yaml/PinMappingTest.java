// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static io.gitlb.schema.yaml.Reads.accepted;
import static io.gitlb.schema.yaml.Reads.document;
import static io.gitlb.schema.yaml.Reads.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.PinnedIp;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PinMappingTest {

  private static final String POOL =
      "\n---\n"
          + document("gitlb.io/v1", "IPAddressPool", "addresses: [192.0.2.0/24, '2001:db8::/112']");

  private static String pin(String service, String addresses) {
    return document("gitlb.io/v1", "PinnedIP", "service: " + service, "addresses: " + addresses)
        + POOL;
  }

  @Test
  void aPinNamesAServiceAndOneAddressOfEachFamily() {
    PinnedIp pin = accepted(pin("shop/web", "['2001:db8::7', 192.0.2.7]")).pinnedIps().getFirst();
    assertEquals(new ServiceRef("shop", "web"), pin.service());
    assertEquals(
        List.of("192.0.2.7", "2001:db8::7"),
        pin.addresses().stream().map(Object::toString).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "web, is not a Service; write namespace/name",
    "a/b/c, is not a Service; write namespace/name",
    "A/b, is not a Service; write namespace/name",
    "a/b.c, is not a Service; write namespace/name",
  })
  void theServiceIsNamespaceAndName(String service, String expected) {
    List<String> found = problems(pin(service, "[192.0.2.7]"));
    assertEquals(1, found.size(), found::toString);
    assertTrue(found.getFirst().startsWith("a.yaml:6:12: GLB1207 "), found::toString);
    assertTrue(found.getFirst().endsWith(expected), found::toString);
  }

  @Test
  void twoAddressesOfOneFamilyAreRefused() {
    assertEquals(
        List.of(
            "a.yaml:7:3: GLB1207 spec.addresses of PinnedIP x has several addresses of one family; a"
                + " Service has one of each"),
        problems(pin("a/b", "[192.0.2.7, 192.0.2.8]")));
  }

  @Test
  void aPinOutsideEveryPoolIsRefusedAtTheAddress() {
    assertEquals(
        List.of(
            "a.yaml:7:26: GLB1306 2001:db9::1 of PinnedIP x lies in no pool; add it to one, or pin"
                + " another address"),
        problems(pin("a/b", "[192.0.2.7, '2001:db9::1']")));
  }

  @Test
  void anEmptyListIsRefused() {
    assertEquals(1, problems(pin("a/b", "[]")).size());
  }
}
