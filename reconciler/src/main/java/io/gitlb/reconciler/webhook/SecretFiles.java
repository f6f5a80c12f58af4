// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.webhook;

import io.gitlb.reconciler.trust.WebhookSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The files that hold the secrets, one each; read anew for every delivery, so that a secret is
/// rotated without a restart. Several at a time let old and new hold while the senders change.
final class SecretFiles {

  private final List<Path> files;

  SecretFiles(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /// What they hold now.
  ///
  /// @param secrets of the files that can be used
  /// @param problems one for each file that cannot, without what it holds
  record Content(List<WebhookSecret> secrets, List<String> problems) {}

  Content read() {
    List<WebhookSecret> secrets = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Path file : files) {
      try {
        // A secret is short; a large file is none, whatever somebody mounted there.
        switch (Files.size(file) > 8L * WebhookSecret.LONGEST
            ? new WebhookSecret.Reading.Unusable("it is too large")
            : WebhookSecret.of(Files.readString(file))) {
          case WebhookSecret.Reading.Usable(WebhookSecret secret) -> secrets.add(secret);
          case WebhookSecret.Reading.Unusable(String why) ->
              problems.add("the secret file %s cannot be used: %s".formatted(file, why));
        }
      } catch (IOException e) {
        problems.add(
            "the secret file %s cannot be read (%s)".formatted(file, e.getClass().getSimpleName()));
      }
    }
    return new Content(List.copyOf(secrets), List.copyOf(problems));
  }
}
