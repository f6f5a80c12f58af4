// SPDX-License-Identifier: Apache-2.0
package io.gitlb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `bin/gitlb` in a distribution whose path has a space.
final class LauncherTest {

  @TempDir private Path directory;

  private Path home;

  @BeforeEach
  void layOut() throws IOException {
    home = directory.resolve("a distribution");
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib"));
    Files.createDirectories(home.resolve("aot"));
    Files.copy(Path.of("src/main/bin/gitlb"), home.resolve("bin/gitlb"));
    jar();
    // Newer than the jar, so that it is used.
    for (String command : List.of("version", "speaker")) {
      Path cache = Files.writeString(home.resolve("aot/" + command + ".aot"), "no cache");
      Files.setLastModifiedTime(cache, FileTime.from(Instant.now().plusSeconds(60)));
    }
  }

  /// Of the classes that this test runs with.
  private void jar() throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(
        Attributes.Name.CLASS_PATH,
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.isEmpty())
            .map(entry -> Path.of(entry).toUri().toString())
            .collect(Collectors.joining(" ")));
    try (OutputStream file = Files.newOutputStream(home.resolve("gitlb.jar"));
        JarOutputStream jar = new JarOutputStream(file, manifest)) {
      jar.finish();
    }
  }

  @Test
  void startsFromAPathWithASpaceAlsoWithACacheThatDoesNotFit() throws Exception {
    String version = run("", "version");
    assertTrue(version.contains("gitlb "), version);
  }

  @Test
  void theCacheIsOneWordAndLeftOutForOptionsAboutCachesOfTheCaller() throws Exception {
    // In place of Java: shows its arguments.
    Path java = home.resolve("runtime/bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    String cache = "-XX:AOTCache=" + home.toAbsolutePath().resolve("aot/speaker.aot");
    List<String> words = run("-Xlog:gc -Xint", "speaker", "--node", "a b").lines().toList();
    assertTrue(words.contains(cache), words::toString);
    assertTrue(words.containsAll(List.of("-Xlog:gc", "-Xint", "-Xmx64m")), words::toString);
    assertEquals(
        List.of("io.gitlb.Gitlb", "speaker", "--node", "a b"),
        words.subList(words.size() - 4, words.size()));
    for (String own :
        List.of(
            "-Xshare:off", "-XX:SharedArchiveFile=x.jsa", "-XX:AOTMode=off", "-XX:AOTCache=x")) {
      List<String> without = run(own, "speaker").lines().toList();
      assertTrue(without.contains(own), without::toString);
      assertTrue(!without.contains(cache), without::toString);
    }
  }

  /// What it writes, to either stream.
  private String run(String javaOptions, String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sh", home.resolve("bin/gitlb").toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().put("GITLB_JAVA_OPTS", javaOptions);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), output);
    assertEquals(0, process.exitValue(), output);
    return output;
  }
}
