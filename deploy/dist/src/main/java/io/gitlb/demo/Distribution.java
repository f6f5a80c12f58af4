// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The built distribution: the folder with `bin/gitlb`, `gitlb.jar`, `lib/` and `examples-repo/`.
///
/// @param directory absolute
public record Distribution(Path directory) {

  public Distribution {
    directory = directory.toAbsolutePath().normalize();
  }

  /// The one that this very program runs from.
  ///
  /// @throws IllegalStateException when it runs from class files instead
  public static Distribution running() {
    try {
      Path jar =
          Path.of(Distribution.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path directory = jar.getParent();
      if (!Files.isRegularFile(jar) || directory == null) {
        throw new IllegalStateException(
            "this program does not run from a built distribution: " + jar);
      }
      return new Distribution(directory);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The command line that starts one of its programs.
  public List<String> command(List<String> arguments) {
    List<String> command =
        new ArrayList<>(List.of("sh", directory.resolve("bin/gitlb").toString()));
    command.addAll(arguments);
    return command;
  }

  /// What its programs need in the environment: the Java that runs us.
  public Map<String, String> environment() {
    return Map.of("JAVA_HOME", System.getProperty("java.home"));
  }

  /// The example repository that comes with it.
  ///
  /// @return path in the repository → content
  public SortedMap<String, String> exampleRepository() {
    Path root = directory.resolve("examples-repo");
    SortedMap<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        files.put(root.relativize(path).toString().replace('\\', '/'), Files.readString(path));
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException("the distribution is not complete: " + root, e);
    }
  }
}
