// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.ReconcilerSettings.GitAccess;
import io.gitlb.reconciler.git.GithubApp;
import io.gitlb.reconciler.git.HttpAccess;
import io.gitlb.reconciler.loop.LedgerConduct;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Options of the ledger branch.
final class LedgerOptions {

  @Option(
      names = "--ledger-repo",
      paramLabel = "URL",
      description = "repository of the ledger branch (default: the configuration repository)")
  @Nullable String repository;

  @Option(names = "--ledger-username", paramLabel = "NAME", description = "for https")
  @Nullable String username;

  @Option(
      names = "--ledger-password-file",
      paramLabel = "FILE",
      description = "for https: holds the password or token")
  @Nullable Path passwordFile;

  @Option(names = "--ledger-ssh-key", paramLabel = "FILE", description = "for ssh: private key")
  @Nullable Path sshKey;

  @Option(
      names = "--ledger-known-hosts",
      paramLabel = "FILE",
      description = "for ssh: the hosts to trust; required with ssh")
  @Nullable Path knownHosts;

  @Option(
      names = "--ledger-ca-file",
      paramLabel = "FILE",
      description = "for https: PEM file of the server's certificate authority")
  @Nullable Path caFile;

  @Option(
      names = "--ledger-signing-key",
      paramLabel = "FILE",
      description =
          "OpenSSH private key without a passphrase that signs ledger commits; a commit on the"
              + " ledger branch that it did not sign is then undone (default: not signed)")
  @Nullable Path signingKey;

  @Option(
      names = "--ledger-pushes-per-minute",
      defaultValue = "6",
      paramLabel = "N",
      description = "1 to 6000; 6 is what large Git hosts advise (default: ${DEFAULT-VALUE})")
  int pushesPerMinute = 6;

  @Option(
      names = "--ledger-push-burst",
      defaultValue = "3",
      paramLabel = "N",
      description = "how many of them may follow at once (default: ${DEFAULT-VALUE})")
  int pushBurst = 3;

  @Option(
      names = "--ledger-mode",
      defaultValue = "behind",
      converter = ModeConverter.class,
      paramLabel = "behind|ahead",
      description =
          "behind: an address is told when it is recorded on the local disk; ahead: when the remote"
              + " has the record, so that new ones wait while it is away (default:"
              + " ${DEFAULT-VALUE})")
  LedgerConduct.Mode mode = LedgerConduct.Mode.BEHIND;

  @Option(
      names = "--take-over-ledger",
      paramLabel = "UID",
      description =
          "the ledger belongs to the cluster with this UID, as cluster.yaml says, and is to be this"
              + " one's: a cluster that was rebuilt gets its addresses back")
  @Nullable String takeOver;

  @Option(
      names = "--packing-schedule",
      defaultValue = "0 30 3 * * ?",
      paramLabel = "CRON",
      description =
          "when the local copies are packed whatever their size, as Quartz writes schedules;"
              + " between that they are when they have many files (default: ${DEFAULT-VALUE})")
  String packing = "0 30 3 * * ?";

  /// Finds out what cannot be.
  void check(List<String> problems) {
    if (pushesPerMinute < 1 || pushesPerMinute > 6000 || pushBurst < 1) {
      problems.add(
          "--ledger-pushes-per-minute must be 1 to 6000 and --ledger-push-burst at least 1");
    }
    if (!PackSchedule.isSchedule(packing)) {
      problems.add(
          "--packing-schedule '"
              + packing
              + "' is no schedule of Quartz, such as '0 30 3 * * ?' for half past three");
    }
  }

  /// Without a repository of its own the ledger uses the configuration's, and its credentials too
  /// where it has none. Who has a password, a token or an App of its own inherits none of them.
  ///
  /// @param branch the ledger's
  /// @param fallback how the configuration is reached
  /// @param http what was given for https
  GitAccess access(String branch, GitAccess fallback, HttpOptions http, List<String> problems) {
    boolean sameRepository = repository == null;
    Optional<GithubApp> app = http.app(problems);
    boolean inherits =
        sameRepository && passwordFile == null && http.tokenFile() == null && app.isEmpty();
    return new GitAccess(
        Optional.ofNullable(repository).orElse(fallback.repository()),
        branch,
        own(username, sameRepository, fallback.username()),
        own(passwordFile, inherits, fallback.passwordFile()),
        own(sshKey, sameRepository, fallback.sshKey()),
        own(knownHosts, sameRepository, fallback.knownHosts()),
        own(caFile, sameRepository, fallback.caFile()),
        new HttpAccess(
            own(http.tokenFile(), inherits, fallback.http().tokenFile()),
            http.proxy(problems)
                .orElseGet(
                    () ->
                        sameRepository
                            ? fallback.http().proxy()
                            : HttpOptions.environment(System.getenv())),
            inherits ? fallback.http().app() : app));
  }

  private static <T> Optional<T> own(
      @Nullable T value, boolean sameRepository, Optional<T> fallback) {
    return value != null || !sameRepository ? Optional.ofNullable(value) : fallback;
  }

  /// Reads `behind` and `ahead`.
  static final class ModeConverter implements ITypeConverter<LedgerConduct.Mode> {
    @Override
    public LedgerConduct.Mode convert(String text) {
      return switch (text) {
        case "behind" -> LedgerConduct.Mode.BEHIND;
        case "ahead" -> LedgerConduct.Mode.AHEAD;
        default -> throw new TypeConversionException("'" + text + "' is neither behind nor ahead");
      };
    }
  }
}
