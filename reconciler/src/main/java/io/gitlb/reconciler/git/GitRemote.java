// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Repository;

/// A branch of a remote repository and how to get at it.
///
/// @param url a path, `file://`, `ssh://`, `user@host:path`, `http://` or `https://`
/// @param branch short (`main`) or whole (`refs/heads/main`)
/// @param silence how long the remote may send nothing; whole seconds, at least one
/// @param deadline how long one conversation may take altogether
/// @param firstDeadline the same while there is no local copy and everything has to be fetched
public record GitRemote(
    String url,
    String branch,
    GitCredentials credentials,
    Duration silence,
    Duration deadline,
    Duration firstDeadline) {

  private static final Duration SILENCE = Duration.ofSeconds(20);
  private static final Duration DEADLINE = Duration.ofMinutes(1);
  private static final Duration FIRST_DEADLINE = Duration.ofMinutes(10);

  public GitRemote {
    if (silence.toSeconds() < 1) {
      throw new IllegalArgumentException("silence below one second: " + silence);
    }
  }

  /// With the usual limits: 20 s of silence, a minute altogether, ten minutes for the first copy.
  public static GitRemote of(String url, String branch, GitCredentials credentials) {
    return new GitRemote(url, branch, credentials, SILENCE, DEADLINE, FIRST_DEADLINE);
  }

  /// What is wrong with these settings as far as can be told without asking the remote; empty when
  /// nothing is.
  public List<Failure> problems() {
    List<Failure> problems = new ArrayList<>();
    RemoteUrl parsed = RemoteUrl.parse(url);
    switch (parsed) {
      case RemoteUrl.Unusable(Failure failure) -> problems.add(failure);
      case RemoteUrl.Ssh ssh -> {
        required(problems, ssh, credentials.sshKeyFile(), "a private key file");
        required(problems, ssh, credentials.knownHostsFile(), "a known hosts file");
        problems.addAll(SshProblems.of(ssh, credentials));
      }
      case RemoteUrl.Http http -> {
        credentials.passwordFile().ifPresent(file -> readable(problems, http, file));
        credentials.caFile().ifPresent(file -> readable(problems, http, file));
        credentials.http().tokenFile().ifPresent(file -> readable(problems, http, file));
        problems.addAll(HttpProblems.of(http, credentials));
      }
      case RemoteUrl.Local _ -> {}
    }
    if (!Repository.isValidRefName(ref())) {
      problems.add(
          GitFailure.BAD_SETTINGS.with(
              "'%s' cannot be the name of a Git branch; see git help check-ref-format"
                  .formatted(branch)));
    }
    return List.copyOf(problems);
  }

  /// The branch's whole name.
  String ref() {
    return branch.startsWith("refs/") ? branch : "refs/heads/" + branch;
  }

  private static void required(
      List<Failure> problems, RemoteUrl url, Optional<Path> file, String what) {
    file.ifPresentOrElse(
        named -> readable(problems, url, named),
        () ->
            problems.add(
                GitFailure.BAD_SETTINGS.with("%s needs %s; none is set".formatted(url, what))));
  }

  private static void readable(List<Failure> problems, RemoteUrl url, Path file) {
    if (!Files.isReadable(file)) {
      problems.add(
          GitFailure.BAD_SETTINGS.with(
              "%s: the file %s is missing or not readable".formatted(url, file)));
    }
  }

  /// Without the user information that the URL may carry.
  @Override
  public String toString() {
    return RemoteUrl.parse(url) + " " + branch;
  }
}
