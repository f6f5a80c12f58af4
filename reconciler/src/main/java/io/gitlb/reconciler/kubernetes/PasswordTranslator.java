// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.Secret;
import io.gitlb.reconciler.cluster.PasswordSecrets;
import io.gitlb.reconciler.cluster.PasswordSecrets.Content;
import io.gitlb.schema.value.Password;
import java.util.Base64;
import java.util.Optional;

/// What a Secret means to us: the password under its key `password`, or why there is none.
final class PasswordTranslator {

  private static final String KEY = "password";

  private PasswordTranslator() {}

  /// Empty for Secrets of another type, which are none of our business.
  static Optional<Content> translate(Secret secret) {
    return PasswordSecrets.TYPE.equals(secret.getType())
        ? Optional.of(content(secret))
        : Optional.empty();
  }

  private static Content content(Secret secret) {
    String name = secret.getMetadata().getName();
    String value = secret.getData() == null ? null : secret.getData().get(KEY);
    if (value == null) {
      return new Content.Unusable("the Secret " + name + " has no key \"" + KEY + "\"");
    }
    try {
      return new Content.Usable(Password.ofFirstLine(Base64.getDecoder().decode(value)));
    } catch (IllegalArgumentException _) {
      return new Content.Unusable(
          "the Secret %s has no password under its key \"%s\": the first line must have 1 to %d octets"
              .formatted(name, KEY, Password.MAX_OCTETS));
    }
  }
}
