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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
  void aPinMayListEightAddressesOfEachFamily() {
    String eight =
        IntStream.range(0, 8)
            .mapToObj(i -> "192.0.2." + i + ", '2001:db8::" + i + "'")
            .collect(Collectors.joining(", ", "[", "]"));
    assertEquals(16, accepted(pin("a/b", eight)).pinnedIps().getFirst().addresses().size());
  }

  @Test
  void nineAddressesOfOneFamilyAreRefused() {
    String nine =
        IntStream.range(0, 9)
            .mapToObj(i -> "192.0.2." + i)
            .collect(Collectors.joining(", ", "['2001:db8::1', ", "]"));
    assertEquals(
        List.of(
            "a.yaml:7:3: GLB1207 spec.addresses of PinnedIP x has 9 IPv4 addresses; a Service has at"
                + " most 8 of a family"),
        problems(pin("a/b", nine)));
  }

  @Test
  void anAddressThatStandsTwiceIsRefused() {
    assertEquals(
        List.of(
            "a.yaml:7:26: GLB1304 spec.addresses of PinnedIP x: \"192.0.2.7\" stands twice in the"
                + " list, first at a.yaml:7:15; remove one"),
        problems(pin("a/b", "[192.0.2.7, 192.0.2.7]")));
  }

  @Test
  void aSecondDocumentForTheFamilyOfAServiceIsOneProblemAtItsFirstAddress() {
    assertEquals(
        List.of(
            "a.yaml:23:15: GLB1307 a/b has pinned IPv4 addresses in two documents, also in PinnedIP"
                + " x at a.yaml:4:9; list them in one"),
        problems(
            pin("a/b", "[192.0.2.7, '2001:db8::7']")
                + "---\n"
                + document(
                        "gitlb.io/v1",
                        "PinnedIP",
                        "service: a/b",
                        "addresses: [192.0.2.8, 192.0.2.9]")
                    .replace("name: x", "name: y")));
  }

  @Test
  void aPinThatItsPoolExcludesIsRefusedAtTheAddress() {
    assertEquals(
        List.of(
            "a.yaml:7:26: GLB1311 192.0.2.8 of PinnedIP x is excluded by its pool x at a.yaml:13:9;"
                + " take it out of spec.exclude there, or pin another address"),
        problems(pin("a/b", "[192.0.2.7, 192.0.2.8]") + "  exclude: [192.0.2.8]\n"));
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
