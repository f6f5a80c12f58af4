// SPDX-License-Identifier: Apache-2.0
package io.gitlb;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// Which build this is: the project's version and the Git commit, written into the jar when it was
/// built.
///
/// @param version project version, such as `0.1.0-SNAPSHOT`
/// @param commit abbreviated commit with `-dirty` for uncommitted changes, or `unknown`
record BuildVersion(String version, String commit) {

  static BuildVersion ofThisBuild() {
    Properties properties = new Properties();
    try (InputStream resource = BuildVersion.class.getResourceAsStream("version.properties")) {
      if (resource == null) {
        throw new IllegalStateException("version.properties is not in the jar: a broken build");
      }
      properties.load(resource);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BuildVersion(
        properties.getProperty("version", "unknown"), properties.getProperty("commit", "unknown"));
  }

  /// One line for people: `gitlb 0.1.0-SNAPSHOT (commit 1a2b3c4d5e6f, Java 25.0.3)`.
  String line() {
    return "gitlb %s (commit %s, Java %s)"
        .formatted(version, commit, System.getProperty("java.version"));
  }

  /// Lets `--version` say the same.
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {ofThisBuild().line()};
    }
  }
}
