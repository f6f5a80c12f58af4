// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static io.gitlb.schema.yaml.Reads.accepted;
import static io.gitlb.schema.yaml.Reads.document;
import static io.gitlb.schema.yaml.Reads.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.value.IpRange;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReservedMappingTest {

  private static String reserved(String addresses, String reason) {
    return document("gitlb.io/v1", "ReservedRange", "addresses: " + addresses, "reason: " + reason);
  }

  private static String reasonOf(String text) {
    return accepted(reserved("[192.0.2.1]", text)).reservedRanges().getFirst().reason();
  }

  @Test
  void aReservedRangeHasAddressesAndAReason() {
    ReservedRange range =
        accepted(
                reserved(
                    "[192.0.2.7, 192.0.2.128/25, '2001:db8::1-2001:db8::9']",
                    "DHCP of the office, see wiki/42"))
            .reservedRanges()
            .getFirst();
    assertEquals("x", range.name());
    assertEquals(
        List.of("192.0.2.7-192.0.2.7", "192.0.2.128-192.0.2.255", "2001:db8::1-2001:db8::9"),
        range.ranges().stream().map(IpRange::toString).toList());
    assertEquals("DHCP of the office, see wiki/42", range.reason());
  }

  @Test
  void addressesAreRequired() {
    assertEquals(
        List.of("a.yaml:6:3: GLB1205 spec.addresses of ReservedRange x is missing"),
        problems(document("gitlb.io/v1", "ReservedRange", "reason: DHCP")));
    assertEquals(
        List.of(
            "a.yaml:6:14: GLB1207 spec.addresses of ReservedRange x is an empty list; it needs at"
                + " least one item"),
        problems(reserved("[]", "DHCP")));
  }

  @Test
  void anAddressThatIsNoneIsRefusedWithAdvice() {
    assertEquals(
        List.of(
            "a.yaml:6:15: GLB1207 spec.addresses of ReservedRange x: \"dhcp\" is no address and no"
                + " range; write 192.0.2.1, 192.0.2.0/24 or 192.0.2.10-192.0.2.20"),
        problems(reserved("[dhcp]", "DHCP")));
  }

  @Test
  void aReasonIsRequired() {
    assertEquals(
        List.of("a.yaml:6:3: GLB1205 spec.reason of ReservedRange x is missing"),
        problems(document("gitlb.io/v1", "ReservedRange", "addresses: [192.0.2.1]")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "\\n"})
  void aBlankReasonIsRefused(String text) {
    List<String> found = problems(reserved("[192.0.2.1]", '"' + text + '"'));
    assertEquals(
        List.of(
            "a.yaml:7:11: GLB1207 spec.reason of ReservedRange x: \"%s\" is blank; say whose the"
                    .formatted(text.replace("\\n", " "))
                + " addresses are"),
        found);
  }

  @ParameterizedTest
  @CsvSource({
    "a\\nb, a b",
    "a\\tb, a b",
    "a\\u2028b, a b",
    "a\\u202Eb, a b",
    "a\\eb, a b",
  })
  void aReasonThatBreaksOrBendsTheLineIsRefused(String text, String shown) {
    assertEquals(
        List.of(
            "a.yaml:7:11: GLB1207 spec.reason of ReservedRange x: \"%s\" must be one line, without"
                    .formatted(shown)
                + " control characters"),
        problems(reserved("[192.0.2.1]", '"' + text + '"')));
  }

  @Test
  void aReasonHasTwoHundredCharactersAtMost() {
    assertEquals("x".repeat(200), reasonOf("x".repeat(200)));
    assertEquals("😀".repeat(200), reasonOf("😀".repeat(200)));
    assertEquals(
        List.of(
            "a.yaml:7:11: GLB1207 spec.reason of ReservedRange x: \"%s…\" has 201 characters, at"
                    .formatted("x".repeat(60))
                + " most 200 are allowed"),
        problems(reserved("[192.0.2.1]", "x".repeat(201))));
  }

  @Test
  void aReasonMayBeABlockOfOneLine() {
    assertEquals("DHCP of the office", reasonOf("|\n    DHCP of the office"));
  }

  @Test
  void aReasonIsText() {
    assertEquals(
        List.of(
            "a.yaml:7:11: GLB1206 spec.reason of ReservedRange x is a whole number (42), it must be"
                + " text; put it in quotes"),
        problems(reserved("[192.0.2.1]", "42")));
  }

  @Test
  void anUnknownFieldIsRefused() {
    assertEquals(
        List.of(
            "a.yaml:8:3: GLB1204 unknown field \"owner\" in spec of ReservedRange x; allowed:"
                + " addresses, maxPoolAddresses, reason"),
        problems(reserved("[192.0.2.1]", "DHCP") + "  owner: me\n"));
  }

  @Test
  void metalLbHasNoSuchKind() {
    assertEquals(
        List.of(
            "a.yaml:2:7: GLB1202 ReservedRange is not read in apiVersion metallb.io/v1beta1;"
                + " allowed: gitlb.io/v1"),
        problems(document("metallb.io/v1beta1", "ReservedRange", "reason: DHCP")));
  }

  @Test
  void aNameStandsForOneReservedRange() {
    assertEquals(
        List.of(
            "a.yaml:13:9: GLB1301 there are two ReservedRanges named x, the other one at"
                + " a.yaml:4:9; rename or remove one"),
        problems(
            reserved("[192.0.2.1]", "DHCP") + "\n---\n" + reserved("[192.0.2.2]", "printers")));
  }

  @Test
  void aPoolThatOverlapsIsRefusedAtItsRangeWithPlaceAndReason() {
    assertEquals(
        List.of(
            "a.yaml:15:31: GLB1310 192.0.2.1-192.0.2.99 of pool x is reserved by ReservedRange x at"
                + " a.yaml:6:29 (DHCP of the office); exclude it in the pool (spec.exclude, in"
                + " gitlb.io/v1) or shrink the pool"),
        problems(
            reserved("[198.51.100.0, 192.0.2.1-192.0.2.99]", "DHCP of the office")
                + "\n---\n"
                + document(
                    "gitlb.io/v1", "IPAddressPool", "addresses: [203.0.113.0/24, 192.0.2.0/24]")));
  }
}
