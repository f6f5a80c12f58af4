// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import static io.gitlb.reconciler.cluster.ServiceBuilder.service;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.gitlb.reconciler.report.PlanMarkdown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// The forms in which plans are printed, and the examples of the project's README.
class PlanFormsTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir Path temp;

  private static String config(String range) {
    return """
    apiVersion: metallb.io/v1beta1
    kind: IPAddressPool
    metadata:
      name: lan
    spec:
      addresses:
        - %s
    ---
    apiVersion: metallb.io/v1beta1
    kind: L2Advertisement
    metadata:
      name: lan
    """
        .formatted(range);
  }

  private PlanDesk shop() {
    PlanDesk desk = new PlanDesk(temp).nodes("node-1", "node-2");
    desk.view.service(service("shop/db")).endpoints("shop/db", "node-1");
    desk.view.service(service("shop/web")).endpoints("shop/web", "node-2");
    desk.owner("10.77.0.100", "node-1").owner("10.77.0.101", "node-2");
    desk.commit("main", "pools.yaml", config("10.77.0.100-10.77.0.149"));
    return desk.settle(config("10.77.0.100-10.77.0.149"));
  }

  /// The names of commits depend on the moment.
  private static String timeless(String text) {
    return text.replaceAll("[0-9a-f]{12} \\(", "0123456789ab (");
  }

  @Test
  void theReadmeShowsWhatTheCommandPrints() throws IOException {
    PlanDesk desk = shop();
    desk.commit("grow", "pools.yaml", config("10.77.0.100-10.77.0.179"));
    desk.commit("shrink", "pools.yaml", config("10.77.0.101-10.77.0.149"));
    PlanDesk.Run grow = desk.plan("--head", "grow");
    PlanDesk.Run shrink = desk.plan("--head", "shrink");
    assertEquals(2, grow.exit());
    assertEquals(3, shrink.exit());
    String readme = timeless(Files.readString(ROOT.resolve("README.md")));
    assertTrue(readme.contains(timeless(grow.out())), grow.out());
    assertTrue(readme.contains(timeless(shrink.out())), shrink.out());
  }

  @Test
  void jsonFitsItsPublishedSchema() throws IOException {
    PlanDesk desk = shop();
    desk.commit("shrink", "pools.yaml", config("10.77.0.101-10.77.0.149"));
    desk.commit("broken", "pools.yaml", "kind: {");
    for (String head : List.of("main", "shrink", "broken")) {
      PlanDesk.Run run = desk.plan("--head", head, "-o", "json");
      assertEquals(List.of(), errors(run.out()), run.out());
    }
    assertFalse(errors("{\"format_version\": \"2.0\"}").isEmpty());
  }

  private static List<String> errors(String json) throws IOException {
    JsonMapper mapper = new JsonMapper();
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
            .getSchema(
                mapper.readTree(Files.readString(ROOT.resolve("schema/plan-v1.schema.json"))));
    return schema.validate(mapper.readTree(json)).stream().map(Object::toString).toList();
  }

  @Test
  void aCommentIsMarkedFoldedAndNeverTooLong() {
    PlanDesk desk = new PlanDesk(temp).nodes("node-1");
    for (int i = 0; i < 1_500; i++) {
      String name = "shop/service-with-quite-a-long-name-" + i;
      desk.view.service(service(name)).endpoints(name, "node-1");
    }
    desk.commit("main", "pools.yaml", config("10.77.0.0-10.77.7.255"));
    desk.settle(config("10.77.0.0-10.77.7.255"));
    desk.commit("shrink", "pools.yaml", config("10.77.7.0-10.77.7.255"));
    PlanDesk.Run run = desk.plan("--head", "shrink", "-o", "markdown");
    assertTrue(run.out().startsWith(PlanMarkdown.MARKER + "\n"));
    assertTrue(run.out().length() < PlanMarkdown.LONGEST, () -> "" + run.out().length());
    assertTrue(run.out().contains("are left out of this comment"));
    assertTrue(run.out().contains("**1500 held"));
    assertEquals(count(run.out(), "<details>"), count(run.out(), "</details>"));
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }

  @Test
  void nothingInACommentIsATagAMentionOrALink() {
    PlanDesk desk = shop();
    desk.view.service(
        service("shop/evil").annotation("gitlb.io/loadBalancerIPs", "<img> @all [x](http://y) #1"));
    desk.settle(config("10.77.0.100-10.77.0.149"));
    desk.commit("bad", "pools.yaml", config("<script>@all #1 [x](y)"));
    String out = desk.plan("--head", "bad", "-o", "markdown").out();
    assertFalse(out.contains("<script>"), out);
    assertFalse(out.contains("@all"), out);
    assertFalse(out.contains("[x]("), out);
  }

  @Test
  void aRevertShowsTheWayBack() {
    PlanDesk desk = shop();
    String before = desk.repository.head("main");
    desk.commit("main", "pools.yaml", config("10.77.0.100-10.77.0.179"));
    PlanDesk.Run run = desk.plan("--revert", before);
    assertEquals(2, run.exit(), run.out());
    assertTrue(run.out().contains("80 → 50"), run.out());
    assertTrue(run.out().contains("back to"), run.out());
  }
}
