// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static io.gitlb.schema.yaml.Reads.accepted;
import static io.gitlb.schema.yaml.Reads.document;
import static io.gitlb.schema.yaml.Reads.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.model.Approval;
import io.gitlb.schema.model.BfdProfile;
import io.gitlb.schema.model.BfdSignature;
import io.gitlb.schema.model.ChangeWindow;
import io.gitlb.schema.model.Definition;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PasswordSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// BFDProfile, Community, Approval, Suspension and ChangeWindow.
class NewKindsMappingTest {

  private static final String DIGEST = "sha256:" + "0a".repeat(32);
  private static final String COMMIT = "0a".repeat(20);
  private static final String UNTIL = "expires: 2030-01-31T18:00:00+01:00";
  private static final String WHY = "reason: agreed on";

  @Test
  void everyFieldOfABfdProfileIsRead() {
    BfdProfile profile =
        accepted(
                document(
                    "metallb.io/v1beta1",
                    "BFDProfile",
                    "receiveInterval: 10",
                    "transmitInterval: 60000",
                    "detectMultiplier: 255",
                    "echoInterval: 70",
                    "echoMode: true",
                    "passiveMode: true",
                    "minimumTtl: 1"))
            .bfdProfiles()
            .getFirst();
    assertEquals(Duration.ofMillis(10), profile.receiveInterval());
    assertEquals(Duration.ofSeconds(60), profile.transmitInterval());
    assertEquals(255, profile.detectMultiplier());
    assertEquals(Duration.ofMillis(70), profile.echoInterval());
    assertEquals(BfdProfile.Echo.ASKED, profile.echo());
    assertEquals(BfdProfile.Role.PASSIVE, profile.role());
    assertEquals(1, profile.minimumTtl());
  }

  @Test
  void theSignatureOfBfdIsRead() {
    assertEquals(
        Optional.of(
            new BfdSignature(
                BfdSignature.Kind.METICULOUS_KEYED_SHA1, 7, new PasswordSource.Secret("bfd"))),
        signature("passwordSecret: {name: bfd}"));
    assertEquals(
        Optional.of(
            new BfdSignature(
                BfdSignature.Kind.METICULOUS_KEYED_SHA1, 7, new PasswordSource.File("/run/bfd"))),
        signature("passwordFile: /run/bfd"));
  }

  private static Optional<BfdSignature> signature(String key) {
    String field = "authentication: {type: MeticulousKeyedSHA1, keyID: 7, %s}".formatted(key);
    return accepted(document("gitlb.io/v1", "BFDProfile", field))
        .bfdProfiles()
        .getFirst()
        .signature();
  }

  @Test
  void aliasesAreReadWithWhatTheyStandFor() {
    Definitions read =
        accepted(
            document(
                "metallb.io/v1beta1",
                "Community",
                "communities:",
                "- {name: vpn, value: '64512:7'}",
                "- {name: no-export, value: 'large:64512:1:2'}",
                "- {name: quiet, value: no-advertise}"));
    assertEquals("64512:7", String.valueOf(read.communityAliases().get("vpn")));
    assertEquals("large:64512:1:2", String.valueOf(read.communityAliases().get("no-export")));
    assertEquals("65535:65282", String.valueOf(read.communityAliases().get("quiet")));
    assertEquals("65535:666", String.valueOf(read.communityAliases().get("blackhole")));
  }

  @Test
  void anApprovalIsOfAChangeOrOfAReplacement() {
    Approval change =
        accepted(
                document(
                    "gitlb.io/v1",
                    "Approval",
                    "addresses: [192.0.2.7, 192.0.2.16/28]",
                    "pools: [lan]",
                    "digest: " + DIGEST,
                    UNTIL,
                    WHY))
            .approvals()
            .getFirst();
    assertEquals(Instant.parse("2030-01-31T17:00:00Z"), change.expires());
    assertEquals("agreed on", change.reason());
    assertTrue(change.grant() instanceof Approval.Change);
    Approval.Change grant = (Approval.Change) change.grant();
    assertEquals("[192.0.2.7-192.0.2.7, 192.0.2.16-192.0.2.31]", grant.addresses().toString());
    assertEquals("[lan]", grant.pools().toString());
    assertEquals(DIGEST, grant.digest());
    Approval replacement =
        accepted(document("gitlb.io/v1", "Approval", "replaces: " + COMMIT, UNTIL, WHY))
            .approvals()
            .getFirst();
    assertEquals(new Approval.Replacement(COMMIT), replacement.grant());
  }

  @Test
  void aChangeWindowIsInUtcUnlessItSaysElse() {
    ChangeWindow window =
        accepted(
                document(
                    "gitlb.io/v1", "ChangeWindow", "schedule: 0 0 22 ? * MON", "duration: 168h"))
            .changeWindows()
            .getFirst();
    assertEquals("Z", window.timeZone().getId());
    assertEquals(Duration.ofDays(7), window.duration());
    assertEquals(
        "Europe/Berlin",
        accepted(
                document(
                    "gitlb.io/v1",
                    "ChangeWindow",
                    "schedule: 0 0 22 ? * MON",
                    "duration: 1m",
                    "timeZone: Europe/Berlin"))
            .changeWindows()
            .getFirst()
            .timeZone()
            .getId());
  }

  @Test
  void aSuspensionHasAReason() {
    assertEquals(
        "the router is being replaced",
        accepted(document("gitlb.io/v1", "Suspension", "reason: the router is being replaced"))
            .suspensions()
            .getFirst()
            .reason());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BFDProfile | receiveInterval: 9 | must be from 10 to 60000",
        "BFDProfile | detectMultiplier: 1 | must be from 2 to 255",
        "BFDProfile | minimumTtl: 255 | must be from 1 to 254",
        "BFDProfile | recieveInterval: 10 | did you mean \"receiveInterval\"?",
        "Community | communities: [{name: vpn}] | spec.communities.value of Community x is missing",
        "Community | communities: [{name: '1:2', value: '3:4'}] | looks like a community",
        "Community | communities: [{name: a, value: 70000:1}] | is not a community",
        "Community | communities: [{nam: a, value: '1:2'}] | did you mean \"name\"?",
        "Community | communities: [{name: a, value: '1:1'}, {name: a, value: '1:2'}] | GLB1312",
        "Suspension | reason: ' ' | is blank; say why everything stays as it is",
        "Suspension | raeson: x | did you mean \"reason\"?",
      })
  void mistakesAreNamed(String kind, String field, String expected) {
    List<String> found = problems(document("gitlb.io/v1", kind, field));
    assertTrue(found.stream().anyMatch(line -> line.contains(expected)), found::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "digest: sha256:0A, is not a digest",
        "expires: 2030-01-31, is not a time",
        "expires: 2030-02-31T18:00:00Z, is not a time",
        "replaces: 0a0a, is not a commit",
        "addresses: [], name nothing",
        "pool: [lan], did you mean \"pools\"?",
      })
  void mistakesInAnApprovalAreNamed(String mistake) {
    String field = mistake.substring(0, mistake.lastIndexOf(", "));
    String name = field.substring(0, field.indexOf(':'));
    List<String> fields =
        List.of("addresses: [192.0.2.7]", "digest: " + DIGEST, UNTIL, WHY).stream()
            .filter(line -> !line.startsWith(name + ":"))
            .toList();
    List<String> all = new ArrayList<>(fields);
    all.add(field);
    List<String> found = problems(document("gitlb.io/v1", "Approval", all.toArray(String[]::new)));
    String expected = mistake.substring(mistake.lastIndexOf(", ") + 2);
    assertTrue(found.stream().anyMatch(line -> line.contains(expected)), found::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "schedule: 0 22 * * 1 | has 5 fields; put the seconds first",
        "schedule: often | is no Quartz cron expression",
        "duration: 59s | must be from 1m to 168h (7 days)",
        "duration: 169h | must be from 1m to 168h (7 days)",
        "timeZone: Europe/Berln | did you mean \"Europe/Berlin\"?",
        "timeZone: '+01:00' | is not a time zone",
      })
  void mistakesInAChangeWindowAreNamed(String field, String expected) {
    String name = field.substring(0, field.indexOf(':'));
    List<String> all = new ArrayList<>(List.of("schedule: 0 0 22 ? * MON", "duration: 1h"));
    all.removeIf(line -> line.startsWith(name + ":"));
    all.add(field);
    List<String> found =
        problems(document("gitlb.io/v1", "ChangeWindow", all.toArray(String[]::new)));
    assertEquals(1, found.size(), found::toString);
    assertTrue(found.getFirst().contains(expected), found::toString);
  }

  @Test
  void everyKindOfDefinitionIsKept() {
    TreeSet<String> missing = new TreeSet<>();
    for (Class<?> kind : Definition.class.getPermittedSubclasses()) {
      boolean held =
          Arrays.stream(Definitions.class.getRecordComponents())
              .anyMatch(part -> part.getGenericType().getTypeName().contains(kind.getName()));
      if (!held) {
        missing.add(kind.getSimpleName());
      }
    }
    assertEquals(new TreeSet<>(), missing);
  }
}
