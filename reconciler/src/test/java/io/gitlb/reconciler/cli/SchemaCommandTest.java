// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.yaml.JsonSchema;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SchemaCommandTest {

  @TempDir Path temp;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new SchemaCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void withoutAKindItListsWhatThereIs() {
    assertEquals(0, run());
    List<String> lines = out.toString().lines().toList();
    assertEquals(JsonSchema.all().size(), lines.size());
    assertTrue(
        lines.contains("BGPPeer            metallb.io/v1beta2   metallb.io/bgppeer_v1beta2.json"),
        out.toString());
  }

  @Test
  void theListIsAlsoJson() {
    assertEquals(0, run("-o", "json"));
    assertTrue(
        out.toString()
            .contains(
                "{\"kind\": \"PinnedIP\", \"apiVersion\": \"gitlb.io/v1\","
                    + " \"file\": \"gitlb.io/pinnedip_v1.json\"}"),
        out.toString());
  }

  @Test
  void aKindMeansItsNewestVersionUnlessOneIsNamed() {
    assertEquals(0, run("bgppeer"));
    assertEquals(new JsonSchema("BGPPeer", "gitlb.io/v1").text(), out.toString());
    out.getBuffer().setLength(0);
    assertEquals(0, run("metallb.io/v1beta1/BGPPeer", "PinnedIP"));
    assertEquals(
        new JsonSchema("BGPPeer", "metallb.io/v1beta1").text()
            + new JsonSchema("PinnedIP", "gitlb.io/v1").text(),
        out.toString());
  }

  @Test
  void theBundleIsOneFile() throws IOException {
    assertEquals(0, run("--bundle", "--output", temp.resolve("a/b").toString()));
    assertEquals(JsonSchema.bundle(), Files.readString(temp.resolve("a/b/gitlb.json")));
    assertEquals(temp.resolve("a/b/gitlb.json") + System.lineSeparator(), out.toString());
  }

  @Test
  void anOutputFolderGetsAllFiles() throws IOException {
    assertEquals(0, run("--output", temp.toString()));
    try (Stream<Path> files = Files.walk(temp)) {
      assertEquals(JsonSchema.all().size() + 1, files.filter(Files::isRegularFile).count());
    }
    assertEquals(
        new JsonSchema("BGPPeer", "metallb.io/v1beta2").text(),
        Files.readString(temp.resolve("metallb.io/bgppeer_v1beta2.json")));
  }

  @Test
  void anUnknownKindIsAUsageErrorThatSuggestsTheRightOne() {
    assertEquals(2, run("BGPPear"));
    assertTrue(
        err.toString().contains("no schema of 'BGPPear' (did you mean \"BGPPeer\"?); there are: "),
        err.toString());
    err.getBuffer().setLength(0);
    assertEquals(2, run("metallb.io/v1beta2/IPAddressPool"));
    assertTrue(err.toString().contains("metallb.io/v1beta1/IPAddressPool"), err.toString());
  }
}
