// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.ConfigFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The files of `examples-repo`, as a commit would hold them.
final class ExampleFiles {

  /// Surefire starts in the module's directory.
  private static final Path ROOT = Path.of("..", "examples-repo").toAbsolutePath().normalize();

  /// Read once.
  private static final List<ConfigFile> DEMO_CLUSTER = read("clusters/demo");

  private static final List<ConfigFile> MORE = read("more");

  private ExampleFiles() {}

  static List<ConfigFile> ofDemoCluster() {
    return DEMO_CLUSTER;
  }

  /// Those to copy from.
  static List<ConfigFile> toCopyFrom() {
    return MORE;
  }

  private static List<ConfigFile> read(String directory) {
    try (Stream<Path> files = Files.walk(ROOT.resolve(directory))) {
      return files.filter(Files::isRegularFile).sorted().map(ExampleFiles::file).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ConfigFile file(Path path) {
    try {
      return new ConfigFile(
          ROOT.relativize(path).toString().replace('\\', '/'), Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
