// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.ReconcilerSettings.GitAccess;
import io.gitlb.reconciler.git.HttpAccess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options of the config branch.
final class ConfigOptions {

  @Option(
      names = "--config-repo",
      required = true,
      paramLabel = "URL",
      description = "file, ssh, http or https URL of the repository")
  String repository = "";

  @Option(
      names = "--config-branch",
      defaultValue = "main",
      paramLabel = "NAME",
      description = "branch to follow (default: ${DEFAULT-VALUE})")
  String branch = "main";

  @Option(
      names = "--config-path",
      split = ",",
      paramLabel = "DIR",
      description = "folders to read (default: clusters/CLUSTER and shared)")
  List<String> paths = List.of();

  @Option(
      names = "--poll-interval",
      defaultValue = "15s",
      converter = DurationConverter.class,
      paramLabel = "TIME",
      description =
          "how often the branch is looked at, a tenth more or less, as in 500ms, 15s, 2m (default:"
              + " ${DEFAULT-VALUE})")
  Duration pollInterval = Duration.ofSeconds(15);

  @Option(names = "--config-username", paramLabel = "NAME", description = "for https")
  @Nullable String username;

  @Option(
      names = "--config-password-file",
      paramLabel = "FILE",
      description = "for https: holds the password or token")
  @Nullable Path passwordFile;

  @Option(names = "--config-ssh-key", paramLabel = "FILE", description = "for ssh: private key")
  @Nullable Path sshKey;

  @Option(
      names = "--config-known-hosts",
      paramLabel = "FILE",
      description = "for ssh: the hosts to trust; required with ssh")
  @Nullable Path knownHosts;

  @Option(
      names = "--config-ca-file",
      paramLabel = "FILE",
      description = "for https: PEM file of the server's certificate authority")
  @Nullable Path caFile;

  @Option(
      names = "--trust-policy",
      paramLabel = "FILE",
      description =
          "YAML file that says by whose signing keys which paths may be changed; every commit"
              + " since the accepted one is then checked (default: whoever may push)")
  @Nullable Path trustPolicy;

  /// Finds out what cannot be.
  void check(List<String> problems) {
    if (pollInterval.compareTo(Duration.ofMillis(100)) < 0) {
      problems.add("--poll-interval must be at least 100ms");
    }
  }

  /// The folders to read.
  List<String> paths(String cluster) {
    return paths.isEmpty() ? List.of("clusters/" + cluster, "shared") : paths;
  }

  /// How the repository is reached.
  ///
  /// @param http what was given for https
  GitAccess access(HttpOptions http, List<String> problems) {
    return new GitAccess(
        repository,
        branch,
        Optional.ofNullable(username),
        Optional.ofNullable(passwordFile),
        Optional.ofNullable(sshKey),
        Optional.ofNullable(knownHosts),
        Optional.ofNullable(caFile),
        new HttpAccess(
            Optional.ofNullable(http.tokenFile()),
            http.proxy(problems).orElseGet(() -> HttpOptions.environment(System.getenv())),
            http.app(problems)));
  }
}
