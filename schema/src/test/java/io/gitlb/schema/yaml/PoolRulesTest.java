// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static io.gitlb.schema.yaml.Reads.accepted;
import static io.gitlb.schema.yaml.Reads.document;
import static io.gitlb.schema.yaml.Reads.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.model.AddressPool.Intake;
import io.gitlb.schema.model.AddressPool.Ownership;
import io.gitlb.schema.model.AddressPool.Pairing;
import io.gitlb.schema.model.AddressPool.Presence;
import io.gitlb.schema.model.AddressPool.Rules;
import io.gitlb.schema.model.AddressPool.Sharing;
import io.gitlb.schema.model.AddressPool.Sweeping;
import io.gitlb.schema.value.IpRange;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolRulesTest {

  private static final String ADDRESSES = "addresses: [192.0.2.0/24, '2001:db8::/112']";

  private static String pool(String field) {
    return document("gitlb.io/v1", "IPAddressPool", ADDRESSES, field);
  }

  private static Rules rules(String field) {
    return accepted(pool(field)).pools().getFirst().rules();
  }

  private static List<String> excluded(String list) {
    return rules("exclude: " + list).excluded().stream().map(IpRange::toString).toList();
  }

  @Test
  void everyRuleIsRead() {
    Rules rules =
        accepted(
                document(
                    "gitlb.io/v1",
                    "IPAddressPool",
                    ADDRESSES,
                    "exclude: [192.0.2.1]",
                    "quota: 4",
                    "reuseDelay: 5m",
                    "retain: 24h",
                    "draining: true",
                    "announce: false",
                    "shareAcrossNamespaces: true",
                    "combineFamilies: true",
                    "sweep: false"))
            .pools()
            .getFirst()
            .rules();
    assertEquals(
        List.of("192.0.2.1-192.0.2.1"), rules.excluded().stream().map(IpRange::toString).toList());
    assertEquals(OptionalInt.of(4), rules.quota());
    assertEquals(Duration.ofMinutes(5), rules.reuseDelay());
    assertEquals(Duration.ofHours(24), rules.retain());
    assertEquals(Intake.DRAINING, rules.intake());
    assertEquals(Presence.SILENT, rules.presence());
    assertEquals(Sharing.ACROSS_NAMESPACES, rules.sharing());
    assertEquals(Pairing.COMBINED, rules.pairing());
    assertEquals(Sweeping.OFF, rules.sweeping());
  }

  @Test
  void whatIsNotSaidIsAsInAPoolOfMetalLb() {
    assertEquals(Rules.DEFAULTS, rules("exclude: []"));
    assertEquals(Rules.DEFAULTS, rules("announce: true"));
    assertEquals(Rules.DEFAULTS, rules("draining:"));
  }

  @ParameterizedTest
  @CsvSource({
    "[192.0.2.7], 192.0.2.7-192.0.2.7",
    "['2001:db8::7'], 2001:db8::7-2001:db8::7",
    "[192.0.2.9/30], 192.0.2.8-192.0.2.11",
    "[192.0.2.7 - 192.0.2.9], 192.0.2.7-192.0.2.9",
    "[192.0.2.0/24], 192.0.2.0-192.0.2.255",
  })
  void addressesPrefixesAndRangesAreExcluded(String list, String range) {
    assertEquals(List.of(range), excluded(list.replace('\'', '"')));
  }

  @Test
  void excludesThatOverlapOrTouchAreOne() {
    assertEquals(
        List.of("192.0.2.0-192.0.2.9", "192.0.2.20-192.0.2.20"),
        excluded("[192.0.2.20, 192.0.2.4-192.0.2.9, 192.0.2.0/29, 192.0.2.5]"));
  }

  @Test
  void anExcludeMayReachAcrossRangesOfThePoolThatTouch() {
    assertEquals(
        1,
        accepted(
                document(
                    "gitlb.io/v1",
                    "IPAddressPool",
                    "addresses: [192.0.2.0/25, 192.0.2.128/25]",
                    "exclude: [192.0.2.120-192.0.2.135]"))
            .pools()
            .getFirst()
            .rules()
            .excluded()
            .size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.3.0", "192.0.2.250-192.0.3.4", "192.0.0.0/16", "2001:db8::1:0"})
  void anExcludeThatReachesOutOfThePoolIsRefusedAtItsPlace(String text) {
    assertEquals(
        List.of(
            "a.yaml:7:24: GLB1207 spec.exclude of IPAddressPool x: \"%s\" is not wholly inside"
                    .formatted(text)
                + " spec.addresses; exclude what the pool has only"),
        problems(pool("exclude: [192.0.2.1, '" + text + "']")));
  }

  @Test
  void anExcludeThatIsNoAddressIsRefusedWithAdvice() {
    assertEquals(
        List.of(
            "a.yaml:7:13: GLB1207 spec.exclude of IPAddressPool x: \"gateway\" is no address and no"
                + " range; write 192.0.2.1, 192.0.2.0/24 or 192.0.2.10-192.0.2.20",
            "a.yaml:7:22: GLB1207 spec.exclude of IPAddressPool x: \"192.0.2.0/33\" is not a prefix;"
                + " write it like 192.0.2.0/24 or 2001:db8::/112",
            "a.yaml:7:36: GLB1302 spec.exclude of IPAddressPool x: the range 192.0.2.9-192.0.2.7"
                + " ends before it starts; write 192.0.2.7-192.0.2.9",
            "a.yaml:7:57: GLB1207 spec.exclude of IPAddressPool x: \"::ffff:192.0.2.1\" is an"
                + " IPv4-mapped IPv6 address (::ffff:0:0/96); write the IPv4 address a.b.c.d"
                + " instead"),
        problems(
            pool("exclude: [gateway, 192.0.2.0/33, 192.0.2.9-192.0.2.7, '::ffff:192.0.2.1']")));
  }

  @Test
  void anExcludeThatStandsTwiceIsRefused() {
    assertEquals(
        List.of(
            "a.yaml:7:24: GLB1304 spec.exclude of IPAddressPool x: \"192.0.2.7/32\" stands twice in"
                + " the list, first at a.yaml:7:13; remove one"),
        problems(pool("exclude: [192.0.2.7, 192.0.2.7/32]")));
  }

  @Test
  void brokenAddressesDoNotMakeEveryExcludeAProblem() {
    assertEquals(
        List.of(
            "a.yaml:6:15: GLB1207 spec.addresses of IPAddressPool x: \"192.0.2.0/33\" is not a"
                + " prefix; write it like 192.0.2.0/24 or 2001:db8::/112"),
        problems(
            document(
                "gitlb.io/v1",
                "IPAddressPool",
                "addresses: [192.0.2.0/33, 198.51.100.0/24]",
                "exclude: [192.0.2.1]")));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1048576, 1048576"})
  void aQuotaIsANumberOfAddresses(String text, int quota) {
    assertEquals(OptionalInt.of(quota), rules("quota: " + text).quota());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 'GLB1207 spec.quota of IPAddressPool x: \"0\" must be from 1 to 1048576'",
    "-1, 'GLB1207 spec.quota of IPAddressPool x: \"-1\" must be from 1 to 1048576'",
    "1048577, 'GLB1207 spec.quota of IPAddressPool x: \"1048577\" must be from 1 to 1048576'",
    "1.5, 'GLB1206 spec.quota of IPAddressPool x is a decimal number (1.5), it must be a whole"
        + " number from 1 to 1048576'",
    "'\"4\"', 'GLB1206 spec.quota of IPAddressPool x is text (4), it must be a whole number from 1"
        + " to 1048576'",
  })
  void anotherQuotaIsRefusedWithWhatIsAllowed(String text, String problem) {
    assertEquals(List.of("a.yaml:7:10: " + problem), problems(pool("quota: " + text)));
  }

  @ParameterizedTest
  @CsvSource({"0s, 0", "0, 0", "1m30s, 90", "720h, 2592000", "1.9s, 1"})
  void delaysAreWholeSecondsUpToThirtyDays(String text, long seconds) {
    assertEquals(
        Duration.ofSeconds(seconds), rules("reuseDelay: \"" + text + "\"").reuseDelay(), text);
    assertEquals(Duration.ofSeconds(seconds), rules("retain: \"" + text + "\"").retain(), text);
  }

  @ParameterizedTest
  @CsvSource({
    "720h1s, 'GLB1207 spec.retain of IPAddressPool x: \"720h1s\" must be at most 720h (30 days)'",
    "2d, 'GLB1207 spec.retain of IPAddressPool x: \"2d\" is not a duration; write it like 90s or"
        + " 1m30s'",
    "-5s, 'GLB1207 spec.retain of IPAddressPool x: \"-5s\" is not a duration; write it like 90s or"
        + " 1m30s'",
    "600, 'GLB1206 spec.retain of IPAddressPool x is a whole number (600), it must be text; put it"
        + " in quotes'",
  })
  void anotherDelayIsRefusedWithWhatIsAllowed(String text, String problem) {
    assertEquals(List.of("a.yaml:7:11: " + problem), problems(pool("retain: " + text)));
    assertEquals(
        List.of("a.yaml:7:15: " + problem.replace("retain", "reuseDelay")),
        problems(pool("reuseDelay: " + text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"announce", "combineFamilies", "draining", "shareAcrossNamespaces"})
  void switchesAreTrueOrFalse(String name) {
    assertEquals(
        List.of(
            "a.yaml:7:%d: GLB1206 spec.%s of IPAddressPool x is text (yes), it must be true or false"
                .formatted(name.length() + 5, name)),
        problems(pool(name + ": yes")));
  }

  @ParameterizedTest
  @CsvSource({
    "announce, true",
    "combineFamilies, false",
    "draining, true",
    "exclude, [192.0.2.1]",
    "quota, 3",
    "reuseDelay, 1m",
    "retain, 1h",
    "shareAcrossNamespaces, true",
  })
  void inADocumentOfMetalLbTheyAreUnknownAndSayWhatTheyNeed(String name, String value) {
    assertEquals(
        List.of(
            "a.yaml:7:3: GLB1204 unknown field \"%s\" in spec of IPAddressPool x: it needs"
                    .formatted(name)
                + " apiVersion: gitlb.io/v1"),
        problems(document("metallb.io/v1beta1", "IPAddressPool", ADDRESSES, name + ": " + value)));
  }

  @Test
  void aMisspeltRuleIsNamedWithTheNearest() {
    assertEquals(
        List.of(
            "a.yaml:7:3: GLB1204 unknown field \"excludes\" (did you mean \"exclude\"?) in spec of"
                + " IPAddressPool x; allowed: addresses, announce, autoAssign, avoidBuggyIPs,"
                + " combineFamilies, draining, exclude, quota, retain, reuseDelay,"
                + " serviceAllocation, shareAcrossNamespaces, shared, sweep"),
        problems(pool("excludes: [192.0.2.1]")));
  }

  @Test
  void aPoolIsTheClustersOwnOrShared() {
    assertEquals(Rules.DEFAULTS.withOwnership(Ownership.SHARED), rules("shared: true"));
    assertEquals(Rules.DEFAULTS, rules("shared: false"));
  }
}
