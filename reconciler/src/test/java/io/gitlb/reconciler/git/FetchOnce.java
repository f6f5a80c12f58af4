// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch;
import io.gitlb.schema.model.ConfigFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A process of its own that fetches once and prints what it found.
final class FetchOnce {

  private FetchOnce() {}

  /// @param arguments the repository, the state directory
  public static void main(String[] arguments) {
    try (GitDefinitionSource source =
        new GitDefinitionSource(
            GitRemote.of(arguments[0], "main", GitCredentials.NONE),
            List.of("."),
            Path.of(arguments[1]))) {
      System.out.println(
          switch (source.fetch(Optional.empty())) {
            case ConfigFetch.Found found ->
                found.files().stream().map(ConfigFile::path).collect(Collectors.joining(" "));
            case ConfigFetch.Unchanged _ -> "unchanged";
            case ConfigFetch.Untrusted untrusted -> untrusted.why().toString();
            case ConfigFetch.Unavailable unavailable -> unavailable.failure().toString();
          });
    }
  }
}
