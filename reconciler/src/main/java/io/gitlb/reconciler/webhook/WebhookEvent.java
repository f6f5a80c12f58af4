// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.webhook;

import io.gitlb.reconciler.trust.WebhookSender;
import java.util.Map;
import java.util.Set;

/// What a proven delivery says that it is about.
enum WebhookEvent {
  PUSH,
  PING,
  OTHER;

  /// Words for a push: one a sender, but that GitLab's system hooks have one for everything and
  /// Bitbucket's two editions differ.
  private static final Set<String> PUSHES =
      Set.of(
          "push",
          "Push Hook",
          "System Hook",
          "repo:push",
          "repo:refs_changed",
          "mirror:repo_synchronized");

  private static final Set<String> PINGS = Set.of("ping", "diagnostics:ping");

  /// Without the sender's header it counts as a push: looking once too often does no harm.
  static WebhookEvent of(WebhookSender sender, Map<String, String> headers) {
    String event = headers.getOrDefault(header(sender), "");
    if (sender == WebhookSender.GENERIC || event.isEmpty() || PUSHES.contains(event)) {
      return PUSH;
    }
    return PINGS.contains(event) ? PING : OTHER;
  }

  private static String header(WebhookSender sender) {
    return switch (sender) {
      case GITHUB -> "x-github-event";
      case GITLAB -> "x-gitlab-event";
      case GITEA -> "x-gitea-event";
      case FORGEJO -> "x-forgejo-event";
      case BITBUCKET -> "x-event-key";
      case GENERIC -> "";
    };
  }
}
