// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.Failure;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/// What is wrong with the credentials for SSH, as far as can be told without asking anybody.
final class SshProblems {

  private SshProblems() {}

  static List<Failure> of(RemoteUrl.Ssh ssh, GitCredentials credentials) {
    List<Failure> problems = new ArrayList<>();
    credentials
        .sshKeyFile()
        .filter(Files::isReadable)
        .ifPresent(
            file ->
                SshKeyFile.problem(file)
                    .ifPresent(
                        why ->
                            problems.add(
                                GitFailure.BAD_SETTINGS.with(
                                    "%s: the private key file %s %s".formatted(ssh, file, why)))));
    if (credentials.http().proxy() instanceof ProxyChoice.Via) {
      problems.add(
          GitFailure.BAD_SETTINGS.with(
              "%s: a proxy is for http and https; SSH takes none".formatted(ssh)));
    }
    return problems;
  }
}
