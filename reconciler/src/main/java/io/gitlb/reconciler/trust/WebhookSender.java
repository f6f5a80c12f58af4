// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

import java.util.Locale;

/// Who sends a webhook, and so where a delivery carries its proof. The URL says it, not the
/// delivery: what a stranger sends shall not choose how it is checked.
public enum WebhookSender {
  /// `X-Hub-Signature-256`.
  GITHUB,
  /// `webhook-signature` (Standard Webhooks), else `X-Gitlab-Token`.
  GITLAB,
  /// `X-Gitea-Signature`.
  GITEA,
  /// `X-Forgejo-Signature`, of older versions `X-Gitea-Signature`.
  FORGEJO,
  /// `X-Hub-Signature`, of Bitbucket Cloud and Data Center.
  BITBUCKET,
  /// `X-Signature`, of anything that can compute an HMAC.
  GENERIC;

  /// In lower case, as in URLs and metrics.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
