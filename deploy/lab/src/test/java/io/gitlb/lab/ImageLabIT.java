// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The image, built without an engine and started from its own root.
@SharesLab
final class ImageLabIT {

  private static final Path RECIPE = Path.of("..", "image", "oci.sh").toAbsolutePath().normalize();

  @TempDir Path directory;

  @Test
  void imageIsBuiltWithoutAnEngineAndItsProgramsStartFromIt() throws Exception {
    Path archive = directory.resolve("gitlb.tar");
    run("sh", RECIPE.toString(), System.getProperty("gitlb.distribution"), archive.toString());
    Path layout = Files.createDirectory(directory.resolve("layout"));
    run("tar", "-xf", archive.toString(), "-C", layout.toString());

    String index = Files.readString(layout.resolve("index.json"));
    String manifest = Files.readString(blob(layout, first(index, "manifest.v1\\+json")));
    String config = Files.readString(blob(layout, first(manifest, "config.v1\\+json")));
    assertTrue(config.contains("\"User\":\"65532:65532\""), config);

    Path root = Files.createDirectory(directory.resolve("root"));
    Path layer = blob(layout, first(manifest, "layer.v1.tar\\+gzip"));
    run("tar", "-xzf", layer.toString(), "-C", root.toString());
    String version = inside(root, "", "version");
    assertTrue(version.startsWith("gitlb "), version);
    for (String program : List.of("reconciler", "speaker")) {
      assertTrue(
          Files.size(root.resolve("opt/gitlb/aot/" + program + ".aot")) > 1_000_000, program);
      // With this mode a cache that does not fit is an error.
      String help = inside(root, "-XX:AOTMode=on", program, "--help");
      assertTrue(help.contains("--state-dir"), help);
    }
  }

  /// Runs the image's program as a container would: its own root and its own /proc, which the
  /// loader needs to find the runtime's libraries.
  ///
  /// @param javaOptions further ones for the program's virtual machine
  private static String inside(Path root, String javaOptions, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("env", "GITLB_JAVA_OPTS=" + javaOptions));
    command.addAll(List.of("unshare", "--mount", "--pid", "--fork", "sh", "-c"));
    command.add("mount -t proc proc \"$0/proc\" && exec chroot \"$0\" /opt/gitlb/bin/gitlb \"$@\"");
    command.add(root.toString());
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  /// The digest that stands behind a media type.
  private static String first(String json, String mediaType) {
    Matcher matcher =
        Pattern.compile(mediaType + "\",\"digest\":\"sha256:([0-9a-f]{64})\"").matcher(json);
    assertTrue(matcher.find(), () -> mediaType + " in " + json);
    return matcher.group(1);
  }

  /// The blob of that digest, which is checked.
  private static Path blob(Path layout, String digest) throws Exception {
    Path file = layout.resolve("blobs/sha256").resolve(digest);
    byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    assertEquals(digest, HexFormat.of().formatHex(sum));
    return file;
  }

  private static String run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(10, TimeUnit.MINUTES), "ends in time");
    assertEquals(0, process.exitValue(), () -> String.join(" ", command) + "\n" + output);
    return output;
  }
}
